/* SPDX-License-Identifier: EUPL-1.2 */
/* VP9's descriptor, the scalability structure passed over. In conclave-media.
 * Invariant: every count in it is bounded by its bits: 3 references, 8 layers, 255 pictures of a group. */
#include "sfu/rtp/vp9.h"

/* RFC 9628, 4.2: the last reference has its N bit clear. */
#define REFERENCES_MAX 3

static void read_picture_id(struct reader *r, struct vp9 *v)
{
	uint8_t b = read_u8(r);

	v->has_picture_id = true;
	v->long_picture_id = b & 0x80;
	v->picture_id = b & 0x7f;
	if (v->long_picture_id)
		v->picture_id = (uint16_t)(v->picture_id << 8 | read_u8(r));
}

static void read_layers(struct reader *r, struct vp9 *v, bool flexible)
{
	uint8_t b = read_u8(r);

	v->has_layers = true;
	v->temporal_layer = b >> 5;
	v->switching_point = b & 0x10;
	v->spatial_layer = b >> 1 & 0x07;
	v->depends_on_lower_layer = b & 0x01;
	if (!flexible) {
		v->has_tl0_picture_index = true;
		v->tl0_picture_index = read_u8(r);
	}
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

bool vp9_parse(struct bytes in, struct vp9 *ret)
{
	struct reader r = reader(in);
	struct vp9 v = { 0 };
	uint8_t b = read_u8(&r);
	bool flexible = b & 0x10;

	v.predicted = b & 0x40;
	v.starts_frame = b & 0x08;
	v.ends_frame = b & 0x04;
	if (b & 0x80)
		read_picture_id(&r, &v);
	if (b & 0x20)
		read_layers(&r, &v, flexible);
	if (flexible && v.predicted)
		skip_references(&r);
	if (b & 0x02)
		skip_structure(&r);
	v.payload = read_rest(&r);
	if (!r.ok || v.payload.size == 0)
		return false;
	v.key_frame = v.starts_frame && !v.predicted && v.spatial_layer == 0;
	*ret = v;
	return true;
}
