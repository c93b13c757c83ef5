/* SPDX-License-Identifier: EUPL-1.2 */
/* Links, seats and cookies (PROTOCOL.md, Seats; ATTACKS C22, D11, D15). In tests only. */
#include "auth/throttle.h"
#include "base/mem.h"
#include "base/random.h"
#include "server/hall/cookie.h"
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

static void check_error(unsigned status, const char *code)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "{\"error\":{\"code\":\"%s\"}}", code);
	check_eq(answer.status, status);
	check_text(answer.body, expected);
	check_text(answer.set_cookie, "");
}

TEST(a_link_makes_one_seat_with_a_strict_cookie)
{
	struct actor *jan = &s.actors[JAN];
	char expected[160];

	check_eq(actor_link(jan, jan->link, &answer), 200);
	snprintf(expected, sizeof(expected), "{\"seat\":\"%s\",\"meeting\":\"%s\",\"name\":\"Jan Peeters\",\"office\":\"member\"}",
		jan->seat, s.meeting);
	check_text(answer.body, expected);
	snprintf(expected, sizeof(expected), "__Host-seat-%s=", jan->seat);
	check(strncmp(answer.set_cookie, expected, strlen(expected)) == 0);
	check_text(answer.set_cookie + strlen(expected) + 43,
		"; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=86400");
}

TEST(a_used_link_works_in_its_own_browser_only)
{
	struct actor *jan = &s.actors[JAN], *thief = &s.actors[50];
	char seat[9];

	check_eq(actor_link(jan, jan->link, &answer), 200);
	memcpy(seat, jan->seat, sizeof(seat));
	actor_link(thief, jan->link, &answer);
	check_error(403, "link-used");
	check_eq(actor_link(jan, jan->link, &answer), 200);
	check_text(jan->seat, seat);
}

TEST(wrong_links_are_all_alike)
{
	struct actor *jan = &s.actors[JAN];
	char token[64];

	actor_link(jan, "", &answer);
	check_error(403, "link-unknown");
	actor_link(jan, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &answer);
	check_error(403, "link-unknown");
	actor_link(jan, "%00 ' OR 1=1 --", &answer);
	check_error(403, "link-unknown");
	for (size_t i = 0; i < 43; i++) {
		memcpy(token, jan->link, sizeof(token));
		token[i] = token[i] == 'A' ? 'B' : 'A';
		actor_link(jan, token, &answer);
		check_error(403, "link-unknown");
	}
}

/* D15: every guess meets the same answer, byte for byte, and the same work: one look by its hash. What it costs is
 * counted by what it asks of memory. A million guesses in the long form. */
TEST(D15_no_guess_learns_anything)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	int guesses = is_long_form() ? 1000000 : 100000;
	struct actor *jan = &s.actors[JAN];
	unsigned long work = 0, worked;
	char first[128] = "";
	struct random random;
	char token[64];

	random_seed(&random, 15);
	for (int i = 0; i < guesses; i++) {
		for (size_t k = 0; k < 42; k++)
			token[k] = letters[random_below(&random, 64)];
		/* The last of 43 holds four bits. */
		token[42] = letters[random_below(&random, 16) * 4];
		token[43] = '\0';
		(void)mem_fail_at(0, 0);
		check_eq(actor_link(jan, token, &answer), 403);
		worked = mem_fail_at(0, 0);
		if (i == 0)
			snprintf(first, sizeof(first), "%s", answer.body);
		if (i <= 1)
			work = worked;		/* the first of all prepares the statement */
		check_text(answer.body, first);
		check_text(answer.set_cookie, "");
		check_eq(worked, work);
	}
	check_error(403, "link-unknown");
	check_eq(actor_link(jan, jan->link, &answer), 200);
}

TEST(bodies_that_are_no_requests)
{
	static const char *const bad[] = { "", "{}", "[]", "{\"token\":7}", "{\"token\":\"x\",\"more\":1}",
		"{\"token\":null}",
		"{\"seat\":\"abcdefgh\",\"meeting\":\"abcdefghij\"}", "{\"seat\":\"ABCDEFGH\"}", "{\"seat\":\"\"}" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		hall_request(s.hall, &(struct hall_request){ .path = "/api/link", .body = bytes_of_string(bad[i]),
			.cookies = "" }, &answer);
		check_error(400, "bad-request");
		hall_request(s.hall, &(struct hall_request){ .path = "/api/resume", .body = bytes_of_string(bad[i]),
			.cookies = "" }, &answer);
		check_error(400, "bad-request");
	}
}

/* Whoever holds a seat may come back often, and not without end: each time is a write. */
TEST(coming_back_is_rationed)
{
	struct actor *jan = &s.actors[JAN], *chair = &s.actors[CHAIR];

	check_eq(actor_link(jan, jan->link, &answer), 200);
	for (int i = 0; i < THROTTLE_RESUME_BURST; i++)
		check_eq(actor_resume(jan, &answer), 200);
	actor_resume(jan, &answer);
	check_error(429, "slow-down");
	check_eq(answer.wait, THROTTLE_RESUME_EVERY / SECONDS(1));
	/* What was handed out last still opens it, and nobody else waits. */
	actor_connect(jan);
	actor_hello(jan);
	actor_hears(jan, "welcome", NULL);
	check_eq(actor_link(chair, chair->link, &answer), 200);
	check_eq(actor_resume(chair, &answer), 200);
	stage_pass(&s, THROTTLE_RESUME_EVERY);
	check_eq(actor_resume(jan, &answer), 200);
}

/* A meeting of one chair at a time; returns the link. */
static void convene(const char *starts, char *meeting, char *link)
{
	char text[512], whole[256];

	snprintf(text, sizeof(text), "{\"verb\":\"meeting-create\",\"title\":\"Raad\",\"starts\":\"%s\",\"people\":["
		"{\"name\":\"An\",\"email\":\"an@x.example\",\"office\":\"chair\"}]}", starts);
	check(stage_made(&s, text));
	check(stage_field(s.answer, "meeting", 0, meeting, 11));
	snprintf(text, sizeof(text), "{\"verb\":\"invite\",\"meeting\":\"%s\",\"email\":\"an@x.example\"}", meeting);
	check(stage_made(&s, text));
	check(stage_field(s.answer, "link", 0, whole, sizeof(whole)));
	memcpy(link, strchr(whole, '#') + 1, 44);
}

TEST(a_link_opens_a_day_before)
{
	struct actor *an = &s.actors[10];

	convene("2026-03-13T18:31:00Z", an->meeting, an->link);
	actor_link(an, an->link, &answer);
	check_error(403, "link-early");
	stage_pass(&s, SECONDS(60));
	check_eq(actor_link(an, an->link, &answer), 200);
}

TEST(a_newer_link_kills_the_unused_one_and_ends_the_seat_when_used)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN], *laptop = &s.actors[50];
	char text[256], link[256];

	stage_everyone_in(&s);
	snprintf(text, sizeof(text), "{\"verb\":\"invite\",\"meeting\":\"%s\",\"email\":\"jan.peeters@lindebeke.example\"}",
		s.meeting);
	check(stage_made(&s, text));
	check(stage_field(s.answer, "link", 0, link, sizeof(link)));
	memcpy(laptop->link, strchr(link, '#') + 1, 44);
	actor_hears(clerk, "entry", "\"kind\":\"link-made\",\"by\":null,\"who\":{\"id\":4,\"name\":\"Jan Peeters\"");
	check(stage_made(&s, text));
	actor_link(laptop, laptop->link, &answer);
	check_error(403, "link-ended");
	check(stage_field(s.answer, "link", 0, link, sizeof(link)));
	check(!actor_has(jan, "over"));
	check_eq(actor_link(laptop, strchr(link, '#') + 1, &answer), 200);
	actor_hears(jan, "over", "\"why\":\"seat-ended\"");
	actor_hears(clerk, "gone", "\"id\":4,\"why\":\"seat-ended\"");
	actor_resume(jan, &answer);
	check_error(403, "seat-unknown");
	actor_connect(jan);
	actor_hello(jan);
	actor_error(jan, "seat-unknown", "hello", NULL);
	actor_link(jan, jan->link, &answer);
	check_error(403, "link-used");
	actor_connect(laptop);
	actor_hello(laptop);
	actor_hears(laptop, "welcome", "\"phase\":\"outside\"");	/* to be admitted again */
}

TEST(secrets_rotate_and_the_one_before_dies_at_first_use)
{
	struct actor *jan = &s.actors[JAN];
	char first[sizeof(jan->jar)], second[sizeof(jan->jar)];

	check_eq(actor_link(jan, jan->link, &answer), 200);
	memcpy(first, jan->jar, sizeof(first));
	check_eq(actor_resume(jan, &answer), 200);
	memcpy(second, jan->jar, sizeof(second));
	check(strcmp(first, second) != 0);
	/* The answer was lost on the way: the browser still holds the first, as often as it likes. */
	for (int i = 0; i < 3; i++) {
		memcpy(jan->jar, first, sizeof(first));
		check_eq(actor_resume(jan, &answer), 200);
	}
	memcpy(second, jan->jar, sizeof(second));
	memcpy(jan->jar, first, sizeof(first));
	actor_connect(jan);
	actor_hello(jan);
	actor_hears(jan, "welcome", NULL);
	memcpy(jan->jar, second, sizeof(second));
	actor_connect(jan);
	actor_hello(jan);			/* the new one is used: the first is dead */
	actor_hears(jan, "welcome", NULL);
	memcpy(jan->jar, first, sizeof(first));
	actor_connect(jan);
	actor_hello(jan);
	actor_error(jan, "seat-unknown", "hello", NULL);
	check_eq(jan->closed, 1008);
	actor_resume(jan, &answer);
	check_error(403, "seat-unknown");
}

TEST(a_secret_opens_no_other_seat)
{
	struct actor *jan = &s.actors[JAN], *marleen = &s.actors[MARLEEN], *thief = &s.actors[50];
	char *secret;

	check_eq(actor_link(jan, jan->link, &answer), 200);
	check_eq(actor_link(marleen, marleen->link, &answer), 200);
	secret = strchr(jan->jar, '=') + 1;
	snprintf(thief->jar, sizeof(thief->jar), "__Host-seat-%s=%.43s", marleen->seat, secret);
	memcpy(thief->seat, marleen->seat, sizeof(thief->seat));
	actor_resume(thief, &answer);
	check_error(403, "seat-unknown");
	actor_connect(thief);
	actor_hello(thief);
	actor_error(thief, "seat-unknown", "hello", NULL);
	snprintf(thief->jar, sizeof(thief->jar), "__Host-seat-%s=", marleen->seat);
	actor_resume(thief, &answer);
	check_error(403, "seat-unknown");
}

TEST(four_seats_live_in_one_browser)
{
	struct actor *tabs[4] = { &s.actors[CLERK], &s.actors[MARLEEN], &s.actors[JAN], &s.actors[FATIMA] };
	struct actor *browser = &s.actors[50];
	char names[4][32] = { "Hilde", "Marleen", "Jan", "Fatima" };

	for (int i = 0; i < 4; i++) {
		check_eq(actor_link(browser, tabs[i]->link, &answer), 200);
		memcpy(tabs[i]->seat, browser->seat, sizeof(browser->seat));
	}
	for (int i = 0; i < 4; i++) {
		memcpy(tabs[i]->jar, browser->jar, sizeof(browser->jar));
		actor_connect(tabs[i]);
		actor_hello(tabs[i]);
		check(strstr(actor_hears(tabs[i], "welcome", NULL), names[i]));
		actor_say(tabs[i], "{\"type\":\"join\"}");
	}
	for (int i = 3; i <= 5; i++) {
		char text[64];

		snprintf(text, sizeof(text), "{\"type\":\"admit\",\"person\":%d}", i);
		actor_say(tabs[0], text);
	}
	for (int i = 0; i < 4; i++)
		actor_hears(tabs[i], "state", NULL);
	/* Which of them is meant can only be said by name. */
	actor_resume_meeting(browser, s.meeting, &answer);
	check_error(403, "seat-unknown");
}

TEST(a_seat_is_found_by_its_meeting)
{
	struct actor *jan = &s.actors[JAN];
	char meeting[11], link[64], seat[9];

	check_eq(actor_link(jan, jan->link, &answer), 200);
	memcpy(seat, jan->seat, sizeof(seat));
	convene("2026-03-12T18:30:00+00:00", meeting, link);
	check_eq(actor_link(jan, link, &answer), 200);
	check_eq(actor_resume_meeting(jan, s.meeting, &answer), 200);
	check_text(jan->seat, seat);
	check_eq(actor_resume_meeting(jan, meeting, &answer), 200);
	check(strcmp(jan->seat, seat) != 0);
	actor_resume_meeting(jan, "aaaaaaaaaa", &answer);
	check_error(403, "seat-unknown");
}

TEST(everything_survives_a_restart)
{
	struct actor *jan = &s.actors[JAN];

	stage_everyone_in(&s);
	stage_restart(&s);
	check_eq(actor_resume(jan, &answer), 200);
	actor_connect(jan);
	actor_hello(jan);
	actor_hears(jan, "welcome", "\"phase\":\"inside\"");
	actor_hears(jan, "state", "\"name\":\"Hilde Aerts\",\"office\":\"clerk\",\"party\":null,\"connection\":\"reconnecting\"");
	actor_link(&s.actors[50], s.actors[FATIMA].link, &answer);
	check_error(403, "link-used");
}

TEST(cookies_of_others_are_passed_over)
{
	static const char header[] = "a=b; __Host-seat-abcdefgh=one;__Host-seat-abcdefgX=two ;x; =;;"
		" __Host-seat-abcdefghi=three; __Host-seat-bcdefghi = four=five";
	struct bytes rest = bytes_of_string(header), secret;
	struct cookie c;

	check(cookie_next(&rest, &c));
	check_text(c.seat, "abcdefgh");
	check(bytes_equal_string(c.secret, "one"));
	check(cookie_next(&rest, &c));
	check_text(c.seat, "bcdefghi");
	check(bytes_equal_string(c.secret, "four=five"));
	check(!cookie_next(&rest, &c));
	check(cookie_find(header, "bcdefghi", &secret));
	check(!cookie_find(header, "abcdefgi", &secret));
	check(!cookie_find("", "abcdefgh", &secret));
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

static const struct CMUnitTest tests[] = {
	ON_STAGE(a_link_makes_one_seat_with_a_strict_cookie),
	ON_STAGE(a_used_link_works_in_its_own_browser_only),
	ON_STAGE(wrong_links_are_all_alike),
	ON_STAGE(D15_no_guess_learns_anything),
	ON_STAGE(bodies_that_are_no_requests),
	ON_STAGE(coming_back_is_rationed),
	ON_STAGE(a_link_opens_a_day_before),
	ON_STAGE(a_newer_link_kills_the_unused_one_and_ends_the_seat_when_used),
	ON_STAGE(secrets_rotate_and_the_one_before_dies_at_first_use),
	ON_STAGE(a_secret_opens_no_other_seat),
	ON_STAGE(four_seats_live_in_one_browser),
	ON_STAGE(a_seat_is_found_by_its_meeting),
	ON_STAGE(everything_survives_a_restart),
	cmocka_unit_test(cookies_of_others_are_passed_over),
};

RUN_TESTS(tests)
