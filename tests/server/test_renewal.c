/* SPDX-License-Identifier: EUPL-1.2 */
/* When the certificate's end is told of (ATTACKS G13); what happens to connections stands in
 * tests/attack/certificate.test.mjs. */
#include "server/shell/renewal.h"

#include "tests/support/check.h"

#define DAY SECONDS(86400)
#define END (SECONDS(1800000000))

TEST(each_step_comes_on_its_day)
{
	static const unsigned days[] = { 30, 14, 7, 1, 0 };

	for (unsigned i = 0; i < 5; i++) {
		check_eq(renewal_step(END, END - DAY * days[i] - 1), i);
		check_eq(renewal_step(END, END - DAY * days[i]), i + 1);
	}
	check_eq(renewal_step(END, END + 400 * DAY), 5);
	check_eq(renewal_step(END, 0), 0);
}

TEST(an_end_that_nobody_knows_is_never_told_of)
{
	check_eq(renewal_step(0, END), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_step_comes_on_its_day),
	cmocka_unit_test(an_end_that_nobody_knows_is_never_told_of),
};
RUN_TESTS(tests)
