/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of checks, and the language. */
#include "server/ctl/doctor.h"

#include "base/mem.h"
#include "tests/support/check.h"

TEST(language_is_that_of_the_environment)
{
	check(doctor_is_dutch(NULL, NULL, "nl_BE.UTF-8"));
	check(doctor_is_dutch("", "", "nl"));
	check(doctor_is_dutch("nl_NL@euro", "fr_BE", "en"));
	check(doctor_is_dutch(NULL, "nl.UTF-8", "C"));
	check(!doctor_is_dutch("C", NULL, "nl_BE"));
	check(!doctor_is_dutch(NULL, NULL, NULL));
	check(!doctor_is_dutch(NULL, NULL, "nlx"));
}

TEST(help_names_every_check)
{
	static const char start[] = "Checks: ";
	char text[2048];
	const char *at = strstr(options_help(CTL_DOCTOR), start), *end;
	size_t n = 0;

	check(at);
	at += strlen(start);
	end = strchr(at, '.');
	check(end && (size_t)(end - at) < sizeof(text));
	while (at < end) {
		size_t size = strcspn(at, ", .\n");

		memcpy(text, at, size);
		text[size] = '\0';
		check(doctor_knows(text));
		n++;
		at += size + strspn(at + size, ", \n");
		if (*at == '.')
			break;
	}
	check_eq(n, DOCTOR_CHECKS);
	check(DOCTOR_CHECKS >= 25);
	check(!doctor_knows("moon"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(language_is_that_of_the_environment),
	cmocka_unit_test(help_names_every_check),
};

RUN_TESTS(tests)
