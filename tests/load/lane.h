/* SPDX-License-Identifier: EUPL-1.2 */
/* One direction of a bad line: what befalls each datagram, seeded, in the time that it is told. In impair and its test.
 * Invariant: same seed, same conditions, same datagrams at the same times: same arrivals. Nothing overtakes but what
 * was chosen to be reordered. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/random.h"

#define LANE_MOST 8192		/* datagrams under way; more are lost, as in a router that is full */
#define LANE_DATAGRAM 2048
#define LANE_MILLION 1000000u

/* All zero: a perfect line. Chances are of a million. */
struct lane_conditions {
	usec_t delay;
	usec_t jitter;			/* up to so much more */
	uint32_t loss;			/* of each datagram, alone */
	uint32_t burst;			/* that a burst of losses begins with this datagram … */
	uint32_t burst_length;		/* … and its mean length in datagrams (Gilbert's model) */
	uint32_t reorder;		/* that a datagram is held back … */
	usec_t reorder_by;		/* … for so long, while others pass */
	uint32_t duplicate;
	uint64_t rate;			/* bit/s of payload; 0 = no limit */
	usec_t queue;			/* what would wait longer than this for the rate is dropped */
};

struct lane_numbers {
	uint64_t sent, lost, dropped, duplicated, reordered, delivered;
};

struct lane_datagram {
	usec_t at;
	uint64_t order;			/* of sending: settles ties */
	size_t size;
	uint8_t data[];
};

struct lane {
	/* owned */
	struct lane_datagram **heap;	/* LANE_MOST; the earliest first */

	/* state */
	struct lane_conditions conditions;
	struct lane_numbers numbers;
	struct random random;
	uint64_t order;
	size_t count;
	usec_t busy_until;		/* the rate's queue is empty then */
	usec_t newest;			/* arrival that no later datagram may precede */
	bool in_burst;
};

int lane_init(struct lane *l, uint64_t seed);
void lane_done(struct lane *l);
/* From the next datagram on; those under way arrive as they would have. */
void lane_set(struct lane *l, const struct lane_conditions *c);
/* -ENOMEM; whatever happens to the datagram is no error. */
int lane_send(struct lane *l, usec_t now, struct bytes datagram);
usec_t lane_deadline(const struct lane *l);
/* What arrives now, or NULL; the caller's, mem_free(). */
struct lane_datagram *lane_take(struct lane *l, usec_t now);
