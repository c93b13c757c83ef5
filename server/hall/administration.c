/* SPDX-License-Identifier: EUPL-1.2 */
/* POST /api/admin/…: what the IT department sees and does. In conclaved.
 * Invariant: no seat, no name of who is in a meeting, no title, no word of what is said or voted leaves here; each
 * change stands in the security log. What each level may, auth/rights said before (request.c). */
#include "server/hall/gate.h"
#include "server/hall/security.h"

#define LIST_SIZE (1024 * 1024)
#define SECURITY_LINES 200

static void write_retention(struct json *j, const struct retention *r)
{
	json_open_object(j, "retention");
	json_number(j, "media", 0);
	json_number(j, "messages", 0);
	json_number(j, "lobby", 0);
	json_number(j, "security", r->security_days);
	json_number(j, "meetings", r->meeting_days);
	json_close_object(j);
}

static void write_meetings(struct hall *h, struct json *j)
{
	const struct meeting *m;
	const struct person *p;

	json_open_list(j, "meetings");
	list_for_each(m, &h->meetings, in_hall) {
		uint32_t inside = 0;

		meeting_for_each(p, m)
			inside += person_is_inside(p);
		json_open_object(j, NULL);
		json_text(j, "id", m->row.id);
		json_text(j, "body", m->row.body);
		json_time(j, "starts", m->row.starts);
		json_text(j, "phase", meeting_phase_word(m->fold->phase));
		json_number(j, "invited", m->n_people);
		json_number(j, "inside", inside);
		json_close_object(j);
	}
	json_close_list(j);
}

static void write_policy(struct hall *h, struct json *j)
{
	json_open_object(j, "policy");
	json_text(j, "links", h->gate->links_for_everyone ? "everyone" : "guests");
	json_close_object(j);
}

void ask_admin_overview(struct hall *h, struct request *q)
{
	char why[128] = "";
	struct writer w, reason = writer(why, sizeof(why) - 1);
	struct json j = json_writer(&w);
	bool healthy = hall_healthy(h, &reason);
	struct retention r = retention_read(h);
	struct hall_numbers n;

	if (!request_begin(h, q, 128 * 1024, &w))
		return;
	hall_count(h, &n);
	json_open_object(&j, NULL);
	json_boolean(&j, "healthy", healthy);
	json_text(&j, "why", healthy ? NULL : why);
	json_number(&j, "participants", (int64_t)n.participants);
	json_number(&j, "connections", (int64_t)n.connections);
	json_text(&j, "cipher", h->workers[0].cipher);
	json_text(&j, "version", CONCLAVE_VERSION);
	json_text(&j, "sqlite", db_version());
	if (h->machine.certificate_ends)
		json_time(&j, "certificate", h->machine.certificate_ends);
	else
		json_null(&j, "certificate");
	json_number(&j, "free", h->machine.disk_free);
	write_meetings(h, &j);
	write_retention(&j, &r);
	write_policy(h, &j);
	json_close_object(&j);
	request_end(h, q, &w);
}

/* Ends an answer that is one list. */
static void end_list(struct hall *h, const struct request *q, struct json *j)
{
	json_close_list(j);
	json_close_object(j);
	request_end(h, q, j->w);
}

static bool begin_list(struct hall *h, const struct request *q, const char *name, struct writer *w, struct json *j)
{
	*j = json_writer(w);
	if (!request_begin(h, q, LIST_SIZE, w))
		return false;
	json_open_object(j, NULL);
	json_open_list(j, name);
	return true;
}

void ask_admin_bodies(struct hall *h, struct request *q)
{
	_cleanup_(mem_freep) struct body_row *rows = mem_new_array(struct body_row, LIMIT_BODIES);
	int n = rows ? bodies_all(h->db, rows, LIMIT_BODIES) : 0;
	struct writer w;
	struct json j;

	if (!begin_list(h, q, "bodies", &w, &j))
		return;
	for (int i = 0; i < n; i++)
		book_write_body(h, &j, &rows[i]);
	end_list(h, q, &j);
}

void ask_admin_users(struct hall *h, struct request *q)
{
	_cleanup_(mem_freep) struct account_row *rows = mem_new_array(struct account_row, LIMIT_ACCOUNTS);
	int n = rows ? accounts_all(h->db, rows, LIMIT_ACCOUNTS) : 0;
	struct writer w;
	struct json j;

	if (!begin_list(h, q, "users", &w, &j))
		return;
	for (int i = 0; i < n; i++)
		book_write_user(&j, &rows[i]);
	end_list(h, q, &j);
}

void ask_admin_administrators(struct hall *h, struct request *q)
{
	_cleanup_(mem_freep) struct administrator_row *rows = mem_new_array(struct administrator_row,
		LIMIT_ADMINISTRATORS);
	int n = rows ? administrators_all(h->db, rows, LIMIT_ADMINISTRATORS) : 0;
	struct writer w;
	struct json j;

	if (!begin_list(h, q, "admins", &w, &j))
		return;
	for (int i = 0; i < n; i++)
		book_write_administrator(&j, &rows[i]);
	end_list(h, q, &j);
}

void ask_admin_security(struct hall *h, struct request *q)
{
	_cleanup_(mem_freep) struct security_row *rows = mem_new_array(struct security_row, SECURITY_LINES);
	int n = rows ? security_last(h->db, rows, SECURITY_LINES) : 0;
	struct writer w;
	struct json j;

	if (!begin_list(h, q, "events", &w, &j))
		return;
	for (int i = 0; i < n; i++) {
		json_open_object(&j, NULL);
		json_number(&j, "id", rows[i].number);
		json_time(&j, "at", rows[i].at);
		json_text(&j, "kind", rows[i].kind);
		json_text(&j, "who", rows[i].who[0] ? rows[i].who : NULL);
		json_text(&j, "about", rows[i].about[0] ? rows[i].about : NULL);
		json_close_object(&j);
	}
	end_list(h, q, &j);
}

/* Committed and answered with its link, or undone and refused. */
static void answer_book(struct hall *h, const struct request *q, enum book_why why, char *link)
{
	struct writer w;
	struct json j = json_writer(&w);

	why = book_end(h, why);
	if (why != BOOK_DONE) {
		request_refuse(h, q, why == BOOK_NOT_RECORDED ? 503 : 409, book_code(why));
	} else if (request_begin(h, q, 0, &w)) {
		json_open_object(&j, NULL);
		if (link)
			json_text(&j, "link", link);
		json_close_object(&j);
		request_end(h, q, &w);
	}
	if (link)
		mem_wipe(link, LINK_SIZE);
}

void ask_admin_body_add(struct hall *h, struct request *q)
{
	enum book_why why = book_begin(h);
	struct body_row body;

	if (why == BOOK_DONE)
		why = book_add_body(h, q->who, wire_text(q->body, "name"), &body);
	answer_book(h, q, why, NULL);
}

void ask_admin_user_add(struct hall *h, struct request *q)
{
	const char *office = wire_text(q->body, "office");
	struct book_user u = { .name = wire_text(q->body, "name"), .email = wire_text(q->body, "email"),
		.body = wire_text(q->body, "body"), .party = wire_text(q->body, "party"), .office = OFFICE_MEMBER };
	enum book_why why = book_begin(h);
	char link[LINK_SIZE] = "";

	if (office)
		u.office = (enum office)word_index(office, words_offices);
	if (why == BOOK_DONE)
		why = book_add_user(h, q->who, &u, link);
	answer_book(h, q, why, link);
}

void ask_admin_user_close(struct hall *h, struct request *q)
{
	enum book_why why = book_begin(h);

	if (why == BOOK_DONE)
		why = book_close_user(h, q->who, wire_text(q->body, "email"));
	answer_book(h, q, why, NULL);
}

void ask_admin_user_reset(struct hall *h, struct request *q)
{
	enum book_why why = book_begin(h);
	char link[LINK_SIZE] = "";

	if (why == BOOK_DONE)
		why = book_reset_user(h, q->who, wire_text(q->body, "email"), link);
	answer_book(h, q, why, link);
}

void ask_admin_administrator_add(struct hall *h, struct request *q)
{
	enum book_why why = book_begin(h);
	char link[LINK_SIZE] = "";

	if (why == BOOK_DONE)
		why = book_add_administrator(h, q->who, wire_text(q->body, "email"),
			(enum level)wire_word(q->body, "level", level_words), link);
	answer_book(h, q, why, link);
}

void ask_admin_administrator_close(struct hall *h, struct request *q)
{
	enum book_why why = book_begin(h);

	if (why == BOOK_DONE)
		why = book_close_administrator(h, q->who, wire_text(q->body, "email"));
	answer_book(h, q, why, NULL);
}

void ask_admin_import(struct hall *h, struct request *q)
{
	_cleanup_(mem_freep) uint8_t *room = mem_alloc(LIMIT_IMPORT_BODY);
	struct writer w, lines = writer(room, LIMIT_IMPORT_BODY);
	struct json good = json_writer(&w), bad = json_writer(&lines);
	enum book_why why;
	int wrong;

	if (!room) {
		request_refuse(h, q, 503, "unavailable");
		return;
	}
	why = book_begin(h);
	if (why != BOOK_DONE || !request_begin(h, q, LIST_SIZE, &w)) {
		(void)book_end(h, BOOK_NOT_RECORDED);
		request_refuse(h, q, 503, "not-recorded");
		return;
	}
	json_open_object(&good, NULL);
	json_open_list(&good, "users");
	wrong = book_import(h, q->who, bytes_of_string(wire_text(q->body, "csv")), &good, &bad);
	json_close_list(&good);
	json_close_object(&good);
	why = book_end(h, wrong == 0 && w.ok ? BOOK_DONE : wrong > 0 ? BOOK_LINES : BOOK_NOT_RECORDED);
	if (why == BOOK_DONE) {
		request_end(h, q, &w);
	} else if (why == BOOK_NOT_RECORDED) {
		request_refuse(h, q, 503, "not-recorded");
	} else if (request_begin(h, q, LIMIT_IMPORT_BODY + 128, &w)) {
		q->answer->status = 409;
		write_string(&w, "{\"error\":{\"code\":\"bad-lines\"},\"lines\":[");
		write_bytes(&w, written(&lines));
		write_string(&w, "]}");
		request_end(h, q, &w);
	}
}

void ask_admin_retention(struct hall *h, struct request *q)
{
	struct retention r = retention_read(h);
	struct writer w;
	struct json j = json_writer(&w);

	if (!request_begin(h, q, 0, &w))
		return;
	json_open_object(&j, NULL);
	write_retention(&j, &r);
	json_close_object(&j);
	request_end(h, q, &w);
}

void ask_admin_retention_set(struct hall *h, struct request *q)
{
	struct retention r = { .security_days = wire_integer(q->body, "security"),
		.meeting_days = wire_integer(q->body, "meetings") };
	char about[64];
	struct writer w = writer(about, sizeof(about));

	write_format(&w, "%d, %d", (int)r.security_days, (int)r.meeting_days);
	write_u8(&w, 0);
	if (!retention_set(h, &r)) {
		hall_undo(h);
		request_refuse(h, q, 503, "not-recorded");
		return;
	}
	note_security(h, "retention-set", q->who, about);
	if (request_commit(h, q))
		ask_admin_retention(h, q);
}

void ask_admin_meeting_end(struct hall *h, struct request *q)
{
	struct meeting *m = hall_find_meeting(h, wire_text(q->body, "meeting"));
	const char *reason = wire_text(q->body, "reason");

	if (!m || m->fold->phase == PHASE_ENDED) {
		request_refuse(h, q, 409, "no-meeting");
		return;
	}
	note_security(h, "meeting-ended", q->who, m->row.id);
	if (!meeting_end_by_administration(h, m, reason)) {
		request_refuse(h, q, 503, "not-recorded");
		return;
	}
	request_done(h, q);
}
