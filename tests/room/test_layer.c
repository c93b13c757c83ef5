/* SPDX-License-Identifier: EUPL-1.2 */
/* In tests only. Invariant: every size, every crowd and every set of living layers has one right answer. */
#include "base/clock.h"
#include "base/mem.h"
#include "sfu/room/layer.h"
#include "tests/support/check.h"

TEST(a_size_has_its_layer)
{
	static const struct { unsigned layers, width, height; int choice; } cases[] = {
		/* about as large: a quarter more in width and height is stretched */
		{ 3, 160, 90, 0 }, { 3, 240, 135, 0 }, { 3, 292, 164, 0 }, { 3, 300, 169, 1 },
		{ 3, 480, 270, 1 }, { 3, 584, 329, 1 }, { 3, 600, 338, 2 }, { 3, 960, 540, 2 }, { 3, 3840, 2160, 2 },
		/* an upright tile */
		{ 3, 135, 240, 0 }, { 3, 270, 480, 1 }, { 3, 675, 474, 2 },
		{ 2, 480, 270, 0 }, { 2, 600, 338, 1 }, { 2, 160, 90, 0 },
		{ 1, 160, 90, 0 }, { 1, 3840, 2160, 0 },
		{ 3, 65535, 65535, 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_eq(layer_of_size(cases[i].layers, cases[i].width, cases[i].height), cases[i].choice);
}

TEST(a_crowd_has_its_layer)
{
	static const struct { unsigned layers, cameras; int choice; } cases[] = {
		{ 3, 1, 2 }, { 3, 4, 2 }, { 3, 5, 1 }, { 3, 9, 1 }, { 3, 10, 0 }, { 3, 100, 0 },
		{ 2, 1, 1 }, { 2, 5, 1 }, { 2, 10, 0 }, { 1, 1, 0 }, { 1, 100, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_eq(layer_of_crowd(cases[i].layers, cases[i].cameras), cases[i].choice);
}

TEST(only_what_is_alive)
{
	static const struct { unsigned layers, alive; int wish, choice; } cases[] = {
		{ 3, 7, 2, 2 }, { 3, 7, 1, 1 }, { 3, 7, 0, 0 },
		/* the next lower one, else the next higher */
		{ 3, 3, 2, 1 }, { 3, 1, 2, 0 }, { 3, 5, 1, 0 }, { 3, 4, 1, 2 }, { 3, 6, 0, 1 }, { 3, 4, 0, 2 },
		{ 1, 1, 0, 0 }, { 3, 0, 2, LAYER_NONE }, { 1, 0, 0, LAYER_NONE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_eq(layer_alive(cases[i].wish, cases[i].layers, cases[i].alive), cases[i].choice);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_size_has_its_layer),
	cmocka_unit_test(a_crowd_has_its_layer),
	cmocka_unit_test(only_what_is_alive),
};

RUN_TESTS(tests)
