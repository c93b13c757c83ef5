/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/recovery.c: each code of a set is found, however it is typed, and nothing else is. In tests only. */
#include "auth/recovery.h"

#include "tests/support/check.h"

static struct recovery_code codes[RECOVERY_CODES];
static struct digest stored[RECOVERY_CODES];

static int find(const char *typed)
{
	return recovery_find(stored, RECOVERY_CODES, bytes_of_string(typed));
}

static int make(void **state __attribute__((unused)))
{
	return recovery_new(codes, stored);
}

TEST(ten_codes_in_groups_of_four)
{
	for (int i = 0; i < RECOVERY_CODES; i++) {
		check_eq(strlen(codes[i].text), RECOVERY_LETTERS);
		for (size_t k = 0; k < RECOVERY_LETTERS; k++)
			check(k % 5 == 4 ? codes[i].text[k] == '-' :
				strchr("0123456789abcdefghjkmnpqrstvwxyz", codes[i].text[k]) != NULL);
		for (int k = 0; k < i; k++)
			check(strcmp(codes[i].text, codes[k].text) != 0);
	}
}

TEST(each_is_found)
{
	for (int i = 0; i < RECOVERY_CODES; i++)
		check_eq(find(codes[i].text), i);
}

TEST(however_it_is_typed)
{
	char typed[64];
	size_t n = 0;

	for (const char *c = codes[3].text; *c; c++) {
		char shown = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;

		if (*c == '-')
			continue;
		typed[n++] = shown == '0' ? 'O' : shown == '1' ? 'l' : shown;
		typed[n++] = ' ';
	}
	typed[n] = '\0';
	check_eq(find(typed), 3);
	for (char *c = typed; *c; c++)
		*c = *c == 'l' ? 'I' : *c == 'O' ? 'o' : *c;
	check_eq(find(typed), 3);
}

TEST(every_other_letter_is_another_code)
{
	struct recovery_code other;

	for (size_t i = 0; i < RECOVERY_LETTERS; i++) {
		if (codes[0].text[i] == '-')
			continue;
		for (const char *c = "0123456789abcdefghjkmnpqrstvwxyzu!?@\xc3"; *c; c++) {
			other = codes[0];
			other.text[i] = *c;
			check_eq(find(other.text), *c == codes[0].text[i] ? 0 : -1);
		}
	}
}

TEST(refuses_what_is_no_code)
{
	char longer[RECOVERY_LETTERS + 2], padded[128];

	check_eq(find(""), -1);
	check_eq(find("-"), -1);
	check_eq(recovery_find(stored, RECOVERY_CODES, bytes_make(NULL, 0)), -1);
	check_eq(recovery_find(stored, RECOVERY_CODES, bytes_make(codes[0].text, RECOVERY_LETTERS - 1)), -1);
	check_eq(recovery_find(stored, RECOVERY_CODES, bytes_make(codes[0].text, RECOVERY_LETTERS + 1)), -1);
	(void)snprintf(longer, sizeof(longer), "%s0", codes[0].text);
	check_eq(find(longer), -1);
	(void)snprintf(padded, sizeof(padded), "%100s", codes[0].text);
	check_eq(find(padded), -1);
	check_eq(recovery_find(stored, 0, bytes_of_string(codes[0].text)), -1);
}

TEST(a_used_one_is_gone)
{
	/* The caller keeps those that are left: here all but the fifth. */
	struct digest left[RECOVERY_CODES - 1];

	memcpy(left, stored, 4 * sizeof(left[0]));
	memcpy(left + 4, stored + 5, 5 * sizeof(left[0]));
	check_eq(recovery_find(left, RECOVERY_CODES - 1, bytes_of_string(codes[4].text)), -1);
	check_eq(recovery_find(left, RECOVERY_CODES - 1, bytes_of_string(codes[5].text)), 4);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup(ten_codes_in_groups_of_four, make),
	cmocka_unit_test_setup(each_is_found, make),
	cmocka_unit_test_setup(however_it_is_typed, make),
	cmocka_unit_test_setup(every_other_letter_is_another_code, make),
	cmocka_unit_test_setup(refuses_what_is_no_code, make),
	cmocka_unit_test_setup(a_used_one_is_gone, make),
};

RUN_TESTS(tests)
