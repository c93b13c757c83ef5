/* SPDX-License-Identifier: EUPL-1.2 */
/* base/mem.c: zeroed memory, failures on request, ownership. Invariant: every test leaves mem_fail_at() off. */
#include "tests/support/check.h"

#include "base/mem.h"

static bool is_zero(const uint8_t *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (p[i])
			return false;
	return true;
}

TEST(memory_comes_zeroed)
{
	for (int i = 0; i < 8; i++) {
		_cleanup_(mem_freep) uint8_t *p = mem_alloc(1000);

		check(p && is_zero(p, 1000));
		memset(p, 0xff, 1000);		/* what the next round may get back */
	}
}

TEST(nothing_is_still_something)
{
	_cleanup_(mem_freep) void *a = mem_alloc(0);
	_cleanup_(mem_freep) void *b = mem_alloc_array(0, 8);

	check(a && b);
	mem_free(NULL);
}

TEST(an_overflow_is_no_memory)
{
	volatile size_t many = SIZE_MAX / 4 + 2;
	_cleanup_(mem_freep) void *p = mem_alloc_array(many, 4);

	check(!p);
}

TEST(growing_keeps_the_old_and_zeroes_the_new)
{
	_cleanup_(mem_freep) uint8_t *p = mem_alloc(4);
	uint8_t *grown;

	memcpy(p, "abcd", 4);
	grown = mem_grow(p, 4, 4096);
	check(grown);
	p = grown;
	assert_memory_equal(p, "abcd", 4);
	check(is_zero(p + 4, 4092));
}

TEST(growing_that_fails_leaves_the_old)
{
	_cleanup_(mem_freep) uint8_t *p = mem_alloc(4);

	memcpy(p, "abcd", 4);
	mem_fail_at(1, 0);
	check(!mem_grow(p, 4, 8));
	mem_fail_at(0, 0);
	assert_memory_equal(p, "abcd", 4);
}

TEST(strings_are_copied_whole)
{
	_cleanup_(mem_freep) char *empty = mem_copy_string("");
	_cleanup_(mem_freep) char *copy = mem_copy_string("raad");

	check_text(empty, "");
	check_text(copy, "raad");
	mem_fail_at(1, 0);
	check(!mem_copy_string("raad"));
	mem_fail_at(0, 0);
}

TEST(the_nth_allocation_fails)
{
	void *p[4];

	mem_fail_at(3, 0);
	for (int i = 0; i < 4; i++)
		p[i] = mem_alloc(1);
	check_eq(mem_fail_at(0, 0), 4);
	check(p[0] && p[1] && !p[2] && p[3]);
	for (int i = 0; i < 4; i++)
		mem_free(p[i]);
}

TEST(or_all_from_the_nth)
{
	void *p[4];

	mem_fail_at(3, 1);
	for (int i = 0; i < 4; i++)
		p[i] = mem_alloc(1);
	check_eq(mem_fail_at(0, 0), 4);
	check(p[0] && p[1] && !p[2] && !p[3]);
	for (int i = 0; i < 4; i++)
		mem_free(p[i]);
}

TEST(secrets_are_wiped)
{
	uint8_t secret[16];

	memset(secret, 0x5a, sizeof(secret));
	mem_wipe(secret, sizeof(secret));
	check(is_zero(secret, sizeof(secret)));
	mem_wipe(NULL, 0);
}

TEST(taking_leaves_nothing_to_clean)
{
	char *kept;
	{
		_cleanup_(mem_freep) char *p = mem_copy_string("kept");

		kept = take(p);
		check(!p);
	}
	check_text(kept, "kept");
	mem_free(kept);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(memory_comes_zeroed),
	cmocka_unit_test(nothing_is_still_something),
	cmocka_unit_test(an_overflow_is_no_memory),
	cmocka_unit_test(growing_keeps_the_old_and_zeroes_the_new),
	cmocka_unit_test(growing_that_fails_leaves_the_old),
	cmocka_unit_test(strings_are_copied_whole),
	cmocka_unit_test(the_nth_allocation_fails),
	cmocka_unit_test(or_all_from_the_nth),
	cmocka_unit_test(secrets_are_wiped),
	cmocka_unit_test(taking_leaves_nothing_to_clean),
};

RUN_TESTS(tests)
