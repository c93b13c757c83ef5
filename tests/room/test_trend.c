/* SPDX-License-Identifier: EUPL-1.2 */
/* In tests only. Invariant: the two clocks have nothing in common but their pace. */
#include "base/random.h"
#include "sfu/room/trend.h"
#include "tests/support/check.h"

#define PACE MSEC(20)

struct way {
	struct trend trend;
	struct random random;
	usec_t sent;
	int64_t came;			/* without delay */
	double delay;			/* µs */
	unsigned rising, falling;
};

static struct way way_new(int64_t origin)
{
	struct way w = { .sent = SECONDS(100), .came = origin };

	trend_init(&w.trend);
	random_seed(&w.random, 1);
	return w;
}

static void go(struct way *w, unsigned packets, double each, uint32_t jitter)
{
	for (unsigned i = 0; i < packets; i++) {
		w->sent += PACE;
		w->came += (int64_t)PACE;
		w->delay += each;
		trend_take(&w->trend, w->sent,
			w->came + (int64_t)w->delay + (jitter ? (int64_t)random_below(&w->random, jitter) : 0));
		w->rising += w->trend.way == TREND_RISING;
		w->falling += w->trend.way == TREND_FALLING;
	}
}

TEST(an_even_way_is_even)
{
	static const int64_t origins[] = { 0, -7200000000, 900000000000 };

	for (unsigned i = 0; i < 3; i++) {
		struct way w = way_new(origins[i]);

		go(&w, 1000, 0, 0);
		check_eq(w.rising + w.falling, 0);
		/* A clock that is wrong by a ten-thousandth queues nothing. */
		go(&w, 1000, 2, 0);
		check_eq(w.rising + w.falling, 0);
	}
}

TEST(a_queue_is_seen_growing_and_shrinking)
{
	struct way w = way_new(5000);

	go(&w, 100, 0, 0);
	/* A fifth too much: 4 ms of queue each 20 ms. */
	go(&w, 25, 4000, 0);
	check(w.rising > 0);
	check_eq(w.falling, 0);
	go(&w, 30, 0, 0);
	w.rising = 0;
	go(&w, 25, -4000, 0);
	check(w.falling > 0);
	check_eq(w.rising, 0);
}

TEST(jitter_is_no_queue)
{
	struct way w = way_new(0);

	go(&w, 5000, 0, 10000);
	check_eq(w.rising, 0);
	/* And does not hide one for long. */
	go(&w, 60, 4000, 10000);
	check(w.rising > 0);
}

TEST(what_left_together_counts_once)
{
	struct way w = way_new(0);

	/* Pictures of ten packets over a narrow line: each comes later than the one before, every picture the same. */
	for (unsigned i = 0; i < 200; i++) {
		w.sent += MSEC(40);
		for (unsigned k = 0; k < 10; k++)
			trend_take(&w.trend, w.sent, (int64_t)(w.sent + MSEC(3) * k));
		check_eq(w.trend.way, TREND_EVEN);
	}
}

TEST(a_clock_that_leaps_begins_anew)
{
	struct way w = way_new(0);

	go(&w, 50, 0, 0);
	w.came += 3600000000;
	go(&w, 50, 0, 0);
	w.came -= 7200000000;
	go(&w, 50, 0, 0);
	check_eq(w.rising + w.falling, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(an_even_way_is_even),
	cmocka_unit_test(a_queue_is_seen_growing_and_shrinking),
	cmocka_unit_test(jitter_is_no_queue),
	cmocka_unit_test(what_left_together_counts_once),
	cmocka_unit_test(a_clock_that_leaps_begins_anew),
};

RUN_TESTS(tests)
