/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclavectl asks for. In conclaved.
 * Invariant: an answer that says it was done is given after the commit; nothing here lets anybody into a meeting. */
#include "server/hall/inside.h"

#include <errno.h>
#include <strings.h>

#include "base/log.h"
#include "server/wire/json.h"
#include "server/wire/text.h"

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
	json_text(j, "where", f->inside ? f->lost ? "reconnecting" : "inside" : p->live.waiting ? "lobby" : "outside");
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
		r = meeting_load(&ended, h->db, signer_public(h->key), &row, h->now, h->wall) < 0 ? -EIO : 1;
	if (r > 0)
		show(ended, w);
	else
		control_refuse(w, r < 0 ? "the records of this meeting cannot be read" : "there is no such meeting");
}

static void meeting_end(struct hall *h, const struct wire_node *request, struct writer *w)
{
	struct meeting *m = hall_find_meeting(h, wire_text(request, "meeting"));
	_cleanup_(mem_freep) char *reason = mem_copy_string(wire_text(request, "reason"));
	struct event e = { .kind = EVENT_ENDED, .reason = REASON_WRITTEN, .note = NOTE_ADMINISTRATION };
	struct answer a;

	if (!m || m->fold->phase == PHASE_ENDED) {
		control_refuse(w, "there is no such meeting, or it has ended");
		return;
	}
	e.text = reason ? mem_copy_string(reason) : NULL;
	if (!e.text || !hall_act(h, m, &e, 1)) {
		event_done(&e);
		control_refuse(w, "the end of the meeting could not be recorded, so it goes on");
		return;
	}
	meeting_over(h, m, NULL, REASON_WRITTEN, reason);
	if (hall_commit(h) < 0) {
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

/* What a new meeting is made of. */
struct convocation {
	struct meeting_row row;
	struct invitation_row *people;
	uint32_t n_people;
	uint32_t substitute;		/* 0 = nobody */
};

static void copy_line(char *to, size_t size, const char *from)
{
	memcpy(to, from, MIN(strlen(from), size - 1));
}

static void invite_person(struct convocation *c, const char *name, const char *email, enum office office,
	const char *party)
{
	struct invitation_row *p = &c->people[c->n_people++];

	*p = (struct invitation_row){ .person = c->n_people, .office = office };
	copy_line(p->name, sizeof(p->name), name);
	copy_line(p->email, sizeof(p->email), email);
	if (party)
		copy_line(p->party, sizeof(p->party), party);
	random_bytes(p->salt, sizeof(p->salt));
}

/* Why these people cannot meet, or NULL. */
static const char *why_not(const struct convocation *c)
{
	uint32_t offices[OFFICE_N] = { 0 };

	for (uint32_t i = 0; i < c->n_people; i++) {
		if (!text_is_email(bytes_of_string(c->people[i].email)))
			return "an e-mail address needs an @ between two parts, and no spaces";
		for (uint32_t k = 0; k < i; k++)
			if (strcasecmp(c->people[i].email, c->people[k].email) == 0)
				return "two people have the same e-mail address";
		offices[c->people[i].office]++;
	}
	if (offices[OFFICE_CLERK] > 1 || offices[OFFICE_CHAIR] > 1)
		return "a meeting has one chair and one clerk at most";
	if (c->substitute && c->people[c->substitute - 1].office != OFFICE_MEMBER)
		return "the substitute of the chair must be a member";
	if (!offices[OFFICE_CLERK] && !offices[OFFICE_CHAIR])
		return "a meeting needs a chair or a clerk, who can open it";
	return NULL;
}

int invitation_detail(const struct invitation_row *p, struct event *e)
{
	e->detailed = true;
	return event_detail(p->salt, 4, (const char *const[]){ p->name, p->email, office_word(p->office), p->party },
		&e->detail);
}

static int detail_of_meeting(const struct meeting_row *m, struct event *e)
{
	char starts[TEXT_TIME_SIZE];

	text_print_time(m->starts, starts);
	e->detailed = true;
	return event_detail(m->salt, 4, (const char *const[]){ m->title, m->body, m->language, starts }, &e->detail);
}

static int store_convocation(struct hall *h, struct convocation *c)
{
	int r = store_meeting_add(h->db, &c->row);

	for (uint32_t i = 0; r == 0 && i < c->n_people; i++)
		r = store_invitation_add(h->db, c->row.number, &c->people[i]);
	return r;
}

static bool record_convocation(struct hall *h, struct meeting *m, const struct convocation *c)
{
	_cleanup_(mem_freep) struct event *events = mem_new_array(struct event, c->n_people + 2u);

	if (!events)
		return false;
	events[0].kind = EVENT_MEETING_CREATED;
	if (detail_of_meeting(&c->row, &events[0]) < 0)
		return false;
	for (uint32_t i = 0; i < c->n_people; i++) {
		events[i + 1].kind = EVENT_INVITED;
		events[i + 1].who = c->people[i].person;
		if (invitation_detail(&c->people[i], &events[i + 1]) < 0)
			return false;
	}
	events[c->n_people + 1].kind = EVENT_SUBSTITUTE_NAMED;
	events[c->n_people + 1].who = c->substitute;
	return hall_act(h, m, events, c->n_people + 1u + (c->substitute != 0));
}

/* Whose address this is, from 1; 0 = nobody's. */
static uint32_t find_email(const struct convocation *c, const char *email)
{
	for (uint32_t i = 0; i < c->n_people; i++)
		if (strcasecmp(c->people[i].email, email) == 0)
			return i + 1;
	return 0;
}

/* The new meeting, not committed; or NULL with why. */
static struct meeting *convene(struct hall *h, struct convocation *c, const char **why)
{
	struct meeting *m = NULL;

	*why = why_not(c);
	if (!*why && h->n_meetings >= LIMIT_MEETINGS)
		*why = "there are as many meetings as this server can hold: end one first";
	if (*why)
		return NULL;
	*why = "the meeting could not be recorded";
	hall_letters(h, c->row.id, MEETING_LETTERS);
	random_bytes(c->row.salt, sizeof(c->row.salt));
	if (store_convocation(h, c) < 0 ||
	    meeting_load(&m, h->db, signer_public(h->key), &c->row, h->now, h->wall) < 0) {
		hall_undo(h);
		return NULL;
	}
	m->fresh = true;
	list_push_back(&h->meetings, &m->in_hall);
	h->n_meetings++;
	if (!record_convocation(h, m, c)) {
		hall_undo(h);
		return NULL;
	}
	return m;
}

static void meeting_create(struct hall *h, const struct wire_node *request, struct writer *w)
{
	struct convocation c = { .row = { .starts = wire_time(request, "starts"), .language = "nl" } };
	_cleanup_(mem_freep) struct invitation_row *people = NULL;
	const char *substitute = wire_text(request, "substitute");
	size_t n = wire_count(request, "people");
	const struct meeting *m;
	const char *why = NULL;
	struct answer a;

	c.people = people = mem_new_array(struct invitation_row, n);
	if (!people) {
		control_refuse(w, "there is not enough memory");
		return;
	}
	copy_line(c.row.title, sizeof(c.row.title), wire_text(request, "title"));
	if (wire_text(request, "body"))
		copy_line(c.row.body, sizeof(c.row.body), wire_text(request, "body"));
	if (wire_text(request, "language"))
		copy_line(c.row.language, sizeof(c.row.language), wire_text(request, "language"));
	for (size_t i = 0; i < n; i++) {
		const struct wire_node *p = wire_item(request, "people", i);

		invite_person(&c, wire_text(p, "name"), wire_text(p, "email"),
			(enum office)wire_word(p, "office", words_offices), wire_text(p, "party"));
	}
	if (substitute) {
		c.substitute = find_email(&c, substitute);
		if (!c.substitute) {
			control_refuse(w, "the substitute of the chair is not among those invited");
			return;
		}
	}
	m = convene(h, &c, &why);
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
		.body = "Gemeenteraad Lindebeke", .language = "nl" } };
	_cleanup_(mem_freep) struct invitation_row *people = mem_new_array(struct invitation_row,
		ARRAY_SIZE(demo_people));
	const char *why = "there is not enough memory";
	struct meeting *m = NULL;

	if (people) {
		c.people = people;
		for (size_t i = 0; i < ARRAY_SIZE(demo_people); i++)
			invite_person(&c, demo_people[i].name, demo_people[i].email, demo_people[i].office,
				demo_people[i].party);
		m = convene(h, &c, &why);
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
	json_open_list(&a.j, "workers");
	for (int i = 0; i < WORKERS_MOST; i++) {
		if (!h->workers[i].up)
			continue;
		json_open_object(&a.j, NULL);
		json_number(&a.j, "number", i);
		json_boolean(&a.j, "ready", h->workers[i].ready);
		json_text(&a.j, "cipher", h->workers[i].cipher);
		json_close_object(&a.j);
	}
	json_close_list(&a.j);
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
	case VERB_LOG_EXPORT:
		return hall_export(h, request, w);
	case VERB_N:
		break;
	}
}

void hall_control(struct hall *h, struct bytes request, struct writer *w)
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
	if (r < 0)
		control_refuse(w, why);
	else
		carry_out(h, (enum control_verb)(wire_type(parsed) - protocol_control), wire_root(parsed), w);
	if (!w->ok)
		control_refuse(w, "the answer is too long");
}
