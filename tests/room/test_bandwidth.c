/* SPDX-License-Identifier: EUPL-1.2 */
/* In tests only. Invariant: feedback is made by the recorder that browsers' feedback was modelled on, and read as any
 * other. */
#include "base/mem.h"
#include "base/random.h"
#include "sfu/room/bandwidth.h"
#include "sfu/rtp/rtcp.h"
#include "tests/support/check.h"

#define SIZE (1000 - BANDWIDTH_WIRE)
#define TRIP MSEC(40)

struct way {
	struct bandwidth b;
	struct twcc_recorder there;
	struct random random;
	usec_t now;
	usec_t free_at;
	uint64_t line;			/* bit/s; what would wait for longer than 300 ms is lost */
	uint32_t loss;			/* of 1000 */
};

static struct way *way_new(void)
{
	static struct way w;

	memset(&w, 0, sizeof(w));
	bandwidth_init(&w.b, true);
	twcc_recorder_init(&w.there);
	random_seed(&w.random, 1);
	w.now = SECONDS(100);
	w.line = 100000000;
	return &w;
}

static void report(struct way *w)
{
	while (twcc_recorder_pending(&w->there)) {
		uint8_t buffer[1200];
		struct writer out = writer(buffer, sizeof(buffer));
		struct twcc_feedback f;
		struct rtcp_walk walk;
		struct rtcp part;

		twcc_recorder_write(&w->there, &out, 1, 2);
		check(out.ok);
		walk = rtcp_walk(written(&out));
		check(rtcp_next(&walk, &part) && twcc_parse(part.items, &f));
		bandwidth_receive(&w->b, w->now, &f, TRIP);
	}
}

/* Sends at this rate for so long, with a report each tenth of a second. */
static void go(struct way *w, uint64_t rate, usec_t span)
{
	usec_t pace = 8000 * SECONDS(1) / rate, end = w->now + span, next = w->now + MSEC(100);

	for (; w->now < end; w->now += pace) {
		uint16_t number = bandwidth_number(&w->b);

		bandwidth_sent(&w->b, w->now, SIZE);
		w->free_at = MAX(w->free_at, w->now);
		if (w->free_at < w->now + MSEC(300) && random_below(&w->random, 1000) >= w->loss) {
			w->free_at += 8000 * SECONDS(1) / w->line;
			twcc_recorder_note(&w->there, number, w->free_at);
		}
		if (w->now >= next) {
			next += MSEC(100);
			report(w);
		}
	}
}

TEST(it_rises_quickly_and_not_beyond_what_was_tried)
{
	struct way *w = way_new();

	check_eq(bandwidth_rate(&w->b, w->now), BANDWIDTH_START);
	go(w, 2000000, SECONDS(3));
	check_ge(bandwidth_rate(&w->b, w->now), 2900000);
	check_le(bandwidth_rate(&w->b, w->now), 3100000);
	go(w, 500000, SECONDS(3));
	/* Less to send is no reason for less. */
	check_ge(bandwidth_rate(&w->b, w->now), 2900000);
	for (uint64_t rate = 3000000; rate < 60000000; rate *= 2)
		go(w, rate, SECONDS(2));
	check_eq(bandwidth_rate(&w->b, w->now), BANDWIDTH_MOST);
}

TEST(it_falls_to_what_the_line_carries)
{
	struct way *w = way_new();

	go(w, 1000000, SECONDS(3));
	w->line = 500000;
	go(w, 1000000, MSEC(700));
	check_le(bandwidth_rate(&w->b, w->now), 500000);
	check_ge(bandwidth_rate(&w->b, w->now), 250000);
	/* Nothing speaks for a probe yet. */
	check(!bandwidth_may_probe(&w->b, w->now, TRIP));
	go(w, 200000, SECONDS(4));
	check(bandwidth_may_probe(&w->b, w->now, TRIP));
}

TEST(loss_that_no_rate_mends_is_borne)
{
	struct way *w = way_new();
	uint32_t rate;

	w->loss = 50;
	go(w, 1000000, SECONDS(20));
	check_ge(bandwidth_rate(&w->b, w->now), 1200000);
	w->loss = 200;
	go(w, 1000000, SECONDS(5));
	rate = bandwidth_rate(&w->b, w->now);
	check_le(rate, 1600000);
	/* As the room does: a smaller picture. It loses as much. */
	go(w, 400000, SECONDS(10));
	check_ge(w->b.loss_borne, 150);
	rate = bandwidth_rate(&w->b, w->now);
	go(w, 400000, SECONDS(30));
	check_ge(bandwidth_rate(&w->b, w->now), rate * 9 / 10);
	/* And forgotten when it is gone. */
	w->loss = 0;
	go(w, 400000, SECONDS(30));
	check_le(w->b.loss_borne, 10);
}

/* A key frame stands in the line for a moment, at whatever moment of it the report is made: what comes out meanwhile is
 * no less than before. */
TEST(a_key_frame_is_no_over_use)
{
	for (unsigned i = 0; i < 20; i++) {
		struct way *w = way_new();
		uint32_t rate;

		w->line = 4000000;
		go(w, 1500000, SECONDS(3));
		rate = bandwidth_rate(&w->b, w->now);
		go(w, 20000000, MSEC(16));
		go(w, 1500000, MSEC(5) * i);
		report(w);
		go(w, 1500000, MSEC(500));
		check_ge(bandwidth_rate(&w->b, w->now), rate);
		check_eq(w->b.cut, 0);
	}
}

/* The report on a probe was lost, and nothing else is sent of which there could be another. */
TEST(a_probe_without_an_answer_is_over)
{
	struct way *w = way_new();

	go(w, 500000, SECONDS(1));
	check(bandwidth_may_probe(&w->b, w->now, TRIP));
	bandwidth_probe(&w->b, w->now, 1000000);
	check(!bandwidth_may_probe(&w->b, w->now + SECONDS(1), TRIP));
	check(bandwidth_may_probe(&w->b, w->now + SECONDS(2), TRIP));
}

TEST(what_is_new_tells_itself)
{
	struct way *w = way_new();

	check(bandwidth_is_new(&w->b, w->now));
	go(w, 5000000, MSEC(800));
	check(bandwidth_is_new(&w->b, w->now));
	/* What came at once is believed at once. */
	check_ge(bandwidth_rate(&w->b, w->now), 4500000);
	go(w, 5000000, MSEC(300));
	check(!bandwidth_is_new(&w->b, w->now));
	w = way_new();
	w->line = 300000;
	go(w, 3000000, MSEC(500));
	check(!bandwidth_is_new(&w->b, w->now));
	check_le(bandwidth_rate(&w->b, w->now), 300000);
	bandwidth_init(&w->b, false);
	check(!bandwidth_is_new(&w->b, w->now));
}

static void feed(struct way *w, const uint8_t *data, size_t size)
{
	struct twcc_feedback f;

	check(twcc_parse(reader(bytes_make(data, size)), &f));
	bandwidth_receive(&w->b, w->now, &f, TRIP);
}

/* ATTACKS B08, B11: what is claimed of packets that never were changes nothing, and costs no more than the history. */
TEST(claims_about_nothing)
{
	static const uint8_t all_lost[] = { 0x12, 0x34, 0xff, 0xff, 0, 0, 1, 7,
		0x1f, 0xff, 0x1f, 0xff, 0x1f, 0xff, 0x1f, 0xff, 0x1f, 0xff, 0x1f, 0xff, 0x1f, 0xff, 0x1f, 0xff,
		0x00, 0x07 };
	static const uint8_t came[] = { 0xf0, 0x00, 0, 3, 0, 0, 1, 7, 0x20, 0x03, 1, 1, 1 };
	struct way *w = way_new();
	struct bandwidth before;

	feed(w, came, sizeof(came));
	feed(w, all_lost, sizeof(all_lost));
	check_eq(w->b.came + w->b.lost, 0);
	check_eq(bandwidth_rate(&w->b, w->now), BANDWIDTH_START);
	go(w, 1000000, MSEC(700));
	before = w->b;
	/* The last packets are not reported yet, so a few may be lost; those known to have come stay so. */
	feed(w, all_lost, sizeof(all_lost));
	check_le(w->b.lost - before.lost, 20);
	feed(w, came, sizeof(came));
	check_eq(w->b.came, before.came);
}

TEST(times_that_run_backwards_or_away)
{
	struct way *w = way_new();

	for (unsigned i = 0; i < 200; i++) {
		const uint8_t odd[] = {
			(uint8_t)(i >> 8), (uint8_t)i, 0, 1, (uint8_t)(i * 77), (uint8_t)(i * 31), (uint8_t)i, 1,
			0x40, 0x01, (uint8_t)(i * 13), (uint8_t)(i * 7),
		};

		bandwidth_sent(&w->b, w->now, SIZE);
		w->now += MSEC(10);
		feed(w, odd, sizeof(odd));
		check_ge(bandwidth_rate(&w->b, w->now), BANDWIDTH_LEAST);
		check_le(bandwidth_rate(&w->b, w->now), BANDWIDTH_MOST);
	}
}

TEST(who_does_not_report)
{
	struct way *w = way_new();

	bandwidth_sent(&w->b, w->now, SIZE);
	check_eq(bandwidth_rate(&w->b, w->now + SECONDS(2)), BANDWIDTH_START);
	check_eq(bandwidth_rate(&w->b, w->now + SECONDS(3)), BANDWIDTH_UNBOUNDED);
	bandwidth_init(&w->b, false);
	check_eq(bandwidth_rate(&w->b, w->now), BANDWIDTH_UNBOUNDED);
	bandwidth_receive_remb(&w->b, w->now, 700000);
	check_eq(bandwidth_rate(&w->b, w->now), 700000);
	bandwidth_receive_remb(&w->b, w->now, 1);
	check_eq(bandwidth_rate(&w->b, w->now), BANDWIDTH_LEAST);
	bandwidth_receive_remb(&w->b, w->now, UINT64_MAX);
	check_eq(bandwidth_rate(&w->b, w->now), BANDWIDTH_MOST);
	check_eq(bandwidth_rate(&w->b, w->now + SECONDS(10)), BANDWIDTH_UNBOUNDED);
	check(!bandwidth_may_probe(&w->b, w->now, TRIP));
}

TEST(what_is_sent_again_is_no_burst)
{
	struct way *w = way_new();
	size_t bytes = 0;

	while (bandwidth_take_burst(&w->b, w->now, 1000))
		bytes += 1000;
	/* A tenth of a second. */
	check_eq(bytes, BANDWIDTH_START / 8 / 10 / 1000 * 1000);
	w->now += MSEC(20);
	check(bandwidth_take_burst(&w->b, w->now, 1000));
	bandwidth_init(&w->b, false);
	for (unsigned i = 0; i < 1000; i++)
		check(bandwidth_take_burst(&w->b, w->now, 1000));
}

/* What is sent once more under its number was lost once, however late it comes; and a queue it says nothing of. */
TEST(what_is_sent_again_under_its_number_was_lost)
{
	struct way *w = way_new();
	uint32_t lost, came;
	uint16_t number;
	int64_t wait;

	go(w, 1000000, MSEC(900));
	report(w);
	wait = w->b.queue.wait;
	number = bandwidth_number(&w->b);
	bandwidth_sent(&w->b, w->now, SIZE);
	lost = w->b.lost;
	came = w->b.came;
	bandwidth_repeated(&w->b, w->now, number);
	bandwidth_repeated(&w->b, w->now, number);
	check_eq(w->b.lost, lost + 1);
	twcc_recorder_note(&w->there, number, w->now + MSEC(300));
	report(w);
	check_eq(w->b.lost, lost + 1);
	check_eq(w->b.came, came);
	check_eq(w->b.queue.wait, wait);
	/* The same without it is a packet that came, after it had waited. */
	number = bandwidth_number(&w->b);
	bandwidth_sent(&w->b, w->now, SIZE);
	twcc_recorder_note(&w->there, number, w->now + MSEC(300));
	report(w);
	check_eq(w->b.came, came + 1);
	check(w->b.queue.wait > wait);
	/* What came already was not lost. */
	bandwidth_repeated(&w->b, w->now, number);
	check_eq(w->b.lost, lost + 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(it_rises_quickly_and_not_beyond_what_was_tried),
	cmocka_unit_test(it_falls_to_what_the_line_carries),
	cmocka_unit_test(loss_that_no_rate_mends_is_borne),
	cmocka_unit_test(a_key_frame_is_no_over_use),
	cmocka_unit_test(a_probe_without_an_answer_is_over),
	cmocka_unit_test(what_is_new_tells_itself),
	cmocka_unit_test(claims_about_nothing),
	cmocka_unit_test(times_that_run_backwards_or_away),
	cmocka_unit_test(who_does_not_report),
	cmocka_unit_test(what_is_sent_again_is_no_burst),
	cmocka_unit_test(what_is_sent_again_under_its_number_was_lost),
};

RUN_TESTS(tests)
