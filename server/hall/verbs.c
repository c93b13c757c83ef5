/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclavectl asks for. In conclaved.
 * Invariant: an answer that says it was done is given after the commit; nothing here lets anybody into a meeting. */
#include "server/hall/convocation.h"

#include <errno.h>

#include "server/hall/gate.h"
#include "server/hall/oidc.h"
#include "server/hall/sound_check.h"
#include "server/hall/verbs.h"
#include "server/wire/json.h"

/* Meetings that a list shows, latest first. */
#define LIST_MOST 200

struct answer {
	struct writer *w;
	struct json j;
};

static struct answer begin(struct writer *w)
{
	struct answer a = { .w = w, .j = json_writer(w) };

	json_open_object(&a.j, NULL);
	json_boolean(&a.j, "ok", true);
	return a;
}

struct json control_begin(struct writer *w)
{
	return begin(w).j;
}

static void end(struct answer *a)
{
	json_close_object(&a->j);
}

void control_refuse(struct writer *w, const char *why)
{
	struct json j;

	*w = (struct writer){ .start = w->start, .at = w->start, .end = w->end, .ok = true };
	j = json_writer(w);
	json_open_object(&j, NULL);
	json_boolean(&j, "ok", false);
	json_text(&j, "error", why);
	json_close_object(&j);
}

static void write_meeting(struct json *j, const struct meeting_row *row, const struct meeting *m)
{
	uint32_t inside = 0, waiting = 0;
	const struct person *p;

	json_text(j, "id", row->id);
	json_text(j, "title", row->title);
	json_text(j, "body", row->body);
	json_time(j, "starts", row->starts);
	json_text(j, "language", row->language);
	json_text(j, "phase", meeting_phase_word(m ? m->fold->phase : row->ended ? PHASE_ENDED : PHASE_PLANNED));
	if (!m)
		return;
	meeting_for_each(p, m) {
		inside += person_is_inside(p);
		waiting += p->live.waiting;
	}
	json_number(j, "invited", m->n_people);
	json_number(j, "inside", inside);
	json_number(j, "waiting", waiting);
}

static void meeting_list(struct hall *h, struct writer *w)
{
	_cleanup_(mem_freep) struct meeting_row *rows = mem_new_array(struct meeting_row, LIST_MOST);
	int n = rows ? store_meetings_all(h->db, rows, LIST_MOST) : -ENOMEM;
	struct answer a;

	if (n < 0) {
		control_refuse(w, "the database cannot be read");
		return;
	}
	a = begin(w);
	json_open_list(&a.j, "meetings");
	for (int i = 0; i < n; i++) {
		json_open_object(&a.j, NULL);
		write_meeting(&a.j, &rows[i], hall_meeting(h, rows[i].number));
		json_close_object(&a.j);
	}
	json_close_list(&a.j);
	end(&a);
}

static void write_invited(struct json *j, const struct person *p)
{
	const struct fold_person *f = person_fold(p);

	json_open_object(j, NULL);
	json_text(j, "name", p->name);
	json_text(j, "email", p->email);
	json_text(j, "office", office_word(p->office));
	json_text(j, "party", p->party);
	json_number(j, "links", f->links);
	json_boolean(j, "seated", f->seat);
	json_text(j, "where", f->inside ? f->lost ? "reconnecting" : "inside" : f->aside ? "aside" :
		p->live.waiting ? "lobby" : "outside");
	json_close_object(j);
}

static void show(const struct meeting *m, struct writer *w)
{
	struct answer a = begin(w);
	const struct person *p;

	json_open_object(&a.j, "meeting");
	write_meeting(&a.j, &m->row, m);
	json_close_object(&a.j);
	json_number(&a.j, "entries", m->fold->seq);
	json_open_list(&a.j, "people");
	meeting_for_each(p, m)
		write_invited(&a.j, p);
	json_close_list(&a.j);
	end(&a);
}

static void meeting_show(struct hall *h, const struct wire_node *request, struct writer *w)
{
	_cleanup_(meeting_freep) struct meeting *ended = NULL;
	const char *id = wire_text(request, "meeting");
	const struct meeting *m = hall_find_meeting(h, id);
	struct meeting_row row;
	int r;

	if (m) {
		show(m, w);
		return;
	}
	r = store_meeting_find(h->db, id, &row);
	if (r > 0)
		r = meeting_load(&ended, h->db, log_key_server(h->key), &row, h->now, h->wall) < 0 ? -EIO : 1;
	if (r > 0)
		show(ended, w);
	else
		control_refuse(w, r < 0 ? "the records of this meeting cannot be read" : "there is no such meeting");
}

bool meeting_end_by_administration(struct hall *h, struct meeting *m, const char *reason)
{
	struct event e = { .kind = EVENT_ENDED, .reason = REASON_WRITTEN, .note = NOTE_ADMINISTRATION,
		.text = mem_copy_string(reason) };

	if (!e.text || !hall_act(h, m, &e, 1)) {
		event_done(&e);
		hall_undo(h);	/* what says in the security log that it ended */
		return false;
	}
	meeting_over(h, m, NULL, REASON_WRITTEN, reason);
	return hall_commit(h) == 0;
}

static void meeting_end(struct hall *h, const struct wire_node *request, struct writer *w)
{
	struct meeting *m = hall_find_meeting(h, wire_text(request, "meeting"));
	struct answer a;

	if (!m || m->fold->phase == PHASE_ENDED) {
		control_refuse(w, "there is no such meeting, or it has ended");
		return;
	}
	if (!meeting_end_by_administration(h, m, wire_text(request, "reason"))) {
		control_refuse(w, "the end of the meeting could not be recorded, so it goes on");
		return;
	}
	a = begin(w);
	end(&a);
}

/* Not committed. */
static bool make_link(struct hall *h, struct person *p, struct token *ret)
{
	struct event e = { .kind = EVENT_LINK_MADE, .who = p->id, .note = NOTE_ADMINISTRATION };

	return seat_make_link(h, p, ret) && hall_act(h, p->meeting, &e, 1);
}

static void write_link(struct hall *h, struct json *j, struct token *token)
{
	char link[LINK_SIZE];

	seat_print_link(h, token, link);
	json_text(j, "link", link);
	mem_wipe(link, sizeof(link));
}

static void invite(struct hall *h, const struct wire_node *request, struct writer *w)
{
	struct meeting *m = hall_find_meeting(h, wire_text(request, "meeting"));
	struct person *p = m ? meeting_find_email(m, wire_text(request, "email")) : NULL;
	struct token token;
	struct answer a;

	if (!m || m->fold->phase == PHASE_ENDED) {
		control_refuse(w, "there is no such meeting, or it has ended");
		return;
	}
	if (!p) {
		control_refuse(w, "nobody with that address is invited to this meeting");
		return;
	}
	if (!make_link(h, p, &token)) {
		hall_undo(h);
		control_refuse(w, "the link could not be recorded");
		return;
	}
	if (hall_commit(h) < 0) {
		control_refuse(w, "the link could not be recorded");
		return;
	}
	a = begin(w);
	json_text(&a.j, "name", p->name);
	json_text(&a.j, "email", p->email);
	json_text(&a.j, "office", office_word(p->office));
	write_link(h, &a.j, &token);
	end(&a);
}

/* Where the body is one that is known: its members, unless others were named. False when that cannot be read. */
static bool of_body(struct hall *h, struct convocation *c, bool members)
{
	_cleanup_(mem_freep) struct member_row *rows = mem_new_array(struct member_row, LIMIT_PEOPLE_PER_MEETING);
	struct body_row body;
	int n;

	n = c->row.body[0] ? bodies_find(h->db, c->row.body, &body) : 0;
	if (n <= 0 || !rows)
		return n == 0 && rows;
	memset(c->row.body, 0, sizeof(c->row.body));
	line_copy(c->row.body, sizeof(c->row.body), body.name);
	c->row.of_body = body.number;
	n = members ? members_of_body(h->db, body.number, rows, LIMIT_PEOPLE_PER_MEETING) : 0;
	for (int i = 0; i < n; i++)
		convocation_invite(c, rows[i].name, rows[i].email, rows[i].office,
			rows[i].party[0] ? rows[i].party : NULL);
	return n >= 0;
}

static void meeting_create(struct hall *h, const struct wire_node *request, struct writer *w)
{
	_cleanup_(mem_freep) struct convened_item *items = mem_new_array(struct convened_item, LIMIT_ITEMS);
	struct convocation c = { .row = { .starts = wire_time(request, "starts"), .language = "nl" } };
	_cleanup_(mem_freep) struct invitation_row *people = NULL;
	const char *substitute = wire_text(request, "substitute");
	size_t n = wire_count(request, "people");
	const struct meeting *m;
	const char *why = NULL;
	struct answer a;

	c.people = people = mem_new_array(struct invitation_row, n + LIMIT_PEOPLE_PER_MEETING);
	c.items = items;
	if (!people || !items) {
		control_refuse(w, "there is not enough memory");
		return;
	}
	line_copy(c.row.title, sizeof(c.row.title), wire_text(request, "title"));
	if (wire_text(request, "body"))
		line_copy(c.row.body, sizeof(c.row.body), wire_text(request, "body"));
	if (wire_text(request, "language"))
		line_copy(c.row.language, sizeof(c.row.language), wire_text(request, "language"));
	for (size_t i = 0; i < n; i++) {
		const struct wire_node *p = wire_item(request, "people", i);

		convocation_invite(&c, wire_text(p, "name"), wire_text(p, "email"),
			(enum office)wire_word(p, "office", words_offices), wire_text(p, "party"));
	}
	c.row.links_for_everyone = wire_text(request, "links");
	if (!of_body(h, &c, n == 0)) {
		control_refuse(w, "the body's members could not be read");
		return;
	}
	if (substitute) {
		c.substitute = convocation_find(&c, substitute);
		if (!c.substitute) {
			control_refuse(w, "the substitute of the chair is not among those invited");
			return;
		}
	}
	why = convocation_take_items(&c, request);
	if (why) {
		control_refuse(w, why);
		return;
	}
	m = convocation_record(h, &c, &why);
	if (!m || hall_commit(h) < 0) {
		control_refuse(w, why);
		return;
	}
	a = begin(w);
	json_text(&a.j, "meeting", m->row.id);
	end(&a);
}

static const struct {
	const char *name;
	const char *email;
	enum office office;
	const char *party;
} demo_people[] = {
	{ "Hilde Aerts", "hilde.aerts@lindebeke.example", OFFICE_CLERK, NULL },
	{ "Greet Verhaeghe", "greet.verhaeghe@lindebeke.example", OFFICE_CHAIR, "Samen Lindebeke" },
	{ "Marleen Goossens", "marleen.goossens@lindebeke.example", OFFICE_MEMBER, "Samen Lindebeke" },
	{ "Jan Peeters", "jan.peeters@lindebeke.example", OFFICE_MEMBER, "Lindebeke Vooruit" },
	{ "Fatima El Idrissi", "fatima.elidrissi@lindebeke.example", OFFICE_MEMBER, "Groen Lindebeke" },
};

static const struct {
	const char *title;
	bool for_audience;
} demo_items[] = {
	{ "Goedkeuring van het verslag", true },
	{ "Aanstelling algemeen directeur", false },
	{ "Verkoop perceel Kerkstraat", false },
};

static bool answer_demo(struct hall *h, struct meeting *m, struct writer *w)
{
	struct token tokens[ARRAY_SIZE(demo_people)];
	struct answer a;

	for (uint32_t i = 0; i < m->n_people; i++) {
		if (!make_link(h, &m->people[i], &tokens[i])) {
			hall_undo(h);
			return false;
		}
	}
	if (hall_commit(h) < 0)
		return false;
	a = begin(w);
	json_text(&a.j, "meeting", m->row.id);
	json_open_list(&a.j, "people");
	for (uint32_t i = 0; i < m->n_people; i++) {
		json_open_object(&a.j, NULL);
		json_text(&a.j, "name", m->people[i].name);
		json_text(&a.j, "email", m->people[i].email);
		json_text(&a.j, "office", office_word(m->people[i].office));
		write_link(h, &a.j, &tokens[i]);
		json_close_object(&a.j);
	}
	json_close_list(&a.j);
	end(&a);
	return true;
}

static void demo(struct hall *h, struct writer *w)
{
	struct convocation c = { .row = { .starts = h->wall, .title = "Gemeenteraad (demonstratie)",
		.body = "Gemeenteraad Lindebeke", .language = "nl", .links_for_everyone = true } };
	_cleanup_(mem_freep) struct invitation_row *people = mem_new_array(struct invitation_row,
		ARRAY_SIZE(demo_people));
	_cleanup_(mem_freep) struct convened_item *items = mem_new_array(struct convened_item, ARRAY_SIZE(demo_items));
	const char *why = "there is not enough memory";
	struct meeting *m = NULL;

	if (people && items) {
		c.people = people;
		c.items = items;
		for (size_t i = 0; i < ARRAY_SIZE(demo_people); i++)
			convocation_invite(&c, demo_people[i].name, demo_people[i].email, demo_people[i].office,
				demo_people[i].party);
		for (size_t i = 0; i < ARRAY_SIZE(demo_items); i++)
			convocation_add_item(&c, demo_items[i].title, demo_items[i].for_audience);
		m = convocation_record(h, &c, &why);
	}
	if (!m || !answer_demo(h, m, w))
		control_refuse(w, why);
}

static void status(struct hall *h, struct writer *w)
{
	char why[128] = "";
	struct writer reason = writer(why, sizeof(why) - 1);
	bool healthy = hall_healthy(h, &reason);
	struct hall_numbers n;
	struct answer a;

	hall_count(h, &n);
	a = begin(w);
	json_boolean(&a.j, "healthy", healthy);
	json_text(&a.j, "why", healthy ? NULL : why);
	json_number(&a.j, "meetings", (int64_t)n.meetings);
	json_number(&a.j, "participants", (int64_t)n.participants);
	json_number(&a.j, "connections", (int64_t)n.connections);
	json_number(&a.j, "joins", (int64_t)n.joins);
	json_number(&a.j, "events", (int64_t)n.events);
	verbs_write_workers(h, &a.j);
	oidc_describe(h, &a.j);
	end(&a);
}

static void backup_made(struct hall *h, struct writer *w)
{
	struct answer a;

	hall_note(h, "backup-made", NULL);
	a = begin(w);
	end(&a);
}

static void carry_out(struct hall *h, enum control_verb verb, const struct wire_node *request, struct writer *w)
{
	switch (verb) {
	case VERB_MEETING_CREATE:
		return meeting_create(h, request, w);
	case VERB_MEETING_LIST:
		return meeting_list(h, w);
	case VERB_MEETING_SHOW:
		return meeting_show(h, request, w);
	case VERB_MEETING_END:
		return meeting_end(h, request, w);
	case VERB_INVITE:
		return invite(h, request, w);
	case VERB_DEMO:
		return demo(h, w);
	case VERB_STATUS:
		return status(h, w);
	case VERB_RELOAD:
		break;
	case VERB_BACKUP_MADE:
		return backup_made(h, w);
	case VERB_WORKER_LIST:
	case VERB_WORKER_DRAIN:
		return verbs_worker(h, verb, request, w);
	case VERB_SOUND_CHECK:
		return sound_check_ask(h, request, w);
	case VERB_SOUND_CHECK_ANSWER:
		return sound_check_fetch(h, request, w);
	case VERB_LOG_EXPORT:
		return hall_export(h, request, w);
	case VERB_BODY_ADD:
	case VERB_BODY_LIST:
	case VERB_USER_ADD:
	case VERB_USER_LIST:
	case VERB_USER_CLOSE:
	case VERB_USER_RESET:
	case VERB_USER_IMPORT:
	case VERB_ADMIN_ADD:
	case VERB_ADMIN_LIST:
	case VERB_ADMIN_CLOSE:
		return verbs_people(h, verb, request, w);
	case VERB_N:
		break;
	}
}

enum hall_errand hall_control(struct hall *h, struct bytes request, struct writer *w)
{
	_cleanup_(wire_freep) struct wire *parsed = NULL;
	char why[160] = "there is not enough memory";
	struct writer reason = writer(why, sizeof(why) - 1);
	struct wire_problem problem;
	int r;

	h->acting = NULL;
	r = wire_parse(&parsed, request, "verb", protocol_control, &problem);
	if (r == -EBADMSG) {
		write_format(&reason, "the request was not understood: %s", problem.code);
		if (problem.field[0])
			write_format(&reason, " (%s)", problem.field);
		write_u8(&reason, 0);
	}
	if (r == 0 && wire_type(parsed) == &protocol_control[VERB_RELOAD])
		return HALL_RELOAD;
	if (r < 0)
		control_refuse(w, why);
	else
		carry_out(h, (enum control_verb)(wire_type(parsed) - protocol_control), wire_root(parsed), w);
	if (!w->ok)
		control_refuse(w, "the answer is too long");
	return HALL_NO_ERRAND;
}
