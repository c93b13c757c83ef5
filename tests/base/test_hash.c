/* SPDX-License-Identifier: EUPL-1.2 */
/* base/hash.h. Invariant: every key here is fixed, so that a result is always the same. */
#include "tests/support/check.h"

#include "base/hash.h"

#define CELLS 4096

TEST(every_part_counts)
{
	uint64_t words[] = { 1, 2, 3 }, other[] = { 1, 2, 4 };
	uint64_t h = hash_words(7, words, 3);

	check(h == hash_words(7, words, 3));
	check(h != hash_words(8, words, 3));
	check(h != hash_words(7, other, 3));
	check(h != hash_words(7, words, 2));
	/* A zero more is another input. */
	check(hash_words(7, (uint64_t[]){ 1 }, 1) != hash_words(7, (uint64_t[]){ 1, 0 }, 2));
}

/* The keys that a table of ours sees (a counter, addresses of one network) must spread under any secret. */
static void check_spread(uint64_t key, uint64_t step)
{
	static unsigned char hits[CELLS];
	unsigned char most = 0;

	memset(hits, 0, sizeof(hits));
	for (uint64_t i = 0; i < CELLS; i++) {
		uint64_t word = i * step;
		unsigned char n = ++hits[hash_words(key, &word, 1) % CELLS];

		most = n > most ? n : most;
	}
	/* As many balls as bins: 6 or 7 are expected in the fullest, 12 has a chance below 1e-5. */
	check(most >= 4 && most < 12);
}

TEST(similar_keys_spread)
{
	for (uint64_t key = 0; key < 8; key++) {
		check_spread(key, 1);
		check_spread(key, CELLS);
		check_spread(key << 56, 1ull << 40);
	}
}

TEST(who_does_not_know_the_key_cannot_collide)
{
	uint64_t colliding[64];
	size_t found = 0, still = 0;

	/* 64 words that all fall into cell 0 under one key … */
	for (uint64_t word = 0; found < 64; word++)
		if (hash_words(1, &word, 1) % CELLS == 0)
			colliding[found++] = word;
	/* … do not under another. */
	for (size_t i = 0; i < found; i++)
		if (hash_words(2, &colliding[i], 1) % CELLS == hash_words(2, &colliding[0], 1) % CELLS)
			still++;
	check(still <= 2);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_part_counts),
	cmocka_unit_test(similar_keys_spread),
	cmocka_unit_test(who_does_not_know_the_key_cannot_collide),
};

RUN_TESTS(tests)
