/* SPDX-License-Identifier: EUPL-1.2 */
/* The host's few rights through the hall: who may, what everyone sees, what a worker is told, and what it takes to come
 * back (RIGHTS.md; ATTACKS B15, B16, C29, C30). In tests only. */
#include "server/hall/inside.h"
#include "tests/server/stage.h"

#define AGREED ",\"reason\":{\"code\":\"agreed\"}"
#define WRITTEN ",\"reason\":{\"code\":\"written\",\"text\":\"even rust\"}"
#define ON "{\"type\":\"sources\",\"microphone\":true,\"camera\":true,\"screen\":true,\"screen_sound\":true}"
#define OFF "{\"type\":\"sources\",\"microphone\":false,\"camera\":true,\"screen\":true,\"screen_sound\":true}"
#define ALL 15u
#define MICROPHONE SOURCE_BIT(SOURCE_MICROPHONE)
#define SCREEN_SOUND SOURCE_BIT(SOURCE_SCREEN_SOUND)

static struct stage s;
static struct hall_answer answer;

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

static const struct meeting *the_meeting(void)
{
	return list_first(&s.hall->meetings, struct meeting, in_hall);
}

static void say(int who, const char *type, int person, const char *more)
{
	char text[512];

	snprintf(text, sizeof(text), "{\"type\":\"%s\",\"person\":%d%s}", type, person + 1, more);
	actor_say(&s.actors[who], text);
}

static void answer_request(int who, const char *type, uint32_t id)
{
	char text[64];

	snprintf(text, sizeof(text), "{\"type\":\"%s\",\"request\":%u}", type, id);
	actor_say(&s.actors[who], text);
}

static uint32_t request(unsigned n)
{
	return the_meeting()->fold->requests[n].id;
}

/* Everyone has a media connection, and sends all they can. */
static void everyone_sends(void)
{
	for (int i = CLERK; i <= PIET; i++) {
		actor_say(&s.actors[i], "{\"type\":\"offer\",\"sdp\":\"v=0\",\"roles\":{\"0\":\"microphone\"},\"restart\":false,"
			"\"media\":null}");
		actor_say(&s.actors[i], ON);
	}
	for (int i = CLERK; i <= PIET; i++)
		actor_forget(&s.actors[i]);
	s.n_media = 0;
}

static struct peer_id peer_of(int who)
{
	const struct person *p = &the_meeting()->people[who];

	check(p->live.feed);
	return p->live.feed->id;
}

static void check_forwarded(int who, uint32_t sources)
{
	struct stage_media m = stage_media_hears(&s, MEDIA_SET_SOURCES);

	check_eq(m.peer.value, peer_of(who).value);
	check_eq(m.sources, sources);
}

TEST(a_mute_is_carried_out_by_the_server_and_seen_by_all)
{
	struct actor *jan = &s.actors[JAN];

	everyone_sends();
	say(CLERK, "mute", JAN, WRITTEN);
	check_forwarded(JAN, ALL & ~MICROPHONE);		/* B15: in the drain of the act itself */
	actor_hears(jan, "entry", "\"kind\":\"muted\",\"by\":{\"id\":1,\"name\":\"Hilde Aerts\",\"office\":\"clerk\"},\"who\":"
		"{\"id\":4,\"name\":\"Jan Peeters\",\"office\":\"member\"},\"reason\":{\"code\":\"written\",\"text\":\"even rust\"}");
	actor_hears(jan, "muted", "\"source\":\"microphone\",\"by\":{\"id\":1");
	actor_hears(&s.actors[FATIMA], "entry", "\"kind\":\"muted\"");
	actor_hears(&s.actors[FATIMA], "person", "\"hush\":\"muted\"");
	check(!actor_has(&s.actors[FATIMA], "muted"));
	/* A client that says nothing and goes on sending is not forwarded again, whatever else happens. */
	say(CHAIR, "floor", JAN, "");
	stage_pass(&s, MINUTES(1));
	check(!stage_media_has(&s, MEDIA_SET_SOURCES));
	say(CLERK, "mute", JAN, AGREED);
	actor_error(&s.actors[CLERK], "not-on", "mute", NULL);
	/* At their own word it is, at once (N1: at nobody else's). */
	actor_say(jan, ON);
	check_forwarded(JAN, ALL);
	actor_hears(&s.actors[FATIMA], "person", "\"hush\":null");
}

TEST(a_share_is_stopped_and_may_begin_again)
{
	everyone_sends();
	say(CHAIR, "stop-share", PIET, AGREED);
	check_forwarded(PIET, SOURCE_BIT(SOURCE_MICROPHONE) | SOURCE_BIT(SOURCE_CAMERA));
	actor_hears(&s.actors[PIET], "muted", "\"source\":\"screen\"");
	actor_hears(&s.actors[JAN], "entry", "\"kind\":\"share-stopped\"");
	say(CHAIR, "stop-share", PIET, AGREED);
	actor_error(&s.actors[CHAIR], "not-on", "stop-share", NULL);
	actor_say(&s.actors[PIET], ON);
	check_forwarded(PIET, ALL);
}

TEST(to_ask_is_only_to_ask)
{
	everyone_sends();
	actor_say(&s.actors[JAN], OFF);
	check_forwarded(JAN, ALL & ~MICROPHONE);
	say(CLERK, "ask-on", JAN, ",\"source\":\"microphone\"" AGREED);
	actor_hears(&s.actors[JAN], "entry", "\"note\":\"microphone\"");
	actor_hears(&s.actors[JAN], "asked", "\"source\":\"microphone\",\"by\":{\"id\":1");
	actor_hears(&s.actors[FATIMA], "entry", "\"kind\":\"asked-on\"");
	check(!actor_has(&s.actors[FATIMA], "asked") && !s.n_media);
}

TEST(the_floor_goes_round)
{
	struct actor *jan = &s.actors[JAN];

	everyone_sends();
	actor_say(jan, "{\"type\":\"hand\",\"raised\":true}");
	actor_say(jan, "{\"type\":\"hand\",\"raised\":true}");
	actor_say(&s.actors[PIET], "{\"type\":\"hand\",\"raised\":true}");
	actor_hears(jan, "floor", "\"floor\":{\"person\":null,\"since\":null},\"speakers\":[4]}");
	actor_hears(jan, "floor", "\"speakers\":[4,6]}");
	actor_say(&s.actors[CLERK], "{\"type\":\"order\",\"people\":[6,4]}");
	actor_hears(jan, "floor", "\"speakers\":[6,4]}");
	say(CHAIR, "floor", JAN, "");
	actor_hears(jan, "floor", "\"floor\":{\"person\":4,\"since\":\"2026");
	check_ge(stage_media_hears(&s, MEDIA_SET_RANK).rank, 1u << 31);
	say(CHAIR, "floor", JAN, "");
	actor_error(&s.actors[CHAIR], "wrong-phase", "floor", NULL);
	actor_say(&s.actors[FATIMA], "{\"type\":\"floor-end\"}");
	actor_error(&s.actors[FATIMA], "not-allowed", "floor-end", NULL);
	actor_say(jan, "{\"type\":\"floor-end\"}");		/* their own */
	actor_hears(jan, "floor", "\"person\":null");
	actor_say(&s.actors[CLERK], "{\"type\":\"floor-end\"}");
	actor_error(&s.actors[CLERK], "wrong-phase", "floor-end", NULL);
	/* Who leaves takes floor and hand along. */
	say(CHAIR, "floor", JAN, "");
	actor_say(jan, "{\"type\":\"hand\",\"raised\":true}");
	actor_forget(&s.actors[CLERK]);
	actor_say(jan, "{\"type\":\"leave\"}");
	actor_hears(&s.actors[CLERK], "floor", "\"floor\":{\"person\":null,\"since\":null},\"speakers\":[6]}");
}

TEST(an_order_holds_exactly_those_on_the_list)
{
	static const char *const wrong[] = { "[4]", "[4,5]", "[4,6,5]", "[4,129]", "[4,2147483647]", "[]" };
	char text[64];

	actor_say(&s.actors[CLERK], "{\"type\":\"order\",\"people\":[]}");
	actor_error(&s.actors[CLERK], "wrong-phase", "order", NULL);
	actor_say(&s.actors[JAN], "{\"type\":\"hand\",\"raised\":true}");
	actor_say(&s.actors[PIET], "{\"type\":\"hand\",\"raised\":true}");
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		snprintf(text, sizeof(text), "{\"type\":\"order\",\"people\":%s}", wrong[i]);
		actor_say(&s.actors[CLERK], text);
		actor_error(&s.actors[CLERK], "wrong-field", "order", "people");
	}
	check_eq(fold_place(the_meeting()->fold, 4), 1);
}

TEST(a_withdrawn_floor_is_a_mask)
{
	struct actor *jan = &s.actors[JAN];

	everyone_sends();
	say(CLERK, "withdraw-floor", JAN, AGREED);
	actor_error(&s.actors[CLERK], "not-allowed", "withdraw-floor", NULL);
	say(CHAIR, "withdraw-floor", CHAIR, AGREED);
	actor_error(&s.actors[CHAIR], "is-self", "withdraw-floor", NULL);
	say(CHAIR, "floor", JAN, "");
	say(CHAIR, "withdraw-floor", JAN, WRITTEN);
	check_forwarded(JAN, ALL & ~(MICROPHONE | SCREEN_SOUND));
	check_eq(the_meeting()->fold->floor, 0);
	actor_hears(&s.actors[PIET], "person", "\"hush\":\"floor-withdrawn\"");
	s.n_media = 0;
	actor_say(jan, OFF);					/* nothing that they say lifts it … */
	actor_say(jan, ON);
	for (size_t i = 0; i < s.n_media; i++)
		check(!(s.media[i].sources & (MICROPHONE | SCREEN_SOUND)) || s.media[i].kind != MEDIA_SET_SOURCES);
	actor_say(jan, "{\"type\":\"hand\",\"raised\":true}");	/* … but they may ask for the floor (N11) */
	check_eq(fold_place(the_meeting()->fold, 4), 1);
	/* … nor does leaving and coming back. */
	actor_say(jan, "{\"type\":\"leave\"}");
	check_eq(actor_resume(jan, &answer), 200);
	actor_connect(jan);
	actor_hello(jan);
	actor_say(jan, "{\"type\":\"join\"}");
	say(CLERK, "admit", JAN, "");
	check(person_fold(&the_meeting()->people[JAN])->withdrawn);
	say(CLERK, "restore-floor", JAN, "");
	check(!person_fold(&the_meeting()->people[JAN])->withdrawn);
	say(CLERK, "restore-floor", JAN, "");
	actor_error(&s.actors[CLERK], "wrong-phase", "restore-floor", NULL);
}

TEST(a_suspension_blocks_all_and_is_lifted_exactly)
{
	uint32_t before[PIET + 1];

	everyone_sends();
	actor_say(&s.actors[FATIMA], OFF);
	say(CHAIR, "withdraw-floor", JAN, AGREED);
	for (int i = 0; i <= PIET; i++)
		before[i] = the_meeting()->people[i].live.feed->sources;
	s.n_media = 0;
	actor_say(&s.actors[CHAIR], "{\"type\":\"suspend\"" WRITTEN "}");
	check_eq(s.n_media, PIET + 1);
	for (int i = 0; i <= PIET; i++)
		check_eq(s.media[i].sources, 0);
	actor_hears(&s.actors[JAN], "suspended", "\"suspended\":{\"by\":{\"id\":2,");
	actor_say(&s.actors[CLERK], "{\"type\":\"suspend\"" AGREED "}");
	actor_error(&s.actors[CLERK], "wrong-phase", "suspend", NULL);
	s.n_media = 0;
	actor_say(&s.actors[PIET], "{\"type\":\"offer\",\"sdp\":\"v=0\",\"roles\":{},\"restart\":false,\"media\":null}");
	check_eq(stage_media_hears(&s, MEDIA_ADD_PEER).sources, 0);
	actor_say(&s.actors[JAN], "{\"type\":\"resume\"}");
	actor_error(&s.actors[JAN], "not-allowed", "resume", NULL);
	s.n_media = 0;
	actor_say(&s.actors[CLERK], "{\"type\":\"resume\"}");
	check_eq(s.n_media, PIET + 1);
	for (int i = 0; i <= PIET; i++)
		check_eq(the_meeting()->people[i].live.feed->sources, before[i]);
	actor_hears(&s.actors[JAN], "suspended", "\"suspended\":null");
	actor_say(&s.actors[CLERK], "{\"type\":\"resume\"}");
	actor_error(&s.actors[CLERK], "wrong-phase", "resume", NULL);
}

/* B16: what is left of a removed person's credentials leads to the lobby and no further. */
static void check_only_lobby(int who)
{
	struct actor *a = &s.actors[who];

	check_eq(a->closed, 1000);
	check_eq(actor_link(a, a->link, &answer), 200);	/* this browser's own seat */
	check_eq(actor_resume(a, &answer), 200);
	actor_connect(a);
	actor_hello(a);
	actor_hears(a, "welcome", "\"phase\":\"outside\"");
	s.n_media = 0;
	actor_say(a, ON);
	actor_error(a, "wrong-phase", "sources", NULL);
	actor_say(a, "{\"type\":\"offer\",\"sdp\":\"v=0\",\"roles\":{},\"restart\":false,\"media\":null}");
	actor_error(a, "wrong-phase", "offer", NULL);
	actor_say(&s.actors[CLERK], OFF);
	check(a->n_messages == 0);
	actor_say(a, "{\"type\":\"join\"}");
	actor_hears(a, "lobby", NULL);
	check(!stage_media_has(&s, MEDIA_ADD_PEER) && !actor_has(a, "state"));
	say(CLERK, "admit", who, "");
	actor_hears(a, "state", NULL);
}

TEST(a_guest_is_removed_by_one)
{
	everyone_sends();
	say(CLERK, "remove", PIET, WRITTEN);
	check(stage_media_has(&s, MEDIA_REMOVE_PEER));
	actor_hears(&s.actors[PIET], "over", "\"why\":\"removed\",\"by\":{\"name\":\"Hilde Aerts\",\"office\":\"clerk\"},"
		"\"reason\":{\"code\":\"written\",\"text\":\"even rust\"}");
	actor_hears(&s.actors[JAN], "gone", "\"id\":6,\"why\":\"removed\"");
	check_only_lobby(PIET);
}

TEST(a_member_is_removed_by_two)
{
	everyone_sends();
	say(CLERK, "remove", JAN, WRITTEN);
	actor_hears(&s.actors[JAN], "request", "\"action\":\"remove\",\"by\":{\"id\":1,\"name\":\"Hilde Aerts\",\"office\":\"clerk\"},"
		"\"who\":{\"id\":4,\"name\":\"Jan Peeters\",\"office\":\"member\"},\"name\":null,\"item\":null,\"reason\":{\"code\":\"written\"");
	say(CLERK, "remove", JAN, WRITTEN);
	actor_error(&s.actors[CLERK], "own-request", "remove", NULL);
	say(CHAIR, "remove", JAN, WRITTEN);
	actor_error(&s.actors[CHAIR], "wrong-phase", "remove", NULL);
	answer_request(CLERK, "confirm", request(0));
	actor_error(&s.actors[CLERK], "own-request", "confirm", NULL);
	answer_request(FATIMA, "confirm", request(0));
	actor_error(&s.actors[FATIMA], "not-allowed", "confirm", NULL);
	check(!stage_media_has(&s, MEDIA_REMOVE_PEER));
	answer_request(CHAIR, "confirm", request(0));
	actor_hears(&s.actors[FATIMA], "entry", "\"kind\":\"request-confirmed\",\"by\":{\"id\":2");
	actor_hears(&s.actors[FATIMA], "entry", "\"kind\":\"removed\",\"by\":{\"id\":1");
	actor_hears(&s.actors[JAN], "over", "\"why\":\"removed\",\"by\":{\"name\":\"Hilde Aerts\"");
	check_only_lobby(JAN);
}

TEST(a_confirmation_is_neither_late_nor_given_twice)
{
	uint32_t id;

	say(CHAIR, "remove", JAN, AGREED);
	id = request(0);
	stage_pass(&s, MINUTES(2));
	actor_hears(&s.actors[JAN], "request-over", "\"outcome\":\"expired\"");
	answer_request(CLERK, "confirm", id);
	actor_error(&s.actors[CLERK], "no-request", "confirm", NULL);
	say(CHAIR, "remove", JAN, AGREED);
	id = request(0);
	answer_request(CLERK, "confirm", id);
	answer_request(CLERK, "confirm", id);
	actor_error(&s.actors[CLERK], "no-request", "confirm", NULL);
	say(CHAIR, "remove", JAN, AGREED);
	actor_error(&s.actors[CHAIR], "not-inside", "remove", NULL);
}

TEST(who_leaves_meanwhile_is_not_removed)
{
	say(CLERK, "remove", JAN, AGREED);
	actor_say(&s.actors[JAN], "{\"type\":\"leave\"}");
	answer_request(CHAIR, "confirm", request(0));
	actor_error(&s.actors[CHAIR], "not-inside", "confirm", NULL);
	check(request(0));
	stage_pass(&s, MINUTES(2));
	check(!request(0));
}

TEST(chair_and_clerk_remove_neither_each_other_nor_themselves)
{
	say(CLERK, "remove", CHAIR, AGREED);
	actor_error(&s.actors[CLERK], "not-allowed", "remove", NULL);
	say(CHAIR, "remove", CLERK, AGREED);
	actor_error(&s.actors[CHAIR], "not-allowed", "remove", NULL);
	say(CHAIR, "remove", CHAIR, AGREED);
	actor_error(&s.actors[CHAIR], "is-self", "remove", NULL);
}

TEST(four_requests_stand_at_most)
{
	for (int who = MARLEEN; who <= FATIMA; who++)
		say(CLERK, "remove", who, AGREED);
	actor_say(&s.actors[CHAIR], "{\"type\":\"end\"" AGREED "}");
	check(request(3));
	actor_say(&s.actors[CHAIR], "{\"type\":\"invite\",\"name\":\"Els\",\"email\":\"els@x.example\",\"office\":\"guest\""
		AGREED "}");
	actor_error(&s.actors[CHAIR], "too-many", "invite", NULL);
	answer_request(CLERK, "refuse", request(3));
	actor_hears(&s.actors[JAN], "entry", "\"kind\":\"request-refused\"");
	check(!request(3) && request(2));
	stage_pass(&s, MINUTES(2));
	check(!request(0));
}

#define INVITE_ELS "{\"type\":\"invite\",\"name\":\"Els\",\"email\":\"els@x.example\",\"office\":\"guest\"" AGREED "}"

TEST(two_invite_somebody_new)
{
	struct actor *els = &s.actors[20];
	char link[128];

	actor_say(&s.actors[CLERK], INVITE_ELS);
	actor_hears(&s.actors[JAN], "request", "\"action\":\"invite\",\"by\":{\"id\":1,\"name\":\"Hilde Aerts\",\"office\":\"clerk\"},"
		"\"who\":null,\"name\":\"Els\"");
	actor_say(&s.actors[CHAIR], INVITE_ELS);
	actor_error(&s.actors[CHAIR], "wrong-field", "invite", "email");
	check_eq(the_meeting()->n_people, 6);
	answer_request(CHAIR, "confirm", request(0));
	check(stage_field(actor_hears(&s.actors[CLERK], "link", "\"person\":{\"id\":7,\"name\":\"Els\""), "link", 0,
		link, sizeof(link)));
	check(!actor_has(&s.actors[CHAIR], "link") && !actor_has(&s.actors[JAN], "link"));
	actor_hears(&s.actors[JAN], "entry", "\"kind\":\"invited\",\"by\":{\"id\":1");
	check_eq(actor_link(els, strchr(link, '#') + 1, &answer), 200);
	stage_restart(&s);					/* and stays invited */
	check_eq(actor_resume(els, &answer), 200);
	actor_connect(els);
	actor_hello(els);
	actor_hears(els, "welcome", "\"you\":7,\"name\":\"Els\",\"office\":\"guest\"");
	actor_say(els, "{\"type\":\"join\"}");
	actor_hears(els, "lobby", NULL);
}

TEST(an_invitation_that_cannot_be_recorded_leaves_nothing)
{
	actor_say(&s.actors[CLERK], INVITE_ELS);
	db_refuse_commits(s.db, 1);
	answer_request(CHAIR, "confirm", request(0));
	db_refuse_commits(s.db, 0);
	actor_error(&s.actors[CHAIR], "not-recorded", "confirm", NULL);
	check_eq(the_meeting()->n_people, 6);
	check(!actor_has(&s.actors[CLERK], "link"));
	for (unsigned long n = 1; n <= 5; n++) {
		stage_pass(&s, SECONDS(2));
		db_refuse_writes(s.db, n);
		answer_request(CHAIR, "confirm", request(0));
		db_refuse_writes(s.db, 0);
		check_eq(the_meeting()->n_people, 6);
	}
	stage_pass(&s, SECONDS(2));
	actor_forget(&s.actors[CLERK]);
	answer_request(CHAIR, "confirm", request(0));
	actor_hears(&s.actors[CLERK], "link", "\"id\":7");
}

TEST(a_restart_forgets_whom_a_request_would_invite)
{
	actor_say(&s.actors[CLERK], INVITE_ELS);
	say(CLERK, "remove", JAN, AGREED);
	check(request(1));
	stage_restart(&s);
	check_eq(the_meeting()->fold->requests[0].action, NOTE_REMOVE);
	check(!request(1));
}

TEST(a_new_link_ends_the_old_seat_of_who_is_away)
{
	struct actor *jan = &s.actors[JAN], *other = &s.actors[20];
	char link[128];

	say(CLERK, "new-link", JAN, AGREED);
	actor_error(&s.actors[CLERK], "not-allowed", "new-link", NULL);	/* it would be a removal by one */
	actor_disconnect(jan);
	stage_pass(&s, SECONDS(6));
	say(CLERK, "new-link", JAN, AGREED);
	check(stage_field(actor_hears(&s.actors[CLERK], "link", "\"id\":4"), "link", 0, link, sizeof(link)));
	actor_hears(&s.actors[FATIMA], "entry", "\"kind\":\"link-renewed\"");
	actor_hears(&s.actors[FATIMA], "gone", "\"id\":4,\"why\":\"seat-ended\"");
	check_eq(actor_resume(jan, &answer), 403);
	check_eq(actor_link(other, strchr(link, '#') + 1, &answer), 200);
	say(CLERK, "new-link", CLERK, AGREED);
	actor_error(&s.actors[CLERK], "is-self", "new-link", NULL);
}

TEST(a_fault_stands_until_it_is_cleared_with_a_reason)
{
	char text[96];

	actor_say(&s.actors[PIET], "{\"type\":\"fault\",\"note\":\"ik hoor niets\"}");
	actor_hears(&s.actors[JAN], "entry", "\"kind\":\"fault-reported\",\"by\":{\"id\":6");
	actor_hears(&s.actors[JAN], "faults", "\"note\":\"ik hoor niets\"");
	actor_say(&s.actors[PIET], "{\"type\":\"fault\",\"note\":\"nog niets\"}");
	check(the_meeting()->fold->faults[0].id && !the_meeting()->fold->faults[1].id);
	snprintf(text, sizeof(text), "{\"type\":\"clear-fault\",\"fault\":%u" WRITTEN "}",
		the_meeting()->fold->faults[0].id);
	actor_say(&s.actors[PIET], text);
	actor_error(&s.actors[PIET], "not-allowed", "clear-fault", NULL);
	actor_say(&s.actors[CLERK], text);
	actor_hears(&s.actors[JAN], "faults", "\"faults\":[{");
	actor_hears(&s.actors[JAN], "faults", "\"faults\":[]");
	actor_say(&s.actors[CLERK], text);
	actor_error(&s.actors[CLERK], "no-fault", "clear-fault", NULL);
	actor_say(&s.actors[PIET], "{\"type\":\"object\",\"note\":\"motie van orde\"}");
	actor_hears(&s.actors[JAN], "entry", "\"kind\":\"objection\",\"by\":{\"id\":6,\"name\":\"Piet Claes\",\"office\":\"guest\"},"
		"\"who\":null,\"reason\":null,\"note\":\"motie van orde\"");
}

TEST(only_the_substitute_takes_the_chair_and_gives_it_back)
{
	struct actor *marleen = &s.actors[MARLEEN], *chair = &s.actors[CHAIR];

	actor_disconnect(chair);
	stage_pass(&s, SECONDS(5) + MINUTES(2) - 1);
	say(MARLEEN, "withdraw-floor", JAN, AGREED);
	actor_error(marleen, "not-allowed", "withdraw-floor", NULL);
	stage_pass(&s, 1);
	actor_hears(&s.actors[JAN], "entry", "\"kind\":\"chair-substituted\",\"by\":null,\"who\":{\"id\":3");
	actor_hears(&s.actors[JAN], "person", "\"id\":3,\"name\":\"Marleen Goossens\",\"office\":\"chair\"");
	actor_hears(marleen, "waiting", NULL);
	say(MARLEEN, "withdraw-floor", JAN, AGREED);
	actor_hears(marleen, "entry", "\"kind\":\"floor-withdrawn\"");
	/* The chair's own request is not confirmed by whoever acts for the chair, nor the other way round. */
	say(MARLEEN, "remove", FATIMA, AGREED);
	check_eq(actor_resume(chair, &answer), 200);
	actor_connect(chair);
	actor_hello(chair);
	actor_hears(&s.actors[JAN], "entry", "\"kind\":\"chair-returned\"");
	actor_hears(&s.actors[JAN], "person", "\"id\":3,\"name\":\"Marleen Goossens\",\"office\":\"member\"");
	answer_request(CHAIR, "confirm", request(0));
	actor_error(chair, "own-request", "confirm", NULL);
	say(MARLEEN, "mute", JAN, AGREED);
	actor_error(marleen, "not-allowed", "mute", NULL);
	answer_request(CLERK, "confirm", request(0));
	actor_hears(&s.actors[FATIMA], "over", "removed");
}

TEST(nobody_takes_the_chair_when_the_substitute_is_away)
{
	actor_say(&s.actors[MARLEEN], "{\"type\":\"leave\"}");
	actor_say(&s.actors[CHAIR], "{\"type\":\"leave\"}");
	stage_pass(&s, MINUTES(10));
	check_eq(the_meeting()->fold->acting, 0);
	say(JAN, "mute", FATIMA, AGREED);
	actor_error(&s.actors[JAN], "not-allowed", "mute", NULL);
}

static unsigned count_media(enum media_command_kind kind)
{
	unsigned n = 0;

	for (size_t i = 0; i < s.n_media; i++)
		n += s.media[i].kind == kind;
	return n;
}

/* What an act outside the room commits before anything was polled: whoever sends on is forwarded no longer. */
TEST(what_ends_from_outside_ends_at_the_worker)
{
	struct actor *elsewhere = &s.actors[ELS];
	struct peer_id jan;
	char text[256];

	everyone_sends();
	jan = peer_of(JAN);
	snprintf(text, sizeof(text), "{\"verb\":\"invite\",\"meeting\":\"%s\",\"email\":\"jan@x.example\"}", s.meeting);
	check(stage_made(&s, text));
	check(stage_field(s.answer, "link", 0, text, sizeof(text)));
	check(!stage_media_has(&s, MEDIA_REMOVE_PEER));
	check_eq(actor_link(elsewhere, strchr(text, '#') + 1, &answer), 200);
	stage_drain(&s);
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, jan.value);
	check(!stage_media_has(&s, MEDIA_REMOVE_PEER));
	s.n_media = 0;
	snprintf(text, sizeof(text), "{\"verb\":\"meeting-end\",\"meeting\":\"%s\",\"reason\":\"onderhoud\"}", s.meeting);
	check(stage_made(&s, text));
	check_eq(count_media(MEDIA_REMOVE_PEER), PIET);		/* all six but Jan */
	check(list_empty(&s.hall->feeds));
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

static const struct CMUnitTest tests[] = {
	ON_STAGE(what_ends_from_outside_ends_at_the_worker),
	ON_STAGE(a_mute_is_carried_out_by_the_server_and_seen_by_all),
	ON_STAGE(a_share_is_stopped_and_may_begin_again),
	ON_STAGE(to_ask_is_only_to_ask),
	ON_STAGE(the_floor_goes_round),
	ON_STAGE(an_order_holds_exactly_those_on_the_list),
	ON_STAGE(a_withdrawn_floor_is_a_mask),
	ON_STAGE(a_suspension_blocks_all_and_is_lifted_exactly),
	ON_STAGE(a_guest_is_removed_by_one),
	ON_STAGE(a_member_is_removed_by_two),
	ON_STAGE(a_confirmation_is_neither_late_nor_given_twice),
	ON_STAGE(who_leaves_meanwhile_is_not_removed),
	ON_STAGE(chair_and_clerk_remove_neither_each_other_nor_themselves),
	ON_STAGE(four_requests_stand_at_most),
	ON_STAGE(two_invite_somebody_new),
	ON_STAGE(an_invitation_that_cannot_be_recorded_leaves_nothing),
	ON_STAGE(a_restart_forgets_whom_a_request_would_invite),
	ON_STAGE(a_new_link_ends_the_old_seat_of_who_is_away),
	ON_STAGE(a_fault_stands_until_it_is_cleared_with_a_reason),
	ON_STAGE(only_the_substitute_takes_the_chair_and_gives_it_back),
	ON_STAGE(nobody_takes_the_chair_when_the_substitute_is_away),
};

RUN_TESTS(tests)
