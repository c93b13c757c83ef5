/* SPDX-License-Identifier: EUPL-1.2 */
/* What every act begins with (may they? to whom? why?) and ends with: its entry. In conclaved.
 * Invariant: a deed over another person is recorded with its reason, or not done. */
#include "server/hall/inside.h"

void deed_refuse(struct hall *h, struct connection *c, const char *code)
{
	connection_error(h, c, code, h->act, NULL);
}

const char *deed_code(struct rights_answer answer)
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

static bool may(struct hall *h, struct connection *c, struct rights_answer answer)
{
	if (answer.verdict == VERDICT_YES)
		return true;
	deed_refuse(h, c, deed_code(answer));
	return false;
}

bool deed_may(struct hall *h, struct connection *c, enum action action)
{
	return may(h, c, hall_ask(h, c->live.person, action));
}

bool deed_may_give_back(struct hall *h, struct connection *c, enum action action)
{
	const struct person *p = c->live.person;

	return may(h, c, rights_ask(&(struct rights_question){ .action = action, .office = person_office(p),
		.phase = p->meeting->fold->phase }));
}

bool deed_take_reason(struct hall *h, struct connection *c, const struct wire_node *message, struct deed *d)
{
	const struct wire_node *reason = wire_object(message, "reason");

	if (!reason) {
		connection_error(h, c, "missing-field", h->act, "reason");
		return false;
	}
	d->reason = (enum reason_code)(wire_word(reason, "code", words_reasons) + 1);
	d->text = wire_text(reason, "text");
	if (d->reason != REASON_WRITTEN || d->text)
		return true;
	connection_error(h, c, "missing-field", h->act, "reason.text");
	return false;
}

bool deed_take_person(struct hall *h, struct connection *c, const struct wire_node *message, struct deed *d)
{
	d->who = meeting_person(c->live.person->meeting, (uint32_t)wire_integer(message, "person"));
	if (d->who && person_is_inside(d->who))
		return true;
	deed_refuse(h, c, "not-inside");
	return false;
}

bool deed_take_another(struct hall *h, struct connection *c, const struct wire_node *message, struct deed *d)
{
	if (!deed_take_person(h, c, message, d))
		return false;
	if (d->who != d->by)
		return true;
	deed_refuse(h, c, "is-self");
	return false;
}

static struct event confirmation_of(const struct deed *d)
{
	struct event e = { .kind = EVENT_REQUEST_CONFIRMED, .by = d->second->id, .number = d->request,
		.item = d->item, .note = d->action };

	if (d->action == NOTE_END || d->action == NOTE_INVITE) {
		e.kind = d->action == NOTE_END ? EVENT_END_CONFIRMED : EVENT_INVITE_CONFIRMED;
		e.note = NOTE_NONE;
	}
	return e;
}

bool deed_record(struct hall *h, const struct deed *d, const struct event *facts, size_t n)
{
	char *text = d->reason && d->text && *d->text ? mem_copy_string(d->text) : NULL;
	struct meeting *m = d->by->meeting;
	struct event events[1 + DEED_FACTS];
	size_t k = 0;

	if (d->reason && d->text && *d->text && !text) {
		if (h->acting)
			deed_refuse(h, h->acting, "not-recorded");
		return false;
	}
	if (d->second)
		events[k++] = confirmation_of(d);
	for (size_t i = 0; i < n; i++, k++) {
		events[k] = facts[i];
		events[k].by = d->by->id;
		if (!events[k].who && d->who)
			events[k].who = d->who->id;
		events[k].item = events[k].item ? events[k].item : d->item;
		if (i == 0) {
			events[k].reason = d->reason;
			events[k].text = text;
		}
	}
	if (!hall_act(h, m, events, k))
		return false;
	if (d->second)
		tell_request_over(h, m, d->request, "confirmed");
	return true;
}
