/* SPDX-License-Identifier: EUPL-1.2 */
/* In tests only. Invariant: every combination of cameras and living layers has one right answer. */
#include "base/clock.h"
#include "base/mem.h"
#include "sfu/room/layer.h"
#include "tests/support/check.h"

TEST(the_choice)
{
	static const struct { unsigned layers, cameras, alive; int choice; } cases[] = {
		{ 3, 1, 7, 2 }, { 3, 4, 7, 2 }, { 3, 5, 7, 1 }, { 3, 9, 7, 1 }, { 3, 10, 7, 0 }, { 3, 100, 7, 0 },
		/* not all alive: the next lower one, else the next higher */
		{ 3, 1, 3, 1 }, { 3, 1, 1, 0 }, { 3, 1, 5, 2 }, { 3, 5, 5, 0 }, { 3, 5, 4, 2 },
		{ 3, 10, 6, 1 }, { 3, 10, 4, 2 },
		{ 2, 1, 3, 1 }, { 2, 5, 3, 1 }, { 2, 10, 3, 0 },
		{ 1, 1, 1, 0 }, { 1, 100, 1, 0 },
		{ 3, 1, 0, LAYER_NONE }, { 1, 10, 0, LAYER_NONE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_eq(layer_choose(cases[i].layers, cases[i].cameras, cases[i].alive), cases[i].choice);
}

TEST(only_what_is_alive)
{
	for (unsigned layers = 1; layers <= 3; layers++)
		for (unsigned cameras = 1; cameras < 20; cameras++)
			for (unsigned alive = 1; alive < 1u << layers; alive++) {
				int choice = layer_choose(layers, cameras, alive);

				check(choice >= 0 && (alive & 1u << choice));
			}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_choice),
	cmocka_unit_test(only_what_is_alive),
};

RUN_TESTS(tests)
