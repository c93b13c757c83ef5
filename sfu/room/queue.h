/* SPDX-License-Identifier: EUPL-1.2 */
/* How long packets wait on their way to one receiver, and how fast they come out while they do: then, and only then,
 * what arrives is what the way carries. In conclave-media.
 * Invariant: knows times only, the sender's and the receiver's, and no relation between the two clocks. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct queue {
	/* the least that one took, of the two clocks' difference; of this age and of the one before */
	int64_t least, least_before;
	int64_t age;			/* since when, by the receiver's clock */
	bool known;

	int64_t wait;			/* µs, of the newest */

	/* since the first one came that had waited */
	bool full;
	int64_t came_from, came_to;
	uint32_t bytes;
	uint32_t rate;			/* bit/s, of the last whole stretch of them; 0 = there was none */
};

/* A packet left at `sent` by our clock and came at `came`, in µs by another's. */
void queue_take(struct queue *q, usec_t sent, int64_t came, uint32_t size);
/* bit/s that came out of it since it was last empty; 0 = it is, or that is too short to tell. */
uint32_t queue_rate(const struct queue *q);
