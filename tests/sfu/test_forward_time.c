/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/forward_time.c: how long datagrams were in our hands. */
#include "sfu/forward_time.h"

#include "base/mem.h"
#include "tests/support/check.h"

static const usec_t limits[] = MEDIA_FORWARD_LIMITS;

static uint64_t in_bucket(const struct forward_time *f, unsigned bucket)
{
	uint64_t counts[COUNT_N] = { 0 };

	forward_time_count(f, counts);
	return counts[COUNT_FORWARD + bucket];
}

static uint64_t all_of(const struct forward_time *f)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < MEDIA_FORWARD_N; i++)
		n += in_bucket(f, i);
	return n;
}

TEST(each_datagram_is_counted_in_the_bucket_of_its_time)
{
	for (unsigned i = 0; i < MEDIA_FORWARD_N; i++) {
		struct forward_time f = { .n = 0 };
		usec_t span = i < ARRAY_SIZE(limits) ? limits[i] : limits[i - 1] + 1;

		forward_time_add(&f, SECONDS(5));
		forward_time_add(&f, SECONDS(5));
		check_eq(all_of(&f), 0);	/* it has not left yet */
		forward_time_sent(&f, SECONDS(5) + span);
		check_eq(in_bucket(&f, i), 2);
		check_eq(all_of(&f), 2);
		check_eq(f.usec, 2 * span);
		forward_time_sent(&f, SECONDS(9));
		check_eq(all_of(&f), 2);	/* and leaves once */
	}
}

TEST(what_leaves_together_keeps_the_times_of_each)
{
	struct forward_time f = { .n = 0 };

	forward_time_add(&f, 1000);
	forward_time_add(&f, 1300);
	forward_time_add(&f, 1000);
	forward_time_sent(&f, 1350);
	check_eq(in_bucket(&f, 0), 1);
	check_eq(in_bucket(&f, 2), 2);
	check_eq(f.usec, 2 * 350 + 50);
}

/* More wake-ups than notes: none is lost, and none is made shorter than it was. */
TEST(what_is_too_much_to_note_counts_with_the_oldest)
{
	struct forward_time f = { .n = 0 };

	for (usec_t at = 1; at <= 3 * FORWARD_TIMES; at++)
		forward_time_add(&f, at);
	forward_time_sent(&f, 10001);
	check_eq(all_of(&f), 3 * FORWARD_TIMES);
	check_ge(f.usec, 3 * FORWARD_TIMES * (10001 - 3 * FORWARD_TIMES));
	check_eq(in_bucket(&f, 6), 3 * FORWARD_TIMES);
}

TEST(a_clock_that_stands_still_is_no_harm)
{
	struct forward_time f = { .n = 0 };

	forward_time_add(&f, 1000);
	forward_time_sent(&f, 999);
	check_eq(in_bucket(&f, 0), 1);
	check_eq(f.usec, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_datagram_is_counted_in_the_bucket_of_its_time),
	cmocka_unit_test(what_leaves_together_keeps_the_times_of_each),
	cmocka_unit_test(what_is_too_much_to_note_counts_with_the_oldest),
	cmocka_unit_test(a_clock_that_stands_still_is_no_harm),
};

RUN_TESTS(tests)
