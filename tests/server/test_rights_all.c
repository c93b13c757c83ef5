/* SPDX-License-Identifier: EUPL-1.2 */
/* ATTACKS C29: every message that uses a right, by every office, in every phase, under every policy: the hall's verdict
 * is the table's, which test_rights compares with RIGHTS.md. Also N8, N9 and N11. In tests only. */
#include "auth/policy.h"
#include "server/hall/inside.h"
#include "tests/server/stage.h"

#define AGREED "\"reason\":{\"code\":\"agreed\"}"

/* Everything is prepared so that nothing but the right stands in the way: Jan (4) and Piet (6) are inside, Fatima (5)
 * waits, Jan has the floor and sends all, Piet's hand is raised, a fault stands; item 2 is open, Piet its guest, and
 * Els (7) a guest of none who waits. */
static const struct {
	enum action action;
	const char *message;
	bool asks;		/* a second person can be asked for */
} uses[] = {
	{ ACT_ADMIT_INVITED, "{\"type\":\"admit\",\"person\":5}", false },
	{ ACT_TURN_AWAY, "{\"type\":\"turn-away\",\"person\":5," AGREED "}", true },
	{ ACT_GIVE_LINK, "{\"type\":\"new-link\",\"person\":5," AGREED "}", true },
	{ ACT_INVITE_STRANGER, "{\"type\":\"invite\",\"name\":\"Els\",\"email\":\"e@x\",\"office\":\"member\"," AGREED "}", true },
	{ ACT_MUTE, "{\"type\":\"mute\",\"person\":4," AGREED "}", true },
	{ ACT_ASK_TO_SWITCH_ON, "{\"type\":\"ask-on\",\"person\":4,\"source\":\"camera\"," AGREED "}", false },
	{ ACT_STOP_SHARE, "{\"type\":\"stop-share\",\"person\":4," AGREED "}", true },
	{ ACT_GIVE_FLOOR, "{\"type\":\"floor\",\"person\":6}", false },
	{ ACT_GIVE_FLOOR, "{\"type\":\"floor-end\"}", false },
	{ ACT_GIVE_FLOOR, "{\"type\":\"order\",\"people\":[6]}", false },
	{ ACT_WITHDRAW_FLOOR, "{\"type\":\"withdraw-floor\",\"person\":4," AGREED "}", true },
	{ ACT_REMOVE_MEMBER, "{\"type\":\"remove\",\"person\":4," AGREED "}", true },
	{ ACT_SUSPEND, "{\"type\":\"suspend\"," AGREED "}", true },
	{ ACT_END_MEETING, "{\"type\":\"end\"," AGREED "}", true },
	{ ACT_CLEAR_FAULT, "{\"type\":\"clear-fault\",\"fault\":FAULT," AGREED "}", false },
	{ ACT_REPORT_FAULT, "{\"type\":\"fault\",\"note\":\"stil\"}", false },
	{ ACT_OBJECT, "{\"type\":\"object\",\"note\":\"orde\"}", false },
	{ ACT_RAISE_HAND, "{\"type\":\"hand\",\"raised\":true}", false },
	{ ACT_OWN_SOURCES, "{\"type\":\"sources\",\"microphone\":true,\"camera\":true,\"screen\":true,\"screen_sound\":true}", false },
	{ ACT_LEAVE, "{\"type\":\"leave\"}", false },
	{ ACT_ADMIT_GUEST_OUTSIDE_ITEM, "{\"type\":\"admit\",\"person\":7," AGREED "}", true },
	{ ACT_OPEN_CLOSE_ITEM, "{\"type\":\"item-open\",\"item\":1}", false },
	{ ACT_OPEN_CLOSE_ITEM, "{\"type\":\"item-close\",\"item\":2}", false },
	{ ACT_OPEN_TO_AUDIENCE, "{\"type\":\"doors-open\",\"item\":2," AGREED "}", true },
	{ ACT_MAKE_ITEM_CLOSED, "{\"type\":\"doors-close\",\"item\":2}", false },
	{ ACT_NOTE_RECUSAL, "{\"type\":\"note-recusal\",\"item\":1,\"person\":4,\"contested\":false," AGREED "}", false },
	{ ACT_NOTE_PRESENCE, "{\"type\":\"note-presence\",\"person\":4,\"present\":false," AGREED "}", false },
	{ ACT_RECUSE_ONESELF, "{\"type\":\"recuse\",\"item\":1}", false },
	{ ACT_DECLARE_ALONE, "{\"type\":\"declare-alone\",\"item\":2}", false },
	{ ACT_READ_CODE, "{\"type\":\"code-read\"}", false },
};

static const int who_holds[OFFICE_N] = { [OFFICE_CLERK] = CLERK, [OFFICE_CHAIR] = CHAIR, [OFFICE_MEMBER] = MARLEEN,
	[OFFICE_GUEST] = PIET };

static struct stage s;

static const struct meeting *the_meeting(void)
{
	return list_first(&s.hall->meetings, struct meeting, in_hall);
}

static void prepare(const struct policy *policy)
{
	struct hall_answer answer;

	stage_open(&s, NULL);
	stage_convene_items(&s);
	stage_media_up(&s);
	stage_everyone_in(&s);
	actor_say(&s.actors[CLERK], "{\"type\":\"item-open\",\"item\":2}");
	actor_say(&s.actors[CLERK], "{\"type\":\"admit\",\"person\":6}");
	actor_arrive(&s.actors[ELS]);
	actor_say(&s.actors[FATIMA], "{\"type\":\"leave\"}");
	check_eq(actor_resume(&s.actors[FATIMA], &answer), 200);
	actor_connect(&s.actors[FATIMA]);
	actor_hello(&s.actors[FATIMA]);
	actor_say(&s.actors[FATIMA], "{\"type\":\"join\"}");
	actor_say(&s.actors[JAN], uses[18].message);
	actor_say(&s.actors[PIET], "{\"type\":\"hand\",\"raised\":true}");
	actor_say(&s.actors[CHAIR], "{\"type\":\"floor\",\"person\":4}");
	actor_say(&s.actors[JAN], "{\"type\":\"fault\",\"note\":\"kraakt\"}");
	if (policy)
		s.hall->policy = *policy;
	for (int i = 0; i <= ELS; i++)
		actor_forget(&s.actors[i]);
}

/* What the hall said to it: a `no`, a request, or neither. */
static enum verdict verdict_of(struct actor *a, const char *message)
{
	char text[256];
	const char *fault = strstr(message, "FAULT");
	uint32_t requests = the_meeting()->fold->requests[0].id;

	snprintf(text, sizeof(text), "%s", message);
	if (fault)
		snprintf(text, sizeof(text), "%.*s%u%s", (int)(fault - message), message,
			the_meeting()->fold->faults[0].id, fault + strlen("FAULT"));
	actor_say(a, text);
	if (actor_has(a, "error"))
		return strstr(actor_hears(a, "error", NULL), "\"not-allowed\"") ? VERDICT_NO : VERDICT_YES;
	return the_meeting() && the_meeting()->fold->requests[0].id != requests ? VERDICT_SECOND : VERDICT_YES;
}

/* An act of one person over somebody else, or over all, is done: not only not refused. */
static void check_cell(size_t i, enum office office, const struct policy *policy, enum verdict expected)
{
	struct actor *a = &s.actors[who_holds[office]];
	enum verdict verdict;
	uint32_t before;

	prepare(policy);
	before = the_meeting()->fold->seq;
	verdict = verdict_of(a, uses[i].message);
	if (verdict != expected)
		fail_msg("%s by %s: %d, not %d", uses[i].message, office_word(office), (int)verdict, (int)expected);
	if (verdict == VERDICT_NO)
		check_eq(the_meeting()->fold->seq, before);
	stage_close(&s);
}

TEST(every_message_by_every_office_is_what_the_table_says)
{
	for (size_t i = 0; i < ARRAY_SIZE(uses); i++)
		for (int office = 0; office < OFFICE_N; office++)
			check_cell(i, (enum office)office, NULL, rights_cell(uses[i].action, (enum office)office));
}

/* The strictest, and the one that asks for two wherever that is possible: never more than the table (N9), and what each
 * person decides alone is untouched (N11). */
TEST(a_policy_takes_away_and_never_gives)
{
	struct policy never, two;

	policy_init(&never);
	policy_init(&two);
	for (int a = 0; a < ACT_N; a++) {
		(void)policy_lower(&never, (enum action)a, VERDICT_NO);
		if (policy_knows_second((enum action)a))
			(void)policy_lower(&two, (enum action)a, VERDICT_SECOND);
	}
	for (size_t i = 0; i < ARRAY_SIZE(uses); i++) {
		for (int office = 0; office < OFFICE_N; office++) {
			enum verdict cell = rights_cell(uses[i].action, (enum office)office);
			bool fixed = rights_is_fixed(uses[i].action);

			check_cell(i, (enum office)office, &never, fixed ? cell : VERDICT_NO);
			check_cell(i, (enum office)office, &two,
				uses[i].asks && cell == VERDICT_YES ? VERDICT_SECOND : cell);
		}
	}
}

TEST(what_needs_two_by_policy_is_done_when_the_second_agrees)
{
	struct policy two;
	char text[64];

	policy_init(&two);
	check(policy_lower(&two, ACT_MUTE, VERDICT_SECOND) && policy_lower(&two, ACT_SUSPEND, VERDICT_SECOND));
	prepare(&two);
	check_eq(verdict_of(&s.actors[CLERK], "{\"type\":\"mute\",\"person\":4," AGREED "}"), VERDICT_SECOND);
	actor_hears(&s.actors[JAN], "entry", "\"kind\":\"request-asked\"");
	check(the_meeting()->people[JAN].live.sources & SOURCE_BIT(SOURCE_MICROPHONE));
	snprintf(text, sizeof(text), "{\"type\":\"confirm\",\"request\":%u}", the_meeting()->fold->requests[0].id);
	actor_say(&s.actors[CHAIR], text);
	check(!(the_meeting()->people[JAN].live.sources & SOURCE_BIT(SOURCE_MICROPHONE)));
	actor_hears(&s.actors[JAN], "muted", "\"by\":{\"id\":1");
	/* What was taken is given back by one. */
	actor_say(&s.actors[CLERK], "{\"type\":\"suspend\"," AGREED "}");
	snprintf(text, sizeof(text), "{\"type\":\"confirm\",\"request\":%u}", the_meeting()->fold->requests[0].id);
	actor_say(&s.actors[CHAIR], text);
	check(the_meeting()->fold->suspension.on);
	actor_say(&s.actors[CLERK], "{\"type\":\"resume\"}");
	check(!the_meeting()->fold->suspension.on);
	stage_close(&s);
}

/* N8: nothing over another person goes without a reason. */
TEST(a_right_over_another_needs_a_reason)
{
	prepare(NULL);
	for (size_t i = 0; i < ARRAY_SIZE(uses); i++) {
		const char *reason = strstr(uses[i].message, "," AGREED);
		uint32_t before = the_meeting()->fold->seq;
		char text[256];

		if (!reason)
			continue;
		snprintf(text, sizeof(text), "%.*s}", (int)(reason - uses[i].message), uses[i].message);
		if (strstr(text, "FAULT"))
			snprintf(text, sizeof(text), "{\"type\":\"clear-fault\",\"fault\":1}");
		actor_say(&s.actors[CHAIR], text);
		check(strstr(actor_hears(&s.actors[CHAIR], "error", NULL), "\"missing-field\""));
		check_eq(the_meeting()->fold->seq, before);
	}
	stage_close(&s);
}

TEST(who_is_not_inside_uses_no_right)
{
	struct hall_answer answer;

	prepare(NULL);
	actor_say(&s.actors[JAN], "{\"type\":\"leave\"}");
	check_eq(actor_resume(&s.actors[JAN], &answer), 200);
	actor_connect(&s.actors[JAN]);
	actor_hello(&s.actors[JAN]);
	for (size_t i = 0; i < ARRAY_SIZE(uses); i++) {
		char text[256];

		if (uses[i].action == ACT_LEAVE)
			continue;
		snprintf(text, sizeof(text), "%s", uses[i].message);
		if (strstr(text, "FAULT"))
			snprintf(text, sizeof(text), "{\"type\":\"clear-fault\",\"fault\":1," AGREED "}");
		actor_say(&s.actors[FATIMA], text);		/* in the lobby */
		check(strstr(actor_hears(&s.actors[FATIMA], "error", NULL), "\"wrong-phase\""));
		actor_say(&s.actors[JAN], text);		/* outside */
		check(strstr(actor_hears(&s.actors[JAN], "error", NULL), "\"wrong-phase\""));
	}
	stage_close(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_message_by_every_office_is_what_the_table_says),
	cmocka_unit_test(a_policy_takes_away_and_never_gives),
	cmocka_unit_test(what_needs_two_by_policy_is_done_when_the_second_agrees),
	cmocka_unit_test(a_right_over_another_needs_a_reason),
	cmocka_unit_test(who_is_not_inside_uses_no_right),
};

RUN_TESTS(tests)
