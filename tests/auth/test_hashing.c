/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/hashing.c: who waits, who computes, and what happens when a helper dies (ATTACKS D02, D17, G19). In tests only.
 * Invariant: each job that was taken is seen to end exactly once. */
#include "auth/hashing.h"

#include <errno.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/random.h"
#include "tests/support/check.h"

#define NOW SECONDS(5)

static const struct bytes password = { (const uint8_t *)"vq8!Lm2x#TzR", 12 };
static const struct bytes stored = { (const uint8_t *)"$argon2id$", 10 };

static struct hashing *hashing(unsigned helpers)
{
	struct hashing *h = NULL;

	check_eq(hashing_new(&h, helpers), 0);
	for (unsigned i = 0; i < helpers; i++)
		hashing_up(h, i);
	return h;
}

static uint32_t ask(struct hashing *h)
{
	uint32_t number = 0;

	check_eq(hashing_check(h, password, stored, &number), HASHING_TAKEN);
	check(number);
	return number;
}

static struct hashing_out expect(struct hashing *h, enum hashing_out_kind kind)
{
	struct hashing_out out = { 0 };

	check(hashing_poll(h, NOW, &out));
	check_eq(out.kind, kind);
	return out;
}

static void expect_nothing(struct hashing *h)
{
	struct hashing_out out;

	check(!hashing_poll(h, NOW, &out));
}

static void expect_done(struct hashing *h, uint32_t number, enum password_result result)
{
	struct hashing_out out = expect(h, HASHING_DONE);

	check_eq(out.number, number);
	check_eq(out.result, result);
}

static bool answer(struct hashing *h, unsigned helper, uint32_t number, enum password_result result, const char *text)
{
	const struct password_answer a = { result, number, bytes_of_string(text) };
	uint8_t frame[PASSWORD_FRAME];
	struct writer w = writer(frame, sizeof(frame));

	check(password_answer_write(&w, &a));
	return hashing_receive(h, helper, written(&w));
}

TEST(D02_as_many_helpers_as_cores_but_one)
{
	check_eq(hashing_helpers(0), 1);
	check_eq(hashing_helpers(1), 1);
	check_eq(hashing_helpers(2), 1);
	check_eq(hashing_helpers(4), 3);
	check_eq(hashing_helpers(1000), LIMIT_HELPERS);
}

TEST(a_job_goes_out_and_comes_back)
{
	struct hashing *h = hashing(1);
	struct password_request request;
	struct hashing_out out;
	uint32_t number = ask(h);

	out = expect(h, HASHING_SEND);
	check_eq(out.helper, 0);
	check(password_request_read(out.frame, &request));
	check_eq(request.job, PASSWORD_CHECK);
	check_eq(request.number, number);
	check(bytes_equal(request.password, password));
	check(bytes_equal(request.stored, stored));
	expect_nothing(h);
	check(answer(h, 0, number, PASSWORD_RIGHT, ""));
	expect_done(h, number, PASSWORD_RIGHT);
	expect_nothing(h);
	check_eq(hashing_deadline(h), USEC_NEVER);
	hashing_free(h);
}

TEST(a_new_password_comes_back_as_text)
{
	struct hashing *h = hashing(1);
	struct hashing_out out;
	uint32_t number;

	check_eq(hashing_hash(h, password, &number), HASHING_TAKEN);
	(void)expect(h, HASHING_SEND);
	check(answer(h, 0, number, PASSWORD_HASHED, "$argon2id$new"));
	out = expect(h, HASHING_DONE);
	check_eq(out.number, number);
	check_eq(out.result, PASSWORD_HASHED);
	check(bytes_equal_string(out.stored, "$argon2id$new"));
	hashing_free(h);
}

TEST(D02_two_hundred_at_once)
{
	struct hashing *h = hashing(3);
	uint32_t numbers[200], with[3];
	unsigned sent = 0, ended = 0;
	struct hashing_out out;

	for (int i = 0; i < 200; i++)
		numbers[i] = ask(h);
	while (ended < 200) {
		unsigned parallel = 0;

		while (hashing_poll(h, NOW, &out)) {
			if (out.kind == HASHING_DONE) {
				check_eq(out.number, numbers[ended]);	/* in their order */
				ended++;
				continue;
			}
			check_eq(out.kind, HASHING_SEND);
			check_eq(out.number, numbers[sent++]);
			with[out.helper] = out.number;
			parallel++;
		}
		check_le(parallel, 3);
		check_eq(hashing_waiting(h), 200 - sent);
		for (unsigned i = 0; i < parallel; i++)
			check(answer(h, i, with[i], PASSWORD_WRONG, ""));
	}
	expect_nothing(h);
	hashing_free(h);
}

TEST(D02_the_queue_is_bounded)
{
	struct hashing *h = hashing(1);
	struct hashing_out out;
	uint32_t number;

	for (int i = 0; i < LIMIT_HASHING_WAITING; i++)
		(void)ask(h);
	check_eq(hashing_check(h, password, stored, &number), HASHING_BUSY);
	check_eq(hashing_hash(h, password, &number), HASHING_BUSY);
	out = expect(h, HASHING_SEND);
	(void)ask(h);		/* one went out */
	check_eq(hashing_check(h, password, stored, &number), HASHING_BUSY);
	check(answer(h, 0, out.number, PASSWORD_RIGHT, ""));
	expect_done(h, out.number, PASSWORD_RIGHT);
	hashing_free(h);
}

TEST(D05_overlong_ones_are_not_taken)
{
	static const uint8_t big[1024 * 1024];
	struct hashing *h = hashing(1);
	uint32_t number;

	check_eq(hashing_check(h, bytes_make(big, sizeof(big)), stored, &number), HASHING_TOO_LONG);
	check_eq(hashing_hash(h, bytes_make(big, PASSWORD_BYTES + 1), &number), HASHING_TOO_LONG);
	check_eq(hashing_hash(h, bytes_make(NULL, 0), &number), HASHING_TOO_LONG);
	check_eq(hashing_check(h, password, bytes_make(big, PASSWORD_STORED + 1), &number), HASHING_TOO_LONG);
	check_eq(hashing_check(h, password, bytes_make(NULL, 0), &number), HASHING_TOO_LONG);
	check_eq(hashing_hash(h, bytes_make(big, PASSWORD_BYTES), &number), HASHING_TAKEN);
	expect(h, HASHING_SEND);
	hashing_free(h);
}

TEST(G19_a_dead_helper_fails_its_job_only)
{
	struct hashing *h = hashing(2);
	uint32_t a = ask(h), b = ask(h), c = ask(h);

	check_eq(expect(h, HASHING_SEND).helper, 0);
	check_eq(expect(h, HASHING_SEND).helper, 1);
	hashing_down(h, 0);
	expect_done(h, a, PASSWORD_FAILED);
	expect_nothing(h);
	check(answer(h, 1, b, PASSWORD_RIGHT, ""));
	expect_done(h, b, PASSWORD_RIGHT);
	check_eq(expect(h, HASHING_SEND).number, c);
	hashing_up(h, 0);
	b = ask(h);
	check_eq(expect(h, HASHING_SEND).helper, 0);
	check(answer(h, 0, b, PASSWORD_WRONG, ""));
	expect_done(h, b, PASSWORD_WRONG);
	hashing_free(h);
}

TEST(G19_without_helpers_nobody_waits)
{
	struct hashing *h = hashing(1);
	uint32_t a = ask(h), b = ask(h), number;

	(void)expect(h, HASHING_SEND);
	hashing_down(h, 0);
	expect_done(h, a, PASSWORD_FAILED);
	expect_done(h, b, PASSWORD_FAILED);
	expect_nothing(h);
	check_eq(hashing_check(h, password, stored, &number), HASHING_DOWN);
	hashing_down(h, 0);	/* a second time says nothing new */
	expect_nothing(h);
	hashing_up(h, 0);
	(void)ask(h);
	(void)expect(h, HASHING_SEND);
	hashing_free(h);
}

TEST(D17_answers_that_nobody_asked_for)
{
	struct hashing *h = hashing(2);
	uint32_t number;

	check(!answer(h, 0, 1, PASSWORD_RIGHT, ""));		/* it has no job */
	number = ask(h);
	(void)expect(h, HASHING_SEND);
	check(!answer(h, 1, number, PASSWORD_RIGHT, ""));	/* another one's */
	check(!answer(h, 0, number + 1, PASSWORD_RIGHT, ""));
	check(!answer(h, 0, number, PASSWORD_HASHED, "$argon2id$mine"));
	check(!hashing_receive(h, 0, bytes_make(NULL, 0)));
	check(!hashing_receive(h, 0, bytes_of_string("\x02\x00\x00")));
	expect_nothing(h);
	check(answer(h, 0, number, PASSWORD_RIGHT, ""));
	check(!answer(h, 0, number, PASSWORD_RIGHT, ""));	/* twice */
	expect_done(h, number, PASSWORD_RIGHT);
	check_eq(hashing_hash(h, password, &number), HASHING_TAKEN);
	(void)expect(h, HASHING_SEND);
	check(!answer(h, 0, number, PASSWORD_RIGHT, ""));	/* to a question that was not put */
	expect_nothing(h);
	hashing_free(h);
}

TEST(a_helper_that_hangs_is_ended)
{
	struct hashing *h = hashing(2);
	uint32_t number = ask(h);

	(void)expect(h, HASHING_SEND);
	check_eq(hashing_deadline(h), NOW + HASHING_PATIENCE);
	hashing_timeout(h, NOW + HASHING_PATIENCE - 1);
	expect_nothing(h);
	hashing_timeout(h, NOW + HASHING_PATIENCE);
	check_eq(expect(h, HASHING_END).helper, 0);
	expect_nothing(h);
	check_eq(hashing_deadline(h), USEC_NEVER);
	check(!answer(h, 0, number, PASSWORD_RIGHT, ""));	/* too late */
	hashing_down(h, 0);
	expect_done(h, number, PASSWORD_FAILED);
	hashing_free(h);
}

TEST(who_is_gone_hears_nothing)
{
	struct hashing *h = hashing(1);
	uint32_t a = ask(h), b = ask(h), c = ask(h);

	(void)expect(h, HASHING_SEND);
	hashing_cancel(h, a);		/* with the helper */
	hashing_cancel(h, b);		/* still waits */
	hashing_cancel(h, 4711);
	check_eq(hashing_waiting(h), 1);
	expect_nothing(h);		/* the helper cannot be stopped: it stays busy */
	check(answer(h, 0, a, PASSWORD_RIGHT, ""));
	check_eq(expect(h, HASHING_SEND).number, c);
	check(answer(h, 0, c, PASSWORD_RIGHT, ""));
	hashing_cancel(h, c);		/* ended, and not fetched yet */
	expect_nothing(h);
	hashing_free(h);
}

/* Everything that the queue holds of a password is gone once the frame was taken. */
TEST(passwords_are_wiped)
{
	struct hashing *h = hashing(1);
	struct hashing_out out;
	const uint8_t *frame;
	size_t size;

	(void)ask(h);
	out = expect(h, HASHING_SEND);
	frame = out.frame.data;
	size = out.frame.size;
	expect_nothing(h);
	for (size_t i = 0; i < size; i++)
		check_eq(frame[i], 0);
	hashing_free(h);
}

TEST(memory_that_is_short)
{
	struct hashing *h = NULL;
	uint32_t number = 7;

	(void)mem_fail_at(1, 0);
	check_eq(hashing_new(&h, 1), -ENOMEM);
	check_eq(hashing_new(&h, 0), -EINVAL);
	check_eq(hashing_new(&h, LIMIT_HELPERS + 1), -EINVAL);
	h = hashing(1);
	(void)mem_fail_at(1, 0);
	check_eq(hashing_hash(h, password, &number), HASHING_NO_MEMORY);
	(void)mem_fail_at(0, 0);
	check_eq(number, 7);
	expect_nothing(h);
	hashing_free(h);
	check(!hashing_free(NULL));
}

/* A model of what each job is due: 20,000 random steps, and every job ends exactly once. */
TEST(every_job_ends_once)
{
	enum { HELPERS = 3, MOST = 20000 };
	static bool open[MOST + 1];
	struct hashing *h = hashing(HELPERS);
	bool up[HELPERS] = { true, true, true };
	uint32_t with[HELPERS] = { 0 }, number;
	struct hashing_out out;
	struct random r;
	size_t taken = 0, ended = 0;

	random_seed(&r, 19);
	for (int step = 0; step < MOST; step++) {
		unsigned i = random_below(&r, HELPERS);

		switch (random_below(&r, 8)) {
		case 0:
			if (up[i])
				hashing_down(h, i);
			else
				hashing_up(h, i);
			up[i] = !up[i];
			with[i] = 0;
			break;
		case 1:
		case 2:
			if (with[i])
				check(answer(h, i, with[i], PASSWORD_RIGHT, ""));
			with[i] = 0;
			break;
		case 3:
			number = random_below(&r, (uint32_t)taken + 1);
			hashing_cancel(h, number);
			ended += open[number];
			open[number] = false;
			break;
		default:
			if (hashing_check(h, password, stored, &number) != HASHING_TAKEN)
				break;
			check_eq(number, ++taken);
			open[number] = true;
		}
		while (hashing_poll(h, NOW, &out)) {
			if (out.kind == HASHING_SEND) {
				check(up[out.helper] && !with[out.helper]);
				with[out.helper] = out.number;
				continue;
			}
			check_eq(out.kind, HASHING_DONE);
			check(open[out.number]);
			open[out.number] = false;
			ended++;
		}
	}
	for (unsigned i = 0; i < HELPERS; i++)
		hashing_down(h, i);
	while (hashing_poll(h, NOW, &out)) {
		check(open[out.number]);
		open[out.number] = false;
		ended++;
	}
	check(taken > 1000);
	check_eq(ended, taken);
	hashing_free(h);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(D02_as_many_helpers_as_cores_but_one),
	cmocka_unit_test(a_job_goes_out_and_comes_back),
	cmocka_unit_test(a_new_password_comes_back_as_text),
	cmocka_unit_test(D02_two_hundred_at_once),
	cmocka_unit_test(D02_the_queue_is_bounded),
	cmocka_unit_test(D05_overlong_ones_are_not_taken),
	cmocka_unit_test(G19_a_dead_helper_fails_its_job_only),
	cmocka_unit_test(G19_without_helpers_nobody_waits),
	cmocka_unit_test(D17_answers_that_nobody_asked_for),
	cmocka_unit_test(a_helper_that_hangs_is_ended),
	cmocka_unit_test(who_is_gone_hears_nothing),
	cmocka_unit_test(passwords_are_wiped),
	cmocka_unit_test(memory_that_is_short),
	cmocka_unit_test(every_job_ends_once),
};

RUN_TESTS(tests)
