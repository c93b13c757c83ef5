/* SPDX-License-Identifier: EUPL-1.2 */
/* Only changes come here, so it may walk over everybody. In conclave-media. Invariant: see assign.h. */
#include "sfu/room/assign.h"

#include "sfu/room/allocate.h"
#include "sfu/room/keyframe.h"
#include "sfu/room/peer.h"
#include "sfu/room/state.h"
#include "sfu/room/watch.h"

static const enum slot_kind slot_kind_of[SOURCE_N] = {
	[SOURCE_MICROPHONE] = SLOT_AUDIO,
	[SOURCE_CAMERA] = SLOT_VIDEO,
	[SOURCE_SCREEN] = SLOT_SCREEN,
	[SOURCE_SCREEN_SOUND] = SLOT_SCREEN_SOUND,
};

static void assign_slot(struct slot *slot, struct track *t)
{
	slot_carry(slot, t);
	if (list_empty(&slot->in_facts))
		list_push_back(&slot->peer->room->told_slots, &slot->in_facts);
}

/* Marks the tracks that this receiver should have: the first ones, as many as it has slots; of cameras all, so that one
 * that is shown stays although others were opened since. */
static void assign_mark(struct peer *p, enum source_kind kind, uint32_t slots, uint64_t wanted)
{
	struct track *t;
	uint32_t n = 0;

	list_for_each(t, &p->room->open[kind], in_open) {
		if ((t->peer == p) != p->room->echo)
			continue;
		if (kind != SOURCE_CAMERA && n == slots)
			return;
		t->mark = wanted;
		n++;
	}
}

/* True: a line carries something new. */
static bool assign_carry(struct peer *p, enum source_kind kind)
{
	uint64_t wanted = ++p->room->marks, carried = ++p->room->marks;
	struct list *next = p->room->open[kind].next;
	struct slot *slots[LIMIT_SLOTS];
	uint32_t n = 0;
	bool more = false;

	for (uint32_t i = 0; i < p->setup.n_slots; i++)
		if (p->setup.slots[i].kind == slot_kind_of[kind])
			slots[n++] = &p->slots[i];
	assign_mark(p, kind, n, wanted);
	for (uint32_t i = 0; i < n; i++) {
		if (!slots[i]->track)
			continue;
		if (slots[i]->track->mark == wanted)
			slots[i]->track->mark = carried;
		else
			assign_slot(slots[i], NULL);
	}
	for (uint32_t i = 0; i < n; i++) {
		struct track *t;

		if (slots[i]->track)
			continue;
		while (next != &p->room->open[kind] && list_entry(next, struct track, in_open)->mark != wanted)
			next = next->next;
		if (next == &p->room->open[kind])
			break;
		t = list_entry(next, struct track, in_open);
		t->mark = carried;
		assign_slot(slots[i], t);
		more = true;
	}
	return more;
}

static void assign_kind(struct peer *p, enum source_kind kind, usec_t now)
{
	if (assign_carry(p, kind))
		allocate_peer(p, now);
}

static void assign_everybody(struct room *r, enum source_kind kind, usec_t now)
{
	struct peer *p;

	list_for_each(p, &r->members, in_room)
		assign_kind(p, kind, now);
}

/* Microphones by rank, then as all others: what was opened last goes first. */
static void assign_enlist(struct track *t)
{
	struct list *open = &t->peer->room->open[t->kind];
	struct track *other;

	list_for_each(other, open, in_open) {
		bool equal = t->kind != SOURCE_MICROPHONE || t->peer->setup.rank == other->peer->setup.rank;

		if (equal ? t->opened > other->opened : t->peer->setup.rank > other->peer->setup.rank)
			break;
	}
	list_insert_before(&other->in_open, &t->in_open);
}

void assign_open(struct track *t, usec_t now)
{
	struct room *r = t->peer->room;

	t->open = true;
	t->opened = ++r->openings;
	r->n_open[t->kind]++;
	assign_enlist(t);
	watch_repeat(t);
	assign_everybody(r, t->kind, now);
}

void assign_close(struct track *t, usec_t now)
{
	struct room *r = t->peer->room;
	struct slot *slot, *following;

	t->open = false;
	t->alive = 0;
	r->n_open[t->kind]--;
	list_remove(&t->in_open);
	list_remove(&t->in_pauses);
	list_for_each_safe(slot, following, &t->slots, in_track)
		assign_slot(slot, NULL);
	for (uint32_t i = 0; i < t->n_streams; i++) {
		t->streams[i].missing.count = 0;
		keyframe_forget(&t->streams[i]);
		stream_drop_early(&t->streams[i]);
		list_remove(&t->streams[i].in_needy);
	}
	assign_everybody(r, t->kind, now);
}

void assign_peer(struct peer *p, usec_t now)
{
	for (unsigned kind = 0; kind < SOURCE_N; kind++)
		assign_kind(p, (enum source_kind)kind, now);
}

void assign_rank(struct peer *p, usec_t now)
{
	struct track *t = &p->tracks[SOURCE_MICROPHONE];

	if (!t->open)
		return;
	list_remove(&t->in_open);
	assign_enlist(t);
	assign_everybody(p->room, SOURCE_MICROPHONE, now);
}

void assign_sources(struct peer *p, usec_t now)
{
	for (unsigned kind = 0; kind < SOURCE_N; kind++) {
		struct track *t = &p->tracks[kind];
		bool open = p->ready && t->n_streams && (p->setup.allowed & SOURCE_BIT(kind));

		if (open && !t->open)
			assign_open(t, now);
		else if (!open && t->open)
			assign_close(t, now);
	}
}

void assign_layers(struct room *r, usec_t now)
{
	struct track *t;

	for (unsigned kind = 0; kind < SOURCE_N; kind++)
		list_for_each(t, &r->open[kind], in_open) {
			for (uint32_t i = 0; i < t->n_streams; i++)
				stream_settle_rate(&t->streams[i], now);
			if (track_look(t, now))
				allocate_track(t, now);
			watch_track(t, now);
		}
}
