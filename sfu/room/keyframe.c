/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests are repeated at growing distances: a lost one costs a quarter of a second, a deaf sender little. In
 * conclave-media. Invariant: see keyframe.h. */
#include "sfu/room/keyframe.h"

#include "base/mem.h"
#include "sfu/room/needy.h"
#include "sfu/room/peer.h"
#include "sfu/room/state.h"
#include "sfu/rtp/rtcp.h"

#define KEYFRAME_PACE MSEC(200)
#define KEYFRAME_REPEAT MSEC(250)
#define KEYFRAME_REPEAT_MOST 3		/* doublings: 2 s */
#define KEYFRAME_RECEIVER_SPAN SECONDS(10)

void keyframe_want(struct stream *s, usec_t now)
{
	if (s->key_wanted || !s->started)
		return;
	s->key_wanted = true;
	s->key_tries = 0;
	s->key_due = s->key_asked ? MAX(now, s->key_asked + KEYFRAME_PACE) : now;
	needy_note(s, now);
}

static bool keyframe_awaited(const struct slot *slot)
{
	return slot->peer->ready && slot->target != LAYER_NONE &&
		!slot_runs_on(slot, &slot->track->streams[slot->target]);
}

void keyframe_want_target(struct track *t, usec_t now)
{
	const struct slot *slot;

	if (!track_is_video(t))
		return;
	list_for_each(slot, &t->slots, in_track)
		if (keyframe_awaited(slot))
			keyframe_want(&t->streams[slot->target], now);
}

void keyframe_want_switch(struct slot *slot, usec_t now)
{
	struct stream *s;

	slot->key_due = false;
	if (!keyframe_awaited(slot) || !track_is_video(slot->track))
		return;
	s = &slot->track->streams[slot->target];
	/* Another has asked; or it sleeps, and is asked when it comes. */
	if (s->key_wanted || !s->started)
		return;
	if (quota_take(&slot->key_quota, now, LIMIT_PLI_PER_RECEIVER, KEYFRAME_RECEIVER_SPAN))
		keyframe_want(s, now);
	else
		slot->key_due = true;
}

void keyframe_want_again(struct slot *slot, usec_t now)
{
	struct track *t = slot->track;
	struct stream *s;

	if (!t || !track_is_video(t))
		return;
	if (!slot->run.on) {
		if (keyframe_awaited(slot))
			keyframe_want(&t->streams[slot->target], now);
		return;
	}
	s = &t->streams[slot->run.layer];
	if (slot->target != LAYER_NONE && slot->target != slot->run.layer)
		return;		/* one of another layer is asked for, with which it will begin anew */
	/* One is on its way to us, or to the receiver. */
	if (s->key_wanted || (s->key_came && now < s->key_came + slot->peer->round_trip))
		return;
	if (quota_take(&slot->key_quota, now, LIMIT_PLI_PER_RECEIVER, KEYFRAME_RECEIVER_SPAN))
		keyframe_want(s, now);
}

void keyframe_came(struct stream *s, usec_t now)
{
	s->key_wanted = false;
	s->key_came = now;
}

void keyframe_forget(struct stream *s)
{
	s->key_wanted = false;
}

void keyframe_write(struct peer *sender, struct stream *s, usec_t now, struct writer *w)
{
	if (!s->key_wanted || s->key_due > now)
		return;
	if (!quota_take(&sender->key_quota, now, LIMIT_PLI_PER_SECOND, SECONDS(1))) {
		s->key_due = quota_next(&sender->key_quota, LIMIT_PLI_PER_SECOND, SECONDS(1));
		return;
	}
	rtcp_write_pli(w, sender->setup.feedback_ssrc, s->ssrc);
	sender->room->numbers.plis++;
	s->key_asked = now;
	s->key_due = now + (KEYFRAME_REPEAT << MIN(s->key_tries, (uint8_t)KEYFRAME_REPEAT_MOST));
	s->key_tries++;
}
