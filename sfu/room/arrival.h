/* SPDX-License-Identifier: EUPL-1.2 */
/* One media packet as the room speaks of it between ingress and egress: where it stands in its stream, and what its
 * payload's descriptor said. In conclave-media.
 * Invariant: the payload lies inside the packet; a retransmission looks as the original would have. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"

enum codec {
	CODEC_OPUS,
	CODEC_VP8,
	CODEC_VP9,
	CODEC_N,
};

/* Layers in time that are told apart: browsers make three at the most. What is above counts as the highest. */
#define TEMPORAL_LAYERS 3
#define TEMPORAL_ALL (TEMPORAL_LAYERS - 1)

struct arrival {
	struct packet *packet;		/* borrowed, unless its keeper says otherwise */
	int64_t index;			/* the stream's, monotonic across wraps and jumps */
	uint32_t timestamp;
	uint16_t offset;		/* of the payload in the packet */
	uint16_t size;			/* 0: padding, forwarded so that the numbers stay whole */
	enum codec codec;
	bool marker;
	bool key_frame;			/* starts one */
	bool long_picture_id;
	uint16_t picture_id;		/* 0 when there is none */
	uint8_t tl0_picture_index;	/* 0 when there is none */
	uint8_t temporal;		/* layer in time; 0 when there is none */
	bool temporal_sync;		/* VP8: of what is above layer 0 it needs nothing */
	bool temporal_switch;		/* VP9: what follows needs nothing above this layer that came before */
};

static inline uint32_t codec_clock(enum codec codec)
{
	return codec == CODEC_OPUS ? 48000 : 90000;
}
