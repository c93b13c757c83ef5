/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/rtp/rtcp_write.c. Invariant: what is written is compared with bytes once, and with what the reader sees in it. */
#include "tests/support/check.h"

#include "base/mem.h"
#include "sfu/rtp/rtcp.h"

static struct rtcp read_one(const struct writer *w)
{
	struct rtcp_walk walk = rtcp_walk(written(w));
	struct rtcp p;

	check(w->ok);
	check(rtcp_next(&walk, &p));
	check_eq(read_left(&walk.r), 0);
	return p;
}

static struct rtcp_report report_number(uint32_t i)
{
	return (struct rtcp_report){ .ssrc = i + 1, .fraction_lost = (uint8_t)i, .lost = i % 2 ? -0x800000 : 0x7fffff,
		.highest = ~i, .jitter = i * 3, .last_report = i * 5, .delay = i * 7 };
}

static void check_report(const struct rtcp_report *a, const struct rtcp_report *b)
{
	check_eq(a->ssrc, b->ssrc);
	check_eq(a->fraction_lost, b->fraction_lost);
	check_eq(a->lost, b->lost);
	check_eq(a->highest, b->highest);
	check_eq(a->jitter, b->jitter);
	check_eq(a->last_report, b->last_report);
	check_eq(a->delay, b->delay);
}

TEST(reports_come_back)
{
	static const struct rtcp_sender_info info = { 0xfedcba9876543210, 1, 2, 3 };
	struct rtcp_report reports[31], r;
	uint8_t out[1024];

	for (uint32_t i = 0; i < ARRAY_SIZE(reports); i++)
		reports[i] = report_number(i);
	for (size_t n = 0; n <= ARRAY_SIZE(reports); n++) {
		for (int sender = 0; sender < 2; sender++) {
			struct writer w = writer(out, sizeof(out));
			struct rtcp p;

			if (sender)
				rtcp_write_sender_report(&w, 9, &info, reports, n);
			else
				rtcp_write_receiver_report(&w, 9, reports, n);
			p = read_one(&w);
			check_eq(p.kind, sender ? RTCP_SENDER_REPORT : RTCP_RECEIVER_REPORT);
			check_eq(p.sender, 9);
			check_eq(p.info.ntp, sender ? info.ntp : 0);
			for (size_t i = 0; i < n; i++) {
				check(rtcp_take_report(&p, &r));
				check_report(&r, &reports[i]);
			}
			check(!rtcp_take_report(&p, &r));
		}
	}
}

TEST(names_of_every_length_come_back)
{
	uint8_t text[255], out[300];

	memset(text, 'n', sizeof(text));
	for (size_t size = 1; size <= sizeof(text); size++) {
		struct writer w = writer(out, sizeof(out));
		struct bytes name;
		struct rtcp p;
		uint32_t ssrc;

		rtcp_write_name(&w, 0xdeadbeef, bytes_make(text, size));
		p = read_one(&w);
		check_eq(p.kind, RTCP_SOURCE_DESCRIPTION);
		check(rtcp_take_name(&p, &ssrc, &name));
		check_eq(ssrc, 0xdeadbeef);
		check_bytes(name, text, size);
		check(!rtcp_take_name(&p, &ssrc, &name));
	}
}

TEST(lost_packets_share_entries)
{
	static const struct { uint16_t lost[8]; size_t n, entries; } cases[] = {
		{ { 7 }, 1, 1 },
		{ { 7, 8, 23 }, 3, 1 },
		{ { 7, 24 }, 2, 2 },
		{ { 65530, 65535, 0, 10 }, 4, 1 },
		{ { 65530, 65535, 0, 11 }, 4, 2 },
		{ { 1, 100, 200, 300, 400, 500, 600, 700 }, 8, 8 },
		{ { 20, 10 }, 2, 2 },		/* does not ascend: costs an entry */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t out[64];
		struct writer w = writer(out, sizeof(out));
		uint16_t sequence;
		struct rtcp p;

		rtcp_write_nack(&w, 1, 2, cases[i].lost, cases[i].n);
		p = read_one(&w);
		check_eq(p.kind, RTCP_NACK);
		check_eq(p.sender, 1);
		check_eq(p.media, 2);
		check_eq(written(&w).size, 12 + 4 * cases[i].entries);
		for (size_t j = 0; j < cases[i].n; j++) {
			check(rtcp_take_lost(&p, &sequence));
			check_eq(sequence, cases[i].lost[j]);
		}
		check(!rtcp_take_lost(&p, &sequence));
	}
}

TEST(a_number_twice_is_asked_for_once)
{
	static const uint16_t lost[] = { 5, 5, 6, 6 };
	uint8_t out[64];
	struct writer w = writer(out, sizeof(out));

	rtcp_write_nack(&w, 1, 2, lost, ARRAY_SIZE(lost));
	check_bytes(written(&w), "\x81\xcd\0\3\0\0\0\1\0\0\0\2\0\5\0\1", 16);
}

TEST(a_compound_is_written_part_after_part)
{
	static const uint16_t lost[] = { 3 };
	static const enum rtcp_kind kinds[] = { RTCP_RECEIVER_REPORT, RTCP_SOURCE_DESCRIPTION, RTCP_NACK, RTCP_PLI };
	uint8_t out[128];
	struct writer w = writer(out, sizeof(out));
	struct rtcp_walk walk;
	struct rtcp p;

	rtcp_write_receiver_report(&w, 1, NULL, 0);
	rtcp_write_name(&w, 1, bytes_of_string("conclave"));
	rtcp_write_nack(&w, 1, 2, lost, 1);
	rtcp_write_pli(&w, 1, 2);
	check(w.ok);
	walk = rtcp_walk(written(&w));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		check(rtcp_next(&walk, &p));
		check_eq(p.kind, kinds[i]);
	}
	check_eq(p.media, 2);
	check(!rtcp_next(&walk, &p));
	check(walk.r.ok);
}

TEST(a_writer_that_is_too_small_stays_within_itself)
{
	struct rtcp_report report = report_number(1);
	static const uint16_t lost[] = { 3 };

	for (size_t size = 0; size < 32; size++) {
		uint8_t *out = mem_alloc(size);
		struct writer w = writer(out, size);

		rtcp_write_receiver_report(&w, 1, &report, 1);
		check(!w.ok);
		rtcp_write_pli(&w, 1, 2);
		check(!w.ok);
		w = writer(out, size);
		rtcp_write_nack(&w, 1, 2, lost, 1);
		check_eq(w.ok, size >= 16);
		mem_free(out);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(reports_come_back),
	cmocka_unit_test(names_of_every_length_come_back),
	cmocka_unit_test(lost_packets_share_entries),
	cmocka_unit_test(a_number_twice_is_asked_for_once),
	cmocka_unit_test(a_compound_is_written_part_after_part),
	cmocka_unit_test(a_writer_that_is_too_small_stays_within_itself),
};

RUN_TESTS(tests)
