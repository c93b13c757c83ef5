/* SPDX-License-Identifier: EUPL-1.2 */
/* How a meeting comes to be: who is asked for, checked, stored and entered. In conclaved.
 * Invariant: a meeting stands in the records whole, with everybody invited to it, or not at all. */
#include "server/hall/convocation.h"

#include <strings.h>

#include "server/wire/text.h"

const char convocation_not_recorded[] = "the meeting could not be recorded";

void line_copy(char *to, size_t size, const char *from)
{
	memcpy(to, from, MIN(strlen(from), size - 1));
}

void convocation_invite(struct convocation *c, const char *name, const char *email, enum office office,
	const char *party)
{
	struct invitation_row *p = &c->people[c->n_people++];

	*p = (struct invitation_row){ .person = c->n_people, .office = office };
	line_copy(p->name, sizeof(p->name), name);
	line_copy(p->email, sizeof(p->email), email);
	if (party)
		line_copy(p->party, sizeof(p->party), party);
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
	for (uint32_t i = 0; r == 0 && i < c->n_items; i++)
		r = store_item_add(h->db, c->row.number, &c->items[i].row);
	return r;
}

static bool item_event(const struct convened_item *item, uint32_t n_people, struct event *e)
{
	*e = (struct event){ .kind = EVENT_ITEM_CREATED, .item = item->row.item, .detailed = true,
		.note = item->for_audience ? NOTE_AS_OPEN : NOTE_AS_CLOSED };
	if (event_detail(item->row.salt, 1, (const char *const[]){ item->row.title }, &e->detail) < 0)
		return false;
	for (uint32_t id = 1; id <= n_people; id++) {
		if (!people_has(&item->guests, id))
			continue;
		if (!e->people)
			e->people = mem_new_array(uint8_t, n_people);
		if (!e->people)
			return false;
		e->people[e->n_people++] = (uint8_t)id;
	}
	return true;
}

static bool convocation_events(const struct convocation *c, struct event *events, size_t *n)
{
	events[(*n)++].kind = EVENT_MEETING_CREATED;
	if (detail_of_meeting(&c->row, &events[0]) < 0)
		return false;
	for (uint32_t i = 0; i < c->n_people; i++) {
		events[*n] = (struct event){ .kind = EVENT_INVITED, .who = c->people[i].person };
		if (invitation_detail(&c->people[i], &events[(*n)++]) < 0)
			return false;
	}
	if (c->substitute)
		events[(*n)++] = (struct event){ .kind = EVENT_SUBSTITUTE_NAMED, .who = c->substitute };
	for (uint32_t i = 0; i < c->n_items; i++)
		if (!item_event(&c->items[i], c->n_people, &events[(*n)++]))
			return false;
	return true;
}

static bool record_convocation(struct hall *h, struct meeting *m, const struct convocation *c)
{
	_cleanup_(mem_freep) struct event *events = mem_new_array(struct event, c->n_people + 2u + c->n_items);
	size_t n = 0;

	if (!events)
		return false;
	if (convocation_events(c, events, &n))
		return hall_act(h, m, events, n);
	for (size_t i = 0; i < n; i++)
		event_done(&events[i]);
	return false;
}

/* Whose address this is, from 1; 0 = nobody's. */
uint32_t convocation_find(const struct convocation *c, const char *email)
{
	for (uint32_t i = 0; i < c->n_people; i++)
		if (strcasecmp(c->people[i].email, email) == 0)
			return i + 1;
	return 0;
}

void convocation_add_item(struct convocation *c, const char *title, bool for_audience)
{
	struct convened_item *item = &c->items[c->n_items++];

	*item = (struct convened_item){ .row = { .item = c->n_items }, .for_audience = for_audience };
	line_copy(item->row.title, sizeof(item->row.title), title);
	random_bytes(item->row.salt, sizeof(item->row.salt));
}

const char *convocation_take_items(struct convocation *c, const struct wire_node *message)
{
	for (size_t i = 0; i < wire_count(message, "items"); i++) {
		const struct wire_node *item = wire_item(message, "items", i);

		convocation_add_item(c, wire_text(item, "title"),
			wire_word(item, "convened", protocol_convened) == 1);
		for (size_t k = 0; k < wire_count(item, "guests"); k++) {
			uint32_t id = convocation_find(c, wire_text(wire_item(item, "guests", k), "email"));

			if (!id || c->people[id - 1].office != OFFICE_GUEST)
				return "a guest of an item must be invited to the meeting as a guest";
			people_add(&c->items[i].guests, id);
		}
	}
	return NULL;
}

/* The new meeting, not committed; or NULL with why. */
struct meeting *convocation_record(struct hall *h, struct convocation *c, const char **why)
{
	struct meeting *m = NULL;

	*why = why_not(c);
	if (!*why && h->n_meetings >= LIMIT_MEETINGS)
		*why = "there are as many meetings as this server can hold: end one first";
	if (*why)
		return NULL;
	*why = convocation_not_recorded;
	hall_letters(h, c->row.id, MEETING_LETTERS);
	random_bytes(c->row.salt, sizeof(c->row.salt));
	if (store_convocation(h, c) < 0 ||
	    meeting_load(&m, h->db, log_key_server(h->key), &c->row, h->now, h->wall) < 0) {
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
