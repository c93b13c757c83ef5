/* SPDX-License-Identifier: EUPL-1.2 */
/* In conclave-media. Invariant: see watch.h. */
#include "sfu/room/watch.h"

#include "sfu/room/peer.h"
#include "sfu/room/state.h"

#define WATCH_PACE SECONDS(1)
/* A tile that is scrolled past, or a receiver that connects again, changes nothing. */
#define WATCH_PATIENCE SECONDS(3)

static unsigned watch_find(const struct track *t)
{
	const struct slot *slot;
	unsigned layers = 0;

	list_for_each(slot, &t->slots, in_track) {
		if (!slot->peer->ready || slot->aim == LAYER_NONE)
			continue;
		/* The lowest is what a narrow line falls back to. */
		layers |= 1u | 1u << slot->aim | 1u << slot->target;
		if (slot->run.on)
			layers |= 1u << slot->run.layer;
	}
	/* Whoever comes to one who is alone sees a picture at once. */
	return layers || t->peer->room->peers.count > 1 ? layers : 1;
}

static void watch_tell(struct track *t)
{
	if (list_empty(&t->in_pauses))
		list_push_back(&t->peer->room->told_pauses, &t->in_pauses);
}

void watch_track(struct track *t, usec_t now)
{
	unsigned layers;

	if (!track_is_video(t))
		return;
	layers = watch_find(t);
	if (layers != t->watched_now) {
		t->watched_now = layers;
		t->watched_since = now;
	}
	if (layers == t->watched || now < t->watched_at + WATCH_PACE)
		return;
	if (!(layers & ~t->watched) && now < t->watched_since + WATCH_PATIENCE)
		return;
	t->watched = layers;
	t->watched_at = now;
	watch_tell(t);
}

void watch_repeat(struct track *t)
{
	if (track_is_video(t) && t->watched != TRACK_ALL(t))
		watch_tell(t);
}
