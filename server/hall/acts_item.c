/* SPDX-License-Identifier: EUPL-1.2 */
/* The agenda as messages: items, their doors, and who is out for them. In conclaved.
 * Invariant: at most one item is open, and nobody is inside who may not be: whoever may be no longer is out by the same
 * entry, or by one before it. */
#include "server/hall/inside.h"

/* From the message's `item`; what is missing is told. */
static const struct agenda_item *take_item(struct hall *h, struct connection *c, const struct wire_node *message,
	struct deed *d)
{
	const struct agenda_item *item;

	d->item = (uint32_t)wire_integer(message, "item");
	item = agenda_look(&d->by->meeting->fold->agenda, d->item);
	if (!item)
		connection_error(h, c, "wrong-field", h->act, "item");
	return item;
}

/* … which must be the open one. */
static bool take_open_item(struct hall *h, struct connection *c, const struct wire_node *message, struct deed *d)
{
	if (!take_item(h, c, message, d))
		return false;
	if (d->by->meeting->fold->agenda.open == d->item)
		return true;
	deed_refuse(h, c, "wrong-phase");
	return false;
}

/* Guests inside, or aside, who may be so no longer once `next` is open, or nothing (0). */
static size_t guests_out(struct meeting *m, uint32_t next, struct event *ret)
{
	const struct agenda *a = &m->fold->agenda;
	const struct person *p;
	size_t n = 0;

	meeting_for_each(p, m)
		if (p->office == OFFICE_GUEST && (person_is_inside(p) || person_fold(p)->aside) &&
		    !agenda_would_admit_guest(a, p->id, next))
			ret[n++] = (struct event){ .kind = EVENT_GUEST_OUT, .who = p->id,
				.item = a->open ? a->open : next };
	return n;
}

/* When the doors close: those who came through them. */
static size_t audience_out(struct meeting *m, struct event *ret)
{
	const struct agenda *a = &m->fold->agenda;
	size_t n = guests_out(m, a->open, ret), kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!m->fold->people[ret[i].who].by_two)
			ret[kept++] = ret[i];
	return kept;
}

/* Their voices come back when an item ends. */
static void tell_restored(struct hall *h, struct meeting *m, const struct people *withdrawn)
{
	struct person *p;

	meeting_for_each(p, m)
		if (people_has(withdrawn, p->id) && !person_fold(p)->withdrawn)
			person_change(h, p);
}

static struct people withdrawn(struct meeting *m)
{
	struct people withdrawn = { 0 };
	const struct person *p;

	meeting_for_each(p, m)
		if (person_fold(p)->withdrawn)
			people_add(&withdrawn, p->id);
	return withdrawn;
}

#define MOVE_MOST (LIMIT_PEOPLE_PER_MEETING + 2)

/* From the open item, if there is one, to `next`, if it is one. */
static void move(struct hall *h, struct connection *c, uint32_t next)
{
	_cleanup_(mem_freep) struct event *events = mem_new_array(struct event, MOVE_MOST);
	struct meeting *m = c->live.person->meeting;
	struct people before = withdrawn(m);
	uint32_t open = m->fold->agenda.open;
	size_t n;

	if (!events) {
		deed_refuse(h, c, "not-recorded");
		return;
	}
	n = guests_out(m, next, events);
	if (open)
		events[n++] = (struct event){ .kind = EVENT_ITEM_CLOSED, .item = open };
	if (next)
		events[n++] = (struct event){ .kind = EVENT_ITEM_OPENED, .item = next };
	for (size_t i = 0; i < n; i++)
		events[i].by = c->live.person->id;
	if (hall_act(h, m, events, n))
		tell_restored(h, m, &before);
}

void act_item_open(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person };
	const struct agenda_item *item;

	if (!deed_may(h, c, ACT_OPEN_CLOSE_ITEM))
		return;
	item = take_item(h, c, message, &d);
	if (item && item->phase == ITEM_OPEN)
		deed_refuse(h, c, "wrong-phase");
	else if (item)
		move(h, c, d.item);
}

void act_item_close(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person };

	if (deed_may(h, c, ACT_OPEN_CLOSE_ITEM) && take_open_item(h, c, message, &d))
		move(h, c, 0);
}

void act_doors_open(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person, .action = NOTE_DOORS_OPEN };

	if (second_may(h, c, d.action) && take_open_item(h, c, message, &d) && deed_take_reason(h, c, message, &d))
		second_do(h, c, &d);
}

void act_doors_close(struct hall *h, struct connection *c, const struct wire_node *message)
{
	_cleanup_(mem_freep) struct event *events = NULL;
	struct deed d = { .by = c->live.person };
	struct meeting *m = d.by->meeting;
	size_t n;

	if (!deed_may(h, c, ACT_MAKE_ITEM_CLOSED) || !take_open_item(h, c, message, &d))
		return;
	if (m->fold->agenda.doors == DOORS_CLOSED) {
		deed_refuse(h, c, "wrong-phase");
		return;
	}
	events = mem_new_array(struct event, MOVE_MOST);
	if (!events) {
		deed_refuse(h, c, "not-recorded");
		return;
	}
	n = audience_out(m, events);
	events[n++] = (struct event){ .kind = EVENT_DOORS_CLOSED, .item = d.item };
	for (size_t i = 0; i < n; i++)
		events[i].by = d.by->id;
	(void)hall_act(h, m, events, n);
}

void act_declare_alone(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person };

	if (!deed_may(h, c, ACT_DECLARE_ALONE) || !take_open_item(h, c, message, &d))
		return;
	if (people_has(&agenda_look(&d.by->meeting->fold->agenda, d.item)->alone, d.by->id))
		deed_refuse(h, c, "wrong-phase");
	else
		(void)deed_record(h, &d, &(struct event){ .kind = EVENT_DECLARED_ALONE }, 1);
}

void act_recuse(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person, .who = c->live.person, .action = NOTE_RECUSAL };
	const char *obstacle;

	if (!deed_may(h, c, ACT_RECUSE_ONESELF) || !take_item(h, c, message, &d))
		return;
	obstacle = deed_obstacle(&d);
	if (obstacle)
		deed_refuse(h, c, obstacle);
	else
		deed_perform(h, &d);
}

/* Whoever is invited, wherever they are. */
static bool take_invited(struct hall *h, struct connection *c, const struct wire_node *message, struct deed *d)
{
	d->who = meeting_person(d->by->meeting, (uint32_t)wire_integer(message, "person"));
	if (!d->who)
		deed_refuse(h, c, "not-inside");
	else if (d->who == d->by)
		deed_refuse(h, c, "is-self");
	return d->who && d->who != d->by;
}

void act_note_recusal(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person, .action = NOTE_RECUSAL,
		.contested = wire_boolean(message, "contested") };

	if (second_may(h, c, d.action) && take_item(h, c, message, &d) && take_invited(h, c, message, &d) &&
	    deed_take_reason(h, c, message, &d))
		second_do(h, c, &d);
}

void act_note_presence(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person };
	struct event e = { .kind = EVENT_PRESENCE_CORRECTED };

	if (!deed_may(h, c, ACT_NOTE_PRESENCE) || !take_invited(h, c, message, &d) ||
	    !deed_take_reason(h, c, message, &d))
		return;
	e.note = wire_boolean(message, "present") ? NOTE_PRESENT : NOTE_ABSENT;
	e.item = d.by->meeting->fold->agenda.open;
	(void)deed_record(h, &d, &e, 1);
}

/* When the item ends because all who could close it are out for it: nobody else ever could. */
static usec_t leaderless(const struct meeting *m)
{
	const struct person *p;
	usec_t since = 0;
	bool any = false;

	if (!m->fold->agenda.open)
		return USEC_NEVER;
	meeting_for_each(p, m) {
		if (!person_leads(p))
			continue;
		if (fold_is_present(m->fold, p->id))
			return USEC_NEVER;
		any |= person_fold(p)->aside;
		since = MAX(since, person_fold(p)->absent_since);
	}
	return any ? since + ALONE_TIME : USEC_NEVER;
}

usec_t item_deadline(const struct meeting *m)
{
	usec_t doors = m->fold->agenda.doors == DOORS_OPENING ? m->fold->agenda.doors_at : USEC_NEVER;

	return MIN(doors, leaderless(m));
}

static void end_item(struct hall *h, struct meeting *m)
{
	struct event e = { .kind = EVENT_ITEM_CLOSED, .item = m->fold->agenda.open };
	struct people before = withdrawn(m);
	struct person *p;

	meeting_for_each(p, m) {
		struct event out = { .kind = EVENT_GUEST_OUT, .who = p->id, .item = e.item };

		if (p->office == OFFICE_GUEST && (person_is_inside(p) || person_fold(p)->aside))
			hall_observe(h, m, &out);
	}
	hall_observe(h, m, &e);
	tell_restored(h, m, &before);
}

void item_watch(struct hall *h, struct meeting *m)
{
	struct event e = { .kind = EVENT_DOORS_OPENED, .item = m->fold->agenda.open };

	if (m->fold->agenda.doors == DOORS_OPENING && h->now >= m->fold->agenda.doors_at)
		hall_observe(h, m, &e);
	if (h->now >= leaderless(m))
		end_item(h, m);
}
