/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/rtp/extension.c. Invariant: a table row is the extension block of a packet and what is made of it. */
#include "tests/support/check.h"

#include "base/mem.h"
#include "sfu/rtp/extension.h"

static const struct extension_ids ids = { .mid = 4, .rid = 10, .repaired_rid = 11, .transport_sequence = 3 };

static bool read_block(const char *block, size_t size, struct extension_values *ret)
{
	struct rtp p = { .profile = RTP_PROFILE_ONE_BYTE, .extension = bytes_make(block, size) };

	return extension_read(&p, &ids, ret);
}

#define READ(block, ret) read_block((block), sizeof(block) - 1, (ret))

TEST(each_by_its_meaning)
{
	struct extension_values v;

	check(READ("\x31\xab\xcd\x40" "7" "\xa0" "q" "\xb2" "low" "\x10\xff\x00", &v));
	check(v.has_transport_sequence);
	check_eq(v.transport_sequence, 0xabcd);
	check_bytes(v.mid, "7", 1);
	check_bytes(v.rid, "q", 1);
	check_bytes(v.repaired_rid, "low", 3);
}

TEST(what_is_absent_is_empty)
{
	struct extension_values v;

	check(READ("", &v));
	check(!v.has_transport_sequence);
	check_eq(v.mid.size, 0);
	check_eq(v.rid.size, 0);
	check_eq(v.repaired_rid.size, 0);
	check(READ("\x10\x22\x00\x00", &v));
	check_eq(v.mid.size, 0);
}

TEST(zeros_after_a_text_are_not_of_it)
{
	struct extension_values v;

	check(READ("\x43" "ab\0\0", &v));
	check_bytes(v.mid, "ab", 2);
	check(READ("\x4f" "0123456789abcdef", &v));
	check_eq(v.mid.size, EXTENSION_TEXT_MAX);
}

TEST(malformed_values_spoil_the_packet)
{
	static const struct { const char *block; size_t size; } cases[] = {
		{ "\x41\0a", 3 },		/* a mid that starts with zero */
		{ "\x40" "1" "\x40" "2", 4 },	/* two mids */
		{ "\xa0" "q" "\xa0" "q", 4 },
		{ "\xb0\0", 2 },
		{ "\x30\1", 2 },		/* a sequence number of one byte, of three, and two of them */
		{ "\x32\1\2\3", 4 },
		{ "\x31\1\2\x31\1\2", 6 },
		{ "\x43" "ab", 3 },		/* cut short */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct extension_values v = { .transport_sequence = 42 };

		check(!read_block(cases[i].block, cases[i].size, &v));
		check_eq(v.transport_sequence, 42);
	}
}

TEST(a_long_text_of_the_two_byte_form_is_refused)
{
	static const char block[] = "\x04\x11" "0123456789abcdefg";
	struct rtp p = { .profile = RTP_PROFILE_TWO_BYTE, .extension = bytes_make(block, sizeof(block) - 1) };
	struct extension_values v;

	check(!extension_read(&p, &ids, &v));
	p.extension = bytes_make("\x04\x01" "7", 3);
	check(extension_read(&p, &ids, &v));
	check_bytes(v.mid, "7", 1);
}

TEST(what_was_not_negotiated_means_nothing)
{
	static const struct extension_ids none = { 0 };
	struct rtp p = { .profile = RTP_PROFILE_ONE_BYTE, .extension = bytes_make("\x40" "7" "\x40" "7", 4) };
	struct extension_values v;

	check(extension_read(&p, &none, &v));
	check_eq(v.mid.size, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_by_its_meaning),
	cmocka_unit_test(what_is_absent_is_empty),
	cmocka_unit_test(zeros_after_a_text_are_not_of_it),
	cmocka_unit_test(malformed_values_spoil_the_packet),
	cmocka_unit_test(a_long_text_of_the_two_byte_form_is_refused),
	cmocka_unit_test(what_was_not_negotiated_means_nothing),
};

RUN_TESTS(tests)
