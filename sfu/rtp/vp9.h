/* SPDX-License-Identifier: EUPL-1.2 */
/* The VP9 payload descriptor (RFC 9628, 4.2), which stays readable under end-to-end encryption. In conclave-media.
 * Invariant: of what was cut short nothing is believed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct vp9 {
	bool key_frame;			/* this packet starts one */
	bool predicted;			/* P: from an earlier picture */
	bool flexible;			/* F: says itself which pictures it was made from */
	bool starts_frame;		/* B */
	bool ends_frame;		/* E */
	bool has_picture_id;
	bool long_picture_id;		/* 15 bits instead of 7 */
	bool has_layers;
	bool switching_point;		/* U: nothing behind needs what is above its layer in time before it */
	bool depends_on_lower_layer;	/* D */
	bool has_tl0_picture_index;
	uint8_t temporal_layer;
	uint8_t spatial_layer;
	uint8_t tl0_picture_index;
	uint16_t picture_id;
	struct bytes payload;		/* what follows the descriptor; never empty */
};

/* Reads an RTP payload. */
bool vp9_parse(struct bytes in, struct vp9 *ret);
/* Puts these in the place of the packet's own, as far as it has them, in the same number of bits. References stay good:
 * they count pictures back. */
bool vp9_rewrite(uint8_t *payload, size_t size, uint16_t picture_id, uint8_t tl0_picture_index);
