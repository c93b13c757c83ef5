/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/rtp/vp8.c. Invariant: descriptors are made from every combination of their bits, not from a few samples. */
#include "tests/support/check.h"

#include "base/mem.h"
#include "sfu/rtp/vp8.h"

/* The descriptor that these bits ask for, then `payload`. Bits: X, I, M, L, T, K from the lowest. */
static struct bytes make(uint8_t out[16], unsigned bits, uint8_t required, uint8_t payload)
{
	struct writer w = writer(out, 16);

	write_u8(&w, (uint8_t)(required | (bits & 1 ? 0x80 : 0)));
	if (bits & 1) {
		write_u8(&w, (uint8_t)((bits & 2 ? 0x80 : 0) | (bits & 8 ? 0x40 : 0) | (bits & 16 ? 0x20 : 0) |
				      (bits & 32 ? 0x10 : 0)));
		if (bits & 2)
			write_be(&w, bits & 4 ? 0x9234 : 0x23, bits & 4 ? 2 : 1);
		if (bits & 8)
			write_u8(&w, 0x77);
		if (bits & 48)
			write_u8(&w, 0xb5);	/* TID 2, Y, KEYIDX 21 */
	}
	write_u8(&w, payload);
	return written(&w);
}

TEST(every_combination_of_fields)
{
	uint8_t out[16];
	struct vp8 v;

	for (unsigned bits = 0; bits < 64; bits++) {
		bool x = bits & 1, temporal = x && bits & 16, key_index = x && bits & 32;
		struct bytes in = make(out, bits, 0x30, 0xee);

		check(vp8_parse(in, &v));
		check_eq(v.has_picture_id, x && bits & 2);
		check_eq(v.long_picture_id, x && bits & 2 && bits & 4);
		check_eq(v.picture_id, !v.has_picture_id ? 0 : v.long_picture_id ? 0x1234 : 0x23);
		check_eq(v.has_tl0_picture_index, x && bits & 8);
		check_eq(v.tl0_picture_index, v.has_tl0_picture_index ? 0x77 : 0);
		check_eq(v.has_temporal_layer, temporal);
		check_eq(v.temporal_layer, temporal ? 2 : 0);
		check_eq(v.layer_sync, temporal);
		check_eq(v.has_key_index, key_index);
		check_eq(v.key_index, key_index ? 21 : 0);
		check(v.not_referenced);
		check_bytes(v.payload, "\xee", 1);
	}
}

TEST(key_frames)
{
	static const struct { uint8_t required, payload; bool starts, key; } cases[] = {
		{ 0x10, 0x00, true, true },
		{ 0x10, 0xfe, true, true },
		{ 0x10, 0x01, true, false },	/* P bit: predicted */
		{ 0x00, 0x00, false, false },	/* does not start a partition */
		{ 0x11, 0x00, false, false },	/* starts the second one */
		{ 0x17, 0x00, false, false },
		{ 0x50, 0x00, true, true },	/* a reserved bit is ignored */
	};
	uint8_t out[16];
	struct vp8 v;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (unsigned bits = 0; bits < 64; bits++) {
			check(vp8_parse(make(out, bits, cases[i].required, cases[i].payload), &v));
			check_eq(vp8_starts_frame(&v), cases[i].starts);
			check_eq(v.key_frame, cases[i].key);
			check_eq(v.partition, cases[i].required & 7);
		}
	}
}

/* ATTACKS B06 */
TEST(truncations)
{
	uint8_t out[16];

	for (unsigned bits = 0; bits < 64; bits++) {
		struct bytes in = make(out, bits, 0x10, 0x00);

		for (size_t size = 0; size < in.size; size++) {
			uint8_t *exact = mem_alloc(size);
			struct vp8 v = { .key_index = 42 };

			memcpy(exact, in.data, size);
			check(!vp8_parse(bytes_make(exact, size), &v));
			check(!vp8_rewrite(exact, size, 1, 1));
			assert_memory_equal(exact, in.data, size);
			check_eq(v.key_index, 42);
			mem_free(exact);
		}
	}
}

TEST(rewriting_changes_two_fields_and_no_size)
{
	uint8_t out[16], again[16];
	struct vp8 before, after;

	for (unsigned bits = 0; bits < 64; bits++) {
		struct bytes in = make(out, bits, 0x10, 0x00);

		check(vp8_parse(in, &before));
		check(vp8_rewrite(out, in.size, 0xfedc, 0x99));
		check(vp8_parse(in, &after));
		check_eq(after.picture_id, !after.has_picture_id ? 0 : after.long_picture_id ? 0x7edc : 0x5c);
		check_eq(after.tl0_picture_index, after.has_tl0_picture_index ? 0x99 : 0);
		check_eq(after.key_frame, before.key_frame);
		check_eq(after.temporal_layer, before.temporal_layer);
		check_eq(after.key_index, before.key_index);
		check(bytes_equal(after.payload, before.payload));
		check(vp8_rewrite(out, in.size, before.picture_id, before.tl0_picture_index));
		(void)make(again, bits, 0x10, 0x00);
		assert_memory_equal(out, again, in.size);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_combination_of_fields),
	cmocka_unit_test(key_frames),
	cmocka_unit_test(truncations),
	cmocka_unit_test(rewriting_changes_two_fields_and_no_size),
};

RUN_TESTS(tests)
