/* SPDX-License-Identifier: EUPL-1.2 */
/* What a meeting's events say, folded together. In conclaved.
 * Invariant: fold_apply() is the only thing that changes it, live and at replay alike; it neither allocates nor
 * fails. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "auth/rights.h"
#include "base/clock.h"
#include "base/limits.h"
#include "server/event.h"
#include "server/store.h"

#define FOLD_ENTRIES 200	/* PROTOCOL.md, state */
#define SECOND_TIME MINUTES(2)	/* RIGHTS.md: to confirm */

struct fold_person {
	bool invited;
	bool inside;
	bool lost;		/* inside, and shown as reconnecting */
	uint32_t seat;		/* 0 = never took one */
	uint32_t links;		/* made so far */
	usec_t absent_since;	/* unless inside and not lost */
};

/* What waits for a second person; only ending does, so far. */
struct fold_request {
	uint32_t id;		/* the seq of its entry; 0 = none */
	uint32_t by;
	usec_t until;
	enum reason_code reason;
	char text[LINE_SIZE(LIMIT_REASON)];
};

struct fold {
	/* owned */
	struct event entries[FOLD_ENTRIES];	/* a ring: seq n stands at n % FOLD_ENTRIES */

	/* state */
	enum meeting_phase phase;
	uint32_t seq;				/* of the last entry */
	usec_t opened;
	struct fold_request request;
	struct fold_person people[LIMIT_PEOPLE_PER_MEETING + 1];	/* by number; 0 is nobody */
};

int fold_new(struct fold **ret);
struct fold *fold_free(struct fold *f);
DEFINE_CLEANUP(struct fold *, fold_free)

/* Takes what `e` owns. `when` is its time on the monotonic clock, as well as a replay can tell. An event with seq
 * 0 takes effect and is no entry: an observed fact that could not be recorded. */
void fold_apply(struct fold *f, struct event *e, usec_t when);

/* The entry, or NULL when it is too old to be kept. */
const struct event *fold_entry(const struct fold *f, uint32_t seq);
static inline bool fold_is_present(const struct fold *f, uint32_t person)
{
	return f->people[person].inside && !f->people[person].lost;
}
