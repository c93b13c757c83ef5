/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/oidc_provider.c, oidc_url.c, oidc_frame.c: what a provider may say of itself, and where a browser is sent. In
 * tests only. */
#include "auth/oidc_frame.h"
#include "auth/oidc_report.h"
#include "auth/oidc_provider.h"
#include "base/mem.h"
#include "tests/support/check.h"

#define ISSUER "https://login.example/town"
#define HEAD "{\"issuer\":\"" ISSUER "\",\"authorization_endpoint\":\"https://login.example/ask\","
#define TAIL "\"token_endpoint\":\"https://login.example/token\",\"jwks_uri\":\"https://keys.example/jwks\"}"

static enum oidc_refusal read_provider(struct oidc_provider *p, const char *json)
{
	return oidc_provider_read(p, ISSUER, OIDC_ES256, bytes_of_string(json));
}

TEST(a_provider_that_fits_is_taken)
{
	struct oidc_provider p;

	check_eq(read_provider(&p, HEAD TAIL), OIDC_PROVIDER_FINE);
	check_text(p.authorize, "https://login.example/ask");
	check_text(p.token, "https://login.example/token");
	check_text(p.keys, "https://keys.example/jwks");
	check(!p.says_issuer && !p.posts_secret);
	check_eq(read_provider(&p, HEAD "\"authorization_response_iss_parameter_supported\":true,"
		"\"token_endpoint_auth_methods_supported\":[\"client_secret_post\"],"
		"\"code_challenge_methods_supported\":[\"plain\",\"S256\"],"
		"\"id_token_signing_alg_values_supported\":[\"RS256\",\"ES256\"]," TAIL), OIDC_PROVIDER_FINE);
	check(p.says_issuer && p.posts_secret);
}

TEST(what_a_provider_says_must_fit)
{
	static const struct { const char *json; enum oidc_refusal why; } list[] = {
		{ "", OIDC_PROVIDER_MALFORMED },
		{ "[]", OIDC_PROVIDER_MALFORMED },
		{ "{}", OIDC_PROVIDER_OTHER },
		{ "{\"issuer\":\"https://login.example\"," TAIL, OIDC_PROVIDER_OTHER },
		{ HEAD "\"issuer\":\"" ISSUER "\"," TAIL, OIDC_PROVIDER_MALFORMED },
		{ "{\"issuer\":\"" ISSUER "\"," TAIL, OIDC_PROVIDER_MALFORMED },
		{ HEAD "\"token_endpoint\":\"http://login.example/token\",\"jwks_uri\":\"https://a.example\"}",
			OIDC_PROVIDER_MALFORMED },
		{ HEAD "\"token_endpoint\":\"https://login.example/token\",\"jwks_uri\":\"file:///etc/passwd\"}",
			OIDC_PROVIDER_MALFORMED },
		{ HEAD "\"id_token_signing_alg_values_supported\":[\"RS256\",\"none\"]," TAIL, OIDC_PROVIDER_ALGORITHM },
		{ HEAD "\"code_challenge_methods_supported\":[\"plain\"]," TAIL, OIDC_PROVIDER_PKCE },
		{ HEAD "\"code_challenge_methods_supported\":[]," TAIL, OIDC_PROVIDER_PKCE },
		{ HEAD "\"token_endpoint_auth_methods_supported\":[\"private_key_jwt\"]," TAIL, OIDC_PROVIDER_SECRET },
	};

	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		struct oidc_provider p = { .token = "untouched" };

		check_eq(read_provider(&p, list[i].json), list[i].why);
		check_text(p.token, "untouched");
	}
}

TEST(addresses_are_https_and_nothing_else)
{
	static const char *const good[] = {
		"https://a.example", "https://a.example/", "https://a.example:8443/x?p=1&q=%20", "https://a.example?x",
		"https://127.0.0.1:65535/", "https://[::1]:9/x",
	};
	static const char *const bad[] = {
		"", "https://", "https:///x", "http://a.example/", "HTTPS://a.example/", "ftp://a.example/",
		"https://user@a.example/", "https://user:word@a.example/", "https://a.example#x",
		"https://a.example/#x", "https://a.example:/", "https://a.example:x/", "https://a.example:123456/",
		"https://a b/", "https://a.example/\r\nHost: b", "https://a.example/ ", "https://a.example\\@b/",
		"https://::1/", "https://[::1/", "https://a]/", "https://a.example/\"", "https://\xc3\xa9.example/",
	};
	char url[OIDC_URL_SIZE + 8] = "https://a.example/";

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		check(oidc_url_is_good(good[i]));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		check(!oidc_url_is_good(bad[i]));
	memset(url + strlen(url), 'x', OIDC_URL_SIZE - 1 - strlen(url));
	check(oidc_url_is_good(url));
	url[strlen(url)] = 'x';
	check(!oidc_url_is_good(url));
}

TEST(it_is_found_where_it_says)
{
	char url[OIDC_URL_SIZE], issuer[OIDC_URL_SIZE] = "https://a.example/";

	check(oidc_discovery_url("https://a.example", url));
	check_text(url, "https://a.example/.well-known/openid-configuration");
	check(oidc_discovery_url("https://a.example/town/", url));
	check_text(url, "https://a.example/town/.well-known/openid-configuration");
	check(!oidc_discovery_url("http://a.example", url));
	memset(issuer + strlen(issuer), 'x', OIDC_URL_SIZE - 1 - strlen(issuer));
	check(!oidc_discovery_url(issuer, url));
}

/* The verifier of RFC 7636, appendix B, and its challenge. */
TEST(a_browser_is_sent_with_all_that_binds_its_answer)
{
	struct oidc_asking a = { .endpoint = "https://login.example/ask", .client = "a&b=c", .state = "S",
		.redirect = "https://council.example/signed-on", .nonce = "N",
		.verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" };
	char url[2048];
	struct writer w = writer(url, sizeof(url) - 1);

	check(oidc_url_ask(&w, &a));
	*w.at = 0;
	check_text(url, "https://login.example/ask?response_type=code&scope=openid%20email&client_id=a%26b%3Dc"
		"&redirect_uri=https%3A%2F%2Fcouncil.example%2Fsigned-on&state=S&nonce=N&code_challenge_method=S256"
		"&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
	a.endpoint = "https://login.example/ask?policy=x";
	a.acr = "urn:level high";
	w = writer(url, sizeof(url) - 1);
	check(oidc_url_ask(&w, &a));
	*w.at = 0;
	check(strncmp(url, "https://login.example/ask?policy=x&response_type=code&", 54) == 0);
	check(strstr(url, "&acr_values=urn%3Alevel%20high&"));
	/* The national register number is in no scope that is asked for. */
	check(!strstr(url, "rrn") && !strstr(url, "profile"));
	w = writer(url, 100);
	check(!oidc_url_ask(&w, &a));
}

TEST(an_answer_has_an_id_token_or_none)
{
	char token[16] = "untouched";

	check(!oidc_answer_read(bytes_of_string("{}"), token, sizeof(token)));
	check(!oidc_answer_read(bytes_of_string("x"), token, sizeof(token)));
	check(!oidc_answer_read(bytes_of_string("{\"id_token\":1}"), token, sizeof(token)));
	check(!oidc_answer_read(bytes_of_string("{\"id_token\":\"0123456789012345\"}"), token, sizeof(token)));
	check_text(token, "untouched");
	check(oidc_answer_read(bytes_of_string("{\"id_token\":\"012345678901234\"}"), token, sizeof(token)));
	check_text(token, "012345678901234");
}

TEST(frames_come_back_as_they_were)
{
	static const enum oidc_result results[] = { OIDC_READY, OIDC_IS, OIDC_REFUSED, OIDC_UNREACHABLE };
	const struct oidc_request q = { .number = 7, .code = bytes_of_string("c0de"),
		.verifier = bytes_of_string("verifier"), .nonce = bytes_of_string("nonce") };
	struct oidc_request r;
	uint8_t room[OIDC_FRAME];
	struct writer w = writer(room, sizeof(room));

	check(oidc_request_write(&w, &q));
	check(oidc_request_read(written(&w), &r));
	check_eq(r.number, 7);
	check(bytes_equal(r.code, q.code) && bytes_equal(r.verifier, q.verifier) && bytes_equal(r.nonce, q.nonce));
	for (size_t n = 0; n < written(&w).size; n++)
		check(!oidc_request_read(bytes_make(room, n), &r));
	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		const struct oidc_answer a = { .result = results[i], .number = i ? 9 : 0, .says_issuer = i == 0,
			.text = bytes_of_string(i < 2 ? "a@b.example" : "") };
		struct oidc_answer b;

		w = writer(room, sizeof(room));
		check(oidc_result_write(&w, &a));
		check(oidc_result_read(written(&w), &b));
		check(a.result == b.result && a.number == b.number && a.says_issuer == b.says_issuer &&
			bytes_equal(a.text, b.text));
		for (size_t n = 0; n < written(&w).size; n++)
			check(!oidc_result_read(bytes_make(room, n), &b));
	}
}

TEST(reports_come_back_as_they_were)
{
	static const struct oidc_report reports[] = {
		{ .question = OIDC_ASKS_DISCOVERY, .outcome = OIDC_OUT_NAME },
		{ .question = OIDC_ASKS_KEYS, .outcome = OIDC_OUT_DONE, .status = 200, .has_clock = true },
		{ .question = OIDC_ASKS_TOKEN, .outcome = OIDC_OUT_STATUS, .status = 401, .has_clock = true,
			.ahead = -86400 },
		{ .question = OIDC_ASKS_TOKEN, .outcome = OIDC_OUT_UNFIT, .status = 200, .has_clock = true,
			.ahead = INT32_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(reports); i++) {
		uint8_t room[OIDC_REPORT_FRAME];
		struct writer w = writer(room, sizeof(room));
		struct oidc_report r = { 0 };
		struct oidc_answer a;

		check(oidc_report_write(&w, &reports[i]));
		check_eq(written(&w).size, OIDC_REPORT_FRAME);
		check(oidc_report_read(written(&w), &r));
		check(r.question == reports[i].question && r.outcome == reports[i].outcome);
		check(r.status == reports[i].status && r.has_clock == reports[i].has_clock);
		check_eq(r.ahead, reports[i].ahead);
		check(!oidc_result_read(written(&w), &a));
		for (size_t n = 0; n < sizeof(room); n++)
			check(!oidc_report_read(bytes_make(room, n), &r));
	}
}

TEST(what_is_no_report_is_refused)
{
	static const uint8_t fine[OIDC_REPORT_FRAME] = { 5, 2, 6, 1, 0x91, 1, 0, 0, 0, 7 };
	static const struct { uint8_t at, is; } bad[] = {
		{ 0, 4 }, { 1, OIDC_QUESTION_N }, { 2, OIDC_OUTCOME_N }, { 5, 2 }, { 5, 0 },	/* 7 s, and no clock */
	};
	uint8_t room[OIDC_REPORT_FRAME];
	struct oidc_report r;

	check(oidc_report_read(bytes_make(fine, sizeof(fine)), &r));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		memcpy(room, fine, sizeof(room));
		room[bad[i].at] = bad[i].is;
		check(!oidc_report_read(bytes_make(room, sizeof(room)), &r));
	}
}

TEST(what_cannot_be_seen_is_in_no_frame)
{
	static const char *const bad[] = { "", "a b", "a\nb", "\x7f", "\xc3\xa9" };
	uint8_t room[OIDC_FRAME];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const struct bytes fine = bytes_of_string("fine");
		struct oidc_request q = { .code = bytes_of_string(bad[i]), .verifier = fine, .nonce = fine };
		const struct oidc_answer a = { .result = OIDC_IS, .text = bytes_of_string(bad[i]) };
		struct writer w = writer(room, sizeof(room));

		check(!oidc_request_write(&w, &q));
		check(!oidc_result_write(&w, &a));
		q = (struct oidc_request){ .code = fine, .verifier = bytes_of_string(bad[i]), .nonce = fine };
		check(!oidc_request_write(&w, &q));
		q = (struct oidc_request){ .code = fine, .verifier = fine, .nonce = bytes_of_string(bad[i]) };
		check(!oidc_request_write(&w, &q));
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_provider_that_fits_is_taken),
	cmocka_unit_test(what_a_provider_says_must_fit),
	cmocka_unit_test(addresses_are_https_and_nothing_else),
	cmocka_unit_test(it_is_found_where_it_says),
	cmocka_unit_test(a_browser_is_sent_with_all_that_binds_its_answer),
	cmocka_unit_test(an_answer_has_an_id_token_or_none),
	cmocka_unit_test(frames_come_back_as_they_were),
	cmocka_unit_test(reports_come_back_as_they_were),
	cmocka_unit_test(what_is_no_report_is_refused),
	cmocka_unit_test(what_cannot_be_seen_is_in_no_frame),
};

RUN_TESTS(tests)
