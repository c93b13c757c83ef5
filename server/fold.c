/* SPDX-License-Identifier: EUPL-1.2 */
/* Events into state. In conclaved.
 * Invariant: whatever the events say, no index leaves its array; a person that does not exist is nobody. */
#include "server/fold.h"

#include <errno.h>

int fold_new(struct fold **ret)
{
	struct fold *f = mem_new(struct fold);

	if (!f)
		return -ENOMEM;
	*ret = f;
	return 0;
}

struct fold *fold_free(struct fold *f)
{
	if (!f)
		return NULL;
	for (int i = 0; i < FOLD_ENTRIES; i++)
		event_done(&f->entries[i]);
	mem_free(f);
	return NULL;
}

const struct event *fold_entry(const struct fold *f, uint32_t seq)
{
	const struct event *e = &f->entries[seq % FOLD_ENTRIES];

	return seq && e->seq == seq ? e : NULL;
}

static struct fold_person *person_of(struct fold *f, uint32_t person)
{
	return &f->people[person <= LIMIT_PEOPLE_PER_MEETING ? person : 0];
}

static void come_in(struct fold_person *p)
{
	p->inside = true;
	p->lost = false;
}

static void go_out(struct fold_person *p, usec_t when)
{
	if (p->inside && !p->lost)
		p->absent_since = when;
	p->inside = false;
	p->lost = false;
}

static void lose(struct fold_person *p, usec_t when)
{
	if (!p->inside || p->lost)
		return;
	p->lost = true;
	p->absent_since = when;
}

static void open_meeting(struct fold *f, usec_t when)
{
	f->phase = PHASE_OPEN;
	f->opened = when;
	for (int i = 0; i <= LIMIT_PEOPLE_PER_MEETING; i++)
		f->people[i].absent_since = when;
}

static void end_meeting(struct fold *f, usec_t when)
{
	f->phase = PHASE_ENDED;
	f->request = (struct fold_request){ 0 };
	for (int i = 0; i <= LIMIT_PEOPLE_PER_MEETING; i++)
		go_out(&f->people[i], when);
}

static void restart(struct fold *f, usec_t when)
{
	for (int i = 0; i <= LIMIT_PEOPLE_PER_MEETING; i++)
		lose(&f->people[i], when);
}

static void ask(struct fold *f, const struct event *e, usec_t when)
{
	struct fold_request *q = &f->request;

	*q = (struct fold_request){ .id = e->number, .by = e->by, .until = when + SECOND_TIME, .reason = e->reason };
	if (e->text)
		memcpy(q->text, e->text, MIN(strlen(e->text), sizeof(q->text) - 1));
}

static void settle(struct fold *f, const struct event *e)
{
	if (f->request.id == e->number)
		f->request = (struct fold_request){ 0 };
}

static void take_seat(struct fold_person *p, const struct event *e, usec_t when)
{
	p->seat = e->number;
	go_out(p, when);
}

static void enter_entry(struct fold *f, struct event *e)
{
	struct event *place = &f->entries[e->seq % FOLD_ENTRIES];

	event_done(place);
	*place = *e;
	place->text = take(e->text);
	f->seq = e->seq;
}

void fold_apply(struct fold *f, struct event *e, usec_t when)
{
	switch (e->kind) {
	case EVENT_INVITED:
		person_of(f, e->who)->invited = true;
		break;
	case EVENT_LINK_MADE:
		person_of(f, e->who)->links++;
		break;
	case EVENT_SEAT_TAKEN:
		take_seat(person_of(f, e->by), e, when);
		break;
	case EVENT_MEETING_OPENED:
		open_meeting(f, when);
		break;
	case EVENT_ENTERED:
		come_in(person_of(f, e->by));
		break;
	case EVENT_ADMITTED:
		come_in(person_of(f, e->who));
		break;
	case EVENT_LEFT:
		go_out(person_of(f, e->by), when);
		break;
	case EVENT_LOST:
		lose(person_of(f, e->who), when);
		break;
	case EVENT_RETURNED:
		person_of(f, e->who)->lost = false;
		break;
	case EVENT_END_ASKED:
		ask(f, e, when);
		break;
	case EVENT_END_CONFIRMED:
	case EVENT_END_REFUSED:
	case EVENT_END_EXPIRED:
		settle(f, e);
		break;
	case EVENT_ENDED:
		end_meeting(f, when);
		break;
	case EVENT_SERVER_RESTARTED:
		restart(f, when);
		break;
	case EVENT_MEETING_CREATED:
	case EVENT_TURNED_AWAY:
	case EVENT_MEDIA_RESTARTED:
	case EVENT_N:
		break;
	}
	if (e->seq)
		enter_entry(f, e);
	event_done(e);
}
