/* SPDX-License-Identifier: EUPL-1.2 */
/* Signing in, and all who must not (ATTACKS D02, D03, D04, D06, D07, D09, D10, D13, D14). In tests only. */
#include "base/limits.h"
#include "server/records/credentials.h"
#include "tests/gate/browser.h"

#define JAN "jan@lindebeke.example"
#define PASSWORD "vier groene fietsen"

static struct stage s;
static struct browser jan, eve;
static char token[44];

static void user_add(const char *name, const char *email)
{
	char request[256];

	(void)snprintf(request, sizeof(request), "{\"verb\":\"user-add\",\"name\":\"%s\",\"email\":\"%s\"}", name,
		email);
	check(stage_made(&s, request));
	stage_token(&s, 0, token);
}

static int setup(void **state __attribute__((unused)))
{
	stage_open(&s, NULL);
	hall_helper_up(s.hall, 0);
	hall_helper_up(s.hall, 1);
	browser_open(&jan, &s, 0, false);
	browser_open(&eve, &s, 1, false);
	user_add("Jan Peeters", JAN);
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	browser_close(&jan);
	browser_close(&eve);
	stage_close(&s);
	return 0;
}

static void forget_cookies(struct browser *b)
{
	memset(b->actor->jar, 0, sizeof(b->actor->jar));
}

TEST(passkey_signs_in_and_sign_out_ends_it)
{
	char old[sizeof(jan.actor->jar)];

	check_eq(browser_enrol_passkey(&jan, token), 200);
	memcpy(old, jan.actor->jar, sizeof(old));
	check_eq(browser_ask(&jan, "/api/sign-out", "{}"), 200);
	check_text(jan.cookie, "__Host-session=; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
	/* Its cookie is worth nothing, kept or not. */
	memcpy(jan.actor->jar, old, sizeof(old));
	(void)browser_ask(&jan, "/api/me", "{}");
	browser_refused(&jan, 401, "signed-out");
	check_eq(browser_sign_in_passkey(&jan), 200);
	check_text(jan.body, "{\"name\":\"Jan Peeters\",\"reset\":false}");
	check_eq(browser_ask(&jan, "/api/me", "{}"), 200);
}

/* Another session than before, and the one before is dead. */
TEST(D10_session_changes_at_sign_in)
{
	char old[sizeof(jan.actor->jar)], new[sizeof(jan.actor->jar)];

	check_eq(browser_enrol_passkey(&jan, token), 200);
	memcpy(old, jan.actor->jar, sizeof(old));
	check_eq(browser_sign_in_passkey(&jan), 200);
	memcpy(new, jan.actor->jar, sizeof(new));
	check(strcmp(old, new) != 0);
	memcpy(jan.actor->jar, old, sizeof(old));
	(void)browser_ask(&jan, "/api/me", "{}");
	browser_refused(&jan, 401, "signed-out");
	memcpy(jan.actor->jar, new, sizeof(new));
	check_eq(browser_ask(&jan, "/api/me", "{}"), 200);
}

static unsigned say(struct browser *b, const char *challenge)
{
	char credential[16 * 1024];

	browser_assert(b, challenge, credential, sizeof(credential));
	return browser_askf(b, "/api/sign-in/passkey", "{\"credential\":%s}", credential);
}

TEST(D07_every_fault_is_the_same_answer)
{
	char challenge[CHALLENGE_LETTERS + 1], credential[16 * 1024];

	check_eq(browser_enrol_passkey(&jan, token), 200);
	check_eq(browser_ask(&jan, "/api/sign-out", "{}"), 200);
	check_eq(browser_ask(&jan, "/api/sign-in", "{}"), 200);
	check(stage_field(jan.body, "challenge", 0, challenge, sizeof(challenge)));
	jan.device.origin = "https://evil.example";
	(void)say(&jan, challenge);
	browser_refused(&jan, 403, "sign-in-refused");
	jan.device.origin = STAGE_ADMIN_ORIGIN;
	(void)say(&jan, challenge);
	browser_refused(&jan, 403, "sign-in-refused");
	jan.device.origin = STAGE_ORIGIN;
	jan.device.flags = DEVICE_UP;		/* neither PIN nor finger */
	(void)say(&jan, challenge);
	browser_refused(&jan, 403, "sign-in-refused");
	jan.device.flags = DEVICE_UP | DEVICE_UV;
	/* Somebody's who is not known. */
	(void)say(&eve, challenge);
	browser_refused(&eve, 403, "sign-in-refused");
	/* The right one, twice: the challenge is used up. */
	browser_assert(&jan, challenge, credential, sizeof(credential));
	check_eq(browser_askf(&jan, "/api/sign-in/passkey", "{\"credential\":%s}", credential), 200);
	(void)browser_askf(&jan, "/api/sign-in/passkey", "{\"credential\":%s}", credential);
	browser_refused(&jan, 403, "sign-in-refused");
	(void)browser_ask(&jan, "/api/sign-in/passkey", "{\"credential\":{\"id\":\"!\",\"clientDataJSON\":\"\","
		"\"authenticatorData\":\"\",\"signature\":\"\"}}");
	browser_refused(&jan, 403, "sign-in-refused");
	/* At the other listener an account is nobody. */
	jan.admin = true;
	check_eq(browser_ask(&jan, "/api/sign-in", "{}"), 200);
	check(stage_field(jan.body, "challenge", 0, challenge, sizeof(challenge)));
	jan.device.origin = STAGE_ADMIN_ORIGIN;
	(void)say(&jan, challenge);
	browser_refused(&jan, 403, "sign-in-refused");
}

static void enrol_password(void)
{
	check_eq(browser_enrol_password(&jan, token, PASSWORD), 0);
	helper_answers(&jan, PASSWORD_HASHED);
	check_eq(jan.status, 200);
	stage_pass(&s, SECONDS(31));
}

/* The same answer after the same work: a helper computes for an address that nobody has. */
TEST(D04_unknown_addresses_cost_the_same)
{
	char known[512];
	unsigned frames;

	enrol_password();
	frames = s.n_frames;
	check_eq(browser_sign_in_password(&jan, JAN, "een ander wachtwoord"), 0);
	check_eq(s.n_frames, frames + 1);
	helper_answers(&jan, PASSWORD_WRONG);
	browser_refused(&jan, 403, "sign-in-refused");
	memcpy(known, jan.body, strlen(jan.body) + 1);
	check_eq(browser_sign_in_password(&eve, "niemand@lindebeke.example", "een ander wachtwoord"), 0);
	check_eq(s.n_frames, frames + 2);
	check_eq(helper_job(&s), PASSWORD_CHECK);
	helper_answers(&eve, PASSWORD_WRONG);
	check_text(eve.body, known);
	/* Even if the work should say yes: there is nobody. */
	check_eq(browser_sign_in_password(&eve, "niemand@lindebeke.example", "een ander wachtwoord"), 0);
	helper_answers(&eve, PASSWORD_RIGHT);
	browser_refused(&eve, 403, "sign-in-refused");
}

TEST(D06_code_of_a_step_works_once)
{
	enrol_password();
	check_eq(browser_sign_in_password(&jan, JAN, PASSWORD), 0);
	helper_answers(&jan, PASSWORD_RIGHT);
	check_eq(jan.status, 200);
	check_eq(browser_sign_in_password(&jan, JAN, PASSWORD), 0);
	helper_answers(&jan, PASSWORD_RIGHT);
	browser_refused(&jan, 403, "sign-in-refused");
	stage_pass(&s, SECONDS(30));
	check_eq(browser_sign_in_password(&jan, JAN, PASSWORD), 0);
	helper_answers(&jan, PASSWORD_RIGHT);
	check_eq(jan.status, 200);
}

TEST(D03_guessing_is_delayed_and_a_passkey_is_not)
{
	unsigned let_through = 0;

	enrol_password();
	/* Somebody guesses, from another place. */
	for (int i = 0; i < 20; i++) {
		if (browser_sign_in_password(&eve, JAN, "geraden geraden") == 0) {
			helper_answers(&eve, PASSWORD_WRONG);
			let_through++;
		} else {
			browser_refused(&eve, 429, "slow-down");
			check(eve.wait > 0 && eve.wait <= 60);
		}
	}
	check_eq(let_through, 5);
	/* A new passkey comes of a new link; meanwhile nobody's guesses hold it up. */
	check(stage_made(&s, "{\"verb\":\"user-reset\",\"email\":\"" JAN "\"}"));
	stage_token(&s, 0, token);
	check_eq(browser_enrol_passkey(&jan, token), 200);
	check_eq(browser_ask(&jan, "/api/sign-out", "{}"), 200);
	check_eq(browser_sign_in_passkey(&jan), 200);
}

/* 200 at once: as many are computed as there are helpers; the others wait, or are told to come back. */
TEST(D02_no_more_at_once_than_there_are_helpers)
{
	char email[64];
	unsigned waiting = 0, later = 0;

	for (unsigned i = 0; i < 200; i++) {
		(void)snprintf(email, sizeof(email), "user%u@x.example", i);
		eve.source = (uint8_t)(i % 16 + 1);
		if (browser_sign_in_password(&eve, email, PASSWORD) == 0)
			waiting++;
		else
			later += eve.status == 429 && eve.wait > 0;
	}
	check_eq(waiting + later, 200);
	check_eq(waiting, 100);			/* then the delay of all */
	check_eq(s.n_frames, 2);
	eve.ticket = 0;
}

TEST(no_helper_is_said_and_a_dead_one_fails_its_job)
{
	enrol_password();
	check_eq(browser_sign_in_password(&jan, JAN, PASSWORD), 0);
	s.late_ticket = 0;
	hall_helper_down(s.hall, s.frame_helper);
	stage_drain(&s);
	check_eq(s.late_ticket, jan.ticket);
	check_eq(s.late_status, 503);
	hall_helper_down(s.hall, 1 - s.frame_helper);
	stage_drain(&s);
	(void)browser_sign_in_password(&jan, JAN, PASSWORD);
	browser_refused(&jan, 503, "unavailable");
	/* Who hangs up is forgotten. */
	hall_helper_up(s.hall, 0);
	check_eq(browser_sign_in_password(&jan, JAN, PASSWORD), 0);
	s.late_ticket = 0;
	hall_forget_request(s.hall, jan.ticket);
	hall_helper_down(s.hall, 0);
	stage_drain(&s);
	check_eq(s.late_ticket, 0);
}

TEST(recovery_code_leads_to_a_new_passkey_only)
{
	char code[32], challenge[CHALLENGE_LETTERS + 1], credential[16 * 1024];

	check_eq(browser_enrol_passkey(&jan, token), 200);
	check(sscanf(jan.body, "{\"recovery\":[\"%19[^\"]", code) == 1);
	forget_cookies(&jan);
	check_eq(browser_askf(&jan, "/api/sign-in/recovery", "{\"email\":\"" JAN "\",\"recovery\":\"%s\"}", code), 200);
	check(browser_has(&jan, "\"left\":9"));
	(void)browser_ask(&jan, "/api/me", "{}");
	browser_refused(&jan, 401, "signed-out");
	(void)browser_ask(&jan, "/api/meetings", "{}");
	browser_refused(&jan, 401, "signed-out");
	check_eq(browser_ask(&jan, "/api/me/passkey/begin", "{}"), 200);
	check(stage_field(jan.body, "challenge", 0, challenge, sizeof(challenge)));
	browser_close(&jan);			/* another device */
	browser_attest(&jan, challenge, credential, sizeof(credential));
	(void)browser_askf(&jan, "/api/me/passkey", "{\"credential\":%s,\"label\":\"nieuw\"}", credential);
	check_text(jan.body, "{}");
	check_eq(browser_ask(&jan, "/api/me", "{}"), 200);
	check(browser_has(&jan, "\"label\":\"telefoon\"") && browser_has(&jan, "\"label\":\"nieuw\""));
	forget_cookies(&jan);
	(void)browser_askf(&jan, "/api/sign-in/recovery", "{\"email\":\"" JAN "\",\"recovery\":\"%s\"}", code);
	browser_refused(&jan, 403, "sign-in-refused");
}

TEST(last_way_to_sign_in_stays)
{
	char id[16];

	check_eq(browser_enrol_passkey(&jan, token), 200);
	check_eq(browser_ask(&jan, "/api/me", "{}"), 200);
	(void)snprintf(id, sizeof(id), "%ld", stage_id(strstr(jan.body, "\"passkeys\":")));
	(void)browser_askf(&jan, "/api/me/passkey/remove", "{\"id\":%s}", id);
	browser_refused(&jan, 409, "last-one");
	(void)browser_ask(&jan, "/api/me/passkey/remove", "{\"id\":4711}");
	browser_refused(&jan, 404, "not-found");
}

TEST(D14_sessions_end_by_themselves)
{
	check_eq(browser_enrol_passkey(&jan, token), 200);
	stage_pass(&s, MINUTES(14 * 60 + 29));
	check_eq(browser_ask(&jan, "/api/me", "{}"), 200);
	stage_pass(&s, MINUTES(9 * 60 + 30));
	check_eq(browser_ask(&jan, "/api/me", "{}"), 200);
	/* 24 hours after the sign-in, however busy. */
	stage_pass(&s, MINUTES(2));
	(void)browser_ask(&jan, "/api/me", "{}");
	browser_refused(&jan, 401, "signed-out");
	check_eq(browser_sign_in_passkey(&jan), 200);
	stage_pass(&s, MINUTES(14 * 60 + 31));
	(void)browser_ask(&jan, "/api/me", "{}");
	browser_refused(&jan, 401, "signed-out");
}

TEST(closed_account_signs_in_no_more)
{
	check_eq(browser_enrol_passkey(&jan, token), 200);
	check(stage_made(&s, "{\"verb\":\"user-close\",\"email\":\"" JAN "\"}"));
	(void)browser_ask(&jan, "/api/me", "{}");
	browser_refused(&jan, 401, "signed-out");
	(void)browser_sign_in_passkey(&jan);
	browser_refused(&jan, 403, "sign-in-refused");
	check(!stage_made(&s, "{\"verb\":\"user-reset\",\"email\":\"" JAN "\"}"));
}

TEST(who_was_reset_is_told_at_the_next_sign_in)
{
	check_eq(browser_enrol_passkey(&jan, token), 200);
	check(stage_made(&s, "{\"verb\":\"user-reset\",\"email\":\"" JAN "\"}"));
	(void)browser_ask(&jan, "/api/me", "{}");
	browser_refused(&jan, 401, "signed-out");
	(void)browser_sign_in_passkey(&jan);
	browser_refused(&jan, 403, "sign-in-refused");
	browser_close(&jan);
	check(stage_made(&s, "{\"verb\":\"user-reset\",\"email\":\"" JAN "\"}"));
	stage_token(&s, 0, token);
	check_eq(browser_enrol_passkey(&jan, token), 200);
	check_eq(browser_ask(&jan, "/api/sign-out", "{}"), 200);
	check_eq(browser_sign_in_passkey(&jan), 200);
	check(browser_has(&jan, "\"reset\":true"));
	check_eq(browser_sign_in_passkey(&jan), 200);
	check(browser_has(&jan, "\"reset\":false"));
}

/* Of one holder so many sessions live at once, and the oldest goes. */
TEST(sessions_have_a_cap)
{
	struct session_row rows[LIMIT_SESSIONS + 1];
	char first[sizeof(jan.actor->jar)];

	check_eq(browser_enrol_passkey(&jan, token), 200);
	memcpy(first, jan.actor->jar, sizeof(first));
	for (unsigned i = 0; i < LIMIT_SESSIONS + 3; i++) {
		forget_cookies(&jan);
		check_eq(browser_sign_in_passkey(&jan), 200);
	}
	check_eq(sessions_of(s.db, 1, rows, LIMIT_SESSIONS + 1), LIMIT_SESSIONS);
	check_eq(browser_ask(&jan, "/api/me", "{}"), 200);
	memcpy(jan.actor->jar, first, sizeof(first));
	(void)browser_ask(&jan, "/api/me", "{}");
	browser_refused(&jan, 401, "signed-out");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(sessions_have_a_cap, setup, teardown),
	cmocka_unit_test_setup_teardown(passkey_signs_in_and_sign_out_ends_it, setup, teardown),
	cmocka_unit_test_setup_teardown(D10_session_changes_at_sign_in, setup, teardown),
	cmocka_unit_test_setup_teardown(D07_every_fault_is_the_same_answer, setup, teardown),
	cmocka_unit_test_setup_teardown(D04_unknown_addresses_cost_the_same, setup, teardown),
	cmocka_unit_test_setup_teardown(D06_code_of_a_step_works_once, setup, teardown),
	cmocka_unit_test_setup_teardown(D03_guessing_is_delayed_and_a_passkey_is_not, setup, teardown),
	cmocka_unit_test_setup_teardown(D02_no_more_at_once_than_there_are_helpers, setup, teardown),
	cmocka_unit_test_setup_teardown(no_helper_is_said_and_a_dead_one_fails_its_job, setup, teardown),
	cmocka_unit_test_setup_teardown(recovery_code_leads_to_a_new_passkey_only, setup, teardown),
	cmocka_unit_test_setup_teardown(last_way_to_sign_in_stays, setup, teardown),
	cmocka_unit_test_setup_teardown(D14_sessions_end_by_themselves, setup, teardown),
	cmocka_unit_test_setup_teardown(closed_account_signs_in_no_more, setup, teardown),
	cmocka_unit_test_setup_teardown(who_was_reset_is_told_at_the_next_sign_in, setup, teardown),
};

RUN_TESTS(tests)
