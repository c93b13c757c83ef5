/* SPDX-License-Identifier: EUPL-1.2 */
/* server/hall/oidc.c: signing in by the provider of the house, and all who must not (ATTACKS D16: state, replay,
 * mix-up, PKCE). In tests only. */
#include <stdio.h>

#include "auth/base64url.h"
#include "auth/digest.h"
#include "tests/gate/browser.h"

#define JAN "jan@lindebeke.example"
#define ISSUER "https://login.example"

static struct stage s;
static struct browser jan, eve;

/* What stood in the address that a browser was sent to. */
static char url[2048], value[128];		/* value: its state */

static void user_add(const char *name, const char *email)
{
	char request[256];

	(void)snprintf(request, sizeof(request), "{\"verb\":\"user-add\",\"name\":\"%s\",\"email\":\"%s\"}", name,
		email);
	check(stage_made(&s, request));
}

static int setup(void **unused __attribute__((unused)))
{
	stage_open(&s, NULL);
	stage_stop(&s);
	s.provider = true;
	check_eq(stage_start(&s), 0);
	browser_open(&jan, &s, 0, false);
	browser_open(&eve, &s, 1, false);
	user_add("Jan Peeters", JAN);
	return 0;
}

static int teardown(void **unused __attribute__((unused)))
{
	browser_close(&jan);
	browser_close(&eve);
	stage_close(&s);
	return 0;
}

/* A parameter of the address. */
static void parameter(const char *name, char *ret, size_t size)
{
	char wanted[32];
	const char *at;

	(void)snprintf(wanted, sizeof(wanted), "&%s=", name);
	at = strstr(url, wanted);
	check(at);
	at += strlen(wanted);
	check(strcspn(at, "&") < size);
	memcpy(ret, at, strcspn(at, "&"));
	ret[strcspn(at, "&")] = '\0';
}

static void begin(struct browser *b)
{
	check_eq(browser_ask(b, "/api/sign-in/oidc/begin", "{}"), 200);
	check(stage_field(b->body, "url", 0, url, sizeof(url)));
	parameter("state", value, sizeof(value));
}

static unsigned end(struct browser *b, const char *of, const char *more)
{
	return browser_askf(b, "/api/sign-in/oidc", "{\"code\":\"c0de\",\"state\":\"%s\"%s}", of, more);
}

/* Refused at once, and conclave-fetch heard nothing of it. */
static void refused(struct browser *b, const char *of, const char *more)
{
	const unsigned before = s.n_fetches;
	const uint32_t waits = b->ticket;

	(void)end(b, of, more);
	browser_refused(b, 403, "sign-on-refused");
	b->ticket = waits;
	check_eq(s.n_fetches, before);
}

TEST(the_page_hears_of_a_provider_that_was_found)
{
	(void)browser_ask(&jan, "/api/me", "{}");
	check_text(jan.body, "{\"error\":{\"code\":\"signed-out\"}}");
	(void)browser_ask(&jan, "/api/sign-in/oidc/begin", "{}");
	browser_refused(&jan, 503, "unavailable");
	(void)end(&jan, "x", "");
	browser_refused(&jan, 503, "unavailable");
	provider_up(&s, false);
	(void)browser_ask(&jan, "/api/me", "{}");
	check_text(jan.body, "{\"error\":{\"code\":\"signed-out\",\"provider\":true}}");
	check_eq(jan.status, 401);
	hall_fetch_down(s.hall);
	(void)browser_ask(&jan, "/api/me", "{}");
	check_text(jan.body, "{\"error\":{\"code\":\"signed-out\"}}");
}

TEST(who_the_provider_names_is_signed_in)
{
	char challenge[64], nonce[64], hashed[64];
	struct writer w = writer(hashed, sizeof(hashed));
	struct oidc_request q;
	struct digest d;

	provider_up(&s, false);
	begin(&jan);
	check(strncmp(jan.cookie, "__Host-sign-on=", 15) == 0);
	check(strstr(jan.cookie, "; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=300"));
	check(strncmp(url, ISSUER "/ask?response_type=code&scope=openid%20email&client_id=conclave"
		"&redirect_uri=https%3A%2F%2Flocalhost%3A8443%2F&", 111) == 0);
	check_eq(end(&jan, value, ""), 0);
	q = provider_asked(&s);
	check(bytes_equal_string(q.code, "c0de"));
	parameter("nonce", nonce, sizeof(nonce));
	check(bytes_equal_string(q.nonce, nonce));
	/* D16: the verifier fits the challenge, and neither it nor the browser's secret is in the address. */
	check_eq(digest_sha256(q.verifier, &d), 0);
	base64url_write(&w, bytes_make(d.bytes, DIGEST_SIZE));
	write_u8(&w, 0);
	parameter("code_challenge", challenge, sizeof(challenge));
	check_text(challenge, hashed);
	check(strstr(url, "&code_challenge_method=S256&"));
	check_eq(q.verifier.size, 43);
	check(!memmem(url, strlen(url), q.verifier.data, q.verifier.size));
	provider_answers(&jan, OIDC_IS, "Jan@Lindebeke.example");
	check_eq(jan.status, 200);
	check_text(jan.body, "{\"name\":\"Jan Peeters\",\"reset\":false}");
	check(strncmp(jan.cookie, "__Host-session=", 15) == 0);
	check_eq(browser_ask(&jan, "/api/me", "{}"), 200);
	check(browser_has(&jan, JAN));
}

TEST(no_two_sign_ins_have_a_secret_in_common)
{
	char first[2048], nonce[64], other[64];

	provider_up(&s, false);
	begin(&jan);
	memcpy(first, url, sizeof(url));
	parameter("nonce", nonce, sizeof(nonce));
	begin(&jan);
	check(strcmp(first, url) != 0);
	parameter("nonce", other, sizeof(other));
	check(strcmp(nonce, other) != 0);
	parameter("code_challenge", nonce, sizeof(nonce));
	memcpy(url, first, sizeof(url));
	parameter("code_challenge", other, sizeof(other));
	check(strcmp(nonce, other) != 0);
}

TEST(D16_a_state_is_of_one_browser)
{
	char of_eve[sizeof(value)];

	provider_up(&s, false);
	refused(&jan, "", "");
	refused(&jan, "nonsense", "");
	begin(&eve);
	memcpy(of_eve, value, sizeof(value));
	refused(&jan, of_eve, "");		/* without a cookie */
	begin(&jan);
	refused(&jan, of_eve, "");		/* she has her victim press a link */
	refused(&eve, value, "");
	for (size_t i = 0; i < strlen(value); i++) {
		char bent[sizeof(value)];

		memcpy(bent, value, sizeof(value));
		bent[i] = bent[i] == 'A' ? 'B' : 'A';
		refused(&jan, bent, "");
	}
	check_eq(end(&jan, value, ""), 0);
	provider_answers(&jan, OIDC_IS, JAN);
	check_eq(jan.status, 200);
}

TEST(D16_an_answer_counts_once)
{
	provider_up(&s, false);
	begin(&jan);
	check_eq(end(&jan, value, ""), 0);
	refused(&jan, value, "");		/* while the first is on its way */
	provider_answers(&jan, OIDC_REFUSED, "");
	browser_refused(&jan, 403, "sign-on-refused");
	refused(&jan, value, "");
	begin(&jan);
	check_eq(end(&jan, value, ""), 0);
	provider_answers(&jan, OIDC_IS, JAN);
	check_eq(jan.status, 200);
	refused(&jan, value, "");
}

TEST(a_state_ends_after_five_minutes)
{
	provider_up(&s, false);
	begin(&jan);
	stage_pass(&s, CHALLENGE_LIFE - SECONDS(1));
	check_eq(end(&jan, value, ""), 0);
	provider_answers(&jan, OIDC_IS, JAN);
	begin(&jan);
	stage_pass(&s, CHALLENGE_LIFE);
	refused(&jan, value, "");
}

/* RFC 9207: an honest provider's answer is told apart from another's that was to be taken for it. */
TEST(D16_an_answer_of_another_provider_is_refused)
{
	provider_up(&s, true);
	begin(&jan);
	refused(&jan, value, ",\"iss\":\"https://evil.example\"");
	refused(&jan, value, ",\"iss\":\"" ISSUER "/\"");
	refused(&jan, value, ",\"iss\":\"\"");
	refused(&jan, value, ",\"iss\":null");
	refused(&jan, value, "");
	check_eq(end(&jan, value, ",\"iss\":\"" ISSUER "\""), 0);
	provider_answers(&jan, OIDC_IS, JAN);
	check_eq(jan.status, 200);
	/* Who does not say it is still not believed to be another. */
	hall_fetch_down(s.hall);
	provider_up(&s, false);
	begin(&jan);
	refused(&jan, value, ",\"iss\":\"https://evil.example\"");
	check_eq(end(&jan, value, ",\"iss\":null"), 0);
}

TEST(only_an_account_that_is_there_is_signed_in)
{
	static const char *const others[] = { "eve@lindebeke.example", "it@lindebeke.example" };

	check(stage_made(&s, "{\"verb\":\"admin-add\",\"email\":\"it@lindebeke.example\",\"level\":\"configure\"}"));
	provider_up(&s, false);
	for (size_t i = 0; i < 2; i++) {
		begin(&eve);
		check_eq(end(&eve, value, ""), 0);
		provider_answers(&eve, OIDC_IS, others[i]);
		browser_refused(&eve, 403, "sign-on-refused");
		(void)browser_ask(&eve, "/api/me", "{}");
		check_eq(eve.status, 401);
	}
	check(stage_made(&s, "{\"verb\":\"user-close\",\"email\":\"" JAN "\"}"));
	begin(&jan);
	check_eq(end(&jan, value, ""), 0);
	provider_answers(&jan, OIDC_IS, JAN);
	browser_refused(&jan, 403, "sign-on-refused");
}

TEST(the_administration_has_no_provider)
{
	struct browser it;

	provider_up(&s, false);
	browser_open(&it, &s, 2, true);
	(void)browser_ask(&it, "/api/sign-in/oidc/begin", "{}");
	check_eq(it.status, 404);
	(void)browser_ask(&it, "/api/sign-in/oidc", "{\"code\":\"x\",\"state\":\"x\"}");
	check_eq(it.status, 404);
	(void)browser_ask(&it, "/api/me", "{}");
	check_text(it.body, "{\"error\":{\"code\":\"signed-out\"}}");
	browser_close(&it);
}

static unsigned wait_for(struct browser *b)
{
	check_eq(s.late_ticket, b->ticket);
	return s.late_status;
}

TEST(who_waits_hears_in_any_case)
{
	provider_up(&s, false);
	begin(&jan);
	check_eq(end(&jan, value, ""), 0);
	provider_answers(&jan, OIDC_UNREACHABLE, "");
	browser_refused(&jan, 503, "unavailable");
	begin(&jan);
	check_eq(end(&jan, value, ""), 0);
	s.late_ticket = 0;
	stage_pass(&s, SECONDS(17));
	check_eq(s.late_ticket, 0);
	stage_pass(&s, SECONDS(1));
	check_eq(wait_for(&jan), 503);
	/* Its answer comes after all: nobody is signed in by it. */
	jan.ticket = 0;
	provider_answers(&jan, OIDC_IS, JAN);
	(void)browser_ask(&jan, "/api/me", "{}");
	check_eq(jan.status, 401);
	begin(&jan);
	check_eq(end(&jan, value, ""), 0);
	hall_fetch_down(s.hall);
	stage_drain(&s);
	check_eq(wait_for(&jan), 503);
}

TEST(who_is_gone_is_forgotten_and_no_more_than_sixteen_wait)
{
	uint32_t first = 0;

	provider_up(&s, false);
	for (int i = 0; i < 16; i++) {
		begin(&jan);
		check_eq(end(&jan, value, ""), 0);
		first = first ? first : jan.ticket;
	}
	begin(&jan);
	(void)end(&jan, value, "");
	browser_refused(&jan, 429, "busy");
	hall_forget_request(s.hall, first);
	check_eq(end(&jan, value, ""), 0);	/* the same state: being busy has not used it */
	provider_answers(&jan, OIDC_IS, JAN);
	check_eq(jan.status, 200);
}

TEST(what_conclave_fetch_may_not_say_ends_it)
{
	check(!hall_fetch_says(s.hall, bytes_of_string("nonsense")));
	check(!hall_fetch_says(s.hall, bytes_make("\2\0\0\0\7\0\0\3a@b", 10)));	/* nobody asked */
	check(!hall_fetch_says(s.hall, bytes_make("\1\0\0\0\0\0\0\x0dhttp://a.exam", 21)));
	(void)browser_ask(&jan, "/api/me", "{}");
	check_text(jan.body, "{\"error\":{\"code\":\"signed-out\"}}");
}

static void told(enum oidc_question question, enum oidc_outcome outcome, unsigned status, int32_t ahead)
{
	const struct oidc_report r = { .question = question, .outcome = outcome, .status = (uint16_t)status,
		.has_clock = status > 0, .ahead = ahead };
	uint8_t room[OIDC_REPORT_FRAME];
	struct writer w = writer(room, sizeof(room));

	check(oidc_report_write(&w, &r));
	hall_set_time(s.hall, s.now, s.wall);
	check(hall_fetch_says(s.hall, written(&w)));
}

TEST(what_conclave_fetch_tells_is_counted_and_described)
{
	struct hall_numbers n;

	check(strstr(stage_verb(&s, "{\"verb\":\"status\"}"), "\"provider\":{\"issuer\":\"" ISSUER "\","
		"\"redirect\":\"https://localhost:8443/\",\"found\":false}"));
	told(OIDC_ASKS_DISCOVERY, OIDC_OUT_TIMEOUT, 0, 0);
	told(OIDC_ASKS_DISCOVERY, OIDC_OUT_DONE, 200, -3);
	told(OIDC_ASKS_KEYS, OIDC_OUT_STATUS, 503, -4);
	provider_up(&s, false);
	begin(&jan);
	check_eq(end(&jan, value, ""), 0);
	provider_answers(&jan, OIDC_REFUSED, "");
	begin(&jan);
	check_eq(end(&jan, value, ""), 0);
	hall_count(s.hall, &n);
	check(n.fetch.configured && n.fetch.found);
	check(n.fetch.requests[OIDC_ASKS_DISCOVERY] == 2 && n.fetch.requests[OIDC_ASKS_KEYS] == 1);
	check(n.fetch.failures[OIDC_OUT_TIMEOUT] == 1 && n.fetch.failures[OIDC_OUT_STATUS] == 1);
	check_eq(n.fetch.failures[OIDC_OUT_DONE], 0);
	check_eq(n.fetch.last_success, s.wall);
	check(n.fetch.sign_ons_refused == 1 && n.fetch.sign_ons_proven == 0 && n.fetch.sign_ons_unanswered == 0);
	check(strstr(stage_verb(&s, "{\"verb\":\"status\"}"), "\"found\":true,"
		"\"discovery\":{\"result\":\"done\",\"status\":200},\"keys\":{\"result\":\"status\",\"status\":503},"
		"\"success\":"));
	check(strstr(s.answer, ",\"ahead\":-4}"));
	/* It dies: what it said last is no news of the next one, and who waits was not answered. */
	hall_fetch_down(s.hall);
	hall_count(s.hall, &n);
	check(!n.fetch.found && n.fetch.requests[OIDC_ASKS_DISCOVERY] == 2 && n.fetch.sign_ons_unanswered == 1);
	check(!strstr(stage_verb(&s, "{\"verb\":\"status\"}"), "discovery"));
}

#define ON_STAGE(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
static const struct CMUnitTest tests[] = {
	ON_STAGE(the_page_hears_of_a_provider_that_was_found),
	ON_STAGE(who_the_provider_names_is_signed_in),
	ON_STAGE(no_two_sign_ins_have_a_secret_in_common),
	ON_STAGE(D16_a_state_is_of_one_browser),
	ON_STAGE(D16_an_answer_counts_once),
	ON_STAGE(a_state_ends_after_five_minutes),
	ON_STAGE(D16_an_answer_of_another_provider_is_refused),
	ON_STAGE(only_an_account_that_is_there_is_signed_in),
	ON_STAGE(the_administration_has_no_provider),
	ON_STAGE(who_waits_hears_in_any_case),
	ON_STAGE(who_is_gone_is_forgotten_and_no_more_than_sixteen_wait),
	ON_STAGE(what_conclave_fetch_may_not_say_ends_it),
	ON_STAGE(what_conclave_fetch_tells_is_counted_and_described),
};

RUN_TESTS(tests)
