/* SPDX-License-Identifier: EUPL-1.2 */
/* Who has the floor, who asked for it, and in which order. In conclaved.
 * Invariant: nobody but the person takes a raised hand down, except by giving them the floor (RIGHTS N11). */
#include "server/hall/inside.h"

void act_hand(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person };
	bool raised = wire_boolean(message, "raised");
	struct event e = { .kind = raised ? EVENT_HAND_RAISED : EVENT_HAND_LOWERED };

	if (deed_may(h, c, ACT_RAISE_HAND) && raised != (fold_place(d.by->meeting->fold, d.by->id) != 0))
		(void)deed_record(h, &d, &e, 1);
}

/* The floor is given back with the voice: others see both. */
static void record_of(struct hall *h, const struct deed *d, enum event_kind kind)
{
	if (deed_record(h, d, &(struct event){ .kind = kind }, 1) && d->who)
		person_change(h, d->who);
}

void act_floor(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person };

	if (!deed_may(h, c, ACT_GIVE_FLOOR) || !deed_take_person(h, c, message, &d))
		return;
	if (d.who->meeting->fold->floor == d.who->id)
		deed_refuse(h, c, "wrong-phase");
	else
		record_of(h, &d, EVENT_FLOOR_GIVEN);
}

void act_floor_end(struct hall *h, struct connection *c)
{
	struct deed d = { .by = c->live.person };
	uint32_t floor = d.by->meeting->fold->floor;

	if (!deed_may(h, c, floor == d.by->id ? ACT_RAISE_HAND : ACT_GIVE_FLOOR))
		return;
	d.who = meeting_person(d.by->meeting, floor);
	if (d.who)
		record_of(h, &d, EVENT_FLOOR_ENDED);
	else
		deed_refuse(h, c, "wrong-phase");
}

/* Exactly those on the list; the wire has seen that no two are equal. */
static bool take_order(const struct fold *f, const struct wire_node *message, struct event *e)
{
	if (wire_count(message, "people") != f->n_speakers)
		return false;
	for (; e->n_people < f->n_speakers; e->n_people++) {
		int64_t id = wire_number(message, "people", e->n_people);

		if (id > LIMIT_PEOPLE_PER_MEETING || !fold_place(f, (uint32_t)id))
			return false;
		e->people[e->n_people] = (uint8_t)id;
	}
	return true;
}

void act_order(struct hall *h, struct connection *c, const struct wire_node *message)
{
	const struct fold *f = c->live.person->meeting->fold;
	struct event e = { .kind = EVENT_FLOOR_ORDERED, .by = c->live.person->id };

	if (!deed_may(h, c, ACT_GIVE_FLOOR))
		return;
	if (!f->n_speakers) {
		deed_refuse(h, c, "wrong-phase");
		return;
	}
	e.people = mem_new_array(uint8_t, f->n_speakers);
	if (!e.people) {
		deed_refuse(h, c, "not-recorded");
		return;
	}
	if (take_order(f, message, &e)) {
		(void)hall_act(h, c->live.person->meeting, &e, 1);
		return;
	}
	event_done(&e);
	connection_error(h, c, "wrong-field", h->act, "people");
}

void act_withdraw_floor(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person, .action = NOTE_WITHDRAW_FLOOR };

	if (second_may(h, c, d.action) && deed_take_another(h, c, message, &d) &&
	    deed_take_reason(h, c, message, &d))
		second_do(h, c, &d);
}

void act_restore_floor(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person };

	if (!deed_may_give_back(h, c, ACT_GIVE_FLOOR) || !deed_take_person(h, c, message, &d))
		return;
	if (person_fold(d.who)->withdrawn)
		record_of(h, &d, EVENT_FLOOR_RESTORED);
	else
		deed_refuse(h, c, "wrong-phase");
}
