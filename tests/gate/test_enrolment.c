/* SPDX-License-Identifier: EUPL-1.2 */
/* From a one-time link to a credential and a session (ATTACKS D05, D06, D08, D11, D15, D19). In tests only. */
#include "tests/gate/browser.h"

static struct stage s;
static struct browser jan, other;

static int setup(void **state __attribute__((unused)))
{
	stage_open(&s, NULL);
	check(stage_made(&s, "{\"verb\":\"body-add\",\"name\":\"Gemeenteraad\"}"));
	browser_open(&jan, &s, 0, false);
	browser_open(&other, &s, 1, false);
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	browser_close(&jan);
	browser_close(&other);
	stage_close(&s);
	return 0;
}

static void add_jan(char token[static 44])
{
	check(stage_made(&s, "{\"verb\":\"user-add\",\"name\":\"Jan Peeters\",\"email\":\"Jan@Lindebeke.example\","
		"\"body\":\"Gemeenteraad\",\"office\":\"member\",\"party\":\"Groen\"}"));
	check(strstr(s.answer, STAGE_ORIGIN "/enrol#"));
	stage_token(&s, 0, token);
}

TEST(passkey_is_enrolled_once)
{
	char token[44];

	add_jan(token);
	check_eq(browser_askf(&jan, "/api/enrol", "{\"token\":\"%s\"}", token), 200);
	check(browser_has(&jan, "{\"kind\":\"account\",\"name\":\"Jan Peeters\",\"email\":\"jan@lindebeke.example\""));
	check(browser_has(&jan, "\"rp\":{\"id\":\"localhost\""));
	check_eq(browser_enrol_passkey(&jan, token), 200);
	check(strncmp(jan.body, "{\"recovery\":[\"", 14) == 0);
	check_eq(browser_ask(&jan, "/api/me", "{}"), 200);
	check(browser_has(&jan, "\"email\":\"jan@lindebeke.example\",\"bodies\":[{\"id\":\""));
	check(browser_has(&jan, "\"name\":\"Gemeenteraad\",\"office\":\"member\",\"party\":\"Groen\"}]"));
	check(browser_has(&jan, "\"label\":\"telefoon\""));
	check(browser_has(&jan, "\"password\":false,\"devices\":0}"));
	/* The link is used up, for a passkey as for a password. */
	check_eq(browser_enrol_passkey(&other, token), 403);
	browser_refused(&other, 403, "enrol-used");
	check_eq(browser_askf(&other, "/api/enrol/password/begin", "{\"token\":\"%s\"}", token), 403);
}

TEST(D11_session_cookie_is_bound_to_the_host)
{
	char token[44];

	add_jan(token);
	check_eq(browser_enrol_passkey(&jan, token), 200);
	check(strncmp(jan.cookie, "__Host-session=", 15) == 0);
	check_eq(strcspn(jan.cookie + 15, ";"), 43);	/* 256 bits */
	check_text(strchr(jan.cookie, ';'), "; Secure; HttpOnly; SameSite=Strict; Path=/");
}

TEST(D15_links_expire_die_and_are_not_guessed)
{
	char first[44], second[44], bent[44];

	add_jan(first);
	check(stage_made(&s, "{\"verb\":\"user-reset\",\"email\":\"jan@lindebeke.example\"}"));
	stage_token(&s, 0, second);
	(void)browser_askf(&jan, "/api/enrol", "{\"token\":\"%s\"}", first);
	browser_refused(&jan, 403, "enrol-expired");
	check_eq(browser_askf(&jan, "/api/enrol", "{\"token\":\"%s\"}", second), 200);
	for (size_t i = 0; i < 43; i++) {
		memcpy(bent, second, sizeof(bent));
		bent[i] = bent[i] == 'A' ? 'B' : 'A';
		(void)browser_askf(&jan, "/api/enrol", "{\"token\":\"%s\"}", bent);
		browser_refused(&jan, 403, "enrol-unknown");
	}
	(void)browser_ask(&jan, "/api/enrol", "{\"token\":\"\"}");
	browser_refused(&jan, 403, "enrol-unknown");
	/* At the other listener it is none at all. */
	other.admin = true;
	(void)browser_askf(&other, "/api/enrol", "{\"token\":\"%s\"}", second);
	browser_refused(&other, 403, "enrol-unknown");
	stage_pass(&s, MINUTES(60) * 24 * 7);
	(void)browser_askf(&jan, "/api/enrol", "{\"token\":\"%s\"}", second);
	browser_refused(&jan, 403, "enrol-expired");
}

TEST(D08_passkey_of_another_is_refused)
{
	char token[44], second[44], challenge[CHALLENGE_LETTERS + 1], credential[16 * 1024];

	add_jan(token);
	check_eq(browser_enrol_passkey(&jan, token), 200);
	check(stage_made(&s, "{\"verb\":\"user-add\",\"name\":\"Eve\",\"email\":\"eve@x.example\"}"));
	stage_token(&s, 0, second);
	check_eq(browser_askf(&jan, "/api/enrol", "{\"token\":\"%s\"}", second), 200);
	check(stage_field(jan.body, "challenge", 0, challenge, sizeof(challenge)));
	browser_attest(&jan, challenge, credential, sizeof(credential));
	/* For another link than it was begun with; and the same credential twice. */
	(void)browser_askf(&jan, "/api/enrol/passkey", "{\"token\":\"%s\",\"credential\":%s,\"label\":\"x\"}", second,
		credential);
	browser_refused(&jan, 400, "passkey-refused");
	check(browser_has(&jan, "\"why\":\"registered\""));
	/* A challenge that was made for somebody signing in. */
	check_eq(browser_ask(&other, "/api/sign-in", "{}"), 200);
	check(stage_field(other.body, "challenge", 0, challenge, sizeof(challenge)));
	browser_attest(&other, challenge, credential, sizeof(credential));
	(void)browser_askf(&other, "/api/enrol/passkey", "{\"token\":\"%s\",\"credential\":%s,\"label\":\"x\"}", second,
		credential);
	browser_refused(&other, 400, "passkey-refused");
	check(browser_has(&other, "\"why\":\"challenge\""));
}

TEST(password_needs_its_six_digits)
{
	static char body[PASSWORD_BYTES + 512], large[PASSWORD_BYTES + 2];
	char token[44], code[TOTP_DIGITS + 1];

	hall_helper_up(s.hall, 0);
	add_jan(token);
	/* No secret was asked for yet. */
	(void)browser_askf(&jan, "/api/enrol/password", "{\"token\":\"%s\",\"password\":\"een lang wachtwoord\","
		"\"code\":\"123456\"}", token);
	browser_refused(&jan, 400, "code-wrong");
	(void)browser_enrol_password(&jan, token, "kort");
	browser_refused(&jan, 400, "password-weak");
	check(browser_has(&jan, "\"why\":\"short\""));
	(void)browser_enrol_password(&jan, token, "jan peeters lindebeke");
	browser_refused(&jan, 400, "password-weak");
	/* D05: before anything is computed. */
	memset(large, 'x', sizeof(large) - 1);
	(void)snprintf(body, sizeof(body), "{\"token\":\"%s\",\"password\":\"%s\",\"code\":\"1\"}", token, large);
	(void)browser_ask(&jan, "/api/enrol/password", body);
	browser_refused(&jan, 413, "too-large");
	check_eq(s.n_frames, 0);
	check_eq(browser_enrol_password(&jan, token, "vier groene fietsen"), 0);
	check_eq(helper_job(&s), PASSWORD_HASH);
	helper_answers(&jan, PASSWORD_HASHED);
	check_eq(jan.status, 200);
	check(strncmp(jan.body, "{\"recovery\":[\"", 14) == 0);
	check(strncmp(jan.cookie, "__Host-session=", 15) == 0);
	check_eq(browser_ask(&jan, "/api/me", "{}"), 200);
	check(browser_has(&jan, "\"password\":true"));
	/* D06: the step of the enrolment's code is used up. */
	browser_code(&jan, code);
	check_eq(browser_sign_in_password(&jan, "jan@lindebeke.example", "vier groene fietsen"), 0);
	helper_answers(&jan, PASSWORD_RIGHT);
	browser_refused(&jan, 403, "sign-in-refused");
	stage_pass(&s, SECONDS(31));
	check_eq(browser_sign_in_password(&jan, "JAN@lindebeke.example", "vier groene fietsen"), 0);
	check_eq(helper_job(&s), PASSWORD_CHECK);
	helper_answers(&jan, PASSWORD_RIGHT);
	check_eq(jan.status, 200);
	check(browser_has(&jan, "{\"name\":\"Jan Peeters\",\"reset\":false}"));
}

TEST(D19_there_is_no_account_before_the_console_made_one)
{
	check(stage_made(&s, "{\"verb\":\"user-list\"}"));
	check_text(s.answer, "{\"ok\":true,\"users\":[]}");
	check(stage_made(&s, "{\"verb\":\"admin-list\"}"));
	check_text(s.answer, "{\"ok\":true,\"admins\":[]}");
}

TEST(nothing_is_enrolled_that_cannot_be_recorded)
{
	char token[44];

	add_jan(token);
	check_eq(browser_askf(&jan, "/api/enrol", "{\"token\":\"%s\"}", token), 200);
	db_refuse_commits(s.db, 1);
	check_eq(browser_enrol_passkey(&jan, token), 503);
	check_text(jan.cookie, "");
	db_refuse_commits(s.db, 0);
	stage_pass(&s, SECONDS(2));
	(void)browser_ask(&jan, "/api/me", "{}");
	browser_refused(&jan, 401, "signed-out");
	check_eq(browser_enrol_passkey(&jan, token), 200);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(passkey_is_enrolled_once, setup, teardown),
	cmocka_unit_test_setup_teardown(D11_session_cookie_is_bound_to_the_host, setup, teardown),
	cmocka_unit_test_setup_teardown(D15_links_expire_die_and_are_not_guessed, setup, teardown),
	cmocka_unit_test_setup_teardown(D08_passkey_of_another_is_refused, setup, teardown),
	cmocka_unit_test_setup_teardown(password_needs_its_six_digits, setup, teardown),
	cmocka_unit_test_setup_teardown(D19_there_is_no_account_before_the_console_made_one, setup, teardown),
	cmocka_unit_test_setup_teardown(nothing_is_enrolled_that_cannot_be_recorded, setup, teardown),
};

RUN_TESTS(tests)
