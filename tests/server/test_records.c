/* SPDX-License-Identifier: EUPL-1.2 */
/* When the disk says no (ATTACKS F07, G09): what cannot be recorded did not happen, what was observed happened
 * anyway, and everybody goes on. In tests only. */
#include "tests/server/stage.h"

#define OFFER "{\"type\":\"offer\",\"sdp\":\"v=0\",\"roles\":{},\"restart\":false,\"media\":null}"

static struct stage s;
static struct hall_answer answer;

static int open_stage(void **state)
{
	(void)state;
	stage_open(&s, NULL);
	stage_demo(&s);
	stage_media_up(&s);
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&s);
	return 0;
}

static void write_again(void)
{
	db_refuse_writes(s.db, 0);
	db_refuse_commits(s.db, 0);
	stage_pass(&s, SECONDS(2));
}

/* Both ways to fail: at once, and only at the end. */
static void refuse(int way)
{
	if (way)
		db_refuse_commits(s.db, 1);
	else
		db_refuse_writes(s.db, 1);
}

TEST(an_admission_that_cannot_be_recorded_did_not_happen)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];

	actor_arrive(clerk);
	actor_arrive(jan);
	for (int way = 0; way < 2; way++) {
		refuse(way);
		actor_say(clerk, "{\"type\":\"admit\",\"person\":4}");
		actor_error(clerk, "not-recorded", "admit", NULL);
		check(!actor_has(jan, "state"));
		check(!actor_has(clerk, "person"));
		actor_say(jan, OFFER);
		actor_error(jan, "wrong-phase", "offer", NULL);
		write_again();
	}
	check(!stage_media_has(&s, MEDIA_ADD_PEER));
	actor_say(clerk, "{\"type\":\"admit\",\"person\":4}");
	actor_hears(jan, "state", NULL);
}

TEST(a_meeting_that_cannot_be_opened_stays_planned)
{
	struct actor *clerk = &s.actors[CLERK];

	check_eq(actor_link(clerk, clerk->link, &answer), 200);
	actor_connect(clerk);
	actor_hello(clerk);
	for (int way = 0; way < 2; way++) {
		refuse(way);
		actor_say(clerk, "{\"type\":\"join\"}");
		actor_error(clerk, "not-recorded", "join", NULL);
		check(!actor_has(clerk, "state"));
		write_again();
	}
	/* The second of two entries fails: neither stands. */
	db_refuse_writes(s.db, 2);
	actor_say(clerk, "{\"type\":\"join\"}");
	actor_error(clerk, "not-recorded", "join", NULL);
	write_again();
	actor_say(clerk, "{\"type\":\"join\"}");
	check_eq(strstr(actor_hears(clerk, "state", NULL), "meeting-opened") != NULL, 1);
}

TEST(turning_away_is_undone)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];

	actor_arrive(clerk);
	actor_arrive(jan);
	db_refuse_commits(s.db, 1);
	actor_say(clerk, "{\"type\":\"turn-away\",\"person\":4,\"reason\":{\"code\":\"unrecognised\"}}");
	actor_error(clerk, "not-recorded", "turn-away", NULL);
	check(!actor_has(jan, "over"));
	check_eq(jan->closed, 0);
	write_again();
	actor_say(clerk, "{\"type\":\"admit\",\"person\":4}");
	actor_hears(jan, "state", NULL);
}

TEST(the_end_is_undone)
{
	struct actor *clerk = &s.actors[CLERK], *chair = &s.actors[CHAIR], *jan = &s.actors[JAN];
	char confirm[64];

	stage_everyone_in(&s);
	actor_say(jan, OFFER);
	s.n_media = 0;
	actor_say(clerk, "{\"type\":\"end\",\"reason\":{\"code\":\"written\",\"text\":\"klaar\"}}");
	snprintf(confirm, sizeof(confirm), "{\"type\":\"confirm\",\"request\":%ld}",
		stage_id(actor_hears(chair, "request", NULL)));
	for (int way = 0; way < 2; way++) {
		refuse(way);
		actor_say(chair, confirm);
		actor_error(chair, "not-recorded", "confirm", NULL);
		check(!actor_has(jan, "over"));
		check_eq(jan->closed, 0);
		check(!stage_media_has(&s, MEDIA_REMOVE_PEER));
		write_again();
	}
	actor_say(chair, confirm);
	actor_hears(jan, "over", "\"why\":\"ended\"");
	stage_media_hears(&s, MEDIA_REMOVE_PEER);
}

TEST(a_full_disk_keeps_nobody_out)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];

	stage_everyone_in(&s);
	for (int way = 0; way < 2; way++) {
		refuse(way);
		actor_disconnect(jan);
		stage_pass(&s, MINUTES(1));
		actor_hears(clerk, "person", "\"connection\":\"reconnecting\"");
		check(!actor_has(clerk, "entry"));
		check_eq(actor_resume(jan, &answer), 200);
		actor_connect(jan);
		actor_hello(jan);
		actor_hears(jan, "welcome", "\"phase\":\"inside\"");
		actor_hears(jan, "state", "\"you\":4");
		stage_pass(&s, SECONDS(5));
		actor_hears(clerk, "person", "\"connection\":\"connected\"");
		write_again();
		actor_forget(clerk);
	}
	refuse(0);
	actor_say(jan, "{\"type\":\"leave\"}");
	actor_hears(jan, "over", "\"why\":\"left\"");
	actor_hears(clerk, "gone", "\"id\":4");
}

TEST(silence_is_not_undone)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];

	stage_everyone_in(&s);
	db_refuse_commits(s.db, 1);
	hall_alive(s.hall, jan->connection, false);
	stage_drain(&s);
	stage_pass(&s, 1);
	actor_hears(clerk, "person", "\"connection\":\"reconnecting\"");
	write_again();
	actor_hears(clerk, "entry", "\"kind\":\"lost\"");	/* entered when it could be */
	hall_alive(s.hall, jan->connection, true);
	stage_drain(&s);
	actor_hears(clerk, "entry", "\"kind\":\"returned\"");
}

TEST(what_waits_to_be_recorded_outlives_the_next_failure)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];

	stage_everyone_in(&s);
	db_refuse_commits(s.db, 1);
	actor_say(clerk, "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}");
	actor_error(clerk, "not-recorded", "end", NULL);
	actor_say(jan, "{\"type\":\"leave\"}");		/* takes effect, and waits */
	actor_hears(jan, "over", "\"why\":\"left\"");
	actor_hears(clerk, "gone", "\"id\":4");
	actor_say(clerk, "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}");
	check(!strstr(actor_hears(clerk, "state", NULL), "\"id\":4,\"name\":\"Jan Peeters\",\"office\":\"member\","
		"\"party\""));
	actor_forget(clerk);
	write_again();
	actor_hears(clerk, "entry", "\"kind\":\"left\",\"by\":{\"id\":4");
	stage_restart(&s);
	check_eq(actor_resume(jan, &answer), 200);
	actor_connect(jan);
	actor_hello(jan);
	actor_hears(jan, "welcome", "\"phase\":\"outside\"");
}

TEST(a_link_that_cannot_be_recorded_stays_unused)
{
	struct actor *jan = &s.actors[JAN];
	char before[sizeof(jan->jar)];

	for (unsigned nth = 1; nth <= 4; nth++) {
		db_refuse_writes(s.db, nth);
		check_eq(actor_link(jan, jan->link, &answer), 503);
		check_text(answer.body, "{\"error\":{\"code\":\"not-recorded\"}}");
		write_again();
	}
	db_refuse_commits(s.db, 1);
	check_eq(actor_link(jan, jan->link, &answer), 503);
	write_again();
	check_eq(actor_link(jan, jan->link, &answer), 200);
	/* Coming back needs no new secret. */
	for (int way = 0; way < 2; way++) {
		memcpy(before, jan->jar, sizeof(before));
		refuse(way);
		check_eq(actor_resume(jan, &answer), 200);
		check_text(jan->jar, before);
		write_again();
		check_eq(actor_resume(jan, &answer), 200);
		check(strcmp(jan->jar, before) != 0);
	}
}

TEST(verbs_say_that_they_failed)
{
	static const char create[] = "{\"verb\":\"meeting-create\",\"title\":\"R\",\"starts\":\"2026-03-12T18:30:00Z\","
		"\"people\":[{\"name\":\"A\",\"email\":\"a@x\",\"office\":\"chair\"}]}";
	char list[4096];

	snprintf(list, sizeof(list), "%s", stage_verb(&s, "{\"verb\":\"meeting-list\"}"));
	for (unsigned nth = 1; nth <= 4; nth++) {
		db_refuse_writes(s.db, nth);
		check(!stage_made(&s, create));
		write_again();
		check_text(stage_verb(&s, "{\"verb\":\"meeting-list\"}"), list);
	}
	db_refuse_commits(s.db, 1);
	check(!stage_made(&s, create));
	check(!stage_made(&s, "{\"verb\":\"demo\"}"));
	check(strstr(stage_verb(&s, "{\"verb\":\"status\"}"), "\"healthy\":false"));
	write_again();
	check_text(stage_verb(&s, "{\"verb\":\"meeting-list\"}"), list);
	check(stage_made(&s, create));
	check(strstr(stage_verb(&s, "{\"verb\":\"status\"}"), "\"healthy\":true"));
}

TEST(media_outlives_a_failed_commit)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];
	struct peer_id peer;

	stage_everyone_in(&s);
	actor_say(jan, OFFER);
	peer = stage_media_hears(&s, MEDIA_ADD_PEER).peer;
	actor_say(jan, "{\"type\":\"sources\",\"microphone\":true,\"camera\":false,\"screen\":false,\"screen_sound\":false}");
	s.n_media = 0;
	db_refuse_commits(s.db, 1);
	actor_say(clerk, "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}");
	actor_error(clerk, "not-recorded", "end", NULL);
	check_eq(stage_media_hears(&s, MEDIA_SET_SOURCES).sources, 1);	/* said again, in case it was thrown away */
	write_again();
	actor_say(jan, "{\"type\":\"leave\"}");
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, peer.value);
}

TEST(leaving_while_commits_fail)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];

	stage_everyone_in(&s);
	actor_say(jan, OFFER);
	db_refuse_commits(s.db, 1);
	actor_say(jan, "{\"type\":\"leave\"}");		/* thrown away with the drain: jan is told, and says it again */
	actor_error(jan, "not-recorded", "leave", NULL);
	check(!actor_has(clerk, "gone"));
	actor_say(jan, "{\"type\":\"leave\"}");
	actor_hears(jan, "over", "\"why\":\"left\"");
	actor_hears(clerk, "gone", "\"id\":4");
}

TEST(a_restart_on_a_full_disk)
{
	struct actor *jan = &s.actors[JAN];

	stage_everyone_in(&s);
	for (int way = 0; way < 2; way++) {
		refuse(way);
		stage_restart(&s);
		stage_pass(&s, SECONDS(6));
		actor_connect(jan);
		actor_hello(jan);
		actor_hears(jan, "state", "\"name\":\"Hilde Aerts\",\"office\":\"clerk\",\"party\":null,"
			"\"connection\":\"reconnecting\"");
		write_again();
	}
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

static const struct CMUnitTest tests[] = {
	ON_STAGE(an_admission_that_cannot_be_recorded_did_not_happen),
	ON_STAGE(a_meeting_that_cannot_be_opened_stays_planned),
	ON_STAGE(turning_away_is_undone),
	ON_STAGE(the_end_is_undone),
	ON_STAGE(a_full_disk_keeps_nobody_out),
	ON_STAGE(silence_is_not_undone),
	ON_STAGE(what_waits_to_be_recorded_outlives_the_next_failure),
	ON_STAGE(a_link_that_cannot_be_recorded_stays_unused),
	ON_STAGE(verbs_say_that_they_failed),
	ON_STAGE(media_outlives_a_failed_commit),
	ON_STAGE(leaving_while_commits_fail),
	ON_STAGE(a_restart_on_a_full_disk),
};

RUN_TESTS(tests)
