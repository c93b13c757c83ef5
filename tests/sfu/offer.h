/* SPDX-License-Identifier: EUPL-1.2 */
/* The smallest offer that a worker takes, line by line. In tests/sfu only.
 * Invariant: everything about a line that matters to a negotiation is an argument of it. */
#pragma once

#include "base/bytes.h"
#include "sfu/msg.h"

struct offer_line {
	const char *mid;
	enum media_role role;
	bool video;
	const char *direction;
	unsigned payload_type;	/* 0 = 111 and 96; rtx is the next one */
	unsigned extension;	/* id of mid; 0 = 4 */
	bool reports;		/* on what arrives, transport-wide */
	bool repeats;		/* sound that is lost */
	const char *codec;	/* NULL = opus/48000/2 and VP8/90000 */
};

static inline void offer_write_session(struct writer *w, const uint8_t fingerprint[32], const struct offer_line *lines,
				       size_t n)
{
	write_string(w, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE");
	for (size_t i = 0; i < n; i++)
		write_format(w, " %s", lines[i].mid);
	write_string(w, "\r\na=ice-ufrag:test\r\na=ice-pwd:0123456789abcdef01234567\r\na=fingerprint:sha-256 ");
	for (unsigned i = 0; i < 32; i++)
		write_format(w, i ? ":%02X" : "%02X", fingerprint[i]);
	write_string(w, "\r\na=setup:actpass\r\n");
}

static inline void offer_write_line(struct writer *w, const struct offer_line *l)
{
	unsigned type = l->payload_type ? l->payload_type : l->video ? 96 : 111;

	write_format(w, "m=%s 9 UDP/TLS/RTP/SAVPF %u", l->video ? "video" : "audio", type);
	if (l->video)
		write_format(w, " %u", type + 1);
	write_format(w, "\r\nc=IN IP4 0.0.0.0\r\na=mid:%s\r\na=%s\r\na=rtcp-mux\r\na=rtpmap:%u %s\r\n", l->mid,
		     l->direction, type, l->codec ? l->codec : l->video ? "VP8/90000" : "opus/48000/2");
	if (l->video)
		write_format(w, "a=rtcp-fb:%u nack\r\na=rtcp-fb:%u nack pli\r\na=rtpmap:%u rtx/90000\r\n"
			     "a=fmtp:%u apt=%u\r\n", type, type, type + 1, type + 1, type);
	if (l->repeats)
		write_format(w, "a=rtcp-fb:%u nack\r\n", type);
	write_format(w, "a=extmap:%u urn:ietf:params:rtp-hdrext:sdes:mid\r\n", l->extension ? l->extension : 4);
	if (l->reports)
		write_format(w, "a=rtcp-fb:%u transport-cc\r\na=extmap:3 "
			     "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n", type);
}

/* The SDP and the roles into the command. */
static inline void offer_write(struct writer *w, const uint8_t fingerprint[32], const struct offer_line *lines,
			       size_t n, struct media_command *ret)
{
	offer_write_session(w, fingerprint, lines, n);
	ret->n_lines = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		struct writer mid = writer(ret->lines[i].mid, sizeof(ret->lines[i].mid) - 1);

		offer_write_line(w, &lines[i]);
		write_string(&mid, lines[i].mid);
		ret->lines[i].role = lines[i].role;
	}
	ret->sdp = written(w);
}
