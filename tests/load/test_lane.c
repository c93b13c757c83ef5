/* SPDX-License-Identifier: EUPL-1.2 */
/* Each impairment happens as often, and as long, as it was asked for; in virtual time, with fixed seeds. */
#include "tests/load/lane.h"

#include "base/mem.h"
#include "tests/load/orders.h"
#include "tests/support/check.h"

#define MANY 100000u

struct seen {
	uint64_t count, twice, behind, longest_run, runs;	/* behind: after one that was sent later */
	usec_t least, most, last;				/* transit; arrival of the last */
};

static struct lane lane_with(uint64_t seed, const char *order)
{
	struct lane_conditions c[LANE_WAYS] = { 0 };
	struct lane l;

	check_eq(lane_init(&l, seed), 0);
	check_eq(order_read(order, c), ORDER_CONDITION);
	lane_set(&l, &c[LANE_DOWN]);
	return l;
}

/* One datagram of `size` bytes every `gap`, all delivered in the end. */
static struct seen play(struct lane *l, uint32_t n, usec_t gap, size_t size)
{
	struct seen s = { .least = USEC_NEVER };
	int64_t newest = -1, last = -1;
	usec_t now = SECONDS(1);
	uint8_t data[1200] = { 0 };
	uint32_t number = 0;

	while (number < n || lane_deadline(l) != USEC_NEVER) {
		_cleanup_(mem_freep) struct lane_datagram *d = lane_take(l, now);
		uint32_t got;

		if (!d) {
			usec_t next = SECONDS(1) + gap * number;

			if (number < n && next <= MAX(now, lane_deadline(l)) && next <= now) {
				memcpy(data, &number, sizeof(number));
				number++;
				check_eq(lane_send(l, now, bytes_make(data, size)), 0);
			} else {
				now = number < n ? MIN(next, lane_deadline(l)) : lane_deadline(l);
			}
			continue;
		}
		check_eq(d->size, size);
		memcpy(&got, d->data, sizeof(got));
		s.count++;
		s.twice += got == last;
		s.behind += got < newest;
		if (got > last + 1 && (int64_t)got > newest) {
			s.runs++;
			s.longest_run = MAX(s.longest_run, (uint64_t)(got - last - 1));
		}
		last = got;
		newest = MAX(newest, (int64_t)got);
		s.least = MIN(s.least, d->at - SECONDS(1) - gap * got);
		s.most = MAX(s.most, d->at - SECONDS(1) - gap * got);
		s.last = d->at;
	}
	return s;
}

#define check_about(got, wanted, percent) do { \
		check_ge((double)(got), (double)(wanted) * (1 - (percent) / 100.0)); \
		check_le((double)(got), (double)(wanted) * (1 + (percent) / 100.0)); \
	} while (0)

TEST(a_clear_line_changes_nothing)
{
	struct lane l = lane_with(1, "down clear");
	struct seen s = play(&l, MANY, 100, 100);

	check_eq(s.count, MANY);
	check_eq(s.twice + s.behind + s.runs + s.most, 0);
	lane_done(&l);
}

TEST(delay_and_jitter_keep_the_order)
{
	struct lane_conditions c[LANE_WAYS] = { 0 };
	struct lane l = lane_with(2, "down delay 150");
	struct seen s = play(&l, 1000, 100, 100);

	check_eq(s.least, MSEC(150));
	check_eq(s.most, MSEC(150));
	check_eq(order_read("down delay 20", c), ORDER_CONDITION);
	check_eq(order_read("down jitter 30", c), ORDER_CONDITION);
	lane_set(&l, &c[LANE_DOWN]);
	l.newest = 0;
	s = play(&l, MANY, MSEC(40), 100);
	check_eq(s.count, MANY);
	check_eq(s.behind, 0);
	check_ge(s.least, MSEC(20));
	check_le(s.least, MSEC(20) + 50);
	check_le(s.most, MSEC(50));
	check_ge(s.most, MSEC(50) - 50);
	lane_done(&l);
}

TEST(jitter_wider_than_the_gaps_holds_back_and_never_reorders)
{
	struct lane l = lane_with(3, "down jitter 30");
	struct seen s = play(&l, MANY, MSEC(1), 100);

	check_eq(s.behind, 0);
	check_le(s.most, MSEC(30));
	lane_done(&l);
}

TEST(loss_is_lost_at_its_rate)
{
	static const struct { const char *order; double rate; } cases[] = {
		{ "down loss 0.5", 0.005 }, { "down loss 5", 0.05 }, { "down loss 20", 0.2 }, { "down loss 100", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lane l = lane_with(4 + i, cases[i].order);
		struct seen s = play(&l, MANY, 100, 100);

		check_about(l.numbers.lost, MANY * cases[i].rate, 10);
		check_eq(s.count, MANY - l.numbers.lost);
		lane_done(&l);
	}
}

TEST(bursts_have_their_mean_length)
{
	struct lane l = lane_with(9, "down burst 1 8");
	struct seen s = play(&l, MANY, 100, 100);

	/* 1 % of the datagrams outside begin one: of a burst and the gap before it, 8 of 8 + 99. */
	check_about(l.numbers.lost, MANY * 8.0 / 107.0, 15);
	check_about((double)l.numbers.lost / (double)s.runs, 8.0, 15);
	check_ge(s.longest_run, 20);
	lane_done(&l);
}

TEST(reordered_ones_come_behind_others)
{
	struct lane l = lane_with(10, "down reorder 3 15");
	struct seen s = play(&l, MANY, MSEC(10), 100);

	check_eq(s.count, MANY);
	check_about(l.numbers.reordered, MANY * 0.03, 10);
	/* Held for 15 ms, among datagrams 10 ms apart: overtaken unless the next one is held too. */
	check_about(s.behind, MANY * 0.03 * 0.97, 10);
	check_eq(s.most, MSEC(15));
	lane_done(&l);
}

TEST(duplicates_come_twice)
{
	struct lane l = lane_with(11, "down duplicate 2");
	struct seen s = play(&l, MANY, 100, 100);

	check_about(s.twice, MANY * 0.02, 10);
	check_eq(s.count, MANY + s.twice);
	lane_done(&l);
}

TEST(a_rate_lets_so_much_through_and_no_more)
{
	struct lane_conditions c[LANE_WAYS] = { 0 };
	struct lane l = lane_with(12, "down rate 400");
	struct seen s = play(&l, 10000, MSEC(10), 1000);	/* 800 kbit/s for 100 s */

	check_about(s.count, 5000, 2);		/* 400 kbit/s are 50 of these a second */
	check_eq(l.numbers.dropped, 10000 - s.count);
	check_le(s.most, MSEC(200) + MSEC(20));	/* the queue, and its own time on the line */
	check_ge(s.most, MSEC(200));
	check_eq(order_read("down rate 400", c), ORDER_CONDITION);
	check_eq(order_read("down queue 50", c), ORDER_CONDITION);
	lane_set(&l, &c[LANE_DOWN]);
	l.busy_until = l.newest = 0;
	s = play(&l, 10000, MSEC(10), 1000);
	check_le(s.most, MSEC(70));
	check_about(s.count, 5000, 2);
	lane_done(&l);
}

TEST(the_same_seed_does_the_same)
{
	static const char *const orders[] = { "both loss 5", "both jitter 20", "both reorder 2 30", "both burst 1 4" };
	struct lane_conditions c[LANE_WAYS] = { 0 };
	struct lane_numbers first = { 0 };
	usec_t last = 0;

	for (size_t i = 0; i < ARRAY_SIZE(orders); i++)
		check_eq(order_read(orders[i], c), ORDER_CONDITION);
	for (unsigned round = 0; round < 3; round++) {
		struct seen s;
		struct lane l;

		check_eq(lane_init(&l, round < 2 ? 77 : 78), 0);
		lane_set(&l, &c[LANE_UP]);
		s = play(&l, 10000, MSEC(3), 200);
		if (round == 0) {
			first = l.numbers;
			last = s.last;
		} else {
			check_eq(memcmp(&first, &l.numbers, sizeof(first)) == 0 && last == s.last, round == 1);
		}
		lane_done(&l);
	}
}

TEST(a_full_line_drops)
{
	struct lane l = lane_with(13, "down delay 60000");

	for (unsigned i = 0; i < LANE_MOST + 10; i++)
		check_eq(lane_send(&l, SECONDS(1), bytes_of_string("x")), 0);
	check_eq(l.numbers.dropped, 10);
	check_eq(l.count, LANE_MOST);
	lane_done(&l);
}

TEST(wrong_orders_change_nothing)
{
	static const char *const wrong[] = {
		"", "down", "sideways loss 5", "down loss", "down loss 101", "down loss -1", "down loss 5 5",
		"down delay 60001",
		"down burst 1", "down burst 1 0", "down reorder 5", "down rate -1", "down speed 5", "down loss 5 5 5",
		"down clear 1", "count",
	};
	struct lane_conditions c[LANE_WAYS] = { 0 }, before[LANE_WAYS] = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		check_eq(order_read(wrong[i], c), ORDER_WRONG);
		check_eq(memcmp(c, before, sizeof(c)), 0);
	}
	check_eq(order_read("counts\n", c), ORDER_COUNTS);
	check_eq(order_read("rebind", c), ORDER_REBIND);
	check_eq(order_read("strand", c), ORDER_STRAND);
	check_eq(order_read("up delay 1.5", c), ORDER_CONDITION);
	check_eq(c[LANE_UP].delay, 1500);
	check_eq(c[LANE_DOWN].delay, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_clear_line_changes_nothing),
	cmocka_unit_test(delay_and_jitter_keep_the_order),
	cmocka_unit_test(jitter_wider_than_the_gaps_holds_back_and_never_reorders),
	cmocka_unit_test(loss_is_lost_at_its_rate),
	cmocka_unit_test(bursts_have_their_mean_length),
	cmocka_unit_test(reordered_ones_come_behind_others),
	cmocka_unit_test(duplicates_come_twice),
	cmocka_unit_test(a_rate_lets_so_much_through_and_no_more),
	cmocka_unit_test(the_same_seed_does_the_same),
	cmocka_unit_test(a_full_line_drops),
	cmocka_unit_test(wrong_orders_change_nothing),
};

RUN_TESTS(tests)
