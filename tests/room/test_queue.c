/* SPDX-License-Identifier: EUPL-1.2 */
/* In tests only. Invariant: the receiver's clock is an hour off. */
#include "base/random.h"
#include "sfu/room/queue.h"
#include "tests/support/check.h"

#define HOUR ((int64_t)SECONDS(3600))
#define DELAY ((int64_t)MSEC(20))
#define SIZE 1000

struct way {
	struct queue q;
	usec_t now, free_at;
	uint64_t line;			/* bit/s */
	usec_t delay, jitter;
	struct random random;
};

static struct way way_new(void)
{
	struct way w = { .now = SECONDS(50), .line = 1000000, .delay = (usec_t)DELAY };

	random_seed(&w.random, 1);
	return w;
}

static void go(struct way *w, uint64_t rate, usec_t span)
{
	for (usec_t end = w->now + span; w->now < end; w->now += SIZE * 8 * SECONDS(1) / rate) {
		usec_t at;

		w->free_at = (w->free_at > w->now ? w->free_at : w->now) + SIZE * 8 * SECONDS(1) / w->line;
		at = w->free_at + w->delay + (w->jitter ? random_below(&w->random, (uint32_t)w->jitter) : 0);
		queue_take(&w->q, w->now, HOUR + (int64_t)at, SIZE);
	}
}

TEST(an_empty_line_says_nothing_of_what_it_carries)
{
	struct way w = way_new();

	go(&w, 500000, SECONDS(20));
	check_eq(queue_rate(&w.q), 0);
	check_le(w.q.wait, 0);
}

TEST(a_full_one_says_it_at_once)
{
	static const usec_t jitters[] = { 0, MSEC(3) };

	for (unsigned i = 0; i < 2; i++) {
		struct way w = way_new();

		w.jitter = jitters[i];
		go(&w, 500000, SECONDS(2));
		w.line = 200000;
		go(&w, 500000, MSEC(150));
		check_ge(w.q.wait, (int64_t)MSEC(100));
		check_ge(queue_rate(&w.q), 190000);
		check_le(queue_rate(&w.q), 215000);
		/* And still, long after, although a rate is told of a while only. */
		go(&w, 300000, MSEC(1000));
		check_ge(queue_rate(&w.q), 190000);
		check_le(queue_rate(&w.q), 215000);
		/* Emptied. */
		go(&w, 50000, SECONDS(5));
		check_eq(queue_rate(&w.q), 0);
	}
}

/* A key frame stands in the line for a moment, and comes out at what the line carries. */
TEST(a_burst_tells_the_rate_of_the_line)
{
	struct way w = way_new();

	go(&w, 100000, SECONDS(2));
	go(&w, 20000000, MSEC(8));
	check_ge(queue_rate(&w.q), 950000);
	check_le(queue_rate(&w.q), 1050000);
	go(&w, 100000, MSEC(400));
	check_eq(queue_rate(&w.q), 0);
}

/* Another way, that is longer, is no queue for long. */
TEST(a_longer_way_is_learned)
{
	struct way w = way_new();

	go(&w, 500000, SECONDS(2));
	w.delay += MSEC(150);
	go(&w, 500000, MSEC(200));
	check_ge(w.q.wait, (int64_t)MSEC(100));
	go(&w, 500000, SECONDS(4));
	check_le(w.q.wait, (int64_t)MSEC(1));
	check_eq(queue_rate(&w.q), 0);
}

/* After a silence, or with clocks that leap, nothing is made of the time between. */
TEST(silence_and_leaps)
{
	struct way w = way_new();

	go(&w, 500000, SECONDS(1));
	w.line = 200000;
	go(&w, 500000, MSEC(200));
	w.now += SECONDS(3);
	w.delay += MSEC(100);
	go(&w, 100000, MSEC(50));
	check_eq(queue_rate(&w.q), 0);
	queue_take(&w.q, w.now, -HOUR, SIZE);
	check_eq(w.q.wait, 0);
	queue_take(&w.q, w.now, 100 * HOUR, SIZE);
	check_eq(w.q.wait, 0);
	check_eq(queue_rate(&w.q), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(an_empty_line_says_nothing_of_what_it_carries),
	cmocka_unit_test(a_full_one_says_it_at_once),
	cmocka_unit_test(a_burst_tells_the_rate_of_the_line),
	cmocka_unit_test(a_longer_way_is_learned),
	cmocka_unit_test(silence_and_leaps),
};

RUN_TESTS(tests)
