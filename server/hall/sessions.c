/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is signed in. In conclaved.
 * Invariant: a session that is over opens nothing any more, and nobody sits in a seat that was taken with it. */
#include "server/hall/gate.h"

#include "base/log.h"
#include "server/hall/cookie.h"
#include "server/hall/security.h"

#define USED_EVERY MINUTES(1)		/* how exactly the last use is known */
#define SEATS_MOST LIMIT_MEETINGS	/* one a meeting */

static const char *cookie_of(bool admin)
{
	return admin ? ADMIN_COOKIE : SESSION_COOKIE;
}

static bool is_over(const struct hall *h, const struct session_row *s, bool admin)
{
	usec_t idle = admin ? ADMIN_IDLE : SESSION_IDLE, life = admin ? ADMIN_LIFE : SESSION_LIFE;

	return h->wall >= s->used + idle || h->wall >= s->created + life;
}

static bool find(struct hall *h, const struct hall_request *http, struct session_row *ret)
{
	struct digest hash;
	struct bytes token;

	return cookie_named(http->cookies, cookie_of(http->admin), &token) && token_hash(token, &hash) &&
		sessions_find(h->db, &hash, ret) > 0 && digest_equal(&hash, &ret->hash);
}

bool session_open(struct hall *h, const struct hall_request *http, struct session_row *ret)
{
	struct holder_row holder;

	if (!find(h, http, ret) || is_over(h, ret, http->admin))
		return false;
	if (holders_read(h->db, ret->holder, &holder) <= 0 || holder.closed || holder.administrator != http->admin)
		return false;
	/* Not vital: when it cannot be written, the session ends a little earlier. */
	if (h->wall >= ret->used + USED_EVERY && !h->unhealthy)
		(void)sessions_used(h->db, ret->number, h->wall);
	return true;
}

/* Who signs in again in the same browser keeps the seats; anybody else's are over. */
static bool replace(struct hall *h, const struct request *q, uint32_t holder, uint32_t number)
{
	struct session_row old;

	if (q->old ? sessions_find(h->db, q->old, &old) <= 0 : !find(h, q->http, &old))
		return true;
	if (old.holder != holder)
		return session_end(h, old.number);
	return sessions_move_seats(h->db, old.number, number) == 0 && sessions_remove(h->db, old.number) == 0;
}

/* The oldest makes room. */
static bool make_room(struct hall *h, uint32_t holder)
{
	struct session_row rows[LIMIT_SESSIONS];
	int n = sessions_of(h->db, holder, rows, ARRAY_SIZE(rows));

	return n >= 0 && (n < LIMIT_SESSIONS || session_end(h, rows[0].number));
}

bool session_begin(struct hall *h, const struct request *q, uint32_t holder, bool narrow)
{
	struct session_row s = { .holder = holder, .created = h->wall, .used = h->wall, .agent = q->agent,
		.narrow = narrow };
	struct writer w = writer(q->answer->set_cookie, sizeof(q->answer->set_cookie));
	struct token token;
	bool done;

	if (token_new(&token, &s.hash) < 0)
		return false;
	done = make_room(h, holder) && sessions_add(h->db, &s) == 0 && replace(h, q, holder, s.number);
	/* No Max-Age: it goes with the browser's own session, and with ours. */
	write_format(&w, "%s=%s; Secure; HttpOnly; SameSite=Strict; Path=/", cookie_of(q->http->admin), token.text);
	write_u8(&w, 0);
	mem_wipe(&token, sizeof(token));
	return done && w.ok;
}

static void put_out(struct hall *h, struct meeting *m, struct person *p)
{
	struct event left = { .kind = EVENT_LEFT, .by = p->id };

	if (p->live.waiting)
		person_wait(h, p, false);
	if (person_is_inside(p) || person_fold(p)->aside) {
		hall_observe(h, m, &left);
		person_exit(h, p, "seat-ended", true);
	}
	if (p->live.connection)
		connection_over(h, p->live.connection, "signed-out", NULL, REASON_NONE, NULL);
}

bool session_end(struct hall *h, uint32_t number)
{
	_cleanup_(mem_freep) struct seat_row *seats = mem_new_array(struct seat_row, SEATS_MOST);
	int n = seats ? sessions_seats(h->db, number, seats, SEATS_MOST) : -1;

	if (n < 0 || sessions_remove(h->db, number) < 0)
		return false;
	for (int i = 0; i < n; i++) {
		struct meeting *m = hall_meeting(h, seats[i].meeting);
		struct person *p = m ? meeting_person(m, seats[i].person) : NULL;

		if (store_seats_end(h->db, seats[i].meeting, seats[i].person) < 0)
			return false;
		if (p)
			put_out(h, m, p);
	}
	return true;
}

bool seats_close(struct hall *h, const char *email)
{
	struct meeting *m;

	list_for_each(m, &h->meetings, in_hall) {
		struct person *p = meeting_find_email(m, email);

		if (!p)
			continue;
		if (store_links_kill(h->db, m->row.number, p->id) < 0 ||
		    store_seats_end(h->db, m->row.number, p->id) < 0)
			return false;
		put_out(h, m, p);
	}
	return true;
}

bool sessions_end(struct hall *h, uint32_t holder)
{
	struct session_row rows[LIMIT_SESSIONS];
	int n;

	do {
		n = sessions_of(h->db, holder, rows, ARRAY_SIZE(rows));
		for (int i = 0; i < n; i++)
			if (!session_end(h, rows[i].number))
				return false;
	} while (n == LIMIT_SESSIONS);
	return n >= 0;
}

static usec_t before(const struct hall *h, usec_t life)
{
	return h->wall > life ? h->wall - life : 0;
}

static void sweep(struct hall *h, bool admin)
{
	struct session_row rows[LIMIT_SESSIONS];
	int n = sessions_over(h->db, admin, before(h, admin ? ADMIN_LIFE : SESSION_LIFE),
		before(h, admin ? ADMIN_IDLE : SESSION_IDLE), rows, ARRAY_SIZE(rows));

	for (int i = 0; i < n; i++) {
		if (session_end(h, rows[i].number))
			continue;
		log_throttled(LOG_LEVEL_WARN, h->now, MINUTES(1), "session-stays",
			LOG_NUMBER("session", rows[i].number));
		hall_undo(h);
		break;
	}
}

void sessions_sweep(struct hall *h)
{
	sweep(h, false);
	sweep(h, true);
}

bool request_commit(struct hall *h, const struct request *q)
{
	if (hall_commit(h) == 0)
		return true;
	request_refuse(h, q, 503, "not-recorded");
	return false;
}

void ask_sessions(struct hall *h, struct request *q)
{
	struct session_row rows[LIMIT_SESSIONS];
	int n = sessions_of(h->db, q->session->holder, rows, ARRAY_SIZE(rows));
	struct writer w;
	struct json j = json_writer(&w);

	if (n < 0) {
		request_refuse(h, q, 503, "unavailable");
		return;
	}
	if (!request_begin(h, q, 16 * 1024, &w))
		return;
	json_open_object(&j, NULL);
	json_open_list(&j, "sessions");
	for (int i = 0; i < n; i++) {
		json_open_object(&j, NULL);
		json_number(&j, "id", rows[i].number);
		json_text(&j, "browser", rows[i].agent.browser);
		json_text(&j, "system", rows[i].agent.system);
		json_time(&j, "created", rows[i].created);
		json_time(&j, "used", rows[i].used);
		json_boolean(&j, "current", rows[i].number == q->session->number);
		json_close_object(&j);
	}
	json_close_list(&j);
	json_close_object(&j);
	request_end(h, q, &w);
}

/* Those of the asker's sessions that are chosen are over, and whoever sits in a seat of theirs is out. `number` 0: all
 * but the one that asks. */
static void end_some(struct hall *h, const struct request *q, uint32_t number)
{
	struct session_row rows[LIMIT_SESSIONS];
	int n = sessions_of(h->db, q->session->holder, rows, ARRAY_SIZE(rows)), ended = 0;
	bool done = n >= 0;
	char who[EMAIL_SIZE];

	for (int i = 0; done && i < n; i++) {
		if (number ? rows[i].number != number : rows[i].number == q->session->number)
			continue;
		done = session_end(h, rows[i].number);
		ended++;
	}
	if (!done) {
		hall_undo(h);
		request_refuse(h, q, 503, "not-recorded");
	} else if (number && !ended) {
		request_refuse(h, q, 404, "not-found");
	} else {
		holder_print(h, q->session->holder, who);
		note_security(h, number ? "session-ended" : "other-sessions-ended", who, NULL);
		if (request_commit(h, q))
			request_done(h, q);
	}
}

void ask_session_end(struct hall *h, struct request *q)
{
	end_some(h, q, (uint32_t)wire_integer(q->body, "id"));
}

void ask_sessions_end_others(struct hall *h, struct request *q)
{
	end_some(h, q, 0);
}

static void clear_cookie(const struct request *q)
{
	struct writer w = writer(q->answer->set_cookie, sizeof(q->answer->set_cookie));

	write_format(&w, "%s=; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=0", cookie_of(q->http->admin));
	write_u8(&w, 0);
}

void ask_sign_out(struct hall *h, struct request *q)
{
	struct session_row s;
	char who[EMAIL_SIZE];

	if (find(h, q->http, &s)) {
		holder_print(h, s.holder, who);
		if (!session_end(h, s.number)) {
			hall_undo(h);
			request_refuse(h, q, 503, "not-recorded");
			return;
		}
		note_security(h, "signed-out", who, NULL);
		if (!request_commit(h, q))
			return;
	}
	request_done(h, q);
	clear_cookie(q);
}
