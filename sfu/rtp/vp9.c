/* SPDX-License-Identifier: EUPL-1.2 */
/* VP9's descriptor, the scalability structure passed over. In conclave-media.
 * Invariant: every count in it is bounded by its bits: 3 references, 8 layers, 255 pictures of a group; reading and
 * rewriting walk the same bytes, in vp9_walk(). */
#include "sfu/rtp/vp9.h"

/* RFC 9628, 4.2: the last reference has its N bit clear. */
#define REFERENCES_MAX 3

/* Where the rewritable fields stand; 0 = absent, since no field stands in the first byte. */
struct vp9_places {
	size_t picture_id;
	size_t tl0_picture_index;
};

static void read_picture_id(struct reader *r, struct vp9 *v)
{
	uint8_t b = read_u8(r);

	v->has_picture_id = true;
	v->long_picture_id = b & 0x80;
	v->picture_id = b & 0x7f;
	if (v->long_picture_id)
		v->picture_id = (uint16_t)(v->picture_id << 8 | read_u8(r));
}

static void read_layers(struct reader *r, struct vp9 *v)
{
	uint8_t b = read_u8(r);

	v->has_layers = true;
	v->temporal_layer = b >> 5;
	v->switching_point = b & 0x10;
	v->spatial_layer = b >> 1 & 0x07;
	v->depends_on_lower_layer = b & 0x01;
	v->has_tl0_picture_index = !v->flexible;
	if (v->has_tl0_picture_index)
		v->tl0_picture_index = read_u8(r);
}

static void skip_references(struct reader *r)
{
	for (unsigned i = 0; i < REFERENCES_MAX; i++) {
		if (!(read_u8(r) & 0x01))
			return;
	}
	r->ok = false;
}

static void skip_structure(struct reader *r)
{
	uint8_t b = read_u8(r);
	unsigned layers = (b >> 5) + 1u;
	unsigned pictures;

	if (b & 0x10)
		read_skip(r, layers * 4u);	/* a width and a height each */
	if (!(b & 0x08))
		return;
	pictures = read_u8(r);
	for (unsigned i = 0; i < pictures && r->ok; i++)
		read_skip(r, read_u8(r) >> 2 & 0x03);
}

static bool vp9_walk(struct bytes in, struct vp9 *v, struct vp9_places *at)
{
	struct reader r = reader(in);
	uint8_t b = read_u8(&r);

	*v = (struct vp9){
		.predicted = b & 0x40, .flexible = b & 0x10, .starts_frame = b & 0x08, .ends_frame = b & 0x04,
	};
	*at = (struct vp9_places){ 0 };
	if (b & 0x80) {
		at->picture_id = (size_t)(r.at - in.data);
		read_picture_id(&r, v);
	}
	if (b & 0x20)
		read_layers(&r, v);
	if (v->has_tl0_picture_index)
		at->tl0_picture_index = (size_t)(r.at - in.data) - 1;
	if (v->flexible && v->predicted)
		skip_references(&r);
	if (b & 0x02)
		skip_structure(&r);
	v->payload = read_rest(&r);
	return r.ok && v->payload.size > 0;
}

bool vp9_parse(struct bytes in, struct vp9 *ret)
{
	struct vp9_places at;
	struct vp9 v;

	if (!vp9_walk(in, &v, &at))
		return false;
	v.key_frame = v.starts_frame && !v.predicted && v.spatial_layer == 0;
	*ret = v;
	return true;
}

bool vp9_rewrite(uint8_t *payload, size_t size, uint16_t picture_id, uint8_t tl0_picture_index)
{
	struct vp9_places at;
	struct vp9 v;

	if (!vp9_walk(bytes_make(payload, size), &v, &at))
		return false;
	if (at.picture_id && v.long_picture_id) {
		payload[at.picture_id] = (uint8_t)(0x80 | (picture_id >> 8 & 0x7f));
		payload[at.picture_id + 1] = (uint8_t)picture_id;
	} else if (at.picture_id) {
		payload[at.picture_id] = picture_id & 0x7f;
	}
	if (at.tl0_picture_index)
		payload[at.tl0_picture_index] = tl0_picture_index;
	return true;
}
