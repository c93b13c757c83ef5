/* SPDX-License-Identifier: EUPL-1.2 */
/* POST /api/meetings, /api/invitations, /api/roster: what somebody who is signed in sees of the meetings that they are
 * invited to. In conclaved. Invariant: a title is told to who is invited, and nobody else. */
#include "server/hall/gate.h"

#include <errno.h>

#include "server/hall/message.h"
#include "server/hall/security.h"
#include "server/wire/base64.h"

#define MEETINGS_MOST 200
#define ENDED_TIME (MINUTES(60) * 24 * 90)
#define EARLIEST (MINUTES(60) * 24)

static void write_meeting(struct hall *h, struct json *j, const struct meeting_row *row, enum office office)
{
	const struct meeting *m = hall_meeting(h, row->number);
	enum meeting_phase phase = m ? m->fold->phase : row->ended ? PHASE_ENDED : PHASE_PLANNED;

	json_open_object(j, NULL);
	json_text(j, "id", row->id);
	json_text(j, "title", row->title);
	json_text(j, "body", row->body);
	json_time(j, "starts", row->starts);
	json_text(j, "phase", meeting_phase_word(phase));
	json_text(j, "office", office_word(office));
	json_boolean(j, "canEnter", m && phase != PHASE_ENDED && h->wall + EARLIEST >= row->starts);
	json_close_object(j);
}

void ask_meetings(struct hall *h, struct request *q)
{
	_cleanup_(mem_freep) struct meeting_row *rows = mem_new_array(struct meeting_row, MEETINGS_MOST);
	enum office offices[MEETINGS_MOST];
	struct account_row account;
	struct writer w;
	struct json j = json_writer(&w);
	int n = -1;

	if (rows && accounts_read(h->db, q->session->holder, &account) > 0)
		n = store_meetings_of_email(h->db, account.email, h->wall > ENDED_TIME ? h->wall - ENDED_TIME : 0,
			rows, offices, MEETINGS_MOST);
	if (n < 0) {
		request_refuse(h, q, 503, "unavailable");
		return;
	}
	if (!request_begin(h, q, 512 * 1024, &w))
		return;
	json_open_object(&j, NULL);
	json_open_list(&j, "meetings");
	for (int i = 0; i < n; i++)
		write_meeting(h, &j, &rows[i], offices[i]);
	json_close_list(&j);
	json_close_object(&j);
	request_end(h, q, &w);
}

/* 1 with the office, 0 for who is not of the body, or a negative errno. */
static int account_office(struct hall *h, const struct body_row *body, uint32_t account, enum office *ret)
{
	_cleanup_(mem_freep) struct member_row *rows = mem_new_array(struct member_row, LIMIT_PEOPLE_PER_MEETING);
	int n = rows ? members_of_body(h->db, body->number, rows, LIMIT_PEOPLE_PER_MEETING) : -ENOMEM;

	for (int i = 0; i < n; i++)
		if (rows[i].account == account) {
			*ret = rows[i].office;
			return 1;
		}
	return n < 0 ? n : 0;
}

bool request_office(struct hall *h, const struct request *q, struct body_row *body, enum office *ret)
{
	int r = bodies_find(h->db, wire_text(q->body, "body"), body);

	if (r > 0)
		r = account_office(h, body, q->session->holder, ret);
	if (r < 0)
		request_refuse(h, q, 503, "unavailable");
	else if (r == 0)
		request_refuse(h, q, 403, "not-allowed");
	return r > 0;
}

bool account_may(enum office office, enum action action, enum meeting_phase phase)
{
	return rights_ask(&(struct rights_question){ .action = action, .office = office, .phase = phase }).verdict ==
		VERDICT_YES;
}

static void write_roster(struct hall *h, struct json *j, uint32_t body)
{
	struct bytes roster;

	if (body && bodies_roster(h->db, body, &roster) > 0) {
		json_bytes(j, "roster", roster);
		bodies_roster_done(h->db);
	} else {
		json_null(j, "roster");
	}
}

void roster_write(struct hall *h, struct json *j, const struct meeting *m)
{
	write_roster(h, j, m->row.of_body);
}

static void write_devices(struct hall *h, struct json *j, uint32_t account)
{
	uint8_t keys[DEVICES_MOST][DEVICE_KEY_SIZE];
	int n = devices_of(h->db, account, keys, DEVICES_MOST);

	json_open_list(j, "devices");
	for (int i = 0; i < n; i++) {
		char letters[BASE64_SIZE(DEVICE_KEY_SIZE)];
		struct writer w = writer(letters, sizeof(letters));

		base64_write(&w, bytes_make(keys[i], DEVICE_KEY_SIZE));
		json_bytes(j, NULL, written(&w));
	}
	json_close_list(j);
}

/* What a roster would say now: for the clerk to look at, and to sign. */
static void write_members(struct hall *h, struct json *j, uint32_t body)
{
	_cleanup_(mem_freep) struct member_row *rows = mem_new_array(struct member_row, LIMIT_PEOPLE_PER_MEETING);
	int n = rows ? members_of_body(h->db, body, rows, LIMIT_PEOPLE_PER_MEETING) : 0;

	json_open_list(j, "people");
	for (int i = 0; i < n; i++) {
		json_open_object(j, NULL);
		json_text(j, "account", rows[i].email);
		json_text(j, "name", rows[i].name);
		json_text(j, "office", office_word(rows[i].office));
		write_devices(h, j, rows[i].account);
		json_close_object(j);
	}
	json_close_list(j);
}

static void answer_roster(struct hall *h, const struct request *q, const struct body_row *body, bool signs)
{
	struct writer w;
	struct json j = json_writer(&w);

	if (!request_begin(h, q, 256 * 1024, &w))
		return;
	json_open_object(&j, NULL);
	write_roster(h, &j, body->number);
	if (signs)
		write_members(h, &j, body->number);
	else
		json_null(&j, "people");
	json_close_object(&j);
	request_end(h, q, &w);
}

void ask_roster(struct hall *h, struct request *q)
{
	const char *roster = wire_text(q->body, "roster");
	struct body_row body;
	enum office office;
	bool signs;
	char who[EMAIL_SIZE];
	struct meeting *m;

	/* Whoever is of the body may read what was signed. */
	if (!request_office(h, q, &body, &office))
		return;
	signs = account_may(office, ACT_SIGN_ROSTER, PHASE_PLANNED);
	if (roster && !signs) {
		request_refuse(h, q, 403, "not-allowed");
		return;
	}
	if (!roster) {
		answer_roster(h, q, &body, signs);
		return;
	}
	if (bodies_set_roster(h->db, body.number, bytes_of_string(roster)) < 0) {
		hall_undo(h);
		request_refuse(h, q, 503, "not-recorded");
		return;
	}
	holder_print(h, q->session->holder, who);
	note_security(h, "roster-signed", who, body.name);
	if (!request_commit(h, q))
		return;
	request_done(h, q);
	list_for_each(m, &h->meetings, in_hall)
		if (m->row.of_body == body.number)
			tell_roster(h, m);
}
