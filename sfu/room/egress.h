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

/* Packets made equal in size, so that the kernel can cut them from one message (UDP_SEGMENT, 64 at the most), and what
 * that may cost: a share of the largest. Browsers cut a picture evenly, to within a byte, the longer packets last. */
#define EGRESS_EVEN 64
#define EGRESS_PADDING_SHARE 32

/* The header, the extension block with the longest mid and a transport-wide number, and what RTX adds. */
#define EGRESS_OVERHEAD (12 + 24 + 2)
/* Of the padding that a probe is made of: as much as one byte can count. */
#define EGRESS_FILLING 255

struct peer;
struct slot;

struct egress_item {
	struct packet *packet;		/* with its own reference */
	uint32_t timestamp;
	uint16_t sequence;		/* of the slot */
	uint16_t rtx_sequence;		/* of the slot's retransmissions, if this is one */
	uint16_t offset;		/* of the payload in the packet */
	uint16_t size;
	uint16_t picture_id;
	uint8_t tl0_picture_index;
	uint8_t slot;
	uint8_t payload_type;
	uint8_t padding;		/* bytes (RFC 3550, 5.1), as egress_even() found */
	bool marker;
	bool sound;
	bool vp8, vp9;			/* this descriptor is to be rewritten */
	bool rtx;
};

struct egress {
	struct egress_item items[LIMIT_EGRESS];	/* a ring */
	uint32_t head;
	uint32_t tail;
	uint32_t even;			/* as far as the padding is found */
};

static inline bool egress_empty(const struct egress *e) { return e->head == e->tail; }
static inline uint32_t egress_count(const struct egress *e) { return e->head - e->tail; }
/* Takes the item's reference over; false when the ring is full: then the caller still holds it. A picture goes before
 * a sound that would be the last: the short packet is then the end of the message in which the picture leaves, and no
 * message of its own. */
bool egress_push(struct egress *e, const struct egress_item *item);
/* The reference goes to the caller. */
bool egress_pop(struct egress *e, struct egress_item *ret);
void egress_clear(struct egress *e);
/* Pads what waits for `peer`, a run of nearly equal packets after the other, each to the largest of its run; the last
 * of a run stays as it is. Before each egress_pop(); costs something once for each run. */
void egress_even(struct peer *peer);
/* The packet as `peer` gets it. */
void egress_write(const struct peer *peer, const struct egress_item *item, struct writer *w);
/* Padding alone, as a retransmission of nothing. */
void egress_write_filling(const struct peer *peer, struct slot *slot, struct writer *w);
