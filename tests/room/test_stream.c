/* SPDX-License-Identifier: EUPL-1.2 */
/* In tests only. Invariant: an index is given once, and the RFC's arithmetic is the RFC's. */
#include "base/random.h"
#include "sfu/room/stream.h"
#include "sfu/rtp/ntp.h"
#include "tests/support/check.h"

static struct stream s;
static int64_t index_, gap;

static enum stream_verdict take_number(uint16_t sequence)
{
	return stream_take(&s, sequence, &index_, &gap);
}

TEST(numbers_are_unwrapped)
{
	int64_t first;

	stream_init(&s, NULL, 0);
	check_eq(take_number(65534), STREAM_NEXT);
	first = index_;
	check_eq(take_number(65535), STREAM_NEXT);
	check_eq(take_number(0), STREAM_NEXT);
	check_eq(index_, first + 2);
	check_eq(gap, 0);
	check_eq(take_number(3), STREAM_NEXT);
	check_eq(index_, first + 5);
	check_eq(gap, 2);
	check_eq(take_number(1), STREAM_LATE);
	check_eq(index_, first + 3);
	check_eq(take_number(65533), STREAM_LATE);	/* overtaken by the very first */
	check_eq(index_, first - 1);
	stream_done(&s);
}

TEST(nothing_is_taken_twice)
{
	struct random r;
	uint16_t newest = 0;

	random_seed(&r, 3);
	stream_init(&s, NULL, 0);
	take_number(0);
	for (unsigned i = 0; i < 200000; i++) {
		uint16_t sequence = (uint16_t)(newest + random_below(&r, 40) - 20);
		static uint64_t given[1 << 20];
		bool fresh = take_number(sequence) != STREAM_REFUSED;
		uint64_t *word = &given[(index_ & 0x3ffffff) / 64];

		if (!fresh)
			continue;
		check(!(*word >> (index_ % 64) & 1));
		*word |= UINT64_C(1) << (index_ % 64);
		if (gap || index_ == s.newest)
			newest = sequence;
	}
	check(s.newest - s.base > 100000);
	stream_done(&s);
}

TEST(the_too_old_are_refused)
{
	stream_init(&s, NULL, 0);
	take_number(1000);
	for (unsigned i = 1001; i < 1000 + STREAM_WINDOW; i++)
		check_eq(take_number((uint16_t)(i == 1100 ? 1099 : i)), i == 1100 ? STREAM_REFUSED : STREAM_NEXT);
	check_eq(take_number(1100), STREAM_LATE);
	check_eq(take_number(1000 + STREAM_WINDOW), STREAM_NEXT);
	check_eq(take_number(1000), STREAM_REFUSED);
	stream_done(&s);
}

TEST(one_jump_is_noise_two_are_a_new_start)
{
	int64_t before;
	uint32_t generation;

	stream_init(&s, NULL, 0);
	take_number(100);
	generation = s.generation;
	before = index_;
	check_eq(take_number(30000), STREAM_REFUSED);
	check_eq(take_number(101), STREAM_NEXT);
	check_eq(index_, before + 1);
	check_eq(take_number(30000), STREAM_REFUSED);
	check_eq(take_number(30001), STREAM_NEXT);
	check_eq(s.generation, generation + 1);
	check(index_ >= before + STREAM_WINDOW);
	check_eq((uint16_t)index_, 30001);
	stream_done(&s);
}

TEST(another_ssrc_goes_on_with_fresh_indices)
{
	int64_t before;
	uint32_t generation;

	stream_init(&s, NULL, 0);
	stream_rebind(&s, 1);
	take_number(500);
	before = index_;
	generation = s.generation;
	stream_rebind(&s, 1);
	check_eq(take_number(500), STREAM_REFUSED);
	stream_rebind(&s, 2);
	check_eq(take_number(500), STREAM_NEXT);
	check(index_ >= before + STREAM_WINDOW);
	check_eq(s.generation, generation + 1);
	stream_done(&s);
}

TEST(a_retransmission_can_only_be_late)
{
	int64_t index;

	stream_init(&s, NULL, 0);
	check_eq(stream_take_again(&s, 5, &index), STREAM_REFUSED);
	take_number(5);
	take_number(8);
	check(missing_add(&s.missing, index_ - 2, index_, 0));
	check_eq(stream_take_again(&s, 9, &index), STREAM_REFUSED);
	check_eq(stream_take_again(&s, 6, &index), STREAM_LATE);
	check_eq(index, index_ - 2);
	check_eq(stream_take_again(&s, 6, &index), STREAM_REFUSED);
	check_eq(s.missing.count, 1);
	stream_done(&s);
}

TEST(what_was_asked_for_is_known_when_it_comes)
{
	uint16_t asked[LIMIT_MISSING];

	stream_init(&s, NULL, 0);
	take_number(5);
	take_number(8);
	check(missing_add(&s.missing, index_ - 2, index_, 0));
	/* It was only overtaken: nobody had asked yet. */
	check_eq(take_number(6), STREAM_LATE);
	check_eq(missing_take(&s.missing, MISSING_GRACE, 0, asked), 1);
	check_eq(take_number(7), STREAM_AGAIN);
	check_eq(take_number(7), STREAM_REFUSED);
	stream_done(&s);
}

TEST(a_report_counts_what_was_lost)
{
	struct rtcp_report report;
	uint32_t lost;

	stream_init(&s, NULL, 0);
	stream_rebind(&s, 77);
	for (unsigned i = 0; i < 100; i++) {
		if (i % 4 == 3)
			continue;
		take_number((uint16_t)(65500 + i));
		stream_measure(&s, MSEC(20) * i, 960 * i, 48000);
	}
	stream_report(&s, SECONDS(2), &report, &lost);
	check_eq(report.ssrc, 77);
	check_eq(lost, 24);
	check_eq(report.lost, 24);
	check_eq(report.fraction_lost, 24 * 256 / 99);
	check_eq(report.highest, 0x10000 + (65500 + 98 - 65536));
	check_eq(report.jitter, 0);
	check_eq(report.last_report, 0);
	/* The next one is about what came since. */
	take_number((uint16_t)(65500 + 99));
	stream_measure(&s, SECONDS(2), 960 * 99, 48000);
	stream_report(&s, SECONDS(3), &report, &lost);
	check_eq(report.fraction_lost, 0);
	check_eq(lost, 0);
	check_eq(report.lost, 24);
	check(report.jitter > 0);
	stream_done(&s);
}

TEST(jitter_is_the_rfcs)
{
	struct rtcp_report report;
	uint32_t lost;

	/* Every second packet 10 ms late: |D| is always 480, so the mean goes there. */
	stream_init(&s, NULL, 0);
	for (unsigned i = 0; i < 1000; i++) {
		take_number((uint16_t)i);
		stream_measure(&s, MSEC(20) * i + (i % 2 ? MSEC(10) : 0), 960 * i, 48000);
	}
	stream_report(&s, SECONDS(20), &report, &lost);
	check_ge(report.jitter, 470);
	check_le(report.jitter, 480);
	stream_done(&s);
}

TEST(reports_tell_the_time)
{
	struct rtcp_report report;
	uint32_t timestamp, lost;
	int64_t wall;

	stream_init(&s, NULL, 0);
	check(!stream_to_wall(&s, 0, 90000, &wall));
	check(!stream_from_wall(&s, 0, 90000, &timestamp));
	s.reported = true;
	s.report.ntp = ntp_from_wall(SECONDS(1700000000));
	s.report.timestamp = 0xffffff00;
	s.report_at = SECONDS(10);
	check(stream_to_wall(&s, 0xffffff00 + 90000, 90000, &wall));
	check_eq(wall, SECONDS(1700000001));
	check(stream_from_wall(&s, (int64_t)SECONDS(1700000002), 90000, &timestamp));
	check_eq(timestamp, (uint32_t)(0xffffff00 + 180000));
	check(!stream_from_wall(&s, 0, 90000, &timestamp));
	stream_report(&s, SECONDS(12), &report, &lost);
	check_eq(report.last_report, ntp_middle(s.report.ntp));
	check_eq(report.delay, 2 * 65536);
	stream_done(&s);
}

TEST(early_packets_are_kept_and_given_back)
{
	struct pool *pool;

	check_eq(pool_new(&pool, LIMIT_EARLY + 8), 0);
	stream_init(&s, NULL, 0);
	for (int64_t i = 0; i < LIMIT_EARLY + 5; i++) {
		struct arrival a = { .packet = packet_new(pool), .index = i };

		check(a.packet);
		stream_keep_early(&s, &a);
		packet_unref(a.packet);
	}
	check_eq(pool_free_count(pool), 8);
	check_eq(s.early[s.early_tail % LIMIT_EARLY].index, 5);
	stream_done(&s);
	check_eq(pool_free_count(pool), LIMIT_EARLY + 8);
	pool_free(pool);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(numbers_are_unwrapped),
	cmocka_unit_test(nothing_is_taken_twice),
	cmocka_unit_test(the_too_old_are_refused),
	cmocka_unit_test(one_jump_is_noise_two_are_a_new_start),
	cmocka_unit_test(another_ssrc_goes_on_with_fresh_indices),
	cmocka_unit_test(a_retransmission_can_only_be_late),
	cmocka_unit_test(what_was_asked_for_is_known_when_it_comes),
	cmocka_unit_test(a_report_counts_what_was_lost),
	cmocka_unit_test(jitter_is_the_rfcs),
	cmocka_unit_test(reports_tell_the_time),
	cmocka_unit_test(early_packets_are_kept_and_given_back),
};

RUN_TESTS(tests)
