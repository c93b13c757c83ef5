/* SPDX-License-Identifier: EUPL-1.2 */
/* All rewriting is one addition per field, fixed when a run begins. In conclave-media. Invariant: see slot.h. */
#include "sfu/room/slot.h"

#include "base/mem.h"
#include "sfu/room/peer.h"
#include "sfu/rtp/seq.h"

void slot_init(struct slot *s, struct peer *peer, uint8_t number, struct random *random)
{
	*s = (struct slot){
		.peer = peer, .setup = &peer->setup.slots[number], .number = number,
		/* RFC 3711, 3.3.1: a start in the lower half, or the receiver may guess a wrap that was lost. */
		.newest = SEQ_START + random_below(random, 0x4000),
		.newest_timestamp = (uint32_t)random_next(random),
		.newest_picture = (uint16_t)random_below(random, 0x8000),
		.newest_tl0 = (uint8_t)random_below(random, 0x100),
		.rtx_sequence = (uint16_t)random_below(random, 0x4000),
		.resend_bytes = SLOT_RESEND_BURST,
		.aim = LAYER_NONE,
		.target = LAYER_NONE,
		.temporal = TEMPORAL_ALL,
	};
	list_init(&s->in_track);
	list_init(&s->in_facts);
}

void slot_carry(struct slot *s, struct track *track)
{
	list_remove(&s->in_track);
	s->track = track;
	slot_cut(s);
	s->key_quota = (struct quota){ 0 };
	s->aim = s->target = LAYER_NONE;
	s->raised = s->fallen = s->raise_wait = 0;
	s->loss = 0;
	s->asked = 0;
	s->packets_before = s->packets;
	s->key_due = false;
	if (track)
		list_push_back(&track->slots, &s->in_track);
}

bool slot_aim(struct slot *s, int layer)
{
	int target = LAYER_NONE;

	s->aim = layer;
	if (layer != LAYER_NONE) {
		target = layer_alive(layer, s->track->n_streams, s->track->alive);
		/* A pause of the whole track changes nothing: it goes on where it stopped. */
		if (target == LAYER_NONE)
			target = s->target == LAYER_NONE ? layer : s->target;
	}
	if (target == s->target)
		return false;
	s->target = target;
	if (target == LAYER_NONE)
		slot_cut(s);
	return true;
}

/* Where two layers of one camera know their sender's clock, the picture goes on exactly where it was; else time goes
 * on as it passed here. */
static uint32_t slot_next_timestamp(const struct slot *s, usec_t now, const struct stream *stream,
	const struct arrival *a)
{
	uint32_t clock = codec_clock(a->codec);
	uint32_t passed = (uint32_t)((now - s->newest_at) / 1000 * (clock / 1000));
	uint32_t guess = s->newest_timestamp + passed;
	uint32_t exact;
	int64_t wall;

	if (s->run.on && stream_to_wall(stream, a->timestamp, clock, &wall) &&
	    stream_from_wall(&s->track->streams[s->run.layer], wall, clock, &exact)) {
		exact += s->run.timestamp_shift;
		if (stamp_distance(guess, exact) < (int32_t)clock && stamp_distance(guess, exact) > -(int32_t)clock)
			guess = exact;
	}
	return stamp_newer(guess, s->newest_timestamp) ? guess : s->newest_timestamp + clock / 1000;
}

static void slot_begin(struct slot *s, usec_t now, const struct stream *stream, const struct arrival *a)
{
	s->run = (struct slot_run){
		.timestamp_shift = slot_next_timestamp(s, now, stream, a) - a->timestamp,
		.on = true,
		.layer = stream->layer,
		.generation = stream->generation,
		.first = a->index,
		.newest = a->index - 1,
		.picture = (uint16_t)(a->picture_id - 1),
		.temporal = s->temporal,
		.temporal_from = a->index,
		.temporal_before = s->temporal,
		.shift = s->newest + 1 - a->index,
		.picture_shift = (uint16_t)(s->newest_picture + 1 - a->picture_id),
		.tl0_shift = (uint8_t)(s->newest_tl0 + 1 - a->tl0_picture_index),
	};
}

static uint8_t slot_payload_type(const struct slot *s, enum codec codec)
{
	const struct room_peer_setup *setup = &s->peer->setup;

	switch (codec) {
	case CODEC_OPUS:
		return setup->opus;
	case CODEC_VP8:
		return setup->vp8;
	case CODEC_VP9:
		return setup->vp9;
	case CODEC_N:
		break;
	}
	return ROOM_NO_PAYLOAD_TYPE;
}

/* The highest layer in time that passes from this picture on: fewer at once; more where nothing that was left out is
 * needed any more, behind this picture (RFC 9628, 4.2: U) or by itself (RFC 7741, 4.2: Y, which speaks for itself
 * alone, so that one layer is added at a time). */
static uint8_t slot_next_temporal(const struct slot *s, const struct arrival *a)
{
	uint8_t temporal = s->run.temporal;

	if (s->temporal <= temporal || a->key_frame || (a->temporal_switch && a->temporal <= temporal))
		return s->temporal;
	return a->temporal_sync && a->temporal == temporal + 1 ? a->temporal : temporal;
}

static void slot_turn_picture(struct slot *s, const struct arrival *a)
{
	uint8_t next = slot_next_temporal(s, a);

	s->run.picture = a->picture_id;
	if (next == s->run.temporal)
		return;
	s->run.temporal_before = s->run.temporal;
	s->run.temporal = next;
	s->run.temporal_from = a->index;
}

/* The newest so far is left out: those behind take its place in numbers, and in VP8's pictures, whose order a decoder
 * goes by; VP9's references count the pictures that are left out too. */
static void slot_omit(struct slot *s, const struct arrival *a, bool new_picture)
{
	struct slot_run *run = &s->run;
	struct slot_omission *last = &run->omissions[(run->omitted - 1) % SLOT_OMISSIONS];

	if (run->omitted && last->to + 1 == a->index) {
		last->to = a->index;
	} else {
		run->omissions[run->omitted++ % SLOT_OMISSIONS] = (struct slot_omission){
			.from = a->index, .to = a->index, .shift = run->shift, .picture_shift = run->picture_shift,
		};
	}
	run->shift--;
	if (new_picture && a->codec == CODEC_VP8)
		run->picture_shift--;
}

/* What was overtaken by omissions goes by the numbers of its place; false: that is too long ago. */
static bool slot_place(const struct slot *s, const struct arrival *a, int64_t *ret_shift, uint16_t *ret_picture_shift)
{
	const struct slot_run *run = &s->run;
	uint32_t known = MIN(run->omitted, (uint32_t)SLOT_OMISSIONS);

	*ret_shift = run->shift;
	*ret_picture_shift = run->picture_shift;
	for (uint32_t i = 1; i <= known; i++) {
		const struct slot_omission *o = &run->omissions[(run->omitted - i) % SLOT_OMISSIONS];

		if (a->index > o->to)
			return true;
		*ret_shift = o->shift;
		*ret_picture_shift = o->picture_shift;
	}
	return run->omitted <= SLOT_OMISSIONS;
}

/* Of the run in hand: the fields of this packet, and what the next run has to go beyond. */
static bool slot_number(struct slot *s, usec_t now, const struct arrival *a, struct egress_item *ret)
{
	uint16_t picture_shift;
	int64_t shift, index;
	bool newest;

	if (!slot_place(s, a, &shift, &picture_shift))
		return false;
	index = a->index + shift;
	newest = index > s->newest;
	*ret = (struct egress_item){
		.packet = a->packet,
		.timestamp = a->timestamp + s->run.timestamp_shift,
		.sequence = (uint16_t)index,
		.offset = a->offset,
		.size = a->size,
		.picture_id = (uint16_t)((a->picture_id + picture_shift) & (a->long_picture_id ? 0x7fff : 0x7f)),
		.tl0_picture_index = (uint8_t)(a->tl0_picture_index + s->run.tl0_shift),
		.slot = s->number,
		.payload_type = slot_payload_type(s, a->codec),
		.marker = a->marker,
		.sound = a->codec == CODEC_OPUS,
		.vp8 = a->codec == CODEC_VP8 && a->size,
		.vp9 = a->codec == CODEC_VP9 && a->size,
	};
	s->newest = MAX(s->newest, index);
	if (newest) {
		s->newest_at = now;
		if (stamp_newer(ret->timestamp, s->newest_timestamp))
			s->newest_timestamp = ret->timestamp;
		if (ret->vp8 || ret->vp9) {
			s->newest_picture = ret->picture_id;
			s->newest_tl0 = ret->tl0_picture_index;
		}
	}
	s->packets++;
	s->octets += a->size;
	s->resend_bytes = MIN(s->resend_bytes + a->size / SLOT_RESEND_SHARE, (uint32_t)SLOT_RESEND_BURST);
	return true;
}

/* Of a layer in time that does not pass. Late ones have a number that was kept for them: it goes out empty, so that
 * nobody waits for it. */
static bool slot_leave_out(struct slot *s, usec_t now, struct arrival a, bool newest, bool new_picture,
	struct egress_item *ret)
{
	if (newest) {
		slot_omit(s, &a, new_picture);
		return false;
	}
	a.size = 0;
	a.marker = false;
	return slot_number(s, now, &a, ret);
}

static bool slot_take_picture(struct slot *s, usec_t now, const struct arrival *a, struct egress_item *ret)
{
	bool newest = a->index > s->run.newest, new_picture = newest && a->picture_id != s->run.picture;
	struct slot_run *run = &s->run;

	if (new_picture)
		slot_turn_picture(s, a);
	if (newest)
		run->newest = a->index;
	if (a->temporal > (a->index < run->temporal_from ? run->temporal_before : run->temporal))
		return slot_leave_out(s, now, *a, newest, new_picture, ret);
	return slot_number(s, now, a, ret);
}

bool slot_take(struct slot *s, usec_t now, const struct stream *stream, const struct arrival *a,
	struct egress_item *ret)
{
	if (!s->peer->ready || s->target == LAYER_NONE || slot_payload_type(s, a->codec) == ROOM_NO_PAYLOAD_TYPE)
		return false;
	if (!slot_runs_on(s, stream)) {
		if (stream->layer != s->target || (a->codec != CODEC_OPUS && !a->key_frame))
			return false;
		slot_begin(s, now, stream, a);
	}
	if (a->index < s->run.first)
		return false;
	if (a->codec != CODEC_OPUS && a->size)
		return slot_take_picture(s, now, a, ret);
	s->run.newest = MAX(s->run.newest, a->index);
	return slot_number(s, now, a, ret);
}

bool slot_take_early(struct slot *s, usec_t now, const struct stream *stream, int64_t first, const struct arrival *a,
	struct egress_item *ret)
{
	if (!slot_runs_on(s, stream) || s->run.first != first || a->index <= first)
		return false;
	s->run.newest = MAX(s->run.newest, a->index);
	return slot_number(s, now, a, ret);
}
