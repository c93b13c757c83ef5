/* SPDX-License-Identifier: EUPL-1.2 */
/* The first byte is the one that VP8 leaves clear: its lowest bit is 0 in a key frame. In tests only.
 * Invariant: see sim_media.h. */
#include "tests/support/sim_media.h"

#include "sfu/rtp/vp8.h"
#include "sfu/rtp/vp9.h"

#define SIM_MAGIC 0x5c

static void sim_write_mark(struct writer *w, const struct sim_mark *m, size_t size)
{
	write_u8(w, m->key ? 0 : 1);
	write_u8(w, SIM_MAGIC);
	write_u32(w, m->person);
	write_u8(w, (uint8_t)m->source);
	write_u8(w, m->layer);
	write_u32(w, m->frame);
	write_u8(w, m->part);
	write_u8(w, m->parts);
	write_u8(w, m->reference);
	write_u64(w, m->captured);
	for (size_t i = SIM_MARK_SIZE; i < size; i++)
		write_u8(w, (uint8_t)(i + m->frame));
}

void sim_write_sound(struct writer *w, const struct sim_mark *m, size_t size)
{
	sim_write_mark(w, m, size);
}

void sim_write_picture(struct writer *w, const struct sim_mark *m, uint16_t picture_id, uint8_t tl0, size_t size)
{
	write_u8(w, m->part ? 0x80 : 0x90);	/* X, and S in the first packet of a frame */
	write_u8(w, 0xe0);			/* I, L, T */
	write_u16(w, picture_id | 0x8000);
	write_u8(w, tl0);
	write_u8(w, m->temporal ? 0x60 : 0);	/* TID 1 and Y */
	sim_write_mark(w, m, size);
}

void sim_write_picture_vp9(struct writer *w, const struct sim_mark *m, uint16_t picture_id, size_t size)
{
	uint8_t begins = m->part ? 0 : 0x08, ends = m->part + 1 == m->parts ? 0x04 : 0;

	write_u8(w, (uint8_t)(0xb0 | (m->key ? 0 : 0x40) | begins | ends));	/* I, P, L, F, B, E */
	write_u16(w, picture_id | 0x8000);
	write_u8(w, (uint8_t)(m->temporal << 5 | 0x10));	/* TID, U */
	if (!m->key)
		write_u8(w, (uint8_t)(m->reference << 1));	/* P_DIFF, the last */
	sim_write_mark(w, m, size);
}

static bool sim_read_picture_vp9(struct bytes payload, struct sim_picture *ret)
{
	struct vp9 v;

	if (!vp9_parse(payload, &v) || !v.flexible || !v.long_picture_id)
		return false;
	*ret = (struct sim_picture){
		.vp9 = true, .key = v.key_frame, .id = v.picture_id, .temporal = v.temporal_layer, .payload = v.payload,
		.reference = v.predicted ? payload.data[4] >> 1 : 0,
	};
	return true;
}

bool sim_read_picture(struct bytes payload, bool vp9, struct sim_picture *ret)
{
	struct vp8 v;

	if (vp9)
		return sim_read_picture_vp9(payload, ret);
	if (!vp8_parse(payload, &v) || !v.has_picture_id || !v.has_tl0_picture_index)
		return false;
	*ret = (struct sim_picture){
		.key = v.key_frame, .id = v.picture_id, .temporal = v.temporal_layer, .payload = v.payload,
	};
	return true;
}

bool sim_read_mark(struct bytes payload, struct sim_mark *ret)
{
	struct reader r = reader(payload);

	ret->key = !(read_u8(&r) & 1);
	if (read_u8(&r) != SIM_MAGIC)
		return false;
	ret->person = read_u32(&r);
	ret->source = (enum source_kind)read_u8(&r);
	ret->layer = read_u8(&r);
	ret->frame = read_u32(&r);
	ret->part = read_u8(&r);
	ret->parts = read_u8(&r);
	ret->reference = read_u8(&r);
	ret->temporal = 0;
	ret->captured = read_u64(&r);
	for (size_t i = SIM_MARK_SIZE; r.ok && i < payload.size; i++)
		if (read_u8(&r) != (uint8_t)(i + ret->frame))
			return false;
	return r.ok;
}
