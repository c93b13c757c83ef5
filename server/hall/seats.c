/* SPDX-License-Identifier: EUPL-1.2 */
/* Links become seats, and seats are come back to. In conclaved.
 * Invariant: an answer that gives a secret away leaves only after its hash is durable. */
#include "server/hall/gate.h"

#include "base/log.h"
#include "server/hall/cookie.h"
#include "server/wire/json.h"

/* ARCHITECTURE, Seats: how long before the start a link opens. */
#define LINK_TIME (MINUTES(60) * 24)

void hall_letters(struct hall *h, char *ret, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ret[i] = (char)('a' + random_below(&h->random, 26));
	ret[n] = '\0';
}

struct meeting *hall_meeting(struct hall *h, uint32_t number)
{
	struct meeting *m;

	list_for_each(m, &h->meetings, in_hall)
		if (m->row.number == number)
			return m;
	return NULL;
}

struct meeting *hall_find_meeting(struct hall *h, const char *id)
{
	struct meeting *m;

	list_for_each(m, &h->meetings, in_hall)
		if (strcmp(m->row.id, id) == 0)
			return m;
	return NULL;
}

static void answer_seat(struct hall *h, const struct request *q, const struct person *p, const char *seat,
	const struct token *secret)
{
	struct writer body, cookie = writer(q->answer->set_cookie, sizeof(q->answer->set_cookie));
	struct json j = json_writer(&body);

	if (!request_begin(h, q, 0, &body))
		return;
	json_open_object(&j, NULL);
	json_text(&j, "seat", seat);
	json_text(&j, "meeting", p->meeting->row.id);
	json_text(&j, "name", p->name);
	json_text(&j, "office", office_word(p->office));
	json_close_object(&j);
	if (cookie_print(&cookie, seat, secret))
		request_end(h, q, &body);
	else
		request_refuse(h, q, 503, "not-recorded");
}

/* Does this secret open the seat now? *current: by the newest one, not the one before. */
static bool is_secret(const struct seat_row *seat, struct bytes secret, bool *current)
{
	struct digest shown;

	if (!token_hash(secret, &shown))
		return false;
	*current = digest_equal(&shown, &seat->secret);
	return *current || (seat->has_previous && digest_equal(&shown, &seat->previous));
}

/* The person of a seat that has not ended, in a meeting that has not. */
static struct person *person_of_seat(struct hall *h, const struct seat_row *seat)
{
	struct meeting *m = hall_meeting(h, seat->meeting);

	return m && m->fold->phase != PHASE_ENDED ? meeting_person(m, seat->person) : NULL;
}

static bool read_seat(struct hall *h, const char *id, const char *cookies, struct seat_row *seat, bool *current)
{
	struct bytes secret;

	return cookie_find(cookies, id, &secret) && store_seat_find(h->db, id, seat) > 0 && !seat->ended &&
		is_secret(seat, secret, current);
}

struct person *seat_open(struct hall *h, const char *id, const char *cookies, const char **why)
{
	struct seat_row seat;
	struct person *p;
	bool current;

	*why = "seat-unknown";
	if (!read_seat(h, id, cookies, &seat, &current))
		return NULL;
	p = person_of_seat(h, &seat);
	if (p)
		p->known = seat.account;
	if (!p)
		*why = "ended";
	/* The browser has the new secret: the one before is worth nothing from now on. Kept longer if it cannot be
	 * written, since nobody may be kept out by a full disk. */
	else if (current && seat.has_previous && !h->unhealthy)
		(void)store_seat_settle(h->db, seat.number);
	return p;
}

/* Gives the holder of `shown`, which is good, a new secret; the one they hold stays good until the new one is used, and
 * for longer when no new one can be written: a full disk keeps nobody out. */
static void renew(struct hall *h, struct person *p, struct seat_row *seat, struct bytes shown, const struct request *q)
{
	struct token secret;

	if (!token_hash(shown, &seat->previous) || token_new(&secret, &seat->secret) < 0 ||
	    store_seat_rotate(h->db, seat) < 0 || hall_commit(h) < 0) {
		memcpy(secret.text, shown.data, TOKEN_LETTERS);
		secret.text[TOKEN_LETTERS] = '\0';
	}
	answer_seat(h, q, p, seat->id, &secret);
	mem_wipe(&secret, sizeof(secret));
}

bool seat_make_link(struct hall *h, const struct person *p, struct token *ret)
{
	struct link_row link = { .meeting = p->meeting->row.number, .person = p->id };

	return token_new(ret, &link.hash) == 0 && store_links_kill(h->db, link.meeting, link.person) == 0 &&
		store_link_add(h->db, &link, h->wall) == 0;
}

void seat_print_link(const struct hall *h, struct token *token, char ret[static LINK_SIZE])
{
	struct writer w = writer(ret, LINK_SIZE);

	write_string(&w, h->client);
	write_string(&w, "/j#");
	write_string(&w, token->text);
	write_u8(&w, 0);
	if (!w.ok)
		ret[0] = '\0';
	mem_wipe(token, sizeof(*token));
}

void hall_undo(struct hall *h)
{
	db_rollback(h->db);
	hall_restore(h);
}

void seat_end(struct hall *h, struct person *p, bool was_inside, const struct person *by, enum reason_code reason,
	const char *text)
{
	if (was_inside)
		person_exit(h, p, "seat-ended", true);
	if (p->live.waiting)
		person_wait(h, p, false);
	if (p->live.connection)
		connection_over(h, p->live.connection, "seat-ended", by, reason, text);
}

/* `link` is NULL where being signed in is enough; `session` where the link is. */
static bool take_seat(struct hall *h, struct person *p, const struct link_row *link, const struct session_row *session,
	struct token *secret, struct seat_row *seat)
{
	struct event e = { .kind = EVENT_SEAT_TAKEN, .by = p->id };
	bool was_inside = person_is_inside(p);

	*seat = (struct seat_row){ .meeting = p->meeting->row.number, .person = p->id };
	if (session) {
		seat->session = session->number;
		seat->account = session->holder;
	}
	hall_letters(h, seat->id, SEAT_LETTERS);
	if (token_new(secret, &seat->secret) < 0 || store_seats_end(h->db, seat->meeting, seat->person) < 0 ||
	    store_seat_add(h->db, seat) < 0 || (link && store_link_use(h->db, link, seat->number) < 0))
		return false;
	e.number = seat->number;
	if (!hall_act(h, p->meeting, &e, 1))
		return false;
	seat_end(h, p, was_inside, NULL, REASON_NONE, NULL);
	return hall_commit(h) == 0;
}

/* A link that was used leads back to its seat in the browser that holds it. */
static void use_again(struct hall *h, struct person *p, const struct link_row *link, const char *cookies,
	const struct request *q)
{
	struct seat_row seat;
	struct bytes secret;
	bool current;

	if (store_seat_read(h->db, link->seat, &seat) > 0 && !seat.ended && cookie_find(cookies, seat.id, &secret) &&
	    is_secret(&seat, secret, &current))
		renew(h, p, &seat, secret, q);
	else
		request_refuse(h, q, 403, "link-used");
}

static void make_seat(struct hall *h, struct person *p, const struct link_row *link,
	const struct session_row *session, const struct request *q)
{
	struct token secret = { 0 };
	struct seat_row seat;

	if (take_seat(h, p, link, session, &secret, &seat)) {
		answer_seat(h, q, p, seat.id, &secret);
	} else {
		if (db_is_writing(h->db))
			hall_undo(h);
		request_refuse(h, q, 503, "not-recorded");
	}
	mem_wipe(&secret, sizeof(secret));
}

/* Is the person that this session is of the one who is invited here? */
static bool is_theirs(struct hall *h, const struct session_row *session, const struct person *p)
{
	struct account_row account;
	char email[EMAIL_SIZE];

	return accounts_read(h->db, session->holder, &account) > 0 && email_fold(p->email, email) &&
		strcmp(account.email, email) == 0;
}

static void ask_sign_in_first(struct hall *h, const struct request *q, const struct person *p)
{
	struct writer w;

	request_refuse(h, q, 403, "sign-in-required");
	if (!request_begin(h, q, 0, &w))
		return;
	q->answer->status = 403;
	write_format(&w, "{\"error\":{\"code\":\"sign-in-required\",\"meeting\":\"%s\"}}", p->meeting->row.id);
	request_end(h, q, &w);
}

/* What a link is worth: a guest's makes a seat; anybody else's only leads there, unless the meeting or the
 * configuration says otherwise. */
static void use_link(struct hall *h, struct person *p, const struct link_row *link, const struct request *q)
{
	bool enough = p->office == OFFICE_GUEST || p->meeting->row.links_for_everyone || h->gate->links_for_everyone;
	struct session_row session;
	bool theirs = session_open(h, q->http, &session) && !session.narrow && is_theirs(h, &session, p);

	if (theirs || enough)
		make_seat(h, p, link, theirs ? &session : NULL, q);
	else
		ask_sign_in_first(h, q, p);
}

/* The seat that they have, if this browser holds it. */
static bool lead_back(struct hall *h, struct person *p, const struct session_row *session, const struct request *q)
{
	struct seat_row seat;
	struct bytes secret;
	bool current;

	if (store_seat_last(h->db, p->meeting->row.number, p->id, &seat) <= 0 || seat.ended ||
	    seat.session != session->number || !cookie_find(q->http->cookies, seat.id, &secret) ||
	    !is_secret(&seat, secret, &current))
		return false;
	renew(h, p, &seat, secret, q);
	return true;
}

/* Who is signed in and invited needs no link. */
void ask_enter(struct hall *h, struct request *q)
{
	struct meeting *m = hall_find_meeting(h, wire_text(q->body, "meeting"));
	struct person *p, *invited = NULL;

	if (m)
		meeting_for_each(p, m)
			if (is_theirs(h, q->session, p))
				invited = p;
	if (!invited)
		request_refuse(h, q, 403, "not-invited");
	else if (m->fold->phase == PHASE_ENDED)
		request_refuse(h, q, 403, "link-ended");
	else if (h->wall + LINK_TIME < m->row.starts)
		request_refuse(h, q, 403, "link-early");
	else if (!lead_back(h, invited, q->session, q))
		make_seat(h, invited, NULL, q->session, q);
}

static void answer_link(struct hall *h, const char *token, const char *cookies, const struct request *q)
{
	struct link_row link;
	struct digest hash;
	struct meeting *m;
	struct person *p;

	if (!token_hash(bytes_of_string(token), &hash) || store_link_find(h->db, &hash, &link) <= 0 ||
	    !digest_equal(&hash, &link.hash)) {
		request_refuse(h, q, 403, "link-unknown");
		return;
	}
	m = hall_meeting(h, link.meeting);
	p = m && m->fold->phase != PHASE_ENDED ? meeting_person(m, link.person) : NULL;
	if (!p || link.dead)
		request_refuse(h, q, 403, "link-ended");
	else if (link.seat)
		use_again(h, p, &link, cookies, q);
	else if (h->wall + LINK_TIME < m->row.starts)
		request_refuse(h, q, 403, "link-early");
	else
		use_link(h, p, &link, q);
}

void ask_link(struct hall *h, struct request *q)
{
	answer_link(h, wire_text(q->body, "token"), q->http->cookies, q);
}

/* The one seat of that meeting that these cookies open; two would be a guess. */
static bool find_seat(struct hall *h, const char *meeting, const char *cookies, char ret[static SEAT_LETTERS + 1])
{
	struct meeting_row row = { 0 };
	struct bytes rest = bytes_of_string(cookies);
	struct seat_row seat;
	struct cookie c;
	size_t found = 0;
	bool current;

	if (store_meeting_find(h->db, meeting, &row) <= 0)
		return false;
	while (cookie_next(&rest, &c)) {
		if (read_seat(h, c.seat, cookies, &seat, &current) && seat.meeting == row.number &&
		    (!found || strcmp(ret, seat.id) != 0)) {
			memcpy(ret, seat.id, sizeof(seat.id));
			found++;
		}
	}
	return found == 1;
}

bool seat_find(struct hall *h, const char *meeting, const char *cookies, struct seat_row *ret)
{
	char id[SEAT_LETTERS + 1] = "";
	bool current;

	return find_seat(h, meeting, cookies, id) && read_seat(h, id, cookies, ret, &current);
}

void ask_resume(struct hall *h, struct request *q)
{
	const char *id = wire_text(q->body, "seat"), *meeting = wire_text(q->body, "meeting");
	const char *cookies = q->http->cookies;
	char found[SEAT_LETTERS + 1] = "";
	struct seat_row seat;
	struct bytes secret;
	struct person *p;
	bool current;

	if (!id == !meeting) {
		request_refuse(h, q, 400, "bad-request");
		return;
	}
	if (meeting)
		id = find_seat(h, meeting, cookies, found) ? found : "";
	if (!read_seat(h, id, cookies, &seat, &current)) {
		request_refuse(h, q, 403, "seat-unknown");
		return;
	}
	if (request_asks_too_much(h, q, THROTTLE_RESUMING, seat.number))
		return;
	p = person_of_seat(h, &seat);
	if (!p)
		request_refuse(h, q, 403, "link-ended");
	else if (cookie_find(cookies, id, &secret))
		renew(h, p, &seat, secret, q);
}
