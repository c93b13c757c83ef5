/* SPDX-License-Identifier: EUPL-1.2 */
/* One list a room, one due time a stream. In conclave-media. Invariant: see needy.h. */
#include "sfu/room/needy.h"

#include "base/mem.h"
#include "sfu/room/keyframe.h"
#include "sfu/room/peer.h"
#include "sfu/room/state.h"
#include "sfu/rtp/rtcp.h"

/* A NACK of LIMIT_MISSING numbers that share no entry, and a PLI. */
#define NEEDY_WRITE_SIZE (12 + 4 * LIMIT_MISSING + 12)

static usec_t stream_deadline(const struct stream *s)
{
	usec_t missing = missing_deadline(&s->missing);

	return s->key_wanted ? MIN(missing, s->key_due) : missing;
}

void needy_note(struct stream *s, usec_t now)
{
	struct peer *sender = s->track->peer;

	if (list_empty(&s->in_needy))
		list_push_back(&sender->room->needy, &s->in_needy);
	if (stream_deadline(s) <= now)
		peer_owe(sender, PEER_OWES_FEEDBACK);
}

void needy_timeout(struct room *r, usec_t now)
{
	struct stream *s, *following;

	list_for_each_safe(s, following, &r->needy, in_needy) {
		missing_give_up(&s->missing, now);
		/* Who sends nothing cannot send a key frame; it is wanted again when the stream comes back. */
		if (s->last_arrival + LAYER_ALIVE <= now)
			keyframe_forget(s);
		if (!s->key_wanted)
			stream_drop_early(s);
		if (!s->key_wanted && !s->missing.count)
			list_remove(&s->in_needy);
		else if (stream_deadline(s) <= now)
			peer_owe(s->track->peer, PEER_OWES_FEEDBACK);
	}
}

usec_t needy_deadline(const struct room *r)
{
	usec_t deadline = USEC_NEVER;
	const struct stream *s;

	list_for_each(s, &r->needy, in_needy)
		deadline = MIN(deadline, stream_deadline(s));
	return deadline;
}

static void needy_write_stream(struct peer *sender, struct stream *s, usec_t now, struct writer *w)
{
	uint16_t lost[LIMIT_MISSING];
	size_t n = missing_take(&s->missing, now, sender->round_trip, lost);

	if (n) {
		rtcp_write_nack(w, sender->setup.feedback_ssrc, s->ssrc, lost, n);
		sender->room->numbers.nacks += n;
	}
	keyframe_write(sender, s, now, w);
}

bool needy_write(struct peer *sender, usec_t now, struct writer *w)
{
	for (unsigned kind = 0; kind < SOURCE_N; kind++) {
		struct track *t = &sender->tracks[kind];

		for (uint32_t i = 0; i < t->n_streams; i++) {
			struct stream *s = &t->streams[i];

			if (list_empty(&s->in_needy) || stream_deadline(s) > now)
				continue;
			if (write_room(w) < NEEDY_WRITE_SIZE)
				return true;
			needy_write_stream(sender, s, now, w);
		}
	}
	return false;
}
