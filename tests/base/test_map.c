/* SPDX-License-Identifier: EUPL-1.2 */
/* base/map.c, against a plain array as its model. Invariant: the walk is seeded; a failure repeats. */
#include "tests/support/check.h"

#include <errno.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/random.h"

static int values[256];

TEST(what_is_put_is_got)
{
	struct map m;

	check_eq(map_init(&m, 4), 0);
	check(!map_get(&m, 1));
	check_eq(map_put(&m, 1, &values[1]), 0);
	check_eq(map_put(&m, UINT64_MAX, &values[2]), 0);
	check_eq(map_put(&m, 0, &values[3]), 0);
	check(map_get(&m, 1) == &values[1]);
	check(map_get(&m, UINT64_MAX) == &values[2]);
	check(map_get(&m, 0) == &values[3]);
	check(map_remove(&m, 1) == &values[1]);
	check(!map_remove(&m, 1));
	check(!map_get(&m, 1));
	map_done(&m);
}

TEST(a_key_is_there_once)
{
	struct map m;

	check_eq(map_init(&m, 4), 0);
	check_eq(map_put(&m, 1, &values[1]), 0);
	check_eq(map_put(&m, 1, &values[2]), -EEXIST);
	check(map_get(&m, 1) == &values[1]);
	check_eq(m.count, 1);
	map_done(&m);
}

TEST(a_full_map_takes_no_more)
{
	for (size_t most = 0; most < 70; most++) {
		struct map m;

		check_eq(map_init(&m, most), 0);
		for (size_t i = 0; i < most; i++)
			check_eq(map_put(&m, i * 1000, &values[i]), 0);
		check_eq(map_put(&m, 999, &values[0]), -ENOSPC);
		check(!map_get(&m, 999));
		for (size_t i = 0; i < most; i++)
			check(map_get(&m, i * 1000) == &values[i]);
		if (most) {
			check(map_remove(&m, 0) == &values[0]);
			check_eq(map_put(&m, 999, &values[0]), 0);
		}
		map_done(&m);
	}
}

TEST(walking_meets_each_once)
{
	struct map m;
	bool met[100] = { false };
	size_t at = 0, n = 0;
	int *value;

	check_eq(map_init(&m, 100), 0);
	for (size_t i = 0; i < 100; i++)
		check_eq(map_put(&m, i << 32, &values[i]), 0);
	while ((value = map_next(&m, &at))) {
		check(!met[value - values]);
		met[value - values] = true;
		n++;
	}
	check_eq(n, 100);
	check(!map_next(&m, &at));
	map_done(&m);
}

/* 50 of 100 keys at most, so that clusters form, are cut, and wrap around the end. */
TEST(any_order_of_putting_and_removing)
{
	int *model[100] = { NULL };
	size_t count = 0;
	struct random r;
	struct map m;

	random_seed(&r, 7);
	check_eq(map_init(&m, 50), 0);
	for (int step = 0; step < 50000; step++) {
		uint32_t key = random_below(&r, 100);

		if (random_below(&r, 2)) {
			int expected = model[key] ? -EEXIST : count == 50 ? -ENOSPC : 0;

			check_eq(map_put(&m, key, &values[key]), expected);
			if (!expected) {
				model[key] = &values[key];
				count++;
			}
		} else {
			check(map_remove(&m, key) == model[key]);
			count -= model[key] ? 1 : 0;
			model[key] = NULL;
		}
		key = random_below(&r, 100);
		check(map_get(&m, key) == model[key]);
		check_eq(m.count, count);
	}
	map_done(&m);
}

TEST(two_maps_hash_differently)
{
	struct map a, b;

	check_eq(map_init(&a, 1), 0);
	check_eq(map_init(&b, 1), 0);
	check(a.key != b.key);
	map_done(&a);
	map_done(&b);
}

TEST(no_memory)
{
	struct map m = { .most = 5 };

	mem_fail_at(1, 0);
	check_eq(map_init(&m, 4), -ENOMEM);
	mem_fail_at(0, 0);
	check_eq(map_init(&m, SIZE_MAX), -ENOMEM);
	check_eq(m.most, 5);		/* untouched */
}

TEST(only_init_allocates)
{
	struct map m;

	check_eq(map_init(&m, 64), 0);
	mem_fail_at(1, 1);
	for (size_t i = 0; i < 64; i++)
		check_eq(map_put(&m, i, &values[i]), 0);
	for (size_t i = 0; i < 64; i++)
		check(map_remove(&m, i) == &values[i]);
	check_eq(mem_fail_at(0, 0), 0);
	map_done(&m);
}

TEST(a_map_that_is_done_is_empty)
{
	struct map m;
	size_t at = 0;

	check_eq(map_init(&m, 4), 0);
	check_eq(map_put(&m, 1, &values[1]), 0);
	map_done(&m);
	check(!map_get(&m, 1));
	check(!map_remove(&m, 1));
	check(!map_next(&m, &at));
	map_done(&m);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_is_put_is_got),
	cmocka_unit_test(a_key_is_there_once),
	cmocka_unit_test(a_full_map_takes_no_more),
	cmocka_unit_test(walking_meets_each_once),
	cmocka_unit_test(any_order_of_putting_and_removing),
	cmocka_unit_test(two_maps_hash_differently),
	cmocka_unit_test(no_memory),
	cmocka_unit_test(only_init_allocates),
	cmocka_unit_test(a_map_that_is_done_is_empty),
};

RUN_TESTS(tests)
