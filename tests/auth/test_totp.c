/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/totp.c against RFC 6238, and against guessing (ATTACKS D06). In tests only. Invariant: expected values come from
 * the standards. */
#include "auth/totp.h"

#include "tests/support/check.h"

/* RFC 6238, appendix B: the secret of the SHA-1 rows. */
static const struct totp_secret secret = { "12345678901234567890" };

#define NOON SECONDS(1111111109)

static enum totp_why try_code(const char *code, usec_t wall, uint64_t last, uint64_t *step)
{
	return totp_check(&secret, wall, bytes_of_string(code), last, step);
}

TEST(known_answers)
{
	/* The RFC's have eight digits: ours are the last six. */
	static const struct { uint64_t seconds; const char *code; } rows[] = {
		{ 59, "287082" }, { 1111111109, "081804" }, { 1111111111, "050471" }, { 1234567890, "005924" },
		{ 2000000000, "279037" }, { 20000000000, "353130" },
	};
	char code[TOTP_DIGITS + 1];
	uint64_t step;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check(totp_code(&secret, SECONDS(rows[i].seconds), code));
		check_text(code, rows[i].code);
		check_eq(try_code(rows[i].code, SECONDS(rows[i].seconds), 0, &step), TOTP_OK);
		check_eq(step, rows[i].seconds / 30);
	}
}

TEST(D06_one_step_to_either_side_and_no_more)
{
	static const enum totp_why expected[] = { TOTP_WRONG, TOTP_OK, TOTP_OK, TOTP_OK, TOTP_WRONG };
	char code[TOTP_DIGITS + 1];
	uint64_t step;

	for (int i = 0; i < 5; i++) {
		check(totp_code(&secret, NOON + SECONDS(30 * i) - SECONDS(60), code));
		check_eq(try_code(code, NOON, 0, &step), expected[i]);
		if (expected[i] == TOTP_OK)
			check_eq(step, NOON / TOTP_STEP + (uint64_t)i - 2);
	}
}

TEST(D06_no_step_is_accepted_twice)
{
	char code[TOTP_DIGITS + 1];
	uint64_t last = 0, untouched = 77;

	check(totp_code(&secret, NOON, code));
	check_eq(try_code(code, NOON, last, &last), TOTP_OK);
	check_eq(try_code(code, NOON, last, &untouched), TOTP_SEEN);
	check_eq(try_code(code, NOON + SECONDS(30), last, &untouched), TOTP_SEEN);
	check(totp_code(&secret, NOON - SECONDS(30), code));
	check_eq(try_code(code, NOON, last, &untouched), TOTP_SEEN);	/* one of before */
	check_eq(untouched, 77);
	check(totp_code(&secret, NOON + SECONDS(30), code));
	check_eq(try_code(code, NOON, last, &last), TOTP_OK);
	check_eq(last, NOON / TOTP_STEP + 1);
}

TEST(D06_a_clock_that_goes_back_repeats_nothing)
{
	char code[TOTP_DIGITS + 1];
	uint64_t last = 0;

	check(totp_code(&secret, NOON, code));
	check_eq(try_code(code, NOON, last, &last), TOTP_OK);
	check(totp_code(&secret, NOON - SECONDS(3600), code));
	check_eq(try_code(code, NOON - SECONDS(3600), last, &last), TOTP_SEEN);
}

TEST(every_other_code_is_wrong)
{
	char text[16];
	uint64_t step;
	int right = 0;

	for (int code = 0; code < 1000000; code += 101) {
		(void)snprintf(text, sizeof(text), "%06d", code);
		right += try_code(text, NOON, 0, &step) == TOTP_OK;
	}
	check_le(right, 3);
	check_eq(try_code("081804", NOON, 0, &step), TOTP_OK);
	check_eq(try_code("081805", NOON, 0, &step), TOTP_WRONG);
}

TEST(reads_six_digits_only)
{
	static const char *const wrong[] = {
		"", "08180", "0818040", "+81804", "-81804", "0x1804", "08180a", "081804\n", "08180\xd9\xa4", " ",
		"000081804",
	};
	uint64_t step;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		check_eq(try_code(wrong[i], NOON, 0, &step), TOTP_NO_CODE);
	check_eq(try_code("081 804", NOON, 0, &step), TOTP_OK);
	check_eq(try_code(" 08 18 04 ", NOON, 0, &step), TOTP_OK);
}

TEST(the_secret_in_letters)
{
	struct totp_secret other = { "foobarfoobarfoobarfo" };
	struct totp_text text;

	totp_print(&secret, &text);
	check_text(text.text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
	totp_print(&other, &text);
	check_text(text.text, "MZXW6YTBOJTG633CMFZGM33PMJQXEZTP");
}

TEST(the_address_for_a_picture)
{
	static const char expected[] =
		"otpauth://totp/Gemeente%20Ruiselede:an%40council.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
		"&issuer=Gemeente%20Ruiselede&algorithm=SHA1&digits=6&period=30";
	char text[sizeof(expected)];

	for (size_t size = 0; size < sizeof(expected); size++) {
		struct writer w = writer(text, size);
		bool fits = totp_address(&w, bytes_of_string("Gemeente Ruiselede"),
			bytes_of_string("an@council.example"), &secret);

		check_eq(fits, size == sizeof(expected) - 1);
		if (fits)
			check_bytes(written(&w), expected, sizeof(expected) - 1);
	}
}

TEST(new_secrets_differ)
{
	struct totp_secret a, b;

	totp_new(&a);
	totp_new(&b);
	assert_memory_not_equal(&a, &b, sizeof(a));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(known_answers),
	cmocka_unit_test(D06_one_step_to_either_side_and_no_more),
	cmocka_unit_test(D06_no_step_is_accepted_twice),
	cmocka_unit_test(D06_a_clock_that_goes_back_repeats_nothing),
	cmocka_unit_test(every_other_code_is_wrong),
	cmocka_unit_test(reads_six_digits_only),
	cmocka_unit_test(the_secret_in_letters),
	cmocka_unit_test(the_address_for_a_picture),
	cmocka_unit_test(new_secrets_differ),
};

RUN_TESTS(tests)
