/* SPDX-License-Identifier: EUPL-1.2 */
/* POST /api/enrol…: from a one-time link to the first credential. In conclaved.
 * Invariant: a link is used up by the credential that it led to, in the same transaction; until then it can be begun
 * with as often as somebody likes. */
#include "server/hall/gate.h"

#include <errno.h>

#include "auth/base64url.h"
#include "server/hall/security.h"

bool enrolment_make(struct hall *h, uint32_t holder, char link[static LINK_SIZE])
{
	struct writer w = writer(link, LINK_SIZE);
	struct holder_row row;
	struct digest hash;
	struct token token;

	if (holders_read(h->db, holder, &row) <= 0 || token_new(&token, &hash) < 0)
		return false;
	write_string(&w, row.administrator ? h->gate->admin_origin : h->origin);
	write_format(&w, "/enrol#%s", token.text);
	write_u8(&w, 0);
	mem_wipe(&token, sizeof(token));
	return w.ok && enrolments_kill(h->db, holder) == 0 && enrolments_add(h->db, &hash, holder, h->wall) == 0;
}

/* The enrolment of the request's token, if it can still be used; or that was answered. */
static bool find(struct hall *h, const struct request *q, const struct digest *hash, struct enrolment_row *e,
	struct holder_row *holder)
{
	if (enrolments_find(h->db, hash, e) <= 0 || !digest_equal(hash, &e->hash) ||
	    holders_read(h->db, e->holder, holder) <= 0 || holder->administrator != q->http->admin)
		request_refuse(h, q, 403, "enrol-unknown");
	else if (e->used)
		request_refuse(h, q, 403, "enrol-used");
	else if (e->dead || holder->closed || h->wall >= e->created + ENROLMENT_LIFE)
		request_refuse(h, q, 403, "enrol-expired");
	else
		return true;
	return false;
}

static bool find_token(struct hall *h, const struct request *q, struct enrolment_row *e, struct holder_row *holder)
{
	struct digest hash;

	if (!token_hash(bytes_of_string(wire_text(q->body, "token")), &hash)) {
		request_refuse(h, q, 403, "enrol-unknown");
		return false;
	}
	return find(h, q, &hash, e, holder);
}

static void json_encoded(struct json *j, const char *key, struct bytes in)
{
	char text[BASE64URL_LETTERS(PASSKEY_ID_MOST)];
	struct writer w = writer(text, sizeof(text));

	base64url_write(&w, in);
	json_bytes(j, key, written(&w));
}

static void write_names(struct hall *h, struct json *j, uint32_t holder, const char *display)
{
	struct administrator_row administrator;
	struct account_row account;

	if (accounts_read(h->db, holder, &account) > 0) {
		json_text(j, "name", display ? account.email : account.name);
		json_text(j, display ? display : "email", display ? account.name : account.email);
	} else if (administrators_read(h->db, holder, &administrator) > 0) {
		json_text(j, "name", administrator.email);
		json_text(j, display ? display : "email", administrator.email);
	}
}

void passkey_write_options(struct hall *h, struct json *j, const char *key, uint32_t holder, const struct challenge *c,
	bool admin)
{
	const struct passkey_party *party = gate_party(h, admin);
	_cleanup_(mem_freep) struct passkey_row *have = mem_new_array(struct passkey_row, PASSKEYS_MOST);
	int n = have ? passkeys_of(h->db, holder, have, PASSKEYS_MOST) : 0;
	struct holder_row row = { 0 };

	(void)holders_read(h->db, holder, &row);
	json_open_object(j, key);
	json_text(j, "challenge", c->text);
	json_open_object(j, "rp");
	json_text(j, "id", party->id);
	json_text(j, "name", admin ? "Conclave" : party->id);
	json_close_object(j);
	json_open_object(j, "user");
	json_encoded(j, "id", bytes_make(row.handle, HANDLE_SIZE));
	write_names(h, j, holder, "displayName");
	json_close_object(j);
	json_open_list(j, "algorithms");
	for (int i = 0; i < PASSKEY_ALGORITHMS; i++)
		json_number(j, NULL, passkey_algorithms[i]);
	json_close_list(j);
	json_open_list(j, "exclude");
	for (int i = 0; i < n; i++)
		json_encoded(j, NULL, bytes_make(have[i].key.id, have[i].key.id_size));
	json_close_list(j);
	json_close_object(j);
}

void ask_enrol(struct hall *h, struct request *q)
{
	struct enrolment_row e;
	struct holder_row holder;
	struct challenge c;
	struct writer w;
	struct json j = json_writer(&w);

	if (!find_token(h, q, &e, &holder))
		return;
	if (passkey_begin(gate_party(h, q->http->admin), CHALLENGE_REGISTER, bytes_make(e.hash.bytes, DIGEST_SIZE),
		h->now, &c) < 0) {
		request_refuse(h, q, 503, "unavailable");
		return;
	}
	/* Ten ids of a kilobyte each. */
	if (!request_begin(h, q, 32 * 1024, &w))
		return;
	json_open_object(&j, NULL);
	json_text(&j, "kind", holder.administrator ? "admin" : "account");
	write_names(h, &j, e.holder, NULL);
	passkey_write_options(h, &j, "passkey", e.holder, &c, q->http->admin);
	json_close_object(&j);
	request_end(h, q, &w);
}

/* {"error":{"code":…,"why":…}} */
static void refuse_why(struct hall *h, const struct request *q, const char *code, const char *why)
{
	struct writer w;

	*q->answer = (struct hall_answer){ 0 };
	if (!request_begin(h, q, 0, &w))
		return;
	q->answer->status = 400;
	write_format(&w, "{\"error\":{\"code\":\"%s\",\"why\":\"%s\"}}", code, why);
	request_end(h, q, &w);
}

bool passkey_take(struct hall *h, const struct request *q, uint32_t holder, struct bytes binding)
{
	struct passkey_ceremony ceremony = { .purpose = CHALLENGE_REGISTER, .binding = binding, .now = h->now,
		.verify = true };
	struct passkey_party *party = q->http->admin ? &h->gate->admin_party : &h->gate->party;
	_cleanup_(mem_freep) struct credential *c = mem_new(struct credential);
	_cleanup_(mem_freep) struct passkey_row *rows = mem_new_array(struct passkey_row, PASSKEYS_MOST);
	struct passkey_row new = { .holder = holder, .created = h->wall };
	const char *label = wire_text(q->body, "label");
	enum passkey_why why;
	int n, r;

	n = c && rows ? passkeys_of(h->db, holder, rows, PASSKEYS_MOST) : -ENOMEM;
	if (n < 0) {
		request_refuse(h, q, 503, "unavailable");
		return false;
	}
	if (n == PASSKEYS_MOST) {
		request_refuse(h, q, 409, "too-many");
		return false;
	}
	why = credential_read_attested(wire_object(q->body, "credential"), c) ?
		passkey_register(party, &ceremony, c->client_data, c->attestation, &new.key) : PASSKEY_MALFORMED;
	if (why != PASSKEY_OK) {
		refuse_why(h, q, "passkey-refused", passkey_why_word(why));
		return false;
	}
	memcpy(new.label, label, MIN(strlen(label), sizeof(new.label) - 1));
	r = passkeys_add(h->db, &new);
	/* Somebody's already, theirs or another's (ATTACKS D08). */
	if (r == -EEXIST) {
		refuse_why(h, q, "passkey-refused", "registered");
	} else if (r < 0) {
		hall_undo(h);
		request_refuse(h, q, 503, "not-recorded");
	}
	return r == 0;
}

/* Enrolled: new codes on paper, a session, and the link is used up. */
static void welcome(struct hall *h, const struct request *q, const struct enrolment_row *e, const char *how)
{
	struct recovery_code codes[RECOVERY_CODES];
	struct digest stored[RECOVERY_CODES];
	char who[EMAIL_SIZE];
	struct writer w;
	struct json j = json_writer(&w);

	holder_print(h, e->holder, who);
	if (recovery_new(codes, stored) < 0 || recoveries_set(h->db, e->holder, stored) < 0 ||
	    enrolments_use(h->db, &e->hash) < 0 || !session_begin(h, q, e->holder, false)) {
		hall_undo(h);
		request_refuse(h, q, 503, "not-recorded");
		mem_wipe(codes, sizeof(codes));
		return;
	}
	note_security(h, "enrolled", who, how);
	if (request_commit(h, q) && request_begin(h, q, 0, &w)) {
		json_open_object(&j, NULL);
		json_open_list(&j, "recovery");
		for (size_t i = 0; i < RECOVERY_CODES; i++)
			json_text(&j, NULL, codes[i].text);
		json_close_list(&j);
		json_close_object(&j);
		request_end(h, q, &w);
	}
	mem_wipe(codes, sizeof(codes));
}

void ask_enrol_passkey(struct hall *h, struct request *q)
{
	struct enrolment_row e;
	struct holder_row holder;

	if (find_token(h, q, &e, &holder) &&
	    passkey_take(h, q, e.holder, bytes_make(e.hash.bytes, DIGEST_SIZE)))
		welcome(h, q, &e, "passkey");
}

void ask_enrol_password_begin(struct hall *h, struct request *q)
{
	uint8_t sealed[VAULT_SEALED_SIZE];
	struct totp_secret secret;
	struct enrolment_row e;
	struct holder_row holder;
	struct totp_text text;
	char address[512], who[EMAIL_SIZE];
	struct writer w, a = writer(address, sizeof(address));
	struct json j = json_writer(&w);

	if (!find_token(h, q, &e, &holder))
		return;
	totp_new(&secret);
	totp_print(&secret, &text);
	holder_print(h, e.holder, who);
	if (!h->gate->vault || !vault_seal(h->gate->vault, e.holder, &secret, sealed) ||
	    enrolments_set_totp(h->db, &e.hash, sealed) < 0 ||
	    !totp_address(&a, bytes_of_string(gate_party(h, q->http->admin)->id), bytes_of_string(who), &secret)) {
		hall_undo(h);
		request_refuse(h, q, 503, "not-recorded");
	} else if (request_commit(h, q) && request_begin(h, q, 0, &w)) {
		json_open_object(&j, NULL);
		json_bytes(&j, "otpauth", written(&a));
		json_text(&j, "secret", text.text);
		json_close_object(&j);
		request_end(h, q, &w);
	}
	mem_wipe(&secret, sizeof(secret));
	mem_wipe(&text, sizeof(text));
	mem_wipe(address, sizeof(address));
}

/* The password is taken; else that was answered. */
static bool judge(struct hall *h, const struct request *q, const struct enrolment_row *e, struct bytes password)
{
	char who[EMAIL_SIZE];
	struct account_row account = { 0 };
	enum password_why why;

	holder_print(h, e->holder, who);
	(void)accounts_read(h->db, e->holder, &account);
	why = password_judge(password, (const struct bytes[]){ bytes_of_string(who), bytes_of_string(account.name),
		bytes_of_string(gate_party(h, false)->id) }, 3);
	if (why == PASSWORD_OK)
		return true;
	refuse_why(h, q, "password-weak", password_why_word(why));
	return false;
}

void ask_enrol_password(struct hall *h, struct request *q)
{
	struct bytes password = bytes_of_string(wire_text(q->body, "password"));
	const char *code = wire_text(q->body, "code");
	struct waiting w = { .enrols = true };
	struct enrolment_row e;
	struct holder_row holder;
	struct totp_secret secret;
	enum totp_why why;

	if (password.size > PASSWORD_BYTES) {
		request_refuse(h, q, 413, "too-large");
		return;
	}
	if (!find_token(h, q, &e, &holder) || !judge(h, q, &e, password))
		return;
	/* Six digits can be guessed; a token cannot, so its own guesses are what is counted. */
	if (request_must_wait(h, q, bytes_make(e.hash.bytes, DIGEST_SIZE)))
		return;
	if (!e.has_totp || !h->gate->vault || !vault_unseal(h->gate->vault, e.holder, e.totp, &secret)) {
		request_refuse(h, q, 400, "code-wrong");
		return;
	}
	why = totp_check(&secret, h->wall, bytes_of_string(code), 0, &w.step);
	mem_wipe(&secret, sizeof(secret));
	if (why != TOTP_OK) {
		request_refuse(h, q, 400, "code-wrong");
		return;
	}
	w.holder = e.holder;
	w.token = e.hash;
	w.has_token = true;
	memcpy(w.totp, e.totp, sizeof(w.totp));
	(void)waiting_add(h, q, &w, password, NULL);
}

void enrolment_hashed(struct hall *h, struct waiting *w, const struct request *q, enum password_result result,
	struct bytes stored)
{
	char text[PASSWORD_STORED + 1];
	struct enrolment_row e;
	struct holder_row holder;

	if (result != PASSWORD_HASHED || stored.size > PASSWORD_STORED) {
		request_refuse(h, q, 503, "unavailable");
		return;
	}
	if (!find(h, q, &w->token, &e, &holder))
		return;
	memcpy(text, stored.data, stored.size);
	text[stored.size] = '\0';
	if (holders_set_password(h->db, e.holder, text, w->totp, w->step) < 0) {
		hall_undo(h);
		request_refuse(h, q, 503, "not-recorded");
		return;
	}
	welcome(h, q, &e, "password");
}
