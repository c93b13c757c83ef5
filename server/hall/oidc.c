/* SPDX-License-Identifier: EUPL-1.2 */
/* POST /api/sign-in/oidc…: by the provider of the house (OpenID Connect). In conclaved.
 * Invariant: an answer of the provider counts once, in the browser that asked, for an account that is there; nothing is
 * kept of a sign-in on its way but the mark of a used one. */
#include "server/hall/oidc.h"

#include <errno.h>

#include "auth/base64url.h"
#include "auth/hmac.h"
#include "server/hall/cookie.h"
#include "server/hall/oidc_tally.h"
#include "server/hall/security.h"

#define REFUSED "sign-on-refused"
#define COOKIE "__Host-sign-on"
#define SLOTS 16			/* sign-ins that wait at once; a provider answers in some 200 ms */
#define PATIENCE SECONDS(18)		/* the page waits for 20 */
#define KEY_SIZE 32
#define SECRET_LETTERS 43

struct oidc_slot {
	/* borrowed */
	struct waiting *waiting;	/* NULL = free */

	/* state */
	uint32_t number;
	usec_t deadline;
	bool sends;
	size_t size;
	uint8_t frame[OIDC_FRAME];
};

struct oidc {
	/* owned */
	struct challenge_used used;
	char *issuer, *client, *redirect, *acr;		/* acr: NULL = none */

	/* state */
	uint8_t state_key[CHALLENGE_KEY_SIZE], secret_key[KEY_SIZE];
	bool ready, says_issuer;
	struct oidc_tally tally;
	char url[OIDC_URL_SIZE];
	uint32_t last_number;
	struct oidc_slot slots[SLOTS];
	uint8_t polled[OIDC_FRAME];
};

/* What a sign-in needs twice and nobody keeps in between. */
struct secrets {
	char nonce[SECRET_LETTERS + 1], verifier[SECRET_LETTERS + 1];
};

int oidc_new(struct oidc **ret, const struct hall_provider *provider)
{
	_cleanup_(oidc_freep) struct oidc *o = mem_new(struct oidc);

	if (!o)
		return -ENOMEM;
	o->issuer = mem_copy_string(provider->issuer);
	o->client = mem_copy_string(provider->client);
	o->redirect = mem_copy_string(provider->redirect);
	o->acr = provider->acr ? mem_copy_string(provider->acr) : NULL;
	if (!o->issuer || !o->client || !o->redirect || (provider->acr && !o->acr) ||
	    challenge_used_init(&o->used) < 0)
		return -ENOMEM;
	random_bytes(o->state_key, sizeof(o->state_key));
	random_bytes(o->secret_key, sizeof(o->secret_key));
	*ret = take(o);
	return 0;
}

struct oidc *oidc_free(struct oidc *o)
{
	if (!o)
		return NULL;
	challenge_used_done(&o->used);
	mem_free(o->issuer);
	mem_free(o->client);
	mem_free(o->redirect);
	mem_free(o->acr);
	mem_wipe(o, sizeof(*o));
	mem_free(o);
	return NULL;
}

bool oidc_is_ready(const struct hall *h)
{
	return h->gate->oidc && h->gate->oidc->ready;
}

/* Of the state and of the browser's own secret, which an address never shows: who has only one of them has nothing. */
static bool derive(const struct oidc *o, const char *what, const char *state, struct bytes browser,
	char ret[static SECRET_LETTERS + 1])
{
	uint8_t text[256];
	struct writer w = writer(text, sizeof(text)), out = writer(ret, SECRET_LETTERS + 1);
	struct digest d;

	write_string(&w, what);
	write_string(&w, state);
	write_bytes(&w, browser);
	if (!w.ok || !hmac_sha256(bytes_make(o->secret_key, KEY_SIZE), written(&w), &d))
		return false;
	base64url_write(&out, bytes_make(d.bytes, sizeof(d.bytes)));
	write_u8(&out, 0);
	return out.ok;
}

static bool derive_both(const struct oidc *o, const char *state, struct bytes browser, struct secrets *ret)
{
	return derive(o, "nonce ", state, browser, ret->nonce) &&
		derive(o, "verifier ", state, browser, ret->verifier);
}

static bool print_url(const struct oidc *o, const char *state, struct bytes browser, struct writer *w)
{
	struct secrets secrets;
	const struct oidc_asking a = { .endpoint = o->url, .client = o->client, .redirect = o->redirect,
		.state = state, .nonce = secrets.nonce, .verifier = secrets.verifier, .acr = o->acr };
	bool done = derive_both(o, state, browser, &secrets) && oidc_url_ask(w, &a);

	mem_wipe(&secrets, sizeof(secrets));
	write_u8(w, 0);
	return done && w->ok;
}

void ask_sign_in_oidc_begin(struct hall *h, struct request *q)
{
	struct oidc *o = h->gate->oidc;
	char url[OIDC_URL_SIZE * 4];
	struct writer to = writer(url, sizeof(url)), cookie, w;
	struct json j = json_writer(&w);
	struct challenge state;
	struct token browser;
	struct digest unused;

	if (!oidc_is_ready(h) || token_new(&browser, &unused) < 0 ||
	    challenge_new(o->state_key, CHALLENGE_SIGN_ON, bytes_of_string(browser.text), h->now, &state) < 0 ||
	    !print_url(o, state.text, bytes_of_string(browser.text), &to)) {
		request_refuse(h, q, 503, "unavailable");
		return;
	}
	if (request_begin(h, q, 0, &w)) {
		json_open_object(&j, NULL);
		json_text(&j, "url", url);
		json_close_object(&j);
		request_end(h, q, &w);
		cookie = writer(q->answer->set_cookie, sizeof(q->answer->set_cookie));
		write_format(&cookie, COOKIE "=%s; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=%u", browser.text,
			(unsigned)(CHALLENGE_LIFE / SECONDS(1)));
		write_u8(&cookie, 0);
	}
	mem_wipe(&browser, sizeof(browser));
}

/* RFC 9207: an answer of another provider, which was to be taken for this one's. */
static bool is_of_provider(const struct oidc *o, const struct wire_node *body)
{
	const char *issuer = wire_text(body, "iss");

	return issuer ? strcmp(issuer, o->issuer) == 0 : !o->says_issuer;
}

/* The state is ours, of this browser, and not too old. */
static bool is_expected(struct hall *h, const struct request *q, struct bytes *browser)
{
	return cookie_named(q->http->cookies, COOKIE, browser) && browser->size == TOKEN_LETTERS &&
		challenge_check(h->gate->oidc->state_key, CHALLENGE_SIGN_ON, *browser, h->now,
			bytes_of_string(wire_text(q->body, "state"))) == CHALLENGE_OK;
}

static void refuse(struct hall *h, const struct request *q, const char *email)
{
	note_security(h, SECURITY_REFUSED, email, "provider");
	request_refuse(h, q, 403, REFUSED);
}

static struct oidc_slot *find_free(struct oidc *o)
{
	for (unsigned i = 0; i < SLOTS; i++)
		if (!o->slots[i].waiting && !o->slots[i].sends)
			return &o->slots[i];
	return NULL;
}

/* False: the code is no text that a provider makes. */
static bool write_frame(struct oidc *o, struct oidc_slot *slot, const struct wire_node *body, struct bytes browser)
{
	struct writer w = writer(slot->frame, sizeof(slot->frame));
	struct secrets secrets;
	bool done = derive_both(o, wire_text(body, "state"), browser, &secrets) &&
		oidc_request_write(&w, &(struct oidc_request){ .number = ++o->last_number,
			.code = bytes_of_string(wire_text(body, "code")),
			.verifier = bytes_of_string(secrets.verifier), .nonce = bytes_of_string(secrets.nonce) });

	mem_wipe(&secrets, sizeof(secrets));
	slot->number = o->last_number;
	slot->size = written(&w).size;
	return done;
}

static void put_to_provider(struct hall *h, const struct request *q, struct bytes browser)
{
	struct oidc *o = h->gate->oidc;
	struct oidc_slot *slot = find_free(o);
	struct waiting w = { .asks_provider = true };
	struct session_row old;

	if (!slot) {
		request_refuse(h, q, 429, "busy");
		return;
	}
	if (!challenge_use(&o->used, bytes_of_string(wire_text(q->body, "state"))) ||
	    !write_frame(o, slot, q->body, browser)) {
		refuse(h, q, NULL);
		return;
	}
	w.has_token = session_open(h, q->http, &old);
	if (w.has_token)
		w.token = old.hash;
	slot->waiting = waiting_keep(h, q, &w);
	slot->sends = slot->waiting;
	slot->deadline = h->now + PATIENCE;
	if (!slot->waiting)
		request_refuse(h, q, 503, "unavailable");
}

void ask_sign_in_oidc(struct hall *h, struct request *q)
{
	struct bytes browser;

	if (!oidc_is_ready(h))
		request_refuse(h, q, 503, "unavailable");
	else if (!is_expected(h, q, &browser) || !is_of_provider(h->gate->oidc, q->body))
		refuse(h, q, NULL);
	else if (!request_must_wait(h, q, browser))
		put_to_provider(h, q, browser);
}

/* An account of this address that is open. None is made. */
static bool find_owner(struct hall *h, struct bytes address, char email[static EMAIL_SIZE], struct holder_row *ret)
{
	char text[OIDC_ADDRESS_MOST + 1] = "";
	struct account_row account;

	memcpy(text, address.data, address.size);
	return email_fold(text, email) && accounts_find(h->db, email, &account) > 0 &&
		holders_read(h->db, account.number, ret) > 0 && !ret->closed && !ret->administrator;
}

static void conclude(struct hall *h, const struct request *q, const struct oidc_answer *a)
{
	char email[EMAIL_SIZE] = "";
	struct holder_row holder;

	if (!a || a->result == OIDC_UNREACHABLE)
		request_refuse(h, q, 503, "unavailable");
	else if (a->result != OIDC_IS || !find_owner(h, a->text, email, &holder))
		refuse(h, q, NULL);
	else
		let_in(h, q, &holder, "provider", -1);
}

/* `a` NULL: there will be none. */
static void finish(struct hall *h, struct oidc_slot *slot, const struct oidc_answer *a)
{
	struct waiting *w = take(slot->waiting);
	struct hall_request http = { .path = "", .cookies = "", .source = w->source, .admin = w->admin };
	struct request q = { .http = &http, .answer = &w->answer, .old = w->has_token ? &w->token : NULL,
		.agent = w->agent };

	oidc_tally_sign_on(&h->gate->oidc->tally, a ? a->result : OIDC_UNREACHABLE);
	slot->sends = false;
	mem_wipe(slot->frame, slot->size);
	w->done = true;
	w->answer = (struct hall_answer){ .body = "" };
	conclude(h, &q, a);
	w->body = mem_copy_string(w->answer.body);
}

bool hall_fetch_says(struct hall *h, struct bytes frame)
{
	struct oidc *o = h->gate->oidc;
	struct oidc_report report;
	struct oidc_answer a;

	h->acting = NULL;
	if (o && oidc_report_read(frame, &report)) {
		oidc_tally_add(&o->tally, &report, h->wall);
		return true;
	}
	if (!o || !oidc_result_read(frame, &a))
		return false;
	if (a.result == OIDC_READY) {
		memcpy(o->url, a.text.data, a.text.size);
		o->url[a.text.size] = '\0';
		o->says_issuer = a.says_issuer;
		o->ready = oidc_url_is_good(o->url);
		return o->ready;
	}
	/* One that is in no slot came too late. */
	for (unsigned i = 0; i < SLOTS; i++)
		if (o->slots[i].waiting && o->slots[i].number == a.number && !o->slots[i].sends)
			finish(h, &o->slots[i], &a);
	return a.number != 0 && a.number <= o->last_number;
}

void hall_fetch_down(struct hall *h)
{
	struct oidc *o = h->gate->oidc;

	h->acting = NULL;
	if (!o)
		return;
	o->ready = false;
	oidc_tally_forget(&o->tally);
	for (unsigned i = 0; i < SLOTS; i++)
		if (o->slots[i].waiting)
			finish(h, &o->slots[i], NULL);
}

void oidc_forget(struct hall *h, const struct waiting *w)
{
	struct oidc *o = h->gate->oidc;

	for (unsigned i = 0; i < SLOTS; i++)
		if (o->slots[i].waiting == w)
			o->slots[i].waiting = NULL;
}

bool oidc_poll(struct hall *h, struct hall_out *ret)
{
	struct oidc *o = h->gate->oidc;

	if (!o)
		return false;
	mem_wipe(o->polled, sizeof(o->polled));
	for (unsigned i = 0; i < SLOTS; i++) {
		struct oidc_slot *slot = &o->slots[i];

		if (!slot->sends)
			continue;
		memcpy(o->polled, slot->frame, slot->size);
		mem_wipe(slot->frame, slot->size);
		slot->sends = false;
		*ret = (struct hall_out){ .kind = HALL_FETCH, .text = bytes_make(o->polled, slot->size) };
		return true;
	}
	return false;
}

usec_t oidc_deadline(const struct hall *h)
{
	const struct oidc *o = h->gate->oidc;
	usec_t deadline = USEC_NEVER;

	for (unsigned i = 0; o && i < SLOTS; i++)
		if (o->slots[i].waiting)
			deadline = MIN(deadline, o->slots[i].deadline);
	return deadline;
}

void oidc_timeout(struct hall *h)
{
	struct oidc *o = h->gate->oidc;

	for (unsigned i = 0; o && i < SLOTS; i++)
		if (o->slots[i].waiting && o->slots[i].deadline <= h->now)
			finish(h, &o->slots[i], NULL);
}

void oidc_count(const struct hall *h, struct hall_fetch_numbers *ret)
{
	const struct oidc *o = h->gate->oidc;

	*ret = (struct hall_fetch_numbers){ 0 };
	if (!o)
		return;
	*ret = o->tally.numbers;
	ret->configured = true;
	ret->found = o->ready;
}

void oidc_describe(const struct hall *h, struct json *j)
{
	const struct oidc *o = h->gate->oidc;

	if (!o)
		return;
	json_open_object(j, "provider");
	json_text(j, "issuer", o->issuer);
	json_text(j, "redirect", o->redirect);
	json_boolean(j, "found", o->ready);
	oidc_tally_write(&o->tally, j);
	json_close_object(j);
}
