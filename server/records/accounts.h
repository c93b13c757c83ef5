/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclaved keeps of people: bodies, accounts, administrators. In conclaved.
 * Invariant: an account and an administrator are never the same holder of credentials; an address stands in small
 * letters. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "auth/rights.h"
#include "base/limits.h"
#include "server/proof/row.h"
#include "server/records/db.h"

#define BODY_LETTERS 8
#define EMAIL_SIZE LINE_SIZE(LIMIT_EMAIL)
#define NAME_SIZE LINE_SIZE(LIMIT_NAME)

extern const char *const level_words[];		/* of enum level; ends with NULL */

struct account_row {
	uint32_t number;			/* of its holder */
	char email[EMAIL_SIZE];
	char name[NAME_SIZE];
	bool closed;
	bool enrolled;				/* can sign in */
};

struct administrator_row {
	uint32_t number;
	char email[EMAIL_SIZE];
	enum level level;
	bool closed;
	bool enrolled;
};

struct body_row {
	uint32_t number;
	char id[BODY_LETTERS + 1];
	char name[NAME_SIZE];
};

struct member_row {
	uint32_t body;
	uint32_t account;
	enum office office;			/* never OFFICE_GUEST */
	char party[NAME_SIZE];			/* "" for none */
	char name[NAME_SIZE];			/* of the account; of a list by account: of the body */
	char email[EMAIL_SIZE];			/* of the account; "" in a list by account */
	char body_id[BODY_LETTERS + 1];		/* "" in a list by body */
};

/* Readers of one row: 1 found, 0 not, or a negative errno; of many: how many, or a negative errno. Those that add give
 * the number back in the row; -EEXIST when the address or name is taken. */
int accounts_add(struct db *db, struct account_row *row);
int accounts_read(struct db *db, uint32_t number, struct account_row *ret);
int accounts_find(struct db *db, const char *email, struct account_row *ret);
int accounts_all(struct db *db, struct account_row *rows, size_t most);

int administrators_add(struct db *db, struct administrator_row *row);
int administrators_read(struct db *db, uint32_t number, struct administrator_row *ret);
int administrators_find(struct db *db, const char *email, struct administrator_row *ret);
int administrators_all(struct db *db, struct administrator_row *rows, size_t most);

int bodies_add(struct db *db, struct body_row *row);
int bodies_read(struct db *db, uint32_t number, struct body_row *ret);
int bodies_find(struct db *db, const char *id_or_name, struct body_row *ret);
int bodies_all(struct db *db, struct body_row *rows, size_t most);
int bodies_set_roster(struct db *db, uint32_t number, struct bytes roster);
/* 1 and a view until the next statement; 0 when there is none. */
int bodies_roster(struct db *db, uint32_t number, struct bytes *ret);
void bodies_roster_done(struct db *db);

int members_set(struct db *db, const struct member_row *row);
/* Whose accounts are not closed. */
int members_of_body(struct db *db, uint32_t body, struct member_row *rows, size_t most);
int members_of_account(struct db *db, uint32_t account, struct member_row *rows, size_t most);

/* The letters of an address as they are stored and compared: those of ASCII small. False when it does not fit. */
struct people_numbers {
	int64_t accounts, administrators, bodies;
};
int people_count(struct db *db, struct people_numbers *ret);
bool email_fold(const char *email, char ret[static EMAIL_SIZE]);
