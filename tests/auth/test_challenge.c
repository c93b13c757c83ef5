/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/challenge.c: a million begun ceremonies take no memory and push nobody out (ATTACKS D09). In tests only. */
#include "auth/challenge.h"

#include <errno.h>

#include "base/limits.h"
#include "base/mem.h"
#include "tests/support/check.h"

static const uint8_t key[CHALLENGE_KEY_SIZE] = { 7 };
static const struct bytes binding = { (const uint8_t *)"who", 3 };

static struct challenge made(usec_t now)
{
	struct challenge c;

	check_eq(challenge_new(key, CHALLENGE_SIGN_IN, binding, now, &c), 0);
	return c;
}

static enum challenge_why checked(const char *text, usec_t now)
{
	return challenge_check(key, CHALLENGE_SIGN_IN, binding, now, bytes_of_string(text));
}

TEST(lives_five_minutes)
{
	struct challenge c = made(SECONDS(1));

	check_eq(strlen(c.text), CHALLENGE_LETTERS);
	check_eq(checked(c.text, SECONDS(1)), CHALLENGE_OK);
	check_eq(checked(c.text, SECONDS(1) + CHALLENGE_LIFE - 1), CHALLENGE_OK);
	check_eq(checked(c.text, SECONDS(1) + CHALLENGE_LIFE), CHALLENGE_EXPIRED);
}

TEST(every_other_letter_makes_it_foreign)
{
	struct challenge c = made(SECONDS(1)), other;

	for (size_t i = 0; i < CHALLENGE_LETTERS; i++) {
		for (int letter = 1; letter < 128; letter++) {
			other = c;
			other.text[i] = (char)letter;
			if (letter != c.text[i])
				check_eq(checked(other.text, SECONDS(1)), CHALLENGE_FOREIGN);
		}
	}
	c.text[CHALLENGE_LETTERS - 1] = '\0';
	check_eq(checked(c.text, SECONDS(1)), CHALLENGE_FOREIGN);
	check_eq(checked("", SECONDS(1)), CHALLENGE_FOREIGN);
}

TEST(belongs_to_its_purpose_binding_and_key)
{
	static const uint8_t another[CHALLENGE_KEY_SIZE] = { 8 };
	struct challenge c = made(SECONDS(1));
	struct bytes text = bytes_of_string(c.text);

	for (enum challenge_purpose p = CHALLENGE_REGISTER; p < CHALLENGE_PURPOSE_N; p++)
		check_eq(challenge_check(key, p, binding, SECONDS(1), text),
			p == CHALLENGE_SIGN_IN ? CHALLENGE_OK : CHALLENGE_FOREIGN);
	check_eq(challenge_check(key, CHALLENGE_SIGN_IN, bytes_of_string("whom"), SECONDS(1), text), CHALLENGE_FOREIGN);
	check_eq(challenge_check(another, CHALLENGE_SIGN_IN, binding, SECONDS(1), text), CHALLENGE_FOREIGN);
}

TEST(D09_a_million_begun_ceremonies_take_no_memory)
{
	struct challenge first, c;

	/* Ten thousand stand for the million: each costs the same, which is to say, no allocation. */
	first = made(SECONDS(1));
	(void)mem_fail_at(0, 0);
	for (int i = 0; i < 10000; i++)
		c = made(SECONDS(1));
	check_eq(mem_fail_at(0, 0), 0);
	check_eq(checked(first.text, SECONDS(1)), CHALLENGE_OK);
	check_eq(checked(c.text, SECONDS(1)), CHALLENGE_OK);
}

TEST(D09_used_ones_are_bounded)
{
	struct challenge_used used;
	struct challenge first = made(0), c;

	check_eq(challenge_used_init(&used), 0);
	check(challenge_use(&used, bytes_of_string(first.text)));
	(void)mem_fail_at(0, 0);
	for (int i = 1; i < LIMIT_CHALLENGES_USED; i++) {
		c = made(0);
		check(challenge_use(&used, bytes_of_string(c.text)));
		check(!challenge_use(&used, bytes_of_string(c.text)));
	}
	check(!challenge_use(&used, bytes_of_string(first.text)));
	for (int i = 0; i < LIMIT_CHALLENGES_USED; i++) {
		c = made(0);
		check(challenge_use(&used, bytes_of_string(c.text)));
	}
	check(!challenge_use(&used, bytes_of_string(c.text)));
	check_eq(mem_fail_at(0, 0), 0);
	check_eq(used.by_random.count, LIMIT_CHALLENGES_USED);
	challenge_used_done(&used);
}

TEST(says_so_when_memory_is_short)
{
	struct challenge_used used;

	for (unsigned long n = 1; n <= 2; n++) {
		(void)mem_fail_at(n, 0);
		check_eq(challenge_used_init(&used), -ENOMEM);
	}
	(void)mem_fail_at(0, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(lives_five_minutes),
	cmocka_unit_test(every_other_letter_makes_it_foreign),
	cmocka_unit_test(belongs_to_its_purpose_binding_and_key),
	cmocka_unit_test(D09_a_million_begun_ceremonies_take_no_memory),
	cmocka_unit_test(D09_used_ones_are_bounded),
	cmocka_unit_test(says_so_when_memory_is_short),
};

RUN_TESTS(tests)
