/* SPDX-License-Identifier: EUPL-1.2 */
/* The middle of the packet's path. In conclave-media. Invariant: see fanout.h. */
#include "sfu/room/fanout.h"

#include "sfu/room/peer.h"
#include "sfu/room/state.h"

/* The microphone of this peer reaches somebody. */
static void fanout_heard(struct track *t, usec_t now)
{
	struct peer *p = t->peer;

	t->heard_at = now;
	if (t->heard)
		return;
	t->heard = true;
	if (list_empty(&p->in_facts))
		list_push_back(&p->room->told_heard, &p->in_facts);
}

void fanout(struct stream *s, usec_t now, const struct arrival *a)
{
	struct track *t = s->track;
	struct egress_item item;
	struct slot *slot;
	bool heard = false;

	list_for_each(slot, &t->slots, in_track) {
		if (!slot_take(slot, now, s, a, &item))
			continue;
		peer_send(slot->peer, &item);
		heard = true;
	}
	if (a->marker || a->codec == CODEC_OPUS)
		t->peer->room->complete = true;
	if (heard && t->kind == SOURCE_MICROPHONE)
		fanout_heard(t, now);
}

void fanout_early(struct stream *s, usec_t now, int64_t first)
{
	struct egress_item item;
	struct slot *slot;

	if (s->early_tail == s->early_head)
		return;
	list_for_each(slot, &s->track->slots, in_track)
		for (uint32_t i = s->early_tail; i != s->early_head; i++)
			if (slot_take_early(slot, now, s, first, &s->early[i % LIMIT_EARLY], &item))
				peer_send(slot->peer, &item);
}
