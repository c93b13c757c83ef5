/* SPDX-License-Identifier: EUPL-1.2 */
/* fetch/party.c with a provider in memory, in virtual time: what it asks for, how often, and that no token makes it ask
 * for more (ATTACKS D16). In tests only. */
#include "fetch/party.h"

#include <errno.h>

#include "tests/support/issuer.h"
#include "tests/support/check.h"

#define ISSUER "https://login.example"
#define ENDPOINTS "\"authorization_endpoint\":\"https://login.example/ask\"," \
	"\"token_endpoint\":\"https://login.example/token\",\"jwks_uri\":\"https://keys.example/jwks\""
#define CODE "c0de&x=%"
#define WALL SECONDS(ISSUER_NOW)

static struct issuer issuer;
static struct party *party;
static usec_t now;

/* What the provider does, and what it was asked. */
static struct {
	const char *about;		/* itself */
	unsigned discoveries, keys, exchanges;
	unsigned status;		/* of an exchange */
	int silent;			/* a negative errno; 0 = it answers */
	int64_t date;
	const char *key_name;
	char body[4096], user[64], password[64];
	char answer[ISSUER_TEXT + 64];
} provider;

static struct bytes put(const char *before, const char *text, const char *behind)
{
	int n = snprintf(provider.answer, sizeof(provider.answer), "%s%s%s", before, text, behind);

	return bytes_make(provider.answer, (size_t)n);
}

static struct bytes exchange(const struct party_asking *q)
{
	struct bytes token = issuer_token(&issuer);
	char text[ISSUER_TEXT];

	provider.exchanges++;
	snprintf(provider.body, sizeof(provider.body), "%s", q->body);
	snprintf(provider.user, sizeof(provider.user), "%s", q->user ? q->user : "");
	snprintf(provider.password, sizeof(provider.password), "%s", q->password ? q->password : "");
	snprintf(text, sizeof(text), "%.*s", (int)token.size, (const char *)token.data);
	return put("{\"token_type\":\"Bearer\",\"id_token\":\"", text, "\"}");
}

static int ask(void *user __attribute__((unused)), const struct party_asking *q, struct party_heard *ret)
{
	if (provider.silent)
		return provider.silent;
	ret->status = 200;
	ret->date = provider.date;
	if (strcmp(q->url, "https://login.example/token") == 0) {
		ret->status = provider.status;
		ret->body = exchange(q);
		return 0;
	}
	check(!q->body && !q->user && !q->password);
	if (strcmp(q->url, "https://login.example/.well-known/openid-configuration") == 0) {
		provider.discoveries++;
		ret->body = put("", provider.about, "");
		return 0;
	}
	check_text(q->url, "https://keys.example/jwks");
	provider.keys++;
	ret->body = put("{\"keys\":[", issuer_jwk(&issuer, provider.key_name, ""), "]}");
	return 0;
}

static int setup(void **state __attribute__((unused)))
{
	static const struct party_config config = { .issuer = ISSUER, .client = "conclave", .secret = "s p&c",
		.redirect = "https://council.example/signed-on", .verified = "email_verified",
		.algorithm = OIDC_ES256 };

	memset(&provider, 0, sizeof(provider));
	provider.about = "{\"issuer\":\"" ISSUER "\"," ENDPOINTS "}";
	provider.status = 200;
	provider.key_name = "first";
	issuer_init(&issuer, OIDC_ES256);
	now = SECONDS(1000);
	return party_new(&party, &config, ask, NULL);
}

static int teardown(void **state __attribute__((unused)))
{
	party = party_free(party);
	issuer_done(&issuer);
	return 0;
}

/* What came of that, in its order; how many. */
static struct oidc_report reports[8];
static size_t n_reports;		/* of the last sign-in */
static size_t hear_reports(void)
{
	size_t n = 0;

	for (;;) {
		uint8_t room[OIDC_REPORT_FRAME];
		struct writer w = writer(room, sizeof(room));

		if (!party_poll(party, &w))
			return n;
		check(n < ARRAY_SIZE(reports));
		check(oidc_report_read(written(&w), &reports[n++]));
	}
}

static void find(void)
{
	uint8_t room[OIDC_FRAME];
	struct writer w = writer(room, sizeof(room));
	struct oidc_answer a;

	check(party_timeout(party, now, WALL, &w));
	check(oidc_result_read(written(&w), &a));
	check_eq(a.result, OIDC_READY);
	check(bytes_equal_string(a.text, "https://login.example/ask"));
	check_eq(hear_reports(), 2);
	check_eq(party_deadline(party), USEC_NEVER);
	w = writer(room, sizeof(room));
	check(!party_timeout(party, now + MINUTES(60), WALL, &w));
}

static enum oidc_result sign_on(void)
{
	const struct oidc_request q = { .number = 5, .code = bytes_of_string(CODE),
		.verifier = bytes_of_string("verifier"), .nonce = bytes_of_string("n-once") };
	uint8_t frame[OIDC_FRAME], room[OIDC_FRAME];
	struct writer w = writer(frame, sizeof(frame)), out = writer(room, sizeof(room));
	struct oidc_answer a;

	check(oidc_request_write(&w, &q));
	check(party_answer(party, written(&w), now, WALL, &out));
	check(oidc_result_read(written(&out), &a));
	check_eq(a.number, 5);
	n_reports = hear_reports();
	if (a.result == OIDC_IS)
		check(bytes_equal_string(a.text, "An.Peeters@council.example"));
	return a.result;
}

TEST(a_code_is_exchanged_with_all_that_belongs_to_it)
{
	find();
	check_eq(sign_on(), OIDC_IS);
	check_text(provider.body, "grant_type=authorization_code&code=c0de%26x%3D%25&code_verifier=verifier"
		"&redirect_uri=https%3A%2F%2Fcouncil.example%2Fsigned-on");
	check_text(provider.user, "conclave");
	check_text(provider.password, "s%20p%26c");
	check(provider.discoveries == 1 && provider.keys == 1 && provider.exchanges == 1);
}

TEST(a_provider_that_wants_the_secret_in_the_body_gets_it_there)
{
	provider.about = "{\"issuer\":\"" ISSUER "\"," ENDPOINTS
		",\"token_endpoint_auth_methods_supported\":[\"client_secret_post\"]}";
	find();
	check_eq(sign_on(), OIDC_IS);
	check(strstr(provider.body, "&client_id=conclave&client_secret=s%20p%26c"));
	check_text(provider.user, "");
}

TEST(a_provider_that_does_not_fit_is_looked_for_again)
{
	uint8_t room[OIDC_FRAME];
	struct writer w = writer(room, sizeof(room));

	provider.about = "{\"issuer\":\"https://evil.example\"," ENDPOINTS "}";
	check(!party_timeout(party, now, WALL, &w));
	check(!party_timeout(party, now + PARTY_PAUSE - 1, WALL, &w));
	check_eq(provider.discoveries, 1);
	check_eq(provider.keys, 0);
	check_eq(party_deadline(party), now + PARTY_PAUSE);
	check_eq(sign_on(), OIDC_UNREACHABLE);
	check_eq(provider.exchanges, 0);
	now += PARTY_PAUSE;
	provider.about = "{\"issuer\":\"" ISSUER "\"," ENDPOINTS "}";
	find();
	check_eq(sign_on(), OIDC_IS);
}

/* RFC 6749, 4.1.2: a provider refuses a code that was used; its word is taken, whatever stands beside it. */
TEST(D16_a_refused_code_proves_nothing)
{
	find();
	provider.status = 400;
	check_eq(sign_on(), OIDC_REFUSED);
	provider.status = 302;
	check_eq(sign_on(), OIDC_REFUSED);
	provider.status = 503;
	check_eq(sign_on(), OIDC_UNREACHABLE);
	provider.silent = -ETIMEDOUT;
	check_eq(sign_on(), OIDC_UNREACHABLE);
	provider.silent = 0;
	provider.status = 200;
	check_eq(sign_on(), OIDC_IS);
}

TEST(D16_a_storm_of_unknown_keys_asks_once_in_five_minutes)
{
	find();
	issuer_header(&issuer, "first", "second");
	for (int i = 0; i < 1000; i++)
		check_eq(sign_on(), OIDC_REFUSED);
	check_eq(provider.keys, 1);	/* they were fetched just now */
	for (int i = 0; i < 100; i++) {
		now += MINUTES(1);
		check_eq(sign_on(), OIDC_REFUSED);
	}
	check_eq(provider.keys, 21);
	check_eq(provider.discoveries, 1);
}

TEST(D16_no_address_of_a_token_is_asked)
{
	find();
	issuer_header(&issuer, "{", "{\"jku\":\"https://evil.example/keys\",\"x5u\":\"https://evil.example/x\",");
	now += MINUTES(10);
	check_eq(sign_on(), OIDC_REFUSED);	/* ask() fails the test at any other address */
	check_eq(provider.keys, 1);
}

TEST(a_new_key_is_found)
{
	find();
	now += PARTY_KEYS_PAUSE;
	provider.key_name = "second";
	issuer_header(&issuer, "first", "second");
	check_eq(sign_on(), OIDC_IS);
	check_eq(provider.keys, 2);
	check_eq(sign_on(), OIDC_IS);
	check_eq(provider.keys, 2);
}

/* A key that the provider took back is not trusted for ever. */
TEST(old_keys_are_fetched_anew_and_end)
{
	find();
	now += PARTY_KEYS_FRESH;
	check_eq(sign_on(), OIDC_IS);
	check_eq(provider.keys, 2);
	now += PARTY_KEYS_FRESH;
	provider.key_name = "second";
	check_eq(sign_on(), OIDC_REFUSED);
	check_eq(provider.keys, 3);
}

static void reported(size_t i, enum oidc_question question, enum oidc_outcome outcome, unsigned status)
{
	check_eq(reports[i].question, question);
	check_eq(reports[i].outcome, outcome);
	check_eq(reports[i].status, status);
}

static void look_in_vain(enum oidc_question question, enum oidc_outcome outcome, unsigned status)
{
	uint8_t room[OIDC_FRAME];
	struct writer w = writer(room, sizeof(room));

	check(!party_timeout(party, now, WALL, &w));
	n_reports = hear_reports();
	check(n_reports > 0);
	reported(n_reports - 1, question, outcome, status);
	now += PARTY_PAUSE;
}

TEST(each_question_is_reported_with_its_outcome)
{
	static const struct { int silent; enum oidc_outcome outcome; } troubles[] = {
		{ -EHOSTUNREACH, OIDC_OUT_NAME }, { -ECONNREFUSED, OIDC_OUT_CONNECTION },
		{ -ETIMEDOUT, OIDC_OUT_TIMEOUT }, { -EACCES, OIDC_OUT_CERTIFICATE }, { -EFBIG, OIDC_OUT_UNFIT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(troubles); i++) {
		provider.silent = troubles[i].silent;
		look_in_vain(OIDC_ASKS_DISCOVERY, troubles[i].outcome, 0);
		check(n_reports == 1 && !reports[0].has_clock);
	}
	provider.silent = 0;
	provider.about = "{\"issuer\":\"https://evil.example\"," ENDPOINTS "}";
	look_in_vain(OIDC_ASKS_DISCOVERY, OIDC_OUT_UNFIT, 200);
	provider.about = "{\"issuer\":\"" ISSUER "\"," ENDPOINTS "}";
	issuer_done(&issuer);
	issuer_init(&issuer, OIDC_RS256);
	look_in_vain(OIDC_ASKS_KEYS, OIDC_OUT_UNFIT, 200);	/* of another kind than ours */
	check_eq(n_reports, 2);
	reported(0, OIDC_ASKS_DISCOVERY, OIDC_OUT_DONE, 200);
	issuer_done(&issuer);
	issuer_init(&issuer, OIDC_ES256);
	find();
	check_eq(sign_on(), OIDC_IS);
	check_eq(n_reports, 1);
	reported(0, OIDC_ASKS_TOKEN, OIDC_OUT_DONE, 200);
	provider.status = 401;
	check_eq(sign_on(), OIDC_REFUSED);
	reported(0, OIDC_ASKS_TOKEN, OIDC_OUT_STATUS, 401);
	check(!party_poll(party, &(struct writer){ 0 }));	/* each once */
}

TEST(the_providers_clock_is_compared_with_ours)
{
	static const int64_t apart[] = { 0, 1, -3600, INT64_MAX / 2 };

	find();
	check_eq(sign_on(), OIDC_IS);
	check(!reports[0].has_clock && reports[0].ahead == 0);
	for (size_t i = 0; i < ARRAY_SIZE(apart); i++) {
		provider.date = ISSUER_NOW + apart[i];
		check_eq(sign_on(), OIDC_IS);
		check(reports[0].has_clock);
		check_eq(reports[0].ahead, MIN(apart[i], (int64_t)INT32_MAX));
	}
}

TEST(what_is_no_request_has_no_answer)
{
	uint8_t room[OIDC_FRAME];
	struct writer w = writer(room, sizeof(room));

	find();
	check(!party_answer(party, bytes_of_string(""), now, 0, &w));
	check(!party_answer(party, bytes_of_string("nonsense"), now, 0, &w));
	check_eq(provider.exchanges, 0);
}

#define WITH_PROVIDER(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
static const struct CMUnitTest tests[] = {
	WITH_PROVIDER(a_code_is_exchanged_with_all_that_belongs_to_it),
	WITH_PROVIDER(a_provider_that_wants_the_secret_in_the_body_gets_it_there),
	WITH_PROVIDER(a_provider_that_does_not_fit_is_looked_for_again),
	WITH_PROVIDER(D16_a_refused_code_proves_nothing),
	WITH_PROVIDER(D16_a_storm_of_unknown_keys_asks_once_in_five_minutes),
	WITH_PROVIDER(D16_no_address_of_a_token_is_asked),
	WITH_PROVIDER(a_new_key_is_found),
	WITH_PROVIDER(old_keys_are_fetched_anew_and_end),
	WITH_PROVIDER(each_question_is_reported_with_its_outcome),
	WITH_PROVIDER(the_providers_clock_is_compared_with_ours),
	WITH_PROVIDER(what_is_no_request_has_no_answer),
};

RUN_TESTS(tests)
