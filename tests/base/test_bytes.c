/* SPDX-License-Identifier: EUPL-1.2 */
/* base/bytes.h and bytes.c. Invariant: the sanitizers see every read and write that leaves its span, since each span
 * here ends where its array ends. */
#include "tests/support/check.h"

#include "base/bytes.h"

TEST(numbers_are_read_in_network_order)
{
	static const uint8_t in[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 };
	struct reader r = reader(bytes_make(in, sizeof(in)));

	check_eq(read_u8(&r), 1);
	check_eq(read_u16(&r), 0x0203);
	check_eq(read_u24(&r), 0x040506);
	check_eq(read_u32(&r), 0x0708090a);
	check_eq(read_u64(&r), 0x0b0c0d0e0f101112);
	check_eq(read_left(&r), 1);
	read_skip(&r, 1);
	check(r.ok);
	check_eq(read_left(&r), 0);
}

TEST(a_short_read_yields_zeros_for_good)
{
	static const uint8_t in[] = { 0xff, 0xff, 0xff };
	struct reader r = reader(bytes_make(in, sizeof(in)));

	check_eq(read_u32(&r), 0);
	check(!r.ok);
	/* Three bytes are left, but who has failed once reads nothing more. */
	check_eq(read_u8(&r), 0);
	check_eq(read_bytes(&r, 1).size, 0);
	check_eq(read_rest(&r).size, 0);
	check(!r.ok);
}

TEST(every_truncation_is_noticed)
{
	static const uint8_t in[15] = { 0 };

	for (size_t size = 0; size <= sizeof(in); size++) {
		struct reader r = reader(bytes_make(in, size));

		read_u8(&r);
		read_u16(&r);
		read_u32(&r);
		read_u64(&r);
		check_eq(r.ok, size == sizeof(in));
	}
}

TEST(nothing_can_be_read)
{
	struct reader r = reader((struct bytes){ 0 });

	check_eq(read_left(&r), 0);
	check_eq(read_rest(&r).size, 0);
	check_eq(read_bytes(&r, 0).size, 0);
	check(r.ok);
	read_skip(&r, 1);
	check(!r.ok);
}

TEST(a_huge_length_is_a_short_read)
{
	static const uint8_t in[] = { 1, 2 };
	struct reader r = reader(bytes_make(in, sizeof(in)));

	check(!read_bytes(&r, SIZE_MAX).data);
	check(!r.ok);
}

TEST(views_point_into_the_input)
{
	static const uint8_t in[] = { 1, 2, 3 };
	struct reader r = reader(bytes_make(in, sizeof(in)));
	struct bytes first = read_bytes(&r, 2), rest = read_rest(&r);

	check(first.data == in && first.size == 2);
	check(rest.data == in + 2 && rest.size == 1);
}

TEST(numbers_are_written_in_network_order)
{
	static const uint8_t expected[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 'o', 'k' };
	uint8_t out[sizeof(expected)];
	struct writer w = writer(out, sizeof(out));

	write_u8(&w, 1);
	write_u16(&w, 0x0203);
	write_u24(&w, 0x040506);
	write_u32(&w, 0x0708090a);
	write_u64(&w, 0x0b0c0d0e0f101112);
	check_eq(write_room(&w), 2);
	write_string(&w, "ok");
	check(w.ok);
	check_bytes(written(&w), expected, sizeof(expected));
}

TEST(a_short_write_writes_nothing_for_good)
{
	uint8_t out[3] = { 0xaa, 0xaa, 0xaa };
	struct writer w = writer(out, sizeof(out));

	write_u32(&w, 0x01020304);
	check(!w.ok);
	write_u8(&w, 1);
	check(!w.ok);
	check_eq(written(&w).size, 0);
	check_eq(out[0], 0xaa);
}

TEST(a_writer_of_nothing)
{
	struct writer w = writer(NULL, 0);

	write_bytes(&w, (struct bytes){ 0 });
	check(w.ok);
	check_eq(write_room(&w), 0);
	write_format(&w, "%s", "");
	check(w.ok);
	check_eq(written(&w).size, 0);
	write_u8(&w, 1);
	check(!w.ok);
}

TEST(a_format_may_fill_the_span_exactly)
{
	char out[5];
	struct writer w = writer(out, sizeof(out));

	write_format(&w, "%s-%d", "ab", 12);
	check(w.ok);
	check_bytes(written(&w), "ab-12", 5);
}

TEST(a_format_that_does_not_fit_writes_nothing)
{
	char out[5] = "####";
	struct writer w = writer(out, sizeof(out));

	write_string(&w, "x");
	write_format(&w, "%d", 12345);
	check(!w.ok);
	assert_memory_equal(out, "x###", 5);
}

TEST(a_format_has_a_longest_text)
{
	static char out[8192];
	struct writer w = writer(out, sizeof(out));

	write_format(&w, "%4095d", 1);
	check(w.ok);
	check_eq(written(&w).size, 4095);
	write_format(&w, "%4096d", 1);
	check(!w.ok);
}

TEST(bytes_compare_by_content)
{
	check(bytes_equal_string(bytes_make("abc", 3), "abc"));
	check(!bytes_equal_string(bytes_make("abc", 2), "abc"));
	check(!bytes_equal_string(bytes_make("abd", 3), "abc"));
	check(bytes_equal((struct bytes){ 0 }, bytes_make("", 0)));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(numbers_are_read_in_network_order),
	cmocka_unit_test(a_short_read_yields_zeros_for_good),
	cmocka_unit_test(every_truncation_is_noticed),
	cmocka_unit_test(nothing_can_be_read),
	cmocka_unit_test(a_huge_length_is_a_short_read),
	cmocka_unit_test(views_point_into_the_input),
	cmocka_unit_test(numbers_are_written_in_network_order),
	cmocka_unit_test(a_short_write_writes_nothing_for_good),
	cmocka_unit_test(a_writer_of_nothing),
	cmocka_unit_test(a_format_may_fill_the_span_exactly),
	cmocka_unit_test(a_format_that_does_not_fit_writes_nothing),
	cmocka_unit_test(a_format_has_a_longest_text),
	cmocka_unit_test(bytes_compare_by_content),
};

RUN_TESTS(tests)
