/* SPDX-License-Identifier: EUPL-1.2 */
/* server/wire/text.c, agent.c and json.c: characters, dates, and JSON that comes back as it went. In tests only. */
#include "base/mem.h"
#include "base/random.h"
#include "server/hall/protocol.h"
#include "server/wire/agent.h"
#include "server/wire/json.h"
#include "server/wire/text.h"
#include "tests/support/check.h"

static bool line(const char *s, size_t least, size_t most)
{
	return text_is_line(bytes_of_string(s), least, most);
}

TEST(characters_are_counted_not_bytes)
{
	check(line("", 0, 0));
	check(!line("", 1, 9));
	check(line("Bé", 2, 2));
	check(line("\xf0\x9f\x8f\x9b", 1, 1));
	check(!line("abc", 1, 2));
	check(line("a b\xc2\xa0" "c", 5, 5));
}

TEST(what_cannot_stand_on_one_line_is_refused)
{
	static const char *const bad[] = { "a\nb", "\t", "\x7f", "\xc2\x85", "\xe2\x80\xae", "\xe2\x80\xaa",
		"\xe2\x81\xa6", "\xe2\x81\xa9", "\xe2\x80\xa8" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check(!line(bad[i], 0, 9));
	check(!text_is_line(bytes_make("a\0b", 3), 0, 9));
	check(line("\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa", 4, 4));	/* the neighbours of those */
}

/* ATTACKS C26: what nobody sees makes no other name of one. */
TEST(a_name_is_what_is_seen_of_it)
{
	static const char *const unseen[] = {
		"\xc2\xad", "\xcd\x8f", "\xd8\x9c", "\xe1\x85\x9f", "\xe1\xa0\x8e", "\xe2\x80\x8b", "\xe2\x80\x8c",
		"\xe2\x80\x8d", "\xe2\x80\x8e", "\xe2\x81\xa0", "\xe2\x81\xa4", "\xe3\x85\xa4", "\xef\xb8\x8f",
		"\xef\xbb\xbf", "\xef\xbe\xa0", "\xf0\x9d\x85\xb3", "\xf3\xa0\x81\x81",
	};
	static const char *const neighbours[] = {
		"\xc2\xac", "\xc2\xae", "\xe2\x80\x8a", "\xe2\x80\x90", "\xef\xb8\x90", "\xef\xbf\xbd",
		"\xf3\xa1\x80\x80",
	};
	char name[32];

	for (size_t i = 0; i < ARRAY_SIZE(unseen); i++) {
		(void)snprintf(name, sizeof(name), "Jan %sPeeters", unseen[i]);
		if (text_is_proper_name(bytes_of_string(name), 1, 99))
			fail_msg("number %zu", i);
		check(text_is_line(bytes_of_string(name), 1, 99));	/* of a title or a reason they may be a part */
	}
	for (size_t i = 0; i < ARRAY_SIZE(neighbours); i++) {
		(void)snprintf(name, sizeof(name), "Jan %sPeeters", neighbours[i]);
		check(text_is_proper_name(bytes_of_string(name), 1, 99));
	}
	check(text_is_proper_name(bytes_of_string("Jos\xc3\xa9 d'Hondt-\xc5\x9euhai"), 1, 99));
	check(!text_is_proper_name(bytes_of_string("Jan\n"), 1, 99));
	check(!text_is_proper_name(bytes_of_string("Jan"), 4, 99));
}

TEST(bytes_that_are_no_utf8_are_refused)
{
	static const char *const bad[] = { "\x80", "\xc3", "\xc3(", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf",
		"\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
		"\xf8\x88\x80\x80\x80", "\xff", "a\xe2\x82" };
	static const char *const good[] = { "\xc2\xa1", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
		"\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check(!line(bad[i], 0, 99));
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		check(line(good[i], 1, 1));
}

TEST(letters_and_addresses)
{
	check(text_is_letters(bytes_of_string("abcxyz"), 6));
	check(!text_is_letters(bytes_of_string("abcxyz"), 5));
	check(!text_is_letters(bytes_of_string("abCxyz"), 6));
	check(!text_is_letters(bytes_of_string("abc{yz"), 6) && !text_is_letters(bytes_of_string("abc`yz"), 6));
	check(text_is_email(bytes_of_string("an@x")) && text_is_email(bytes_of_string("an.bé+c@x.example")));
	check(!text_is_email(bytes_of_string("")) && !text_is_email(bytes_of_string("@")) &&
		!text_is_email(bytes_of_string("an")) && !text_is_email(bytes_of_string("@x")) &&
		!text_is_email(bytes_of_string("an@")) && !text_is_email(bytes_of_string("a@b@c")) &&
		!text_is_email(bytes_of_string("<an@x>")));
}

TEST(a_browser_is_one_of_our_words)
{
	static const struct { const char *header, *browser, *system; } agents[] = {
		{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "firefox", "windows" },
		{ "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
			"chrome", "linux" },
		{ "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0",
			"edge", "windows" },
		{ "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 "
			"Chrome/121.0 Mobile Safari/537.36", "samsung", "android" },
		{ "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 "
			"Safari/604.1", "safari", "ios" },
		{ "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/126.0 Mobile Safari/604.1",
			"chrome", "ios" },
		{ "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
			"safari", "macos" },
		{ "", "other", "other" }, { "curl/8.8.0", "other", "other" }, { "<script>\xff", "other", "other" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(agents); i++) {
		struct agent agent = agent_read(agents[i].header);

		check_text(agent.browser, agents[i].browser);
		check_text(agent.system, agents[i].system);
	}
	check_text(agent_word(agent_browsers, "opera"), "opera");
	check_text(agent_word(agent_browsers, "mosaic"), "other");
}

static bool parses(const char *s, const char *expected)
{
	char printed[TEXT_TIME_SIZE] = "";
	usec_t wall;

	if (!text_parse_time(bytes_of_string(s), &wall))
		return false;
	text_print_time(wall, printed);
	check_text(printed, expected);
	return true;
}

TEST(times_are_read_and_printed)
{
	check(parses("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"));
	check(parses("2026-03-12T18:30Z", "2026-03-12T18:30:00.000Z"));
	check(parses("2026-03-12T18:30:05.250Z", "2026-03-12T18:30:05.250Z"));
	check(parses("2026-03-12 20:30+02:00", "2026-03-12T18:30:00.000Z"));
	check(parses("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"));
	check(parses("2025-12-31T23:30:00-0100", "2026-01-01T00:30:00.000Z"));
	check(parses("2024-02-29T12:00Z", "2024-02-29T12:00:00.000Z"));
	check(parses("2000-02-29T12:00Z", "2000-02-29T12:00:00.000Z"));
	check(parses("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"));
}

TEST(what_is_no_time_is_refused)
{
	static const char *const bad[] = {
		"", "2026", "2026-03-12", "2026-03-12T18", "2026-03-12T18:30", "2026-03-12T24:00Z",
		"2026-03-12T18:60Z", "2026-03-12T18:30:60Z", "2026-02-29T12:00Z", "2100-02-29T12:00Z",
		"2026-13-01T12:00Z", "2026-00-01T12:00Z", "2026-01-00T12:00Z", "2026-04-31T12:00Z",
		"1969-12-31T23:59Z", "1970-01-01T00:30+01:00", "9999-12-31T23:59-01:00", "2026-03-12T18:30ZZ",
		"2026-03-12T18:30+15:00", "2026-03-12T18:30+01:60", "2026-3-12T18:30Z", "+026-03-12T18:30Z",
		"2026-03-12X18:30Z", "2026-03-12T18:30.5Z", " 2026-03-12T18:30Z",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parses(bad[i], ""))
			fail_msg("%s", bad[i]);
}

TEST(every_day_is_its_own)
{
	char before[TEXT_TIME_SIZE] = "", printed[TEXT_TIME_SIZE];
	usec_t wall;

	for (usec_t day = 0; day < 2932897; day += day < 30000 ? 1 : 17) {
		text_print_time(SECONDS(86400) * day, printed);
		check(strcmp(before, printed) < 0);
		check(text_parse_time(bytes_of_string(printed), &wall));
		check_eq(wall, SECONDS(86400) * day);
		memcpy(before, printed, sizeof(before));
	}
}

/* What we write, the library reads back: every ASCII character, and random text. */
TEST(json_comes_back_as_it_went)
{
	static const struct wire_field fields[] = {
		{ .name = "t", .kind = WIRE_TEXT, .most = 100000 }, { .name = NULL },
	};
	static const struct wire_type types[] = { { "x", fields }, { NULL, NULL } };
	char original[256], encoded[2048];
	struct wire_problem problem;
	struct random random;
	struct wire *w = NULL;

	random_seed(&random, 4);
	for (int round = 0; round < 500; round++) {
		struct writer out = writer(encoded, sizeof(encoded));
		struct json j = json_writer(&out);
		size_t n = round ? random_below(&random, 200) : 127;

		for (size_t i = 0; i < n; i++)
			original[i] = (char)(round ? 1 + random_below(&random, 127) : i + 1);
		original[n] = '\0';
		json_open_object(&j, NULL);
		json_text(&j, "t", original);
		json_close_object(&j);
		check(out.ok);
		check_eq(written(&out).size, strlen("{\"t\":\"\"}") + text_json_size(bytes_make(original, n)));
		check_eq(wire_parse(&w, written(&out), NULL, types, &problem), 0);
		check_text(wire_text(wire_root(w), "t"), original);
		w = wire_free(w);
	}
}

TEST(json_of_every_kind)
{
	char text[256];
	struct writer w = writer(text, sizeof(text));
	struct json j = json_writer(&w);

	json_open_object(&j, NULL);
	json_number(&j, "a", -7);
	json_open_list(&j, "b");
	json_null(&j, NULL);
	json_boolean(&j, NULL, true);
	json_open_object(&j, NULL);
	json_close_object(&j);
	json_close_list(&j);
	json_text(&j, "c\"", NULL);
	json_time(&j, "d", 0);
	json_close_object(&j);
	write_u8(&w, 0);
	check_text(text, "{\"a\":-7,\"b\":[null,true,{}],\"c\\\"\":null,\"d\":\"1970-01-01T00:00:00.000Z\"}");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(characters_are_counted_not_bytes),
	cmocka_unit_test(what_cannot_stand_on_one_line_is_refused),
	cmocka_unit_test(a_name_is_what_is_seen_of_it),
	cmocka_unit_test(bytes_that_are_no_utf8_are_refused),
	cmocka_unit_test(letters_and_addresses),
	cmocka_unit_test(a_browser_is_one_of_our_words),
	cmocka_unit_test(times_are_read_and_printed),
	cmocka_unit_test(what_is_no_time_is_refused),
	cmocka_unit_test(every_day_is_its_own),
	cmocka_unit_test(json_comes_back_as_it_went),
	cmocka_unit_test(json_of_every_kind),
};

RUN_TESTS(tests)
