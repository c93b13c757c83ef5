/* SPDX-License-Identifier: EUPL-1.2 */
/* base/random.c. Invariant: what is checked of the kernel's bytes fails by chance less than once in 2^64 runs. */
#include "tests/support/check.h"

#include <errno.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/random.h"

/* Stands before libc's: a kernel that is interrupted, gives a few bytes at a time, or has none. */
static struct {
	unsigned interruptions;
	size_t most;
	bool broken;
} kernel;

ssize_t getrandom(void *p, size_t size, unsigned flags)
{
	if (kernel.broken || kernel.interruptions) {
		errno = kernel.broken ? ENOSYS : EINTR;
		kernel.interruptions -= !kernel.broken;
		return -1;
	}
	return syscall(SYS_getrandom, p, kernel.most ? MIN(size, kernel.most) : size, flags);
}

TEST(the_kernel_fills_every_byte)
{
	uint8_t bytes[256], seen[256] = { 0 };

	/* A byte that is never written stays 0 in each of 16 rounds. */
	for (int round = 0; round < 16; round++) {
		memset(bytes, 0, sizeof(bytes));
		random_bytes(bytes, sizeof(bytes));
		for (size_t i = 0; i < sizeof(bytes); i++)
			seen[i] |= bytes[i];
	}
	for (size_t i = 0; i < sizeof(seen); i++)
		check(seen[i]);
	random_bytes(bytes, 0);
}

TEST(a_kernel_that_hesitates_is_asked_again)
{
	kernel.interruptions = 3;
	kernel.most = 7;
	the_kernel_fills_every_byte(NULL);
	check_eq(kernel.interruptions, 0);
	kernel.most = 0;
}

/* Weak randomness is no randomness: there is nothing to go on with. */
TEST(without_randomness_the_process_ends)
{
	pid_t child = fork();
	uint8_t byte;
	int status;

	check(child >= 0);
	if (child == 0) {
		kernel.broken = true;
		random_bytes(&byte, 1);
		_exit(0);
	}
	check_eq(waitpid(child, &status, 0), child);
	check(WIFSIGNALED(status));
	check_eq(WTERMSIG(status), SIGABRT);
}

TEST(two_draws_differ)
{
	uint32_t a[4], b[4];

	for (int i = 0; i < 4; i++) {
		a[i] = random_u32();
		b[i] = random_u32();
	}
	check(memcmp(a, b, sizeof(a)) != 0);
}

/* The first numbers of the reference implementation of xoshiro256** from the state 1, 2, 3, 4. */
TEST(it_is_xoshiro)
{
	struct random r = { { 1, 2, 3, 4 } };

	check_eq(random_next(&r), 11520);
	check_eq(random_next(&r), 0);
	check_eq(random_next(&r), 1509978240);
	check_eq(random_next(&r), 1215971899390074240);
}

/* The first numbers of the reference implementation of splitmix64 from 0. */
TEST(it_is_seeded_by_splitmix)
{
	struct random r;

	random_seed(&r, 0);
	check_eq(r.s[0], 0xe220a8397b1dcdaf);
	check_eq(r.s[1], 0x6e789e6aa1b965f4);
	check_eq(r.s[2], 0x06c45d188009454f);
	check_eq(r.s[3], 0xf88bb8a8724c81ec);
}

TEST(the_same_seed_gives_the_same_numbers)
{
	struct random a, b, c;
	bool differs = false;

	random_seed(&a, 42);
	random_seed(&b, 42);
	random_seed(&c, 43);
	for (int i = 0; i < 100; i++) {
		uint64_t n = random_next(&a);

		check(n == random_next(&b));
		differs |= n != random_next(&c);
	}
	check(differs);
}

TEST(below_a_limit_all_come_about_equally_often)
{
	unsigned long count[10] = { 0 };
	struct random r;

	random_seed(&r, 1);
	for (int i = 0; i < 100000; i++) {
		uint32_t n = random_below(&r, 10);

		check(n < 10);
		count[n]++;
	}
	for (int i = 0; i < 10; i++)
		check(count[i] > 9600 && count[i] < 10400);	/* 4 standard deviations */
}

TEST(limits_at_the_ends)
{
	struct random r;

	random_seed(&r, 1);
	for (int i = 0; i < 1000; i++) {
		check_eq(random_below(&r, 1), 0);
		check(random_below(&r, UINT32_MAX) < UINT32_MAX);
	}
}

/* 2^32 does not divide by 3 * 2^30: unless some draws are refused, one number of three comes twice as often. */
TEST(a_limit_that_does_not_divide_is_fair_too)
{
	unsigned count[3] = { 0 };
	struct random r;

	random_seed(&r, 1);
	for (int i = 0; i < 3000; i++)
		count[random_below(&r, 0xc0000000) % 3]++;
	for (int i = 0; i < 3; i++)
		check(count[i] > 900 && count[i] < 1100);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_kernel_fills_every_byte),
	cmocka_unit_test(a_kernel_that_hesitates_is_asked_again),
	cmocka_unit_test(without_randomness_the_process_ends),
	cmocka_unit_test(two_draws_differ),
	cmocka_unit_test(it_is_xoshiro),
	cmocka_unit_test(it_is_seeded_by_splitmix),
	cmocka_unit_test(the_same_seed_gives_the_same_numbers),
	cmocka_unit_test(below_a_limit_all_come_about_equally_often),
	cmocka_unit_test(limits_at_the_ends),
	cmocka_unit_test(a_limit_that_does_not_divide_is_fair_too),
};

RUN_TESTS(tests)
