/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/rtp/rtcp.c. Invariant: a packet stands in a block of its own size, so that the sanitizers see a read too far. */
#include "tests/support/check.h"

#include "base/mem.h"
#include "sfu/rtp/rtcp.h"

#define SSRC_1 0, 0, 0, 1
#define SSRC_2 0, 0, 0, 2
#define WORD(n) 0, 0, 0, (n)
#define REPORT(ssrc) 0, 0, 0, (ssrc), 0x40, 0xff, 0xff, 0xfe, 0, 1, 0x12, 0x34, WORD(9), 0xaa, 0xbb, 0xcc, 0xdd, WORD(7)

static const uint8_t sender_report[] = { 0x81, 200, 0, 12, SSRC_1, 1, 2, 3, 4, 5, 6, 7, 8, WORD(10), WORD(11), WORD(12),
	REPORT(5) };
static const uint8_t receiver_report[] = { 0x82, 201, 0, 13, SSRC_1, REPORT(5), REPORT(6) };
static const uint8_t extended_report[] = { 0x80, 201, 0, 2, SSRC_1, 0xde, 0xad, 0xbe, 0xef };
static const uint8_t description[] = { 0x83, 202, 0, 7, SSRC_1, 2, 1, 'n', 1, 2, 'a', 'b', 0, SSRC_2, 2, 0, 0, 0,
	0, 0, 0, 3, 1, 1, 'c', 0 };
static const uint8_t bye[] = { 0x82, 203, 0, 3, SSRC_1, SSRC_2, 3, 'a', 'b', 'c' };
static const uint8_t nack[] = { 0x81, 205, 0, 4, SSRC_1, SSRC_2, 0xff, 0xfe, 0x80, 0x03, 0, 100, 0, 0 };
static const uint8_t pli[] = { 0x81, 206, 0, 2, SSRC_1, SSRC_2 };
static const uint8_t fir[] = { 0x84, 206, 0, 6, SSRC_1, WORD(0), SSRC_2, 7, 0, 0, 0, 0, 0, 0, 3, 8, 0, 0, 0 };
static const uint8_t remb[] = { 0x8f, 206, 0, 6, SSRC_1, WORD(0), 'R', 'E', 'M', 'B', 2, 0x0b, 0xff, 0xff,
	SSRC_1, SSRC_2 };
static const uint8_t twcc[] = { 0x8f, 205, 0, 5, SSRC_1, SSRC_2, 0, 1, 0, 1, 0, 0, 1, 0, 0x20, 1, 4, 0 };
static const uint8_t application[] = { 0x8f, 206, 0, 3, SSRC_1, WORD(0), 'D', 'A', 'R', 'E' };
static const uint8_t app[] = { 0x80, 204, 0, 2, SSRC_1, 'n', 'a', 'm', 'e' };
static const uint8_t padded[] = { 0xa1, 206, 0, 3, SSRC_1, SSRC_2, 0, 0, 0, 4 };

#define SEED(b) { (b), sizeof(b) }

/* `cuts`: the lengths in words, as bits, at which the seed may also end. */
static const struct { struct bytes in; enum rtcp_kind kind; unsigned cuts; } seeds[] = {
	{ SEED(sender_report), RTCP_SENDER_REPORT, 0 },
	{ SEED(receiver_report), RTCP_RECEIVER_REPORT, 0 },
	{ SEED(extended_report), RTCP_RECEIVER_REPORT, 1 << 2 },
	{ SEED(description), RTCP_SOURCE_DESCRIPTION, 0 },
	{ SEED(bye), RTCP_BYE, 1 << 3 },
	{ SEED(nack), RTCP_NACK, 1 << 4 },
	{ SEED(pli), RTCP_PLI, 0 },
	{ SEED(fir), RTCP_FIR, 1 << 5 },
	{ SEED(remb), RTCP_REMB, 1 << 3 },
	{ SEED(twcc), RTCP_TRANSPORT_FEEDBACK, 1 << 3 | 1 << 4 | 1 << 5 },
	{ SEED(application), RTCP_OTHER, 1 << 3 },
	{ SEED(app), RTCP_OTHER, 1 << 1 | 1 << 2 },
	{ SEED(padded), RTCP_PLI, 0 },
};

static struct rtcp parse(struct bytes in)
{
	struct rtcp_walk w = rtcp_walk(in);
	struct rtcp p = { 0 };

	check(rtcp_next(&w, &p));
	check(w.r.ok);
	return p;
}

/* How many parts are yielded before the end (true) or before the first malformed one. */
static bool count_parts(struct bytes in, unsigned *ret)
{
	uint8_t *exact = mem_alloc(in.size);
	struct rtcp_walk w;
	struct rtcp p;

	if (in.size)
		memcpy(exact, in.data, in.size);
	w = rtcp_walk(bytes_make(exact, in.size));
	for (*ret = 0; rtcp_next(&w, &p); ++*ret)
		;
	mem_free(exact);
	return w.r.ok;
}

TEST(kinds)
{
	for (size_t i = 0; i < ARRAY_SIZE(seeds); i++) {
		unsigned n;

		check_eq(parse(seeds[i].in).kind, seeds[i].kind);
		check(count_parts(seeds[i].in, &n));
		check_eq(n, 1);
	}
}

TEST(truncations)
{
	for (size_t i = 0; i < ARRAY_SIZE(seeds); i++) {
		for (size_t size = 0; size < seeds[i].in.size; size++) {
			unsigned n;

			check(!count_parts(bytes_make(seeds[i].in.data, size), &n));
			check_eq(n, 0);
		}
	}
}

/* Shorter, with a length that says so: only what may end early is still taken. */
TEST(honest_truncations)
{
	uint8_t packet[64];

	for (size_t i = 0; i < ARRAY_SIZE(seeds); i++) {
		for (size_t words = 1; words < seeds[i].in.size / 4; words++) {
			unsigned n;

			memcpy(packet, seeds[i].in.data, words * 4);
			packet[3] = (uint8_t)(words - 1);
			check_eq(count_parts(bytes_make(packet, words * 4), &n), seeds[i].cuts >> words & 1);
		}
	}
}

/* A part that says it is shorter or has more items than it holds. */
TEST(lengths_and_counts_that_lie)
{
	static const struct { const uint8_t *in; size_t size; uint8_t first; } cases[] = {
		{ sender_report, sizeof(sender_report), 0x82 },
		{ receiver_report, sizeof(receiver_report), 0x9f },
		{ description, sizeof(description), 0x84 },
		{ description, sizeof(description), 0x82 },	/* bytes are left over */
		{ description, sizeof(description), 0x80 },
		{ bye, sizeof(bye), 0x84 },
		{ bye, sizeof(bye), 0x81 },			/* the second SSRC as a reason, too long */
		{ remb, sizeof(remb), 0x4f },			/* version 1 */
		{ remb, sizeof(remb), 0xcf },			/* version 3 */
	};
	uint8_t packet[64];
	unsigned n;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		memcpy(packet, cases[i].in, cases[i].size);
		packet[0] = cases[i].first;
		if (cases[i].in == bye && cases[i].first == 0x81)
			packet[8] = 8;
		check(!count_parts(bytes_make(packet, cases[i].size), &n));
	}
	for (size_t i = 0; i < ARRAY_SIZE(seeds); i++) {
		memcpy(packet, seeds[i].in.data, seeds[i].in.size);
		packet[3]++;
		check(!count_parts(bytes_make(packet, seeds[i].in.size), &n));
	}
	memcpy(packet, remb, sizeof(remb));
	packet[16] = 3;
	check(!count_parts(bytes_make(packet, sizeof(remb)), &n));
	packet[16] = 1;
	check(!count_parts(bytes_make(packet, sizeof(remb)), &n));
}

TEST(feedback_of_the_wrong_size)
{
	static const uint8_t nack_without_entry[] = { 0x81, 205, 0, 2, SSRC_1, SSRC_2 };
	static const uint8_t pli_with_more[] = { 0x81, 206, 0, 3, SSRC_1, SSRC_2, WORD(0) };
	static const uint8_t fir_without_entry[] = { 0x84, 206, 0, 2, SSRC_1, SSRC_2 };
	static const uint8_t fir_with_half[] = { 0x84, 206, 0, 3, SSRC_1, SSRC_2, SSRC_1 };
	static const uint8_t headless[] = { 0x81, 206, 0, 1, SSRC_1 };
	static const uint8_t headless_transport[] = { 0x82, 205, 0, 1, SSRC_1 };
	static const uint8_t headless_application[] = { 0x8f, 206, 0, 1, SSRC_1 };
	static const struct bytes cases[] = {
		SEED(nack_without_entry), SEED(pli_with_more), SEED(fir_without_entry), SEED(fir_with_half),
		SEED(headless), SEED(headless_transport), SEED(headless_application),
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned n;

		check(!count_parts(cases[i], &n));
	}
}

TEST(padding)
{
	uint8_t packet[sizeof(padded)];
	unsigned n;

	for (unsigned last = 0; last < 256; last++) {
		memcpy(packet, padded, sizeof(padded));
		packet[sizeof(padded) - 1] = (uint8_t)last;
		check_eq(count_parts(bytes_make(packet, sizeof(packet)), &n), last == 4);	/* a PLI is exact */
	}
	check(!count_parts(bytes_make((uint8_t[]){ 0xa0, 203, 0, 0 }, 4), &n));
	check(count_parts(bytes_make((uint8_t[]){ 0x80, 203, 0, 0 }, 4), &n));
}

TEST(types_outside_the_range_are_refused)
{
	for (unsigned type = 0; type < 256; type++) {
		uint8_t packet[] = { 0x80, (uint8_t)type, 0, 1, SSRC_1 };
		bool known = type == 200 || type == 202 || type == 205 || type == 206;	/* malformed as such */
		unsigned n;

		check_eq(count_parts(bytes_make(packet, sizeof(packet)), &n), type >= 192 && type <= 223 && !known);
	}
}

TEST(a_compound_is_walked_to_its_first_fault)
{
	uint8_t packet[512];
	struct writer w = writer(packet, sizeof(packet));
	unsigned n;

	for (size_t i = 0; i < ARRAY_SIZE(seeds); i++)
		write_bytes(&w, seeds[i].in);
	check(w.ok);
	check(count_parts(written(&w), &n));
	check_eq(n, ARRAY_SIZE(seeds));
	packet[sizeof(sender_report)] = 0x42;
	check(!count_parts(written(&w), &n));
	check_eq(n, 1);
	check(!count_parts((struct bytes){ 0 }, &n));
}

static void check_report(const struct rtcp_report *r, uint32_t ssrc)
{
	check_eq(r->ssrc, ssrc);
	check_eq(r->fraction_lost, 0x40);
	check_eq(r->lost, -2);
	check_eq(r->highest, 0x00011234);
	check_eq(r->jitter, 9);
	check_eq(r->last_report, 0xaabbccdd);
	check_eq(r->delay, 7);
}

TEST(reports)
{
	struct rtcp p = parse(bytes_make(sender_report, sizeof(sender_report)));
	struct rtcp_report r;

	check_eq(p.sender, 1);
	check_eq(p.info.ntp, 0x0102030405060708);
	check_eq(p.info.timestamp, 10);
	check_eq(p.info.packets, 11);
	check_eq(p.info.octets, 12);
	check(rtcp_take_report(&p, &r));
	check_report(&r, 5);
	check(!rtcp_take_report(&p, &r));

	p = parse(bytes_make(receiver_report, sizeof(receiver_report)));
	check(rtcp_take_report(&p, &r));
	check_report(&r, 5);
	check(rtcp_take_report(&p, &r));
	check_report(&r, 6);
	check(!rtcp_take_report(&p, &r));

	p = parse(bytes_make(extended_report, sizeof(extended_report)));
	check(!rtcp_take_report(&p, &r));
}

TEST(names)
{
	struct rtcp p = parse(bytes_make(description, sizeof(description)));
	struct bytes name;
	uint32_t ssrc;

	check(rtcp_take_name(&p, &ssrc, &name));
	check_eq(ssrc, 1);
	check_bytes(name, "ab", 2);
	check(rtcp_take_name(&p, &ssrc, &name));	/* the second chunk has none */
	check_eq(ssrc, 3);
	check_bytes(name, "c", 1);
	check(!rtcp_take_name(&p, &ssrc, &name));
}

TEST(sources)
{
	struct rtcp p = parse(bytes_make(bye, sizeof(bye)));
	uint32_t ssrc;

	check(rtcp_take_source(&p, &ssrc));
	check_eq(ssrc, 1);
	check(rtcp_take_source(&p, &ssrc));
	check_eq(ssrc, 2);
	check(!rtcp_take_source(&p, &ssrc));

	p = parse(bytes_make(remb, sizeof(remb)));
	check_eq(p.bitrate, 0x3ffff << 2);
	check(rtcp_take_source(&p, &ssrc));
	check(rtcp_take_source(&p, &ssrc));
	check_eq(ssrc, 2);
	check(!rtcp_take_source(&p, &ssrc));
}

TEST(every_exponent_of_a_bitrate)
{
	uint8_t packet[sizeof(remb)];

	memcpy(packet, remb, sizeof(remb));
	for (unsigned exponent = 0; exponent < 64; exponent++) {
		struct rtcp p;

		packet[17] = (uint8_t)(exponent << 2);
		packet[18] = 0;
		packet[19] = 3;
		p = parse(bytes_make(packet, sizeof(packet)));
		check_eq(p.bitrate, exponent == 63 ? UINT64_MAX : UINT64_C(3) << exponent);
	}
}

TEST(lost_packets)
{
	static const uint16_t expected[] = { 0xfffe, 0xffff, 0, 14, 100 };
	struct rtcp p = parse(bytes_make(nack, sizeof(nack)));
	uint16_t sequence;

	check_eq(p.sender, 1);
	check_eq(p.media, 2);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		check(rtcp_take_lost(&p, &sequence));
		check_eq(sequence, expected[i]);
	}
	check(!rtcp_take_lost(&p, &sequence));
}

TEST(key_frame_requests)
{
	struct rtcp p = parse(bytes_make(fir, sizeof(fir)));
	uint32_t ssrc;
	uint8_t number;

	check(rtcp_take_fir(&p, &ssrc, &number));
	check_eq(ssrc, 2);
	check_eq(number, 7);
	check(rtcp_take_fir(&p, &ssrc, &number));
	check_eq(ssrc, 3);
	check_eq(number, 8);
	check(!rtcp_take_fir(&p, &ssrc, &number));

	p = parse(bytes_make(padded, sizeof(padded)));
	check_eq(p.sender, 1);
	check_eq(p.media, 2);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(kinds),
	cmocka_unit_test(truncations),
	cmocka_unit_test(honest_truncations),
	cmocka_unit_test(lengths_and_counts_that_lie),
	cmocka_unit_test(feedback_of_the_wrong_size),
	cmocka_unit_test(padding),
	cmocka_unit_test(types_outside_the_range_are_refused),
	cmocka_unit_test(a_compound_is_walked_to_its_first_fault),
	cmocka_unit_test(reports),
	cmocka_unit_test(names),
	cmocka_unit_test(sources),
	cmocka_unit_test(every_exponent_of_a_bitrate),
	cmocka_unit_test(lost_packets),
	cmocka_unit_test(key_frame_requests),
};

RUN_TESTS(tests)
