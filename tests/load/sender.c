/* SPDX-License-Identifier: EUPL-1.2 */
/* Frames cut as browsers cut them: evenly, the longer packets last. In the load tool. Invariant: see sender.h. */
#include "tests/load/sender.h"

#include <string.h>

#include "base/mem.h"
#include "sfu/rtp/ntp.h"
#include "sfu/rtp/rtcp.h"
#include "sfu/rtp/rtp.h"

#define SENDER_SOUND 99			/* 32 kbit/s at 20 ms, and SFrame's overhead */
#define SENDER_PACKET_MOST 1140u	/* payload; with header and tag below 1200 */
#define SENDER_KEY_BYTES 20000u
#define SENDER_KEY_GAP MSEC(300)	/* encoders make no two key frames closer together */
#define CLOCK_AUDIO 48000u
#define CLOCK_VIDEO 90000u

const char *const sender_rids[TALLY_LAYERS] = { "q", "h", "f" };

/* kbit/s and frames a second of the layers, lowest first. */
static const struct { uint32_t rate, frames; } layers[TALLY_LAYERS] = { { 150, 15 }, { 300, 30 }, { 600, 30 } };

static struct sender_stream *add_stream(struct sender *s, enum source_kind source, uint8_t layer)
{
	struct sender_stream *t = &s->streams[s->n_streams++];

	*t = (struct sender_stream){
		.source = source, .layer = layer, .next = USEC_NEVER,
		.ssrc = (uint32_t)random_next(&s->random) | 1,
		.rtx_ssrc = (uint32_t)random_next(&s->random) & ~1u,
		.sequence = (uint16_t)random_below(&s->random, 30000),
		.timestamp_base = (uint32_t)random_next(&s->random),
	};
	return t;
}

void sender_init(struct sender *s, uint32_t person, uint64_t seed, bool microphone, bool camera, bool simulcast,
	const struct window *window)
{
	*s = (struct sender){ .person = person, .simulcast = simulcast, .window = window, .next_report = USEC_NEVER };
	random_seed(&s->random, seed + person);
	if (microphone) {
		struct sender_stream *t = add_stream(s, SOURCE_MICROPHONE, 0);

		t->interval = MSEC(20);
		t->bytes_least = t->bytes_most = SENDER_SOUND;
	}
	for (uint8_t i = simulcast ? 0 : TALLY_LAYERS - 1; camera && i < TALLY_LAYERS; i++) {
		struct sender_stream *t = add_stream(s, SOURCE_CAMERA, simulcast ? i : 0);
		uint32_t mean = layers[i].rate * 1000 / 8 / layers[i].frames;

		t->interval = SECONDS(1) / layers[i].frames;
		t->bytes_least = mean * 3 / 4;
		t->bytes_most = mean * 5 / 4;
		t->key_due = true;
	}
}

/* Each stream begins at a moment of its own, so that all of them together come evenly. */
void sender_start(struct sender *s, usec_t now)
{
	if (s->running)
		return;
	s->running = true;
	for (unsigned i = 0; i < s->n_streams; i++)
		s->streams[i].next = now + random_below(&s->random, (uint32_t)s->streams[i].interval);
	s->next_report = now + MSEC(100) + random_below(&s->random, (uint32_t)SECONDS(1));
}

usec_t sender_next(const struct sender *s)
{
	usec_t next = s->next_report;

	for (unsigned i = 0; i < s->n_streams; i++)
		next = MIN(next, s->streams[i].next);
	return next;
}

static uint32_t stream_timestamp(const struct sender_stream *t, usec_t at)
{
	usec_t rate = t->source == SOURCE_CAMERA ? CLOCK_VIDEO : CLOCK_AUDIO;

	return t->timestamp_base + (uint32_t)(at * rate / SECONDS(1));
}

static size_t write_extensions(struct sender *s, const struct sender_stream *t, uint8_t number[static 2],
	struct rtp_extension ret[static 3])
{
	size_t n = 0;

	number[0] = (uint8_t)(s->transport_sequence >> 8);
	number[1] = (uint8_t)s->transport_sequence++;
	ret[n++] = (struct rtp_extension){ SENDER_EXT_TWCC, bytes_make(number, 2) };
	if (t->confirmed)
		return n;
	ret[n++] = (struct rtp_extension){ SENDER_EXT_MID, bytes_of_string(t->source == SOURCE_CAMERA ? "1" : "0") };
	if (t->source == SOURCE_CAMERA && s->simulcast)
		ret[n++] = (struct rtp_extension){ SENDER_EXT_RID, bytes_of_string(sender_rids[t->layer]) };
	return n;
}

static void write_packet(struct sender *s, struct sender_stream *t, const struct mark *m, size_t size, usec_t at,
	struct writer *w)
{
	struct rtp_extension extensions[3];
	uint8_t number[2], *payload;
	struct rtp p = {
		.marker = t->source == SOURCE_CAMERA && m->part + 1 == m->parts,
		.payload_type = t->source == SOURCE_CAMERA ? SENDER_VP8 : SENDER_OPUS,
		.sequence = t->sequence++, .timestamp = stream_timestamp(t, at), .ssrc = t->ssrc,
	};

	rtp_write_header(w, &p, extensions, write_extensions(s, t, number, extensions));
	payload = w->at;
	if (t->source == SOURCE_CAMERA)
		mark_write_picture(w, m, (uint16_t)m->frame & 0x7fff, (uint8_t)m->frame, size, m->number * 7);
	else
		mark_write(w, m, size, m->number * 7);
	t->packets++;
	t->octets += (uint32_t)(w->at - payload);
	if (m->sent >= s->window->begin && m->sent < s->window->end)
		t->in_window++;
	s->sent++;
}

static void begin_frame(struct sender *s, struct sender_stream *t, usec_t now)
{
	uint32_t spread = t->bytes_most - t->bytes_least;

	times_add(&s->late, now - t->next);
	t->key = t->key_due && (!t->frame || now >= t->key_sent + SENDER_KEY_GAP);
	t->bytes = t->key ? (uint32_t)((uint64_t)SENDER_KEY_BYTES * t->bytes_most / layers[TALLY_LAYERS - 1].rate / 5) :
		t->bytes_least;
	t->bytes += spread ? random_below(&s->random, spread) : 0;
	if (!t->key)
		return;
	t->key_sent = now;
	t->key_due = false;
}

static void write_part(struct sender *s, struct sender_stream *t, usec_t wall, struct writer *w)
{
	uint32_t parts = (t->bytes + SENDER_PACKET_MOST - 1) / SENDER_PACKET_MOST;
	uint32_t size = t->bytes / parts + (t->part >= parts - t->bytes % parts);
	struct mark m = {
		.person = s->person, .source = t->source, .layer = t->layer, .frame = t->frame, .part = t->part,
		.parts = (uint8_t)parts, .key = t->key, .number = t->number++, .sent = wall,
	};

	write_packet(s, t, &m, MAX(size, (uint32_t)MARK_SIZE), t->next, w);
	if (++t->part < parts)
		return;
	t->part = 0;
	t->frame++;
	t->next += t->interval;
}

/* The packets of a frame leave together. */
bool sender_poll(struct sender *s, usec_t now, usec_t wall, struct writer *w)
{
	for (unsigned i = 0; i < s->n_streams; i++) {
		struct sender_stream *t = &s->streams[i];

		if (t->next > now)
			continue;
		if (t->part == 0)
			begin_frame(s, t, now);
		write_part(s, t, wall, w);
		return true;
	}
	return false;
}

bool sender_report(struct sender *s, usec_t now, usec_t wall, struct writer *w)
{
	if (s->next_report > now)
		return false;
	s->next_report = now + SECONDS(1);
	for (unsigned i = 0; i < s->n_streams; i++) {
		const struct sender_stream *t = &s->streams[i];
		struct rtcp_sender_info info = {
			.ntp = ntp_from_wall(wall), .timestamp = stream_timestamp(t, now), .packets = t->packets,
			.octets = t->octets,
		};

		rtcp_write_sender_report(w, t->ssrc, &info, NULL, 0);
	}
	return s->n_streams > 0;
}

void sender_begin(struct sender *s)
{
	for (unsigned i = 0; i < s->n_streams; i++)
		s->streams[i].in_window = 0;
	s->late = (struct times){ 0 };
	s->plis = 0;
}

static struct sender_stream *find_stream(struct sender *s, uint32_t ssrc)
{
	for (unsigned i = 0; i < s->n_streams; i++)
		if (s->streams[i].ssrc == ssrc)
			return &s->streams[i];
	return NULL;
}

static void want_key(struct sender *s, uint32_t ssrc)
{
	struct sender_stream *t = find_stream(s, ssrc);

	s->plis++;
	if (t)
		t->key_due = true;
}

void sender_rtcp(struct sender *s, struct bytes packet)
{
	struct rtcp_walk walk = rtcp_walk(packet);
	struct rtcp_report report;
	struct rtcp part;
	uint32_t ssrc;
	uint8_t number;

	while (rtcp_next(&walk, &part)) {
		if (part.kind == RTCP_PLI)
			want_key(s, part.media);
		while (part.kind == RTCP_FIR && rtcp_take_fir(&part, &ssrc, &number))
			want_key(s, ssrc);
		if (part.kind != RTCP_RECEIVER_REPORT && part.kind != RTCP_SENDER_REPORT)
			continue;
		while (rtcp_take_report(&part, &report)) {
			struct sender_stream *t = find_stream(s, report.ssrc);

			if (t)
				t->confirmed = true;
		}
	}
}
