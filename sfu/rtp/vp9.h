/* SPDX-License-Identifier: EUPL-1.2 */
/* The VP9 payload descriptor (RFC 9628, 4.2), which stays readable under end-to-end encryption. In conclave-media.
 * Invariant: of what was cut short nothing is believed. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct vp9 {
	bool key_frame;			/* this packet starts one */
	bool predicted;			/* P: from an earlier picture */
	bool starts_frame;		/* B */
	bool ends_frame;		/* E */
	bool has_picture_id;
	bool long_picture_id;		/* 15 bits instead of 7 */
	bool has_layers;
	bool switching_point;		/* U */
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
