/* SPDX-License-Identifier: EUPL-1.2 */
/* ATTACKS D04: whether an address has an account cannot be told from how long a refusal takes. The helper's own
 * computation is part of what is measured, as processor time: what else this machine does is not. In tests only. */
#include <time.h>

#include "helper/job.h"
#include "tests/gate/browser.h"

#define KNOWN "jan@lindebeke.example"
#define UNKNOWN "niemand@lindebeke.example"
#define MOST 500
#define APART 2.0	/* ms between the medians: what ATTACKS allows */

static struct stage s;
static struct browser jan;

static double now_ms(void)
{
	struct timespec t;

	check_eq(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* What a helper does with the last frame; `idle`: it says no without having worked. */
static void help(bool idle)
{
	uint8_t frame[PASSWORD_FRAME];
	struct writer w = writer(frame, sizeof(frame));
	struct password_request request;

	if (idle) {
		check(password_request_read(bytes_make(s.frame, s.frame_size), &request));
		check(password_answer_write(&w, &(struct password_answer){ .number = request.number,
			.result = PASSWORD_WRONG }));
	} else {
		check(job_answer(bytes_make(s.frame, s.frame_size), &w));
	}
	check(hall_helper_says(s.hall, s.frame_helper, written(&w)));
	stage_drain(&s);
}

static int setup(void **state __attribute__((unused)))
{
	char token[44];

	stage_open(&s, NULL);
	hall_helper_up(s.hall, 0);
	browser_open(&jan, &s, 0, false);
	check(stage_made(&s, "{\"verb\":\"user-add\",\"name\":\"Jan Peeters\",\"email\":\"" KNOWN "\"}"));
	stage_token(&s, 0, token);
	check_eq(browser_enrol_password(&jan, token, "vier groene fietsen"), 0);
	help(false);
	check_eq(s.late_status, 200);
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	browser_close(&jan);
	stage_close(&s);
	return 0;
}

static double by_password(const char *email, bool idle)
{
	double began = now_ms();

	check_eq(browser_sign_in_password(&jan, email, "een ander wachtwoord"), 0);
	help(idle);
	check_eq(s.late_status, 403);
	return now_ms() - began;
}

static double by_code(const char *email, bool idle __attribute__((unused)))
{
	double began = now_ms();

	check_eq(browser_askf(&jan, "/api/sign-in/recovery", "{\"email\":\"%s\",\"recovery\":\"AAAA-BBBB-CCCC-DDDD\"}",
		email), 403);
	return now_ms() - began;
}

static int by_size(const void *a, const void *b)
{
	return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static double median(double *times, size_t n)
{
	qsort(times, n, sizeof(*times), by_size);
	return times[n / 2];
}

/* Taken in turn, each first as often as the other, so that whatever slows the machine slows both; a minute apart, as
 * the throttle wants it. */
static double difference(double (*refused)(const char *email, bool idle), size_t each, bool idle, const char *name)
{
	static double known[MOST], unknown[MOST];
	double a, b;

	for (size_t i = 0; i < 2 * each; i++) {
		bool nobody = (i + i / 2) % 2;

		stage_pass(&s, SECONDS(61));
		(nobody ? unknown : known)[i / 2] = refused(nobody ? UNKNOWN : KNOWN, nobody && idle);
	}
	a = median(known, each);
	b = median(unknown, each);
	print_message("# %s, %zu each: known %.3f ms, unknown %.3f ms\n", name, each, a, b);
	return a > b ? a - b : b - a;
}

static size_t each(void)
{
	return is_long_form() ? MOST : MOST / 10;
}

TEST(D04_password_takes_as_long_for_nobody)
{
	check(difference(by_password, each(), false, "passwords") <= APART);
}

TEST(D04_recovery_code_takes_as_long_for_nobody)
{
	check(difference(by_code, each(), false, "recovery codes") <= APART);
}

/* Seeded: were nothing computed for nobody, this would be seen. */
TEST(D04_a_difference_is_noticed)
{
	check(difference(by_password, 9, true, "without the work") > APART);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(D04_password_takes_as_long_for_nobody, setup, teardown),
	cmocka_unit_test_setup_teardown(D04_recovery_code_takes_as_long_for_nobody, setup, teardown),
	cmocka_unit_test_setup_teardown(D04_a_difference_is_noticed, setup, teardown),
};

RUN_TESTS(tests)
