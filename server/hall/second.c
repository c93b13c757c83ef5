/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether a deed may be done alone, waits for a second person, or not at all; and that person's answer. In conclaved.
 * Invariant: whoever confirms holds the other of the two offices, and the same obstacles stand in the way as when it
 * was asked. */
#include "server/hall/inside.h"

#include <assert.h>

static const struct {
	enum action right;
	enum event_kind asked;
} kinds[NOTE_N] = {
	[NOTE_END] = { ACT_END_MEETING, EVENT_END_ASKED },
	[NOTE_REMOVE] = { ACT_REMOVE_MEMBER, EVENT_REMOVE_ASKED },	/* or ACT_REMOVE_GUEST: right_of() */
	[NOTE_INVITE] = { ACT_INVITE_STRANGER, EVENT_INVITE_ASKED },
	[NOTE_MUTE] = { ACT_MUTE, EVENT_REQUEST_ASKED },
	[NOTE_STOP_SHARE] = { ACT_STOP_SHARE, EVENT_REQUEST_ASKED },
	[NOTE_WITHDRAW_FLOOR] = { ACT_WITHDRAW_FLOOR, EVENT_REQUEST_ASKED },
	[NOTE_SUSPEND] = { ACT_SUSPEND, EVENT_REQUEST_ASKED },
	[NOTE_NEW_LINK] = { ACT_GIVE_LINK, EVENT_REQUEST_ASKED },
	[NOTE_TURN_AWAY] = { ACT_TURN_AWAY, EVENT_REQUEST_ASKED },
	[NOTE_DOORS_OPEN] = { ACT_OPEN_TO_AUDIENCE, EVENT_DOORS_ASKED },
	[NOTE_RECUSAL] = { ACT_NOTE_RECUSAL, EVENT_RECUSAL_ASKED },
	[NOTE_ADMIT] = { ACT_ADMIT_GUEST_OUTSIDE_ITEM, EVENT_REQUEST_ASKED },
};

static enum action right_of(enum event_note action, const struct person *who)
{
	if (action == NOTE_REMOVE && who && person_office(who) == OFFICE_GUEST)
		return ACT_REMOVE_GUEST;
	return kinds[action].right;
}

bool second_may(struct hall *h, struct connection *c, enum event_note action)
{
	struct rights_answer answer = hall_ask(h, c->live.person, right_of(action, NULL));

	if (answer.verdict == VERDICT_NO && action == NOTE_REMOVE)
		answer = hall_ask(h, c->live.person, ACT_REMOVE_GUEST);
	if (answer.verdict != VERDICT_NO)
		return true;
	deed_refuse(h, c, deed_code(answer));
	return false;
}

static struct rights_answer ask(const struct hall *h, const struct deed *d)
{
	/* The table has a row for guests and one for members, and none for chair and clerk. */
	if (d->action == NOTE_REMOVE && person_leads(d->who))
		return (struct rights_answer){ .verdict = VERDICT_NO, .why = WHY_OFFICE };
	if (d->contested)
		return hall_ask_contested(h, d->by, kinds[d->action].right);
	return hall_ask(h, d->by, right_of(d->action, d->who));
}

static struct invite *free_invite(struct meeting *m)
{
	for (int i = 0; i < LIMIT_REQUESTS; i++)
		if (!fold_request(m->fold, m->invites[i].request))
			return &m->invites[i];
	return NULL;
}

const struct invitation_row *meeting_guest(const struct meeting *m, uint32_t request)
{
	for (int i = 0; request && i < LIMIT_REQUESTS; i++)
		if (m->invites[i].request == request)
			return &m->invites[i].row;
	return NULL;
}

static void ask_second(struct hall *h, struct connection *c, const struct deed *d)
{
	struct meeting *m = d->by->meeting;
	struct event e = { .kind = kinds[d->action].asked };
	struct invite *invite = d->guest ? free_invite(m) : NULL;

	if (m->fold->requests[LIMIT_REQUESTS - 1].id) {
		deed_refuse(h, c, "too-many");
		return;
	}
	e.note = e.kind == EVENT_REQUEST_ASKED ? d->action : NOTE_NONE;
	if (d->guest && invitation_detail(d->guest, &e) < 0) {
		deed_refuse(h, c, "not-recorded");
		return;
	}
	if (!deed_record(h, d, &e, 1))
		return;
	if (invite)
		*invite = (struct invite){ .request = m->fold->seq, .row = *d->guest };
	tell_request(h, m, m->fold->seq);
}

void second_do(struct hall *h, struct connection *c, struct deed *d)
{
	struct rights_answer answer = ask(h, d);
	const struct fold_request *q = fold_find_request(d->by->meeting->fold, d->action, d->who ? d->who->id : 0,
		d->item);
	const char *obstacle;

	if (answer.verdict == VERDICT_NO) {
		deed_refuse(h, c, deed_code(answer));
		return;
	}
	/* Several guests may be asked for at once. */
	if (q && d->action != NOTE_INVITE) {
		deed_refuse(h, c, q->by == d->by->id ? "own-request" : "wrong-phase");
		return;
	}
	obstacle = deed_obstacle(d);
	if (obstacle)
		deed_refuse(h, c, obstacle);
	else if (answer.verdict == VERDICT_YES)
		deed_perform(h, d);
	else
		ask_second(h, c, d);
}

/* The request that the message names, if this person has a say in it. */
static const struct fold_request *request_of(struct hall *h, struct connection *c, const struct wire_node *message)
{
	struct person *p = c->live.person;
	const struct fold_request *q = fold_request(p->meeting->fold, (uint32_t)wire_integer(message, "request"));

	/* RIGHTS.md: the second office is the other one of chair and clerk, for every action alike. */
	if (!person_leads(p)) {
		deed_refuse(h, c, "not-allowed");
		return NULL;
	}
	if (!q)
		deed_refuse(h, c, "no-request");
	return q;
}

/* Is this the one of the two offices in whose name it was asked? Then it is no second one. */
static bool is_same_office(const struct fold_request *q, const struct person *by, const struct person *second)
{
	return by == second || (q->as_chair ? OFFICE_CHAIR : by->office) == person_office(second);
}

static void confirm(struct hall *h, struct connection *c, const struct fold_request *q)
{
	struct person *second = c->live.person;
	struct meeting *m = second->meeting;
	const struct fold_request asked = *q;	/* confirming it ends it */
	struct deed d = { .by = meeting_person(m, asked.by), .who = meeting_person(m, asked.who), .second = second,
		.action = asked.action, .reason = asked.reason, .text = asked.text, .request = asked.id,
		.item = asked.item, .contested = asked.action == NOTE_RECUSAL, .guest = meeting_guest(m, asked.id) };
	struct rights_answer answer;
	const char *obstacle;

	assert(d.by);
	answer = ask(h, &d);
	if (is_same_office(&asked, d.by, second)) {
		deed_refuse(h, c, "own-request");
		return;
	}
	/* Who asked may hold the office no longer: what was asked stands, as long as the state and the policy allow. */
	obstacle = answer.verdict == VERDICT_NO && answer.why != WHY_OFFICE ? deed_code(answer) : deed_obstacle(&d);
	if (obstacle)
		deed_refuse(h, c, obstacle);
	else
		deed_perform(h, &d);
}

void act_confirm(struct hall *h, struct connection *c, const struct wire_node *message)
{
	const struct fold_request *q = request_of(h, c, message);

	if (q)
		confirm(h, c, q);
}

static struct event settled(const struct fold_request *q, enum event_kind kind)
{
	return (struct event){ .kind = kind, .number = q->id, .note = q->action, .who = q->who, .item = q->item };
}

void act_refuse(struct hall *h, struct connection *c, const struct wire_node *message)
{
	const struct fold_request *q = request_of(h, c, message);
	struct meeting *m = c->live.person->meeting;
	struct event e;
	uint32_t id;

	if (!q)
		return;
	id = q->id;
	e = settled(q, EVENT_REQUEST_REFUSED);
	e.by = c->live.person->id;
	if (hall_act(h, m, &e, 1))
		tell_request_over(h, m, id, "refused");
}

static void expire(struct hall *h, struct meeting *m, const struct fold_request *q)
{
	struct event e = settled(q, EVENT_REQUEST_EXPIRED);
	uint32_t id = q->id;

	hall_observe(h, m, &e);
	tell_request_over(h, m, id, "expired");
}

void second_expire(struct hall *h, struct meeting *m)
{
	for (int i = LIMIT_REQUESTS - 1; i >= 0; i--)
		if (m->fold->requests[i].id && h->now >= m->fold->requests[i].until)
			expire(h, m, &m->fold->requests[i]);
}

void second_forget_invites(struct hall *h, struct meeting *m)
{
	for (int i = LIMIT_REQUESTS - 1; i >= 0; i--)
		if (m->fold->requests[i].action == NOTE_INVITE && !meeting_guest(m, m->fold->requests[i].id))
			expire(h, m, &m->fold->requests[i]);
}
