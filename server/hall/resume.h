/* SPDX-License-Identifier: EUPL-1.2 */
/* After a restart of conclaved: what the people still hold of the meeting's group, and which of it goes on. In
 * conclaved.
 * Invariant: pure; holds at most one offer of each person, and decides nothing by itself.
 *
 * An offer is a fact about a client, so a failed commit of the records leaves it; what was decided goes back with the
 * group, and is decided anew. */
#pragma once

#include "server/hall/keys.h"

#define RESUME_TIME SECONDS(2)

struct resume_offer {
	/* owned */
	struct letters *commits[LIMIT_KEY_OFFER];	/* oldest first; the last one made `epoch` */

	/* state */
	bool made;
	uint32_t n_commits;
	uint32_t epoch;
	char tag[KEYS_TAG_LETTERS + 1];
};

struct resume {
	/* owned */
	struct resume_offer *offers;	/* by id − 1; NULL while nobody made one */

	/* state */
	usec_t until;			/* USEC_NEVER: nobody said anything yet */
	struct crowd answered;		/* who offered, or asks to be added */
};

void resume_init(struct resume *r);
void resume_done(struct resume *r);
/* Takes `commits`, of which there are `n_commits`, whatever comes of it. 0 or -ENOMEM. */
int resume_offer(struct resume *r, uint32_t person, uint32_t epoch, const char *tag, struct letters **commits,
	uint32_t n_commits);
/* They hold nothing (any more). */
void resume_withdraw(struct resume *r, uint32_t person);
/* The highest epoch; of several, what most hold; of these, the smaller tag. Its members are those who hold it and those
 * whom its commits reach. False: nobody offered anything. */
bool resume_decide(const struct resume *r, struct keys_branch *ret);
/* The epoch from which this member of the branch has to catch up; the branch's when they need nothing. */
uint32_t resume_epoch(const struct resume *r, uint32_t person);
