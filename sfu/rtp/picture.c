/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading and rewriting the numbers of pictures. In conclave-media. Invariant: see picture.h. */
#include "sfu/rtp/picture.h"

uint16_t picture_read_id(struct reader *r, struct bytes in, struct picture_places *at)
{
	uint8_t b;

	at->id = (size_t)(r->at - in.data);
	b = read_u8(r);
	at->long_id = b & 0x80;
	return at->long_id ? (uint16_t)((b & 0x7f) << 8 | read_u8(r)) : b & 0x7f;
}

uint8_t picture_read_tl0_index(struct reader *r, struct bytes in, struct picture_places *at)
{
	at->tl0_index = (size_t)(r->at - in.data);
	return read_u8(r);
}

void picture_rewrite(uint8_t *payload, const struct picture_places *at, uint16_t id, uint8_t tl0_index)
{
	if (at->id && at->long_id) {
		payload[at->id] = (uint8_t)(0x80 | (id >> 8 & 0x7f));
		payload[at->id + 1] = (uint8_t)id;
	} else if (at->id) {
		payload[at->id] = id & 0x7f;
	}
	if (at->tl0_index)
		payload[at->tl0_index] = tl0_index;
}
