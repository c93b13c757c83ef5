/* SPDX-License-Identifier: EUPL-1.2 */
/* A kernel in order, and one of each fault. */
#include "server/ctl/checks.h"

#include "base/mem.h"
#include "tests/support/check.h"

static struct finding f;

#define GRADE_OF(judge, text) (judge(&f, bytes_of_string(text)), f.grade)

TEST(values_of_proc_are_read)
{
	uint64_t n = 7;

	check(proc_value(bytes_of_string("MemTotal:  12 kB\nMemAvailable:\t34 kB"), "MemAvailable:", &n, 10));
	check_eq(n, 34);
	check(proc_value(bytes_of_string("4194304\n"), "", &n, 10));
	check_eq(n, 4194304);
	check(!proc_value(bytes_of_string("MemAvailable: many"), "MemAvailable:", &n, 10));
	check(!proc_value(bytes_of_string("MemAvailable:"), "MemAvailable:", &n, 10));
	check(!proc_value(bytes_make(NULL, 0), "x", &n, 10));
	check_eq(n, 4194304);
}

TEST(sandbox_is_looked_for)
{
	check_eq(GRADE_OF(judge_sandbox, "Name:\tx\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n"), GRADE_OK);
	check_eq(GRADE_OF(judge_sandbox, "Name:\tx\nCapEff:\t0000000000000004\nNoNewPrivs:\t1\nSeccomp:\t2\n"),
		GRADE_ATTENTION);
	check(strstr(f.says, "(4)"));
	check_eq(GRADE_OF(judge_sandbox, "Name:\tx\nCapEff:\t0\nNoNewPrivs:\t1\nSeccomp:\t0\n"), GRADE_ATTENTION);
	check(strstr(f.says, "without its own sandbox"));
	check_eq(GRADE_OF(judge_sandbox, "Name:\tx\nCapEff:\t0\nNoNewPrivs:\t0\nSeccomp:\t2\n"), GRADE_ATTENTION);
	check(strstr(f.says, "without its own sandbox"));
	check_eq(GRADE_OF(judge_sandbox, ""), GRADE_ATTENTION);
}

TEST(memory_runs_out)
{
	check_eq(GRADE_OF(judge_memory, "MemAvailable: 524288 kB\n"), GRADE_OK);
	check_eq(GRADE_OF(judge_memory, "MemAvailable: 524287 kB\n"), GRADE_ATTENTION);
	check_eq(GRADE_OF(judge_memory, "MemAvailable: 131071 kB\n"), GRADE_BROKEN);
	check_eq(GRADE_OF(judge_memory, ""), GRADE_ATTENTION);
}

TEST(plain_swap_is_found)
{
	static const char head[] = "Filename\tType\tSize\tUsed\tPriority\n";
	char table[256];

	check_eq(GRADE_OF(judge_swap, ""), GRADE_OK);
	check_eq(GRADE_OF(judge_swap, head), GRADE_OK);
	(void)snprintf(table, sizeof(table), "%s/dev/zram0 partition 1 0 100\n/dev/dm-1 partition 1 0 -2\n", head);
	check_eq(GRADE_OF(judge_swap, table), GRADE_OK);
	(void)snprintf(table, sizeof(table), "%s/dev/zram0 partition 1 0 100\n/swapfile file 1 0 -2\n", head);
	check_eq(GRADE_OF(judge_swap, table), GRADE_ATTENTION);
	(void)snprintf(table, sizeof(table), "%s/dev/sda2 partition 1 0 -2", head);
	check_eq(GRADE_OF(judge_swap, table), GRADE_ATTENTION);
}

TEST(small_buffers_are_found)
{
	check_eq(GRADE_OF(judge_buffers, "1048576\n"), GRADE_OK);
	check_eq(GRADE_OF(judge_buffers, "212992\n"), GRADE_ATTENTION);
	check_eq(GRADE_OF(judge_buffers, ""), GRADE_ATTENTION);
}

TEST(what_the_kernel_lacks_is_said)
{
	check_eq(GRADE_OF(judge_seccomp, "kill_process trap errno allow\n"), GRADE_OK);
	check_eq(GRADE_OF(judge_seccomp, ""), GRADE_ATTENTION);
	judge_landlock(&f, 1);
	check_eq(f.grade, GRADE_OK);
	judge_landlock(&f, -1);
	check_eq(f.grade, GRADE_ATTENTION);
	judge_segments(&f, true);
	check_eq(f.grade, GRADE_OK);
	judge_segments(&f, false);
	check_eq(f.grade, GRADE_ATTENTION);
}

TEST(cipher_needs_the_processor)
{
	judge_cipher(&f, "openssl-evp", bytes_of_string("flags\t: fpu aes avx\n"));
	check_eq(f.grade, GRADE_OK);
	check(strstr(f.says, "openssl-evp"));
	judge_cipher(&f, "openssl-evp", bytes_of_string("flags\t: fpu avx\n"));
	check_eq(f.grade, GRADE_ATTENTION);
	judge_cipher(&f, NULL, bytes_of_string("flags\t: fpu aes avx\n"));
	check_eq(f.grade, GRADE_ATTENTION);
	judge_cipher(&f, "", bytes_of_string("flags\t: fpu aes avx\n"));
	check_eq(f.grade, GRADE_ATTENTION);
}

TEST(weak_openssl_is_found)
{
	judge_openssl(&f, 2);
	check_eq(f.grade, GRADE_OK);
	judge_openssl(&f, 1);
	check_eq(f.grade, GRADE_ATTENTION);
	judge_openssl(&f, -1);
	check_eq(f.grade, GRADE_ATTENTION);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(values_of_proc_are_read),
	cmocka_unit_test(sandbox_is_looked_for),
	cmocka_unit_test(memory_runs_out),
	cmocka_unit_test(plain_swap_is_found),
	cmocka_unit_test(small_buffers_are_found),
	cmocka_unit_test(what_the_kernel_lacks_is_said),
	cmocka_unit_test(cipher_needs_the_processor),
	cmocka_unit_test(weak_openssl_is_found),
};

RUN_TESTS(tests)
