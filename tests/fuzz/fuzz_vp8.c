/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/rtp/vp8.c and vp9.c: the input as an RTP payload. A fuzz target.
 * Invariant: the payload is the end of the input, and rewriting changes nothing before or behind two fields. */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "base/mem.h"
#include "sfu/rtp/vp8.h"
#include "sfu/rtp/vp9.h"

static void check_rewrite(const struct vp8 *v, const uint8_t *data, size_t size)
{
	_cleanup_(mem_freep) uint8_t *copy = mem_alloc(size);
	struct vp8 back;

	assert(copy);
	memcpy(copy, data, size);
	assert(vp8_rewrite(copy, size, 0x5a5a, 0xa5));
	assert(vp8_parse(bytes_make(copy, size), &back));
	assert(back.payload.size == v->payload.size && back.key_frame == v->key_frame);
	assert(back.picture_id == (!v->has_picture_id ? 0 : v->long_picture_id ? 0x5a5a : 0x5a));
	assert(vp8_rewrite(copy, size, v->picture_id, v->tl0_picture_index));
	assert(memcmp(copy, data, size) == 0);
}

static void check_rewrite_vp9(const struct vp9 *v, const uint8_t *data, size_t size)
{
	_cleanup_(mem_freep) uint8_t *copy = mem_alloc(size);
	struct vp9 back;

	assert(copy);
	memcpy(copy, data, size);
	assert(vp9_rewrite(copy, size, 0x5a5a, 0xa5));
	assert(vp9_parse(bytes_make(copy, size), &back));
	assert(back.payload.size == v->payload.size && back.key_frame == v->key_frame);
	assert(back.temporal_layer == v->temporal_layer && back.switching_point == v->switching_point);
	assert(back.picture_id == (!v->has_picture_id ? 0 : v->long_picture_id ? 0x5a5a : 0x5a));
	assert(back.tl0_picture_index == (v->has_tl0_picture_index ? 0xa5 : 0));
	assert(vp9_rewrite(copy, size, v->picture_id, v->tl0_picture_index));
	assert(memcmp(copy, data, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vp8 v8;
	struct vp9 v9;

	if (vp8_parse(bytes_make(data, size), &v8)) {
		assert(v8.payload.data + v8.payload.size == data + size);
		assert(!v8.key_frame || vp8_starts_frame(&v8));
		check_rewrite(&v8, data, size);
	}
	if (vp9_parse(bytes_make(data, size), &v9)) {
		assert(v9.payload.data + v9.payload.size == data + size);
		assert(!v9.key_frame || (v9.starts_frame && !v9.predicted));
		check_rewrite_vp9(&v9, data, size);
	}
	return 0;
}
