/* SPDX-License-Identifier: EUPL-1.2 */
/* In tests only. Invariant: see sim_sender.h. */
#include "tests/support/sim_sender.h"

#include "base/mem.h"
#include "sfu/rtp/ntp.h"
#include "sfu/rtp/rtcp.h"
#include "sfu/rtp/rtp.h"
#include "sfu/rtp/twcc.h"
#include "tests/support/check.h"
#include "tests/support/sim_media.h"

#define SIM_SOUND_SIZE 99	/* 32 kbit/s at 20 ms and SFrame's overhead */

static const char *const sim_rids[ROOM_RIDS] = { "q", "h", "f" };
/* Of one packet, and packets of a frame, by layer. */
static const uint16_t sim_picture_size[ROOM_RIDS] = { 500, 900, 1050 };
static const uint8_t sim_picture_parts[ROOM_RIDS] = { 1, 2, 4 };
#define SIM_KEY_PARTS 4		/* times as many in a key frame */

static void sim_setup_types(struct room_peer_setup *setup, uint32_t person)
{
	bool firefox = person % 2;

	setup->opus = firefox ? 109 : 111;
	setup->vp8 = firefox ? 120 : 96;
	setup->vp8_rtx = firefox ? 124 : 97;
	setup->vp9 = firefox ? 121 : 98;
	setup->vp9_rtx = firefox ? 125 : 99;
	setup->ext_mid = firefox ? 3 : 4;
	setup->ext_rid = firefox ? 9 : 10;
	setup->ext_repaired_rid = firefox ? 10 : 11;
	setup->ext_twcc = firefox ? 7 : 3;
}

static void sim_stream_init(struct sim_stream *s, struct random *random, bool video)
{
	*s = (struct sim_stream){
		.ssrc = (uint32_t)random_next(random) | 1,
		.rtx_ssrc = video ? (uint32_t)random_next(random) | 1 : 0,
		/* Close to the wrap, so that every run passes it. */
		.sequence = (uint16_t)(65000 + random_below(random, 500)),
		.rtx_sequence = (uint16_t)random_next(random),
		.timestamp_base = (uint32_t)random_next(random),
		.picture_base = (uint16_t)random_next(random),
		.tl0_base = (uint8_t)random_next(random),
		.key_due = true,
	};
	if (video) {
		s->history = mem_new_array(struct sim_sent, SIM_HISTORY);
		check(s->history);
	}
}

void sim_sender_init(struct sim_sender *s, uint32_t person, struct random *random, struct room_peer_setup *setup)
{
	*s = (struct sim_sender){
		.person = person, .setup = setup,
		.transport_sequence = (uint16_t)random_next(random),
		.next_report = USEC_NEVER,
	};
	sim_setup_types(setup, person);
	for (unsigned kind = 0; kind < SOURCE_N; kind++) {
		struct sim_source *source = &s->sources[kind];
		struct room_source_setup *out = &setup->sources[kind];
		bool video = kind == SOURCE_CAMERA || kind == SOURCE_SCREEN;

		source->n_streams = kind == SOURCE_CAMERA ? ROOM_RIDS : 1;
		source->interval = video ? MSEC(40) : MSEC(20);
		source->next = USEC_NEVER;
		out->offered = true;
		snprintf(out->mid, sizeof(out->mid), "%u", kind);
		out->n_rids = kind == SOURCE_CAMERA ? ROOM_RIDS : 0;
		for (uint32_t i = 0; i < source->n_streams; i++) {
			sim_stream_init(&source->streams[i], random, video);
			if (out->n_rids)
				snprintf(out->rids[i], sizeof(out->rids[i]), "%s", sim_rids[i]);
			/* Firefox announces its SSRCs, Chromium does not when it sends layers. */
			if (person % 2 || !out->n_rids) {
				out->ssrcs[i] = source->streams[i].ssrc;
				out->rtx_ssrcs[i] = source->streams[i].rtx_ssrc;
			}
		}
	}
}

void sim_sender_repeat(struct sim_sender *s, struct room_peer_setup *setup)
{
	static const enum source_kind kinds[] = { SOURCE_MICROPHONE, SOURCE_SCREEN_SOUND };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct sim_stream *stream = &s->sources[kinds[i]].streams[0];

		stream->history = mem_new_array(struct sim_sent, SIM_HISTORY);
		check(stream->history);
		setup->sources[kinds[i]].repeats = true;
	}
}

void sim_sender_whole(struct sim_sender *s, struct room_peer_setup *setup)
{
	struct sim_source *camera = &s->sources[SOURCE_CAMERA];
	struct room_source_setup *out = &setup->sources[SOURCE_CAMERA];

	for (uint32_t i = 1; i < camera->n_streams; i++)
		mem_free(camera->streams[i].history);
	camera->n_streams = 1;
	camera->above = ROOM_RIDS - 1;
	memset(out->ssrcs, 0, sizeof(out->ssrcs));
	memset(out->rtx_ssrcs, 0, sizeof(out->rtx_ssrcs));
	out->n_rids = 0;
	out->ssrcs[0] = camera->streams[0].ssrc;
	out->rtx_ssrcs[0] = camera->streams[0].rtx_ssrc;
}

void sim_sender_done(struct sim_sender *s)
{
	for (unsigned kind = 0; kind < SOURCE_N; kind++)
		for (uint32_t i = 0; i < s->sources[kind].n_streams; i++)
			mem_free(s->sources[kind].streams[i].history);
}

void sim_sender_switch(struct sim_sender *s, usec_t now, enum source_kind kind, bool on)
{
	struct sim_source *source = &s->sources[kind];

	source->on = on;
	source->next = on ? now : USEC_NEVER;
	for (uint32_t i = 0; i < source->n_streams; i++)
		source->streams[i].key_due = true;
	if (on && s->next_report == USEC_NEVER)
		s->next_report = now + MSEC(50);
}

usec_t sim_sender_next(const struct sim_sender *s)
{
	usec_t next = s->next_report;

	for (unsigned kind = 0; kind < SOURCE_N; kind++)
		next = MIN(next, s->sources[kind].next);
	return next;
}

static size_t sim_extensions(struct sim_sender *s, enum source_kind kind, uint32_t layer, bool rtx, uint8_t number[2],
	struct rtp_extension ret[3])
{
	const struct sim_stream *stream = &s->sources[kind].streams[layer];
	const struct room_peer_setup *setup = s->setup;
	const struct room_source_setup *source = &setup->sources[kind];
	size_t n = 0;

	number[0] = (uint8_t)(s->transport_sequence >> 8);
	number[1] = (uint8_t)s->transport_sequence++;
	s->transport_packets++;
	ret[n++] = (struct rtp_extension){ setup->ext_twcc, bytes_make(number, 2) };
	if (!stream->confirmed || rtx)
		ret[n++] = (struct rtp_extension){ setup->ext_mid, bytes_of_string(source->mid) };
	if (source->n_rids && (!stream->confirmed || rtx))
		ret[n++] = (struct rtp_extension){
			rtx ? setup->ext_repaired_rid : setup->ext_rid, bytes_of_string(source->rids[layer]),
		};
	return n;
}

static uint8_t sim_type(const struct sim_sender *s, enum source_kind kind)
{
	if (kind != SOURCE_CAMERA && kind != SOURCE_SCREEN)
		return s->setup->opus;
	return s->vp9 && kind == SOURCE_SCREEN ? s->setup->vp9 : s->setup->vp8;
}

static void sim_send_packet(struct sim_sender *s, usec_t now, enum source_kind kind, uint32_t layer,
	const struct sim_sent *sent, struct sim_network *n, struct sim_line *line, void *owner)
{
	struct sim_stream *stream = &s->sources[kind].streams[layer];
	uint8_t buffer[LIMIT_DATAGRAM], number[2];
	struct writer w = writer(buffer, sizeof(buffer));
	struct rtp_extension extensions[3];
	struct rtp rtp = {
		.marker = sent->marker, .payload_type = sim_type(s, kind),
		.sequence = sent->sequence, .timestamp = sent->timestamp, .ssrc = stream->ssrc,
		.payload = bytes_make(sent->payload, sent->size),
	};

	rtp_write(&w, &rtp, extensions, sim_extensions(s, kind, layer, false, number, extensions));
	check(w.ok);
	stream->packets++;
	stream->octets += sent->size;
	sim_network_send(n, now, line, owner, true, false, written(&w));
}

/* Layers in time 0 2 1 2, as Chromium's L1T3, from each key frame on. */
static void sim_place_in_time(struct sim_stream *stream, struct sim_mark *mark)
{
	static const struct { uint8_t temporal, reference; } places[] = { { 0, 4 }, { 2, 1 }, { 1, 2 }, { 2, 1 } };
	uint32_t place;

	if (mark->key)
		stream->key = stream->frame;
	place = (stream->frame - stream->key) % 4;
	mark->temporal = places[place].temporal;
	mark->reference = places[place].reference;
}

static void sim_write_camera_or_screen(struct sim_sender *s, enum source_kind kind, const struct sim_mark *mark,
	struct writer *w)
{
	const struct sim_stream *stream = &s->sources[kind].streams[mark->layer];
	uint16_t picture = (uint16_t)(stream->picture_base + stream->frame);
	uint16_t size = sim_picture_size[mark->layer + s->sources[kind].above];

	if (sim_type(s, kind) == s->setup->vp9)
		sim_write_picture_vp9(w, mark, picture, size);
	else
		sim_write_picture(w, mark, picture,
			(uint8_t)(stream->tl0_base + (s->temporal ? stream->tl0 : stream->frame)), size);
}

static void sim_send_frame(struct sim_sender *s, usec_t now, enum source_kind kind, uint32_t layer,
	struct sim_network *n, struct sim_line *line, void *owner)
{
	struct sim_stream *stream = &s->sources[kind].streams[layer];
	bool video = kind == SOURCE_CAMERA || kind == SOURCE_SCREEN;
	uint32_t clock = video ? SIM_CLOCK_VIDEO : SIM_CLOCK_AUDIO;
	struct sim_mark mark = {
		.person = s->person, .source = kind, .layer = (uint8_t)layer, .frame = stream->frame, .captured = now,
		.key = video && stream->key_due, .parts = 1, .reference = 1,
	};

	if (video)
		mark.parts = (uint8_t)(sim_picture_parts[layer + s->sources[kind].above] *
			(mark.key ? SIM_KEY_PARTS : 1));
	if (s->temporal && kind == SOURCE_CAMERA) {
		stream->odd = stream->odd && !mark.key;
		mark.temporal = stream->odd;
		mark.reference = stream->odd ? 1 : 2;
		stream->tl0 = (uint8_t)(stream->tl0 + !stream->odd);
		stream->odd = !stream->odd;
	}
	if (s->vp9 && kind == SOURCE_SCREEN)
		sim_place_in_time(stream, &mark);
	for (; mark.part < mark.parts; mark.part++) {
		struct sim_sent local, *kept = stream->history;
		struct sim_sent *sent = kept ? &kept[stream->sequence % SIM_HISTORY] : &local;
		struct writer w = writer(sent->payload, sizeof(sent->payload));

		if (video)
			sim_write_camera_or_screen(s, kind, &mark, &w);
		else
			sim_write_sound(&w, &mark, SIM_SOUND_SIZE);
		check(w.ok);
		sent->sequence = stream->sequence++;
		sent->valid = true;
		sent->marker = video && mark.part + 1 == mark.parts;
		sent->timestamp = stream->timestamp_base + (uint32_t)(now * clock / SECONDS(1));
		sent->size = (uint16_t)written(&w).size;
		sim_send_packet(s, now, kind, layer, sent, n, line, owner);
	}
	stream->key_due = false;
	stream->frame++;
}

static void sim_send_reports(struct sim_sender *s, usec_t now, struct sim_network *n, struct sim_line *line,
	void *owner)
{
	uint8_t buffer[1200];
	struct writer w = writer(buffer, sizeof(buffer));

	for (unsigned kind = 0; kind < SOURCE_N; kind++) {
		uint32_t clock = kind == SOURCE_CAMERA || kind == SOURCE_SCREEN ? SIM_CLOCK_VIDEO : SIM_CLOCK_AUDIO;

		for (uint32_t i = 0; i < s->sources[kind].n_streams; i++) {
			const struct sim_stream *stream = &s->sources[kind].streams[i];
			struct rtcp_sender_info info = {
				.ntp = ntp_from_wall(sim_wall_of(s->person, now)),
				.timestamp = stream->timestamp_base + (uint32_t)(now * clock / SECONDS(1)),
				.packets = stream->packets, .octets = stream->octets,
			};

			if (s->sources[kind].on)
				rtcp_write_sender_report(&w, stream->ssrc, &info, NULL, 0);
		}
	}
	check(w.ok);
	if (w.at != w.start)
		sim_network_send(n, now, line, owner, true, true, written(&w));
}

void sim_sender_run(struct sim_sender *s, usec_t now, struct sim_network *n, struct sim_line *line, void *owner)
{
	for (unsigned kind = 0; kind < SOURCE_N; kind++) {
		struct sim_source *source = &s->sources[kind];

		if (source->next > now)
			continue;
		source->next += source->interval;
		for (uint32_t i = 0; i < source->n_streams; i++)
			if (!source->streams[i].paused)
				sim_send_frame(s, now, (enum source_kind)kind, i, n, line, owner);
	}
	if (s->next_report <= now) {
		s->next_report = now + SECONDS(1);
		sim_send_reports(s, now, n, line, owner);
	}
}

static struct sim_stream *sim_find_stream(struct sim_sender *s, uint32_t ssrc, enum source_kind *kind, uint32_t *layer)
{
	for (unsigned k = 0; k < SOURCE_N; k++)
		for (uint32_t i = 0; i < s->sources[k].n_streams; i++)
			if (s->sources[k].streams[i].ssrc == ssrc) {
				*kind = (enum source_kind)k;
				*layer = i;
				return &s->sources[k].streams[i];
			}
	return NULL;
}

static void sim_resend(struct sim_sender *s, usec_t now, enum source_kind kind, uint32_t layer, uint16_t sequence,
	struct sim_network *n, struct sim_line *line, void *owner)
{
	struct sim_stream *stream = &s->sources[kind].streams[layer];
	uint8_t buffer[LIMIT_DATAGRAM], number[2];
	struct writer w = writer(buffer, sizeof(buffer));
	const struct sim_sent *sent;
	struct rtp_extension extensions[3];
	struct rtp rtp = { 0 };

	stream->nacked++;
	check(stream->history);
	sent = &stream->history[sequence % SIM_HISTORY];
	if (!sent->valid || sent->sequence != sequence)
		return;
	if (!stream->rtx_ssrc) {
		stream->resent++;
		sim_send_packet(s, now, kind, layer, sent, n, line, owner);
		return;
	}
	rtp = (struct rtp){
		.marker = sent->marker, .sequence = stream->rtx_sequence++,
		.payload_type = sim_type(s, kind) == s->setup->vp9 ? s->setup->vp9_rtx : s->setup->vp8_rtx,
		.timestamp = sent->timestamp, .ssrc = stream->rtx_ssrc,
	};
	rtp_write_header(&w, &rtp, extensions, sim_extensions(s, kind, layer, true, number, extensions));
	write_u16(&w, sequence);
	write_bytes(&w, bytes_make(sent->payload, sent->size));
	check(w.ok);
	stream->resent++;
	sim_network_send(n, now, line, owner, true, false, written(&w));
}

static void sim_sender_reports(struct sim_sender *s, struct rtcp *part)
{
	struct rtcp_report report;
	enum source_kind kind;
	uint32_t layer;

	while (rtcp_take_report(part, &report)) {
		struct sim_stream *stream = sim_find_stream(s, report.ssrc, &kind, &layer);

		if (stream) {
			stream->confirmed = true;
			stream->fraction_lost = report.fraction_lost;
		}
	}
}

static void sim_sender_arrivals(struct sim_sender *s, struct rtcp *part)
{
	struct twcc_feedback feedback;

	check(twcc_parse(part->items, &feedback));
	s->transport_acknowledged += feedback.received;
}

void sim_sender_rtcp(struct sim_sender *s, usec_t now, struct bytes rtcp, struct sim_network *n, struct sim_line *line,
	void *owner)
{
	struct rtcp_walk walk = rtcp_walk(rtcp);
	struct sim_stream *stream;
	enum source_kind kind;
	uint32_t layer;
	uint16_t sequence;
	struct rtcp part;

	while (rtcp_next(&walk, &part)) {
		if (part.kind == RTCP_RECEIVER_REPORT)
			sim_sender_reports(s, &part);
		if (part.kind == RTCP_TRANSPORT_FEEDBACK)
			sim_sender_arrivals(s, &part);
		if (part.kind != RTCP_PLI && part.kind != RTCP_NACK)
			continue;
		stream = sim_find_stream(s, part.media, &kind, &layer);
		check(stream || s->rebound);
		if (!stream)
			continue;
		if (part.kind == RTCP_PLI) {
			stream->key_due = true;
			check(stream->n_plis < SIM_PLI_TIMES);
			stream->plis[stream->n_plis++] = now;
			continue;
		}
		while (rtcp_take_lost(&part, &sequence))
			sim_resend(s, now, kind, layer, sequence, n, line, owner);
	}
	check(walk.r.ok);
}
