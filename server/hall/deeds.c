/* SPDX-License-Identifier: EUPL-1.2 */
/* What the deeds do that may need a second person, once nothing more is to be asked. In conclaved.
 * Invariant: the entry first; without it nothing happens. */
#include "server/hall/inside.h"

#include <assert.h>

#define SHARE (SOURCE_BIT(SOURCE_SCREEN) | SOURCE_BIT(SOURCE_SCREEN_SOUND))
#define MICROPHONE SOURCE_BIT(SOURCE_MICROPHONE)

static const char *obstacle_to_stopping(const struct deed *d, uint32_t sources)
{
	if (!person_is_inside(d->who))
		return "not-inside";
	return d->who->live.sources & sources ? NULL : "not-on";
}

static const char *obstacle_to_recusal(const struct deed *d)
{
	const struct agenda *a = &d->by->meeting->fold->agenda;
	const struct agenda_item *item = agenda_look(a, d->item);

	if (!item || item->phase == ITEM_DONE || people_has(&item->recused, d->who->id))
		return "wrong-phase";
	if (a->n_recusals == LIMIT_RECUSALS || (d->who != d->by && a->n_noted == LIMIT_RECUSALS_NOTED))
		return "too-many";
	return NULL;
}

static const char *obstacle_to_invite(const struct deed *d)
{
	if (!d->guest)
		return "no-request";
	return d->by->meeting->n_people == LIMIT_PEOPLE_PER_MEETING ? "meeting-full" : NULL;
}

static const char *obstacle_to_remove(const struct deed *d)
{
	return person_is_inside(d->who) ? NULL : "not-inside";
}

static const char *obstacle_to_mute(const struct deed *d)
{
	return obstacle_to_stopping(d, MICROPHONE);
}

static const char *obstacle_to_stop_share(const struct deed *d)
{
	return obstacle_to_stopping(d, SHARE);
}

static const char *obstacle_to_withdraw(const struct deed *d)
{
	if (!person_is_inside(d->who))
		return "not-inside";
	return person_fold(d->who)->withdrawn ? "wrong-phase" : NULL;
}

static const char *obstacle_to_suspend(const struct deed *d)
{
	return d->by->meeting->fold->suspension.on ? "wrong-phase" : NULL;
}

/* It ends the seat: whoever sits in it would be removed by one person alone. */
static const char *obstacle_to_new_link(const struct deed *d)
{
	return fold_is_present(d->by->meeting->fold, d->who->id) ? "not-allowed" : NULL;
}

static const char *obstacle_at_the_door(const struct deed *d)
{
	return d->who->live.waiting && !person_is_inside(d->who) ? NULL : "not-waiting";
}

static const char *obstacle_to_doors(const struct deed *d)
{
	const struct agenda *a = &d->by->meeting->fold->agenda;

	return a->open == d->item && a->doors == DOORS_CLOSED ? NULL : "wrong-phase";
}

static bool record_one(struct hall *h, const struct deed *d, enum event_kind kind)
{
	return deed_record(h, d, &(struct event){ .kind = kind }, 1);
}

static void end(struct hall *h, const struct deed *d)
{
	struct event e = { .kind = EVENT_ENDED, .note = d->second ? NOTE_NONE : NOTE_ALONE };

	if (deed_record(h, d, &e, 1))
		meeting_over(h, d->by->meeting, d->by, d->reason, d->text);
}

static void mute(struct hall *h, const struct deed *d)
{
	if (!record_one(h, d, EVENT_MUTED))
		return;
	person_set_sources(h, d->who, d->who->live.sources & ~MICROPHONE);
	tell_done_to(h, d, "muted", "microphone");
}

static void stop_share(struct hall *h, const struct deed *d)
{
	if (!record_one(h, d, EVENT_SHARE_STOPPED))
		return;
	person_set_sources(h, d->who, d->who->live.sources & ~SHARE);
	tell_done_to(h, d, "muted", "screen");
}

static void withdraw(struct hall *h, const struct deed *d)
{
	if (record_one(h, d, EVENT_FLOOR_WITHDRAWN))
		person_change(h, d->who);
}

/* The seat stays: it leads to the lobby, like anybody's. */
static void remove_person(struct hall *h, const struct deed *d)
{
	if (!record_one(h, d, EVENT_REMOVED))
		return;
	person_exit(h, d->who, "removed", true);
	if (d->who->live.connection)
		connection_over(h, d->who->live.connection, "removed", d->by, d->reason, d->text);
}

static void turn_away(struct hall *h, const struct deed *d)
{
	if (!record_one(h, d, EVENT_TURNED_AWAY))
		return;
	person_wait(h, d->who, false);
	if (d->who->live.connection)
		connection_over(h, d->who->live.connection, "turned-away", d->by, d->reason, d->text);
}

static void recuse(struct hall *h, const struct deed *d)
{
	const struct event facts[] = { { .kind = EVENT_RECUSAL_CONTESTED }, { .kind = EVENT_RECUSED } };

	(void)deed_record(h, d, d->contested ? facts : facts + 1, d->contested ? 2 : 1);
}

static void admit(struct hall *h, const struct deed *d)
{
	struct event e = { .kind = EVENT_ADMITTED,
		.note = person_is_recognised(d->who) ? NOTE_RECOGNISED : NOTE_NONE };

	if (!deed_record(h, d, &e, 1))
		return;
	person_wait(h, d->who, false);
	if (person_is_inside(d->who))
		person_enter(h, d->who);
}

static void new_link(struct hall *h, const struct deed *d)
{
	bool was_inside = person_is_inside(d->who);
	struct token token = { 0 };

	if (!seat_make_link(h, d->who, &token) || store_seats_end(h->db, d->by->meeting->row.number, d->who->id) < 0 ||
	    !record_one(h, d, EVENT_LINK_RENEWED)) {
		mem_wipe(&token, sizeof(token));
		hall_undo(h);
		return;
	}
	seat_end(h, d->who, was_inside, d->by, d->reason, d->text);
	tell_link(h, d->by, d->who, &token);
}

/* Into the list, and a link for whoever asked. */
static bool add_guest(struct hall *h, struct deed *d, struct token *token)
{
	struct meeting *m = d->by->meeting;
	struct invitation_row row = *d->guest;
	struct event events[DEED_FACTS] = { { .kind = EVENT_INVITED }, { .kind = EVENT_LINK_MADE } };

	row.person = m->n_people + 1;
	if (meeting_add_person(m, &row) < 0)
		return false;
	d->who = &m->people[row.person - 1];
	return store_invitation_add(h->db, m->row.number, &row) == 0 && seat_make_link(h, d->who, token) &&
		invitation_detail(&row, &events[0]) == 0 && deed_record(h, d, events, ARRAY_SIZE(events));
}

static void invite(struct hall *h, const struct deed *asked)
{
	struct token token = { 0 };
	struct deed d = *asked;

	if (add_guest(h, &d, &token)) {
		tell_link(h, d.by, d.who, &token);
		return;
	}
	mem_wipe(&token, sizeof(token));
	hall_undo(h);
}

static void suspend(struct hall *h, const struct deed *d)
{
	(void)record_one(h, d, EVENT_SUSPENDED);
}

static void announce_doors(struct hall *h, const struct deed *d)
{
	(void)record_one(h, d, EVENT_DOORS_ANNOUNCED);
}

/* What stands in the way of each, which may be nothing, and what is done. */
static const struct {
	const char *(*obstacle)(const struct deed *d);
	void (*perform)(struct hall *h, const struct deed *d);
} deeds[NOTE_N] = {
	[NOTE_END] = { NULL, end },
	[NOTE_REMOVE] = { obstacle_to_remove, remove_person },
	[NOTE_INVITE] = { obstacle_to_invite, invite },
	[NOTE_MUTE] = { obstacle_to_mute, mute },
	[NOTE_STOP_SHARE] = { obstacle_to_stop_share, stop_share },
	[NOTE_WITHDRAW_FLOOR] = { obstacle_to_withdraw, withdraw },
	[NOTE_SUSPEND] = { obstacle_to_suspend, suspend },
	[NOTE_NEW_LINK] = { obstacle_to_new_link, new_link },
	[NOTE_TURN_AWAY] = { obstacle_at_the_door, turn_away },
	[NOTE_DOORS_OPEN] = { obstacle_to_doors, announce_doors },
	[NOTE_RECUSAL] = { obstacle_to_recusal, recuse },
	[NOTE_ADMIT] = { obstacle_at_the_door, admit },
};

const char *deed_obstacle(const struct deed *d)
{
	return deeds[d->action].obstacle ? deeds[d->action].obstacle(d) : NULL;
}

void deed_perform(struct hall *h, const struct deed *d)
{
	assert(deeds[d->action].perform);
	deeds[d->action].perform(h, d);
}
