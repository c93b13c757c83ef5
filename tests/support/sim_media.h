/* SPDX-License-Identifier: EUPL-1.2 */
/* What a simulated packet says of itself, and the descriptor of VP8 or VP9 around it. In tests only.
 * Invariant: a mark survives forwarding unchanged, as an encrypted payload does. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/media.h"

#define SIM_MARK_SIZE 23
#define SIM_DESCRIPTOR_SIZE 6
#define SIM_CLOCK_VIDEO 90000
#define SIM_CLOCK_AUDIO 48000

/* What this person's clock showed then: every browser's is wrong in its own way. */
static inline usec_t sim_wall_of(uint32_t person, usec_t at)
{
	return SECONDS(1700000000) + at + person * (SECONDS(17) + 137);
}

struct sim_mark {
	uint32_t person;
	enum source_kind source;
	uint8_t layer;
	uint32_t frame;
	uint8_t part;
	uint8_t parts;
	bool key;
	uint8_t reference;		/* so many frames before it is the one that it was made from */
	uint8_t temporal;		/* layer in time */
	usec_t captured;
};

struct sim_picture {
	bool vp9;
	bool key;
	uint16_t id;
	uint8_t temporal;
	uint8_t reference;		/* so many pictures before it, by its own word; 0 = it does not say */
	struct bytes payload;
};

/* The payload of an Opus packet, `size` bytes. */
void sim_write_sound(struct writer *w, const struct sim_mark *m, size_t size);
/* The payload of a VP8 packet: descriptor and `size` bytes. */
void sim_write_picture(struct writer *w, const struct sim_mark *m, uint16_t picture_id, uint8_t tl0, size_t size);
/* … of a VP9 packet, in flexible mode, as Chromium makes it. */
void sim_write_picture_vp9(struct writer *w, const struct sim_mark *m, uint16_t picture_id, size_t size);
/* What a decoder goes by. False when there is no whole descriptor. */
bool sim_read_picture(struct bytes payload, bool vp9, struct sim_picture *ret);
/* False when these are no bytes of ours. */
bool sim_read_mark(struct bytes payload, struct sim_mark *ret);
