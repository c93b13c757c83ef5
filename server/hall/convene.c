/* SPDX-License-Identifier: EUPL-1.2 */
/* POST /api/convene and /api/invitations: a clerk calls a body's meeting, and hands out the invitations. In conclaved.
 * Invariant: only the clerk of that body, and of that meeting; a link is told once, to who made it. */
#include "server/hall/convocation.h"
#include "server/hall/gate.h"

/* A name, an address and a link of each. */
#define INVITATIONS_SIZE (LIMIT_PEOPLE_PER_MEETING * 4096)

/* Links for those who have no seat yet; not committed. False: undone and answered. */
static bool make_links(struct hall *h, const struct request *q, struct meeting *m, uint32_t by, struct token *tokens)
{
	struct person *p;

	meeting_for_each(p, m) {
		struct event e = { .kind = EVENT_LINK_MADE, .by = by, .who = p->id };

		if (person_fold(p)->seat || (seat_make_link(h, p, &tokens[p->id - 1]) && hall_act(h, m, &e, 1)))
			continue;
		hall_undo(h);
		request_refuse(h, q, 503, "not-recorded");
		return false;
	}
	return true;
}

static void write_invitations(struct hall *h, struct json *j, struct meeting *m, struct token *tokens)
{
	struct person *p;

	json_open_list(j, "invitations");
	meeting_for_each(p, m) {
		char link[LINK_SIZE];

		if (person_fold(p)->seat)
			continue;
		seat_print_link(h, &tokens[p->id - 1], link);
		json_open_object(j, NULL);
		json_text(j, "name", p->name);
		json_text(j, "email", p->email);
		json_text(j, "office", office_word(p->office));
		json_text(j, "link", link);
		json_close_object(j);
		mem_wipe(link, sizeof(link));
	}
	json_close_list(j);
}

/* The clerk's links, committed and told. */
static void hand_out(struct hall *h, const struct request *q, struct meeting *m, uint32_t by)
{
	const size_t n = m->n_people;	/* undone, a new meeting is gone */
	_cleanup_(mem_freep) struct token *tokens = mem_new_array(struct token, n);
	struct writer w;
	struct json j = json_writer(&w);

	if (!tokens) {
		hall_undo(h);
		request_refuse(h, q, 503, "unavailable");
		return;
	}
	if (!request_begin(h, q, INVITATIONS_SIZE, &w)) {
		hall_undo(h);
	} else if (make_links(h, q, m, by, tokens) && request_commit(h, q)) {
		json_open_object(&j, NULL);
		json_text(&j, "meeting", m->row.id);
		write_invitations(h, &j, m, tokens);
		json_close_object(&j);
		request_end(h, q, &w);
	}
	mem_wipe(tokens, n * sizeof(*tokens));
}

static struct person *find_invited(struct hall *h, struct meeting *m, uint32_t account)
{
	struct account_row row;

	return accounts_read(h->db, account, &row) > 0 ? meeting_find_email(m, row.email) : NULL;
}

void ask_invitations(struct hall *h, struct request *q)
{
	struct meeting *m = hall_find_meeting(h, wire_text(q->body, "meeting"));
	const struct person *p = m ? find_invited(h, m, q->session->holder) : NULL;

	if (!p || !account_may(p->office, ACT_HAND_OUT_LINKS, m->fold->phase))
		request_refuse(h, q, 403, "not-allowed");
	else
		hand_out(h, q, m, p->id);
}

static void refuse_field(struct hall *h, const struct request *q, const char *why)
{
	struct writer w;
	struct json j = json_writer(&w);

	if (!request_begin(h, q, 0, &w))
		return;
	q->answer->status = 400;
	json_open_object(&j, NULL);
	json_open_object(&j, "error");
	json_text(&j, "code", "wrong-field");
	json_text(&j, "why", why);
	json_close_object(&j);
	json_close_object(&j);
	request_end(h, q, &w);
}

/* The members of the body, then the guests of the request; false when they could not be read. */
static bool gather(struct hall *h, const struct request *q, const struct body_row *body, struct convocation *c)
{
	_cleanup_(mem_freep) struct member_row *rows = mem_new_array(struct member_row, LIMIT_PEOPLE_PER_MEETING);
	int n = rows ? members_of_body(h->db, body->number, rows, LIMIT_PEOPLE_PER_MEETING) : -1;

	for (int i = 0; i < n; i++)
		convocation_invite(c, rows[i].name, rows[i].email, rows[i].office,
			rows[i].party[0] ? rows[i].party : NULL);
	for (size_t i = 0; i < wire_count(q->body, "guests"); i++) {
		const struct wire_node *g = wire_item(q->body, "guests", i);

		convocation_invite(c, wire_text(g, "name"), wire_text(g, "email"), OFFICE_GUEST, NULL);
	}
	return n >= 0;
}

void ask_convene(struct hall *h, struct request *q)
{
	_cleanup_(mem_freep) struct invitation_row *people = mem_new_array(struct invitation_row,
		2 * LIMIT_PEOPLE_PER_MEETING);
	_cleanup_(mem_freep) struct convened_item *items = mem_new_array(struct convened_item, LIMIT_ITEMS);
	struct convocation c = { .people = people, .items = items, .row = { .starts = wire_time(q->body, "starts") } };
	const char *substitute = wire_text(q->body, "substitute"), *why = NULL;
	const struct person *clerk;
	enum office office;
	struct body_row body;
	struct meeting *m;

	if (!people || !items) {
		request_refuse(h, q, 503, "unavailable");
		return;
	}
	if (!request_office(h, q, &body, &office))
		return;
	if (!account_may(office, ACT_CONVENE, PHASE_PLANNED)) {
		request_refuse(h, q, 403, "not-allowed");
		return;
	}
	if (!gather(h, q, &body, &c)) {
		request_refuse(h, q, 503, "unavailable");
		return;
	}
	line_copy(c.row.title, sizeof(c.row.title), wire_text(q->body, "title"));
	line_copy(c.row.body, sizeof(c.row.body), body.name);
	line_copy(c.row.language, sizeof(c.row.language), wire_text(q->body, "language"));
	c.row.of_body = body.number;
	if (substitute && !(c.substitute = convocation_find(&c, substitute))) {
		refuse_field(h, q, "the substitute of the chair is not among those invited");
		return;
	}
	if (c.n_people > LIMIT_PEOPLE_PER_MEETING) {
		refuse_field(h, q, "there are more people than one meeting holds");
		return;
	}
	why = convocation_take_items(&c, q->body);
	m = why ? NULL : convocation_record(h, &c, &why);
	if (!m && why == convocation_not_recorded) {
		request_refuse(h, q, 503, "not-recorded");
		return;
	}
	if (!m) {
		refuse_field(h, q, why);
		return;
	}
	clerk = find_invited(h, m, q->session->holder);
	hand_out(h, q, m, clerk ? clerk->id : 0);
}
