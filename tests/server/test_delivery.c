/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys through a whole hall: who makes the group, who is added, who wins, who may not, and what a restart leaves. The
 * keys themselves are letters here; the hall does not know the difference. In tests only. */
#include "server/hall/delivery.h"
#include "tests/server/stage.h"

#define TAG(c) c "AAAAAAAAAAAAAAAAAAAAA=="
#define DEVICE "dGhpcyBpcyB0aGUgcHVibGljIGtleSBvZiBzb21lb24="
#define PACKAGE "cGFja2FnZQ=="
#define KEY_JOIN "{\"type\":\"key-join\",\"group\":0,\"package\":\"" PACKAGE "\"}"
#define KEY_CREATE "{\"type\":\"key-create\",\"group\":0,\"tag\":\"" TAG("A") "\"}"

static struct stage s;
static struct hall_answer answer;
static char text[80 * 1024];

static int open_stage(void **state)
{
	(void)state;
	stage_open(&s, NULL);
	stage_convene(&s);
	stage_media_up(&s);
	stage_everyone_in(&s);
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&s);
	return 0;
}

static struct meeting *the_meeting(void)
{
	return list_first(&s.hall->meetings, struct meeting, in_hall);
}

static const struct keys_state *the_group(void)
{
	return &the_meeting()->delivery->group.keys.live;
}

static void forget_all(void)
{
	for (int i = 0; i <= PIET; i++)
		actor_forget(&s.actors[i]);
}

static const char *commit_text(unsigned epoch, const char *tag, const char *added, const char *removed)
{
	snprintf(text, sizeof(text), "{\"type\":\"key-commit\",\"group\":0,\"epoch\":%u,\"commit\":\"Y29t%04u\","
		"\"welcome\":%s,\"added\":[%s],\"removed\":[%s],\"tag\":\"%s\"}", epoch, epoch,
		*added ? "\"d2VsY29tZQ==\"" : "null", added, removed, tag);
	return text;
}

static void commit(struct actor *a, unsigned epoch, const char *tag, const char *added, const char *removed)
{
	actor_say(a, commit_text(epoch, tag, added, removed));
}

/* The clerk makes the group, and adds everybody. */
static void make_group(void)
{
	actor_say(&s.actors[CLERK], KEY_JOIN);
	actor_say(&s.actors[CLERK], KEY_CREATE);
	for (int i = CHAIR; i <= PIET; i++)
		actor_say(&s.actors[i], KEY_JOIN);
	commit(&s.actors[CLERK], 0, TAG("B"), "2,3,4,5,6", "");
	check_eq(crowd_count(&the_group()->members), 6);
	stage_pass(&s, SECONDS(1));
	forget_all();
}

static void come_back(struct actor *a)
{
	check_eq(actor_resume(a, &answer), 200);
	actor_connect(a);
	actor_hello(a);
	actor_hears(a, "state", NULL);
}

TEST(the_first_who_asks_makes_the_group_and_adds_the_next)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN], *piet = &s.actors[PIET];

	actor_say(clerk, KEY_JOIN);
	actor_hears(clerk, "key-group", "\"group\":0,\"epoch\":null,\"tag\":null,\"members\":[]");
	actor_hears(clerk, "key-create", "\"group\":0");
	actor_say(jan, KEY_JOIN);
	actor_hears(jan, "key-group", "\"epoch\":null");
	check(!actor_has(jan, "key-create"));
	actor_say(jan, KEY_CREATE);
	actor_error(jan, "wrong-phase", "key-create", NULL);
	actor_say(clerk, KEY_CREATE);
	actor_hears(clerk, "key-wanted", "\"group\":0,\"people\":[{\"person\":4,\"package\":\"" PACKAGE "\"}]");
	check(!actor_has(jan, "key-wanted"));
	commit(clerk, 0, TAG("B"), "4", "");
	actor_hears(clerk, "key-commit", "\"group\":0,\"epoch\":0,\"by\":1,\"commit\":\"Y29t0000\",\"tag\":\"" TAG("B") "\"");
	actor_hears(jan, "key-welcome", "\"group\":0,\"epoch\":1,\"by\":1,\"welcome\":\"d2VsY29tZQ==\",\"tag\":\"" TAG("B"));
	check(!actor_has(jan, "key-commit"));
	stage_pass(&s, SECONDS(1));
	actor_hears(clerk, "key-wanted", "\"people\":[]");
	check(!actor_has(piet, "key-welcome") && !actor_has(piet, "key-commit") && !actor_has(piet, "key-wanted"));
	come_back(piet);
	actor_say(piet, KEY_JOIN);
	actor_hears(piet, "key-group", "\"epoch\":1,\"tag\":\"" TAG("B") "\",\"members\":[1,4]");
}

TEST(the_state_says_where_the_group_is)
{
	struct actor *jan = &s.actors[JAN];

	check_eq(actor_resume(jan, &answer), 200);
	actor_connect(jan);
	actor_hello(jan);
	actor_hears(jan, "state", "\"keys\":null,\"vouchers\":[],\"conversations\":[]");
	make_group();
	check_eq(actor_resume(jan, &answer), 200);
	actor_connect(jan);
	actor_hello(jan);
	actor_hears(jan, "state", "\"keys\":{\"epoch\":1,\"tag\":\"" TAG("B") "\",\"members\":[1,2,3,4,5,6]}");
}

TEST(of_two_commits_the_first_wins)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];

	make_group();
	commit(jan, 1, TAG("C"), "", "");
	commit(clerk, 1, TAG("D"), "", "");
	for (int i = 0; i <= PIET; i++)
		actor_hears(&s.actors[i], "key-commit", "\"epoch\":1,\"by\":4");
	actor_hears(clerk, "key-behind", "\"group\":0,\"epoch\":2");
	commit(clerk, 7, TAG("D"), "", "");
	actor_hears(clerk, "key-behind", "\"epoch\":2");
	check_text(the_group()->tag, TAG("C"));
	check(!actor_has(jan, "key-commit") && !actor_has(jan, "error"));
}

TEST(who_is_removed_hears_of_it_and_of_nothing_after)
{
	struct actor *clerk = &s.actors[CLERK], *piet = &s.actors[PIET];

	make_group();
	commit(clerk, 1, TAG("C"), "", "6");
	actor_hears(piet, "key-commit", "\"epoch\":1");
	commit(clerk, 2, TAG("D"), "", "");
	check(!actor_has(piet, "key-commit"));
	commit(piet, 3, TAG("E"), "", "");
	actor_error(piet, "not-inside", "key-commit", NULL);
	actor_say(piet, "{\"type\":\"key-message\",\"group\":0,\"epoch\":3,\"body\":\"Ym9keQ==\"}");
	actor_error(piet, "not-inside", "key-message", NULL);
	actor_say(piet, "{\"type\":\"key-since\",\"group\":0,\"epoch\":2}");
	actor_hears(piet, "key-lost", "\"group\":0");
}

TEST(commits_name_people_of_this_meeting_only)
{
	make_group();
	commit(&s.actors[CLERK], 1, TAG("C"), "7", "");
	actor_error(&s.actors[CLERK], "wrong-field", "key-commit", "added");
	commit(&s.actors[CLERK], 1, TAG("C"), "", "2147483647");
	actor_error(&s.actors[CLERK], "wrong-field", "key-commit", "removed");
	check_eq(the_group()->epoch, 1);
}

TEST(a_message_goes_to_the_other_members)
{
	make_group();
	actor_disconnect(&s.actors[FATIMA]);
	commit(&s.actors[CLERK], 1, TAG("C"), "", "6");
	forget_all();
	actor_say(&s.actors[JAN], "{\"type\":\"key-message\",\"group\":0,\"epoch\":1,\"body\":\"Ym9keQ==\"}");
	actor_hears(&s.actors[CLERK], "key-message", "\"group\":0,\"epoch\":1,\"by\":4,\"body\":\"Ym9keQ==\"");
	actor_hears(&s.actors[MARLEEN], "key-message", NULL);
	check(!actor_has(&s.actors[JAN], "key-message") && !actor_has(&s.actors[PIET], "key-message"));
	come_back(&s.actors[FATIMA]);
	check(!actor_has(&s.actors[FATIMA], "key-message"));	/* nothing is kept */
}

TEST(whoever_was_away_fetches_what_they_missed)
{
	struct actor *jan = &s.actors[JAN];
	unsigned epoch = 1;

	make_group();
	actor_disconnect(jan);
	for (; epoch < 4; epoch++)
		commit(&s.actors[CLERK], epoch, TAG("C"), "", "");
	come_back(jan);
	actor_say(jan, "{\"type\":\"key-since\",\"group\":0,\"epoch\":1}");
	actor_hears(jan, "key-commit", "\"epoch\":1,");
	actor_hears(jan, "key-commit", "\"epoch\":2,");
	actor_hears(jan, "key-commit", "\"epoch\":3,");
	actor_say(jan, "{\"type\":\"key-since\",\"group\":0,\"epoch\":4}");
	check_eq(jan->n_messages, 0);
	actor_say(jan, "{\"type\":\"key-since\",\"group\":0,\"epoch\":5}");
	actor_hears(jan, "key-lost", "\"group\":0");
	for (; epoch < 4 + LIMIT_KEY_LOG; epoch++) {
		commit(&s.actors[CLERK], epoch, TAG("C"), "", "");
		stage_pass(&s, SECONDS(1));
	}
	actor_forget(jan);
	actor_say(jan, "{\"type\":\"key-since\",\"group\":0,\"epoch\":3}");
	actor_hears(jan, "key-lost", NULL);
	actor_say(jan, "{\"type\":\"key-since\",\"group\":0,\"epoch\":4}");
	check_eq(jan->n_messages, LIMIT_KEY_LOG);
}

TEST(who_is_away_when_somebody_asks_learns_it_on_coming_back)
{
	struct actor *clerk = &s.actors[CLERK];

	actor_say(clerk, KEY_JOIN);
	actor_say(clerk, KEY_CREATE);
	actor_disconnect(clerk);
	actor_say(&s.actors[JAN], KEY_JOIN);
	check_eq(actor_resume(clerk, &answer), 200);
	actor_connect(clerk);
	actor_hello(clerk);
	actor_hears(clerk, "state", NULL);
	actor_hears(clerk, "key-wanted", "\"person\":4");
	check(the_group()->stands);
}

TEST(lists_of_who_asks_have_a_pace)
{
	struct actor *clerk = &s.actors[CLERK];
	unsigned heard = 0;

	actor_say(clerk, KEY_JOIN);
	actor_say(clerk, KEY_CREATE);
	stage_pass(&s, SECONDS(1));
	actor_forget(clerk);
	for (int i = 0; i < 50; i++)
		actor_say(&s.actors[JAN], KEY_JOIN);
	while (actor_has(clerk, "key-wanted")) {
		actor_hears(clerk, "key-wanted", NULL);
		heard++;
	}
	check_eq(heard, 1);
	actor_say(&s.actors[PIET], KEY_JOIN);
	check(!actor_has(clerk, "key-wanted"));
	stage_pass(&s, KEYS_WANTED_TIME);
	actor_hears(clerk, "key-wanted", "\"person\":6");
	stage_pass(&s, SECONDS(5));
	check(!actor_has(clerk, "key-wanted"));
}

TEST(who_leaves_or_is_removed_asks_no_longer)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];

	make_group();
	actor_say(jan, KEY_JOIN);
	actor_hears(clerk, "key-wanted", "\"person\":4");
	actor_say(jan, "{\"type\":\"leave\"}");
	stage_pass(&s, SECONDS(1));
	actor_hears(clerk, "key-wanted", "\"people\":[]");
	check(crowd_has(&the_group()->members, 4));	/* until a member's commit says otherwise */
	actor_say(clerk, "{\"type\":\"remove\",\"person\":6,\"reason\":{\"code\":\"agreed\"}}");
	actor_hears(clerk, "gone", "\"id\":6");
	actor_hears(clerk, "key-group", "\"epoch\":1,\"tag\":\"" TAG("B") "\",\"members\":[1,2,3,4,5]");
	check(!actor_has(&s.actors[PIET], "key-group"));
	forget_all();
	commit(clerk, 1, TAG("C"), "", "4,6");
	check(!actor_has(jan, "key-commit") && !actor_has(&s.actors[PIET], "key-commit"));
}

TEST(in_the_lobby_and_outside_there_are_no_keys)
{
	struct actor *piet = &s.actors[PIET];

	make_group();
	actor_say(piet, "{\"type\":\"leave\"}");
	check_eq(actor_resume(piet, &answer), 200);
	actor_connect(piet);
	actor_hello(piet);
	for (int round = 0; round < 2; round++) {
		actor_forget(piet);
		actor_say(piet, KEY_JOIN);
		actor_error(piet, "wrong-phase", "key-join", NULL);
		commit(&s.actors[CLERK], 1 + (unsigned)round, TAG("C"), "", "");
		actor_say(&s.actors[CLERK], "{\"type\":\"key-message\",\"group\":0,\"epoch\":1,\"body\":\"Ym9keQ==\"}");
		check(!actor_has(piet, "key-commit") && !actor_has(piet, "key-message"));
		actor_say(piet, "{\"type\":\"join\"}");
	}
}

TEST(whoever_does_not_make_the_group_is_passed_over)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];

	actor_say(clerk, KEY_JOIN);
	actor_say(jan, KEY_JOIN);
	stage_pass(&s, KEYS_CREATE_TIME - 1);
	check(!actor_has(jan, "key-create"));
	stage_pass(&s, 1);
	actor_hears(jan, "key-create", NULL);
	actor_say(clerk, KEY_CREATE);
	actor_error(clerk, "wrong-phase", "key-create", NULL);
	actor_disconnect(jan);				/* so it goes on at once */
	actor_hears(clerk, "key-create", NULL);
	actor_say(clerk, KEY_CREATE);
	actor_hears(clerk, "key-wanted", "\"person\":4");
}

TEST(a_group_that_nobody_holds_is_made_anew)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];

	actor_say(clerk, KEY_JOIN);
	actor_say(clerk, KEY_CREATE);
	come_back(clerk);				/* a reload: the keys are lost */
	actor_say(clerk, KEY_JOIN);
	actor_hears(clerk, "key-group", "\"epoch\":0,\"tag\":\"" TAG("A") "\",\"members\":[1]");
	actor_hears(clerk, "key-group", "\"epoch\":null,\"tag\":null,\"members\":[]");
	actor_hears(clerk, "key-create", NULL);
	actor_say(clerk, KEY_CREATE);
	check(the_group()->stands);
	/* The only holder lost the line: ten seconds, then the same. */
	actor_disconnect(clerk);
	actor_say(jan, KEY_JOIN);
	stage_pass(&s, KEYS_BARREN_TIME - 1);
	check(!actor_has(jan, "key-create"));
	stage_pass(&s, 1);
	actor_hears(jan, "key-group", "\"epoch\":null");
	actor_hears(jan, "key-create", NULL);
}

TEST(a_holder_who_comes_back_in_time_adds_them)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];

	actor_say(clerk, KEY_JOIN);
	actor_say(clerk, KEY_CREATE);
	actor_disconnect(clerk);
	actor_say(jan, KEY_JOIN);
	stage_pass(&s, KEYS_BARREN_TIME - 1);
	come_back(clerk);
	stage_pass(&s, SECONDS(60));
	check(!actor_has(jan, "key-create"));
	commit(clerk, 0, TAG("B"), "4", "");
	actor_hears(jan, "key-welcome", NULL);
}

/* One input after the other in one turn of the loop, and the records refuse all of it. */
TEST(what_cannot_be_recorded_takes_the_keys_of_its_turn_with_it)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];

	make_group();
	actor_say(jan, KEY_JOIN);
	stage_pass(&s, SECONDS(1));
	forget_all();
	db_refuse_commits(s.db, 1);
	hall_receive(s.hall, clerk->connection, bytes_of_string(commit_text(1, TAG("C"), "4", "4")));
	actor_say(&s.actors[CHAIR], "{\"type\":\"object\",\"note\":\"orde\"}");
	actor_error(&s.actors[CHAIR], "not-recorded", "object", NULL);
	db_refuse_commits(s.db, 0);
	check_eq(the_group()->epoch, 1);
	check(keys_package(&the_meeting()->delivery->group.keys, 4) != NULL);
	check(!actor_has(jan, "key-welcome"));
	actor_hears(clerk, "state", "\"keys\":{\"epoch\":1,");
	stage_pass(&s, SECONDS(2));
	commit(clerk, 1, TAG("D"), "4", "4");
	actor_hears(jan, "key-welcome", NULL);
}

TEST(the_largest_commit_fits_a_message)
{
	static char commit_letters[LIMIT_KEY_COMMIT + 1], welcome[LIMIT_KEY_WELCOME + 1];
	struct writer w = writer(text, sizeof(text) - 1);

	make_group();
	memset(commit_letters, 'A', LIMIT_KEY_COMMIT);
	memset(welcome, 'A', LIMIT_KEY_WELCOME);
	write_string(&w, "{\"type\":\"key-commit\",\"group\":0,\"epoch\":1,\"commit\":\"");
	write_string(&w, commit_letters);
	write_string(&w, "\",\"welcome\":\"");
	write_string(&w, welcome);
	write_string(&w, "\",\"added\":[");
	for (int i = 1; i <= 128; i++)
		write_format(&w, "%s%d", i > 1 ? "," : "", i);
	write_string(&w, "],\"removed\":[");
	for (int i = 1; i <= 128; i++)
		write_format(&w, "%s%d", i > 1 ? "," : "", i);
	write_string(&w, "],\"tag\":\"" TAG("C") "\"}");
	check(w.ok);
	check_le(written(&w).size, (size_t)LIMIT_MESSAGE);
	text[written(&w).size] = '\0';
	actor_say(&s.actors[CLERK], text);
	actor_error(&s.actors[CLERK], "wrong-field", "key-commit", "added");	/* there are six: it was read */
	snprintf(text, sizeof(text), "{\"type\":\"key-commit\",\"group\":0,\"epoch\":1,\"commit\":\"%s\",\"welcome\":\"%s\","
		"\"added\":[4],\"removed\":[4],\"tag\":\"" TAG("C") "\"}", commit_letters, welcome);
	actor_say(&s.actors[JAN], KEY_JOIN);
	actor_say(&s.actors[CLERK], text);
	check_ge(strlen(actor_hears(&s.actors[JAN], "key-welcome", NULL)), (size_t)LIMIT_KEY_WELCOME);
	check_ge(strlen(actor_hears(&s.actors[PIET], "key-commit", NULL)), (size_t)LIMIT_KEY_COMMIT);
}

TEST(nobody_floods_the_others)
{
	static char body[LIMIT_KEY_MESSAGE + 1];
	struct actor *jan = &s.actors[JAN];
	unsigned heard = 0;

	make_group();
	memset(body, 'A', LIMIT_KEY_MESSAGE);
	snprintf(text, sizeof(text), "{\"type\":\"key-message\",\"group\":0,\"epoch\":1,\"body\":\"%s\"}", body);
	for (int i = 0; i < 40 && jan->connection; i++)
		actor_say(jan, text);
	actor_error(jan, "slow-down", NULL, NULL);
	check_eq(jan->closed, 1008);
	while (actor_has(&s.actors[PIET], "key-message")) {
		actor_hears(&s.actors[PIET], "key-message", NULL);
		heard++;
	}
	check_eq(heard, LIMIT_KEY_BURST / (LIMIT_KEY_MESSAGE + 256));
	come_back(jan);
	actor_say(jan, text);		/* the pace is the person's, not the connection's */
	check_eq(jan->closed, 1008);
	stage_pass(&s, SECONDS(2));
	come_back(jan);
	actor_say(jan, text);
	check_eq(jan->closed, 0);
}

TEST(fetching_has_a_pace_too)
{
	static char letters[LIMIT_KEY_COMMIT + 1];
	struct actor *jan = &s.actors[JAN];

	make_group();
	memset(letters, 'A', LIMIT_KEY_COMMIT);
	for (unsigned epoch = 1; epoch < 9; epoch++) {
		snprintf(text, sizeof(text), "{\"type\":\"key-commit\",\"group\":0,\"epoch\":%u,\"commit\":\"%s\",\"welcome\":null,"
			"\"added\":[],\"removed\":[],\"tag\":\"" TAG("C") "\"}", epoch, letters);
		actor_say(&s.actors[CLERK], text);
		stage_pass(&s, SECONDS(1));
	}
	for (int i = 0; i < 3 && jan->connection; i++)
		actor_say(jan, "{\"type\":\"key-since\",\"group\":0,\"epoch\":4}");
	check_eq(jan->closed, 1008);
}

/* Restart */

static void restart(void)
{
	stage_restart(&s);
	stage_media_up(&s);
	for (int i = 0; i <= PIET; i++)
		come_back(&s.actors[i]);
}

static void resume(struct actor *a, unsigned epoch, const char *tag, const char *commits)
{
	snprintf(text, sizeof(text), "{\"type\":\"key-resume\",\"group\":0,\"epoch\":%u,\"tag\":\"%s\",\"commits\":[%s]}", epoch,
		tag, commits);
	actor_say(a, text);
}

TEST(after_a_restart_the_same_group_goes_on)
{
	make_group();
	restart();
	for (int i = 0; i <= PIET; i++) {
		check(!the_group()->stands);
		resume(&s.actors[i], 7, TAG("B"), "");
	}
	for (int i = 0; i <= PIET; i++)
		actor_hears(&s.actors[i], "key-group",
			"\"epoch\":7,\"tag\":\"" TAG("B") "\",\"members\":[1,2,3,4,5,6]");
	commit(&s.actors[JAN], 7, TAG("C"), "", "");
	actor_hears(&s.actors[PIET], "key-commit", "\"epoch\":7,\"by\":4");
}

TEST(after_a_restart_who_is_behind_is_brought_on)
{
	make_group();
	restart();
	resume(&s.actors[CLERK], 9, TAG("B"), "\"Zml2ZQ==\",\"c2l4\",\"c2V2ZW4=\"");
	resume(&s.actors[JAN], 7, TAG("C"), "");
	resume(&s.actors[PIET], 5, TAG("D"), "");
	check(!actor_has(&s.actors[CLERK], "key-group"));
	stage_pass(&s, RESUME_TIME);	/* three say nothing */
	actor_hears(&s.actors[JAN], "key-commit", "\"epoch\":7,\"by\":0,\"commit\":\"c2l4\",\"tag\":null");
	actor_hears(&s.actors[JAN], "key-commit",
		"\"epoch\":8,\"by\":0,\"commit\":\"c2V2ZW4=\",\"tag\":\"" TAG("B") "\"");
	actor_hears(&s.actors[JAN], "key-group", "\"epoch\":9,\"tag\":\"" TAG("B") "\",\"members\":[1,4]");
	check(!actor_has(&s.actors[PIET], "key-commit"));
	actor_hears(&s.actors[PIET], "key-group", "\"members\":[1,4]");
	/* Somebody who comes later, in time for what is kept; another one on no branch. */
	resume(&s.actors[MARLEEN], 8, TAG("E"), "");
	actor_hears(&s.actors[MARLEEN], "key-commit", "\"epoch\":8,");
	actor_hears(&s.actors[MARLEEN], "key-group", "\"members\":[1,3,4]");
	resume(&s.actors[FATIMA], 9, TAG("E"), "");
	actor_hears(&s.actors[FATIMA], "key-lost", NULL);
	resume(&s.actors[FATIMA], 12, TAG("B"), "");
	actor_hears(&s.actors[FATIMA], "key-lost", NULL);
	actor_say(&s.actors[FATIMA], KEY_JOIN);
	actor_hears(&s.actors[CLERK], "key-wanted", "\"person\":5");
}

TEST(after_a_restart_the_larger_of_two_branches_goes_on)
{
	make_group();
	restart();
	resume(&s.actors[CLERK], 4, TAG("B"), "");
	resume(&s.actors[CHAIR], 4, TAG("C"), "");
	resume(&s.actors[MARLEEN], 4, TAG("C"), "");
	actor_say(&s.actors[JAN], KEY_JOIN);
	actor_say(&s.actors[FATIMA], KEY_JOIN);
	check(!actor_has(&s.actors[JAN], "key-create"));
	actor_say(&s.actors[PIET], KEY_JOIN);
	actor_hears(&s.actors[CLERK], "key-group", "\"epoch\":4,\"tag\":\"" TAG("C") "\",\"members\":[2,3]");
	actor_hears(&s.actors[CHAIR], "key-wanted", "\"person\":4");
	check(!actor_has(&s.actors[CLERK], "key-wanted"));
}

TEST(after_a_restart_a_group_that_nobody_has_is_made_anew)
{
	make_group();
	restart();
	actor_say(&s.actors[JAN], KEY_JOIN);
	check(!actor_has(&s.actors[JAN], "key-create"));
	stage_pass(&s, RESUME_TIME - 1);
	check(!actor_has(&s.actors[JAN], "key-create"));
	stage_pass(&s, 1);
	actor_hears(&s.actors[JAN], "key-create", NULL);
	resume(&s.actors[CLERK], 7, TAG("B"), "");	/* too late: somebody was asked */
	actor_hears(&s.actors[CLERK], "key-lost", NULL);
	actor_say(&s.actors[JAN], KEY_CREATE);
	check(the_group()->stands);
}

TEST(a_decision_that_is_undone_is_made_again)
{
	make_group();
	restart();
	for (int i = 0; i < PIET; i++)
		resume(&s.actors[i], 7, TAG("B"), "\"c2l4\"");
	forget_all();
	db_refuse_commits(s.db, 1);
	snprintf(text, sizeof(text), "{\"type\":\"key-resume\",\"group\":0,\"epoch\":6,\"tag\":\"" TAG("A") "\",\"commits\":[]}");
	hall_receive(s.hall, s.actors[PIET].connection, bytes_of_string(text));
	actor_say(&s.actors[CHAIR], "{\"type\":\"object\",\"note\":\"orde\"}");
	db_refuse_commits(s.db, 0);
	actor_hears(&s.actors[PIET], "key-commit", "\"epoch\":6,\"by\":0");
	actor_hears(&s.actors[CLERK], "key-group", "\"epoch\":7,");
	check(!actor_has(&s.actors[CLERK], "key-group"));	/* once */
}

/* Vouchers and devices */

TEST(who_is_admitted_is_vouched_for)
{
	struct actor *clerk = &s.actors[CLERK], *piet = &s.actors[PIET];
	char voucher[VOUCHER_LETTERS + 1];

	memset(voucher, 'A', VOUCHER_LETTERS);
	memcpy(voucher + VOUCHER_LETTERS - 2, "==", 3);
	snprintf(text, sizeof(text), "{\"type\":\"admit\",\"person\":6,\"voucher\":\"%s\"}", voucher);
	for (int round = 0; round < 2; round++) {
		actor_say(piet, "{\"type\":\"leave\"}");
		check_eq(actor_resume(piet, &answer), 200);
		actor_connect(piet);
		actor_hello(piet);
		actor_forget(clerk);
		if (round == 0) {
			actor_say(piet, "{\"type\":\"join\"}");
			actor_hears(clerk, "waiting", "\"device\":null");
			actor_say(clerk, text);
			actor_error(clerk, "wrong-field", "admit", "voucher");
			actor_say(clerk, "{\"type\":\"admit\",\"person\":6}");
			actor_hears(clerk, "person", "\"device\":null,\"caucus\":false");
			continue;
		}
		actor_say(piet, "{\"type\":\"join\",\"device\":\"" DEVICE "\"}");
		actor_hears(clerk, "waiting", "\"device\":\"" DEVICE "\"");
		actor_say(clerk, text);
	}
	actor_hears(&s.actors[JAN], "voucher", "\"person\":6,\"device\":\"" DEVICE "\",\"by\":1,\"voucher\":\"AAAA");
	actor_hears(&s.actors[JAN], "person", "\"device\":\"" DEVICE "\"");
	actor_hears(piet, "state", "\"vouchers\":[{\"person\":6,\"device\":\"" DEVICE "\",\"by\":1,");
	/* It is kept when they leave: whoever comes later wants to know. */
	actor_say(piet, "{\"type\":\"leave\"}");
	check_eq(actor_resume(&s.actors[JAN], &answer), 200);
	actor_connect(&s.actors[JAN]);
	actor_hello(&s.actors[JAN]);
	actor_hears(&s.actors[JAN], "state", "\"vouchers\":[{\"person\":6,");
}

TEST(a_voucher_is_undone_with_its_admission)
{
	struct actor *chair = &s.actors[CHAIR], *piet = &s.actors[PIET];
	char voucher[VOUCHER_LETTERS + 1];

	memset(voucher, 'A', VOUCHER_LETTERS);
	memcpy(voucher + VOUCHER_LETTERS - 2, "==", 3);
	actor_say(piet, "{\"type\":\"leave\"}");
	check_eq(actor_resume(piet, &answer), 200);
	actor_connect(piet);
	snprintf(text, sizeof(text), "{\"type\":\"hello\",\"version\":1,\"seat\":\"%s\",\"device\":\"" DEVICE "\"}", piet->seat);
	actor_say(piet, text);
	actor_say(piet, "{\"type\":\"join\"}");
	actor_hears(chair, "waiting", "\"device\":\"" DEVICE "\"");
	snprintf(text, sizeof(text), "{\"type\":\"admit\",\"person\":6,\"voucher\":\"%s\"}", voucher);
	db_refuse_commits(s.db, 1);
	actor_say(chair, text);
	actor_error(chair, "not-recorded", "admit", NULL);
	db_refuse_commits(s.db, 0);
	check_eq(the_meeting()->delivery->vouchers[5].by, 0);
	stage_pass(&s, SECONDS(2));
	actor_say(chair, text);
	check_eq(the_meeting()->delivery->vouchers[5].by, 2);
}

TEST(the_chair_says_that_the_code_was_read)
{
	actor_say(&s.actors[CHAIR], "{\"type\":\"code-read\"}");
	actor_hears(&s.actors[JAN], "entry", "\"kind\":\"code-read\",\"by\":{\"id\":2");
	actor_say(&s.actors[CLERK], "{\"type\":\"code-read\"}");
	actor_error(&s.actors[CLERK], "not-allowed", "code-read", NULL);
}

/* The size of one meeting */

#define MANY 100

static void convene_many(void)
{
	struct writer w = writer(text, sizeof(text) - 1);
	char link[256];

	write_string(&w, "{\"verb\":\"meeting-create\",\"title\":\"Raad\",\"starts\":\"2026-03-12T18:30Z\",\"people\":[");
	for (int i = 0; i < MANY; i++)
		write_format(&w, "%s{\"name\":\"P%d\",\"email\":\"p%d@x.example\",\"office\":\"%s\"}", i ? "," : "", i, i,
			i == CLERK ? "clerk" : i == CHAIR ? "chair" : "member");
	write_string(&w, "]}");
	text[written(&w).size] = '\0';
	check(stage_made(&s, text));
	check(stage_field(s.answer, "meeting", 0, s.meeting, sizeof(s.meeting)));
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "{\"verb\":\"invite\",\"meeting\":\"%s\",\"email\":\"p%d@x.example\"}", s.meeting, i);
		check(stage_made(&s, text));
		check(stage_field(s.answer, "link", 0, link, sizeof(link)));
		memcpy(s.actors[i].link, strchr(link, '#') + 1, 44);
		actor_arrive(&s.actors[i]);
		if (i >= MARLEEN) {
			snprintf(text, sizeof(text), "{\"type\":\"admit\",\"person\":%d}", i + 1);
			actor_say(&s.actors[CLERK], text);
		}
	}
}

TEST(a_hundred_people_are_added_at_once)
{
	static char package[LIMIT_KEY_PACKAGE + 1];
	struct writer w;

	stage_open(&s, NULL);
	convene_many();
	memset(package, 'A', LIMIT_KEY_PACKAGE);
	actor_say(&s.actors[CLERK], KEY_JOIN);
	actor_say(&s.actors[CLERK], KEY_CREATE);
	for (int i = 0; i < MANY; i++)
		actor_forget(&s.actors[i]);
	snprintf(text, sizeof(text), "{\"type\":\"key-join\",\"group\":0,\"package\":\"%s\"}", package);
	for (int i = 1; i < MANY; i++)
		actor_say(&s.actors[i], text);
	stage_pass(&s, SECONDS(1));
	check_ge(strlen(actor_hears(&s.actors[CLERK], "key-wanted", "\"person\":100,")),
		(MANY - 1) * (size_t)LIMIT_KEY_PACKAGE);
	w = writer(text, sizeof(text) - 1);
	write_string(&w, "{\"type\":\"key-commit\",\"group\":0,\"epoch\":0,\"commit\":\"Y29t\",\"welcome\":\"d2Vs\",\"added\":[");
	for (int i = 2; i <= MANY; i++)
		write_format(&w, "%s%d", i > 2 ? "," : "", i);
	write_string(&w, "],\"removed\":[],\"tag\":\"" TAG("B") "\"}");
	text[written(&w).size] = '\0';
	actor_say(&s.actors[CLERK], text);
	for (int i = 1; i < MANY; i++)
		actor_hears(&s.actors[i], "key-welcome", "\"epoch\":1");
	commit(&s.actors[50], 1, TAG("C"), "", "");
	for (int i = 0; i < MANY; i++)
		actor_hears(&s.actors[i], "key-commit", "\"epoch\":1,\"by\":51");
	check_eq(the_group()->n_pending, 0);
	stage_close(&s);
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

static const struct CMUnitTest tests[] = {
	ON_STAGE(the_first_who_asks_makes_the_group_and_adds_the_next),
	ON_STAGE(the_state_says_where_the_group_is),
	ON_STAGE(of_two_commits_the_first_wins),
	ON_STAGE(who_is_removed_hears_of_it_and_of_nothing_after),
	ON_STAGE(commits_name_people_of_this_meeting_only),
	ON_STAGE(a_message_goes_to_the_other_members),
	ON_STAGE(whoever_was_away_fetches_what_they_missed),
	ON_STAGE(who_is_away_when_somebody_asks_learns_it_on_coming_back),
	ON_STAGE(lists_of_who_asks_have_a_pace),
	ON_STAGE(who_leaves_or_is_removed_asks_no_longer),
	ON_STAGE(in_the_lobby_and_outside_there_are_no_keys),
	ON_STAGE(whoever_does_not_make_the_group_is_passed_over),
	ON_STAGE(a_group_that_nobody_holds_is_made_anew),
	ON_STAGE(a_holder_who_comes_back_in_time_adds_them),
	ON_STAGE(what_cannot_be_recorded_takes_the_keys_of_its_turn_with_it),
	ON_STAGE(the_largest_commit_fits_a_message),
	ON_STAGE(nobody_floods_the_others),
	ON_STAGE(fetching_has_a_pace_too),
	ON_STAGE(after_a_restart_the_same_group_goes_on),
	ON_STAGE(after_a_restart_who_is_behind_is_brought_on),
	ON_STAGE(after_a_restart_the_larger_of_two_branches_goes_on),
	ON_STAGE(after_a_restart_a_group_that_nobody_has_is_made_anew),
	ON_STAGE(a_decision_that_is_undone_is_made_again),
	ON_STAGE(who_is_admitted_is_vouched_for),
	ON_STAGE(a_voucher_is_undone_with_its_admission),
	ON_STAGE(the_chair_says_that_the_code_was_read),
	cmocka_unit_test(a_hundred_people_are_added_at_once),
};

RUN_TESTS(tests)
