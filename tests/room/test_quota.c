/* SPDX-License-Identifier: EUPL-1.2 */
/* In tests only. Invariant: limits hold in every span, not only in spans that begin at the full second. */
#include "base/mem.h"
#include "base/random.h"
#include "sfu/room/quota.h"
#include "tests/support/check.h"

TEST(the_first_ones_are_free)
{
	struct quota q = { 0 };

	for (unsigned i = 0; i < 3; i++)
		check(quota_take(&q, 0, 3, SECONDS(10)));
	check(!quota_take(&q, 0, 3, SECONDS(10)));
	check_eq(quota_next(&q, 3, SECONDS(10)), SECONDS(10));
	check(!quota_take(&q, SECONDS(10) - 1, 3, SECONDS(10)));
	check(quota_take(&q, SECONDS(10), 3, SECONDS(10)));
}

TEST(no_span_holds_more)
{
	struct quota q = { 0 };
	usec_t taken[4000];
	struct random r;
	usec_t now = 0;
	unsigned n = 0;

	random_seed(&r, 1);
	for (unsigned i = 0; i < 4000; i++) {
		now += random_below(&r, (uint32_t)MSEC(100));
		if (quota_take(&q, now, 5, SECONDS(1)))
			taken[n++] = now;
	}
	check_ge(n, 800);
	for (unsigned i = 5; i < n; i++)
		check_ge(taken[i] - taken[i - 5], SECONDS(1));
}

TEST(the_count_may_wrap)
{
	struct quota q = { 0 };
	usec_t now = 0;

	q.taken = UINT32_MAX - UINT32_MAX % 3 - 3;
	for (unsigned i = 0; i < 3; i++)
		q.at[i] = 0;
	now = SECONDS(20);
	for (unsigned i = 0; i < 30; i++) {
		check(quota_take(&q, now, 3, SECONDS(10)));
		check(quota_take(&q, now, 3, SECONDS(10)));
		check(quota_take(&q, now, 3, SECONDS(10)));
		check(!quota_take(&q, now, 3, SECONDS(10)));
		now += SECONDS(10);
	}
	check_le(q.taken, 1000);
}

TEST(a_bucket_starts_full_and_refills)
{
	struct bucket b = { 0 };
	unsigned n = 0;

	while (bucket_take(&b, 5, 100, 50))
		n++;
	check_eq(n, 50);
	check(!bucket_take(&b, MSEC(9), 100, 50));
	check(bucket_take(&b, 5 + MSEC(10), 100, 50));
	check(!bucket_take(&b, 5 + MSEC(10), 100, 50));
	for (n = 0; bucket_take(&b, SECONDS(1000), 100, 50);)
		n++;
	check_eq(n, 50);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_first_ones_are_free),
	cmocka_unit_test(no_span_holds_more),
	cmocka_unit_test(the_count_may_wrap),
	cmocka_unit_test(a_bucket_starts_full_and_refills),
};

RUN_TESTS(tests)
