/* SPDX-License-Identifier: EUPL-1.2 */
/* What a packet of the load tool says of itself, in the place of ciphertext. In the load tool.
 * Invariant: forwarding changes nothing of it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/media.h"

#define MARK_SIZE 26
#define MARK_DESCRIPTOR 6	/* of VP8, with a long picture id, TL0PICIDX and TID */

struct mark {
	uint32_t person;
	enum source_kind source;
	uint8_t layer;
	bool key;
	uint8_t part, parts;	/* of a frame */
	uint32_t number;	/* of the packets of this layer, from 0 */
	uint32_t frame;
	usec_t sent;		/* wall clock */
};

/* `size` bytes in all, at least MARK_SIZE. The first is what VP8 and SFrame leave clear; what follows the mark is noise
 * that `seed` chooses. */
void mark_write(struct writer *w, const struct mark *m, size_t size, uint32_t seed);
/* With a VP8 descriptor before it. */
void mark_write_picture(struct writer *w, const struct mark *m, uint16_t picture, uint8_t tl0, size_t size,
	uint32_t seed);
/* An RTP payload. False: none of ours. */
bool mark_read(struct bytes payload, bool picture, struct mark *ret);
