/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading what conclaved answered, and what it should not have. */
#include "server/ctl/answer.h"

#include "tests/support/check.h"

TEST(values_are_found)
{
	_cleanup_(answer_freep) struct answer *a = answer_parse(bytes_of_string(
		"{\"ok\":true,\"n\":7,\"text\":\"Zoë\",\"none\":null,\"list\":[{\"x\":\"1\"},{\"x\":\"2\"}]}"));

	check(a);
	check(answer_boolean(a, "ok"));
	check_eq(answer_number(a, "n"), 7);
	check_text(answer_text(a, "text"), "Zoë");
	check_eq(answer_count(answer_get(a, "list")), 2);
	check_text(answer_text(answer_item(answer_get(a, "list"), 1), "x"), "2");
}

TEST(what_is_missing_or_of_another_kind_is_nothing)
{
	_cleanup_(answer_freep) struct answer *a = answer_parse(bytes_of_string(
		"{\"ok\":1,\"n\":\"7\",\"text\":7,\"none\":null,\"list\":{}}"));

	check(a);
	check(!answer_boolean(a, "ok"));
	check_eq(answer_number(a, "n"), 0);
	check(!answer_text(a, "text"));
	check(!answer_text(a, "none"));
	check(!answer_text(a, "absent"));
	check_eq(answer_count(answer_get(a, "list")), 0);
	check(!answer_item(answer_get(a, "list"), 0));
	check(!answer_text(answer_item(answer_get(a, "list"), 0), "x"));
	check(!answer_text(NULL, "x"));
}

TEST(what_is_no_object_is_refused)
{
	static const char *const bad[] = {
		"", "[]", "7", "null", "{", "{}{}", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		check(!answer_parse(bytes_of_string(bad[i])));
	check(!answer_free(NULL));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(values_are_found),
	cmocka_unit_test(what_is_missing_or_of_another_kind_is_nothing),
	cmocka_unit_test(what_is_no_object_is_refused),
};

RUN_TESTS(tests)
