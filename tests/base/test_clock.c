/* SPDX-License-Identifier: EUPL-1.2 */
/* base/clock.c. Invariant: nothing here waits. */
#include "tests/support/check.h"

#include <time.h>

#include "base/clock.h"

TEST(the_monotonic_clock_never_goes_back)
{
	usec_t before = clock_now();

	for (int i = 0; i < 1000; i++) {
		usec_t now = clock_now();

		check(now >= before);
		before = now;
	}
}

/* Both are microseconds of the kernel's clocks: read between two readings of our own, in nanoseconds. */
static void check_between(clockid_t id, usec_t (*read_clock)(void))
{
	struct timespec a, b;
	usec_t at;

	check_eq(clock_gettime(id, &a), 0);
	at = read_clock();
	check_eq(clock_gettime(id, &b), 0);
	check(at >= (usec_t)a.tv_sec * 1000000 + (usec_t)a.tv_nsec / 1000);
	check(at <= (usec_t)b.tv_sec * 1000000 + (usec_t)b.tv_nsec / 1000);
}

TEST(the_unit_is_the_microsecond)
{
	check_between(CLOCK_MONOTONIC, clock_now);
	check_between(CLOCK_REALTIME, clock_wall);
}

TEST(spans_add_up)
{
	check_eq(MSEC(1), 1000);
	check_eq(SECONDS(1), MSEC(1000));
	check_eq(MINUTES(2), SECONDS(120));
	/* A sitting of 13 hours, in an int at the call, must not overflow. */
	check_eq(MINUTES(13 * 60), 46800000000u);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_monotonic_clock_never_goes_back),
	cmocka_unit_test(the_unit_is_the_microsecond),
	cmocka_unit_test(spans_add_up),
};

RUN_TESTS(tests)
