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
#include "server/hall/agenda.h"
#include "server/proof/event.h"
#include "server/records/store.h"

#define FOLD_ENTRIES 200	/* PROTOCOL.md, state */
#define SECOND_TIME MINUTES(2)	/* RIGHTS.md: to confirm */

struct fold_person {
	bool invited;
	bool inside;
	bool lost;		/* inside, and shown as reconnecting */
	bool aside;		/* was inside, or came, and is out for the item that is open */
	bool put_out;		/* a guest whose item is over: neither left nor removed */
	bool by_two;		/* a guest admitted outside their item: until the next one opens or this one closes */
	uint32_t seat;		/* 0 = never took one */
	bool entered;		/* was inside at some time */
	bool withdrawn;		/* is not heard until the floor is given back */
	uint32_t links;		/* made so far */
	uint32_t muted;		/* the seq of the last such entry since they came; 0 = none */
	uint32_t unshared;	/* likewise, of the last share that was stopped */
	usec_t aside_wall;	/* aside since */
	usec_t absent_since;	/* unless inside and not lost */
};

/* What waits for a second person. */
struct fold_request {
	uint32_t id;		/* the seq of its entry; 0 = none */
	enum event_note action;
	uint32_t by;
	uint32_t who;		/* 0 = nobody in particular */
	uint32_t item;		/* 0 = none */
	bool as_chair;		/* asked by who acted as chair then */
	usec_t until;
	enum reason_code reason;
	char text[LINE_SIZE(LIMIT_REASON)];
};

struct fold_suspension {
	bool on;
	uint32_t by;
	usec_t wall;
	enum reason_code reason;
	char text[LINE_SIZE(LIMIT_REASON)];
};

struct fold_fault {
	uint32_t id;		/* the seq of its entry; 0 = none */
	uint32_t by;
	usec_t wall;
	char text[LINE_SIZE(LIMIT_REASON)];
};

struct fold_changes {
	unsigned floor;
	unsigned suspension;
	unsigned faults;
	unsigned agenda;
};

struct fold {
	/* owned */
	struct event entries[FOLD_ENTRIES];	/* a ring: seq n stands at n % FOLD_ENTRIES */

	/* state */
	enum meeting_phase phase;
	uint32_t seq;				/* of the last entry */
	usec_t opened;
	uint32_t substitute;			/* named in the convocation; 0 = nobody */
	uint32_t acting;			/* the substitute, while acting as chair */
	uint32_t floor;				/* who has it */
	usec_t floor_wall;			/* … since */
	uint8_t speakers[LIMIT_PEOPLE_PER_MEETING];	/* who asked for it, in order */
	uint32_t n_speakers;
	struct agenda agenda;
	struct fold_suspension suspension;
	struct fold_fault faults[LIMIT_FAULTS];	/* oldest first, without gaps */
	struct fold_request requests[LIMIT_REQUESTS];	/* likewise */
	struct fold_changes changes;		/* counted, so that others learn of each */
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
/* NULL when none such stands. */
const struct fold_request *fold_request(const struct fold *f, uint32_t id);
const struct fold_request *fold_find_request(const struct fold *f, enum event_note action, uint32_t who,
	uint32_t item);
const struct fold_fault *fold_fault(const struct fold *f, uint32_t id);
/* In the speaker list, from 1; 0 = not there. */
uint32_t fold_place(const struct fold *f, uint32_t person);
static inline bool fold_is_present(const struct fold *f, uint32_t person)
{
	return f->people[person].inside && !f->people[person].lost;
}
