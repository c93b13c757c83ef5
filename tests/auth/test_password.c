/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/password.c and auth/password_judge.c: which passwords are taken, and the frames. In tests only. */
#include "auth/password.h"

#include "base/random.h"
#include "tests/support/check.h"

static enum password_why judge(const char *password)
{
	static const struct bytes about[] = {
		{ (const uint8_t *)"Annelies Van den Bossche", 24 },
		{ (const uint8_t *)"a.vandenbossche@ruiselede.example", 33 },
		{ (const uint8_t *)"Gemeente Ruiselede", 18 },
	};

	return password_judge(bytes_of_string(password), about, 3);
}

TEST(length_is_counted_in_characters)
{
	char long_one[1024];
	struct random r;

	check_eq(judge("kdwzqfjxgmh"), PASSWORD_SHORT);
	check_eq(judge("kdwzqfjxgmhp"), PASSWORD_OK);
	check_eq(judge("éèçàùôîêüöä"), PASSWORD_SHORT);		/* 11 characters, 22 bytes */
	check_eq(judge("éèçàùôîêüöäß"), PASSWORD_OK);
	check_eq(judge("😀🐸🦊🐙🌵🍄🚲🚂🎈🎹🎲🧭"), PASSWORD_OK);
	check_eq(judge(""), PASSWORD_SHORT);
	random_seed(&r, 12);
	for (size_t i = 0; i < sizeof(long_one); i++)
		long_one[i] = "kdwzqfjxgmhp7b"[random_below(&r, 14)];
	check_eq(password_judge(bytes_make(long_one, 128), NULL, 0), PASSWORD_OK);
	check_eq(password_judge(bytes_make(long_one, 64), NULL, 0), PASSWORD_OK);	/* D05 */
	check_eq(password_judge(bytes_make(long_one, 129), NULL, 0), PASSWORD_LONG);
}

TEST(D05_a_megabyte_is_refused_unread)
{
	static char megabyte[1024 * 1024];

	check_eq(password_judge(bytes_make(megabyte, sizeof(megabyte)), NULL, 0), PASSWORD_LONG);
	check_eq(password_judge(bytes_make(megabyte, PASSWORD_BYTES + 1), NULL, 0), PASSWORD_LONG);
	check_eq(password_judge(bytes_make(megabyte, PASSWORD_BYTES), NULL, 0), PASSWORD_NOT_TEXT);
}

TEST(only_text)
{
	static const char *const wrong[] = {
		"kdwzqfjxgmhp\x80", "kdwzqfjxgmhp\xc3", "kdwzqfjxgmhp\xc0\xaf", "kdwzqfjxgmhp\xe0\x80\xaf",
		"kdwzqfjxgmhp\xed\xa0\x80", "kdwzqfjxgmhp\xf4\x90\x80\x80", "kdwzqfjxgmhp\xf5\x80\x80\x80",
		"kdwzqfjxgmhp\xf0\x80\x80\x80", "kdwzqfjxgmhp\xff", "kdwzqfjxgmhp\n", "kdwzqfjxgmhp\x7f",
		"kdwzqfjxgmhp\xc2\x85",
		"kdwzqfjxgmhp\xe2\x82",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		check_eq(judge(wrong[i]), PASSWORD_NOT_TEXT);
	check_eq(password_judge(bytes_make("kdwzqfjxgmhp\0", 13), NULL, 0), PASSWORD_NOT_TEXT);
}

TEST(what_everybody_tries_first)
{
	static const char *const common[] = {
		"password1234", "Password2026!", "P@ssw0rd1234!", "wachtwoord123", "Wachtwoord2026", "welkom123456",
		"123456789012", "aaaaaaaaaaaa", "abcdefghijkl", "qwertyuiop12", "azertyuiop99", "Gemeente2026!",
		"gemeenteraad1!", "0987654321098", "iloveyou2024", "voorzitter!!", "vergadering12",
		"septemberseptember", "abcdabcdabcd", "Conclave2026!!", "1q2w3e4r1q2w3e4r", "WelkomWelkom1",
		"Burgemeester1", "x1x1x1x1x1x1x1",
	};

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		print_message("# %s\n", common[i]);
		check_eq(judge(common[i]), PASSWORD_COMMON);
	}
}

TEST(what_others_know_of_the_person)
{
	static const char *const personal[] = {
		"annelies1987", "VandenBossche", "Ruiselede8755", "annelies.bossche", "a.vandenbossche",
		"Ru1selede!!!!",
	};

	for (size_t i = 0; i < sizeof(personal) / sizeof(personal[0]); i++) {
		print_message("# %s\n", personal[i]);
		check_eq(judge(personal[i]), PASSWORD_PERSONAL);
		check_eq(password_judge(bytes_of_string("kdwzqfjxgmhp"), NULL, 0), PASSWORD_OK);
	}
	check_eq(password_judge(bytes_of_string("annelieskwxz"), NULL, 0), PASSWORD_OK);
}

TEST(sentences_and_noise_are_fine)
{
	static const char *const fine[] = {
		"correct horse battery staple", "mijn fiets staat achter de schuur", "vq8!Lm2x#TzR",
		"de kat van Annelies slaapt", "zeven grijze ganzen", "X9-kPd3-uWq7", "gemeenteraad met zeven honden",
		"l'hirondelle du clocher",
	};

	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		print_message("# %s\n", fine[i]);
		check_eq(judge(fine[i]), PASSWORD_OK);
	}
}

TEST(short_words_about_the_person_explain_nothing)
{
	static const struct bytes about[] = { { (const uint8_t *)"An de Wit k d w z", 17 } };

	check_eq(password_judge(bytes_of_string("kdwzqfjxgmhp"), about, 1), PASSWORD_OK);
}

TEST(requests_come_back_as_they_went)
{
	uint8_t frame[PASSWORD_FRAME], longest[PASSWORD_BYTES], stored[PASSWORD_STORED];
	const struct password_request requests[] = {
		{ PASSWORD_HASH, 1, bytes_of_string("x"), { NULL, 0 } },
		{ PASSWORD_HASH, UINT32_MAX, bytes_make(longest, sizeof(longest)), { NULL, 0 } },
		{ PASSWORD_CHECK, 7, bytes_make(longest, sizeof(longest)), bytes_make(stored, sizeof(stored)) },
	};

	memset(longest, 'l', sizeof(longest));
	memset(stored, 's', sizeof(stored));
	for (size_t i = 0; i < 3; i++) {
		struct writer w = writer(frame, sizeof(frame));
		struct password_request got;

		check(password_request_write(&w, &requests[i]));
		check(password_request_read(written(&w), &got));
		check_eq(got.job, requests[i].job);
		check_eq(got.number, requests[i].number);
		check(bytes_equal(got.password, requests[i].password));
		check(bytes_equal(got.stored, requests[i].stored));
		for (size_t n = 0; n < written(&w).size; n++)
			check(!password_request_read(bytes_make(frame, n), &got));
	}
}

TEST(what_is_no_request_is_neither_read_nor_written)
{
	uint8_t frame[PASSWORD_FRAME + 1] = { 0 }, big[PASSWORD_BYTES + 1] = { 0 };
	const struct password_request wrong[] = {
		{ (enum password_job)0, 1, bytes_of_string("x"), { NULL, 0 } },
		{ (enum password_job)3, 1, bytes_of_string("x"), bytes_of_string("y") },
		{ PASSWORD_HASH, 1, { NULL, 0 }, { NULL, 0 } },
		{ PASSWORD_HASH, 1, bytes_of_string("x"), bytes_of_string("y") },
		{ PASSWORD_HASH, 1, bytes_make(big, sizeof(big)), { NULL, 0 } },
		{ PASSWORD_CHECK, 1, bytes_of_string("x"), { NULL, 0 } },
		{ PASSWORD_CHECK, 1, bytes_of_string("x"), bytes_make(big, PASSWORD_STORED + 1) },
	};
	const struct password_request right = { PASSWORD_HASH, 1, bytes_of_string("x"), { NULL, 0 } };
	struct password_request got;
	struct writer w;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		w = writer(frame, sizeof(frame));
		check(!password_request_write(&w, &wrong[i]));
		check_eq(written(&w).size, 0);
	}
	w = writer(frame, sizeof(frame));
	check(password_request_write(&w, &right));
	check(!password_request_read(bytes_make(frame, written(&w).size + 1), &got));
}

TEST(answers_come_back_as_they_went)
{
	uint8_t frame[PASSWORD_FRAME];
	struct password_answer got;

	for (int result = 0; result < 256; result++) {
		for (int stored = 0; stored < 2; stored++) {
			const struct password_answer answer = {
				(enum password_result)result, 9, bytes_of_string(stored ? "$argon2id$" : ""),
			};
			bool right = stored ? result == PASSWORD_HASHED :
				result > PASSWORD_HASHED && result <= PASSWORD_FAILED;
			struct writer w = writer(frame, sizeof(frame));

			check_eq(password_answer_write(&w, &answer), right);
			check_eq(password_answer_read(written(&w), &got), right);
			if (!right)
				continue;
			check_eq(got.result, result);
			check_eq(got.number, 9);
			check(bytes_equal(got.stored, answer.stored));
			check(!password_answer_read(bytes_make(frame, written(&w).size - 1), &got));
			check(!password_answer_read(bytes_make(frame, written(&w).size + 1), &got));
		}
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(length_is_counted_in_characters),
	cmocka_unit_test(D05_a_megabyte_is_refused_unread),
	cmocka_unit_test(only_text),
	cmocka_unit_test(what_everybody_tries_first),
	cmocka_unit_test(what_others_know_of_the_person),
	cmocka_unit_test(sentences_and_noise_are_fine),
	cmocka_unit_test(short_words_about_the_person_explain_nothing),
	cmocka_unit_test(requests_come_back_as_they_went),
	cmocka_unit_test(what_is_no_request_is_neither_read_nor_written),
	cmocka_unit_test(answers_come_back_as_they_went),
};

RUN_TESTS(tests)
