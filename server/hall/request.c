/* SPDX-License-Identifier: EUPL-1.2 */
/* POST /api/…: which function answers, and who may ask at all. In conclaved.
 * Invariant: what one request was answered is wiped before the next one is looked at. */
#include "server/hall/gate.h"
#include "server/hall/oidc.h"

#include <string.h>

#include "base/log.h"

#define ANSWER_LEAST 4096
#define UNAVAILABLE "{\"error\":{\"code\":\"unavailable\"}}"

/* Whose listener a request may come by. */
enum listener { PUBLIC = 1, ADMINISTRATION = 2, EITHER = 3 };

/* Who may ask: from NARROW on somebody who is signed in (there, also by a recovery code); an administrator may if
 * auth/rights says so of the row's act. */
enum asker { ANYBODY, NARROW, SIGNED_IN, ADMINISTRATOR };

struct row {
	void (*answer)(struct hall *h, struct request *q);
	enum listener by;
	enum asker asker;
	enum administration act;	/* of ADMINISTRATOR */
	bool costs;			/* rationed, by who is signed in; what a seat asks for, report.c rations */
};

#define IT(answer, act) { (answer), ADMINISTRATION, ADMINISTRATOR, (act) }

static const struct row rows[REQUEST_N] = {
	[REQUEST_LINK] = { ask_link, PUBLIC, ANYBODY },
	[REQUEST_RESUME] = { ask_resume, PUBLIC, ANYBODY },
	[REQUEST_ENROL] = { ask_enrol, EITHER, ANYBODY },
	[REQUEST_ENROL_PASSKEY] = { ask_enrol_passkey, EITHER, ANYBODY },
	[REQUEST_ENROL_PASSWORD_BEGIN] = { ask_enrol_password_begin, EITHER, ANYBODY },
	[REQUEST_ENROL_PASSWORD] = { ask_enrol_password, EITHER, ANYBODY },
	[REQUEST_SIGN_IN] = { ask_sign_in, EITHER, ANYBODY },
	[REQUEST_SIGN_IN_PASSKEY] = { ask_sign_in_passkey, EITHER, ANYBODY },
	[REQUEST_SIGN_IN_PASSWORD] = { ask_sign_in_password, EITHER, ANYBODY },
	[REQUEST_SIGN_IN_RECOVERY] = { ask_sign_in_recovery, EITHER, ANYBODY },
	[REQUEST_SIGN_IN_OIDC_BEGIN] = { ask_sign_in_oidc_begin, PUBLIC, ANYBODY },
	[REQUEST_SIGN_IN_OIDC] = { ask_sign_in_oidc, PUBLIC, ANYBODY },
	[REQUEST_SIGN_OUT] = { ask_sign_out, EITHER, ANYBODY },
	[REQUEST_ME] = { ask_me, EITHER, SIGNED_IN },
	[REQUEST_SESSIONS] = { ask_sessions, EITHER, SIGNED_IN },
	[REQUEST_SESSION_END] = { ask_session_end, EITHER, SIGNED_IN },
	[REQUEST_SESSIONS_END_OTHERS] = { ask_sessions_end_others, EITHER, SIGNED_IN },
	[REQUEST_PASSKEY_BEGIN] = { ask_passkey_begin, EITHER, NARROW },
	[REQUEST_PASSKEY] = { ask_passkey, EITHER, NARROW },
	[REQUEST_PASSKEY_REMOVE] = { ask_passkey_remove, EITHER, SIGNED_IN },
	[REQUEST_DEVICE] = { ask_device, PUBLIC, SIGNED_IN },
	[REQUEST_MEETINGS] = { ask_meetings, PUBLIC, SIGNED_IN },
	[REQUEST_ENTER] = { ask_enter, PUBLIC, SIGNED_IN },
	[REQUEST_CONVENE] = { ask_convene, PUBLIC, SIGNED_IN, .costs = true },
	[REQUEST_INVITATIONS] = { ask_invitations, PUBLIC, SIGNED_IN, .costs = true },
	[REQUEST_REPORT] = { ask_report, PUBLIC, ANYBODY },
	[REQUEST_LOG] = { ask_log, PUBLIC, ANYBODY },
	[REQUEST_ROSTER] = { ask_roster, PUBLIC, SIGNED_IN, .costs = true },
	[REQUEST_ADMIN_OVERVIEW] = IT(ask_admin_overview, IT_READ_HEALTH),
	[REQUEST_ADMIN_BODIES] = IT(ask_admin_bodies, IT_READ_ACCOUNTS),
	[REQUEST_ADMIN_BODY_ADD] = IT(ask_admin_body_add, IT_CREATE_BODY),
	[REQUEST_ADMIN_USERS] = IT(ask_admin_users, IT_READ_ACCOUNTS),
	[REQUEST_ADMIN_USER_ADD] = IT(ask_admin_user_add, IT_CREATE_ACCOUNT),
	[REQUEST_ADMIN_USER_CLOSE] = IT(ask_admin_user_close, IT_CLOSE_ACCOUNT),
	[REQUEST_ADMIN_USER_RESET] = IT(ask_admin_user_reset, IT_RESET_PASSKEY),
	[REQUEST_ADMIN_IMPORT] = { ask_admin_import, ADMINISTRATION, ADMINISTRATOR, IT_CREATE_ACCOUNT, .costs = true },
	[REQUEST_ADMIN_ADMINISTRATORS] = IT(ask_admin_administrators, IT_READ_ACCOUNTS),
	[REQUEST_ADMIN_ADMINISTRATOR_ADD] = IT(ask_admin_administrator_add, IT_APPOINT),
	[REQUEST_ADMIN_ADMINISTRATOR_CLOSE] = IT(ask_admin_administrator_close, IT_APPOINT),
	[REQUEST_ADMIN_RETENTION] = IT(ask_admin_retention, IT_READ_RETENTION),
	[REQUEST_ADMIN_RETENTION_SET] = IT(ask_admin_retention_set, IT_SET_RETENTION),
	[REQUEST_ADMIN_SECURITY] = IT(ask_admin_security, IT_READ_SECURITY_LOG),
	[REQUEST_ADMIN_MEETING_END] = IT(ask_admin_meeting_end, IT_END_MEETING),
};

/* The old room may hold secrets. */
static bool make_room(struct hall *h, size_t size)
{
	char *room;

	if (h->answer)
		mem_wipe(h->answer, h->answer_room);
	if (size <= h->answer_room)
		return true;
	room = mem_alloc(size);
	if (!room)
		return false;
	mem_free(h->answer);
	h->answer = room;
	h->answer_room = size;
	return true;
}

bool request_begin(struct hall *h, const struct request *q, size_t size, struct writer *w)
{
	q->answer->status = 200;
	q->answer->body = "";
	if (!make_room(h, MAX(size, (size_t)ANSWER_LEAST))) {
		*q->answer = (struct hall_answer){ .status = 503, .body = UNAVAILABLE };
		return false;
	}
	*w = writer(h->answer, h->answer_room - 1);
	return true;
}

void request_end(struct hall *h, const struct request *q, const struct writer *w)
{
	if (!w->ok) {
		request_refuse(h, q, 503, "too-long");
		return;
	}
	h->answer[written(w).size] = '\0';
	q->answer->body = h->answer;
}

void request_done(struct hall *h, const struct request *q)
{
	struct writer w;

	if (!request_begin(h, q, 0, &w))
		return;
	write_string(&w, "{}");
	request_end(h, q, &w);
}

void request_refuse(struct hall *h, const struct request *q, unsigned status, const char *code)
{
	struct writer w;

	*q->answer = (struct hall_answer){ 0 };
	if (!request_begin(h, q, 0, &w))
		return;
	q->answer->status = status;
	write_format(&w, "{\"error\":{\"code\":\"%s\"}}", code);
	request_end(h, q, &w);
}

/* Nobody is signed in: and whether the page may offer the provider of the house. */
static void refuse_signed_out(struct hall *h, const struct request *q)
{
	struct writer w;

	request_refuse(h, q, 401, "signed-out");
	if (q->http->admin || !oidc_is_ready(h) || !request_begin(h, q, 0, &w))
		return;
	q->answer->status = 401;
	write_string(&w, "{\"error\":{\"code\":\"signed-out\",\"provider\":true}}");
	request_end(h, q, &w);
}

static int find(const struct hall_request *http)
{
	for (int i = 0; i < REQUEST_N; i++)
		if (strcmp(protocol_requests[i].path, http->path) == 0)
			return rows[i].by & (http->admin ? ADMINISTRATION : PUBLIC) ? i : -1;
	return -1;
}

/* Is whoever asks what the row wants? If not, that was answered. */
static bool admit(struct hall *h, struct request *q, const struct row *row, struct session_row *session,
	struct administrator_row *administrator)
{
	if (row->asker == ANYBODY)
		return true;
	if (!session_open(h, q->http, session) || (session->narrow && row->asker != NARROW)) {
		refuse_signed_out(h, q);
		return false;
	}
	q->session = session;
	if (row->costs && request_asks_too_much(h, q, THROTTLE_SIGNED_IN, session->holder))
		return false;
	if (!q->http->admin)
		return true;
	if (administrators_read(h->db, session->holder, administrator) <= 0) {
		request_refuse(h, q, 401, "signed-out");
		return false;
	}
	q->who = administrator->email;
	if (row->asker == ADMINISTRATOR && !rights_administers(row->act, administrator->level)) {
		request_refuse(h, q, 403, "not-allowed");
		return false;
	}
	return true;
}

static void answer(struct hall *h, const struct hall_request *http, struct hall_answer *ret)
{
	_cleanup_(wire_freep) struct wire *w = NULL;
	struct request q = { .http = http, .answer = ret, .agent = agent_read(http->agent ? http->agent : "") };
	struct administrator_row administrator;
	struct session_row session;
	struct wire_problem problem;
	int kind = find(http);

	if (kind < 0) {
		request_refuse(h, &q, 404, "not-found");
		return;
	}
	/* Room for the answer first: a link must not be used up by somebody who then hears nothing of it. */
	if (!make_room(h, ANSWER_LEAST)) {
		*ret = (struct hall_answer){ .status = 503, .body = UNAVAILABLE };
		return;
	}
	if (!admit(h, &q, &rows[kind], &session, &administrator))
		return;
	if (wire_parse(&w, http->body, NULL, protocol_requests[kind].type, &problem) < 0) {
		request_refuse(h, &q, 400, "bad-request");
		return;
	}
	q.body = wire_root(w);
	rows[kind].answer(h, &q);
}

void hall_request(struct hall *h, const struct hall_request *http, struct hall_answer *ret)
{
	h->acting = NULL;
	*ret = (struct hall_answer){ .body = "" };
	answer(h, http, ret);
	gate_drain(h);
}
