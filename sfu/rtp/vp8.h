/* SPDX-License-Identifier: EUPL-1.2 */
/* The VP8 payload descriptor (RFC 7741, 4.2), which stays readable under end-to-end encryption. In conclave-media.
 * Invariant: of what was cut short nothing is believed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct vp8 {
	bool key_frame;			/* this packet starts one */
	bool starts_partition;		/* S */
	bool not_referenced;		/* N: may be dropped without harm to other frames */
	bool layer_sync;		/* Y */
	bool has_picture_id;
	bool long_picture_id;		/* 15 bits instead of 7 */
	bool has_tl0_picture_index;
	bool has_temporal_layer;
	bool has_key_index;
	uint8_t partition;		/* PID */
	uint8_t tl0_picture_index;
	uint8_t temporal_layer;		/* TID */
	uint8_t key_index;
	uint16_t picture_id;
	struct bytes payload;		/* what follows the descriptor; never empty */
};

/* Reads an RTP payload. */
bool vp8_parse(struct bytes in, struct vp8 *ret);

static inline bool vp8_starts_frame(const struct vp8 *v)
{
	return v->starts_partition && v->partition == 0;
}

/* Puts these in the place of the packet's own, as far as it has them, in the same number of bits. */
bool vp8_rewrite(uint8_t *payload, size_t size, uint16_t picture_id, uint8_t tl0_picture_index);
