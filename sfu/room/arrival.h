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

struct arrival {
	struct packet *packet;		/* borrowed, unless its keeper says otherwise */
	int64_t index;			/* the stream's, monotonic across wraps and jumps */
	uint32_t timestamp;
	uint16_t offset;		/* of the payload in the packet */
	uint16_t size;			/* 0: padding, forwarded so that the numbers stay whole */
	enum codec codec;
	bool marker;
	bool key_frame;			/* starts one */
	bool long_picture_id;		/* VP8 */
	uint16_t picture_id;		/* VP8; 0 when there is none */
	uint8_t tl0_picture_index;	/* VP8; 0 when there is none */
	uint8_t temporal;		/* VP8: layer in time; 0 when there is none */
	bool temporal_sync;		/* VP8: needs nothing but layer 0 */
};

static inline uint32_t codec_clock(enum codec codec)
{
	return codec == CODEC_OPUS ? 48000 : 90000;
}
