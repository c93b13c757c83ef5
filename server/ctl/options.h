/* SPDX-License-Identifier: EUPL-1.2 */
/* What was asked of us on the command line. In conclavectl.
 * Invariant: pure; a command that was parsed is complete, and its texts are ones that the server will take. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

enum ctl_verb { CTL_MEETING_CREATE, CTL_MEETING_LIST, CTL_MEETING_SHOW, CTL_MEETING_END, CTL_INVITE, CTL_DEMO,
	CTL_DOCTOR, CTL_LOG_EXPORT, CTL_LOG_VERIFY, CTL_BODY_ADD, CTL_BODY_LIST, CTL_USER_ADD, CTL_USER_LIST,
	CTL_USER_CLOSE, CTL_USER_RESET, CTL_USER_IMPORT, CTL_ADMIN_ADD, CTL_ADMIN_LIST, CTL_ADMIN_CLOSE,
	CTL_WEB_KEY, CTL_WEB_SIGN, CTL_WEB_EXPORT, CTL_WEB_VERIFY, CTL_WORKER_LIST, CTL_WORKER_DRAIN, CTL_BACKUP,
	CTL_BACKUP_KEY, CTL_RESTORE, CTL_RELOAD, CTL_N };

#define CTL_TEXT_SIZE 512	/* of one name or address: 254 and 120 characters in UTF-8 fit */
#define CTL_WHY_SIZE 256
#define CTL_CHECKPOINTS 64

struct ctl_person {
	const char *office;	/* as the protocol writes it */
	char name[CTL_TEXT_SIZE];
	char email[CTL_TEXT_SIZE];
};

/* A guest of an item is named by address. */
struct ctl_item {
	char title[CTL_TEXT_SIZE];
	bool for_audience;
	const char *guests;	/* borrowed: what stands behind the convened session, "" for none */
};

/* The texts are borrowed from the arguments; NULL when not given. */
struct options {
	enum ctl_verb verb;	/* CTL_N with `help`: of the program itself */
	bool help;
	bool json;
	const char *config;
	const char *meeting;
	const char *email;
	const char *name;	/* of a body or of somebody new */
	const char *office;
	const char *party;
	const char *level;
	const char *links;
	const char *title;
	const char *starts;
	const char *body;
	const char *language;
	const char *reason;
	const char *only;
	const char *output;
	const char *file;
	const char *csv;	/* what stands in it: for main() to fill in */
	const char *checkpoints[CTL_CHECKPOINTS];	/* files */
	size_t n_checkpoints;
	const char *folder;
	const char *url;
	const char *key;	/* a file; for verify also the public key itself */
	const char *server;	/* an origin; of proceedings the id that they name */
	const char *ca;
	const char *worker;	/* a number */
	const char *to;		/* the certificate that a backup is sealed for */
	const char *into;	/* the folder that it is restored into */
	bool rehearse;
	bool media;
	struct ctl_person people[LIMIT_PEOPLE_PER_MEETING];
	size_t n_people;
	struct ctl_item items[LIMIT_ITEMS];
	size_t n_items;
	struct ctl_person substitute;	/* of the chair; without an office when not given */
};

/* On false `why` is one plain line. `arguments` are those behind the program's name. */
bool options_parse(struct options *ret, int n, char *const arguments[], char why[static CTL_WHY_SIZE]);
/* The help of a verb, or of the program for CTL_N. */
const char *options_help(enum ctl_verb verb);
/* The next ';guest=ADDRESS' of an item; false at the end. */
bool options_next_guest(const char **at, char ret[static CTL_TEXT_SIZE]);
/* "Jan Peeters <jan@example.org>", or the address alone, whose part before the @ is then the name. */
bool options_parse_person(struct ctl_person *ret, const char *text);
