/* SPDX-License-Identifier: EUPL-1.2 */
/* The agenda through the hall: who may be in which item, what everybody else learns, what who is aside learns
 * (nothing), and that all of it is so again after a restart at any moment. In tests only. */
#include "server/hall/inside.h"
#include "server/wire/base64.h"
#include "tests/server/stage.h"

#define AGREED ",\"reason\":{\"code\":\"agreed\"}"
#define ON "{\"type\":\"sources\",\"microphone\":true,\"camera\":true,\"screen\":false,\"screen_sound\":false"

static struct stage s;

static struct meeting *the_meeting(void)
{
	return list_first(&s.hall->meetings, struct meeting, in_hall);
}

static const struct agenda *agenda(void)
{
	return &the_meeting()->fold->agenda;
}

static bool inside(int who)
{
	return person_is_inside(&the_meeting()->people[who]);
}

static bool aside(int who)
{
	return person_fold(&the_meeting()->people[who])->aside;
}

static void say(int who, const char *type, int item, const char *more)
{
	char text[512];

	snprintf(text, sizeof(text), "{\"type\":\"%s\",\"item\":%d%s}", type, item, more);
	actor_say(&s.actors[who], text);
}

static void say_of(int who, const char *type, int person, const char *more)
{
	char text[512];

	snprintf(text, sizeof(text), "{\"type\":\"%s\",\"person\":%d%s}", type, person + 1, more);
	actor_say(&s.actors[who], text);
}

static void confirm(int who)
{
	char text[64];

	snprintf(text, sizeof(text), "{\"type\":\"confirm\",\"request\":%u}", the_meeting()->fold->requests[0].id);
	actor_say(&s.actors[who], text);
}

static void forget(void)
{
	for (int i = 0; i <= ELS; i++)
		actor_forget(&s.actors[i]);
	s.n_media = 0;
}

/* Everyone but the guests is inside; those wait. */
static int open_stage(void **state)
{
	(void)state;
	stage_open(&s, NULL);
	stage_convene_items(&s);
	stage_media_up(&s);
	for (int i = 0; i <= ELS; i++)
		actor_arrive(&s.actors[i]);
	for (int i = MARLEEN; i <= FATIMA; i++)
		say_of(CLERK, "admit", i, "");
	forget();
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&s);
	return 0;
}

static void come_back(int who)
{
	struct hall_answer answer;

	check_eq(actor_resume(&s.actors[who], &answer), 200);
	actor_connect(&s.actors[who]);
	actor_hello(&s.actors[who]);
}

TEST(one_item_is_open_at_most)
{
	say(JAN, "item-open", 1, "");
	actor_error(&s.actors[JAN], "not-allowed", "item-open", NULL);
	say(CLERK, "item-open", 3, "");
	actor_error(&s.actors[CLERK], "wrong-field", "item-open", "item");
	say(CLERK, "item-open", 1, "");
	actor_hears(&s.actors[JAN], "entry", "\"kind\":\"item-opened\"");
	actor_hears(&s.actors[JAN], "items", "\"session\":{\"item\":1,\"doors\":\"closed\",\"seconds\":null}");
	say(CLERK, "item-open", 1, "");
	actor_error(&s.actors[CLERK], "wrong-phase", "item-open", NULL);
	say(CHAIR, "item-open", 2, "");
	actor_hears(&s.actors[JAN], "entry", "\"kind\":\"item-closed\"");
	check(agenda()->open == 2 && agenda()->items[0].phase == ITEM_DONE);
	say(CLERK, "item-close", 1, "");
	actor_error(&s.actors[CLERK], "wrong-phase", "item-close", NULL);
	say(CLERK, "item-close", 2, "");
	check_eq(agenda()->open, 0);
	say(CLERK, "item-open", 1, "");		/* again */
	check_eq(agenda()->open, 1);
}

TEST(a_withdrawn_floor_comes_back_when_the_item_ends)
{
	say_of(CHAIR, "withdraw-floor", JAN, AGREED);
	say(CLERK, "item-open", 1, "");
	check(person_fold(&the_meeting()->people[JAN])->withdrawn);
	say(CLERK, "item-close", 1, "");
	check(!person_fold(&the_meeting()->people[JAN])->withdrawn);
	actor_hears(&s.actors[FATIMA], "person", "\"id\":4,");
}

/* No media, no name, no entry of it; and back by itself. */
TEST(who_recuses_themselves_is_out_for_the_item_and_back_after)
{
	struct actor *jan = &s.actors[JAN];
	size_t heard;

	actor_say(jan, "{\"type\":\"offer\",\"sdp\":\"v=0\",\"roles\":{\"0\":\"microphone\"},\"restart\":false,\"media\":null}");
	actor_say(jan, ON "}");
	say(JAN, "recuse", 2, "");
	actor_hears(&s.actors[FATIMA], "items", "\"recused\":[{\"id\":4,\"by\":null,\"contested\":false}]");
	say(JAN, "recuse", 2, "");
	actor_error(jan, "wrong-phase", "recuse", NULL);
	check(inside(JAN));
	forget();
	say(CLERK, "item-open", 2, "");
	check(aside(JAN) && !inside(JAN));
	check(stage_media_has(&s, MEDIA_REMOVE_PEER));
	actor_hears(&s.actors[FATIMA], "gone", "\"id\":4,\"why\":\"aside\"");
	actor_hears(jan, "aside", "\"why\":\"recused\",\"item\":{\"id\":2,\"title\":\"Aanstelling\"},\"by\":null,\"reason\":null");
	check_eq(jan->n_messages, 0);
	heard = jan->n_received;
	say_of(CHAIR, "floor", FATIMA, "");
	say(FATIMA, "declare-alone", 2, "");
	actor_say(&s.actors[FATIMA], ON "}");
	stage_pass(&s, MINUTES(2));
	check_eq(jan->n_received, heard);
	actor_say(jan, ON "}");
	actor_error(jan, "wrong-phase", "sources", NULL);
	actor_say(jan, "{\"type\":\"hand\",\"raised\":true}");
	actor_error(jan, "wrong-phase", "hand", NULL);
	actor_say(jan, "{\"type\":\"fault\",\"note\":\"ik hoor niets\"}");	/* N11 */
	actor_hears(&s.actors[FATIMA], "faults", "ik hoor niets");
	say_of(CLERK, "mute", JAN, AGREED);
	actor_error(&s.actors[CLERK], "not-inside", "mute", NULL);
	/* A reload changes nothing of it. */
	come_back(JAN);
	actor_hears(jan, "welcome", "\"phase\":\"aside\"");
	actor_hears(jan, "aside", NULL);
	check(!actor_has(jan, "state"));
	forget();
	say(CLERK, "item-close", 2, "");
	check(inside(JAN));
	actor_hears(jan, "state", "\"media\":null");
	actor_hears(&s.actors[FATIMA], "person", "\"id\":4,");
}

TEST(who_is_aside_may_leave_and_comes_back_beside_it)
{
	say(JAN, "recuse", 1, "");
	say(CLERK, "item-open", 1, "");
	actor_say(&s.actors[JAN], "{\"type\":\"leave\"}");
	actor_hears(&s.actors[JAN], "over", "left");
	check(!aside(JAN));
	come_back(JAN);
	actor_say(&s.actors[JAN], "{\"type\":\"join\"}");
	forget();
	say_of(CLERK, "admit", JAN, "");
	check(aside(JAN) && !inside(JAN));
	actor_hears(&s.actors[JAN], "aside", NULL);
	check(!actor_has(&s.actors[JAN], "state") && !actor_has(&s.actors[FATIMA], "gone"));
}

TEST(an_office_notes_a_recusal_and_the_chair_decides_a_contested_one)
{
	say(CLERK, "note-recusal", 2, ",\"person\":4,\"contested\":false" AGREED);
	check(people_has(&agenda()->items[1].recused, 4));
	actor_hears(&s.actors[FATIMA], "items", "\"recused\":[{\"id\":4,\"by\":1,\"contested\":false}]");
	say(CLERK, "note-recusal", 2, ",\"person\":5,\"contested\":true" AGREED);
	check(!people_has(&agenda()->items[1].recused, 5));
	actor_hears(&s.actors[FATIMA], "request", "\"action\":\"recusal\"");
	say(CLERK, "item-open", 2, "");
	check(inside(FATIMA) && aside(JAN));
	actor_hears(&s.actors[JAN], "aside", "\"by\":{\"id\":1,\"name\":\"Hilde Aerts\",\"office\":\"clerk\"},\"reason\":{\"code\":\"agreed\"}");
	forget();
	confirm(CHAIR);
	check(aside(FATIMA));
	actor_hears(&s.actors[MARLEEN], "entry", "\"kind\":\"recusal-contested\"");
	actor_hears(&s.actors[MARLEEN], "entry", "\"kind\":\"recused\"");
	actor_hears(&s.actors[MARLEEN], "items", "{\"id\":5,\"by\":1,\"contested\":true}");
	check(!actor_has(&s.actors[FATIMA], "entry"));
	say(CHAIR, "note-recusal", 1, ",\"person\":3,\"contested\":true" AGREED);
	check(people_has(&agenda()->items[0].recused, 3));		/* at once */
	say(CLERK, "note-recusal", 1, ",\"person\":1,\"contested\":true" AGREED);
	actor_error(&s.actors[CLERK], "is-self", "note-recusal", NULL);
	say(CLERK, "item-close", 2, "");
	say(CLERK, "note-recusal", 2, ",\"person\":3,\"contested\":false" AGREED);
	actor_error(&s.actors[CLERK], "wrong-phase", "note-recusal", NULL);
}

TEST(a_guest_comes_and_goes_with_the_item)
{
	struct actor *piet = &s.actors[PIET];

	say_of(CLERK, "admit", PIET, "");
	actor_error(&s.actors[CLERK], "missing-field", "admit", "reason");
	say(CLERK, "item-open", 2, "");
	say_of(CLERK, "admit", PIET, "");
	check(inside(PIET));
	say_of(CLERK, "admit", ELS, AGREED);		/* of no item: asks for two */
	check(!inside(ELS) && the_meeting()->fold->requests[0].action == NOTE_ADMIT);
	forget();
	say(CLERK, "item-open", 1, "");
	check(!inside(PIET) && the_meeting()->people[PIET].live.waiting);
	actor_hears(piet, "lobby", NULL);
	check_eq(piet->n_messages, 0);
	actor_hears(&s.actors[JAN], "gone", "\"id\":6,\"why\":\"guest-out\"");
	actor_hears(&s.actors[JAN], "entry", "\"kind\":\"guest-out\"");
	actor_hears(&s.actors[CLERK], "waiting", "\"id\":6");
	confirm(CHAIR);
	check(inside(ELS));
	say(CLERK, "item-close", 1, "");		/* admitted by two: until then */
	check(!inside(ELS));
	say_of(CHAIR, "admit", PIET, AGREED);
	confirm(CLERK);
	check(inside(PIET));				/* between items, by two */
	say(CLERK, "item-open", 2, "");
	check(inside(PIET));
}

TEST(the_doors_open_ten_seconds_after_two_said_so)
{
	say(CLERK, "item-open", 1, "");
	say(CLERK, "doors-close", 1, "");
	actor_error(&s.actors[CLERK], "wrong-phase", "doors-close", NULL);
	say(CLERK, "doors-open", 1, AGREED);
	actor_hears(&s.actors[JAN], "entry", "\"kind\":\"doors-asked\"");
	check_eq(agenda()->doors, DOORS_CLOSED);
	confirm(CHAIR);
	actor_hears(&s.actors[JAN], "items", "\"doors\":\"opening\",\"seconds\":10}");
	say_of(CLERK, "admit", ELS, "");
	actor_error(&s.actors[CLERK], "missing-field", "admit", "reason");
	stage_pass(&s, SECONDS(9));
	check_eq(agenda()->doors, DOORS_OPENING);
	stage_restart(&s);				/* which forgets nothing of it */
	check_eq(agenda()->doors, DOORS_OPENING);
	stage_pass(&s, SECONDS(1) + MSEC(2));
	check_eq(agenda()->doors, DOORS_OPEN);
	for (int i = 0; i <= ELS; i++)
		come_back(i);
	actor_say(&s.actors[ELS], "{\"type\":\"join\"}");
	say_of(CLERK, "admit", ELS, "");
	check(inside(ELS));
	say(JAN, "declare-alone", 1, "");
	forget();
	say(CHAIR, "doors-close", 1, "");
	check(!inside(ELS) && agenda()->doors == DOORS_CLOSED && !people_has(&agenda()->items[0].alone, 4));
	actor_hears(&s.actors[ELS], "lobby", NULL);
	check_eq(s.actors[ELS].n_messages, 0);
	say(JAN, "declare-alone", 1, "");
	say(JAN, "declare-alone", 1, "");
	actor_error(&s.actors[JAN], "wrong-phase", "declare-alone", NULL);
}

TEST(closing_stops_doors_that_are_opening)
{
	say(CLERK, "item-open", 1, "");
	say(CLERK, "doors-open", 1, AGREED);
	confirm(CHAIR);
	stage_pass(&s, SECONDS(5));
	say(CLERK, "doors-close", 1, "");
	stage_pass(&s, MINUTES(1));
	check_eq(agenda()->doors, DOORS_CLOSED);
}

TEST(a_restart_in_the_middle_of_an_item)
{
	say(JAN, "recuse", 1, "");
	say(CLERK, "item-open", 1, "");
	stage_restart(&s);
	check(agenda()->open == 1 && aside(JAN));
	come_back(JAN);
	actor_hears(&s.actors[JAN], "aside", NULL);
	come_back(CLERK);
	say(CLERK, "item-close", 1, "");
	actor_hears(&s.actors[JAN], "state", NULL);
}

TEST(an_act_that_cannot_be_recorded_puts_nobody_out)
{
	say(JAN, "recuse", 1, "");
	forget();
	db_refuse_commits(s.db, 1);
	say(CLERK, "item-open", 1, "");
	db_refuse_commits(s.db, 0);
	actor_error(&s.actors[CLERK], "not-recorded", "item-open", NULL);
	check(inside(JAN) && !aside(JAN) && !actor_has(&s.actors[JAN], "aside"));
	actor_hears(&s.actors[JAN], "state", NULL);
}

TEST(an_item_that_nobody_could_close_ends_by_itself)
{
	say(CLERK, "recuse", 1, "");
	say(CHAIR, "recuse", 1, "");
	actor_say(&s.actors[MARLEEN], "{\"type\":\"leave\"}");	/* the substitute */
	say(CLERK, "item-open", 1, "");
	check(aside(CLERK) && aside(CHAIR));
	stage_pass(&s, MINUTES(4));
	check_eq(agenda()->open, 1);
	stage_pass(&s, MINUTES(1));
	check(agenda()->open == 0 && inside(CLERK) && inside(CHAIR));
}

TEST(presence_is_corrected_by_an_entry_of_its_own)
{
	say_of(CLERK, "note-presence", PIET, ",\"present\":true" AGREED);
	actor_hears(&s.actors[JAN], "entry", "\"kind\":\"presence-corrected\"");
	check(!inside(PIET));
	say_of(JAN, "note-presence", PIET, ",\"present\":true" AGREED);
	actor_error(&s.actors[JAN], "not-allowed", "note-presence", NULL);
}

/* What was on its way when the mute came does not undo it; what follows on it does; and it survives a restart. */
TEST(sources_that_cross_a_mute_do_not_undo_it)
{
	struct actor *jan = &s.actors[JAN];
	const struct person *p;
	uint32_t muted;
	char text[256];

	actor_say(jan, ON "}");
	say_of(CLERK, "mute", JAN, AGREED);
	p = &the_meeting()->people[JAN];
	muted = person_fold(p)->muted;
	snprintf(text, sizeof(text), ON ",\"seen\":%u}", muted - 1);
	actor_say(jan, text);
	check(!(p->live.sources & SOURCE_BIT(SOURCE_MICROPHONE)) && (p->live.sources & SOURCE_BIT(SOURCE_CAMERA)));
	check(person_is_muted(p));
	stage_restart(&s);
	p = &the_meeting()->people[JAN];
	check(person_is_muted(p));
	come_back(JAN);
	snprintf(text, sizeof(text), ON ",\"seen\":%u}", muted);
	actor_say(jan, text);
	check((p->live.sources & SOURCE_BIT(SOURCE_MICROPHONE)) && !person_is_muted(p));
}

static void ask_for(int who, const char *path, const char *more, unsigned status, const char *part)
{
	struct hall_answer answer;
	char body[128];

	snprintf(body, sizeof(body), "{\"meeting\":\"%s\"%s}", s.meeting, more);
	check_eq(actor_ask(&s.actors[who], path, body, &answer), status);
	if (!strstr(answer.body, part))
		fail_msg("no %s in %.3000s", part, answer.body);
}

/* The end of the report's head. */
static const char *key_of_the_server(void)
{
	static char text[128];
	struct writer w = writer(text, sizeof(text));

	write_string(&w, ",\"key\":\"");
	base64_write(&w, bytes_make(log_key_first(s.key)->bytes, SIGNATURE_KEY_SIZE));
	write_string(&w, "\",\"epoch\":0,\"signer\":\"");
	write_u8(&w, 0);
	check(w.ok);
	return text;
}

TEST(the_report_says_who_was_there_and_what_was_done)
{
	say(JAN, "recuse", 2, "");
	say(CLERK, "item-open", 1, "");
	stage_pass(&s, SECONDS(60));
	say_of(CHAIR, "floor", FATIMA, "");
	say(CLERK, "item-open", 2, "");
	ask_for(JAN, "/api/report", "", 403, "not-allowed");		/* aside */
	stage_pass(&s, SECONDS(30));
	actor_say(&s.actors[CLERK], "{\"type\":\"suspend\"" AGREED "}");
	say(CLERK, "item-close", 2, "");
	ask_for(PIET, "/api/report", "", 403, "not-allowed");		/* a guest */
	ask_for(20, "/api/report", "", 403, "seat-unknown");
	ask_for(JAN, "/api/report", "", 200, "{\"id\":4,\"seconds\":60}");
	ask_for(JAN, "/api/report", "", 200, "{\"id\":5,\"seconds\":30}");
	ask_for(JAN, "/api/report", "", 200, "\"recused\":[{\"id\":4,\"by\":null,\"contested\":false}]");
	ask_for(JAN, "/api/report", "", 200, "\"verified\":true,\"closed\":true}");
	ask_for(JAN, "/api/report", "", 200, key_of_the_server());
	ask_for(JAN, "/api/report", ",\"part\":\"open\"", 200, "\"verified\":true,\"closed\":false}");
	ask_for(JAN, "/api/report", ",\"part\":\"open\"", 200, "\"suspensions\":[]");
	ask_for(JAN, "/api/report", ",\"part\":\"closed\"", 200, "\"title\":\"Aanstelling\"");
	ask_for(JAN, "/api/report", ",\"part\":\"closed\"", 200, "\"suspensions\":[{\"from\":");
	ask_for(JAN, "/api/report", ",\"part\":\"half\"", 400, "bad-request");
	actor_say(&s.actors[CLERK], "{\"type\":\"end\"" AGREED "}");
	confirm(CHAIR);
	ask_for(JAN, "/api/report", "", 200, "\"phase\":\"ended\"");
	ask_for(JAN, "/api/log", "", 200, "\"items\":[\n{\"item\":1,\"title\":\"Verslag\"");
}

/* The proceedings are a file of lines; everything else is JSON. */
TEST(the_log_is_a_text)
{
	struct hall_answer answer;
	char body[64];

	snprintf(body, sizeof(body), "{\"meeting\":\"%s\"}", s.meeting);
	check_eq(actor_ask(&s.actors[JAN], "/api/report", body, &answer), 200);
	check(!answer.plain);
	check_eq(actor_ask(&s.actors[JAN], "/api/log", body, &answer), 200);
	check(answer.plain);
	check_eq(actor_ask(&s.actors[PIET], "/api/log", body, &answer), 403);
	check(!answer.plain);
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

static const struct CMUnitTest tests[] = {
	ON_STAGE(one_item_is_open_at_most),
	ON_STAGE(the_log_is_a_text),
	ON_STAGE(a_withdrawn_floor_comes_back_when_the_item_ends),
	ON_STAGE(who_recuses_themselves_is_out_for_the_item_and_back_after),
	ON_STAGE(who_is_aside_may_leave_and_comes_back_beside_it),
	ON_STAGE(an_office_notes_a_recusal_and_the_chair_decides_a_contested_one),
	ON_STAGE(a_guest_comes_and_goes_with_the_item),
	ON_STAGE(the_doors_open_ten_seconds_after_two_said_so),
	ON_STAGE(closing_stops_doors_that_are_opening),
	ON_STAGE(a_restart_in_the_middle_of_an_item),
	ON_STAGE(an_act_that_cannot_be_recorded_puts_nobody_out),
	ON_STAGE(an_item_that_nobody_could_close_ends_by_itself),
	ON_STAGE(presence_is_corrected_by_an_entry_of_its_own),
	ON_STAGE(sources_that_cross_a_mute_do_not_undo_it),
	ON_STAGE(the_report_says_who_was_there_and_what_was_done),
};

RUN_TESTS(tests)
