/* SPDX-License-Identifier: EUPL-1.2 */
/* From an account to a meeting, and out of it: what a link is worth, convening, signing out (ATTACKS D13, D15). In
 * tests only. */
#include "auth/throttle.h"
#include "base/mem.h"
#include "tests/gate/browser.h"

#define HILDE "hilde@x.example"
#define JAN "jan@x.example"

static struct stage s;
static struct browser hilde, jan, piet;
static char body_id[9], meeting[11];

static void enrol(struct browser *b, const char *name, const char *email, const char *office)
{
	char request[256], token[44];

	(void)snprintf(request, sizeof(request), "{\"verb\":\"user-add\",\"name\":\"%s\",\"email\":\"%s\",\"body\":\"Raad\","
		"\"office\":\"%s\"}", name, email, office);
	check(stage_made(&s, request));
	stage_token(&s, 0, token);
	check_eq(browser_enrol_passkey(b, token), 200);
}

static int setup(void **state __attribute__((unused)))
{
	stage_open(&s, NULL);
	s.sign_in_first = true;
	stage_restart(&s);
	browser_open(&hilde, &s, 0, false);
	browser_open(&jan, &s, 1, false);
	browser_open(&piet, &s, 2, false);
	check(stage_made(&s, "{\"verb\":\"body-add\",\"name\":\"Raad\"}"));
	check(stage_field(s.answer, "body", 0, body_id, sizeof(body_id)));
	enrol(&hilde, "Hilde Aerts", HILDE, "clerk");
	enrol(&jan, "Jan Peeters", JAN, "member");
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	browser_close(&hilde);
	browser_close(&jan);
	stage_close(&s);
	return 0;
}

static unsigned convene(struct browser *b)
{
	unsigned status = browser_askf(b, "/api/convene", "{\"body\":\"%s\",\"title\":\"Besloten zitting\","
		"\"starts\":\"2026-03-12T18:30Z\",\"language\":\"nl\",\"items\":[{\"title\":\"Personeel\","
		"\"convened\":\"closed\",\"guests\":[{\"email\":\"piet@x.example\"}]}],"
		"\"guests\":[{\"name\":\"Piet Claes\",\"email\":\"piet@x.example\"}],\"substitute\":null}", body_id);

	if (status == 200)
		check(stage_field(b->body, "meeting", 0, meeting, sizeof(meeting)));
	return status;
}

static void link_of(const struct browser *b, const char *email, char ret[static 44])
{
	char key[128], link[256];
	const char *at;

	(void)snprintf(key, sizeof(key), "\"email\":\"%s\"", email);
	at = strstr(b->body, key);
	check(at && stage_field(at, "link", 0, link, sizeof(link)));
	memcpy(ret, strchr(link, '#') + 1, 44);
}

static void seat(struct browser *b)
{
	check_eq(b->status, 200);
	check(stage_field(b->body, "seat", 0, b->actor->seat, sizeof(b->actor->seat)));
}

static void come_in(struct browser *b)
{
	check_eq(browser_askf(b, "/api/enter", "{\"meeting\":\"%s\"}", meeting), 200);
	seat(b);
	actor_connect(b->actor);
	actor_hello(b->actor);
	actor_say(b->actor, "{\"type\":\"join\"}");
}

TEST(clerk_convenes_the_body_and_hands_out_links)
{
	(void)convene(&jan);
	browser_refused(&jan, 403, "not-allowed");
	check_eq(convene(&hilde), 200);
	check(browser_has(&hilde, "\"name\":\"Hilde Aerts\",\"email\":\"" HILDE "\",\"office\":\"clerk\""));
	check(browser_has(&hilde, "\"name\":\"Jan Peeters\",\"email\":\"" JAN "\",\"office\":\"member\""));
	check(browser_has(&hilde, "\"name\":\"Piet Claes\",\"email\":\"piet@x.example\",\"office\":\"guest\""));
	check_eq(browser_ask(&jan, "/api/meetings", "{}"), 200);
	check(browser_has(&jan, "\"title\":\"Besloten zitting\",\"body\":\"Raad\""));
	check(browser_has(&jan, "\"phase\":\"planned\",\"office\":\"member\",\"canEnter\":true"));
	/* New links for those not yet used: the clerk of the meeting alone. */
	(void)browser_askf(&jan, "/api/invitations", "{\"meeting\":\"%s\"}", meeting);
	browser_refused(&jan, 403, "not-allowed");
	check_eq(browser_askf(&hilde, "/api/invitations", "{\"meeting\":\"%s\"}", meeting), 200);
	(void)browser_askf(&hilde, "/api/convene", "{\"body\":\"%s\",\"title\":\"x\",\"starts\":\"2026-03-12T18:30Z\","
		"\"language\":\"nl\",\"items\":[],\"guests\":[],\"substitute\":\"weg@x.example\"}", body_id);
	browser_refused(&hilde, 400, "wrong-field");
}

/* A member's link only leads to the meeting; a guest's makes a seat, and who admits sees how they came. */
TEST(link_is_worth_what_the_policy_says)
{
	char member[44], guest[44];
	const char *entry;

	check_eq(convene(&hilde), 200);
	link_of(&hilde, JAN, member);
	link_of(&hilde, "piet@x.example", guest);
	(void)browser_askf(&piet, "/api/link", "{\"token\":\"%s\"}", member);
	browser_refused(&piet, 403, "sign-in-required");
	check(browser_has(&piet, meeting));
	/* Signed in as somebody else is not enough. */
	(void)browser_askf(&hilde, "/api/link", "{\"token\":\"%s\"}", member);
	browser_refused(&hilde, 403, "sign-in-required");
	check_eq(browser_askf(&jan, "/api/link", "{\"token\":\"%s\"}", member), 200);
	seat(&jan);
	check_eq(browser_askf(&piet, "/api/link", "{\"token\":\"%s\"}", guest), 200);
	seat(&piet);
	come_in(&hilde);
	actor_connect(jan.actor);
	actor_hello(jan.actor);
	actor_say(jan.actor, "{\"type\":\"join\"}");
	actor_hears(hilde.actor, "waiting", "\"known\":\"account\"");
	actor_say(hilde.actor, "{\"type\":\"admit\",\"person\":2}");
	entry = actor_hears(hilde.actor, "entry", "\"kind\":\"admitted\"");
	check(strstr(entry, "\"note\":null"));
	actor_connect(piet.actor);
	actor_hello(piet.actor);
	actor_say(piet.actor, "{\"type\":\"join\"}");
	actor_hears(hilde.actor, "waiting", "\"known\":\"link\"");
}

TEST(nobody_enters_who_is_not_invited)
{
	struct browser eve;
	char token[44];

	check_eq(convene(&hilde), 200);
	browser_open(&eve, &s, 5, false);
	(void)browser_askf(&eve, "/api/enter", "{\"meeting\":\"%s\"}", meeting);
	browser_refused(&eve, 401, "signed-out");
	check(stage_made(&s, "{\"verb\":\"user-add\",\"name\":\"Eve\",\"email\":\"eve@x.example\"}"));
	stage_token(&s, 0, token);
	check_eq(browser_enrol_passkey(&eve, token), 200);
	(void)browser_askf(&eve, "/api/enter", "{\"meeting\":\"%s\"}", meeting);
	browser_refused(&eve, 403, "not-invited");
	(void)browser_ask(&eve, "/api/enter", "{\"meeting\":\"aaaaaaaaaa\"}");
	browser_refused(&eve, 403, "not-invited");
	check_eq(browser_ask(&eve, "/api/meetings", "{}"), 200);
	check_text(eve.body, "{\"meetings\":[]}");
	browser_close(&eve);
}

/* One person, one seat: pressed again in the same browser it leads back, elsewhere the old one ends. */
TEST(entering_again_leads_back)
{
	char first[9];

	check_eq(convene(&hilde), 200);
	come_in(&hilde);
	memcpy(first, hilde.actor->seat, sizeof(first));
	check_eq(browser_askf(&hilde, "/api/enter", "{\"meeting\":\"%s\"}", meeting), 200);
	seat(&hilde);
	check_text(hilde.actor->seat, first);
	check_eq(hilde.actor->closed, 0);
}

static void expect_out(struct browser *b)
{
	actor_hears(b->actor, "over", "\"why\":\"signed-out\"");
	check_eq(b->actor->closed, 1000);
	check_eq(actor_resume(b->actor, &(struct hall_answer){ 0 }), 403);
}

TEST(D13_sign_out_ends_the_seat_at_once)
{
	check_eq(convene(&hilde), 200);
	come_in(&hilde);
	come_in(&jan);
	check_eq(browser_ask(&jan, "/api/sign-out", "{}"), 200);
	expect_out(&jan);
	check_eq(hilde.actor->closed, 0);
	check_eq(browser_ask(&hilde, "/api/sign-out", "{}"), 200);
	expect_out(&hilde);
	check_eq(browser_sign_in_passkey(&hilde), 200);
	come_in(&hilde);
	check_eq(hilde.actor->closed, 0);
}

TEST(D13_closing_and_resetting_end_the_seat_at_once)
{
	check_eq(convene(&hilde), 200);
	come_in(&hilde);
	check(stage_made(&s, "{\"verb\":\"user-reset\",\"email\":\"" HILDE "\"}"));
	expect_out(&hilde);
	come_in(&jan);
	check(stage_made(&s, "{\"verb\":\"user-close\",\"email\":\"" JAN "\"}"));
	expect_out(&jan);
}

/* Where a link alone makes a seat, too: neither the one that was used nor the one that was not is worth anything. */
TEST(D13_closing_takes_the_links_with_it)
{
	char used[44], unused[44];
	struct hall_answer answer;
	uint32_t media;

	s.sign_in_first = false;
	stage_restart(&s);
	stage_media_up(&s);
	check_eq(convene(&hilde), 200);
	link_of(&hilde, JAN, unused);
	come_in(&hilde);
	check_eq(actor_link(piet.actor, unused, &answer), 200);	/* in no way signed in */
	memcpy(used, unused, sizeof(used));
	actor_connect(piet.actor);
	actor_hello(piet.actor);
	actor_say(piet.actor, "{\"type\":\"join\"}");
	actor_say(hilde.actor, "{\"type\":\"admit\",\"person\":2}");
	actor_hears(piet.actor, "state", NULL);
	actor_say(piet.actor, "{\"type\":\"offer\",\"sdp\":\"v=0\",\"roles\":{},\"restart\":false,\"media\":null}");
	media = stage_media_hears(&s, MEDIA_ADD_PEER).peer.value;
	check_eq(convene(&hilde), 200);				/* another meeting, whose link nobody used */
	link_of(&hilde, JAN, unused);
	check(stage_made(&s, "{\"verb\":\"user-close\",\"email\":\"" JAN "\"}"));
	expect_out(&piet);
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, media);
	actor_hears(hilde.actor, "entry", "\"kind\":\"left\"");
	check_eq(hilde.actor->closed, 0);
	(void)browser_askf(&piet, "/api/link", "{\"token\":\"%s\"}", used);
	browser_refused(&piet, 403, "link-used");
	(void)browser_askf(&piet, "/api/link", "{\"token\":\"%s\"}", unused);
	browser_refused(&piet, 403, "link-ended");
}

TEST(D14_seat_ends_with_its_session)
{
	check_eq(convene(&hilde), 200);
	come_in(&hilde);
	stage_pass(&s, MINUTES(14 * 60 + 29));
	check_eq(hilde.actor->closed, 0);
	stage_pass(&s, MINUTES(2));
	expect_out(&hilde);
}

/* Signed in again in the same browser, the seat stays. */
TEST(signing_in_again_keeps_the_seat)
{
	check_eq(convene(&hilde), 200);
	come_in(&hilde);
	check_eq(browser_sign_in_passkey(&hilde), 200);
	check_eq(hilde.actor->closed, 0);
	check_eq(browser_ask(&hilde, "/api/sign-out", "{}"), 200);
	expect_out(&hilde);
}

TEST(roster_is_the_clerks_to_sign)
{
	(void)browser_askf(&jan, "/api/roster", "{\"body\":\"%s\",\"roster\":\"mine\"}", body_id);
	browser_refused(&jan, 403, "not-allowed");
	check_eq(browser_askf(&jan, "/api/roster", "{\"body\":\"%s\"}", body_id), 200);
	check_text(jan.body, "{\"roster\":null,\"people\":null}");
	check_eq(browser_askf(&hilde, "/api/roster", "{\"body\":\"%s\",\"roster\":\"signed \\\"text\\\"\"}",
		body_id), 200);
	check_eq(browser_askf(&jan, "/api/roster", "{\"body\":\"%s\"}", body_id), 200);
	check_text(jan.body, "{\"roster\":\"signed \\\"text\\\"\",\"people\":null}");
	(void)browser_ask(&jan, "/api/roster", "{\"body\":\"aaaaaaaa\"}");
	browser_refused(&jan, 403, "not-allowed");
}

/* What the clerk signed reaches the meetings of that body, and whose devices are whose the clerk. */
TEST(roster_stands_in_the_meeting)
{
	static const char device[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

	check_eq(browser_askf(&jan, "/api/me/device", "{\"device\":\"%s\",\"label\":\"laptop\"}", device), 200);
	check_eq(browser_askf(&hilde, "/api/roster", "{\"body\":\"%s\"}", body_id), 200);
	check(browser_has(&hilde, "{\"account\":\"" JAN "\",\"name\":\"Jan Peeters\",\"office\":\"member\",\"devices\":["
		"\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"]}"));
	check(browser_has(&hilde, "{\"account\":\"" HILDE "\",\"name\":\"Hilde Aerts\",\"office\":\"clerk\",\"devices\":[]}"));
	check_eq(browser_askf(&hilde, "/api/roster", "{\"body\":\"%s\",\"roster\":\"line\\nline\\n\"}", body_id), 200);
	check_eq(convene(&hilde), 200);
	come_in(&hilde);
	actor_hears(hilde.actor, "welcome", "\"account\":\"" HILDE "\"");
	actor_hears(hilde.actor, "state", "\"roster\":\"line\\nline\\n\"");
	check_eq(browser_askf(&hilde, "/api/roster", "{\"body\":\"%s\",\"roster\":\"again\\n\"}", body_id), 200);
	actor_hears(hilde.actor, "roster", "\"roster\":\"again\\n\"");
}

/* It is nobody's mistake, and nothing of it is there. */
TEST(convening_on_a_full_disk_is_said)
{
	s.lenient = true;
	db_refuse_commits(s.db, 1);
	(void)convene(&hilde);
	browser_refused(&hilde, 503, "not-recorded");
	db_refuse_commits(s.db, 0);
	s.lenient = false;
	stage_pass(&s, SECONDS(10));
	check_eq(browser_ask(&hilde, "/api/meetings", "{}"), 200);
	check_text(hilde.body, "{\"meetings\":[]}");
	check_eq(convene(&hilde), 200);
}

/* The n-th session in the list of the last answer. */
static long session_of(const struct browser *b, unsigned n)
{
	const char *at = b->body;

	for (unsigned i = 0; at && i <= n; i++)
		at = strstr(at + 1, "{\"id\":");
	check(at);
	return stage_id(at);
}

#define FIREFOX "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
#define STRANGE "<b>Netscape</b>\"\\ \xff\xfe"

TEST(people_see_where_they_are_signed_in_and_end_it_there)
{
	struct actor *laptop = jan.actor, *library = &s.actors[4];
	long other;

	/* The same passkey in another browser: what it calls itself is never repeated. */
	jan.actor = library;
	jan.agent = STRANGE;
	check_eq(browser_sign_in_passkey(&jan), 200);
	jan.actor = laptop;
	jan.agent = FIREFOX;
	stage_pass(&s, MINUTES(5));
	check_eq(browser_sign_in_passkey(&jan), 200);
	check_eq(browser_ask(&jan, "/api/me/sessions", "{}"), 200);
	check(browser_has(&jan, "\"browser\":\"other\",\"system\":\"other\",\"created\":\""));
	check(browser_has(&jan, "\"browser\":\"firefox\",\"system\":\"linux\",\"created\":\""));
	check(!browser_has(&jan, "Netscape"));
	check_eq(strstr(jan.body, "\"current\":true") > strstr(jan.body, "\"firefox\""), 1);
	check(browser_has(&jan, "\"current\":false"));

	/* A seat that was taken there ends with it. */
	check_eq(convene(&hilde), 200);
	other = session_of(&jan, 0);
	jan.actor = library;
	come_in(&jan);
	jan.actor = laptop;
	check_eq(browser_askf(&jan, "/api/me/sessions/end", "{\"id\":%ld}", other), 200);
	jan.actor = library;
	expect_out(&jan);
	(void)browser_ask(&jan, "/api/me", "{}");
	browser_refused(&jan, 401, "signed-out");
	check_eq(browser_sign_in_passkey(&jan), 200);
	jan.actor = laptop;
	check_eq(browser_ask(&jan, "/api/me/sessions", "{}"), 200);
	check_eq(session_of(&jan, 0) != other && session_of(&jan, 1) != other, 1);

	check_eq(browser_ask(&jan, "/api/me/sessions/end-others", "{}"), 200);
	check_eq(browser_ask(&jan, "/api/me/sessions", "{}"), 200);
	check(!browser_has(&jan, "\"current\":false"));
	jan.actor = library;
	(void)browser_ask(&jan, "/api/me", "{}");
	browser_refused(&jan, 401, "signed-out");
	jan.actor = laptop;
	check_eq(browser_ask(&jan, "/api/me", "{}"), 200);
	/* Hilde's too was none of his. */
	check_eq(browser_ask(&hilde, "/api/me/sessions", "{}"), 200);
	(void)browser_askf(&jan, "/api/me/sessions/end", "{\"id\":%ld}", session_of(&hilde, 0));
	browser_refused(&jan, 404, "not-found");
	check_eq(browser_ask(&hilde, "/api/me", "{}"), 200);
	check_eq(browser_askf(&jan, "/api/me/sessions/end", "{\"id\":%ld}", 0x7fffffffL), 404);
}

/* Nobody keeps the server busy with what costs: neither by a seat nor signed in; the others notice nothing. */
TEST(what_costs_is_rationed)
{
	char report[64];

	check_eq(convene(&hilde), 200);
	come_in(&hilde);
	come_in(&jan);
	actor_say(hilde.actor, "{\"type\":\"admit\",\"person\":2}");
	(void)snprintf(report, sizeof(report), "{\"meeting\":\"%s\"}", meeting);
	for (unsigned i = 0; i < THROTTLE_COSTLY_BURST; i++)
		check_eq(browser_ask(&hilde, i % 2 ? "/api/log" : "/api/report", report), 200);
	(void)browser_ask(&hilde, "/api/report", report);
	browser_refused(&hilde, 429, "slow-down");
	check_eq(hilde.wait, THROTTLE_COSTLY_EVERY / SECONDS(1));
	(void)browser_ask(&hilde, "/api/log", report);
	browser_refused(&hilde, 429, "slow-down");
	check_eq(browser_ask(&jan, "/api/report", report), 200);
	/* One was the convening. */
	for (unsigned i = 1; i < THROTTLE_COSTLY_BURST; i++)
		check_eq(browser_askf(&hilde, "/api/roster", "{\"body\":\"%s\"}", body_id), 200);
	(void)convene(&hilde);
	browser_refused(&hilde, 429, "slow-down");
	(void)browser_ask(&hilde, "/api/invitations", report);
	browser_refused(&hilde, 429, "slow-down");
	check_eq(browser_ask(&hilde, "/api/me", "{}"), 200);
	stage_pass(&s, THROTTLE_COSTLY_EVERY);
	check_eq(browser_ask(&hilde, "/api/report", report), 200);
	check_eq(convene(&hilde), 200);
}

/* Nor one that memory had no room for: it was told as the clerk's mistake. */
TEST(convening_without_memory_is_said)
{
	unsigned refused = 0;

	for (unsigned n = 1; n < 1000; n++) {
		s.lenient = true;
		(void)mem_fail_at(n, 0);
		(void)convene(&hilde);
		(void)mem_fail_at(0, 0);
		s.lenient = false;
		if (hilde.status == 200)
			break;
		check_eq(hilde.status == 503 || (hilde.status == 400 && browser_has(&hilde, "bad-request")) ||
			(hilde.status == 403 && browser_has(&hilde, "not-allowed")), 1);
		refused++;
		stage_pass(&s, THROTTLE_COSTLY_EVERY);
	}
	check_ge(refused, 10u);
	check_eq(hilde.status, 200);
}

/* Whoever came by a link alone, and is let in for an item that is not theirs: by two who know who it is. */
TEST(guest_admitted_by_two_is_recognised)
{
	char guest[44], confirm[64];
	struct browser cas;
	const char *asked;

	browser_open(&cas, &s, 3, false);
	enrol(&cas, "Cas Chairs", "cas@x.example", "chair");

	check_eq(convene(&hilde), 200);
	link_of(&hilde, "piet@x.example", guest);
	check_eq(browser_askf(&piet, "/api/link", "{\"token\":\"%s\"}", guest), 200);
	seat(&piet);
	come_in(&hilde);
	come_in(&cas);
	actor_connect(piet.actor);
	actor_hello(piet.actor);
	actor_say(piet.actor, "{\"type\":\"join\"}");
	actor_say(hilde.actor, "{\"type\":\"admit\",\"person\":4,\"reason\":{\"code\":\"agreed\"}}");
	asked = actor_hears(cas.actor, "request", "\"action\":\"admit\"");
	(void)snprintf(confirm, sizeof(confirm), "{\"type\":\"confirm\",\"request\":%ld}", stage_id(asked));
	actor_say(cas.actor, confirm);
	actor_hears(hilde.actor, "entry", "\"kind\":\"request-confirmed\"");
	check(strstr(actor_hears(hilde.actor, "entry", "\"kind\":\"admitted\""), "\"note\":\"recognised\""));
	browser_close(&cas);
}

/* Who signs out while aside is gone: the end of the item must not put them back into everyone's list. */
TEST(D13_who_is_aside_and_signs_out_does_not_come_back)
{
	check_eq(convene(&hilde), 200);
	come_in(&hilde);
	come_in(&jan);
	actor_say(hilde.actor, "{\"type\":\"admit\",\"person\":2}");
	actor_say(jan.actor, "{\"type\":\"recuse\",\"item\":1}");
	actor_say(hilde.actor, "{\"type\":\"item-open\",\"item\":1}");
	actor_hears(jan.actor, "aside", NULL);
	check_eq(browser_ask(&jan, "/api/sign-out", "{}"), 200);
	expect_out(&jan);
	actor_hears(hilde.actor, "entry", "\"kind\":\"left\"");
	actor_forget(hilde.actor);
	actor_say(hilde.actor, "{\"type\":\"item-close\",\"item\":1}");
	actor_hears(hilde.actor, "items", NULL);
	check(!actor_has(hilde.actor, "person"));
}

TEST(meeting_takes_its_people_from_the_body)
{
	check(stage_made(&s, "{\"verb\":\"meeting-create\",\"title\":\"T\",\"starts\":\"2026-03-12T18:30Z\",\"body\":\"Raad\","
		"\"people\":[]}"));
	check_eq(browser_ask(&jan, "/api/meetings", "{}"), 200);
	check(browser_has(&jan, "\"title\":\"T\""));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(clerk_convenes_the_body_and_hands_out_links, setup, teardown),
	cmocka_unit_test_setup_teardown(link_is_worth_what_the_policy_says, setup, teardown),
	cmocka_unit_test_setup_teardown(nobody_enters_who_is_not_invited, setup, teardown),
	cmocka_unit_test_setup_teardown(entering_again_leads_back, setup, teardown),
	cmocka_unit_test_setup_teardown(D13_sign_out_ends_the_seat_at_once, setup, teardown),
	cmocka_unit_test_setup_teardown(D13_closing_and_resetting_end_the_seat_at_once, setup, teardown),
	cmocka_unit_test_setup_teardown(D13_closing_takes_the_links_with_it, setup, teardown),
	cmocka_unit_test_setup_teardown(D14_seat_ends_with_its_session, setup, teardown),
	cmocka_unit_test_setup_teardown(signing_in_again_keeps_the_seat, setup, teardown),
	cmocka_unit_test_setup_teardown(roster_is_the_clerks_to_sign, setup, teardown),
	cmocka_unit_test_setup_teardown(roster_stands_in_the_meeting, setup, teardown),
	cmocka_unit_test_setup_teardown(convening_on_a_full_disk_is_said, setup, teardown),
	cmocka_unit_test_setup_teardown(people_see_where_they_are_signed_in_and_end_it_there, setup, teardown),
	cmocka_unit_test_setup_teardown(what_costs_is_rationed, setup, teardown),
	cmocka_unit_test_setup_teardown(convening_without_memory_is_said, setup, teardown),
	cmocka_unit_test_setup_teardown(guest_admitted_by_two_is_recognised, setup, teardown),
	cmocka_unit_test_setup_teardown(D13_who_is_aside_and_signs_out_does_not_come_back, setup, teardown),
	cmocka_unit_test_setup_teardown(meeting_takes_its_people_from_the_body, setup, teardown),
};

RUN_TESTS(tests)
