/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines of text. In the load tool. Invariant: see sdp.h. */
#include "tests/load/sdp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* What follows `key` up to the end of its line; the first one in the description. */
static bool read_value(const char *sdp, const char *key, char *ret, size_t size)
{
	const char *at = strstr(sdp, key);
	size_t n;

	if (!at)
		return false;
	at += strlen(key);
	n = strcspn(at, "\r\n");
	if (n >= size)
		return false;
	memcpy(ret, at, n);
	ret[n] = 0;
	return true;
}

static bool read_candidate(const char *sdp, struct address *ret)
{
	for (const char *at = strstr(sdp, "a=candidate:"); at; at = strstr(at + 1, "a=candidate:")) {
		char protocol[8], ip[64];
		unsigned port;

		if (sscanf(at, "a=candidate:%*s 1 %7s %*u %63s %u typ host", protocol, ip, &port) != 3 ||
		    (strcmp(protocol, "udp") != 0 && strcmp(protocol, "UDP") != 0) || port > 65535 ||
		    !address_parse_ip(ret, ip) || ret->family != 4)
			continue;
		ret->port = (uint16_t)port;
		return true;
	}
	return false;
}

bool sdp_read_side(const char *sdp, struct sdp_side *ret)
{
	char hex[128];

	*ret = (struct sdp_side){ 0 };
	if (!read_value(sdp, "a=ice-ufrag:", ret->ufrag, sizeof(ret->ufrag)) ||
	    !read_value(sdp, "a=ice-pwd:", ret->pwd, sizeof(ret->pwd)) ||
	    !read_value(sdp, "a=fingerprint:sha-256 ", hex, sizeof(hex)) || strlen(hex) < 3 * SDP_FINGERPRINT - 1)
		return false;
	for (size_t i = 0; i < SDP_FINGERPRINT; i++)
		ret->fingerprint[i] = (uint8_t)strtoul(hex + 3 * i, NULL, 16);
	return read_candidate(sdp, &ret->at);
}

static void write_session(struct writer *w)
{
	write_string(w, "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");
}

static void write_transport(struct writer *w, const struct sdp_ours *ours)
{
	char ip[ADDRESS_TEXT_SIZE];

	write_string(w, "c=IN IP4 0.0.0.0\r\na=ice-ufrag:" SDP_UFRAG "\r\na=ice-pwd:" SDP_PASSWORD "\r\n");
	write_string(w, "a=fingerprint:sha-256 ");
	for (unsigned i = 0; i < SDP_FINGERPRINT; i++)
		write_format(w, "%s%02X", i ? ":" : "", ours->fingerprint[i]);
	/* So that the server is passive, and the choice of the cipher is its own. */
	write_string(w, "\r\na=setup:active\r\na=rtcp-mux\r\n");
	write_format(w, "a=candidate:1 1 udp 2130706431 %s %u typ host\r\n", address_print_ip(&ours->at, ip),
		ours->at.port);
}

static void write_line(struct writer *w, const struct sdp_ours *ours, bool video, unsigned mid, const char *direction)
{
	if (video)
		write_format(w, "m=video 9 UDP/TLS/RTP/SAVPF %u %u\r\n", SENDER_VP8, SENDER_VP8_RTX);
	else
		write_format(w, "m=audio 9 UDP/TLS/RTP/SAVPF %u\r\n", SENDER_OPUS);
	write_transport(w, ours);
	write_format(w, "a=mid:%u\r\na=%s\r\na=rtcp-rsize\r\n", mid, direction);
	write_format(w, "a=extmap:%u http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n",
		SENDER_EXT_TWCC);
	write_format(w, "a=extmap:%u urn:ietf:params:rtp-hdrext:sdes:mid\r\n", SENDER_EXT_MID);
	if (!video) {
		write_format(w, "a=rtpmap:%u opus/48000/2\r\na=fmtp:%u minptime=10;useinbandfec=1\r\n", SENDER_OPUS,
			SENDER_OPUS);
		write_format(w, "a=rtcp-fb:%u transport-cc\r\n", SENDER_OPUS);
		return;
	}
	write_format(w, "a=rtpmap:%u VP8/90000\r\na=rtpmap:%u rtx/90000\r\na=fmtp:%u apt=%u\r\n", SENDER_VP8,
		SENDER_VP8_RTX, SENDER_VP8_RTX, SENDER_VP8);
	write_format(w, "a=rtcp-fb:%u transport-cc\r\na=rtcp-fb:%u goog-remb\r\na=rtcp-fb:%u ccm fir\r\n", SENDER_VP8,
		SENDER_VP8, SENDER_VP8);
	write_format(w, "a=rtcp-fb:%u nack\r\na=rtcp-fb:%u nack pli\r\n", SENDER_VP8, SENDER_VP8);
}

static void write_stream(struct writer *w, const struct sender_stream *t)
{
	if (t->source == SOURCE_CAMERA)
		write_format(w, "a=ssrc-group:FID %u %u\r\na=ssrc:%u cname:c\r\n", t->ssrc, t->rtx_ssrc, t->rtx_ssrc);
	write_format(w, "a=ssrc:%u cname:c\r\na=ssrc:%u msid:s t%u\r\n", t->ssrc, t->ssrc, t->source);
}

static void write_layers(struct writer *w)
{
	write_format(w, "a=extmap:%u urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n", SENDER_EXT_RID);
	for (unsigned i = 0; i < TALLY_LAYERS; i++)
		write_format(w, "a=rid:%s send\r\n", sender_rids[i]);
	for (unsigned i = 0; i < TALLY_LAYERS; i++)
		write_format(w, "%s%s", i ? ";" : "a=simulcast:send ", sender_rids[i]);
	write_string(w, "\r\n");
}

static const struct sender_stream *find_stream(const struct sender *s, enum source_kind source)
{
	for (unsigned i = 0; i < s->n_streams; i++)
		if (s->streams[i].source == source)
			return &s->streams[i];
	return NULL;
}

static void write_source(struct writer *w, const struct sender *s, const struct sdp_ours *ours, enum source_kind source)
{
	const struct sender_stream *t = find_stream(s, source);

	if (!t)
		return;
	write_line(w, ours, source == SOURCE_CAMERA, source, "sendonly");
	if (source == SOURCE_CAMERA && s->simulcast)
		write_layers(w);
	else
		write_stream(w, t);
}

void sdp_write_offer(struct writer *w, const struct sender *s, const struct sdp_ours *ours, unsigned voices,
	unsigned tiles)
{
	write_session(w);
	write_string(w, "a=group:BUNDLE");
	for (unsigned kind = SOURCE_MICROPHONE; kind <= SOURCE_CAMERA; kind++)
		if (find_stream(s, (enum source_kind)kind))
			write_format(w, " %u", kind);
	for (unsigned i = 0; i < voices + tiles; i++)
		write_format(w, " %u", 2 + i);
	write_string(w, "\r\n");
	write_source(w, s, ours, SOURCE_MICROPHONE);
	write_source(w, s, ours, SOURCE_CAMERA);
	for (unsigned i = 0; i < voices + tiles; i++)
		write_line(w, ours, i >= voices, 2 + i, "recvonly");
}

/* Names the first format alone: what the server sends is what it chose. */
static void answer_line(struct writer *w, const char *section, const char *end, const struct sdp_ours *ours)
{
	bool audio = strncmp(section, "m=audio", 7) == 0;
	unsigned port = 0, type = audio ? SENDER_OPUS : SENDER_VP8;
	const char *inactive = strstr(section, "a=inactive");
	char mid[32];

	(void)sscanf(section, "m=%*s %u %*s %u", &port, &type);
	write_format(w, "m=%s %u UDP/TLS/RTP/SAVPF %u\r\n", audio ? "audio" : "video", port, type);
	write_transport(w, ours);
	if (read_value(section, "a=mid:", mid, sizeof(mid)))
		write_format(w, "a=mid:%s\r\n", mid);
	write_string(w, inactive && inactive < end ? "a=inactive\r\n" : "a=recvonly\r\n");
	write_format(w, audio ? "a=rtpmap:%u opus/48000/2\r\n" : "a=rtpmap:%u VP8/90000\r\n", type);
	if (!audio)
		write_format(w, "a=rtcp-fb:%u ccm fir\r\na=rtcp-fb:%u nack\r\na=rtcp-fb:%u nack pli\r\n", type, type, type);
}

bool sdp_write_answer(struct writer *w, const char *offer, const struct sdp_ours *ours)
{
	char group[4096];
	const char *section = strstr(offer, "\r\nm=");

	write_session(w);
	if (read_value(offer, "a=group:BUNDLE", group, sizeof(group)))
		write_format(w, "a=group:BUNDLE%s\r\n", group);
	for (const char *next; section; section = next) {
		section += 2;
		next = strstr(section, "\r\nm=");
		answer_line(w, section, next ?: section + strlen(section), ours);
	}
	return strstr(offer, "\r\nm=") != NULL;
}
