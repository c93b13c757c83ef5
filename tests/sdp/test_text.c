/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/sdp/text.c. Invariant: no text here ends in a zero that a function could lean on. */
#include "tests/support/check.h"

#include "base/mem.h"
#include "sfu/sdp/text.h"

#define T(s) bytes_make((s), sizeof(s) - 1)

TEST(lines)
{
	struct bytes rest = T("one\r\ntwo\n\n\rx\r\nlast"), line;

	check(text_take_line(&rest, &line));
	check_bytes(line, "one", 3);
	check(text_take_line(&rest, &line));
	check_bytes(line, "two", 3);
	check(text_take_line(&rest, &line));
	check_eq(line.size, 0);
	check(text_take_line(&rest, &line));
	check_bytes(line, "\rx", 2);
	check(!text_take_line(&rest, &line));
	check_bytes(rest, "last", 4);
	rest = (struct bytes){ 0 };
	check(!text_take_line(&rest, &line));
}

TEST(parts)
{
	struct bytes rest = T("a::b"), part;

	part = text_take(&rest, ':');
	check_bytes(part, "a", 1);
	part = text_take(&rest, ':');
	check_eq(part.size, 0);
	check_bytes(rest, "b", 1);
	part = text_take(&rest, ':');
	check_bytes(part, "b", 1);
	check_eq(rest.size, 0);
	part = text_take(&rest, ':');
	check_eq(part.size, 0);
	rest = T("a:");
	part = text_take(&rest, ':');
	check_bytes(part, "a", 1);
	check_eq(rest.size, 0);
}

TEST(words)
{
	struct bytes rest = T("  one two   "), word;

	check(text_take_word(&rest, &word));
	check_bytes(word, "one", 3);
	check(text_take_word(&rest, &word));
	check_bytes(word, "two", 3);
	check(!text_take_word(&rest, &word));
}

TEST(numbers)
{
	const struct { struct bytes text; uint64_t most; bool fine; uint64_t value; } cases[] = {
		{ T("0"), 0, true, 0 },
		{ T("127"), 127, true, 127 },
		{ T("128"), 127, false, 0 },
		{ T("0000000000000000000000127"), 127, true, 127 },
		{ T("18446744073709551615"), UINT64_MAX, true, UINT64_MAX },
		{ T("18446744073709551616"), UINT64_MAX, false, 0 },
		{ T("99999999999999999999999999"), UINT64_MAX, false, 0 },
		{ T("5"), 3, false, 0 },
		{ T(""), 9, false, 0 },
		{ T("-1"), 9, false, 0 },
		{ T("+1"), 9, false, 0 },
		{ T(" 1"), 9, false, 0 },
		{ T("1x"), 9, false, 0 },
		{ T("0x1"), 9, false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t v = 42;

		check_eq(text_number(cases[i].text, cases[i].most, &v), cases[i].fine);
		check_eq(v, cases[i].fine ? cases[i].value : 42);
	}
}

TEST(comparisons)
{
	check(text_same(T("OPUS/48000"), "opus/48000"));
	check(!text_same(T("opus"), "opu"));
	check(!text_same(T("[pus"), "{pus"));
	check(!text_same(T("opa"), "opu"));
	check(text_ends_with(T("UDP/RTP"), "/RTP"));
	check(!text_ends_with(T("RTP"), "/RTP"));
	check(!text_ends_with(T("/RTQ"), "/RTP"));
}

TEST(names)
{
	const struct { struct bytes text; size_t most; bool visible, name; } cases[] = {
		{ T("a"), 4, true, true },
		{ T("aZ09"), 4, true, true },
		{ T("aZ090"), 4, false, false },
		{ T(""), 4, false, false },
		{ T("a-_"), 4, true, true },
		{ T("a+"), 4, true, false },
		{ T("a b"), 4, false, false },
		{ T("a\0"), 4, false, false },
		{ T("\x7f"), 4, false, false },
		{ T("\xc3\xa9"), 4, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		check_eq(text_is_visible(cases[i].text, cases[i].most), cases[i].visible);
		check_eq(text_is_name(cases[i].text, cases[i].most, "-_"), cases[i].name);
	}
}

TEST(hex)
{
	uint8_t bytes[3] = { 9, 9, 9 };

	check(!text_colon_hex(T("0A:bC"), bytes, 3));
	check(!text_colon_hex(T("0A:bC:"), bytes, 3));
	check(!text_colon_hex(T("0A:bC:1"), bytes, 3));
	check(!text_colon_hex(T("0A:bC-12"), bytes, 3));
	check(!text_colon_hex(T("0A:bC:1g"), bytes, 3));
	check(!text_colon_hex(T("0A:bC:/1"), bytes, 3));
	check(!text_colon_hex(T("0A:bC:12:"), bytes, 3));
	check(!text_colon_hex(T(""), bytes, 0));
	check_eq(bytes[0], 9);
	check(text_colon_hex(T("0A:bC:12"), bytes, 3));
	check_eq(bytes[0], 0x0a);
	check_eq(bytes[1], 0xbc);
	check_eq(bytes[2], 0x12);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(lines),
	cmocka_unit_test(parts),
	cmocka_unit_test(words),
	cmocka_unit_test(numbers),
	cmocka_unit_test(comparisons),
	cmocka_unit_test(names),
	cmocka_unit_test(hex),
};

RUN_TESTS(tests)
