/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/rtp/rtp.c. Invariant: a packet stands in a block of its own size, so that the sanitizers see a read too far. */
#include "tests/support/check.h"

#include "base/mem.h"
#include "sfu/rtp/rtp.h"

/* Marker, payload type 96, sequence 0x1234, timestamp 0x01020304, SSRC 0xa0b0c0d0. */
#define HEAD(b0) (b0), 0xe0, 0x12, 0x34, 1, 2, 3, 4, 0xa0, 0xb0, 0xc0, 0xd0

static const uint8_t plain[] = { HEAD(0x80), 'a', 'b', 'c' };
static const uint8_t empty[] = { HEAD(0x80) };
static const uint8_t sources[] = { HEAD(0x82), 0, 0, 0, 1, 0, 0, 0, 2, 'a' };
static const uint8_t padded[] = { HEAD(0xa0), 'a', 'b', 0, 0, 3 };
static const uint8_t only_padding[] = { HEAD(0xa0), 0, 0, 3 };
/* id 3: "0"; padding; id 7: 2 bytes */
static const uint8_t one_byte[] = { HEAD(0x90), 0xbe, 0xde, 0, 2, 0x30, '0', 0, 0x71, 5, 6, 0, 0, 'x' };
/* id 20: 17 bytes; padding; id 3: "0" */
static const uint8_t two_byte[] = { HEAD(0x90), 0x10, 0x0f, 0, 6, 20, 17, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
	14, 15, 16, 17, 0, 0, 3, 1, '0', 'x' };
static const uint8_t empty_block[] = { HEAD(0x90), 0xbe, 0xde, 0, 0, 'x' };
static const uint8_t other_block[] = { HEAD(0x90), 0x12, 0x34, 0, 1, 0xff, 0xff, 0xff, 0xff, 'x' };
static const uint8_t everything[] = { HEAD(0xb1), 0, 0, 0, 1, 0xbe, 0xde, 0, 1, 0x32, 1, 2, 3, 'x', 'y', 0, 2 };

#define SEED(b) { (b), sizeof(b) }

static const struct bytes seeds[] = {
	SEED(plain), SEED(empty), SEED(sources), SEED(padded), SEED(only_padding), SEED(one_byte), SEED(two_byte),
	SEED(empty_block), SEED(other_block), SEED(everything),
};

static bool parse_exact(struct bytes in, struct rtp *ret)
{
	uint8_t *block = mem_alloc(in.size);
	bool fine;

	if (in.size)
		memcpy(block, in.data, in.size);
	fine = rtp_parse(bytes_make(block, in.size), ret);
	mem_free(block);
	return fine;
}

TEST(fields)
{
	struct rtp p;

	check(rtp_parse(bytes_make(plain, sizeof(plain)), &p));
	check(p.marker);
	check_eq(p.payload_type, 96);
	check_eq(p.sequence, 0x1234);
	check_eq(p.timestamp, 0x01020304);
	check_eq(p.ssrc, 0xa0b0c0d0);
	check_eq(p.csrc_count, 0);
	check_eq(p.padding, 0);
	check_eq(p.profile, 0);
	check_bytes(p.payload, "abc", 3);
}

TEST(shapes)
{
	static const struct {
		struct bytes in;
		uint8_t csrcs, padding;
		uint16_t profile;
		size_t extension, payload;
	} cases[] = {
		{ SEED(empty), 0, 0, 0, 0, 0 },
		{ SEED(sources), 2, 0, 0, 0, 1 },
		{ SEED(padded), 0, 3, 0, 0, 2 },
		{ SEED(only_padding), 0, 3, 0, 0, 0 },
		{ SEED(one_byte), 0, 0, 0xbede, 8, 1 },
		{ SEED(two_byte), 0, 0, 0x100f, 24, 1 },
		{ SEED(empty_block), 0, 0, 0xbede, 0, 1 },
		{ SEED(other_block), 0, 0, 0x1234, 4, 1 },
		{ SEED(everything), 1, 2, 0xbede, 4, 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rtp p;

		check(rtp_parse(cases[i].in, &p));
		check_eq(p.csrc_count, cases[i].csrcs);
		check_eq(p.padding, cases[i].padding);
		check_eq(p.profile, cases[i].profile);
		check_eq(p.extension.size, cases[i].extension);
		check_eq(p.payload.size, cases[i].payload);
	}
}

/* ATTACKS B04 */
TEST(bombs_are_dropped)
{
	static const uint8_t version_1[] = { HEAD(0x40) };
	static const uint8_t version_3[] = { HEAD(0xc0) };
	static const uint8_t fifteen_sources[] = { HEAD(0x8f) };
	static const uint8_t endless_block[] = { HEAD(0x90), 0xbe, 0xde, 0xff, 0xff, 0, 0, 0, 0 };
	static const uint8_t no_block[] = { HEAD(0x90) };
	static const uint8_t half_block[] = { HEAD(0x90), 0xbe, 0xde, 0 };
	static const uint8_t id_15[] = { HEAD(0x90), 0xbe, 0xde, 0, 1, 0xf0, 1, 0, 0 };
	static const uint8_t id_0_with_length[] = { HEAD(0x90), 0xbe, 0xde, 0, 1, 0x01, 1, 2, 0 };
	static const uint8_t element_too_long[] = { HEAD(0x90), 0xbe, 0xde, 0, 1, 0x33, 1, 2, 3 };
	static const uint8_t two_byte_no_length[] = { HEAD(0x90), 0x10, 0, 0, 1, 0, 0, 0, 3 };
	static const uint8_t two_byte_empty[] = { HEAD(0x90), 0x10, 0, 0, 1, 3, 0, 0, 0 };
	static const uint8_t two_byte_too_long[] = { HEAD(0x90), 0x10, 0, 0, 1, 3, 3, 1, 2 };
	static const uint8_t padding_zero[] = { HEAD(0xa0), 'a', 0 };
	static const uint8_t padding_over[] = { HEAD(0xa0), 'a', 3 };
	static const uint8_t padding_missing[] = { HEAD(0xa0) };
	static const struct bytes bombs[] = {
		SEED(version_1), SEED(version_3), SEED(fifteen_sources), SEED(endless_block), SEED(no_block),
		SEED(half_block), SEED(id_15), SEED(id_0_with_length), SEED(element_too_long),
		SEED(two_byte_no_length), SEED(two_byte_empty), SEED(two_byte_too_long), SEED(padding_zero),
		SEED(padding_over), SEED(padding_missing), { NULL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bombs); i++) {
		struct rtp p = { .ssrc = 42 };

		check(!parse_exact(bombs[i], &p));
		check_eq(p.ssrc, 42);
	}
}

/* A cut packet is refused, or it is a shorter one: cutting takes bytes off the payload and from nowhere else. */
TEST(truncations)
{
	for (size_t i = 0; i < ARRAY_SIZE(seeds); i++) {
		struct rtp whole;

		check(rtp_parse(seeds[i], &whole));
		for (size_t size = 0; size < seeds[i].size; size++) {
			struct rtp p;
			size_t cut = seeds[i].size - size;
			bool fine = parse_exact(bytes_make(seeds[i].data, size), &p);

			check(!fine || whole.padding || p.payload.size + cut == whole.payload.size);
			check(fine || whole.padding || cut > whole.payload.size);
		}
	}
}

TEST(elements)
{
	struct rtp_extension_walk w;
	struct rtp_extension e;
	struct rtp p;

	check(rtp_parse(bytes_make(one_byte, sizeof(one_byte)), &p));
	w = rtp_extension_walk(&p);
	check(rtp_extension_next(&w, &e));
	check_eq(e.id, 3);
	check_bytes(e.value, "0", 1);
	check(rtp_extension_next(&w, &e));
	check_eq(e.id, 7);
	check_bytes(e.value, "\5\6", 2);
	check(!rtp_extension_next(&w, &e));
	check(w.r.ok);

	check(rtp_parse(bytes_make(two_byte, sizeof(two_byte)), &p));
	w = rtp_extension_walk(&p);
	check(rtp_extension_next(&w, &e));
	check_eq(e.id, 20);
	check_eq(e.value.size, 17);
	check(rtp_extension_next(&w, &e));
	check_eq(e.id, 3);
	check_bytes(e.value, "0", 1);
	check(!rtp_extension_next(&w, &e));

	check(rtp_parse(bytes_make(other_block, sizeof(other_block)), &p));
	w = rtp_extension_walk(&p);
	check(!rtp_extension_next(&w, &e));
	check(w.r.ok);
}

TEST(retransmissions_carry_the_number)
{
	static const uint8_t in[] = { HEAD(0x80), 0xab, 0xcd, 'x' };
	static const uint8_t bare[] = { HEAD(0x80), 0xab, 0xcd };
	uint16_t sequence = 1;
	struct rtp p;

	check(rtp_parse(bytes_make(in, sizeof(in)), &p));
	check(rtp_unwrap_rtx(&p, &sequence));
	check_eq(sequence, 0xabcd);
	check_bytes(p.payload, "x", 1);
	check(!rtp_unwrap_rtx(&p, &sequence));
	check_eq(sequence, 0xabcd);
	check_bytes(p.payload, "x", 1);
	check(rtp_parse(bytes_make(bare, sizeof(bare)), &p));
	check(rtp_unwrap_rtx(&p, &sequence));
	check_eq(p.payload.size, 0);
}

TEST(what_is_written_is_read_back)
{
	static const uint8_t value[16] = "0123456789abcdef";
	uint8_t out[512];

	for (unsigned i = 0; i < 1024; i++) {
		struct rtp_extension extensions[2] = {
			{ (uint8_t)(1 + i % 14), bytes_make(value, 1 + i % 16) },
			{ (uint8_t)(1 + (i + 1) % 14), bytes_make(value, 2) },
		};
		struct rtp in = { .marker = i & 1, .payload_type = i & 0x7f, .sequence = (uint16_t)(i * 129),
			.timestamp = i * 8388617, .ssrc = ~i, .padding = (uint8_t)(i / 3),
			.payload = bytes_make(value, i % 17) };
		struct writer w = writer(out, sizeof(out));
		struct rtp_extension_walk walk;
		struct rtp_extension e;
		struct rtp p;
		size_t n = i % 3;

		rtp_write(&w, &in, extensions, n);
		check(w.ok);
		check(rtp_parse(written(&w), &p));
		check_eq(p.marker, in.marker);
		check_eq(p.payload_type, in.payload_type);
		check_eq(p.sequence, in.sequence);
		check_eq(p.timestamp, in.timestamp);
		check_eq(p.ssrc, in.ssrc);
		check_eq(p.padding, in.padding);
		check(bytes_equal(p.payload, in.payload));
		walk = rtp_extension_walk(&p);
		for (size_t j = 0; j < n; j++) {
			check(rtp_extension_next(&walk, &e));
			check_eq(e.id, extensions[j].id);
			check(bytes_equal(e.value, extensions[j].value));
		}
		check(!rtp_extension_next(&walk, &e));
	}
}

TEST(what_the_one_byte_form_cannot_say_is_not_written)
{
	static const struct rtp_extension bad[] = {
		{ 0, { plain, 1 } }, { 15, { plain, 1 } }, { 3, { NULL, 0 } }, { 3, { two_byte, 17 } },
	};
	struct rtp p = { .payload = bytes_make(plain, sizeof(plain)), .padding = 5 };
	uint8_t out[64];
	struct writer w;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		w = writer(out, sizeof(out));
		rtp_write_header(&w, &p, &bad[i], 1);
		check(!w.ok);
	}
	for (size_t size = 0; size < RTP_HEADER_SIZE + sizeof(plain) + 5; size++) {
		w = writer(out, size);
		rtp_write(&w, &p, NULL, 0);
		check(!w.ok);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(fields),
	cmocka_unit_test(shapes),
	cmocka_unit_test(bombs_are_dropped),
	cmocka_unit_test(truncations),
	cmocka_unit_test(elements),
	cmocka_unit_test(retransmissions_carry_the_number),
	cmocka_unit_test(what_is_written_is_read_back),
	cmocka_unit_test(what_the_one_byte_form_cannot_say_is_not_written),
};

RUN_TESTS(tests)
