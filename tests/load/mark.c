/* SPDX-License-Identifier: EUPL-1.2 */
/* Twenty-six bytes, then noise from a table. In the load tool. Invariant: see mark.h. */
#include "tests/load/mark.h"

#include <assert.h>

#include "base/limits.h"
#include "base/random.h"

#define MARK_MAGIC 0x5ac3
#define MARK_NOISE (2 * LIMIT_DATAGRAM)

static const uint8_t *mark_noise(void)
{
	static uint8_t noise[MARK_NOISE];
	static bool made;
	struct random r;

	if (!made) {
		random_seed(&r, 20261122);
		for (size_t i = 0; i < sizeof(noise); i++)
			noise[i] = (uint8_t)random_next(&r);
		made = true;
	}
	return noise;
}

void mark_write(struct writer *w, const struct mark *m, size_t size, uint32_t seed)
{
	assert(size >= MARK_SIZE && size <= LIMIT_DATAGRAM);
	write_u8(w, m->key ? 0 : 1);
	write_u16(w, MARK_MAGIC);
	write_u16(w, (uint16_t)m->person);
	write_u8(w, (uint8_t)m->source);
	write_u8(w, m->layer);
	write_u8(w, m->part);
	write_u8(w, m->parts);
	write_u8(w, m->key);
	write_u32(w, m->number);
	write_u32(w, m->frame);
	write_u64(w, m->sent);
	write_bytes(w, bytes_make(mark_noise() + seed % (MARK_NOISE - LIMIT_DATAGRAM), size - MARK_SIZE));
}

void mark_write_picture(struct writer *w, const struct mark *m, uint16_t picture, uint8_t tl0, size_t size,
	uint32_t seed)
{
	write_u8(w, m->part ? 0x80 : 0x90);	/* X, and S in the first packet of a frame */
	write_u8(w, 0xe0);			/* I, L, T */
	write_u16(w, picture | 0x8000);
	write_u8(w, tl0);
	write_u8(w, 0);
	mark_write(w, m, size, seed);
}

bool mark_read(struct bytes payload, bool picture, struct mark *ret)
{
	struct reader r = reader(payload);

	if (picture)
		read_skip(&r, MARK_DESCRIPTOR);
	read_skip(&r, 1);
	if (read_u16(&r) != MARK_MAGIC)
		return false;
	ret->person = read_u16(&r);
	ret->source = (enum source_kind)read_u8(&r);
	ret->layer = read_u8(&r);
	ret->part = read_u8(&r);
	ret->parts = read_u8(&r);
	ret->key = read_u8(&r);
	ret->number = read_u32(&r);
	ret->frame = read_u32(&r);
	ret->sent = read_u64(&r);
	return r.ok && ret->source < SOURCE_N;
}
