/* SPDX-License-Identifier: EUPL-1.2 */
/* What people do to a meeting and to each other, one function a message. In conclaved.
 * Invariant: the rights table is asked first; the proceedings have it before it takes effect. */
#include "server/inside.h"

static void refuse(struct hall *h, struct connection *c, const char *code)
{
	connection_error(h, c, code, h->act, NULL);
}

static const char *code_of(struct rights_answer answer)
{
	switch (answer.why) {
	case WHY_EARLY:
		return "too-early";
	case WHY_PHASE:
		return "wrong-phase";
	case WHY_NONE:
	case WHY_OFFICE:
	case WHY_VOTING:
	case WHY_NOT_VOTING:
	case WHY_POLICY:
		break;
	}
	return "not-allowed";
}

/* May this person do it alone? If not, they are told. */
static bool may(struct hall *h, struct connection *c, enum action action)
{
	struct rights_answer answer = hall_ask(h, c->live.person, action);

	if (answer.verdict == VERDICT_YES)
		return true;
	refuse(h, c, code_of(answer));
	return false;
}

/* The reason of a message into an event; what is missing is told. */
static bool take_reason(struct hall *h, struct connection *c, const struct wire_node *message, struct event *e)
{
	const struct wire_node *reason = wire_object(message, "reason");
	const char *text = wire_text(reason, "text");

	e->reason = (enum reason_code)(wire_word(reason, "code", protocol_reasons) + 1);
	if (e->reason == REASON_WRITTEN && !text) {
		connection_error(h, c, "missing-field", h->act, "reason.text");
		return false;
	}
	e->text = text ? mem_copy_string(text) : NULL;
	if (text && !e->text) {
		refuse(h, c, "not-recorded");
		return false;
	}
	return true;
}

static void enter(struct hall *h, struct connection *c)
{
	struct person *p = c->live.person;
	struct meeting *m = p->meeting;
	struct event events[] = {
		{ .kind = EVENT_MEETING_OPENED, .by = p->id },
		{ .kind = EVENT_ENTERED, .by = p->id },
	};
	bool opens = m->fold->phase == PHASE_PLANNED;

	if (!may(h, c, opens ? ACT_OPEN_MEETING : ACT_ENTER))
		return;
	if (!hall_act(h, m, opens ? events : events + 1, opens ? 2 : 1))
		return;
	if (opens)
		meeting_opened(h, m);
	person_enter(h, p);
}

void act_join(struct hall *h, struct connection *c)
{
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
	refuse(h, c, "not-waiting");
	return NULL;
}

void act_admit(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct event e = { .kind = EVENT_ADMITTED, .by = c->live.person->id };
	struct person *p;

	if (!may(h, c, ACT_ADMIT_INVITED))
		return;
	p = waiting_person(h, c, message);
	if (!p)
		return;
	e.who = p->id;
	if (!hall_act(h, p->meeting, &e, 1))
		return;
	person_wait(h, p, false);
	person_enter(h, p);
}

void act_turn_away(struct hall *h, struct connection *c, const struct wire_node *message)
{
	_cleanup_(mem_freep) char *text = NULL;
	struct event e = { .kind = EVENT_TURNED_AWAY, .by = c->live.person->id };
	enum reason_code reason;
	struct person *p;

	if (!may(h, c, ACT_TURN_AWAY))
		return;
	p = waiting_person(h, c, message);
	if (!p || !take_reason(h, c, message, &e))
		return;
	e.who = p->id;
	reason = e.reason;
	text = e.text ? mem_copy_string(e.text) : NULL;
	if (!hall_act(h, p->meeting, &e, 1))
		return;
	person_wait(h, p, false);
	if (p->live.connection)
		connection_over(h, p->live.connection, "turned-away", c->live.person, reason, text);
}

void act_leave(struct hall *h, struct connection *c)
{
	struct person *p = c->live.person;
	struct event e = { .kind = EVENT_LEFT, .by = p->id };

	if (p->live.waiting)
		person_wait(h, p, false);
	if (person_is_inside(p)) {
		hall_observe(h, p->meeting, &e);
		person_exit(h, p, "left");
	}
	connection_over(h, c, "left", NULL, REASON_NONE, NULL);
}

static void end_alone(struct hall *h, struct person *p, struct event *e)
{
	_cleanup_(mem_freep) char *text = e->text ? mem_copy_string(e->text) : NULL;
	struct meeting *m = p->meeting;
	enum reason_code reason = e->reason;

	e->kind = EVENT_ENDED;
	e->note = NOTE_ALONE;
	if (hall_act(h, m, e, 1))
		meeting_over(h, m, p, reason, text);
}

void act_end(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct person *p = c->live.person;
	const struct fold_request *q = &p->meeting->fold->request;
	struct event e = { .kind = EVENT_END_ASKED, .by = p->id };
	struct rights_answer answer = hall_ask(h, p, ACT_END_MEETING);

	if (answer.verdict == VERDICT_NO)
		refuse(h, c, code_of(answer));
	else if (q->id)
		refuse(h, c, q->by == p->id ? "own-request" : "wrong-phase");
	else if (!take_reason(h, c, message, &e))
		return;
	else if (answer.verdict == VERDICT_YES)
		end_alone(h, p, &e);
	else if (hall_act(h, p->meeting, &e, 1))
		tell_request(h, p->meeting);
}

/* The request that the message names, if this person has a say in it. */
static const struct fold_request *request_of(struct hall *h, struct connection *c, const struct wire_node *message)
{
	const struct fold_request *q = &c->live.person->meeting->fold->request;

	if (hall_ask(h, c->live.person, ACT_END_MEETING).verdict == VERDICT_NO) {
		refuse(h, c, "not-allowed");
		return NULL;
	}
	if (!q->id || (int64_t)q->id != wire_integer(message, "request")) {
		refuse(h, c, "no-request");
		return NULL;
	}
	return q;
}

void act_confirm(struct hall *h, struct connection *c, const struct wire_node *message)
{
	const struct fold_request *q = request_of(h, c, message);
	struct person *p = c->live.person;
	struct meeting *m = p->meeting;
	struct fold_request asked;

	if (!q)
		return;
	if (q->by == p->id) {
		refuse(h, c, "own-request");
		return;
	}
	asked = *q;
	struct event events[] = {
		{ .kind = EVENT_END_CONFIRMED, .by = p->id, .number = asked.id },
		{ .kind = EVENT_ENDED, .by = asked.by, .reason = asked.reason,
			.text = asked.text[0] ? mem_copy_string(asked.text) : NULL },
	};
	if (asked.text[0] && !events[1].text) {
		refuse(h, c, "not-recorded");
		return;
	}
	if (!hall_act(h, m, events, ARRAY_SIZE(events)))
		return;
	tell_request_over(h, m, asked.id, "confirmed");
	meeting_over(h, m, meeting_person(m, asked.by), asked.reason, asked.text);
}

void act_refuse(struct hall *h, struct connection *c, const struct wire_node *message)
{
	const struct fold_request *q = request_of(h, c, message);
	struct event e = { .kind = EVENT_END_REFUSED, .by = c->live.person->id };

	if (!q)
		return;
	e.number = q->id;
	if (hall_act(h, c->live.person->meeting, &e, 1))
		tell_request_over(h, c->live.person->meeting, (uint32_t)wire_integer(message, "request"), "refused");
}

void meeting_expire(struct hall *h, struct meeting *m)
{
	const struct fold_request *q = &m->fold->request;
	struct event e = { .kind = EVENT_END_EXPIRED, .number = q->id };
	uint32_t id = q->id;

	if (!id || h->now < q->until)
		return;
	hall_observe(h, m, &e);
	tell_request_over(h, m, id, "expired");
}
