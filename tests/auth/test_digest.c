/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/digest.c against the examples of FIPS 180-4. In tests only. Invariant: expected values come from the
 * standard. */
#include "auth/digest.h"
#include "tests/support/check.h"

TEST(hashes_the_examples_of_the_standard)
{
	static const uint8_t of_nothing[DIGEST_SIZE] = {
		0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
		0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55 };
	static const uint8_t of_abc[DIGEST_SIZE] = {
		0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
		0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
	struct digest d;

	check_eq(digest_sha256(bytes_make(NULL, 0), &d), 0);
	assert_memory_equal(d.bytes, of_nothing, DIGEST_SIZE);
	check_eq(digest_sha256(bytes_of_string("abc"), &d), 0);
	assert_memory_equal(d.bytes, of_abc, DIGEST_SIZE);
}

TEST(differs_in_any_bit)
{
	struct digest a, b;

	check_eq(digest_sha256(bytes_of_string("abc"), &a), 0);
	b = a;
	check(digest_equal(&a, &b));
	for (size_t i = 0; i < 8 * DIGEST_SIZE; i++) {
		b = a;
		b.bytes[i / 8] ^= (uint8_t)(1u << i % 8);
		check(!digest_equal(&a, &b));
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(hashes_the_examples_of_the_standard),
	cmocka_unit_test(differs_in_any_bit),
};

RUN_TESTS(tests)
