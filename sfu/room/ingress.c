/* SPDX-License-Identifier: EUPL-1.2 */
/* Whose stream a packet belongs to is asked of mid and rid where it has them, which browsers send until they hear a
 * receiver report, and from then on of its SSRC. In conclave-media. Invariant: see ingress.h. */
#include "sfu/room/ingress.h"

#include "base/mem.h"
#include "sfu/room/allocate.h"
#include "sfu/room/fanout.h"
#include "sfu/room/keyframe.h"
#include "sfu/room/needy.h"
#include "sfu/room/peer.h"
#include "sfu/room/state.h"
#include "sfu/rtp/extension.h"
#include "sfu/rtp/rtp.h"
#include "sfu/rtp/vp8.h"
#include "sfu/rtp/vp9.h"

/* How a payload type reads in this peer's offer. */
static bool ingress_codec(const struct peer *p, uint8_t payload_type, enum codec *ret, bool *ret_rtx)
{
	const struct { uint8_t type; enum codec codec; bool rtx; } types[] = {
		{ p->setup.opus, CODEC_OPUS, false },
		{ p->setup.vp8, CODEC_VP8, false },
		{ p->setup.vp8_rtx, CODEC_VP8, true },
		{ p->setup.vp9, CODEC_VP9, false },
		{ p->setup.vp9_rtx, CODEC_VP9, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].type != payload_type)
			continue;
		*ret = types[i].codec;
		*ret_rtx = types[i].rtx;
		return true;
	}
	return false;
}

/* The stream that mid and rid speak of; NULL when that is none of this peer's. */
static struct stream *ingress_named(struct peer *p, bool rtx, const struct extension_values *x, struct stream *known)
{
	for (unsigned kind = 0; kind < SOURCE_N; kind++) {
		struct track *t = &p->tracks[kind];
		const struct room_source_setup *setup = &p->setup.sources[kind];
		struct bytes rid = rtx ? x->repaired_rid : x->rid;
		int layer;

		if (!t->n_streams || !bytes_equal_string(x->mid, setup->mid))
			continue;
		if (!rid.size && known && known->track == t)
			return known;
		layer = track_find_layer(t, setup, rid);
		return layer < 0 ? NULL : &t->streams[layer];
	}
	return NULL;
}

/* A packet's own word goes before what was announced: the order of SSRCs in an offer says nothing about layers. */
static struct stream *ingress_find(struct peer *p, uint32_t ssrc, bool rtx, const struct extension_values *x)
{
	const struct peer_stream *known = peer_find_stream(p, ssrc);
	struct stream *stream = known ? known->stream : NULL;

	if (known && known->rtx != rtx)
		return NULL;
	if (!x->mid.size)
		return stream;
	stream = ingress_named(p, rtx, x, stream);
	if (stream && (!known || known->stream != stream))
		peer_bind_stream(p, ssrc, rtx, stream);
	return stream;
}

static bool ingress_describe_vp8(struct arrival *a, struct bytes payload)
{
	struct vp8 v;

	if (!vp8_parse(payload, &v))
		return false;
	a->key_frame = v.key_frame;
	a->picture_id = v.picture_id;
	a->long_picture_id = v.long_picture_id;
	a->tl0_picture_index = v.tl0_picture_index;
	a->temporal = (uint8_t)MIN(v.temporal_layer, TEMPORAL_ALL);
	a->temporal_sync = v.layer_sync && v.temporal_layer == a->temporal;
	return true;
}

static bool ingress_describe_vp9(struct arrival *a, struct bytes payload)
{
	struct vp9 v;

	if (!vp9_parse(payload, &v))
		return false;
	a->key_frame = v.key_frame;
	a->picture_id = v.picture_id;
	a->long_picture_id = v.long_picture_id;
	a->tl0_picture_index = v.tl0_picture_index;
	/* Pictures that are not numbered cannot be told apart, so none is left out. */
	a->temporal = v.has_picture_id ? (uint8_t)MIN(v.temporal_layer, TEMPORAL_ALL) : 0;
	a->temporal_switch = v.switching_point;
	return true;
}

/* Reads what the codec leaves in the clear. */
static bool ingress_describe(struct arrival *a, struct bytes payload)
{
	if (!payload.size)
		return true;
	switch (a->codec) {
	case CODEC_VP8:
		return ingress_describe_vp8(a, payload);
	case CODEC_VP9:
		return ingress_describe_vp9(a, payload);
	case CODEC_OPUS:
	case CODEC_N:
		break;
	}
	return true;
}

static bool ingress_within_rate(struct stream *s, usec_t now, enum codec codec)
{
	uint32_t rate = codec == CODEC_OPUS ? LIMIT_AUDIO_PACKETS_PER_SECOND : LIMIT_VIDEO_PACKETS_PER_SECOND;

	return bucket_take(&s->police, now, rate, rate / 2);
}

/* Gives the arrival its index; false when it is no news. */
static bool ingress_order(struct stream *s, usec_t now, struct arrival *a, uint16_t sequence, bool rtx)
{
	enum stream_verdict verdict;
	int64_t gap = 0;

	verdict = rtx ? stream_take_again(s, sequence, &a->index) : stream_take(s, sequence, &a->index, &gap);
	if (verdict == STREAM_REFUSED)
		return false;
	/* Sound that is sent again looks like any other, but for when it comes: its sender is to learn of the loss. */
	if (!rtx && (a->codec != CODEC_OPUS || verdict != STREAM_AGAIN))
		stream_measure(s, now, a->timestamp, codec_clock(a->codec));
	if (!gap || !s->track->asks || !s->track->open)
		return true;
	if (missing_add(&s->missing, a->index - gap, a->index, now))
		needy_note(s, now);
	else if (a->codec != CODEC_OPUS)
		keyframe_want(s, now);
	return true;
}

static void ingress_keep_early(struct stream *s, const struct arrival *a)
{
	if (s->key_wanted && pool_free_count(s->track->peer->room->pool) > LIMIT_POOL_RESERVE)
		stream_keep_early(s, a);
}

/* `fresh`: the stream has come to life, or its numbers began anew. */
static void ingress_forward(struct stream *s, usec_t now, const struct arrival *a, bool fresh)
{
	struct track *t = s->track;

	if (!(t->alive & 1u << s->layer)) {
		t->alive |= 1u << s->layer;
		allocate_track(t, now);
	}
	if (fresh)
		keyframe_want_target(t, now);
	if (a->key_frame)
		keyframe_came(s, now);
	fanout(s, now, a);
	if (a->key_frame) {
		fanout_early(s, now, a->index);
		stream_drop_early(s);
	} else {
		ingress_keep_early(s, a);
	}
}

/* The packet in order and to all; false when it was not fit to be. */
static bool ingress_media(struct stream *s, usec_t now, struct arrival *a, struct rtp *rtp, bool rtx)
{
	usec_t last = s->last_arrival;
	uint32_t generation = s->generation;

	if (rtx && !rtp_unwrap_rtx(rtp, &rtp->sequence))
		return true;	/* padding, by which a browser measures its way to us */
	a->timestamp = rtp->timestamp;
	a->marker = rtp->marker;
	a->size = (uint16_t)rtp->payload.size;
	a->offset = a->size ? (uint16_t)(rtp->payload.data - a->packet->data) : 0;
	if (!ingress_describe(a, rtp->payload))
		return false;
	/* Refused is no fault: a duplicate, or an answer to a NACK that came too late. */
	if (!ingress_order(s, now, a, rtp->sequence, rtx))
		return true;
	s->last_arrival = now;
	stream_weigh(s, now, a->packet->size + BANDWIDTH_WIRE, a->temporal);
	if (s->track->open)
		ingress_forward(s, now, a, generation != s->generation || last + LAYER_ALIVE <= now);
	return true;
}

static bool ingress_packet(struct peer *p, usec_t now, struct packet *packet)
{
	const struct extension_ids ids = {
		.mid = p->setup.ext_mid, .rid = p->setup.ext_rid,
		.repaired_rid = p->setup.ext_repaired_rid, .transport_sequence = p->setup.ext_twcc,
	};
	struct arrival a = { .packet = packet };
	struct extension_values x;
	struct stream *s;
	struct rtp rtp;
	bool rtx;

	if (!rtp_parse(bytes_make(packet->data, packet->size), &rtp) || !extension_read(&rtp, &ids, &x))
		return false;
	if (x.has_transport_sequence)
		twcc_recorder_note(&p->arrivals, x.transport_sequence, now);
	if (!ingress_codec(p, rtp.payload_type, &a.codec, &rtx))
		return false;
	s = ingress_find(p, rtp.ssrc, rtx, &x);
	if (!s || !track_takes(s->track, a.codec) || !ingress_within_rate(s, now, a.codec))
		return false;
	return ingress_media(s, now, &a, &rtp, rtx);
}

void ingress_receive(struct peer *p, usec_t now, struct packet *packet)
{
	struct room_numbers *numbers = &p->room->numbers;

	numbers->packets_in++;
	numbers->bytes_in += packet->size;
	if (!ingress_packet(p, now, packet))
		numbers->dropped++;
}
