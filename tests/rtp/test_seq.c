/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/rtp/seq.h. Invariant: what holds for one number holds for every one, since the circle has no start. */
#include "tests/support/check.h"

#include "sfu/rtp/seq.h"

TEST(the_next_is_newer_all_the_way_round)
{
	for (uint32_t i = 0; i <= UINT16_MAX; i++) {
		uint16_t seq = (uint16_t)i;

		check(seq_newer((uint16_t)(seq + 1), seq));
		check(!seq_newer(seq, (uint16_t)(seq + 1)));
		check(!seq_newer(seq, seq));
		check(seq_newer((uint16_t)(seq + 32767), seq));
		check_eq(seq_distance(seq, (uint16_t)(seq + 5)), 5);
		check_eq(seq_distance(seq, (uint16_t)(seq - 5)), -5);
	}
}

TEST(half_the_circle_apart_neither_is_newer)
{
	check(!seq_newer(0, 0x8000));
	check(!seq_newer(0x8000, 0));
	check(!stamp_newer(0, 0x80000000));
	check(!stamp_newer(0x80000000, 0));
}

TEST(timestamps_wrap_too)
{
	check(stamp_newer(5, UINT32_MAX - 5));
	check(!stamp_newer(UINT32_MAX - 5, 5));
	check_eq(stamp_distance(UINT32_MAX, 1), 2);
	check_eq(stamp_distance(1, UINT32_MAX), -2);
}

TEST(unwrapped_numbers_count_on)
{
	int64_t at = SEQ_START + 65000;

	for (int64_t i = 0; i < 200000; i += 777)
		at = seq_unwrap(at, (uint16_t)(65000 + i));
	check_eq(at, SEQ_START + 65000 + 200000 / 777 * 777);
	check_eq(seq_unwrap(SEQ_START + 2, 65535), SEQ_START - 1);
	check_eq(seq_unwrap(SEQ_START + 65535, 3), SEQ_START + 65539);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_next_is_newer_all_the_way_round),
	cmocka_unit_test(half_the_circle_apart_neither_is_newer),
	cmocka_unit_test(timestamps_wrap_too),
	cmocka_unit_test(unwrapped_numbers_count_on),
};

RUN_TESTS(tests)
