/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing our answer, line by line. In conclave-media.
 * Invariant: m-lines stand in the offer's order, one for one; payload types and extension ids are the offer's. */
#include "sfu/sdp/answer.h"

#include <assert.h>
#include <inttypes.h>

#include "base/mem.h"

/* RFC 8445, 5.1.2.1: type preference of host candidates, and component 1. */
#define HOST_PREFERENCE 126u
#define COMPONENT 1u
/* RFC 6544, 4.2: TCP behind UDP; what a passive host candidate prefers, and 13 bits to tell them apart. */
#define TCP_PREFERENCE 90u
#define TCP_PASSIVE 4u
#define TCP_OTHER_MOST 8191u

#define DISCARD_PORT 9

/* 32 kbit/s mono, enough for speech, at a constant rate: the size of a packet does not tell who speaks. */
#define OPUS_RECEIVED "minptime=10;useinbandfec=1;stereo=0;cbr=1;usedtx=0;maxaveragebitrate=32000"
#define OPUS_SENT "minptime=10;useinbandfec=1"

static const char *const direction_words[] = {
	[SDP_INACTIVE] = "inactive",
	[SDP_SENDONLY] = "sendonly",
	[SDP_RECVONLY] = "recvonly",
	[SDP_SENDRECV] = "sendrecv",
};

static void write_text(struct writer *w, const char *before, struct bytes text, const char *after)
{
	write_string(w, before);
	write_bytes(w, text);
	write_string(w, after);
}

static bool has_codec(const struct sdp_media *m, enum sdp_codec_kind kind)
{
	return m->codecs[kind].payload_type != SDP_NO_PAYLOAD_TYPE;
}

bool sdp_answer_accepts(const struct sdp_media *m, const struct sdp_answer_media *a)
{
	if (!a->accept || m->rejected)
		return false;
	return has_codec(m, SDP_OPUS) || has_codec(m, SDP_VP8) || has_codec(m, SDP_VP9);
}

enum sdp_direction sdp_answer_direction(const struct sdp_media *m, const struct sdp_answer_media *a)
{
	enum sdp_direction d = sdp_mirrored(m->direction);

	return a->ssrc ? d : d & SDP_RECVONLY;
}

uint8_t sdp_answer_extension(const struct sdp_media *m, const struct sdp_answer_media *a, enum sdp_extension_kind kind)
{
	const struct sdp_extension *e = &m->extensions[kind];
	unsigned ways = sdp_answer_direction(m, a) & sdp_mirrored(e->direction);

	/* Layers are only sent to us. */
	if (kind == SDP_EXT_RID || kind == SDP_EXT_REPAIRED_RID)
		ways &= SDP_RECVONLY;
	return ways ? e->id : 0;
}

/* Browsers send sound again under its own sequence number, but with a new transport-wide one: under GCM that would use
 * a nonce for two packets, which gives the key of the tag away. So it is one or the other on lines that they send on.
 * What we send again is what we sent. */
bool sdp_answer_repeats_sound(const struct sdp_media *m, const struct sdp_answer_media *a)
{
	if (!has_codec(m, SDP_OPUS) || !(m->codecs[SDP_OPUS].feedback & SDP_FB_NACK))
		return false;
	return !(sdp_answer_direction(m, a) & SDP_RECVONLY) || !sdp_answer_extension(m, a, SDP_EXT_TRANSPORT_CC);
}

static void write_extensions(struct writer *w, const struct sdp_media *m, const struct sdp_answer_media *a)
{
	static const char *const names[] = {
		[SDP_EXT_MID] = "urn:ietf:params:rtp-hdrext:sdes:mid",
		[SDP_EXT_RID] = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
		[SDP_EXT_REPAIRED_RID] = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
		[SDP_EXT_TRANSPORT_CC] = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
	};

	for (unsigned i = 0; i < SDP_EXT_N; i++) {
		uint8_t id = sdp_answer_extension(m, a, (enum sdp_extension_kind)i);
		enum sdp_direction d = sdp_mirrored(m->extensions[i].direction);

		if (id && d == SDP_SENDRECV)
			write_format(w, "a=extmap:%u %s\r\n", id, names[i]);
		else if (id)
			write_format(w, "a=extmap:%u/%s %s\r\n", id, direction_words[d], names[i]);
	}
	if (m->allow_mixed)
		write_string(w, "a=extmap-allow-mixed\r\n");
}

static void write_feedback(struct writer *w, const struct sdp_codec *c, enum sdp_direction d)
{
	static const struct { uint8_t bit; enum sdp_direction ways; const char *words; } known[] = {
		{ SDP_FB_NACK, SDP_SENDRECV, "nack" },
		{ SDP_FB_PLI, SDP_SENDRECV, "nack pli" },
		{ SDP_FB_FIR, SDP_SENDRECV, "ccm fir" },
		{ SDP_FB_TRANSPORT_CC, SDP_SENDRECV, "transport-cc" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (c->feedback & known[i].bit && d & known[i].ways)
			write_format(w, "a=rtcp-fb:%u %s\r\n", c->payload_type, known[i].words);
	}
}

static void write_opus(struct writer *w, const struct sdp_codec *c, enum sdp_direction d, bool repeats)
{
	struct sdp_codec sound = *c;

	sound.feedback &= SDP_FB_TRANSPORT_CC | (repeats ? SDP_FB_NACK : 0);
	write_format(w, "a=rtpmap:%u opus/48000/2\r\n", c->payload_type);
	write_feedback(w, &sound, d);
	write_format(w, "a=fmtp:%u %s\r\n", c->payload_type, d & SDP_RECVONLY ? OPUS_RECEIVED : OPUS_SENT);
}

static void write_picture(struct writer *w, const struct sdp_codec *c, enum sdp_codec_kind kind, enum sdp_direction d)
{
	write_format(w, "a=rtpmap:%u %s/90000\r\n", c->payload_type, kind == SDP_VP8 ? "VP8" : "VP9");
	write_feedback(w, c, d);
	if (kind == SDP_VP9)
		write_format(w, "a=fmtp:%u profile-id=0\r\n", c->payload_type);
	if (c->rtx != SDP_NO_PAYLOAD_TYPE)
		write_format(w, "a=rtpmap:%u rtx/90000\r\na=fmtp:%u apt=%u\r\n", c->rtx, c->rtx, c->payload_type);
}

static void write_codecs(struct writer *w, const struct sdp_media *m, const struct sdp_answer_media *a)
{
	enum sdp_direction d = sdp_answer_direction(m, a);

	for (uint32_t i = 0; i < m->n_preferred; i++) {
		enum sdp_codec_kind kind = m->preferred[i];

		if (kind == SDP_OPUS)
			write_opus(w, &m->codecs[kind], d, sdp_answer_repeats_sound(m, a));
		else
			write_picture(w, &m->codecs[kind], kind, d);
	}
}

/* The layers that we take, as the offer sends them (RFC 8853, 5.3). */
static void write_simulcast(struct writer *w, const struct sdp_media *m, const struct sdp_answer_media *a)
{
	if (!m->n_rids || !sdp_answer_extension(m, a, SDP_EXT_RID))
		return;
	for (uint32_t i = 0; i < m->n_rids; i++)
		write_text(w, "a=rid:", m->rids[i], " recv\r\n");
	if (m->n_rids < 2)
		return;
	for (uint32_t i = 0; i < m->n_rids; i++)
		write_text(w, i ? ";" : "a=simulcast:recv ", m->rids[i], "");
	write_string(w, "\r\n");
}

static bool has_rtx(const struct sdp_media *m)
{
	return m->codecs[SDP_VP8].rtx != SDP_NO_PAYLOAD_TYPE || m->codecs[SDP_VP9].rtx != SDP_NO_PAYLOAD_TYPE;
}

static void write_streams(struct writer *w, const struct sdp_media *m, const struct sdp_answer_media *a,
	const char *cname)
{
	bool rtx = a->rtx_ssrc && has_rtx(m);

	if (a->msid)
		write_format(w, "a=msid:%s\r\n", a->msid);
	if (rtx)
		write_format(w, "a=ssrc-group:FID %" PRIu32 " %" PRIu32 "\r\n", a->ssrc, a->rtx_ssrc);
	write_format(w, "a=ssrc:%" PRIu32 " cname:%s\r\n", a->ssrc, cname);
	if (rtx)
		write_format(w, "a=ssrc:%" PRIu32 " cname:%s\r\n", a->rtx_ssrc, cname);
}

static void write_candidates(struct writer *w, const struct sdp_answer_setup *s)
{
	char ip[ADDRESS_TEXT_SIZE];

	assert(s->n_candidates <= TCP_OTHER_MOST);
	for (size_t i = 0; i < s->n_candidates; i++) {
		const struct address *c = &s->candidates[i];
		uint32_t priority = HOST_PREFERENCE << 24 | (uint32_t)(UINT16_MAX - i) << 8 | (256u - COMPONENT);

		write_format(w, "a=candidate:%zu %u udp %" PRIu32 " %s %u typ host\r\n", i + 1, COMPONENT, priority,
			     address_print_ip(c, ip), c->port);
	}
	for (size_t i = 0; s->tcp_port && i < s->n_candidates; i++) {
		uint32_t priority = TCP_PREFERENCE << 24 | (TCP_PASSIVE << 13 | (uint32_t)(TCP_OTHER_MOST - i)) << 8 |
			(256u - COMPONENT);

		write_format(w, "a=candidate:%zu %u tcp %" PRIu32 " %s %u typ host tcptype passive\r\n",
			     s->n_candidates + i + 1, COMPONENT, priority, address_print_ip(&s->candidates[i], ip),
			     s->tcp_port);
	}
	write_string(w, "a=end-of-candidates\r\n");
}

/* RFC 8839, 4.2.1: the default destination is one of the candidates; lines that ride along have none of their own. */
static void write_destination(struct writer *w, const struct address *a)
{
	char ip[ADDRESS_TEXT_SIZE];

	if (a)
		write_format(w, "c=IN IP%u %s\r\n", a->family, address_print_ip(a, ip));
	else
		write_string(w, "c=IN IP4 0.0.0.0\r\n");
}

/* In the order of the offer (RFC 8829, 5.3.1): a browser sends the first that the answer names. */
static void write_formats(struct writer *w, const struct sdp_media *m)
{
	for (uint32_t i = 0; i < m->n_preferred; i++) {
		const struct sdp_codec *c = &m->codecs[m->preferred[i]];

		write_format(w, " %u", c->payload_type);
		if (c->rtx != SDP_NO_PAYLOAD_TYPE)
			write_format(w, " %u", c->rtx);
	}
	write_string(w, "\r\n");
}

static void write_accepted(struct writer *w, const struct sdp_media *m, const struct sdp_answer_setup *s,
	const struct sdp_answer_media *a, bool first)
{
	const struct address *destination = first && s->n_candidates ? &s->candidates[0] : NULL;
	enum sdp_direction d = sdp_answer_direction(m, a);

	write_text(w, "m=", m->kind_word, "");
	write_format(w, " %u ", destination ? destination->port : DISCARD_PORT);
	write_bytes(w, m->protocol);
	write_formats(w, m);
	write_destination(w, destination);
	write_text(w, "a=mid:", m->mid, "\r\n");
	write_format(w, "a=%s\r\na=rtcp-mux\r\n", direction_words[d]);
	if (m->rtcp_reduced)
		write_string(w, "a=rtcp-rsize\r\n");
	write_format(w, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=setup:passive\r\n", s->ufrag, s->pwd);
	write_extensions(w, m, a);
	write_codecs(w, m, a);
	write_simulcast(w, m, a);
	if (d & SDP_SENDONLY)
		write_streams(w, m, a, s->cname);
	if (first)
		write_candidates(w, s);
}

static void write_rejected(struct writer *w, const struct sdp_media *m)
{
	size_t size = 0;

	while (size < m->formats.size && m->formats.data[size] != ' ')
		size++;
	write_text(w, "m=", m->kind_word, " 0 ");
	write_bytes(w, m->protocol);
	write_text(w, " ", bytes_make(m->formats.data, size), "\r\nc=IN IP4 0.0.0.0\r\n");
	write_text(w, "a=mid:", m->mid, "\r\na=inactive\r\n");
}

static void write_session(struct writer *w, const struct sdp_offer *offer, const struct sdp_answer_setup *s)
{
	write_format(w, "v=0\r\no=- %" PRIu64 " %" PRIu64 " IN IP4 0.0.0.0\r\n", s->session_id, s->version);
	write_string(w, "s=-\r\nt=0 0\r\n");
	write_string(w, "a=group:BUNDLE");
	for (uint32_t i = 0; i < offer->n_media; i++) {
		if (sdp_answer_accepts(&offer->media[i], &s->media[i]))
			write_text(w, " ", offer->media[i].mid, "");
	}
	write_string(w, "\r\na=ice-lite\r\na=fingerprint:sha-256 ");
	for (unsigned i = 0; i < SDP_FINGERPRINT_SIZE; i++)
		write_format(w, "%s%02X", i ? ":" : "", s->fingerprint[i]);
	write_string(w, "\r\n");
	if (offer->allow_mixed)
		write_string(w, "a=extmap-allow-mixed\r\n");
}

void sdp_answer_write(struct writer *w, const struct sdp_offer *offer, const struct sdp_answer_setup *setup)
{
	bool first = true;

	write_session(w, offer, setup);
	for (uint32_t i = 0; i < offer->n_media; i++) {
		const struct sdp_media *m = &offer->media[i];

		if (!sdp_answer_accepts(m, &setup->media[i])) {
			write_rejected(w, m);
			continue;
		}
		write_accepted(w, m, setup, &setup->media[i], first);
		first = false;
	}
}
