/* SPDX-License-Identifier: EUPL-1.2 */
/* One group whose keys only its members hold: the order of its commits, the newest of them, who asks to be added, and
 * who is in it as far as a server can tell. In conclaved.
 * Invariant: pure, and nothing of it is understood, logged or recorded. What it holds is bounded by base/limits.h, and
 * goes back to how it was at the last commit of the records without allocating. */
#pragma once

#include "base/clock.h"
#include "server/hall/crowd.h"
#include "server/wire/base64.h"

#define KEYS_TAG_LETTERS BASE64_SIZE(16)
#define DEVICE_LETTERS BASE64_SIZE(32)
#define VOUCHER_LETTERS BASE64_SIZE(64)

/* Letters of base64 that several may hold. */
struct letters;
struct letters *letters_new(const char *text);		/* NULL when there is no memory */
struct letters *letters_ref(struct letters *l);
struct letters *letters_unref(struct letters *l);	/* NULL, always; so is NULL */
const char *letters_text(const struct letters *l);
size_t letters_size(const struct letters *l);

/* What ended an epoch. */
struct keys_commit {
	/* owned */
	struct letters *commit;

	/* state */
	uint32_t by;				/* 0: replayed after a restart */
	char tag[KEYS_TAG_LETTERS + 1];		/* of the epoch that it made; "" when nobody said */
};

struct keys_state {
	/* owned */
	struct keys_commit log[LIMIT_KEY_LOG];	/* oldest first; the last one made `epoch` */
	struct letters *packages[LIMIT_PEOPLE_PER_MEETING];	/* by id − 1 */

	/* state */
	bool stands;
	uint32_t epoch;
	char tag[KEYS_TAG_LETTERS + 1];
	uint32_t n_log;
	size_t log_size;
	struct crowd members;
	uint8_t pending[LIMIT_KEY_PENDING];	/* whose packages stand, in the order in which they asked first */
	uint32_t n_pending;
	bool pending_changed;			/* since keys_told() */
	uint32_t creator;			/* is to make the group; 0 = nobody was asked */
	struct crowd tried;			/* were asked before, in vain */
};

struct keys {
	struct keys_state live;
	struct keys_state kept;			/* at the last commit of the records, while `touched` */
	bool touched;
	size_t log_most;
};

void keys_init(struct keys *k, size_t log_most);
void keys_done(struct keys *k);
/* The records took what there was, or did not. */
void keys_keep(struct keys *k);
void keys_restore(struct keys *k);

/* The person asks to be added, anew. 0, -ENOSPC, -ENOMEM. */
int keys_ask(struct keys *k, uint32_t person, const char *package);
const char *keys_package(const struct keys *k, uint32_t person);	/* NULL: does not ask */
void keys_told(struct keys *k);
/* No longer asks, and is not to make the group. */
void keys_forget(struct keys *k, uint32_t person);
/* … and is no member. Were they? */
bool keys_drop(struct keys *k, uint32_t person);

/* They hold the keys after all: a member again, who asks for nothing. */
void keys_return(struct keys *k, uint32_t person);

/* Whom to ask to make the group: `first` if possible, then the others in the order in which they asked, each once
 * before anybody is asked again. Of those who are `there` only. 0 = nobody. */
uint32_t keys_choose(struct keys *k, uint32_t first, const struct crowd *there);
/* Only by whom was chosen: false. */
bool keys_create(struct keys *k, uint32_t person, const char *tag);
/* Nobody holds its keys any more. Who asked still asks. */
void keys_dissolve(struct keys *k);

/* 0; -ESTALE: another one ended this epoch before; -ENOMEM. `added` become members. */
int keys_take(struct keys *k, uint32_t epoch, uint32_t by, const char *commit, const char *tag,
	const struct crowd *added, const struct crowd *removed);
/* What ended this epoch; NULL when that is no longer kept, or the epoch has not ended. */
const struct keys_commit *keys_ended(const struct keys *k, uint32_t epoch);

/* It stands from here on: at this epoch, with what led there (oldest first; only as much as is kept). */
struct keys_branch {
	uint32_t epoch;
	const char *tag;
	struct letters *const *commits;
	uint32_t n_commits;
	struct crowd members;
};
void keys_resume(struct keys *k, const struct keys_branch *branch);
