/* SPDX-License-Identifier: EUPL-1.2 */
/* What is said of a sound that went through the server, or did not. */
#include "server/ctl/checks.h"

#include <errno.h>
#include <string.h>

#include "tests/support/check.h"

#define HEARD(n_back, milliseconds, how_like) { .end = TRIAL_HELD, .sound = SOUND_HEARD, .port = 8443, \
	.result = { .sent = 150, .back = (n_back), .delay = MSEC(milliseconds), .likeness = (how_like) } }

static const struct {
	struct sound_trial trial;
	enum grade grade;
	const char *says, *dutch;
	const char *mend;
} cases[] = {
	{ HEARD(150, 1, 0.98), GRADE_OK, "lost 0 of 150 packets, after 1 ms", "0 van 150", "" },
	{ HEARD(147, 50, 0.8), GRADE_OK, "not end-to-end encrypted", "niet van toestel tot toestel versleuteld", "" },
	{ HEARD(146, 1, 0.98), GRADE_BROKEN, "4 were lost", "4 verloren", "buffers" },
	{ HEARD(0, 0, 0), GRADE_BROKEN, "150 were lost", "150 verloren", "buffers" },
	{ HEARD(150, 51, 0.98), GRADE_BROKEN, "after 51 ms", "na 51 ms", "top" },
	{ HEARD(150, 1, 0.79), GRADE_BROKEN, "not like what was sent: 79 %", "lijkt niet", "conclaved" },
	{ { .end = TRIAL_HELD, .sound = SOUND_UNREACHABLE, .port = 8444 }, GRADE_BROKEN,
	  "UDP port 8444 is not answered", "UDP-poort 8444", "8444" },
	{ { .end = TRIAL_HELD, .sound = SOUND_UNSECURED, .port = 8443 }, GRADE_BROKEN, "DTLS handshake",
	  "DTLS-handdruk", "openssl" },
	{ { .end = TRIAL_UNASKED, .trouble = -ENOENT }, GRADE_BROKEN, "does not run", "draait niet", "conclaved" },
	{ { .end = TRIAL_REFUSED, .worker = 1, .why = "full" }, GRADE_BROKEN, "process 2 let no sound through: full",
	  "mediaproces 2", "log" },
	{ { .end = TRIAL_UNANSWERED, .worker = 2 }, GRADE_BROKEN, "process 3 does not answer", "antwoordt niet",
	  "conclaved" },
	{ { .end = TRIAL_IMPOSSIBLE, .trouble = -ENOMEM }, GRADE_BROKEN, "Cannot allocate memory", "van hieruit",
	  "memory" },
};

TEST(every_end_is_told_with_its_mend)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct finding english = { .dutch = false }, dutch = { .dutch = true };

		judge_sound(&english, &cases[i].trial);
		judge_sound(&dutch, &cases[i].trial);
		check_eq(english.grade, cases[i].grade);
		check_eq(dutch.grade, cases[i].grade);
		check(strstr(english.says, cases[i].says));
		check(strstr(dutch.says, cases[i].dutch));
		check(strstr(english.mend, cases[i].mend));
		check(strstr(dutch.mend, cases[i].mend));
	}
}

TEST(all_workers_are_told_of_at_once)
{
	struct finding f = { .dutch = false };

	judge_whole(&f, 2, 8443, &(struct sound_result){ .sent = 300, .back = 299, .delay = 1200, .likeness = 0.97 });
	check_eq(f.grade, GRADE_OK);
	check(strstr(f.says, "(2, from UDP port 8443 on): lost 1 of 300 packets, after 2 ms"));
	check(strstr(f.says, "for 97 %"));
}

TEST(only_a_worker_that_is_ready_is_tried)
{
	struct finding f = { 0 };

	check(judge_worker(&f, 0, "ready"));
	check(!judge_worker(&f, 0, "draining"));
	check_eq(f.grade, GRADE_ATTENTION);
	check(strstr(f.says, "media process 1"));
	check(!judge_worker(&f, 0, "ending"));
	check_eq(f.grade, GRADE_ATTENTION);
	check(!judge_worker(&f, 3, "starting"));
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.says, "media process 4"));
	check(!judge_worker(&f, 0, NULL));
	check_eq(f.grade, GRADE_BROKEN);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_end_is_told_with_its_mend),
	cmocka_unit_test(all_workers_are_told_of_at_once),
	cmocka_unit_test(only_a_worker_that_is_ready_is_tried),
};

RUN_TESTS(tests)
