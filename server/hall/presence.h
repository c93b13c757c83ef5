/* SPDX-License-Identifier: EUPL-1.2 */
/* Who was there, and when: for the meeting, and for each item. In conclaved.
 * Invariant: from the events alone, which follow the connections; no client is asked. */
#pragma once

#include "server/hall/fold.h"

enum span_kind { SPAN_PERSON, SPAN_ITEM, SPAN_DOORS };

struct span {
	enum span_kind kind;
	uint32_t of;		/* a person, or an item */
	usec_t from;		/* wall */
	usec_t to;		/* 0 = it goes on */
};

struct presence {
	/* owned */
	struct span *spans;

	/* state */
	size_t n_spans;
	size_t room;
	uint32_t open[3][LIMIT_PEOPLE_PER_MEETING + 1];	/* by kind: the span that goes on, from 1 */
	uint32_t item;					/* that is open */
	usec_t last;
	uint64_t milliseconds[LIMIT_ITEMS + 1][LIMIT_PEOPLE_PER_MEETING + 1];
};

void presence_done(struct presence *p);
/* After each event, what the fold says then. 0 or -ENOMEM. */
int presence_take(struct presence *p, const struct fold *f, usec_t wall);
