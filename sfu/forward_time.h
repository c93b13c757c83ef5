/* SPDX-License-Identifier: EUPL-1.2 */
/* How long datagrams were in our hands: from the wake-up that read the first of what leaves together to the call that
 * handed it to the kernel. In conclave-media.
 * Invariant: one reading of the clock for all that leaves together, none a packet; never more than FORWARD_TIMES notes,
 * since beyond that the oldest stands for the rest. */
#pragma once

#include <stdint.h>

#include "base/clock.h"
#include "sfu/msg.h"

#define FORWARD_TIMES 8		/* wake-ups whose datagrams leave together: the turn's own, and those it waited for */

struct forward_note {
	usec_t arrived;
	uint32_t datagrams;
};

struct forward_time {
	struct forward_note notes[FORWARD_TIMES];
	unsigned n;
	uint64_t usec;				/* all that was measured, together */
	uint64_t buckets[MEDIA_FORWARD_N];
};

/* One datagram of what arrived then waits to leave. */
void forward_time_add(struct forward_time *f, usec_t arrived);
/* All that waited has left. */
void forward_time_sent(struct forward_time *f, usec_t now);
void forward_time_count(const struct forward_time *f, uint64_t counts[static COUNT_N]);
