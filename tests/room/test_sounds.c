/* SPDX-License-Identifier: EUPL-1.2 */
/* In tests only. Invariant: what comes out is what went in, and no longer than it may. */
#include "base/mem.h"
#include "sfu/room/sounds.h"
#include "tests/support/check.h"

static void keep(struct sounds *s, usec_t now, uint16_t sequence)
{
	const uint8_t sealed[4] = { 0x80, 111, (uint8_t)(sequence >> 8), (uint8_t)sequence };

	sounds_keep(s, now, sequence, (uint16_t)(sequence + 7), 3, bytes_make(sealed, sizeof(sealed)));
}

/* The number of one that is to be sent again; -1 = there is none. */
static int taken(struct sounds *s)
{
	uint8_t buffer[LIMIT_SOUND_SIZE];
	struct writer w = writer(buffer, sizeof(buffer));

	if (!sounds_take(s, &w))
		return -1;
	check_eq(written(&w).size, 4);
	return buffer[2] << 8 | buffer[3];
}

TEST(what_was_kept_is_found_for_a_while)
{
	struct sounds s = { 0 };

	check(!sounds_find(&s, 0, 0));
	for (uint16_t n = 0; n < LIMIT_SOUNDS; n++)
		keep(&s, MSEC(20 * n), (uint16_t)(65530 + n));
	for (uint16_t n = 0; n < LIMIT_SOUNDS; n++) {
		struct sound *sound = sounds_find(&s, MSEC(20 * n) + SOUNDS_AGE - 1, (uint16_t)(65530 + n));

		check(sound);
		check_eq(sound->number, (uint16_t)(65537 + n));
		check(!sounds_find(&s, MSEC(20 * n) + SOUNDS_AGE, (uint16_t)(65530 + n)));
	}
	/* Others in their places. */
	check(!sounds_find(&s, 0, (uint16_t)(65530 - LIMIT_SOUNDS)));
	keep(&s, 0, (uint16_t)(65530 + LIMIT_SOUNDS));
	check(!sounds_find(&s, 0, 65530));
	check(sounds_find(&s, 0, (uint16_t)(65530 + LIMIT_SOUNDS)));
}

TEST(what_is_owed_is_taken_once)
{
	struct sounds s = { 0 };

	for (uint16_t n = 100; n < 108; n++)
		keep(&s, 0, n);
	check_eq(taken(&s), -1);
	sounds_owe(&s, MSEC(5), sounds_find(&s, 0, 104));
	sounds_owe(&s, MSEC(5), sounds_find(&s, 0, 101));
	sounds_owe(&s, MSEC(6), sounds_find(&s, 0, 101));
	check_eq(sounds_find(&s, 0, 101)->resends, 2);
	check_eq(sounds_find(&s, 0, 101)->sent_again, MSEC(6));
	check_eq(taken(&s) + taken(&s), 101 + 104);
	check_eq(taken(&s), -1);
	/* What took its place was not asked for. */
	sounds_owe(&s, MSEC(7), sounds_find(&s, 0, 105));
	keep(&s, MSEC(8), 105 + LIMIT_SOUNDS);
	check_eq(taken(&s), -1);
	check_eq(sounds_find(&s, MSEC(8), 105 + LIMIT_SOUNDS)->resends, 0);
	sounds_owe(&s, MSEC(9), sounds_find(&s, 0, 107));
	sounds_clear(&s);
	check_eq(taken(&s), -1);
	check(!sounds_find(&s, 0, 107));
}

TEST(what_is_too_large_is_not_kept)
{
	static const uint8_t large[LIMIT_SOUND_SIZE + 1];
	struct sounds s = { 0 };

	sounds_keep(&s, 0, 1, 0, 9, bytes_make(large, LIMIT_SOUND_SIZE));
	check_eq(sounds_find(&s, 0, 1)->size, LIMIT_SOUND_SIZE);
	sounds_keep(&s, 0, 1, 0, 9, bytes_make(large, LIMIT_SOUND_SIZE + 1));
	check(!sounds_find(&s, 0, 1));
	sounds_keep(&s, 0, 2, 0, 0, bytes_make(large, 0));
	check(!sounds_find(&s, 0, 2));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_was_kept_is_found_for_a_while),
	cmocka_unit_test(what_is_owed_is_taken_once),
	cmocka_unit_test(what_is_too_large_is_not_kept),
};

RUN_TESTS(tests)
