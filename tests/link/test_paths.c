/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/link/paths against a plain list. In tests only. */
#include <errno.h>

#include "base/mem.h"
#include "base/random.h"
#include "sfu/link/paths.h"
#include "tests/support/check.h"

#define ADDRESSES 300

/* Links are only pointers here. */
static struct link *link_n(unsigned n)
{
	static char places[ADDRESSES];

	return (struct link *)(void *)&places[n];
}

static struct address address_n(unsigned n)
{
	struct address a = { .family = n % 2 ? 4 : 6, .port = (uint16_t)(n / 4), .ip = { 10, 0, 0, (uint8_t)(n % 4) } };

	return a;
}

TEST(as_a_list_would)
{
	struct link *model[ADDRESSES] = { 0 };
	struct random random;
	struct paths p;
	size_t count = 0;

	random_seed(&random, 1);
	check_eq(paths_init(&p, 200), 0);
	for (unsigned step = 0; step < 200000; step++) {
		unsigned n = random_below(&random, ADDRESSES), other = random_below(&random, ADDRESSES);
		struct address a = address_n(n);

		switch (random_below(&random, 3)) {
		case 0:
			if (!model[n] && count == 200) {
				check_eq(paths_put(&p, &a, link_n(other)), -ENOSPC);
				break;
			}
			check_eq(paths_put(&p, &a, link_n(other)), 0);
			count += !model[n];
			model[n] = link_n(other);
			break;
		case 1:
			paths_remove(&p, &a);
			count -= model[n] != NULL;
			model[n] = NULL;
			break;
		default:
			check(paths_get(&p, &a) == model[n]);
			break;
		}
		check_eq(p.count, count);
	}
	for (unsigned n = 0; n < ADDRESSES; n++)
		check(paths_get(&p, &(struct address[]){ address_n(n) }[0]) == model[n]);
	paths_done(&p);
}

TEST(no_memory)
{
	struct paths p;

	mem_fail_at(1, 0);
	check_eq(paths_init(&p, 10), -ENOMEM);
	mem_fail_at(0, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(as_a_list_would),
	cmocka_unit_test(no_memory),
};

RUN_TESTS(tests)
