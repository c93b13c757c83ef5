/* SPDX-License-Identifier: EUPL-1.2 */
/* A tenth of a second in which a receiver gets more than its media, to see whether it comes as fast. In
 * conclave-media.
 * Invariant: at most one at a time; its result is never above what was sent. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

#define PROBE_SPAN MSEC(100)
#define PROBE_STEP MSEC(5)

struct probe {
	uint8_t number;			/* of the last one; 0 = there was none */
	bool sending;
	bool open;			/* its result is awaited */
	uint32_t rate;			/* bit/s, of all that is sent meanwhile */
	usec_t step;			/* when more is to be sent */
	usec_t begun, sent_from, sent_to;
	uint32_t bytes, packets, first_size;	/* sent */
	uint32_t came_bytes, came_packets, answered, came_first_size;
	int64_t came_from, came_to;
	usec_t next;			/* not sooner */
	usec_t wait;			/* after one that found nothing */
};

/* Nothing more will be said of it. */
bool probe_is_lost(const struct probe *p, usec_t now, usec_t round_trip);

enum probe_result { PROBE_NOTHING, PROBE_MORE, PROBE_FULL };

void probe_begin(struct probe *p, usec_t now, uint32_t rate);
/* Bytes that are to be added now. */
size_t probe_owes(struct probe *p, usec_t now);
void probe_sent(struct probe *p, usec_t now, uint32_t size);
void probe_came(struct probe *p, uint32_t size, int64_t came);
void probe_lost(struct probe *p);
/* Once all is known, or has had time to be: *ret, in bit/s, came. FULL: slower than it was sent. `loss`, of 1000, is
 * what is lost at any rate. */
enum probe_result probe_end(struct probe *p, usec_t now, usec_t round_trip, uint32_t loss, uint32_t *ret);
