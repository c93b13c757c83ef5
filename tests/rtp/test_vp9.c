/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/rtp/vp9.c. Invariant: descriptors are made from every combination of their bits, not from a few samples. */
#include "tests/support/check.h"

#include "base/mem.h"
#include "sfu/rtp/vp9.h"

enum { I = 0x80, P = 0x40, L = 0x20, F = 0x10, B = 0x08, E = 0x04, V = 0x02, Z = 0x01 };

/* The descriptor with this first byte: layers TID 3, U, SID `spatial`, D; references as many as `references`. */
static struct bytes make(uint8_t out[64], uint8_t first, bool long_id, uint8_t spatial, unsigned references)
{
	struct writer w = writer(out, 64);

	write_u8(&w, first);
	if (first & I)
		write_be(&w, long_id ? 0x9234 : 0x23, long_id ? 2 : 1);
	if (first & L)
		write_u8(&w, (uint8_t)(0x71 | spatial << 1));
	if (first & L && !(first & F))
		write_u8(&w, 0x77);
	for (unsigned i = 0; first & F && first & P && i < references; i++)
		write_u8(&w, (uint8_t)(2 * (i + 1) | (i + 1 < references)));
	if (first & V) {
		write_u8(&w, 0x38);	/* two layers, sizes, a picture group */
		write_be(&w, 0x01400168, 4);
		write_be(&w, 0x028002d0, 4);
		write_u8(&w, 2);	/* of two pictures: without references, and with two */
		write_u8(&w, 0x00);
		write_be(&w, 0x380102, 3);
	}
	write_u8(&w, 0xee);
	return written(&w);
}

TEST(every_combination_of_fields)
{
	uint8_t out[64];
	struct vp9 v;

	for (unsigned i = 0; i < 256 * 2 * 2; i++) {
		uint8_t first = (uint8_t)i, spatial = (uint8_t)(i / 512);
		bool long_id = i & 256, layers = first & L;

		check(vp9_parse(make(out, first, long_id, spatial, 1 + i % 3), &v));
		check_eq(v.predicted, !!(first & P));
		check_eq(v.flexible, !!(first & F));
		check_eq(v.starts_frame, !!(first & B));
		check_eq(v.ends_frame, !!(first & E));
		check_eq(v.has_picture_id, !!(first & I));
		check_eq(v.picture_id, !(first & I) ? 0 : long_id ? 0x1234 : 0x23);
		check_eq(v.long_picture_id, first & I && long_id);
		check_eq(v.has_layers, layers);
		check_eq(v.temporal_layer, layers ? 3 : 0);
		check_eq(v.spatial_layer, layers ? spatial : 0);
		check_eq(v.switching_point, layers);
		check_eq(v.depends_on_lower_layer, layers);
		check_eq(v.has_tl0_picture_index, layers && !(first & F));
		check_eq(v.tl0_picture_index, layers && !(first & F) ? 0x77 : 0);
		check_eq(v.key_frame, first & B && !(first & P) && v.spatial_layer == 0);
		check_bytes(v.payload, "\xee", 1);
	}
}

TEST(truncations)
{
	uint8_t out[64];

	for (unsigned i = 0; i < 512; i++) {
		struct bytes in = make(out, (uint8_t)i, i & 256, 0, 3);

		for (size_t size = 0; size < in.size; size++) {
			uint8_t *exact = mem_alloc(size);
			struct vp9 v = { .picture_id = 42 };

			memcpy(exact, in.data, size);
			check(!vp9_parse(bytes_make(exact, size), &v));
			check_eq(v.picture_id, 42);
			mem_free(exact);
		}
	}
}

TEST(a_fourth_reference_is_refused)
{
	uint8_t out[64];
	struct vp9 v;

	check(vp9_parse(make(out, F | P, false, 0, 3), &v));
	check(!vp9_parse(make(out, F | P, false, 0, 4), &v));
}

TEST(the_largest_structure_is_walked)
{
	uint8_t out[1 + 1 + 32 + 1 + 255 * 4 + 1] = { B | V, 0xf8 };
	struct vp9 v;

	out[34] = 255;
	for (unsigned i = 0; i < 255; i++)
		out[35 + i * 4] = 0x0c;		/* three references each */
	check(vp9_parse(bytes_make(out, sizeof(out)), &v));
	check_eq(v.payload.size, 1);
	check(v.key_frame);
	check(!vp9_parse(bytes_make(out, sizeof(out) - 1), &v));
}

/* RFC 9628, the figure of flexible mode in 4.2, bit by bit. */
TEST(known_answer_of_flexible_mode)
{
	static const uint8_t in[] = {
		0xbc,		/* I 1, P 0, L 1, F 1, B 1, E 1, V 0, Z 0 */
		0x80, 0x07,	/* M 1, picture 7 */
		0x30,		/* TID 1, U 1, SID 0, D 0 */
		0xee,
	};
	static const uint8_t predicted[] = {
		0xf9,		/* I 1, P 1, L 1, F 1, B 1, E 0, V 0, Z 1 */
		0x85, 0x39,	/* M 1, picture 0x539 */
		0x54,		/* TID 2, U 1, SID 2, D 0 */
		0x03, 0x05, 0xfe,	/* P_DIFF 1, N 1; 2, N 1; 127, N 0 */
		0xee, 0xef,
	};
	struct vp9 v;

	check(vp9_parse(bytes_make(in, sizeof(in)), &v));
	check(v.flexible && !v.predicted && v.starts_frame && v.ends_frame && v.key_frame && v.switching_point);
	check_eq(v.picture_id, 7);
	check_eq(v.temporal_layer, 1);
	check_eq(v.spatial_layer, 0);
	check(!v.has_tl0_picture_index);
	check(vp9_parse(bytes_make(predicted, sizeof(predicted)), &v));
	check(v.flexible && v.predicted && v.starts_frame && !v.ends_frame && !v.key_frame);
	check_eq(v.picture_id, 0x539);
	check_eq(v.temporal_layer, 2);
	check_eq(v.spatial_layer, 2);
	check_bytes(v.payload, "\xee\xef", 2);
}

/* The figure of non-flexible mode, with that of 4.2.1: the structure of three layers in time, in a key frame. */
TEST(known_answer_of_non_flexible_mode)
{
	static const uint8_t in[] = {
		0xaa,		/* I 1, P 0, L 1, F 0, B 1, E 0, V 1, Z 0 */
		0x2a,		/* M 0, picture 42 */
		0x10, 0xc8,	/* TID 0, U 1, SID 0, D 0; TL0PICIDX 200 */
		0x18,		/* N_S 0, Y 1, G 1 */
		0x07, 0x80, 0x04, 0x38,	/* 1920 × 1080 */
		0x04,		/* N_G 4 */
		0x14, 0x04,	/* TID 0, U 1, R 1; P_DIFF 4 */
		0x54, 0x01,	/* TID 2, U 1, R 1 */
		0x34, 0x02,	/* TID 1, U 1, R 1 */
		0x54, 0x01,
		0xee,
	};
	struct vp9 v;

	check(vp9_parse(bytes_make(in, sizeof(in)), &v));
	check(!v.flexible && v.key_frame && v.switching_point && v.has_tl0_picture_index && !v.long_picture_id);
	check_eq(v.picture_id, 42);
	check_eq(v.tl0_picture_index, 200);
	check_eq(v.temporal_layer, 0);
	check_bytes(v.payload, "\xee", 1);
}

TEST(rewriting_touches_two_fields)
{
	uint8_t out[64], before[64];
	struct vp9 v;

	for (unsigned i = 0; i < 256 * 2; i++) {
		struct bytes in = make(out, (uint8_t)i, i & 256, 0, 2);
		bool tl0 = i & L && !(i & F);

		memcpy(before, out, in.size);
		check(vp9_rewrite(out, in.size, 0x4abc, 0xde));
		check(vp9_parse(in, &v));
		check_eq(v.picture_id, !(i & I) ? 0 : i & 256 ? 0x4abc : 0x3c);
		check_eq(v.long_picture_id, i & I && i & 256);
		check_eq(v.tl0_picture_index, tl0 ? 0xde : 0);
		check(vp9_rewrite(out, in.size, i & 256 ? 0x1234 : 0x23, 0x77));
		assert_memory_equal(out, before, in.size);
	}
	check(!vp9_rewrite(out, 0, 1, 1));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_combination_of_fields),
	cmocka_unit_test(truncations),
	cmocka_unit_test(a_fourth_reference_is_refused),
	cmocka_unit_test(the_largest_structure_is_walked),
	cmocka_unit_test(known_answer_of_flexible_mode),
	cmocka_unit_test(known_answer_of_non_flexible_mode),
	cmocka_unit_test(rewriting_touches_two_fields),
};

RUN_TESTS(tests)
