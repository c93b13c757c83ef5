/* SPDX-License-Identifier: EUPL-1.2 */
/* VP8's descriptor: one to six bytes before each payload. In conclave-media.
 * Invariant: reading and rewriting walk the same bytes, in vp8_walk(). */
#include "sfu/rtp/vp8.h"

#include "sfu/rtp/picture.h"

static void read_temporal(struct reader *r, struct vp8 *v, bool layer, bool key_index)
{
	uint8_t b = read_u8(r);

	v->has_temporal_layer = layer;
	if (layer) {
		v->temporal_layer = b >> 6;
		v->layer_sync = b & 0x20;
	}
	v->has_key_index = key_index;
	if (key_index)
		v->key_index = b & 0x1f;
}

static bool vp8_walk(struct bytes in, struct vp8 *v, struct picture_places *at)
{
	struct reader r = reader(in);
	uint8_t required = read_u8(&r);
	uint8_t present = required & 0x80 ? read_u8(&r) : 0;

	*v = (struct vp8){ 0 };
	*at = (struct picture_places){ 0 };
	v->not_referenced = required & 0x20;
	v->starts_partition = required & 0x10;
	v->partition = required & 0x07;
	if (present & 0x80) {
		v->has_picture_id = true;
		v->picture_id = picture_read_id(&r, in, at);
		v->long_picture_id = at->long_id;
	}
	if (present & 0x40) {
		v->has_tl0_picture_index = true;
		v->tl0_picture_index = picture_read_tl0_index(&r, in, at);
	}
	if (present & 0x30)
		read_temporal(&r, v, present & 0x20, present & 0x10);
	v->payload = read_rest(&r);
	return r.ok && v->payload.size > 0;
}

bool vp8_parse(struct bytes in, struct vp8 *ret)
{
	struct picture_places at;
	struct vp8 v;

	if (!vp8_walk(in, &v, &at))
		return false;
	/* RFC 6386, 9.1: the lowest bit of a frame's first byte is 0 in a key frame. */
	v.key_frame = vp8_starts_frame(&v) && !(v.payload.data[0] & 0x01);
	*ret = v;
	return true;
}

bool vp8_rewrite(uint8_t *payload, size_t size, uint16_t picture_id, uint8_t tl0_picture_index)
{
	struct picture_places at;
	struct vp8 v;

	if (!vp8_walk(bytes_make(payload, size), &v, &at))
		return false;
	picture_rewrite(payload, &at, picture_id, tl0_picture_index);
	return true;
}
