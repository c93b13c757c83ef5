/* SPDX-License-Identifier: EUPL-1.2 */
/* VP9's descriptor, the scalability structure passed over. In conclave-media.
 * Invariant: every count in it is bounded by its bits: 3 references, 8 layers, 255 pictures of a group; reading and
 * rewriting walk the same bytes, in vp9_walk(). */
#include "sfu/rtp/vp9.h"

#include "sfu/rtp/picture.h"

/* RFC 9628, 4.2: the last reference has its N bit clear. */
#define REFERENCES_MAX 3

static void read_layers(struct reader *r, struct bytes in, struct vp9 *v, struct picture_places *at)
{
	uint8_t b = read_u8(r);

	v->has_layers = true;
	v->temporal_layer = b >> 5;
	v->switching_point = b & 0x10;
	v->spatial_layer = b >> 1 & 0x07;
	v->depends_on_lower_layer = b & 0x01;
	v->has_tl0_picture_index = !v->flexible;
	if (v->has_tl0_picture_index)
		v->tl0_picture_index = picture_read_tl0_index(r, in, at);
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

static bool vp9_walk(struct bytes in, struct vp9 *v, struct picture_places *at)
{
	struct reader r = reader(in);
	uint8_t b = read_u8(&r);

	*v = (struct vp9){
		.predicted = b & 0x40, .flexible = b & 0x10, .starts_frame = b & 0x08, .ends_frame = b & 0x04,
	};
	*at = (struct picture_places){ 0 };
	if (b & 0x80) {
		v->has_picture_id = true;
		v->picture_id = picture_read_id(&r, in, at);
		v->long_picture_id = at->long_id;
	}
	if (b & 0x20)
		read_layers(&r, in, v, at);
	if (v->flexible && v->predicted)
		skip_references(&r);
	if (b & 0x02)
		skip_structure(&r);
	v->payload = read_rest(&r);
	return r.ok && v->payload.size > 0;
}

bool vp9_parse(struct bytes in, struct vp9 *ret)
{
	struct picture_places at;
	struct vp9 v;

	if (!vp9_walk(in, &v, &at))
		return false;
	v.key_frame = v.starts_frame && !v.predicted && v.spatial_layer == 0;
	*ret = v;
	return true;
}

bool vp9_rewrite(uint8_t *payload, size_t size, uint16_t picture_id, uint8_t tl0_picture_index)
{
	struct picture_places at;
	struct vp9 v;

	if (!vp9_walk(bytes_make(payload, size), &v, &at))
		return false;
	picture_rewrite(payload, &at, picture_id, tl0_picture_index);
	return true;
}
