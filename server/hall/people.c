/* SPDX-License-Identifier: EUPL-1.2 */
/* Coming, waiting, falling silent and going. In conclaved.
 * Invariant: who is inside stands in everyone's list before anything reaches them; who is not, has no media.
 *
 * "Reconnecting" speaks of the WebSocket: who cannot be reached by it can neither act nor be asked, however well their
 * sound still flows. Media that falls silent alone is no absence; its transport is freed when both were silent for a
 * minute, or when the worker gives it up. */
#include "server/hall/delivery.h"

void person_change(struct hall *h, struct person *p)
{
	if (!person_is_inside(p))
		return;
	p->changed = true;
	h->anybody_changed = true;
}

void person_set_device(struct hall *h, struct person *p, const struct wire_node *message)
{
	const char *device = wire_text(message, "device");

	if (!device || strcmp(device, p->live.device) == 0)
		return;
	memcpy(p->live.device, device, DEVICE_LETTERS);
	person_change(h, p);
	if (p->live.waiting)
		person_wait(h, p, true);
}

void hall_tell_changed(struct hall *h)
{
	struct meeting *m;
	struct person *p;

	if (!h->anybody_changed)
		return;
	h->anybody_changed = false;
	list_for_each(m, &h->meetings, in_hall) {
		chair_watch(h, m);
		mask_settle(h, m);
		tell_meeting_changed(h, m);
		meeting_for_each(p, m) {
			if (p->changed && person_is_inside(p))
				tell_person(h, p);
			p->changed = false;
		}
	}
}

void person_enter(struct hall *h, struct person *p)
{
	struct connection *c = p->live.connection;

	if (c) {
		c->live.informed = true;
		c->tell = 0;
		connection_tell(h, c, TELL_STATE);
	}
	delivery_change(h);
	p->live.here = true;
	p->entered = h->now;
	h->numbers.joins++;
	person_change(h, p);
}

void person_part(struct hall *h, struct person *p, const char *why)
{
	if (p->live.connection)
		p->live.connection->live.informed = false;
	p->changed = false;
	p->live.sources = 0;
	p->live.opened = 0;
	p->live.heard = false;
	p->entered = 0;
	if (p->live.feed)
		feed_leave(h, p->live.feed);
	if (p->live.here)
		tell_gone(h, p, why);
	p->live.here = p->live.aside = false;
}

void person_exit(struct hall *h, struct person *p, const char *why, bool dropped)
{
	person_part(h, p, why);
	delivery_exit(h, p, dropped);
}

void person_wait(struct hall *h, struct person *p, bool waits)
{
	struct person *other;

	p->live.waiting = waits;
	if (waits && p->live.connection)
		connection_tell(h, p->live.connection, TELL_LOBBY);
	meeting_for_each(other, p->meeting) {
		struct connection *c = other->live.connection;

		if (person_leads(other) && c && c->live.informed)
			connection_tell(h, c, TELL_WAITING);
	}
}

static bool is_silent(const struct hall *h, const struct person *p, usec_t since)
{
	return p->live.silent_since != USEC_NEVER && h->now >= p->live.silent_since + since;
}

void person_watch(struct hall *h, struct person *p)
{
	struct fold_person *f = person_fold(p);
	struct event e = { .kind = EVENT_LOST, .who = p->id };

	if (f->inside && !f->lost && is_silent(h, p, LOST_TIME)) {
		hall_observe(h, p->meeting, &e);
		person_change(h, p);
	} else if (f->inside && f->lost && p->live.silent_since == USEC_NEVER) {
		e.kind = EVENT_RETURNED;
		hall_observe(h, p->meeting, &e);
		person_change(h, p);
	}
	if (p->live.waiting && is_silent(h, p, LOST_TIME))
		person_wait(h, p, false);
	if (p->live.feed && p->live.feed->silent && is_silent(h, p, FREE_TIME))
		feed_leave(h, p->live.feed);
}

usec_t person_deadline(const struct person *p)
{
	const struct fold_person *f = person_fold(p);
	usec_t deadline = USEC_NEVER, since = p->live.silent_since;

	if (since == USEC_NEVER)
		return USEC_NEVER;
	if (p->live.feed && p->live.feed->silent)
		deadline = since + FREE_TIME;
	if ((f->inside && !f->lost) || p->live.waiting)
		deadline = MIN(deadline, since + LOST_TIME);
	return deadline;
}

void person_set_sources(struct hall *h, struct person *p, uint32_t sources)
{
	bool opens = sources & ~p->live.sources & SOURCE_BIT(SOURCE_MICROPHONE);

	if (sources == p->live.sources)
		return;
	p->live.sources = sources;
	if (opens) {
		p->live.opened = ++p->meeting->opened_microphones;
		p->live.lifted = person_fold(p)->muted;
	}
	person_change(h, p);
}

void meeting_opened(struct hall *h, struct meeting *m)
{
	struct person *p;

	meeting_for_each(p, m)
		if (p->live.waiting && p->live.connection)
			connection_tell(h, p->live.connection, TELL_LOBBY);
}

void meeting_over(struct hall *h, struct meeting *m, const struct person *by, enum reason_code reason,
	const char *text)
{
	struct person *p;

	meeting_for_each(p, m) {
		p->changed = false;
		p->live.waiting = p->live.heard = false;
		p->live.sources = 0;
		if (p->live.feed)
			feed_leave(h, p->live.feed);
		if (p->live.connection)
			connection_over(h, p->live.connection, "ended", by, reason, text);
	}
}
