/* SPDX-License-Identifier: EUPL-1.2 */
/* helper/argon.c: the right password and no other, whatever is stored (ATTACKS D01). In tests only. */
#include "helper/argon.h"

#include <argon2.h>

#include "tests/support/check.h"

/* One cheap enough to be compared a thousand times: the costs of another release. */
#define CHEAP_MEMORY 8
#define CHEAP_PASSES 1

static const char salt[] = "0123456789abcdef";

static void store(char *ret, size_t size, const char *password, uint32_t passes, uint32_t memory, uint32_t lanes,
	size_t salt_size, size_t hash_size, argon2_type type)
{
	check_eq(argon2_hash(passes, memory, lanes, password, strlen(password), salt, salt_size, NULL, hash_size, ret,
		size, type, ARGON2_VERSION_13), ARGON2_OK);
}

static void store_cheap(char ret[static PASSWORD_STORED], const char *password)
{
	store(ret, PASSWORD_STORED, password, CHEAP_PASSES, CHEAP_MEMORY, 1, 16, 32, Argon2_id);
}

static enum password_result compare(const char *password, const char *stored)
{
	return argon_check(bytes_of_string(password), bytes_of_string(stored));
}

TEST(D01_right_and_wrong)
{
	char stored[PASSWORD_STORED + 1];

	check_eq(argon_hash(bytes_of_string("vq8!Lm2x#TzR"), stored), 0);
	check_eq(strlen(stored), 97);
	check_eq(strncmp(stored, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0);
	check_eq(compare("vq8!Lm2x#TzR", stored), PASSWORD_RIGHT);
	check_eq(compare("vq8!Lm2x#TzS", stored), PASSWORD_WRONG);
	check_eq(compare(stored, stored), PASSWORD_WRONG);
}

TEST(D01_near_misses)
{
	static const char right[] = "vq8!Lm2x#TzR";
	static const char *const wrong[] = {
		"", "v", "vq8!Lm2x#Tz", "vq8!Lm2x#TzR ", " vq8!Lm2x#TzR", "VQ8!LM2X#TZR", "vq8!Lm2x#TzRvq8!Lm2x#TzR",
		"vq8!Lm2x#TzR\n",
	};
	char stored[PASSWORD_STORED];

	store_cheap(stored, right);
	check_eq(compare(right, stored), PASSWORD_RIGHT_STALE);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		check_eq(compare(wrong[i], stored), PASSWORD_WRONG);
	check_eq(argon_check(bytes_make("vq8!Lm2x#TzR\0", 13), bytes_of_string(stored)), PASSWORD_WRONG);
	/* The hash as the password, and every prefix of the right one. */
	check_eq(compare(stored, stored), PASSWORD_WRONG);
	check_eq(compare(strrchr(stored, '$') + 1, stored), PASSWORD_WRONG);
	for (size_t n = 0; n < strlen(right); n++)
		check_eq(argon_check(bytes_make(right, n), bytes_of_string(stored)), PASSWORD_WRONG);
}

TEST(D01_every_changed_letter_of_what_is_stored)
{
	char stored[PASSWORD_STORED], other[PASSWORD_STORED];
	static const char letters[] = "AZaz09+/$=,-. \n\x80";

	store_cheap(stored, "vq8!Lm2x#TzR");
	for (size_t i = 0; stored[i]; i++) {
		for (const char *c = letters; *c; c++) {
			enum password_result result;

			memcpy(other, stored, sizeof(other));
			other[i] = *c;
			if (other[i] == stored[i])
				continue;
			result = compare("vq8!Lm2x#TzR", other);
			check(result == PASSWORD_WRONG || result == PASSWORD_UNREADABLE);
		}
		/* Cut there. */
		check_eq(argon_check(bytes_of_string("vq8!Lm2x#TzR"), bytes_make(stored, i)), PASSWORD_UNREADABLE);
	}
}

TEST(D01_other_formats)
{
	static const char *const others[] = {
		"", "vq8!Lm2x#TzR", "$", "$argon2id$", "plain:vq8!Lm2x#TzR", "{PLAIN}vq8!Lm2x#TzR",
		"$1$abcdefgh$7aAqgUKVzQe.Ed6.PEJgt1", "$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
		"$6$abcdefgh$abc", "5f4dcc3b5aa765d61d8327deb882cf99", "*", "!", "$y$j9T$abc$def",
		/* ours, with something that is not */
		"$argon2id$v=16$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
		"$argon2id$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
		"$argon2id$v=19$t=1,m=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
		"$argon2id$v=19$m=08,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
		"$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		"$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		check_eq(compare("vq8!Lm2x#TzR", others[i]), PASSWORD_UNREADABLE);
		check_eq(compare("", others[i]), PASSWORD_UNREADABLE);
		check_eq(compare(others[i], others[i]), PASSWORD_UNREADABLE);
	}
}

TEST(D01_other_kinds_of_argon)
{
	char stored[PASSWORD_STORED];

	store(stored, sizeof(stored), "vq8!Lm2x#TzR", 1, 8, 1, 16, 32, Argon2_i);
	check_eq(compare("vq8!Lm2x#TzR", stored), PASSWORD_UNREADABLE);
	store(stored, sizeof(stored), "vq8!Lm2x#TzR", 1, 8, 1, 16, 32, Argon2_d);
	check_eq(compare("vq8!Lm2x#TzR", stored), PASSWORD_UNREADABLE);
	store(stored, sizeof(stored), "vq8!Lm2x#TzR", 1, 8, 1, 16, 16, Argon2_id);	/* is guessed sooner */
	check_eq(compare("vq8!Lm2x#TzR", stored), PASSWORD_UNREADABLE);
	store(stored, sizeof(stored), "vq8!Lm2x#TzR", 1, 8, 1, 8, 32, Argon2_id);
	check_eq(compare("vq8!Lm2x#TzR", stored), PASSWORD_UNREADABLE);
	store(stored, sizeof(stored), "vq8!Lm2x#TzR", 1, 16, 2, 16, 32, Argon2_id);	/* two threads */
	check_eq(compare("vq8!Lm2x#TzR", stored), PASSWORD_UNREADABLE);
}

TEST(D17_what_is_stored_cannot_ask_for_the_machine)
{
	static const char *const costs[] = {
		"m=4294967295,t=1,p=1", "m=65537,t=1,p=1", "m=8,t=9,p=1", "m=8,t=4294967295,p=1",
		"m=8,t=1,p=4294967295",
		"m=99999999999999999999,t=1,p=1", "m=-1,t=1,p=1", "m=0,t=1,p=1", "m=8,t=0,p=1", "m=,t=1,p=1",
		"m=7,t=1,p=1",
	};
	char stored[256];

	for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		(void)snprintf(stored, sizeof(stored), "$argon2id$v=19$%s$MDEyMzQ1Njc4OWFiY2RlZg$"
			"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", costs[i]);
		check_eq(compare("vq8!Lm2x#TzR", stored), PASSWORD_UNREADABLE);
	}
}

TEST(D04_nobodys_password_is_read_and_never_right)
{
	check_eq(compare("vq8!Lm2x#TzR", password_of_nobody), PASSWORD_WRONG);
	check_eq(compare("", password_of_nobody), PASSWORD_WRONG);
	/* At today's costs: it takes as long as a real one. */
	check_eq(strncmp(password_of_nobody, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0);
}

TEST(no_two_are_stored_alike)
{
	char a[PASSWORD_STORED + 1], b[PASSWORD_STORED + 1];

	check_eq(argon_hash(bytes_of_string("vq8!Lm2x#TzR"), a), 0);
	check_eq(argon_hash(bytes_of_string("vq8!Lm2x#TzR"), b), 0);
	check(strcmp(a, b) != 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(D01_right_and_wrong),
	cmocka_unit_test(D01_near_misses),
	cmocka_unit_test(D01_every_changed_letter_of_what_is_stored),
	cmocka_unit_test(D01_other_formats),
	cmocka_unit_test(D01_other_kinds_of_argon),
	cmocka_unit_test(D17_what_is_stored_cannot_ask_for_the_machine),
	cmocka_unit_test(D04_nobodys_password_is_read_and_never_right),
	cmocka_unit_test(no_two_are_stored_alike),
};

RUN_TESTS(tests)
