/* SPDX-License-Identifier: EUPL-1.2 */
/* What waits to be sent to one receiver: references and the few rewritten fields. In conclave-media.
 * Invariant: bytes are built only when they are polled; a full ring drops what comes, whose number is then a loss
 * that the receiver can ask for again. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/pool.h"

/* The header, the extension block with the longest mid, and what RTX adds. */
#define EGRESS_OVERHEAD (12 + 24 + 2)

struct peer;

struct egress_item {
	struct packet *packet;		/* with its own reference */
	uint32_t timestamp;
	uint16_t sequence;		/* of the slot */
	uint16_t rtx_sequence;		/* of the slot's retransmissions, if this is one */
	uint16_t offset;		/* of the payload in the packet */
	uint16_t size;
	uint16_t picture_id;		/* VP8 */
	uint8_t tl0_picture_index;	/* VP8 */
	uint8_t slot;
	uint8_t payload_type;
	bool marker;
	bool vp8;			/* the descriptor is to be rewritten */
	bool rtx;
};

struct egress {
	struct egress_item items[LIMIT_EGRESS];	/* a ring */
	uint32_t head;
	uint32_t tail;
};

static inline bool egress_empty(const struct egress *e) { return e->head == e->tail; }
/* Takes the item's reference over; false when the ring is full: then the caller still holds it. */
bool egress_push(struct egress *e, const struct egress_item *item);
/* The reference goes to the caller. */
bool egress_pop(struct egress *e, struct egress_item *ret);
void egress_clear(struct egress *e);
/* The packet as `peer` gets it. */
void egress_write(const struct peer *peer, const struct egress_item *item, struct writer *w);
