/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/rtp/twcc.c. Invariant: what the recorder writes is compared with what arrived, through the reader. */
#include "tests/support/check.h"

#include "base/mem.h"
#include "base/random.h"
#include "sfu/rtp/rtcp.h"
#include "sfu/rtp/twcc.h"

static bool parse(const void *in, size_t size, struct twcc_feedback *ret)
{
	uint8_t *exact = mem_alloc(size);
	bool fine;

	if (size)
		memcpy(exact, in, size);
	fine = twcc_parse(reader(bytes_make(exact, size)), ret);
	mem_free(exact);
	return fine;
}

/* First 10, 40 packets, reference 2 (128 ms), number 5. Chunks: a run of 20 lost; one bit each: came, lost, came,
 * 11 lost; two bits each: small, large, and 5 lost, of which the count includes 4. */
static const uint8_t mixed[] = { 0, 10, 0, 40, 0, 0, 2, 5, 0x00, 20, 0xa8, 0x00, 0xd8, 0x00, 4, 8, 12, 0xff, 0xf0 };

TEST(each_form_of_chunk)
{
	static const struct twcc_arrival expected[] = {
		{ 30, 20, 129000 }, { 32, 1, 131000 }, { 44, 11, 134000 }, { 45, 0, 130000 },
	};
	struct twcc_feedback f;
	struct twcc_arrival a;

	check(twcc_parse(reader(bytes_make(mixed, sizeof(mixed))), &f));
	check_eq(f.number, 5);
	check_eq(f.first, 10);
	check_eq(f.count, 40);
	check_eq(f.received, 4);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		check(twcc_take(&f, &a));
		check_eq(a.sequence, expected[i].sequence);
		check_eq(a.lost_before, expected[i].lost_before);
		check_eq(a.time, expected[i].time);
	}
	check(!twcc_take(&f, &a));
	check(!twcc_take(&f, &a));
}

TEST(truncations)
{
	struct twcc_feedback f = { .number = 42 };

	for (size_t size = 0; size < sizeof(mixed); size++)
		check(!parse(mixed, size, &f));
	check_eq(f.number, 42);
}

TEST(malformed_feedback)
{
	static const struct { const char *in; size_t size; } cases[] = {
		{ "\0\1\0\0\0\0\0\0", 8 },			/* of no packet */
		{ "\0\1\0\1\0\0\0\0\x00\0", 10 },		/* a run of none */
		{ "\0\1\0\1\0\0\0\0\x60\1", 10 },		/* status 3 in a run */
		{ "\0\1\0\1\0\0\0\0\xf0\0\0\0\0\0", 14 },	/* status 3 in a vector */
		{ "\0\1\0\2\0\0\0\0\x20\2\4", 11 },		/* a time is missing */
		{ "\0\1\0\1\0\0\0\0\x20\1\4\0\0\0\0", 15 },	/* a word too many */
		{ "\0\1\xff\xff\0\0\0\0\x3f\xff", 10 },
	};
	struct twcc_feedback f;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(!parse(cases[i].in, cases[i].size, &f));
	check(parse("\0\1\0\1\0\0\0\0\x20\1\4\0\0\0", 14, &f));
}

/* ATTACKS B08: 65,535 packets in nine chunks. What is taken is bounded by what came: here one. */
TEST(a_great_count_costs_little)
{
	uint8_t in[8 + 18 + 1] = { 0, 0, 0xff, 0xff };
	struct twcc_feedback f;
	struct twcc_arrival a;
	struct writer w = writer(in + 8, 19);

	for (unsigned i = 0; i < 8; i++)
		write_u16(&w, 0x1fff);	/* 8191 lost */
	write_u16(&w, 0xc001);		/* seven: the last came */
	write_u8(&w, 8);
	check(w.ok);
	check(parse(in, sizeof(in), &f));
	check(twcc_parse(reader(bytes_make(in, sizeof(in))), &f));
	check_eq(f.received, 1);
	check(twcc_take(&f, &a));
	check_eq(a.sequence, 65534);
	check_eq(a.lost_before, 65534);
	check_eq(a.time, 2000);
	check(!twcc_take(&f, &a));
}

/* Takes one feedback out of the recorder and reads it back. */
static struct twcc_feedback feedback(struct twcc_recorder *t, uint8_t out[1200])
{
	struct writer w = writer(out, 1200);
	struct twcc_feedback f;
	struct rtcp_walk walk;
	struct rtcp p;

	twcc_recorder_write(t, &w, 1, 2);
	check(w.ok);
	walk = rtcp_walk(written(&w));
	check(rtcp_next(&walk, &p));
	check_eq(p.kind, RTCP_TRANSPORT_FEEDBACK);
	check_eq(p.sender, 1);
	check_eq(p.media, 2);
	check_eq(read_left(&walk.r), 0);
	check(twcc_parse(p.items, &f));
	return f;
}

TEST(what_arrived_is_reported)
{
	static struct twcc_recorder t;
	struct twcc_arrival a;
	struct twcc_feedback f;
	uint8_t out[1200];

	twcc_recorder_init(&t);
	check(!twcc_recorder_pending(&t));
	twcc_recorder_note(&t, 65534, SECONDS(100));
	twcc_recorder_note(&t, 65535, SECONDS(100) + 300);
	twcc_recorder_note(&t, 1, SECONDS(100) + 70000);
	twcc_recorder_note(&t, 1, SECONDS(200));		/* a second time: nothing */
	check(twcc_recorder_pending(&t));
	f = feedback(&t, out);
	check(!twcc_recorder_pending(&t));
	check_eq(f.number, 0);
	check_eq(f.first, 65534);
	check_eq(f.count, 4);
	check_eq(f.received, 3);
	check(twcc_take(&f, &a));
	check_eq(a.sequence, 65534);
	check_eq(a.time, SECONDS(100));
	check(twcc_take(&f, &a));
	check_eq(a.time, SECONDS(100) + 250);
	check(twcc_take(&f, &a));
	check_eq(a.sequence, 1);
	check_eq(a.lost_before, 1);
	check_eq(a.time, SECONDS(100) + 70000);
	twcc_recorder_note(&t, 2, SECONDS(101));
	f = feedback(&t, out);
	check_eq(f.number, 1);
	check_eq(f.first, 2);
	check_eq(f.count, 1);
}

TEST(a_late_packet_is_reported_after_all)
{
	static struct twcc_recorder t;
	struct twcc_feedback f;
	struct twcc_arrival a;
	uint8_t out[1200];

	twcc_recorder_init(&t);
	twcc_recorder_note(&t, 10, MSEC(1000));
	twcc_recorder_note(&t, 12, MSEC(1010));
	f = feedback(&t, out);
	check_eq(f.received, 2);
	twcc_recorder_note(&t, 11, MSEC(1020));
	f = feedback(&t, out);
	check_eq(f.first, 11);
	check_eq(f.count, 2);
	check_eq(f.received, 2);
	check(twcc_take(&f, &a));
	check_eq(a.time, MSEC(1020));
	check(twcc_take(&f, &a));
	check_eq(a.time, MSEC(1010));		/* back in time: a large delta */
	check(!twcc_recorder_pending(&t));
	twcc_recorder_note(&t, (uint16_t)(12 - TWCC_WINDOW), MSEC(1030));
	check(!twcc_recorder_pending(&t));	/* too late */
}

TEST(a_jump_forgets_what_is_older_than_the_window)
{
	static struct twcc_recorder t;
	struct twcc_feedback f;
	uint8_t out[1200];
	unsigned received = 0, count = 0;

	twcc_recorder_init(&t);
	for (uint16_t i = 0; i < 100; i++)
		twcc_recorder_note(&t, i, MSEC(i));
	twcc_recorder_note(&t, 20000, SECONDS(1));
	while (twcc_recorder_pending(&t)) {
		f = feedback(&t, out);
		received += f.received;
		count += f.count;
	}
	check_eq(received, 1);
	check_eq(count, TWCC_WINDOW);
	check_eq((uint16_t)t.next, 20001);
}

TEST(a_long_pause_ends_a_feedback)
{
	static struct twcc_recorder t;
	struct twcc_feedback f;
	struct twcc_arrival a;
	uint8_t out[1200];

	twcc_recorder_init(&t);
	twcc_recorder_note(&t, 1, SECONDS(1));
	twcc_recorder_note(&t, 2, SECONDS(60));
	f = feedback(&t, out);
	check_eq(f.count, 1);
	check(twcc_recorder_pending(&t));
	f = feedback(&t, out);
	check_eq(f.first, 2);
	check(twcc_take(&f, &a));
	check_eq(a.time, SECONDS(60));
	check(!twcc_recorder_pending(&t));
}

/* A random network: every arrival is reported, at its time within a tick, and no other. */
TEST(any_pattern_comes_back)
{
	static struct twcc_recorder t;
	static usec_t arrivals[300];
	struct random random;

	for (unsigned round = 0; round < 400; round++) {
		uint16_t start = (uint16_t)(round * 977);
		unsigned loss = round % 7, spread = round % 5 ? 1000 : 300000, seen = 0, expected = 0;
		usec_t now = SECONDS(20);

		random_seed(&random, round);
		twcc_recorder_init(&t);
		for (unsigned i = 0; i < ARRAY_SIZE(arrivals); i++) {
			now += random_below(&random, spread);
			arrivals[i] = random_below(&random, 7) < loss ? 0 : now - random_below(&random, 5000);
			if (!arrivals[i])
				continue;
			twcc_recorder_note(&t, (uint16_t)(start + i), arrivals[i]);
			expected++;
		}
		while (twcc_recorder_pending(&t)) {
			uint8_t out[1200];
			struct twcc_feedback f = feedback(&t, out);
			struct twcc_arrival a;

			while (twcc_take(&f, &a)) {
				usec_t arrival = arrivals[(uint16_t)(a.sequence - start)];

				check(arrival);
				check_eq(a.time, arrival / TWCC_TICK * TWCC_TICK);
				seen++;
			}
		}
		check_eq(seen, expected);
	}
}

TEST(the_worst_feedback_fits)
{
	static struct twcc_recorder t;
	struct twcc_feedback f;
	uint8_t out[1200];

	twcc_recorder_init(&t);
	for (uint16_t i = 0; i < TWCC_FEEDBACK_PACKETS + 1; i++)
		twcc_recorder_note(&t, i, SECONDS(10) + (i % 2 ? SECONDS(5) : 0));	/* each delta takes two bytes */
	f = feedback(&t, out);
	check_eq(f.count, TWCC_FEEDBACK_PACKETS);
	check(twcc_recorder_pending(&t));
	f = feedback(&t, out);
	check_eq(f.count, 1);
}

TEST(a_writer_that_is_too_small_stays_within_itself)
{
	static struct twcc_recorder t;

	for (size_t size = 0; size < 24; size++) {
		uint8_t *out = mem_alloc(size);
		struct writer w = writer(out, size);

		twcc_recorder_init(&t);
		twcc_recorder_note(&t, 7, 0);
		twcc_recorder_write(&t, &w, 1, 2);
		check(!w.ok);
		mem_free(out);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_form_of_chunk),
	cmocka_unit_test(truncations),
	cmocka_unit_test(malformed_feedback),
	cmocka_unit_test(a_great_count_costs_little),
	cmocka_unit_test(what_arrived_is_reported),
	cmocka_unit_test(a_late_packet_is_reported_after_all),
	cmocka_unit_test(a_jump_forgets_what_is_older_than_the_window),
	cmocka_unit_test(a_long_pause_ends_a_feedback),
	cmocka_unit_test(any_pattern_comes_back),
	cmocka_unit_test(the_worst_feedback_fits),
	cmocka_unit_test(a_writer_that_is_too_small_stays_within_itself),
};

RUN_TESTS(tests)
