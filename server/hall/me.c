/* SPDX-License-Identifier: EUPL-1.2 */
/* POST /api/me…: what somebody who is signed in sees and changes of themselves. In conclaved.
 * Invariant: the last way to sign in cannot be taken away. */
#include "server/hall/gate.h"
#include "server/hall/security.h"

#include "server/wire/base64.h"

#define BODIES_MOST 32			/* of one person */

static void write_passkeys(struct hall *h, struct json *j, uint32_t holder)
{
	_cleanup_(mem_freep) struct passkey_row *rows = mem_new_array(struct passkey_row, PASSKEYS_MOST);
	int n = rows ? passkeys_of(h->db, holder, rows, PASSKEYS_MOST) : 0;

	json_open_list(j, "passkeys");
	for (int i = 0; i < n; i++) {
		json_open_object(j, NULL);
		json_number(j, "id", rows[i].number);
		json_text(j, "label", rows[i].label);
		json_time(j, "created", rows[i].created);
		if (rows[i].used)
			json_time(j, "used", rows[i].used);
		else
			json_null(j, "used");
		json_close_object(j);
	}
	json_close_list(j);
}

static void write_bodies(struct hall *h, struct json *j, uint32_t account)
{
	_cleanup_(mem_freep) struct member_row *rows = mem_new_array(struct member_row, BODIES_MOST);
	int n = rows ? members_of_account(h->db, account, rows, BODIES_MOST) : 0;

	json_open_list(j, "bodies");
	for (int i = 0; i < n; i++) {
		json_open_object(j, NULL);
		json_text(j, "id", rows[i].body_id);
		json_text(j, "name", rows[i].name);
		json_text(j, "office", office_word(rows[i].office));
		json_text(j, "party", rows[i].party[0] ? rows[i].party : NULL);
		json_close_object(j);
	}
	json_close_list(j);
}

void ask_me(struct hall *h, struct request *q)
{
	uint8_t devices[DEVICES_MOST][DEVICE_KEY_SIZE];
	struct administrator_row administrator;
	uint32_t number = q->session->holder;
	struct account_row account;
	struct holder_row holder;
	struct writer w;
	struct json j = json_writer(&w);
	int n;

	if (holders_read(h->db, number, &holder) <= 0) {
		request_refuse(h, q, 503, "unavailable");
		return;
	}
	if (!request_begin(h, q, 64 * 1024, &w))
		return;
	json_open_object(&j, NULL);
	if (holder.administrator && administrators_read(h->db, number, &administrator) > 0) {
		json_text(&j, "name", administrator.email);
		json_text(&j, "email", administrator.email);
		json_text(&j, "level", level_words[administrator.level]);
	} else if (accounts_read(h->db, number, &account) > 0) {
		json_text(&j, "name", account.name);
		json_text(&j, "email", account.email);
	}
	write_bodies(h, &j, number);
	write_passkeys(h, &j, number);
	json_boolean(&j, "password", holder.password[0]);
	n = devices_of(h->db, number, devices, DEVICES_MOST);
	json_number(&j, "devices", MAX(n, 0));
	json_close_object(&j);
	request_end(h, q, &w);
}

void ask_passkey_begin(struct hall *h, struct request *q)
{
	struct challenge c;
	struct writer w;
	struct json j = json_writer(&w);

	if (passkey_begin(gate_party(h, q->http->admin), CHALLENGE_REGISTER,
		bytes_make(q->session->hash.bytes, DIGEST_SIZE), h->now, &c) < 0) {
		request_refuse(h, q, 503, "unavailable");
		return;
	}
	if (!request_begin(h, q, 32 * 1024, &w))
		return;
	json_open_object(&j, NULL);
	passkey_write_options(h, &j, "passkey", q->session->holder, &c, q->http->admin);
	json_close_object(&j);
	request_end(h, q, &w);
}

void ask_passkey(struct hall *h, struct request *q)
{
	char who[EMAIL_SIZE];

	if (!passkey_take(h, q, q->session->holder, bytes_make(q->session->hash.bytes, DIGEST_SIZE)))
		return;
	if (q->session->narrow && sessions_widen(h->db, q->session->number) < 0) {
		hall_undo(h);
		request_refuse(h, q, 503, "not-recorded");
		return;
	}
	holder_print(h, q->session->holder, who);
	note_security(h, "passkey-added", who, wire_text(q->body, "label"));
	if (request_commit(h, q))
		request_done(h, q);
}

void ask_passkey_remove(struct hall *h, struct request *q)
{
	_cleanup_(mem_freep) struct passkey_row *rows = mem_new_array(struct passkey_row, PASSKEYS_MOST);
	uint32_t number = (uint32_t)wire_integer(q->body, "id"), holder = q->session->holder;
	int n = rows ? passkeys_of(h->db, holder, rows, PASSKEYS_MOST) : -1, at = 0;
	char who[EMAIL_SIZE];
	struct holder_row row;

	while (at < n && rows[at].number != number)
		at++;
	if (n < 0 || holders_read(h->db, holder, &row) <= 0) {
		request_refuse(h, q, 503, "unavailable");
	} else if (at == n) {
		request_refuse(h, q, 404, "not-found");
	} else if (n == 1 && !row.password[0]) {
		request_refuse(h, q, 409, "last-one");
	} else if (passkeys_remove(h->db, number, holder) < 0) {
		hall_undo(h);
		request_refuse(h, q, 503, "not-recorded");
	} else {
		holder_print(h, holder, who);
		note_security(h, "passkey-removed", who, rows[at].label);
		if (request_commit(h, q))
			request_done(h, q);
	}
}

void ask_device(struct hall *h, struct request *q)
{
	uint8_t key[DEVICE_KEY_SIZE];

	if (!base64_read(bytes_of_string(wire_text(q->body, "device")), key, sizeof(key))) {
		request_refuse(h, q, 400, "bad-request");
		return;
	}
	if (devices_set(h->db, q->session->holder, key, wire_text(q->body, "label"), h->wall, DEVICES_MOST) < 0) {
		hall_undo(h);
		request_refuse(h, q, 503, "not-recorded");
		return;
	}
	if (request_commit(h, q))
		request_done(h, q);
}
