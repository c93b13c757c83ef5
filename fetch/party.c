/* SPDX-License-Identifier: EUPL-1.2 */
/* Discovery, keys, and the exchange of a code (OpenID Connect Core 1.0, 3.1.3). In conclave-fetch. */
#include "fetch/party.h"

#include <assert.h>
#include <errno.h>

#include "auth/oidc.h"
#include "auth/oidc_provider.h"
#include "base/log.h"

#define BODY_SIZE (3 * (OIDC_CODE_MOST + OIDC_URL_SIZE + 1024))
#define ESCAPED_SIZE 1024
#define QUIET MINUTES(1)	/* between two lines about the same trouble */
#define REPORTS 4		/* of one turn: a token and keys, or discovery and keys */

struct party {
	/* owned */
	struct oidc_keys *keys;		/* NULL = none yet */

	/* borrowed */
	struct party_config config;
	party_ask_callback ask;
	void *user;

	/* state */
	struct oidc_provider provider;
	bool found;
	usec_t due;			/* when the provider is looked for */
	usec_t keys_asked, keys_got;
	usec_t wall;			/* of this turn */
	struct oidc_report reports[REPORTS];
	size_t n_reports, n_told;
	char body[BODY_SIZE];		/* of the last exchange: wiped */
	char token[OIDC_TOKEN_MOST + 1];
};

int party_new(struct party **ret, const struct party_config *config, party_ask_callback ask, void *user)
{
	struct party *p = mem_new(struct party);

	if (!p)
		return -ENOMEM;
	p->config = *config;
	p->ask = ask;
	p->user = user;
	*ret = p;
	return 0;
}

struct party *party_free(struct party *p)
{
	if (!p)
		return NULL;
	p->keys = oidc_keys_free(p->keys);
	mem_wipe(p, sizeof(*p));
	mem_free(p);
	return NULL;
}

static enum oidc_outcome outcome_of(int r, unsigned status)
{
	switch (r) {
	case 0:
		return status == 200 ? OIDC_OUT_DONE : OIDC_OUT_STATUS;
	case -EHOSTUNREACH:
		return OIDC_OUT_NAME;
	case -ETIMEDOUT:
		return OIDC_OUT_TIMEOUT;
	case -EACCES:
		return OIDC_OUT_CERTIFICATE;
	case -EFBIG:
		return OIDC_OUT_UNFIT;
	default:		/* an errno, of which there are many */
		return OIDC_OUT_CONNECTION;
	}
}

/* How far the provider's clock is before ours, which was read before we asked: up to HTTPS_PATIENCE too much. */
static int32_t measure(int64_t date, usec_t wall)
{
	const int64_t ahead = date - (int64_t)(wall / SECONDS(1));

	return (int32_t)MAX(MIN(ahead, (int64_t)INT32_MAX), -(int64_t)INT32_MAX);
}

/* Asks, and keeps for party_poll() what came of it. */
static int put(struct party *p, enum oidc_question question, const struct party_asking *q, struct party_heard *ret)
{
	struct oidc_report *report;
	int r;

	assert(p->n_reports < REPORTS);
	report = &p->reports[p->n_reports++];
	*ret = (struct party_heard){ 0 };
	r = p->ask(p->user, q, ret);
	*report = (struct oidc_report){ .question = question, .outcome = outcome_of(r, ret->status) };
	if (r < 0)
		return r;
	report->status = (uint16_t)ret->status;
	report->has_clock = ret->date != 0;
	report->ahead = ret->date ? measure(ret->date, p->wall) : 0;
	return 0;
}

/* What came last is of no use after all. */
static void call_unfit(struct party *p)
{
	p->reports[p->n_reports - 1].outcome = OIDC_OUT_UNFIT;
}

/* The body of an answer of 200; false: there was none, and the log says so. */
static bool get(struct party *p, const char *url, enum oidc_question what, usec_t now, struct bytes *ret)
{
	const struct party_asking q = { .url = url };
	struct party_heard heard;
	int r = put(p, what, &q, &heard);

	*ret = heard.body;
	if (r < 0)
		log_throttled(LOG_LEVEL_WARN, now, QUIET, "provider-silent",
			LOG_WORD("what", oidc_question_word(what)), LOG_ERROR(r));
	else if (heard.status != 200)
		log_throttled(LOG_LEVEL_WARN, now, QUIET, "provider-refuses",
			LOG_WORD("what", oidc_question_word(what)), LOG_NUMBER("status", heard.status));
	return r == 0 && heard.status == 200;
}

static bool fetch_keys(struct party *p, usec_t now)
{
	struct oidc_keys *keys;
	struct bytes json;

	p->keys_asked = now;
	if (!get(p, p->provider.keys, OIDC_ASKS_KEYS, now, &json))
		return false;
	keys = oidc_keys_read(p->config.algorithm, json);
	if (!keys) {
		call_unfit(p);
		log_warn("provider-without-keys", LOG_WORD("algorithm", oidc_algorithm_word(p->config.algorithm)));
		return false;
	}
	(void)oidc_keys_free(p->keys);
	p->keys = keys;
	p->keys_got = now;
	return true;
}

static bool find(struct party *p, usec_t now)
{
	char url[OIDC_URL_SIZE];
	enum oidc_refusal why;
	struct bytes json;

	if (!oidc_discovery_url(p->config.issuer, url) || !get(p, url, OIDC_ASKS_DISCOVERY, now, &json))
		return false;
	why = oidc_provider_read(&p->provider, p->config.issuer, p->config.algorithm, json);
	if (why != OIDC_PROVIDER_FINE) {
		call_unfit(p);
		log_warn("provider-unfit", LOG_WORD("why", oidc_refusal_word(why)));
		return false;
	}
	return fetch_keys(p, now);
}

bool party_timeout(struct party *p, usec_t now, usec_t wall, struct writer *w)
{
	struct oidc_answer ready = { .result = OIDC_READY };

	p->wall = wall;
	if (p->found || now < p->due)
		return false;
	p->found = find(p, now);
	p->due = now + PARTY_PAUSE;
	if (!p->found)
		return false;
	log_info("provider-found");
	ready.says_issuer = p->provider.says_issuer;
	ready.text = bytes_of_string(p->provider.authorize);
	return oidc_result_write(w, &ready);
}

usec_t party_deadline(const struct party *p)
{
	return p->found ? USEC_NEVER : p->due;
}

static void write_parameter(struct writer *w, const char *name, const char *value)
{
	write_string(w, name);
	oidc_url_escape(w, value);
}

static bool end_text(struct writer *w)
{
	write_u8(w, 0);
	return w->ok;
}

/* Letters of a frame, which has no zero at their end. */
static void write_part(struct writer *w, const char *name, struct bytes part)
{
	char text[OIDC_CODE_MOST + 1];

	memcpy(text, part.data, part.size);
	text[part.size] = '\0';
	write_parameter(w, name, text);
	mem_wipe(text, part.size);
}

static bool write_body(struct party *p, const struct oidc_request *q)
{
	struct writer w = writer(p->body, sizeof(p->body));

	write_string(&w, "grant_type=authorization_code");
	write_part(&w, "&code=", q->code);
	write_part(&w, "&code_verifier=", q->verifier);
	write_parameter(&w, "&redirect_uri=", p->config.redirect);
	if (p->provider.posts_secret) {
		write_parameter(&w, "&client_id=", p->config.client);
		write_parameter(&w, "&client_secret=", p->config.secret);
	}
	return end_text(&w);
}

static bool escape(const char *text, char ret[static ESCAPED_SIZE])
{
	struct writer w = writer(ret, ESCAPED_SIZE);

	oidc_url_escape(&w, text);
	return end_text(&w);
}

/* The ID token for a code, into p->token. */
static enum oidc_result exchange(struct party *p, const struct oidc_request *q, usec_t now)
{
	char user[ESCAPED_SIZE], password[ESCAPED_SIZE];
	struct party_asking a = { .url = p->provider.token, .body = p->body };
	struct party_heard heard = { 0 };
	int r = -EMSGSIZE;

	if (write_body(p, q) && escape(p->config.client, user) && escape(p->config.secret, password)) {
		if (!p->provider.posts_secret) {
			a.user = user;
			a.password = password;
		}
		r = put(p, OIDC_ASKS_TOKEN, &a, &heard);
	}
	mem_wipe(p->body, sizeof(p->body));
	mem_wipe(password, sizeof(password));
	if (r < 0 || heard.status >= 500) {
		log_throttled(LOG_LEVEL_WARN, now, QUIET, "provider-silent", LOG_WORD("what", "token"), LOG_ERROR(r),
			LOG_NUMBER("status", heard.status));
		return OIDC_UNREACHABLE;
	}
	/* A code that was used, or another's: RFC 6749, 5.2 says 400, and 401 when our secret is wrong. */
	if (heard.status != 200 || !oidc_answer_read(heard.body, p->token, sizeof(p->token))) {
		if (heard.status == 200)
			call_unfit(p);
		log_throttled(LOG_LEVEL_WARN, now, QUIET, "code-refused", LOG_NUMBER("status", heard.status));
		return OIDC_REFUSED;
	}
	return OIDC_IS;
}

static bool may_ask_keys(const struct party *p, usec_t now)
{
	return now >= p->keys_asked + PARTY_KEYS_PAUSE;
}

static enum oidc_result judge(struct party *p, const char *nonce, usec_t now,
	char email[static OIDC_EMAIL_SIZE])
{
	const struct oidc_wanted wanted = { .issuer = p->config.issuer, .client = p->config.client, .nonce = nonce,
		.acr = p->config.acr, .verified = p->config.verified, .now = (int64_t)(p->wall / SECONDS(1)) };
	enum oidc_why why;

	if (now >= p->keys_got + PARTY_KEYS_FRESH && may_ask_keys(p, now))
		(void)fetch_keys(p, now);
	if (now >= p->keys_got + PARTY_KEYS_LAST)
		return OIDC_UNREACHABLE;
	why = oidc_check(p->keys, &wanted, bytes_of_string(p->token), email);
	if (why == OIDC_KEY && may_ask_keys(p, now) && fetch_keys(p, now))
		why = oidc_check(p->keys, &wanted, bytes_of_string(p->token), email);
	if (why == OIDC_OK)
		return OIDC_IS;
	log_throttled(LOG_LEVEL_WARN, now, SECONDS(10), "id-token-refused", LOG_WORD("why", oidc_why_word(why)));
	return OIDC_REFUSED;
}

bool party_answer(struct party *p, struct bytes frame, usec_t now, usec_t wall, struct writer *w)
{
	char email[OIDC_EMAIL_SIZE] = "", nonce[OIDC_SECRET_MOST + 1] = "";
	struct oidc_answer answer = { 0 };
	struct oidc_request q;

	if (!oidc_request_read(frame, &q))
		return false;
	p->wall = wall;
	memcpy(nonce, q.nonce.data, q.nonce.size);
	answer.number = q.number;
	answer.result = p->found ? exchange(p, &q, now) : OIDC_UNREACHABLE;
	if (answer.result == OIDC_IS)
		answer.result = judge(p, nonce, now, email);
	mem_wipe(p->token, sizeof(p->token));
	answer.text = bytes_of_string(answer.result == OIDC_IS ? email : "");
	return oidc_result_write(w, &answer);
}

bool party_poll(struct party *p, struct writer *w)
{
	if (p->n_told < p->n_reports)
		return oidc_report_write(w, &p->reports[p->n_told++]);
	p->n_told = p->n_reports = 0;
	return false;
}
