/* SPDX-License-Identifier: EUPL-1.2 */
/* What people do to a meeting and to each other, one function a message. In conclaved.
 * Invariant: the rights table is asked first; the proceedings have it before it takes effect. */
#include "server/hall/delivery.h"

static void enter(struct hall *h, struct connection *c)
{
	struct person *p = c->live.person;
	struct meeting *m = p->meeting;
	struct event events[] = {
		{ .kind = EVENT_MEETING_OPENED, .by = p->id },
		{ .kind = EVENT_ENTERED, .by = p->id },
	};
	bool opens = m->fold->phase == PHASE_PLANNED;

	if (!deed_may(h, c, opens ? ACT_OPEN_MEETING : ACT_ENTER))
		return;
	if (!hall_act(h, m, opens ? events : events + 1, opens ? 2 : 1))
		return;
	if (opens)
		meeting_opened(h, m);
	if (person_is_inside(p))
		person_enter(h, p);
}

void act_join(struct hall *h, struct connection *c, const struct wire_node *message)
{
	person_set_device(h, c->live.person, message);
	if (person_leads(c->live.person))
		enter(h, c);
	else
		person_wait(h, c->live.person, true);
}

void act_stop_waiting(struct hall *h, struct connection *c)
{
	person_wait(h, c->live.person, false);
}

/* Who the message names, if they wait. */
static struct person *waiting_person(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct person *p = meeting_person(c->live.person->meeting, (uint32_t)wire_integer(message, "person"));

	if (p && p->live.waiting && !person_is_inside(p))
		return p;
	deed_refuse(h, c, "not-waiting");
	return NULL;
}

static void admit_by_two(struct hall *h, struct connection *c, const struct wire_node *message, struct person *p)
{
	struct deed d = { .by = c->live.person, .who = p, .action = NOTE_ADMIT };
	const char *voucher = wire_text(message, "voucher");

	if (!second_may(h, c, d.action) || !deed_take_reason(h, c, message, &d))
		return;
	second_do(h, c, &d);
	if (voucher && fold_find_request(p->meeting->fold, d.action, p->id, 0))
		delivery_vouch(h, p, d.by, voucher);
}

void act_admit(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct event e = { .kind = EVENT_ADMITTED, .by = c->live.person->id };
	const char *voucher = wire_text(message, "voucher");
	struct person *p;

	if (!deed_may(h, c, ACT_ADMIT_INVITED))
		return;
	p = waiting_person(h, c, message);
	if (!p)
		return;
	if (voucher && !p->live.device[0]) {
		connection_error(h, c, "wrong-field", h->act, "voucher");
		return;
	}
	/* What stands in the entry is the item they are there for; a guest without one is admitted by two. */
	if (p->office == OFFICE_GUEST && !agenda_admits_guest(&p->meeting->fold->agenda, p->id)) {
		admit_by_two(h, c, message, p);
		return;
	}
	e.who = p->id;
	e.item = p->meeting->fold->agenda.open;
	if (person_is_recognised(p))
		e.note = NOTE_RECOGNISED;
	if (!hall_act(h, p->meeting, &e, 1))
		return;
	if (voucher)
		delivery_vouch(h, p, c->live.person, voucher);
	person_wait(h, p, false);
	if (person_is_inside(p))
		person_enter(h, p);
}

void act_turn_away(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person, .action = NOTE_TURN_AWAY };

	if (!second_may(h, c, d.action))
		return;
	d.who = waiting_person(h, c, message);
	if (d.who && deed_take_reason(h, c, message, &d))
		second_do(h, c, &d);
}

void act_leave(struct hall *h, struct connection *c)
{
	struct person *p = c->live.person;
	struct event e = { .kind = EVENT_LEFT, .by = p->id };

	if (p->live.waiting)
		person_wait(h, p, false);
	if (person_is_inside(p) || person_fold(p)->aside) {
		hall_observe(h, p->meeting, &e);
		person_exit(h, p, "left", false);
	}
	connection_over(h, c, "left", NULL, REASON_NONE, NULL);
}

/* What concerns the meeting as a whole. */
static void for_all(struct hall *h, struct connection *c, const struct wire_node *message, enum event_note action)
{
	struct deed d = { .by = c->live.person, .action = action };

	if (second_may(h, c, action) && deed_take_reason(h, c, message, &d))
		second_do(h, c, &d);
}

void act_end(struct hall *h, struct connection *c, const struct wire_node *message)
{
	for_all(h, c, message, NOTE_END);
}

void act_suspend(struct hall *h, struct connection *c, const struct wire_node *message)
{
	for_all(h, c, message, NOTE_SUSPEND);
}

void act_resume(struct hall *h, struct connection *c)
{
	struct deed d = { .by = c->live.person };

	if (!deed_may_give_back(h, c, ACT_SUSPEND))
		return;
	if (!d.by->meeting->fold->suspension.on)
		deed_refuse(h, c, "wrong-phase");
	else
		(void)deed_record(h, &d, &(struct event){ .kind = EVENT_RESUMED }, 1);
}

/* What one says for everybody to read, in the proceedings. */
static void note(struct hall *h, struct connection *c, const struct wire_node *message, enum event_kind kind)
{
	struct event e = { .kind = kind, .by = c->live.person->id,
		.text = mem_copy_string(wire_text(message, "note")) };

	if (e.text)
		(void)hall_act(h, c->live.person->meeting, &e, 1);
	else
		deed_refuse(h, c, "not-recorded");
}

void act_fault(struct hall *h, struct connection *c, const struct wire_node *message)
{
	if (deed_may(h, c, ACT_REPORT_FAULT))
		note(h, c, message, EVENT_FAULT_REPORTED);
}

void act_object(struct hall *h, struct connection *c, const struct wire_node *message)
{
	if (deed_may(h, c, ACT_OBJECT))
		note(h, c, message, EVENT_OBJECTION);
}

void act_code_read(struct hall *h, struct connection *c)
{
	struct event e = { .kind = EVENT_CODE_READ, .by = c->live.person->id };

	if (deed_may(h, c, ACT_READ_CODE))
		(void)hall_act(h, c->live.person->meeting, &e, 1);
}

void act_clear_fault(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct deed d = { .by = c->live.person };
	uint32_t id = (uint32_t)wire_integer(message, "fault");

	if (!deed_may(h, c, ACT_CLEAR_FAULT))
		return;
	if (!fold_fault(d.by->meeting->fold, id))
		deed_refuse(h, c, "no-fault");
	else if (deed_take_reason(h, c, message, &d))
		(void)deed_record(h, &d, &(struct event){ .kind = EVENT_FAULT_CLEARED, .number = id }, 1);
}
