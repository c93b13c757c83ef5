/* SPDX-License-Identifier: EUPL-1.2 */
/* helper/job.c: each request has one answer, and what is no request has none. In tests only. */
#include "helper/job.h"

#include "auth/password.h"
#include "tests/support/check.h"

static uint8_t answered[PASSWORD_FRAME];

static bool ask(enum password_job job, const char *password, const char *stored, struct password_answer *ret)
{
	const struct password_request request = { job, 77, bytes_of_string(password), bytes_of_string(stored) };
	struct writer w, answer = writer(answered, sizeof(answered));
	uint8_t frame[PASSWORD_FRAME];

	w = writer(frame, sizeof(frame));
	check(password_request_write(&w, &request));
	return job_answer(written(&w), &answer) && password_answer_read(written(&answer), ret);
}

TEST(hashes_and_then_checks)
{
	struct password_answer answer;
	char stored[PASSWORD_STORED + 1] = { 0 };

	check(ask(PASSWORD_HASH, "vq8!Lm2x#TzR", "", &answer));
	check_eq(answer.result, PASSWORD_HASHED);
	check_eq(answer.number, 77);
	memcpy(stored, answer.stored.data, answer.stored.size);
	check(ask(PASSWORD_CHECK, "vq8!Lm2x#TzR", stored, &answer));
	check_eq(answer.result, PASSWORD_RIGHT);
	check_eq(answer.number, 77);
	check(ask(PASSWORD_CHECK, "vq8!Lm2x#TzS", stored, &answer));
	check_eq(answer.result, PASSWORD_WRONG);
	check(ask(PASSWORD_CHECK, "vq8!Lm2x#TzR", "$2b$", &answer));
	check_eq(answer.result, PASSWORD_UNREADABLE);
}

TEST(what_is_no_request_has_no_answer)
{
	static const struct bytes wrong[] = {
		{ NULL, 0 }, { (const uint8_t *)"\x01", 1 }, { (const uint8_t *)"\x03\0\0\0\1\0\1x\0", 9 },
		{ (const uint8_t *)"\x01\0\0\0\1\0\2x\0", 9 }, { (const uint8_t *)"\x01\0\0\0\1\0\1x\0\0", 10 },
	};
	struct writer w;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		w = writer(answered, sizeof(answered));
		check(!job_answer(wrong[i], &w));
		check_eq(written(&w).size, 0);
	}
	/* The same with nothing wrong. */
	w = writer(answered, sizeof(answered));
	check(job_answer(bytes_make("\x02\0\0\0\1\0\1x\1*", 10), &w));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(hashes_and_then_checks),
	cmocka_unit_test(what_is_no_request_has_no_answer),
};

RUN_TESTS(tests)
