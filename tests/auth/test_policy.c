/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/policy.c: whatever is asked of it, a policy never gives (RIGHTS N9, N11). In tests only. */
#include "auth/policy.h"
#include "base/random.h"
#include "tests/support/check.h"

TEST(a_new_policy_takes_nothing_away)
{
	struct policy p;

	policy_init(&p);
	for (int a = 0; a < ACT_N; a++)
		for (int v = VERDICT_NO; v <= VERDICT_YES; v++)
			check_eq(policy_limit(&p, (enum action)a, (enum verdict)v, false), v);
}

TEST(never_adds_to_the_table)
{
	struct random random;
	struct policy p;

	random_seed(&random, 9);
	policy_init(&p);
	for (int i = 0; i < 10000; i++) {
		enum action action = (enum action)random_below(&random, ACT_N);
		enum verdict before = p.ceilings[action];
		enum verdict asked = (enum verdict)random_below(&random, 3);
		bool done = policy_lower(&p, action, asked);

		check(p.ceilings[action] <= before);
		check_eq(done, !rights_is_fixed(action) && asked <= before);
		for (int v = VERDICT_NO; v <= VERDICT_YES; v++)
			check_le(policy_limit(&p, action, (enum verdict)v, false), (enum verdict)v);
	}
}

TEST(leaves_what_each_person_decides_alone)
{
	static const enum action untouched[] = { ACT_OWN_SOURCES, ACT_RAISE_HAND, ACT_LEAVE, ACT_REFUSE_CONVERSATION,
		ACT_WRITE, ACT_RECUSE_ONESELF, ACT_OBJECT, ACT_REPORT_FAULT, ACT_VOTE };
	struct policy p;

	policy_init(&p);
	for (size_t i = 0; i < sizeof(untouched) / sizeof(untouched[0]); i++)
		check(!policy_lower(&p, untouched[i], VERDICT_NO));
}

TEST(a_file_takes_away_what_its_lines_say)
{
	char error[POLICY_ERROR_SIZE] = "";
	struct policy p;

	policy_init(&p);
	check(policy_read(&p, bytes_of_string("# ours\n\n mute = two \r\nremove-guest=never # by no one\nend = two"), error));
	check_eq(p.ceilings[ACT_MUTE], VERDICT_SECOND);
	check_eq(p.ceilings[ACT_REMOVE_GUEST], VERDICT_NO);
	check_eq(p.ceilings[ACT_END_MEETING], VERDICT_SECOND);
	check_eq(p.ceilings[ACT_SUSPEND], VERDICT_YES);
	check(policy_read(&p, bytes_make(NULL, 0), error));
}

TEST(a_file_that_is_not_understood_changes_nothing)
{
	static const char *const bad[] = { "mute", "mute =", "mute = one", "= two", "unmute = never",
		"mute = two\nmute = never",
		"hand = never", "fault = never", "vote = never", "sources = never", "admit = two", "floor = two",
		"mute two",
		"mute = two = never", "MUTE = two", "suspend = never\nx" };
	char error[POLICY_ERROR_SIZE];
	struct policy p, fresh;

	policy_init(&fresh);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		policy_init(&p);
		error[0] = '\0';
		check(!policy_read(&p, bytes_of_string(bad[i]), error));
		check(strncmp(error, "line ", 5) == 0);
		assert_memory_equal(&p, &fresh, sizeof(p));
	}
}

TEST(what_no_policy_may_touch_has_no_word)
{
	for (int a = 0; a < ACT_N; a++) {
		check_eq(policy_word((enum action)a) == NULL, rights_is_fixed((enum action)a));
		check(policy_word((enum action)a) || !policy_knows_second((enum action)a));
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_new_policy_takes_nothing_away),
	cmocka_unit_test(never_adds_to_the_table),
	cmocka_unit_test(leaves_what_each_person_decides_alone),
	cmocka_unit_test(a_file_takes_away_what_its_lines_say),
	cmocka_unit_test(a_file_that_is_not_understood_changes_nothing),
	cmocka_unit_test(what_no_policy_may_touch_has_no_word),
};

RUN_TESTS(tests)
