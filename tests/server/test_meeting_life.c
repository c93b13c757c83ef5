/* SPDX-License-Identifier: EUPL-1.2 */
/* A meeting from the convocation to its end, as the people in it see it (PROTOCOL.md). In tests only. */
#include "tests/server/stage.h"

static struct stage s;
static struct hall_answer answer;

static int open_stage(void **state)
{
	(void)state;
	stage_open(&s, NULL);
	stage_demo(&s);
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&s);
	return 0;
}

TEST(the_clerk_enters_and_the_meeting_is_open)
{
	struct actor *clerk = &s.actors[CLERK];

	check_eq(actor_link(clerk, clerk->link, &answer), 200);
	check(strstr(answer.body, "\"name\":\"Hilde Aerts\",\"office\":\"clerk\"}"));
	actor_connect(clerk);
	actor_hello(clerk);
	actor_hears(clerk, "welcome", "\"office\":\"clerk\",\"phase\":\"outside\"");
	check_eq(clerk->n_messages, 0);
	actor_say(clerk, "{\"type\":\"join\"}");
	actor_hears(clerk, "state", "\"phase\":\"open\"");
	check_eq(clerk->n_messages, 0);
}

TEST(members_wait_until_they_are_admitted)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];

	actor_arrive(clerk);
	check_eq(actor_link(jan, jan->link, &answer), 200);
	actor_connect(jan);
	actor_hello(jan);
	actor_hears(jan, "welcome", "\"phase\":\"outside\"");
	actor_say(jan, "{\"type\":\"join\"}");
	actor_hears(jan, "lobby", "\"opened\":true");
	actor_hears(clerk, "waiting", "\"people\":[{\"id\":4,\"name\":\"Jan Peeters\",\"office\":\"member\",\"device\":null,"
		"\"known\":\"link\"}]");
	actor_say(clerk, "{\"type\":\"admit\",\"person\":4}");
	actor_hears(jan, "state", "\"you\":4");
	actor_hears(clerk, "entry", "\"kind\":\"admitted\",\"by\":{\"id\":1,\"name\":\"Hilde Aerts\",\"office\":\"clerk\"},"
		"\"who\":{\"id\":4");
	actor_hears(clerk, "person", "\"name\":\"Jan Peeters\",\"office\":\"member\",\"party\":\"Lindebeke Vooruit\","
		"\"connection\":\"connected\"");
	actor_hears(clerk, "waiting", "\"people\":[]");
}

TEST(who_waits_learns_that_the_meeting_opened)
{
	struct actor *jan = &s.actors[JAN];

	check_eq(actor_link(jan, jan->link, &answer), 200);
	actor_connect(jan);
	actor_hello(jan);
	actor_say(jan, "{\"type\":\"join\"}");
	actor_hears(jan, "lobby", "\"opened\":false");
	actor_arrive(&s.actors[CHAIR]);
	actor_hears(jan, "lobby", "\"opened\":true");
	check_eq(jan->n_messages, 0);
	actor_say(jan, "{\"type\":\"stop-waiting\"}");
	actor_say(jan, "{\"type\":\"stop-waiting\"}");
	actor_error(jan, "wrong-phase", "stop-waiting", NULL);
}

TEST(the_clerk_turns_somebody_away_with_a_reason)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];

	actor_arrive(clerk);
	actor_arrive(jan);
	actor_say(clerk, "{\"type\":\"turn-away\",\"person\":4,\"reason\":{\"code\":\"written\"}}");
	actor_error(clerk, "missing-field", "turn-away", "reason.text");
	actor_say(clerk, "{\"type\":\"turn-away\",\"person\":4,\"reason\":{\"code\":\"written\",\"text\":\"morgen pas\"}}");
	actor_hears(jan, "over", "\"why\":\"turned-away\",\"by\":{\"name\":\"Hilde Aerts\",\"office\":\"clerk\"},"
		"\"reason\":{\"code\":\"written\",\"text\":\"morgen pas\"}");
	check_eq(jan->closed, 1000);
	actor_hears(clerk, "entry", "\"kind\":\"turned-away\"");
	check_eq(actor_resume(jan, &answer), 200);	/* and may come back, through the lobby */
	actor_connect(jan);
	actor_hello(jan);
	actor_hears(jan, "welcome", "\"phase\":\"outside\"");
}

TEST(a_member_admits_nobody)
{
	stage_everyone_in(&s);
	actor_say(&s.actors[JAN], "{\"type\":\"leave\"}");
	actor_hears(&s.actors[JAN], "over", "\"why\":\"left\",\"by\":null,\"reason\":null");
	actor_hears(&s.actors[CLERK], "gone", "\"id\":4,\"why\":\"left\"");
	check_eq(actor_resume(&s.actors[JAN], &answer), 200);
	actor_connect(&s.actors[JAN]);
	actor_hello(&s.actors[JAN]);
	actor_say(&s.actors[JAN], "{\"type\":\"join\"}");
	actor_say(&s.actors[MARLEEN], "{\"type\":\"admit\",\"person\":4}");
	actor_error(&s.actors[MARLEEN], "not-allowed", "admit", NULL);
	check(!actor_has(&s.actors[MARLEEN], "waiting"));
	actor_say(&s.actors[CHAIR], "{\"type\":\"admit\",\"person\":4}");
	actor_hears(&s.actors[JAN], "state", NULL);
	actor_say(&s.actors[CHAIR], "{\"type\":\"admit\",\"person\":4}");
	actor_error(&s.actors[CHAIR], "not-waiting", "admit", NULL);
	actor_say(&s.actors[CHAIR], "{\"type\":\"admit\",\"person\":4000}");
	actor_error(&s.actors[CHAIR], "not-waiting", "admit", NULL);
}

TEST(a_reload_leads_back_inside)
{
	struct actor *jan = &s.actors[JAN], *clerk = &s.actors[CLERK];
	char before[sizeof(jan->jar)];

	stage_everyone_in(&s);
	memcpy(before, jan->jar, sizeof(before));
	actor_disconnect(jan);
	stage_pass(&s, SECONDS(3));
	check_eq(actor_resume(jan, &answer), 200);
	check(strcmp(before, jan->jar) != 0);
	actor_connect(jan);
	actor_hello(jan);
	actor_hears(jan, "welcome", "\"phase\":\"inside\"");
	actor_hears(jan, "state", "\"you\":4");
	stage_pass(&s, MINUTES(5));
	check(!actor_has(clerk, "entry"));	/* gone for less than five seconds: nobody was told */
}

TEST(silence_is_shown_after_five_seconds)
{
	struct actor *jan = &s.actors[JAN], *clerk = &s.actors[CLERK];

	stage_everyone_in(&s);
	actor_disconnect(jan);
	stage_pass(&s, SECONDS(5) - 1);
	check_eq(clerk->n_messages, 0);
	stage_pass(&s, 1);
	actor_hears(clerk, "entry", "\"kind\":\"lost\",\"by\":null,\"who\":{\"id\":4");
	actor_hears(clerk, "person", "\"connection\":\"reconnecting\"");
	check_eq(actor_resume(jan, &answer), 200);
	actor_connect(jan);
	actor_hello(jan);
	actor_hears(jan, "state", NULL);
	actor_hears(clerk, "entry", "\"kind\":\"returned\"");
	actor_hears(clerk, "person", "\"connection\":\"connected\"");
	/* A WebSocket that answers no ping is as good as gone. */
	hall_set_time(s.hall, s.now, s.wall);
	hall_alive(s.hall, jan->connection, false);
	stage_drain(&s);
	actor_hears(clerk, "person", "\"connection\":\"reconnecting\"");
	hall_alive(s.hall, jan->connection, true);
	stage_drain(&s);
	actor_hears(clerk, "person", "\"connection\":\"connected\"");
}

TEST(a_second_connection_replaces_the_first)
{
	struct actor *jan = &s.actors[JAN], *tab = &s.actors[50];

	stage_everyone_in(&s);
	memcpy(tab->jar, jan->jar, sizeof(tab->jar));
	memcpy(tab->seat, jan->seat, sizeof(tab->seat));
	actor_connect(tab);
	actor_hello(tab);
	actor_hears(tab, "state", "\"you\":4");
	actor_hears(jan, "over", "\"why\":\"replaced\"");
	check_eq(jan->closed, 1000);
	stage_pass(&s, MINUTES(1));
	check(!actor_has(&s.actors[CLERK], "entry"));
}

TEST(somebody_in_the_lobby_keeps_the_place_for_a_moment)
{
	struct actor *jan = &s.actors[JAN], *clerk = &s.actors[CLERK];

	actor_arrive(clerk);
	actor_arrive(jan);
	actor_disconnect(jan);
	stage_pass(&s, SECONDS(4));
	check_eq(actor_resume(jan, &answer), 200);
	actor_connect(jan);
	actor_hello(jan);
	actor_hears(jan, "welcome", "\"phase\":\"lobby\"");
	actor_hears(jan, "lobby", NULL);
	actor_forget(clerk);
	actor_disconnect(jan);
	stage_pass(&s, SECONDS(5));
	actor_hears(clerk, "waiting", "\"people\":[]");
}

TEST(ending_takes_two)
{
	struct actor *clerk = &s.actors[CLERK], *chair = &s.actors[CHAIR], *jan = &s.actors[JAN];
	char request[64];
	const char *heard;

	stage_everyone_in(&s);
	actor_say(jan, "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}");
	actor_error(jan, "not-allowed", "end", NULL);
	actor_say(clerk, "{\"type\":\"end\",\"reason\":{\"code\":\"written\",\"text\":\"alles is gezegd\"}}");
	heard = actor_hears(jan, "request", "\"action\":\"end\",\"by\":{\"id\":1,\"name\":\"Hilde Aerts\",\"office\":\"clerk\"},"
		"\"who\":null,\"name\":null,\"item\":null,\"reason\":{\"code\":\"written\",\"text\":\"alles is gezegd\"},\"seconds\":120}");
	snprintf(request, sizeof(request), "{\"type\":\"confirm\",\"request\":%ld}", stage_id(heard));
	actor_say(clerk, "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}");
	actor_error(clerk, "own-request", "end", NULL);
	actor_say(chair, "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}");
	actor_error(chair, "wrong-phase", "end", NULL);
	actor_say(clerk, request);
	actor_error(clerk, "own-request", "confirm", NULL);
	actor_say(jan, request);
	actor_error(jan, "not-allowed", "confirm", NULL);
	actor_say(chair, "{\"type\":\"confirm\",\"request\":999}");
	actor_error(chair, "no-request", "confirm", NULL);
	actor_say(chair, request);
	actor_hears(jan, "entry", "\"kind\":\"end-confirmed\",\"by\":{\"id\":2");
	actor_hears(jan, "entry", "\"kind\":\"ended\"");
	actor_hears(jan, "request-over", "\"outcome\":\"confirmed\"");
	actor_hears(jan, "over", "\"why\":\"ended\",\"by\":{\"name\":\"Hilde Aerts\",\"office\":\"clerk\"},"
		"\"reason\":{\"code\":\"written\",\"text\":\"alles is gezegd\"}");
	check_eq(jan->closed, 1000);
	check_eq(actor_resume(jan, &answer), 403);
	check_text(answer.body, "{\"error\":{\"code\":\"link-ended\"}}");
	actor_connect(jan);
	actor_hello(jan);
	actor_error(jan, "ended", "hello", NULL);
	check_eq(jan->closed, 1008);
}

TEST(a_request_expires_after_two_minutes)
{
	struct actor *clerk = &s.actors[CLERK], *chair = &s.actors[CHAIR];

	stage_everyone_in(&s);
	actor_say(clerk, "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}");
	actor_hears(chair, "request", NULL);
	stage_pass(&s, SECONDS(119));
	check(!actor_has(chair, "request-over"));
	stage_pass(&s, SECONDS(1));
	actor_hears(chair, "entry", "\"kind\":\"request-expired\",\"by\":null,\"who\":null,\"reason\":null,\"note\":\"end\",\"item\":null}");
	actor_hears(chair, "request-over", "\"outcome\":\"expired\"");
	actor_say(chair, "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}");
	actor_hears(clerk, "request", NULL);
}

TEST(a_request_can_be_refused_and_taken_back)
{
	struct actor *clerk = &s.actors[CLERK], *chair = &s.actors[CHAIR];
	char request[64];

	stage_everyone_in(&s);
	for (int i = 0; i < 2; i++) {
		actor_say(clerk, "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}");
		snprintf(request, sizeof(request), "{\"type\":\"refuse\",\"request\":%ld}",
			stage_id(actor_hears(clerk, "request", NULL)));
		actor_say(i ? clerk : chair, request);
		actor_hears(clerk, "request-over", "\"outcome\":\"refused\"");
	}
}

TEST(alone_for_five_minutes_one_may_end_it)
{
	struct actor *clerk = &s.actors[CLERK], *chair = &s.actors[CHAIR];

	stage_everyone_in(&s);
	stage_pass(&s, MINUTES(30));
	actor_disconnect(chair);
	stage_pass(&s, MINUTES(5));			/* lost after five seconds: five short of five minutes */
	actor_say(clerk, "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}");
	actor_hears(clerk, "request", NULL);
	stage_pass(&s, MINUTES(3));
	actor_say(clerk, "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}");
	actor_hears(clerk, "entry", "\"kind\":\"ended\"");
	actor_hears(clerk, "over", "\"why\":\"ended\"");
}

TEST(the_administration_ends_with_a_reason)
{
	struct actor *jan = &s.actors[JAN], *marleen = &s.actors[MARLEEN];
	char text[128];

	stage_everyone_in(&s);
	actor_say(marleen, "{\"type\":\"leave\"}");
	check_eq(actor_resume(marleen, &answer), 200);
	actor_connect(marleen);
	actor_hello(marleen);
	snprintf(text, sizeof(text), "{\"verb\":\"meeting-end\",\"meeting\":\"%s\"}", s.meeting);
	check(!stage_made(&s, text));
	snprintf(text, sizeof(text), "{\"verb\":\"meeting-end\",\"meeting\":\"%s\",\"reason\":\"onderhoud\"}", s.meeting);
	check(stage_made(&s, text));
	actor_hears(jan, "entry", "\"note\":\"administration\"");
	actor_hears(jan, "over", "\"why\":\"ended\",\"by\":null,\"reason\":{\"code\":\"written\",\"text\":\"onderhoud\"}");
	actor_hears(marleen, "over", "\"why\":\"ended\"");	/* also to who is outside */
	check(!stage_made(&s, text));
}

TEST(nobody_opens_a_meeting_more_than_an_hour_early)
{
	struct actor *chair = &s.actors[10];
	char text[512], link[128];

	check(stage_made(&s, "{\"verb\":\"meeting-create\",\"title\":\"Raad\",\"starts\":\"2026-03-12T20:30:00Z\",\"people\":["
		"{\"name\":\"An\",\"email\":\"an@x.example\",\"office\":\"chair\"}]}"));
	check(stage_field(s.answer, "meeting", 0, chair->meeting, sizeof(chair->meeting)));
	snprintf(text, sizeof(text), "{\"verb\":\"invite\",\"meeting\":\"%s\",\"email\":\"AN@x.example\"}", chair->meeting);
	check(stage_made(&s, text));
	check(stage_field(s.answer, "link", 0, link, sizeof(link)));
	check_eq(actor_link(chair, strchr(link, '#') + 1, &answer), 200);
	actor_connect(chair);
	actor_hello(chair);
	actor_say(chair, "{\"type\":\"join\"}");
	actor_error(chair, "too-early", "join", NULL);
	stage_pass(&s, MINUTES(60));
	actor_say(chair, "{\"type\":\"join\"}");
	actor_hears(chair, "state", NULL);
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

static const struct CMUnitTest tests[] = {
	ON_STAGE(the_clerk_enters_and_the_meeting_is_open),
	ON_STAGE(members_wait_until_they_are_admitted),
	ON_STAGE(who_waits_learns_that_the_meeting_opened),
	ON_STAGE(the_clerk_turns_somebody_away_with_a_reason),
	ON_STAGE(a_member_admits_nobody),
	ON_STAGE(a_reload_leads_back_inside),
	ON_STAGE(silence_is_shown_after_five_seconds),
	ON_STAGE(a_second_connection_replaces_the_first),
	ON_STAGE(somebody_in_the_lobby_keeps_the_place_for_a_moment),
	ON_STAGE(ending_takes_two),
	ON_STAGE(a_request_expires_after_two_minutes),
	ON_STAGE(a_request_can_be_refused_and_taken_back),
	ON_STAGE(alone_for_five_minutes_one_may_end_it),
	ON_STAGE(the_administration_ends_with_a_reason),
	ON_STAGE(nobody_opens_a_meeting_more_than_an_hour_early),
};

RUN_TESTS(tests)
