/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether what we send queues up on its way: the delay gradient and the over-use detector of draft-ietf-rmcat-gcc-02,
 * 5.2 to 5.4. In conclave-media.
 * Differences: the gradient is a straight line through the last smoothed delays instead of a Kalman filter, and it is
 * judged by how much delay it added over the stretch that it was drawn through.
 * Invariant: knows times only, the sender's and the receiver's, and no relation between the two clocks. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define TREND_SAMPLES 20

enum trend_way {
	TREND_EVEN,
	TREND_RISING,		/* over-use: a queue grows */
	TREND_FALLING,		/* it shrinks */
};

/* Packets that left together. */
struct trend_group {
	usec_t sent_first, sent_last;
	int64_t came_last;
};

struct trend {
	enum trend_way way;

	/* state */
	struct trend_group before, group;
	unsigned groups;		/* 0, 1 (group), 2 (before too) */
	double delay, smooth;		/* ms, from an unknown origin */
	struct { double at, delay; } samples[TREND_SAMPLES];	/* a ring, ms */
	uint32_t n;
	double threshold;		/* ms, adapts to what is usual here */
	double grown;			/* ms, of the line before */
	double rising_for;		/* ms */
};

void trend_init(struct trend *t);
/* What came before is forgotten, what is usual is not. */
void trend_restart(struct trend *t);
/* A packet left at `sent` by our clock and came at `came`, in µs by another's. */
void trend_take(struct trend *t, usec_t sent, int64_t came);
