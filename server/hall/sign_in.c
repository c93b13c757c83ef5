/* SPDX-License-Identifier: EUPL-1.2 */
/* POST /api/sign-in…: by passkey, by password and six digits, by a code on paper. In conclaved.
 * Invariant: whatever was wrong, the answer is the same word after the same work; a session begins only with what was
 * used up for it written down. */
#include "server/hall/gate.h"

#include <strings.h>

#include "auth/base64url.h"
#include "server/hall/security.h"

#define REFUSED "sign-in-refused"

/* A view of decoded bytes in `room`, whose rest moves. */
static bool decode(const struct wire_node *n, const char *name, uint8_t **room, size_t *left, struct bytes *ret)
{
	struct bytes text = bytes_of_string(wire_text(n, name) ? wire_text(n, name) : "");
	size_t size = text.size * 3 / 4;

	if (size > *left || !base64url_read(text, *room, size))
		return false;
	*ret = bytes_make(*room, size);
	*room += size;
	*left -= size;
	return true;
}

static bool credential_begin(const struct wire_node *n, struct credential *ret, uint8_t **room, size_t *left)
{
	*room = ret->room;
	*left = sizeof(ret->room);
	return decode(n, "id", room, left, &ret->id) && decode(n, "clientDataJSON", room, left, &ret->client_data);
}

bool credential_read_attested(const struct wire_node *n, struct credential *ret)
{
	uint8_t *room;
	size_t left;

	return credential_begin(n, ret, &room, &left) &&
		decode(n, "attestationObject", &room, &left, &ret->attestation);
}

bool credential_read_asserted(const struct wire_node *n, struct credential *ret)
{
	uint8_t *room;
	size_t left;

	return credential_begin(n, ret, &room, &left) &&
		decode(n, "authenticatorData", &room, &left, &ret->authenticator_data) &&
		decode(n, "signature", &room, &left, &ret->signature) &&
		decode(n, "userHandle", &room, &left, &ret->user_handle);
}

/* Nobody is signed in: the challenge is for whoever brings it back to this listener. */
static const struct bytes *no_binding(void)
{
	static const struct bytes binding = { .data = (const uint8_t *)"sign-in", .size = 7 };

	return &binding;
}

void ask_sign_in(struct hall *h, struct request *q)
{
	const struct passkey_party *party = gate_party(h, q->http->admin);
	struct challenge challenge;
	struct writer w;
	struct json j = json_writer(&w);

	if (passkey_begin(party, CHALLENGE_SIGN_IN, *no_binding(), h->now, &challenge) < 0) {
		request_refuse(h, q, 503, "unavailable");
		return;
	}
	if (!request_begin(h, q, 0, &w))
		return;
	json_open_object(&j, NULL);
	json_text(&j, "challenge", challenge.text);
	json_text(&j, "rp", party->id);
	json_close_object(&j);
	request_end(h, q, &w);
}

static bool name_of(struct hall *h, uint32_t holder, char ret[static NAME_SIZE])
{
	struct administrator_row administrator;
	struct account_row account;

	if (accounts_read(h->db, holder, &account) > 0)
		memcpy(ret, account.name, NAME_SIZE);
	else if (administrators_read(h->db, holder, &administrator) > 0)
		memcpy(ret, administrator.email, MIN((size_t)NAME_SIZE, strlen(administrator.email) + 1));
	else
		return false;
	return true;
}

void let_in(struct hall *h, const struct request *q, const struct holder_row *holder, const char *how, int64_t left)
{
	char name[NAME_SIZE], who[EMAIL_SIZE];
	struct writer w;
	struct json j = json_writer(&w);

	holder_print(h, holder->number, who);
	if (!name_of(h, holder->number, name) || !session_begin(h, q, holder->number, left >= 0) ||
	    (holder->reset && holders_told(h->db, holder->number) < 0)) {
		hall_undo(h);
		request_refuse(h, q, 503, "not-recorded");
		return;
	}
	note_security(h, "signed-in", who, how);
	if (!request_commit(h, q) || !request_begin(h, q, 0, &w))
		return;
	json_open_object(&j, NULL);
	json_text(&j, "name", name);
	json_boolean(&j, "reset", holder->reset);
	if (left >= 0)
		json_number(&j, "left", left);
	json_close_object(&j);
	request_end(h, q, &w);
}

/* The passkey that this answer proves, and whose it is. */
static bool prove(struct hall *h, const struct request *q, const struct credential *c, struct passkey_row *key,
	struct holder_row *holder)
{
	struct passkey_ceremony ceremony = { .purpose = CHALLENGE_SIGN_IN, .binding = *no_binding(), .now = h->now,
		.verify = true };
	struct passkey_assertion a = { .id = c->id, .client_data = c->client_data, .signature = c->signature,
		.authenticator_data = c->authenticator_data, .user_handle = c->user_handle };
	struct passkey_party *party = q->http->admin ? &h->gate->admin_party : &h->gate->party;

	if (c->id.size == 0 || passkeys_find(h->db, c->id, key) <= 0 ||
	    holders_read(h->db, key->holder, holder) <= 0 || holder->closed ||
	    holder->administrator != q->http->admin)
		return false;
	return passkey_assert(party, &ceremony, &a, bytes_make(holder->handle, HANDLE_SIZE), &key->key) == PASSKEY_OK;
}

void ask_sign_in_passkey(struct hall *h, struct request *q)
{
	_cleanup_(mem_freep) struct credential *c = mem_new(struct credential);
	struct holder_row holder;
	struct passkey_row key;

	if (!c) {
		request_refuse(h, q, 503, "unavailable");
		return;
	}
	if (!credential_read_asserted(wire_object(q->body, "credential"), c) || !prove(h, q, c, &key, &holder)) {
		request_refuse(h, q, 403, REFUSED);
		return;
	}
	key.used = h->wall;
	if (passkeys_used(h->db, &key) < 0) {
		hall_undo(h);
		request_refuse(h, q, 503, "not-recorded");
		return;
	}
	let_in(h, q, &holder, "passkey", -1);
}

/* Whose address this is at that listener. False: nobody's who could sign in; the work is done all the same. */
static bool find_holder(struct hall *h, const char *email, bool admin, struct holder_row *ret)
{
	struct administrator_row administrator;
	struct account_row account;
	uint32_t number = 0;

	if (admin && administrators_find(h->db, email, &administrator) > 0)
		number = administrator.number;
	else if (!admin && accounts_find(h->db, email, &account) > 0)
		number = account.number;
	/* 0 is nobody's: the same statement runs for an unknown address. */
	return holders_read(h->db, number, ret) > 0 && !ret->closed;
}

static bool slow_down(struct hall *h, const struct request *q, usec_t wait)
{
	if (wait == 0)
		return false;
	request_refuse(h, q, 429, "slow-down");
	q->answer->wait = (unsigned)((wait + SECONDS(1) - 1) / SECONDS(1));
	return true;
}

bool request_must_wait(struct hall *h, const struct request *q, struct bytes key)
{
	return slow_down(h, q, throttle_ask(h->gate->throttle, h->now, key, &q->http->source));
}

bool request_asks_too_much(struct hall *h, const struct request *q, enum throttle_asker asker, uint32_t number)
{
	return slow_down(h, q, throttle_ask_costly(h->gate->throttle, h->now, asker, number));
}

void ask_sign_in_password(struct hall *h, struct request *q)
{
	struct bytes password = bytes_of_string(wire_text(q->body, "password"));
	const char *code = wire_text(q->body, "code");
	struct waiting w = { .holder = 0 };
	struct holder_row holder;
	struct session_row old;
	bool known;

	if (password.size == 0 || password.size > PASSWORD_BYTES) {
		request_refuse(h, q, password.size ? 413 : 403, password.size ? "too-large" : REFUSED);
		return;
	}
	if (!email_fold(wire_text(q->body, "email"), w.email) || request_must_wait(h, q, bytes_of_string(w.email)))
		return;
	known = find_holder(h, w.email, q->http->admin, &holder) && holder.password[0] && holder.has_totp;
	w.holder = known ? holder.number : 0;
	if (strlen(code) < sizeof(w.code))
		memcpy(w.code, code, strlen(code) + 1);
	/* Of the browser's old session its hash is kept, so that it can be replaced. */
	w.has_token = session_open(h, q->http, &old);
	if (w.has_token)
		w.token = old.hash;
	(void)waiting_add(h, q, &w, password, known ? holder.password : password_of_nobody);
}

/* Is the code right, and new? Its step is stored by the caller. */
static bool code_is_right(struct hall *h, const struct holder_row *holder, const char *code, uint64_t *step)
{
	struct totp_secret secret;
	enum totp_why why;

	if (!h->gate->vault || !vault_unseal(h->gate->vault, holder->number, holder->totp, &secret))
		return false;
	why = totp_check(&secret, h->wall, bytes_of_string(code), holder->totp_step, step);
	mem_wipe(&secret, sizeof(secret));
	return why == TOTP_OK;
}

static void refuse_password(struct hall *h, const struct request *q, const struct waiting *w)
{
	note_security(h, SECURITY_REFUSED, w->holder ? w->email : NULL, "password");
	request_refuse(h, q, 403, REFUSED);
}

void waiting_hashed(struct hall *h, struct waiting *w, enum password_result result)
{
	struct hall_request http = { .path = "", .cookies = "", .source = w->source, .admin = w->admin };
	struct request q = { .http = &http, .answer = &w->answer, .old = w->has_token ? &w->token : NULL,
		.agent = w->agent };
	bool right = result == PASSWORD_RIGHT || result == PASSWORD_RIGHT_STALE;
	struct holder_row holder;
	uint64_t step = 0;

	if (result == PASSWORD_FAILED || result == PASSWORD_HASHED) {
		request_refuse(h, &q, 503, "unavailable");
		return;
	}
	/* Read anew: a second is long enough for the account to be closed. */
	if (!w->holder || !right || holders_read(h->db, w->holder, &holder) <= 0 || holder.closed ||
	    !holder.password[0] || !holder.has_totp || !code_is_right(h, &holder, w->code, &step)) {
		refuse_password(h, &q, w);
		return;
	}
	if (holders_set_step(h->db, holder.number, step) < 0) {
		hall_undo(h);
		request_refuse(h, &q, 503, "not-recorded");
		return;
	}
	throttle_forgive(h->gate->throttle, h->now, bytes_of_string(w->email), &w->source);
	let_in(h, &q, &holder, "password", -1);
}

void ask_sign_in_recovery(struct hall *h, struct request *q)
{
	struct digest codes[RECOVERY_CODES];
	struct holder_row holder;
	char email[EMAIL_SIZE];
	int n = 0, at;

	if (!email_fold(wire_text(q->body, "email"), email) || request_must_wait(h, q, bytes_of_string(email)))
		return;
	memset(codes, 0, sizeof(codes));
	if (find_holder(h, email, q->http->admin, &holder))
		n = recoveries_of(h->db, holder.number, codes);
	at = recovery_find(codes, RECOVERY_CODES, bytes_of_string(wire_text(q->body, "recovery")));
	if (at < 0 || at >= n) {
		note_security(h, SECURITY_REFUSED, n > 0 ? email : NULL, "recovery");
		request_refuse(h, q, 403, REFUSED);
		return;
	}
	if (recoveries_remove(h->db, holder.number, &codes[at]) < 0) {
		hall_undo(h);
		request_refuse(h, q, 503, "not-recorded");
		return;
	}
	throttle_forgive(h->gate->throttle, h->now, bytes_of_string(email), &q->http->source);
	let_in(h, q, &holder, "recovery", n - 1);
}
