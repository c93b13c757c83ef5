/* SPDX-License-Identifier: EUPL-1.2 */
/* One group by itself: order, log, who asks, what a restart leaves; every cap is hit. In tests only. */
#include <errno.h>

#include "base/mem.h"
#include "server/hall/resume.h"
#include "tests/support/check.h"

#define TAG(c) c "AAAAAAAAAAAAAAAAAAAAA=="
#define ALICE 1
#define BOB 2
#define CAROL 128

static const struct crowd nobody;
static struct keys k;

static int open_group(void **state)
{
	struct crowd there = crowd_of(ALICE);

	(void)state;
	keys_init(&k, LIMIT_KEY_LOG_BYTES);
	check_eq(keys_ask(&k, ALICE, "AAAA"), 0);
	check_eq(keys_choose(&k, 0, &there), ALICE);
	check(keys_create(&k, ALICE, TAG("A")));
	keys_keep(&k);
	return 0;
}

static int close_group(void **state)
{
	(void)state;
	keys_done(&k);
	return 0;
}

static void check_log(void)
{
	size_t size = 0;

	for (uint32_t i = 0; i < k.live.n_log; i++)
		size += letters_size(k.live.log[i].commit);
	check_eq(size, k.live.log_size);
	check_le(k.live.log_size, k.log_most);
	check_le(k.live.n_log, (uint32_t)LIMIT_KEY_LOG);
}

TEST(a_crowd_holds_ids_of_people_and_no_others)
{
	struct crowd c = { 0 };
	static const uint32_t ids[] = { 1, 63, 64, 65, 127, 128 };
	size_t i = 0;

	crowd_add(&c, 0);
	crowd_add(&c, 129);
	crowd_add(&c, UINT32_MAX);
	check_eq(crowd_count(&c), 0);
	for (i = 0; i < ARRAY_SIZE(ids); i++)
		crowd_add(&c, ids[i]);
	i = 0;
	crowd_for_each(id, &c)
		check_eq(id, ids[i++]);
	check_eq(i, ARRAY_SIZE(ids));
	crowd_remove(&c, 64);
	crowd_remove(&c, 64);
	crowd_remove(&c, 129);
	check_eq(crowd_count(&c), 5);
	check(!crowd_has(&c, 64) && crowd_has(&c, 63) && !crowd_has(&c, 129));
}

TEST(the_first_commit_of_an_epoch_wins)
{
	struct crowd bob = crowd_of(BOB);

	check_eq(keys_ask(&k, BOB, "BBBB"), 0);
	check_eq(keys_take(&k, 1, ALICE, "CCCC", TAG("B"), &bob, &nobody), -ESTALE);
	check_eq(keys_take(&k, 0, ALICE, "CCCC", TAG("B"), &bob, &nobody), 0);
	check_eq(keys_take(&k, 0, BOB, "DDDD", TAG("C"), &nobody, &nobody), -ESTALE);
	check_eq(k.live.epoch, 1);
	check_text(k.live.tag, TAG("B"));
	check(crowd_has(&k.live.members, BOB));
	check(!keys_package(&k, BOB));
	check_text(letters_text(keys_ended(&k, 0)->commit), "CCCC");
	check_eq(keys_ended(&k, 0)->by, ALICE);
	check(!keys_ended(&k, 1));
}

/* A reload: the old leaf goes and a new one comes, in one commit. */
TEST(who_is_removed_and_added_stays)
{
	struct crowd bob = crowd_of(BOB);

	check_eq(keys_take(&k, 0, ALICE, "CCCC", TAG("B"), &bob, &nobody), 0);
	check_eq(keys_take(&k, 1, ALICE, "CCCC", TAG("C"), &bob, &bob), 0);
	check(crowd_has(&k.live.members, BOB));
	check_eq(keys_take(&k, 2, ALICE, "CCCC", TAG("C"), &nobody, &bob), 0);
	check(!crowd_has(&k.live.members, BOB));
}

TEST(the_log_holds_64_commits)
{
	for (uint32_t epoch = 0; epoch < LIMIT_KEY_LOG + 10; epoch++) {
		check_eq(keys_take(&k, epoch, ALICE, "CCCC", TAG("B"), &nobody, &nobody), 0);
		check_log();
	}
	check_eq(k.live.n_log, LIMIT_KEY_LOG);
	check(!keys_ended(&k, 9));
	check(keys_ended(&k, 10));
	check(keys_ended(&k, LIMIT_KEY_LOG + 9));
	check(!keys_ended(&k, LIMIT_KEY_LOG + 10));
	check(!keys_ended(&k, UINT32_MAX));
}

TEST(the_log_holds_its_letters_and_no_more)
{
	static char commit[LIMIT_KEY_COMMIT + 1];
	uint32_t fit = LIMIT_KEY_LOG_BYTES / LIMIT_KEY_COMMIT;

	memset(commit, 'A', LIMIT_KEY_COMMIT);
	for (uint32_t epoch = 0; epoch < 3 * fit; epoch++) {
		check_eq(keys_take(&k, epoch, ALICE, commit, TAG("B"), &nobody, &nobody), 0);
		check_log();
	}
	check_eq(k.live.n_log, fit);
	check(keys_ended(&k, 2 * fit) && !keys_ended(&k, 2 * fit - 1));
}

TEST(a_hundred_may_ask)
{
	for (uint32_t id = 1; id <= LIMIT_KEY_PENDING; id++)
		check_eq(keys_ask(&k, id, "BBBB"), 0);
	check_eq(keys_ask(&k, LIMIT_KEY_PENDING + 1, "BBBB"), -ENOSPC);
	check_eq(keys_ask(&k, BOB, "CCCC"), 0);		/* a later one replaces it */
	check_text(keys_package(&k, BOB), "CCCC");
	check_eq(k.live.n_pending, LIMIT_KEY_PENDING);
	check_eq(k.live.pending[1], BOB);
	keys_forget(&k, BOB);
	check_eq(k.live.pending[1], BOB + 1);
	check_eq(keys_ask(&k, CAROL, "BBBB"), 0);
	check_eq(k.live.pending[LIMIT_KEY_PENDING - 1], CAROL);
}

TEST(everybody_who_asked_is_chosen_in_turn)
{
	struct crowd there = crowd_of(BOB);

	keys_dissolve(&k);
	check_eq(keys_choose(&k, 0, &there), 0);	/* nobody asked */
	check_eq(keys_ask(&k, CAROL, "BBBB"), 0);
	check_eq(keys_ask(&k, BOB, "BBBB"), 0);
	check_eq(keys_choose(&k, 0, &there), BOB);	/* the first is not there */
	crowd_add(&there, CAROL);
	crowd_add(&there, ALICE);
	check_eq(keys_choose(&k, 0, &there), CAROL);
	check(!keys_create(&k, BOB, TAG("B")));
	check_eq(keys_choose(&k, 0, &there), CAROL);	/* a new round */
	check_eq(keys_choose(&k, ALICE, &there), ALICE);	/* who opened it, though they do not ask */
	keys_forget(&k, ALICE);
	check(!keys_create(&k, ALICE, TAG("B")));
	check_eq(keys_choose(&k, ALICE, &there), BOB);
	check(keys_create(&k, BOB, TAG("B")));
	check(!keys_create(&k, BOB, TAG("B")));
	check_eq(k.live.n_pending, 1);
	check(k.live.pending_changed);
}

/* Every kind of change, undone; and the same ones kept. The sanitizers watch who holds what. */
TEST(what_the_records_refuse_is_undone)
{
	struct crowd bob = crowd_of(BOB);

	for (int kept = 0; kept < 2; kept++) {
		check_eq(keys_ask(&k, BOB, "BBBB"), 0);
		keys_keep(&k);
		check_eq(keys_ask(&k, BOB, "DDDD"), 0);
		for (uint32_t epoch = 0; epoch < LIMIT_KEY_LOG + 1; epoch++)
			check_eq(keys_take(&k, epoch, ALICE, "CCCC", TAG("B"), &bob, &nobody), 0);
		check_eq(keys_ask(&k, CAROL, "EEEE"), 0);
		(void)keys_drop(&k, ALICE);
		keys_dissolve(&k);
		if (kept) {
			keys_keep(&k);
			check(!k.live.stands);
			continue;
		}
		keys_restore(&k);
		check(k.live.stands && k.live.epoch == 0 && k.live.n_log == 0);
		check_text(k.live.tag, TAG("A"));
		check_text(keys_package(&k, BOB), "BBBB");
		check(!keys_package(&k, CAROL));
		check(crowd_has(&k.live.members, ALICE) && !crowd_has(&k.live.members, BOB));
		keys_restore(&k);	/* nothing happened since */
		check_text(keys_package(&k, BOB), "BBBB");
	}
}

TEST(without_memory_nothing_changes)
{
	(void)mem_fail_at(1, 1);
	check_eq(keys_ask(&k, BOB, "BBBB"), -ENOMEM);
	check_eq(keys_take(&k, 0, ALICE, "CCCC", TAG("B"), &nobody, &nobody), -ENOMEM);
	(void)mem_fail_at(0, 0);
	check(!k.touched);
	check_eq(k.live.epoch, 0);
}

static struct resume r;

static void offer(uint32_t person, uint32_t epoch, const char *tag, uint32_t n)
{
	struct letters *commits[LIMIT_KEY_OFFER];
	char text[5];

	for (uint32_t i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "%04u", epoch - n + i);
		commits[i] = letters_new(text);
	}
	check_eq(resume_offer(&r, person, epoch, tag, commits, n), 0);
}

static int open_resume(void **state)
{
	(void)state;
	resume_init(&r);
	return 0;
}

static int close_resume(void **state)
{
	(void)state;
	resume_done(&r);
	return 0;
}

TEST(nobody_holds_anything)
{
	struct keys_branch branch;

	check(!resume_decide(&r, &branch));
	resume_withdraw(&r, ALICE);
	offer(ALICE, 3, TAG("A"), 0);
	resume_withdraw(&r, ALICE);
	check(!resume_decide(&r, &branch));
}

TEST(the_highest_epoch_goes_on_and_its_commits_reach_those_behind)
{
	struct keys_branch branch;

	offer(ALICE, 8, TAG("A"), 2);
	offer(BOB, 9, TAG("B"), 3);
	offer(CAROL, 9, TAG("B"), 2);
	offer(4, 6, TAG("C"), 4);
	offer(5, 5, TAG("D"), 4);	/* three commits do not reach them */
	check(resume_decide(&r, &branch));
	check_eq(branch.epoch, 9);
	check_text(branch.tag, TAG("B"));
	check_eq(branch.n_commits, 3);
	check_eq(crowd_count(&branch.members), 4);
	check(!crowd_has(&branch.members, 5));
	check_eq(resume_epoch(&r, 4), 6);
	keys_init(&k, LIMIT_KEY_LOG_BYTES);
	keys_resume(&k, &branch);
	check(k.live.stands && k.live.epoch == 9 && k.live.n_log == 3);
	check_text(letters_text(keys_ended(&k, 6)->commit), "0006");
	check_text(keys_ended(&k, 7)->tag, "");
	check_text(keys_ended(&k, 8)->tag, TAG("B"));
	check(!keys_ended(&k, 5));
	keys_done(&k);
}

TEST(of_two_branches_the_larger_goes_on_and_of_equal_ones_the_smaller_tag)
{
	struct keys_branch branch;

	offer(ALICE, 4, TAG("A"), 0);
	offer(BOB, 4, TAG("B"), 0);
	check(resume_decide(&r, &branch));
	check_text(branch.tag, TAG("A"));
	offer(CAROL, 4, TAG("B"), 1);
	check(resume_decide(&r, &branch));
	check_text(branch.tag, TAG("B"));
	check_eq(branch.n_commits, 1);
	check(!crowd_has(&branch.members, ALICE));
}

TEST(a_later_offer_replaces_an_earlier_one_and_no_commit_is_older_than_the_group)
{
	struct keys_branch branch;

	offer(ALICE, 40, TAG("A"), LIMIT_KEY_OFFER);
	offer(ALICE, 2, TAG("B"), 0);
	check(resume_decide(&r, &branch));
	check_eq(branch.epoch, 2);
	offer(ALICE, 3, TAG("B"), 3);
	check(resume_decide(&r, &branch));
	check_eq(branch.n_commits, 3);
	{
		struct letters *five[5];

		for (int i = 0; i < 5; i++)
			five[i] = letters_new("AAAA");
		check_eq(resume_offer(&r, ALICE, 2, TAG("B"), five, 5), 0);
	}
	check(resume_decide(&r, &branch));
	check_eq(branch.n_commits, 2);
}

#define OF_GROUP(test) cmocka_unit_test_setup_teardown(test, open_group, close_group)
#define OF_RESUME(test) cmocka_unit_test_setup_teardown(test, open_resume, close_resume)

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_crowd_holds_ids_of_people_and_no_others),
	OF_GROUP(the_first_commit_of_an_epoch_wins),
	OF_GROUP(who_is_removed_and_added_stays),
	OF_GROUP(the_log_holds_64_commits),
	OF_GROUP(the_log_holds_its_letters_and_no_more),
	OF_GROUP(a_hundred_may_ask),
	OF_GROUP(everybody_who_asked_is_chosen_in_turn),
	OF_GROUP(what_the_records_refuse_is_undone),
	OF_GROUP(without_memory_nothing_changes),
	OF_RESUME(nobody_holds_anything),
	OF_RESUME(the_highest_epoch_goes_on_and_its_commits_reach_those_behind),
	OF_RESUME(of_two_branches_the_larger_goes_on_and_of_equal_ones_the_smaller_tag),
	OF_RESUME(a_later_offer_replaces_an_earlier_one_and_no_commit_is_older_than_the_group),
};

RUN_TESTS(tests)
