/* SPDX-License-Identifier: EUPL-1.2 */
/* A page in order, and one of each fault. */
#include "server/ctl/checks.h"

#include <errno.h>

#include "base/mem.h"
#include "server/shell/page.h"
#include "tests/support/check.h"

static struct finding f;
static char text[8192];

/* The headers as conclaved sends them, but for one: then without it, or with another value. */
static struct bytes heads(size_t except, const char *instead)
{
	struct writer w = writer(text, sizeof(text));

	for (size_t i = 0; i < PAGE_HEADERS; i++)
		if (i != except)
			write_format(&w, "%s: %s\r\n", page_headers[i].name, page_headers[i].value);
		else if (instead)
			write_format(&w, "%s: %s\r\n", page_headers[i].name, instead);
	check(w.ok);
	return written(&w);
}

TEST(every_header_must_arrive)
{
	judge_headers(&f, heads(PAGE_HEADERS, NULL));
	check_eq(f.grade, GRADE_OK);
	for (size_t i = 0; i < PAGE_HEADERS; i++) {
		judge_headers(&f, heads(i, NULL));
		check_eq(f.grade, GRADE_BROKEN);
		check(strstr(f.says, page_headers[i].name));
		judge_headers(&f, heads(i, "something else"));
		check_eq(f.grade, GRADE_BROKEN);
	}
	judge_headers(&f, bytes_make(NULL, 0));
	check_eq(f.grade, GRADE_BROKEN);
}

static enum grade policy(const char *connect, const char *without)
{
	struct writer w = writer(text, sizeof(text));
	char *at;

	write_string(&w, "Content-Security-Policy: ");
	page_write_policy(&w, bytes_of_string(connect));
	write_string(&w, "\r\n");
	write_u8(&w, 0);
	check(w.ok);
	at = without ? strstr(text, without) : NULL;
	check(!without || at);
	if (at)
		memset(at, 'x', strlen(without));
	judge_policy(&f, bytes_of_string(text));
	return f.grade;
}

TEST(policy_must_be_ours)
{
	check_eq(policy("", NULL), GRADE_OK);
	check_eq(policy(" wss://raad.example.org", NULL), GRADE_OK);
	check_eq(policy("", "default-src 'none'"), GRADE_BROKEN);
	check_eq(policy(" wss://raad.example.org", "trusted-types lit"), GRADE_BROKEN);
	check_eq(policy("", "; media-src"), GRADE_BROKEN);
	judge_policy(&f, bytes_of_string("Content-Security-Policy: default-src *\r\n"));
	check_eq(f.grade, GRADE_BROKEN);
	judge_policy(&f, bytes_of_string("Content-Type: text/html\r\n"));
	check_eq(f.grade, GRADE_BROKEN);
}

TEST(certificate_that_is_served_is_the_one_in_the_file)
{
	judge_served(&f, true);
	check_eq(f.grade, GRADE_OK);
	judge_served(&f, false);
	check_eq(f.grade, GRADE_ATTENTION);
}

TEST(old_protocols_are_found)
{
	judge_protocol(&f, true, 0);
	check_eq(f.grade, GRADE_OK);
	judge_protocol(&f, true, -EPROTONOSUPPORT);
	check_eq(f.grade, GRADE_OK);
	judge_protocol(&f, false, 0);
	check_eq(f.grade, GRADE_ATTENTION);
	judge_protocol(&f, true, 1);
	check_eq(f.grade, GRADE_BROKEN);
}

TEST(names_lead_here_or_not)
{
	static const struct { enum name_state state; enum grade grade; const char *says; } cases[] = {
		{ NAME_IS_NONE, GRADE_OK, "lead to this machine" }, { NAME_OURS, GRADE_OK, "CAA" },
		{ NAME_ELSEWHERE, GRADE_ATTENTION, "raad.example.org leads to an address" },
		{ NAME_UNKNOWN, GRADE_ATTENTION, "no address for raad.example.org" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		judge_name(&f, "raad.example.org", cases[i].state);
		check_eq(f.grade, cases[i].grade);
		check(strstr(f.says, cases[i].says));
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_header_must_arrive),
	cmocka_unit_test(policy_must_be_ours),
	cmocka_unit_test(certificate_that_is_served_is_the_one_in_the_file),
	cmocka_unit_test(old_protocols_are_found),
	cmocka_unit_test(names_lead_here_or_not),
};

RUN_TESTS(tests)
