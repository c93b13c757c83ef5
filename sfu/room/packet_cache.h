/* SPDX-License-Identifier: EUPL-1.2 */
/* The last video packets that went to one receiver, so that a lost one can be sent again. In conclave-media.
 * Invariant: never allocates; at most LIMIT_CACHE_BYTES, LIMIT_CACHE_PACKETS and CACHE_AGE; the oldest leaves first. */
#pragma once

#include <stdint.h>

#include "base/clock.h"
#include "base/limits.h"
#include "sfu/room/egress.h"

#define CACHE_AGE MSEC(500)
/* Two entries a chain when full; a power of two, for the mask. */
#define CACHE_CHAINS 128

struct cached {
	struct egress_item item;	/* with its own reference */
	uint64_t next;			/* older entry of the same chain; absolute position + 1, 0 = none */
	usec_t sent;
	usec_t sent_again;
	uint8_t resends;
};

struct packet_cache {
	struct cached entries[LIMIT_CACHE_PACKETS];	/* a ring; position p stands at p % LIMIT_CACHE_PACKETS */
	uint64_t chains[CACHE_CHAINS];			/* the newest entry of each: position + 1 */
	uint64_t head;					/* the next position */
	uint64_t tail;					/* the oldest that stands */
	uint32_t bytes;
};

/* Takes the item's reference over. */
void packet_cache_put(struct packet_cache *c, usec_t now, const struct egress_item *item);
struct cached *packet_cache_find(struct packet_cache *c, uint8_t slot, uint16_t sequence);
void packet_cache_expire(struct packet_cache *c, usec_t now);
void packet_cache_clear(struct packet_cache *c);
