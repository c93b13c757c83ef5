/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/token.c: tokens are found again by their hash, and by one spelling only (ATTACKS D15). In tests only. */
#include "auth/token.h"
#include "tests/support/check.h"

/* 32 zero bytes, and the SHA-256 of them. */
#define ZEROS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
static const uint8_t of_zeros[DIGEST_SIZE] = {
	0x66, 0x68, 0x7a, 0xad, 0xf8, 0x62, 0xbd, 0x77, 0x6c, 0x8f, 0xc1, 0x8b, 0x8e, 0x9f, 0x8e, 0x20,
	0x08, 0x97, 0x14, 0x85, 0x6e, 0xe2, 0x33, 0xb3, 0x90, 0x2a, 0x59, 0x1d, 0x0d, 0x5f, 0x29, 0x25 };

TEST(a_new_token_hashes_to_what_is_stored)
{
	struct digest stored, shown;
	struct token t;

	for (int i = 0; i < 1000; i++) {
		check_eq(token_new(&t, &stored), 0);
		check_eq(strlen(t.text), TOKEN_LETTERS);
		check(token_hash(bytes_of_string(t.text), &shown));
		check(digest_equal(&stored, &shown));
	}
}

TEST(the_hash_is_of_the_bytes)
{
	struct digest d;

	check(token_hash(bytes_of_string(ZEROS), &d));
	assert_memory_equal(d.bytes, of_zeros, DIGEST_SIZE);
}

TEST(no_two_are_equal)
{
	struct digest a, b;
	struct token s, t;

	check_eq(token_new(&s, &a), 0);
	check_eq(token_new(&t, &b), 0);
	check(strcmp(s.text, t.text) != 0);
	check(!digest_equal(&a, &b));
}

TEST(every_changed_letter_is_another_token_or_none)
{
	struct digest stored, shown;
	struct token t, u;

	check_eq(token_new(&t, &stored), 0);
	for (size_t i = 0; i < TOKEN_LETTERS; i++) {
		for (int c = 0; c < 256; c++) {
			u = t;
			u.text[i] = (char)c;
			if (u.text[i] == t.text[i])
				continue;
			check(!token_hash(bytes_make(u.text, TOKEN_LETTERS), &shown) || !digest_equal(&stored, &shown));
		}
	}
}

TEST(refuses_what_is_no_token)
{
	static const char *const wrong[] = {
		"", "A", ZEROS "A", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",	/* bits behind the 256th */
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAA+AAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAA/AAAAAAAAAAAAAAAAAAAAA", " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	};
	struct digest d;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		check(!token_hash(bytes_of_string(wrong[i]), &d));
	check(!token_hash(bytes_make(NULL, 0), &d));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_new_token_hashes_to_what_is_stored),
	cmocka_unit_test(the_hash_is_of_the_bytes),
	cmocka_unit_test(no_two_are_equal),
	cmocka_unit_test(every_changed_letter_is_another_token_or_none),
	cmocka_unit_test(refuses_what_is_no_token),
};

RUN_TESTS(tests)
