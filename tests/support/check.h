/* SPDX-License-Identifier: EUPL-1.2 */
/* What every C test includes: cmocka with TAP output. In tests only. Invariant: a test program prints TAP. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TEST(name) static void name(void **state __attribute__((unused)))

#define check(condition) assert_true(condition)
#define check_eq(a, b) assert_int_equal((a), (b))
#define check_ge(a, b) check((a) >= (b))
#define check_le(a, b) check((a) <= (b))
#define check_text(a, b) assert_string_equal((a), (b))
#define check_bytes(b, expected, n) do { \
		assert_int_equal((b).size, (n)); \
		assert_memory_equal((b).data, (expected), (n)); \
	} while (0)

/* Ends the test here for anybody but root, and says why: the run shows it as skipped, never as passed. */
#define need_root(why) do { \
		if (geteuid() != 0) { \
			print_message("# skipped: %s\n", (why)); \
			skip(); \
		} \
	} while (0)

/* Of `tests/run full`: all that the short form takes a sample of. */
static inline bool is_long_form(void)
{
	const char *form = getenv("CONCLAVE_TEST_FORM");

	return form && strcmp(form, "full") == 0;
}

#define RUN_TESTS(tests) \
	int main(void) \
	{ \
		cmocka_set_message_output(CM_OUTPUT_TAP); \
		return cmocka_run_group_tests(tests, NULL, NULL); \
	}
