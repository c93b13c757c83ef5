/* SPDX-License-Identifier: EUPL-1.2 */
/* Events into state. In conclaved.
 * Invariant: whatever the events say, no index leaves its array; a person that does not exist is nobody. */
#include "server/hall/fold.h"

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

const struct fold_request *fold_request(const struct fold *f, uint32_t id)
{
	for (size_t i = 0; id && i < LIMIT_REQUESTS; i++)
		if (f->requests[i].id == id)
			return &f->requests[i];
	return NULL;
}

const struct fold_request *fold_find_request(const struct fold *f, enum event_note action, uint32_t who,
	uint32_t item)
{
	for (size_t i = 0; i < LIMIT_REQUESTS && f->requests[i].id; i++)
		if (f->requests[i].action == action && f->requests[i].who == who && f->requests[i].item == item)
			return &f->requests[i];
	return NULL;
}

const struct fold_fault *fold_fault(const struct fold *f, uint32_t id)
{
	for (size_t i = 0; id && i < LIMIT_FAULTS; i++)
		if (f->faults[i].id == id)
			return &f->faults[i];
	return NULL;
}

uint32_t fold_place(const struct fold *f, uint32_t person)
{
	for (uint32_t i = 0; i < f->n_speakers; i++)
		if (f->speakers[i] == person)
			return i + 1;
	return 0;
}

static struct fold_person *person_of(struct fold *f, uint32_t person)
{
	return &f->people[person <= LIMIT_PEOPLE_PER_MEETING ? person : 0];
}

static void unlist(struct fold *f, uint32_t person)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < f->n_speakers; i++)
		if (f->speakers[i] != person)
			f->speakers[kept++] = f->speakers[i];
	f->changes.floor += kept != f->n_speakers;
	f->n_speakers = kept;
}

static void enlist(struct fold *f, uint32_t person)
{
	if (!person || person > LIMIT_PEOPLE_PER_MEETING || !f->people[person].inside || fold_place(f, person))
		return;
	f->speakers[f->n_speakers++] = (uint8_t)person;
	f->changes.floor++;
}

static void end_floor(struct fold *f)
{
	f->changes.floor += f->floor != 0;
	f->floor = 0;
	f->floor_wall = 0;
}

static void give_floor(struct fold *f, const struct event *e)
{
	struct fold_person *p = person_of(f, e->who);

	p->withdrawn = false;
	unlist(f, e->who);
	if (!p->inside)
		return;
	f->floor = e->who;
	f->floor_wall = e->wall;
	f->changes.floor++;
}

static void withdraw_floor(struct fold *f, uint32_t person)
{
	person_of(f, person)->withdrawn = true;
	if (f->floor == person)
		end_floor(f);
}

/* Those who are named go first; whoever is not, and whoever is on no list, changes nothing. */
static void put_in_order(struct fold *f, const struct event *e)
{
	uint8_t before[LIMIT_PEOPLE_PER_MEETING];
	uint32_t n = f->n_speakers;

	memcpy(before, f->speakers, sizeof(before));
	f->n_speakers = 0;
	for (uint32_t i = 0; i < e->n_people; i++)
		if (memchr(before, e->people[i], n))
			enlist(f, e->people[i]);
	for (uint32_t i = 0; i < n; i++)
		enlist(f, before[i]);
	f->changes.floor++;
}

/* Whoever is out for the item that is open stays beside it. */
static void come_in(struct fold *f, uint32_t person, const struct event *e)
{
	struct fold_person *p = person_of(f, person);

	p->aside = agenda_is_out(&f->agenda, person);
	p->aside_wall = p->aside ? e->wall : 0;
	p->inside = !p->aside;
	p->entered = true;
	p->lost = p->put_out = false;
	p->by_two = !e->item;
}

static void go_out(struct fold *f, uint32_t person, usec_t when)
{
	struct fold_person *p = person_of(f, person);

	if ((p->inside && !p->lost) || p->aside)
		p->absent_since = when;
	p->inside = p->lost = p->aside = p->put_out = p->by_two = false;
	p->muted = p->unshared = 0;
	p->aside_wall = 0;
	unlist(f, person);
	if (f->floor == person)
		end_floor(f);
	if (f->acting == person)
		f->acting = 0;
}

static void step_aside(struct fold *f, uint32_t person, usec_t wall, usec_t when)
{
	struct fold_person *p = person_of(f, person);

	if (!p->inside)
		return;
	go_out(f, person, when);
	p->aside = true;
	p->aside_wall = wall;
}

static void step_back(struct fold_person *p)
{
	p->inside = true;
	p->aside = false;
	p->aside_wall = 0;
}

static void close_item(struct fold *f)
{
	bool ends = f->agenda.open;

	agenda_close(&f->agenda);
	for (uint32_t i = 0; i <= LIMIT_PEOPLE_PER_MEETING; i++) {
		f->people[i].by_two = false;
		if (ends)
			f->people[i].withdrawn = false;
		if (f->people[i].aside)
			step_back(&f->people[i]);
	}
	f->changes.agenda++;
}

static void open_item(struct fold *f, const struct event *e, usec_t when)
{
	close_item(f);
	agenda_open(&f->agenda, e->item);
	for (uint32_t i = 1; i <= LIMIT_PEOPLE_PER_MEETING; i++)
		if (agenda_is_out(&f->agenda, i))
			step_aside(f, i, e->wall, when);
}

static void recuse(struct fold *f, const struct event *e, usec_t when)
{
	agenda_recuse(&f->agenda, e);
	if (agenda_is_out(&f->agenda, e->who))
		step_aside(f, e->who, e->wall, when);
	f->changes.agenda++;
}

static void put_out(struct fold *f, uint32_t person, usec_t when)
{
	go_out(f, person, when);
	person_of(f, person)->put_out = true;
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
	memset(f->requests, 0, sizeof(f->requests));
	memset(f->faults, 0, sizeof(f->faults));
	f->suspension = (struct fold_suspension){ 0 };
	agenda_close(&f->agenda);
	f->changes.agenda++;
	for (uint32_t i = 0; i <= LIMIT_PEOPLE_PER_MEETING; i++)
		go_out(f, i, when);
}

static void restart(struct fold *f, usec_t when)
{
	for (int i = 0; i <= LIMIT_PEOPLE_PER_MEETING; i++)
		lose(&f->people[i], when);
}

static void copy_text(char ret[static LINE_SIZE(LIMIT_REASON)], const char *text)
{
	size_t size = text ? MIN(strlen(text), (size_t)LINE_SIZE(LIMIT_REASON) - 1) : 0;

	if (size)
		memcpy(ret, text, size);
	ret[size] = '\0';
}

static void suspend(struct fold *f, const struct event *e)
{
	f->suspension = (struct fold_suspension){ .on = true, .by = e->by, .wall = e->wall, .reason = e->reason };
	copy_text(f->suspension.text, e->text);
	f->changes.suspension++;
}

static void resume(struct fold *f)
{
	f->suspension = (struct fold_suspension){ 0 };
	f->changes.suspension++;
}

static void clear_fault(struct fold *f, uint32_t id)
{
	size_t kept = 0;

	for (size_t i = 0; i < LIMIT_FAULTS && f->faults[i].id; i++)
		if (f->faults[i].id != id)
			f->faults[kept++] = f->faults[i];
	for (; kept < LIMIT_FAULTS && f->faults[kept].id; kept++)
		f->faults[kept] = (struct fold_fault){ 0 };
	f->changes.faults++;
}

/* A person has one that stands: their next one takes its place. */
static void report_fault(struct fold *f, const struct event *e)
{
	size_t i = 0;

	for (size_t k = 0; k < LIMIT_FAULTS; k++)
		if (f->faults[k].id && f->faults[k].by == e->by)
			clear_fault(f, f->faults[k].id);
	while (i < LIMIT_FAULTS && f->faults[i].id)
		i++;
	if (i == LIMIT_FAULTS)
		return;
	f->faults[i] = (struct fold_fault){ .id = e->number, .by = e->by, .wall = e->wall };
	copy_text(f->faults[i].text, e->text);
	f->changes.faults++;
}

static void ask(struct fold *f, const struct event *e, enum event_note action, usec_t when)
{
	struct fold_request *q = f->requests;

	while (q < f->requests + LIMIT_REQUESTS && q->id)
		q++;
	if (q == f->requests + LIMIT_REQUESTS)
		return;
	*q = (struct fold_request){ .id = e->number, .action = action, .by = e->by, .who = e->who, .item = e->item,
		.as_chair = e->by && e->by == f->acting, .until = when + SECOND_TIME, .reason = e->reason };
	copy_text(q->text, e->text);
}

static void settle(struct fold *f, uint32_t id)
{
	size_t kept = 0;

	for (size_t i = 0; i < LIMIT_REQUESTS && f->requests[i].id; i++)
		if (f->requests[i].id != id)
			f->requests[kept++] = f->requests[i];
	for (; kept < LIMIT_REQUESTS; kept++)
		f->requests[kept] = (struct fold_request){ 0 };
}

static void take_seat(struct fold *f, uint32_t person, uint32_t seat, usec_t when)
{
	person_of(f, person)->seat = seat;
	go_out(f, person, when);
}

static void enter_entry(struct fold *f, struct event *e)
{
	struct event *place = &f->entries[e->seq % FOLD_ENTRIES];

	event_done(place);
	*place = *e;
	place->text = take(e->text);
	place->people = take(e->people);
	f->seq = e->seq;
}

#define APPLY(name) static void apply_##name(struct fold *f, const struct event *e, usec_t when)
#define APPLY_NOW(name) \
	static void apply_##name(struct fold *f, const struct event *e, usec_t when __attribute__((unused)))

APPLY_NOW(invited) { person_of(f, e->who)->invited = true; }
APPLY_NOW(link_made) { person_of(f, e->who)->links++; }
APPLY(seat_taken) { take_seat(f, e->by, e->number, when); }
APPLY_NOW(entered) { come_in(f, e->by, e); }
APPLY_NOW(admitted) { come_in(f, e->who, e); }
APPLY(left) { go_out(f, e->by, when); }
APPLY(removed) { go_out(f, e->who, when); }
APPLY(lost) { lose(person_of(f, e->who), when); }
APPLY_NOW(returned) { person_of(f, e->who)->lost = false; }
APPLY(end_asked) { ask(f, e, NOTE_END, when); }
APPLY(remove_asked) { ask(f, e, NOTE_REMOVE, when); }
APPLY(invite_asked) { ask(f, e, NOTE_INVITE, when); }
APPLY(request_asked) { ask(f, e, e->note, when); }
APPLY(doors_asked) { ask(f, e, NOTE_DOORS_OPEN, when); }
APPLY(recusal_asked) { ask(f, e, NOTE_RECUSAL, when); }
APPLY(item_opened) { open_item(f, e, when); }
APPLY(recused) { recuse(f, e, when); }
APPLY_NOW(recusal_contested) { agenda_recuse(&f->agenda, e); }
APPLY(guest_out) { put_out(f, e->who, when); }
APPLY_NOW(muted) { person_of(f, e->who)->muted = e->seq; }
APPLY_NOW(share_stopped) { person_of(f, e->who)->unshared = e->seq; }
APPLY_NOW(settled) { settle(f, e->number); }
APPLY_NOW(hand_raised) { enlist(f, e->by); }
APPLY_NOW(hand_lowered) { unlist(f, e->by); }
APPLY_NOW(floor_withdrawn) { withdraw_floor(f, e->who); }
APPLY_NOW(floor_restored) { person_of(f, e->who)->withdrawn = false; }
APPLY_NOW(fault_cleared) { clear_fault(f, e->number); }
APPLY_NOW(substitute_named) { f->substitute = e->who; }
APPLY_NOW(chair_substituted) { f->acting = e->who; }
APPLY_NOW(floor_given) { give_floor(f, e); }
APPLY_NOW(floor_ordered) { put_in_order(f, e); }
APPLY_NOW(suspended) { suspend(f, e); }
APPLY_NOW(fault_reported) { report_fault(f, e); }

APPLY(link_renewed)
{
	person_of(f, e->who)->links++;
	take_seat(f, e->who, 0, when);
}

APPLY(meeting_opened) { (void)e; open_meeting(f, when); }
APPLY(ended) { (void)e; end_meeting(f, when); }
APPLY(server_restarted) { (void)e; restart(f, when); }
APPLY_NOW(floor_ended) { (void)e; end_floor(f); }
APPLY_NOW(resumed) { (void)e; resume(f); }
APPLY_NOW(chair_returned) { (void)e; f->acting = 0; }
APPLY_NOW(item_closed) { (void)e; close_item(f); }

APPLY_NOW(item_created)
{
	agenda_create(&f->agenda, e);
	f->changes.agenda++;
}

APPLY(doors_announced)
{
	(void)e;
	agenda_announce_doors(&f->agenda, when);
	f->changes.agenda++;
}

APPLY_NOW(doors_opened)
{
	(void)e;
	agenda_open_doors(&f->agenda);
	f->changes.agenda++;
}

APPLY_NOW(doors_closed)
{
	(void)e;
	agenda_close_doors(&f->agenda);
	f->changes.agenda++;
}

APPLY_NOW(declared_alone)
{
	agenda_declare_alone(&f->agenda, e);
	f->changes.agenda++;
}

/* What is missing here changes no state: it is an entry and no more. */
static void (*const effects[EVENT_N])(struct fold *f, const struct event *e, usec_t when) = {
	[EVENT_INVITED] = apply_invited,
	[EVENT_LINK_MADE] = apply_link_made,
	[EVENT_SEAT_TAKEN] = apply_seat_taken,
	[EVENT_MEETING_OPENED] = apply_meeting_opened,
	[EVENT_ENTERED] = apply_entered,
	[EVENT_ADMITTED] = apply_admitted,
	[EVENT_LEFT] = apply_left,
	[EVENT_LOST] = apply_lost,
	[EVENT_RETURNED] = apply_returned,
	[EVENT_END_ASKED] = apply_end_asked,
	[EVENT_END_CONFIRMED] = apply_settled,
	[EVENT_ENDED] = apply_ended,
	[EVENT_SERVER_RESTARTED] = apply_server_restarted,
	[EVENT_HAND_RAISED] = apply_hand_raised,
	[EVENT_HAND_LOWERED] = apply_hand_lowered,
	[EVENT_FLOOR_GIVEN] = apply_floor_given,
	[EVENT_FLOOR_ENDED] = apply_floor_ended,
	[EVENT_FLOOR_ORDERED] = apply_floor_ordered,
	[EVENT_FLOOR_WITHDRAWN] = apply_floor_withdrawn,
	[EVENT_FLOOR_RESTORED] = apply_floor_restored,
	[EVENT_REMOVED] = apply_removed,
	[EVENT_SUSPENDED] = apply_suspended,
	[EVENT_RESUMED] = apply_resumed,
	[EVENT_LINK_RENEWED] = apply_link_renewed,
	[EVENT_FAULT_REPORTED] = apply_fault_reported,
	[EVENT_FAULT_CLEARED] = apply_fault_cleared,
	[EVENT_REMOVE_ASKED] = apply_remove_asked,
	[EVENT_INVITE_ASKED] = apply_invite_asked,
	[EVENT_REQUEST_ASKED] = apply_request_asked,
	[EVENT_INVITE_CONFIRMED] = apply_settled,
	[EVENT_REQUEST_CONFIRMED] = apply_settled,
	[EVENT_REQUEST_REFUSED] = apply_settled,
	[EVENT_REQUEST_EXPIRED] = apply_settled,
	[EVENT_SUBSTITUTE_NAMED] = apply_substitute_named,
	[EVENT_CHAIR_SUBSTITUTED] = apply_chair_substituted,
	[EVENT_CHAIR_RETURNED] = apply_chair_returned,
	[EVENT_MUTED] = apply_muted,
	[EVENT_SHARE_STOPPED] = apply_share_stopped,
	[EVENT_ITEM_CREATED] = apply_item_created,
	[EVENT_ITEM_OPENED] = apply_item_opened,
	[EVENT_ITEM_CLOSED] = apply_item_closed,
	[EVENT_DOORS_ASKED] = apply_doors_asked,
	[EVENT_DOORS_ANNOUNCED] = apply_doors_announced,
	[EVENT_DOORS_OPENED] = apply_doors_opened,
	[EVENT_DOORS_CLOSED] = apply_doors_closed,
	[EVENT_DECLARED_ALONE] = apply_declared_alone,
	[EVENT_RECUSED] = apply_recused,
	[EVENT_RECUSAL_ASKED] = apply_recusal_asked,
	[EVENT_RECUSAL_CONTESTED] = apply_recusal_contested,
	[EVENT_GUEST_OUT] = apply_guest_out,
};

void fold_apply(struct fold *f, struct event *e, usec_t when)
{
	if (e->kind < EVENT_N && effects[e->kind])
		effects[e->kind](f, e, when);
	if (e->seq)
		enter_entry(f, e);
	event_done(e);
}
