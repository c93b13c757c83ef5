/* SPDX-License-Identifier: EUPL-1.2 */
/* Private conversations and caucuses: exactly their readers, nobody else, and no trace. In tests only. */
#include "server/hall/delivery.h"
#include "tests/server/stage.h"

#define TAG "AAAAAAAAAAAAAAAAAAAAAA=="

static struct stage s;
static struct hall_answer answer;
static char text[512];

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

static const struct delivery *the_delivery(void)
{
	return list_first(&s.hall->meetings, struct meeting, in_hall)->delivery;
}

static unsigned count_conversations(void)
{
	const struct conversation *c;
	unsigned n = 0;

	delivery_for_each(c, the_delivery())
		n++;
	return n;
}

static void open_with(struct actor *a, const char *people, const char *kind)
{
	snprintf(text, sizeof(text), "{\"type\":\"conversation-open\",\"people\":[%s],\"kind\":\"%s\"}", people, kind);
	actor_say(a, text);
}

static void say_of(struct actor *a, const char *type, unsigned group, const char *more)
{
	snprintf(text, sizeof(text), "{\"type\":\"%s\",\"group\":%u%s}", type, group, more);
	actor_say(a, text);
}

#define ASK ",\"package\":\"cGFja2FnZQ==\""
#define MAKE ",\"tag\":\"" TAG "\""
#define ADD(people) ",\"epoch\":0,\"commit\":\"Y29t\",\"welcome\":\"d2Vs\",\"added\":[" people "],\"removed\":[],\"tag\":\"" TAG "\""
#define BODY ",\"epoch\":1,\"body\":\"Ym9keQ==\""

/* Marleen with Jan and Fatima, who are in it. */
static void talk(const char *kind)
{
	open_with(&s.actors[MARLEEN], "4,5", kind);
	for (int i = MARLEEN; i <= FATIMA; i++)
		say_of(&s.actors[i], "key-join", 1, ASK);
	say_of(&s.actors[MARLEEN], "key-create", 1, MAKE);
	say_of(&s.actors[MARLEEN], "key-commit", 1, ADD("4,5"));
}

static void check_that_nobody_else_heard(void)
{
	static const int others[] = { CLERK, CHAIR, PIET };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		for (size_t n = 0; n < s.actors[others[i]].n_messages; n++)
			check(!strstr(s.actors[others[i]].messages[n], "\"type\":\"key-") &&
				!strstr(s.actors[others[i]].messages[n], "\"type\":\"conversation"));
}

TEST(its_readers_hear_of_it_and_nobody_else)
{
	struct actor *marleen = &s.actors[MARLEEN], *jan = &s.actors[JAN];

	open_with(marleen, "4,5", "private");
	for (int i = MARLEEN; i <= FATIMA; i++)
		actor_hears(&s.actors[i], "conversation", "\"group\":1,\"by\":3,\"people\":[3,4,5],\"kind\":\"private\"");
	say_of(jan, "key-join", 1, ASK);
	actor_hears(jan, "key-group", "\"group\":1,\"epoch\":null");
	check(!actor_has(jan, "key-create"));
	actor_hears(marleen, "key-create", "\"group\":1");	/* who opened it makes it */
	say_of(marleen, "key-create", 1, MAKE);
	actor_hears(marleen, "key-wanted", "\"group\":1,\"people\":[{\"person\":4,");
	say_of(marleen, "key-commit", 1, ADD("4"));
	actor_hears(jan, "key-welcome", "\"group\":1,\"epoch\":1,\"by\":3");
	say_of(jan, "key-message", 1, BODY);
	actor_hears(marleen, "key-message", "\"group\":1,\"epoch\":1,\"by\":4,\"body\":\"Ym9keQ==\"");
	check(!actor_has(&s.actors[FATIMA], "key-message"));	/* has not joined */
	check_that_nobody_else_heard();
}

TEST(nobody_speaks_in_a_conversation_of_others)
{
	static const struct { const char *type, *more; } table[] = {
		{ "key-join", ASK }, { "key-create", MAKE }, { "key-commit", ADD("2") },
		{ "key-since", ",\"epoch\":0" },
		{ "key-message", BODY },
		{ "key-resume", ",\"epoch\":1,\"tag\":\"" TAG "\",\"commits\":[]" },
		{ "conversation-refuse", "" }, { "conversation-leave", "" },
	};

	talk("private");
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		for (unsigned group = 1; group <= 2; group++) {	/* and one that there is not: the same answer */
			say_of(&s.actors[CLERK], table[i].type, group, table[i].more);
			actor_error(&s.actors[CLERK], "not-inside", table[i].type, NULL);
		}
	}
	say_of(&s.actors[MARLEEN], "key-commit", 1, ",\"epoch\":1,\"commit\":\"Y29t\",\"welcome\":\"d2Vs\",\"added\":[1],"
		"\"removed\":[],\"tag\":\"" TAG "\"");
	actor_error(&s.actors[MARLEEN], "wrong-field", "key-commit", "added");
	check_that_nobody_else_heard();
}

TEST(readers_are_inside_and_others)
{
	struct actor *marleen = &s.actors[MARLEEN];

	open_with(marleen, "3", "private");
	actor_error(marleen, "is-self", "conversation-open", NULL);
	open_with(marleen, "4,77", "private");
	actor_error(marleen, "not-inside", "conversation-open", NULL);
	actor_say(&s.actors[JAN], "{\"type\":\"leave\"}");
	actor_forget(marleen);
	open_with(marleen, "4", "private");
	actor_error(marleen, "not-inside", "conversation-open", NULL);
	open_with(marleen, "", "private");
	actor_error(marleen, "wrong-field", "conversation-open", "people");
	check_eq(count_conversations(), 0);
}

TEST(a_guest_writes_and_opens_no_caucus)
{
	open_with(&s.actors[PIET], "4", "caucus");
	actor_error(&s.actors[PIET], "not-allowed", "conversation-open", NULL);
	open_with(&s.actors[PIET], "4", "private");
	actor_hears(&s.actors[JAN], "conversation", "\"by\":6");
}

TEST(a_reader_refuses_and_the_others_go_on)
{
	open_with(&s.actors[MARLEEN], "4,5", "private");
	say_of(&s.actors[JAN], "conversation-refuse", 1, "");
	actor_hears(&s.actors[MARLEEN], "conversation-left", "\"group\":1,\"person\":4,\"why\":\"refused\"");
	actor_hears(&s.actors[FATIMA], "conversation-left", NULL);
	check(!actor_has(&s.actors[JAN], "conversation-left"));
	say_of(&s.actors[JAN], "key-join", 1, ASK);
	actor_error(&s.actors[JAN], "not-inside", "key-join", NULL);
	say_of(&s.actors[MARLEEN], "conversation-refuse", 1, "");
	actor_error(&s.actors[MARLEEN], "wrong-phase", "conversation-refuse", NULL);
	say_of(&s.actors[FATIMA], "conversation-refuse", 1, "");
	actor_hears(&s.actors[MARLEEN], "conversation-left", "\"person\":5,\"why\":\"refused\"");
	actor_hears(&s.actors[MARLEEN], "conversation-over", "\"group\":1");
	check_eq(count_conversations(), 0);
}

TEST(leaving_ends_it_for_one)
{
	talk("private");
	say_of(&s.actors[JAN], "conversation-refuse", 1, "");
	actor_error(&s.actors[JAN], "wrong-phase", "conversation-refuse", NULL);	/* has joined */
	say_of(&s.actors[JAN], "conversation-leave", 1, "");
	actor_hears(&s.actors[FATIMA], "conversation-left", "\"person\":4,\"why\":\"left\"");
	say_of(&s.actors[FATIMA], "key-message", 1, BODY);
	actor_hears(&s.actors[MARLEEN], "key-message", NULL);
	check(!actor_has(&s.actors[JAN], "key-message"));
}

TEST(who_leaves_the_meeting_leaves_its_conversations)
{
	talk("private");
	open_with(&s.actors[CLERK], "6", "private");
	actor_say(&s.actors[FATIMA], "{\"type\":\"leave\"}");
	actor_hears(&s.actors[MARLEEN], "conversation-left", "\"group\":1,\"person\":5,\"why\":\"gone\"");
	actor_say(&s.actors[CLERK], "{\"type\":\"remove\",\"person\":6,\"reason\":{\"code\":\"agreed\"}}");
	actor_hears(&s.actors[CLERK], "conversation-left", "\"group\":2,\"person\":6,\"why\":\"gone\"");
	actor_hears(&s.actors[CLERK], "conversation-over", "\"group\":2");
	check(!actor_has(&s.actors[PIET], "conversation-over"));
	check_eq(count_conversations(), 1);
}

TEST(coming_back_shows_what_one_reads)
{
	struct actor *jan = &s.actors[JAN];

	talk("caucus");
	open_with(&s.actors[CLERK], "2", "private");
	actor_disconnect(jan);
	say_of(&s.actors[MARLEEN], "key-message", 1, BODY);
	check_eq(actor_resume(jan, &answer), 200);
	actor_connect(jan);
	actor_hello(jan);
	actor_hears(jan, "state", "\"conversations\":[{\"group\":1,\"by\":3,\"people\":[3,4,5],\"kind\":\"caucus\",\"joined\":[3,4,5]}]");
	check(!actor_has(jan, "key-message"));
	/* After a restart there are none. */
	stage_restart(&s);
	check_eq(actor_resume(jan, &answer), 200);
	actor_connect(jan);
	actor_hello(jan);
	actor_hears(jan, "state", "\"conversations\":[]");
	say_of(jan, "key-since", 1, ",\"epoch\":0");
	actor_error(jan, "not-inside", "key-since", NULL);
}

TEST(who_asked_is_remembered_for_who_comes_back)
{
	struct actor *marleen = &s.actors[MARLEEN];

	open_with(marleen, "4", "private");
	say_of(marleen, "key-join", 1, ASK);
	say_of(marleen, "key-create", 1, MAKE);
	actor_disconnect(marleen);
	say_of(&s.actors[JAN], "key-join", 1, ASK);
	check_eq(actor_resume(marleen, &answer), 200);
	actor_connect(marleen);
	actor_hello(marleen);
	actor_hears(marleen, "state", NULL);
	actor_hears(marleen, "key-wanted", "\"group\":1,\"people\":[{\"person\":4,");
}

TEST(everybody_sees_who_is_in_a_caucus)
{
	struct actor *piet = &s.actors[PIET];

	talk("private");
	check(!actor_has(piet, "person"));
	open_with(&s.actors[JAN], "5", "caucus");
	check(!actor_has(piet, "person"));		/* to be asked is not to be in it */
	say_of(&s.actors[JAN], "key-join", 2, ASK);
	say_of(&s.actors[JAN], "key-create", 2, MAKE);
	check(strstr(actor_hears(piet, "person", "\"id\":4"), "\"caucus\":true"));
	say_of(&s.actors[FATIMA], "key-join", 2, ASK);
	say_of(&s.actors[JAN], "key-commit", 2, ADD("5"));
	check(strstr(actor_hears(piet, "person", "\"id\":5"), "\"caucus\":true"));
	say_of(&s.actors[JAN], "conversation-leave", 2, "");	/* and so it is over */
	check(strstr(actor_hears(piet, "person", "\"id\":4"), "\"caucus\":false"));
	check(strstr(actor_hears(piet, "person", "\"id\":5"), "\"caucus\":false"));
}

TEST(eight_of_one_and_64_in_all)
{
	int n = 0;

	for (int i = 0; i < LIMIT_CONVERSATIONS_OF_ONE; i++)
		open_with(&s.actors[JAN], "5", "private");
	check_eq(count_conversations(), LIMIT_CONVERSATIONS_OF_ONE);
	actor_forget(&s.actors[JAN]);
	open_with(&s.actors[JAN], "5", "private");
	actor_error(&s.actors[JAN], "too-many", "conversation-open", NULL);
	say_of(&s.actors[JAN], "conversation-leave", 3, "");
	open_with(&s.actors[JAN], "5", "private");
	check(!actor_has(&s.actors[JAN], "error"));
	/* Six people make 48: the others come of a cap that is counted, whoever opened them. */
	for (int i = CLERK; i <= PIET; i++)
		for (int k = 0; k < LIMIT_CONVERSATIONS_OF_ONE; k++)
			open_with(&s.actors[i], i == CLERK ? "2" : "1", "private");
	n = (int)count_conversations();
	check_eq(n, 6 * LIMIT_CONVERSATIONS_OF_ONE);
	for (; n < LIMIT_CONVERSATIONS + LIMIT_CONVERSATIONS_OF_ONE; n++) {
		struct conversation *c, *first = NULL;

		/* Those of the clerk count as somebody's who is gone by now. */
		delivery_for_each(c, the_delivery())
			if (!first && c->by == 1)
				first = c;
		if (first && count_conversations() < LIMIT_CONVERSATIONS)
			first->by = 128;
		actor_forget(&s.actors[CLERK]);
		open_with(&s.actors[CLERK], "2", "private");
	}
	check_eq(count_conversations(), LIMIT_CONVERSATIONS);
	actor_error(&s.actors[CLERK], "too-many", "conversation-open", NULL);
}

TEST(what_the_records_refuse_is_undone)
{
	struct actor *jan = &s.actors[JAN], *chair = &s.actors[CHAIR];

	talk("caucus");
	for (int i = 0; i <= PIET; i++)
		actor_forget(&s.actors[i]);
	db_refuse_commits(s.db, 1);
	hall_receive(s.hall, jan->connection, bytes_of_string("{\"type\":\"conversation-leave\",\"group\":1}"));
	hall_receive(s.hall, s.actors[MARLEEN].connection,
		bytes_of_string("{\"type\":\"conversation-leave\",\"group\":1}"));
	hall_receive(s.hall, jan->connection,
		bytes_of_string("{\"type\":\"conversation-open\",\"people\":[1],\"kind\":\"private\"}"));
	actor_say(chair, "{\"type\":\"object\",\"note\":\"orde\"}");
	db_refuse_commits(s.db, 0);
	actor_error(chair, "not-recorded", "object", NULL);
	check(!actor_has(&s.actors[FATIMA], "conversation-over"));
	check(!actor_has(&s.actors[CLERK], "conversation"));
	check_eq(count_conversations(), 1);
	check_eq(crowd_count(&conversation_find(the_delivery(), 1)->readers), 3);
	actor_hears(jan, "state", "\"joined\":[3,4,5]");
	stage_pass(&s, SECONDS(2));
	say_of(jan, "key-message", 1, BODY);
	actor_hears(&s.actors[FATIMA], "key-message", NULL);
}

TEST(the_end_of_the_meeting_is_the_end_of_all)
{
	talk("caucus");
	snprintf(text, sizeof(text), "{\"verb\":\"meeting-end\",\"meeting\":\"%s\",\"reason\":\"klaar\"}", s.meeting);
	check(stage_made(&s, text));
	check(list_empty(&s.hall->meetings));
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

static const struct CMUnitTest tests[] = {
	ON_STAGE(its_readers_hear_of_it_and_nobody_else),
	ON_STAGE(nobody_speaks_in_a_conversation_of_others),
	ON_STAGE(readers_are_inside_and_others),
	ON_STAGE(a_guest_writes_and_opens_no_caucus),
	ON_STAGE(a_reader_refuses_and_the_others_go_on),
	ON_STAGE(leaving_ends_it_for_one),
	ON_STAGE(who_leaves_the_meeting_leaves_its_conversations),
	ON_STAGE(coming_back_shows_what_one_reads),
	ON_STAGE(who_asked_is_remembered_for_who_comes_back),
	ON_STAGE(everybody_sees_who_is_in_a_caucus),
	ON_STAGE(eight_of_one_and_64_in_all),
	ON_STAGE(what_the_records_refuse_is_undone),
	ON_STAGE(the_end_of_the_meeting_is_the_end_of_all),
};

RUN_TESTS(tests)
