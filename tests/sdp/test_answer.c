/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/sdp/answer.c. Invariant: one answer is compared byte for byte, the others line by line with their offers. */
#include "tests/support/check.h"

#include <inttypes.h>

#include "sfu/sdp/answer.h"
#include "sfu/sdp/text.h"
#include "tests/sdp/data.h"

#define ANSWER_MAX (128 * 1024)
#define UFRAG "ourufrag"
#define PWD "0123456789abcdef01234567"
#define HEX "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F"

static const uint8_t fingerprint[SDP_FINGERPRINT_SIZE] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 };
static struct address addresses[8];
static struct sdp_offer offer;
static uint8_t out[ANSWER_MAX];

static struct sdp_answer_setup setup_for(const struct sdp_offer *o)
{
	struct sdp_answer_setup s = { .ufrag = UFRAG, .pwd = PWD, .cname = "conclave", .fingerprint = fingerprint,
		.session_id = 4611686018427387904, .version = 3, .candidates = addresses, .n_candidates = 2 };

	check(address_parse_ip(&addresses[0], "192.0.2.7"));
	check(address_parse_ip(&addresses[1], "2001:db8::7"));
	addresses[0].port = addresses[1].port = 8443;
	for (uint32_t i = 0; i < o->n_media; i++) {
		bool receives = o->media[i].direction & SDP_RECVONLY;

		s.media[i] = (struct sdp_answer_media){
			.accept = true,
			.ssrc = receives ? 1000 + i : 0,
			.rtx_ssrc = receives && o->media[i].kind == SDP_VIDEO ? 2000 + i : 0,
			.msid = "slot track",
		};
	}
	return s;
}

static struct bytes write_answer(const struct sdp_offer *o, const struct sdp_answer_setup *s)
{
	struct writer w = writer(out, sizeof(out));

	sdp_answer_write(&w, o, s);
	check(w.ok);
	return written(&w);
}

/* The session part (0) or the n-th m-line's part (from 1) of a text. */
static struct bytes part_of(struct bytes text, uint32_t n)
{
	struct bytes rest = text, line, part = { text.data, 0 };
	uint32_t at = 0;

	while (text_take_line(&rest, &line)) {
		if (line.size > 2 && line.data[0] == 'm' && at++ == n)
			break;
		if (line.size > 2 && line.data[0] == 'm')
			part = bytes_make(line.data, 0);
		part.size = (size_t)(rest.data - part.data);
	}
	return part;
}

/* The lines of a part that start like this. */
static unsigned count_lines(struct bytes part, const char *start)
{
	struct bytes line;
	unsigned n = 0;

	while (text_take_line(&part, &line))
		n += line.size >= strlen(start) && memcmp(line.data, start, strlen(start)) == 0;
	return n;
}

static bool has_line(struct bytes part, struct bytes wanted)
{
	struct bytes line;

	while (text_take_line(&part, &line)) {
		if (bytes_equal(line, wanted))
			return true;
	}
	return false;
}

#define HAS(part, text) has_line((part), bytes_of_string(text))

static void check_session(struct bytes part, const struct sdp_offer *o)
{
	check(HAS(part, "v=0"));
	check(HAS(part, "o=- 4611686018427387904 3 IN IP4 0.0.0.0"));
	check(HAS(part, "a=ice-lite"));
	check(HAS(part, "a=fingerprint:sha-256 " HEX));
	check_eq(HAS(part, "a=extmap-allow-mixed"), o->allow_mixed);
	check_eq(count_lines(part, "a=group:BUNDLE"), 1);
	check_eq(count_lines(part, "a="), 3u + o->allow_mixed);
}

static void check_rejected(struct bytes part, const struct sdp_media *m)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "m=%.*s 0 ", (int)m->kind_word.size, (const char *)m->kind_word.data);
	check_eq(count_lines(part, text), 1);
	check_eq(count_lines(part, "a="), 2);
	check(HAS(part, "a=inactive"));
	check_eq(count_lines(part, "a=mid:"), 1);
}

/* Each payload type of the line is one of ours, with the offer's number and its rtpmap. */
static void check_formats(struct bytes part, const struct sdp_media *m)
{
	static const char *const names[] = {
		[SDP_OPUS] = "opus/48000/2", [SDP_VP8] = "VP8/90000", [SDP_VP9] = "VP9/90000",
	};
	unsigned listed = 0, expected = 0;
	struct bytes rest = part, line, word;
	char text[64];

	check(text_take_line(&rest, &line));
	while (text_take_word(&line, &word))
		listed++;
	for (unsigned i = 0; i < SDP_CODEC_N; i++) {
		const struct sdp_codec *c = &m->codecs[i];

		if (c->payload_type == SDP_NO_PAYLOAD_TYPE)
			continue;
		expected++;
		(void)snprintf(text, sizeof(text), "a=rtpmap:%u %s", c->payload_type, names[i]);
		check(HAS(part, text));
		if (c->rtx == SDP_NO_PAYLOAD_TYPE)
			continue;
		expected++;
		(void)snprintf(text, sizeof(text), "a=rtpmap:%u rtx/90000", c->rtx);
		check(HAS(part, text));
		(void)snprintf(text, sizeof(text), "a=fmtp:%u apt=%u", c->rtx, c->payload_type);
		check(HAS(part, text));
	}
	check_eq(listed, 3 + expected);
	check_eq(count_lines(part, "a=rtpmap:"), expected);
}

/* A line of the answer that only repeats the offer stands there too, under the same payload type. */
static void check_feedback(struct bytes part, struct bytes offered)
{
	static const char *const known[] = { "nack", "nack pli", "ccm fir", "transport-cc" };
	struct bytes rest = part, line;
	unsigned allowed;

	while (text_take_line(&rest, &line)) {
		struct bytes value = line;

		if (!bytes_equal_string(text_take(&value, ':'), "a=rtcp-fb"))
			continue;
		check(has_line(offered, line));
		(void)text_take(&value, ' ');
		allowed = 0;
		for (size_t i = 0; i < ARRAY_SIZE(known); i++)
			allowed += bytes_equal_string(value, known[i]);
		check_eq(allowed, 1);
	}
	if (count_lines(offered, "a=rtcp-fb:") && count_lines(part, "m=video"))
		check(count_lines(part, "a=rtcp-fb:"));
}

static void check_extensions(struct bytes part, struct bytes offered, const struct sdp_media *m,
	const struct sdp_answer_media *a)
{
	unsigned expected = 0;

	for (unsigned i = 0; i < SDP_EXT_N; i++) {
		uint8_t id = sdp_answer_extension(m, a, (enum sdp_extension_kind)i);
		char text[32];

		if (!id)
			continue;
		expected++;
		check_eq(id, m->extensions[i].id);
		(void)snprintf(text, sizeof(text), "a=extmap:%u%s", id,
			       m->extensions[i].direction == SDP_SENDRECV ? " " : "/");
		check_eq(count_lines(part, text), 1);
		check_eq(count_lines(offered, text), 1);
	}
	check_eq(count_lines(part, "a=extmap:"), expected);
	check_eq(HAS(part, "a=extmap-allow-mixed"), HAS(offered, "a=extmap-allow-mixed"));
	check(sdp_answer_extension(m, a, SDP_EXT_MID));
	check(m->direction == SDP_SENDONLY || !sdp_answer_extension(m, a, SDP_EXT_RID));
}

static void check_accepted(struct bytes part, struct bytes offered, const struct sdp_media *m,
	const struct sdp_answer_media *a)
{
	bool sends = m->direction == SDP_RECVONLY;
	char text[64];

	check(HAS(part, "a=rtcp-mux") && HAS(part, "a=setup:passive"));
	check(HAS(part, "a=ice-ufrag:" UFRAG) && HAS(part, "a=ice-pwd:" PWD));
	check(HAS(part, sends ? "a=sendonly" : "a=recvonly"));
	check_eq(HAS(part, "a=rtcp-rsize"), HAS(offered, "a=rtcp-rsize"));
	(void)snprintf(text, sizeof(text), "a=mid:%.*s", (int)m->mid.size, (const char *)m->mid.data);
	check(HAS(part, text) && HAS(offered, text));
	check_formats(part, m);
	check_feedback(part, offered);
	check_extensions(part, offered, m, a);
	check_eq(count_lines(part, "a=rid:"), m->n_rids);
	check_eq(count_lines(part, "a=simulcast:recv q;h;f"), m->n_rids == 3);
	check_eq(count_lines(part, "a=ssrc:"), !sends ? 0 : m->kind == SDP_VIDEO ? 2 : 1);
	check_eq(count_lines(part, "a=ssrc-group:FID"), sends && m->kind == SDP_VIDEO);
	check_eq(count_lines(part, "a=msid:"), sends);
	check_eq(count_lines(part, "a=fingerprint"), 0);
	if (m->kind == SDP_AUDIO && !sends)
		check_eq(count_lines(part, "a=fmtp:"), 1);
}

TEST(every_real_offer_gets_a_strict_answer)
{
	for (size_t i = 0; i < ARRAY_SIZE(sdp_offers); i++) {
		struct bytes text = sdp_file(sdp_offers[i]);
		struct sdp_answer_setup s;
		struct bytes answer;
		unsigned accepted = 0;

		check_eq(sdp_offer_parse(text, &offer), SDP_FINE);
		s = setup_for(&offer);
		answer = write_answer(&offer, &s);
		check_session(part_of(answer, 0), &offer);
		check_eq(count_lines(answer, "m="), offer.n_media);
		for (uint32_t j = 0; j < offer.n_media; j++) {
			struct bytes part = part_of(answer, j + 1);

			if (!sdp_answer_accepts(&offer.media[j], &s.media[j])) {
				check_rejected(part, &offer.media[j]);
				continue;
			}
			check_accepted(part, part_of(text, j + 1), &offer.media[j], &s.media[j]);
			check_eq(count_lines(part, "a=candidate:"), accepted ? 0 : 2);
			check_eq(count_lines(part, "a=end-of-candidates"), !accepted);
			accepted++;
		}
		check(accepted >= 2);
		for (size_t at = 0; at + 1 < answer.size; at++)
			check((answer.data[at] == '\r') == (answer.data[at + 1] == '\n'));
	}
}

/* Our own reader takes our answer, once it stands where an offer would, and finds the same in it. */
TEST(the_answer_reads_back)
{
	static struct sdp_offer back;

	for (size_t i = 0; i < ARRAY_SIZE(sdp_offers); i++) {
		struct sdp_answer_setup s;
		struct bytes answer;
		uint8_t *at;

		check_eq(sdp_offer_parse(sdp_file(sdp_offers[i]), &offer), SDP_FINE);
		s = setup_for(&offer);
		answer = write_answer(&offer, &s);
		while ((at = memmem(out, answer.size, "setup:passive", 13)) != NULL)
			memcpy(at, "setup:actpass", 13);
		check_text(sdp_verdict_word(sdp_offer_parse(answer, &back)), "fine");
		check_eq(back.n_media, offer.n_media);
		check_bytes(back.ufrag, UFRAG, strlen(UFRAG));
		assert_memory_equal(back.fingerprint, fingerprint, sizeof(fingerprint));
		for (uint32_t j = 0; j < back.n_media; j++) {
			const struct sdp_media *m = &back.media[j], *o = &offer.media[j];
			bool accepts = sdp_answer_accepts(o, &s.media[j]);

			check_eq(m->rejected, !accepts);
			check_eq(m->kind, o->kind);
			check(bytes_equal(m->mid, o->mid));
			check_eq(m->direction, accepts ? sdp_answer_direction(o, &s.media[j]) : SDP_INACTIVE);
			for (unsigned k = 0; accepts && k < SDP_CODEC_N; k++) {
				check_eq(m->codecs[k].payload_type, o->codecs[k].payload_type);
				check_eq(m->codecs[k].rtx, o->codecs[k].rtx);
			}
			check_eq(m->n_ssrcs, s.media[j].ssrc && accepts ? 1 : 0);
			check_eq(m->ssrcs[0].ssrc, accepts ? s.media[j].ssrc : 0);
			check_eq(m->ssrcs[0].rtx, accepts ? s.media[j].rtx_ssrc : 0);
		}
	}
}

#define OFFER_HEAD OFFER_HEAD_OF("x mic cam")
#define OFFER_HEAD_OF(mids) "v=0\r\na=group:BUNDLE " mids "\r\n" \
	"a=extmap-allow-mixed\r\na=setup:actpass\r\na=fingerprint:sha-256 " HEX "\r\n" \
	"a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"

static const char small_offer[] = OFFER_HEAD
	"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:x\r\n"
	"m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:mic\r\na=sendrecv\r\na=rtcp-mux\r\na=rtcp-rsize\r\n"
	"a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=rtcp-fb:111 nack\r\n"
	"a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
	"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
	"m=video 9 UDP/TLS/RTP/SAVPF 98 99 96\r\na=mid:cam\r\na=sendonly\r\na=rtcp-mux\r\n"
	"a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 goog-remb\r\n"
	"a=rtpmap:98 VP9/90000\r\na=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=98\r\na=rtcp-fb:98 ccm fir\r\n"
	"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
	"a=extmap:9/sendonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
	"a=extmap:10/recvonly urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n"
	"a=rid:h send\r\na=rid:l send\r\na=simulcast:send l;h\r\n";

static const char small_answer[] =
	"v=0\r\no=- 4611686018427387904 3 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
	"a=group:BUNDLE mic cam\r\na=ice-lite\r\na=fingerprint:sha-256 " HEX "\r\na=extmap-allow-mixed\r\n"
	"m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:x\r\na=inactive\r\n"
	"m=audio 8443 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 192.0.2.7\r\na=mid:mic\r\na=sendrecv\r\na=rtcp-mux\r\na=rtcp-rsize\r\n"
	"a=ice-ufrag:" UFRAG "\r\na=ice-pwd:" PWD "\r\na=setup:passive\r\n"
	"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
	"a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
	"a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n"
	"a=fmtp:111 minptime=10;useinbandfec=1;stereo=0;cbr=1;usedtx=0;maxaveragebitrate=32000\r\n"
	"a=msid:slot track\r\na=ssrc:1001 cname:conclave\r\n"
	"a=candidate:1 1 udp 2130706431 192.0.2.7 8443 typ host\r\n"
	"a=candidate:2 1 udp 2130706175 2001:db8::7 8443 typ host\r\na=end-of-candidates\r\n"
	"m=video 9 UDP/TLS/RTP/SAVPF 98 99 96\r\nc=IN IP4 0.0.0.0\r\na=mid:cam\r\na=recvonly\r\na=rtcp-mux\r\n"
	"a=ice-ufrag:" UFRAG "\r\na=ice-pwd:" PWD "\r\na=setup:passive\r\n"
	"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
	"a=extmap:9/recvonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
	"a=rtpmap:98 VP9/90000\r\na=rtcp-fb:98 ccm fir\r\na=fmtp:98 profile-id=0\r\na=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=98\r\n"
	"a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n"
	"a=rid:l recv\r\na=rid:h recv\r\na=simulcast:recv l;h\r\n";

TEST(one_answer_to_the_byte)
{
	struct sdp_answer_setup s;
	struct bytes answer;

	check_text(sdp_verdict_word(sdp_offer_parse(bytes_of_string(small_offer), &offer)), "fine");
	s = setup_for(&offer);
	answer = write_answer(&offer, &s);
	out[answer.size] = 0;
	check_text((const char *)out, small_answer);
}

/* Where a browser would send the same number twice with different bytes, it is not asked to. */
TEST(sound_is_sent_again_where_its_bytes_stay)
{
	static const struct { const char *way, *extension; bool offered, repeats; } cases[] = {
		{ "sendonly", "", true, true },
		{ "sendonly", "", false, false },
		{ "sendonly", "a=extmap:3", true, false },
		{ "sendonly", "a=extmap:3/sendonly", true, false },
		{ "sendonly", "a=extmap:3/recvonly", true, true },
		{ "recvonly", "a=extmap:3", true, true },
		{ "recvonly", "", true, true },
		{ "recvonly", "", false, false },
		{ "sendrecv", "", true, true },
		{ "sendrecv", "a=extmap:3", true, false },
		{ "sendrecv", "a=extmap:3/recvonly", true, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t text[1024];
		struct writer w = writer(text, sizeof(text));
		struct sdp_answer_setup s;
		struct bytes answer;

		write_string(&w, OFFER_HEAD_OF("mic") "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:mic\r\n");
		write_format(&w, "a=%s\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n", cases[i].way);
		if (cases[i].offered)
			write_string(&w, "a=rtcp-fb:111 nack\r\n");
		if (cases[i].extension[0])
			write_format(&w, "%s http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n",
				cases[i].extension);
		check(w.ok);
		check_text(sdp_verdict_word(sdp_offer_parse(written(&w), &offer)), "fine");
		s = setup_for(&offer);
		check_eq(sdp_answer_repeats_sound(&offer.media[0], &s.media[0]), cases[i].repeats);
		answer = write_answer(&offer, &s);
		check_eq(count_lines(answer, "a=rtcp-fb:111 nack"), cases[i].repeats);
	}
}

/* RFC 6544, 4.5: behind all of UDP, in the same order, numbered on. */
TEST(tcp_is_listed_after_udp)
{
	struct sdp_answer_setup s;
	struct bytes answer;

	check_text(sdp_verdict_word(sdp_offer_parse(bytes_of_string(small_offer), &offer)), "fine");
	s = setup_for(&offer);
	s.tcp_port = 443;
	answer = write_answer(&offer, &s);
	out[answer.size] = 0;
	check(strstr((const char *)out,
		"a=candidate:1 1 udp 2130706431 192.0.2.7 8443 typ host\r\n"
		"a=candidate:2 1 udp 2130706175 2001:db8::7 8443 typ host\r\n"
		"a=candidate:3 1 tcp 1520435199 192.0.2.7 443 typ host tcptype passive\r\n"
		"a=candidate:4 1 tcp 1520434943 2001:db8::7 443 typ host tcptype passive\r\n"
		"a=end-of-candidates\r\n"));
	check_eq(count_lines(answer, "a=candidate:"), 4);
}

TEST(directions)
{
	static const struct { enum sdp_direction offered; uint32_t ssrc; enum sdp_direction answered; } cases[] = {
		{ SDP_SENDRECV, 1, SDP_SENDRECV }, { SDP_SENDRECV, 0, SDP_RECVONLY },
		{ SDP_SENDONLY, 1, SDP_RECVONLY }, { SDP_SENDONLY, 0, SDP_RECVONLY },
		{ SDP_RECVONLY, 1, SDP_SENDONLY }, { SDP_RECVONLY, 0, SDP_INACTIVE },
		{ SDP_INACTIVE, 1, SDP_INACTIVE }, { SDP_INACTIVE, 0, SDP_INACTIVE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sdp_media m = { .direction = cases[i].offered };
		struct sdp_answer_media a = { .accept = true, .ssrc = cases[i].ssrc };

		check_eq(sdp_answer_direction(&m, &a), cases[i].answered);
	}
}

TEST(extensions_only_where_they_are_used)
{
	static const struct {
		enum sdp_direction line, extension;
		enum sdp_extension_kind kind;
		bool answered;
	} cases[] = {
		{ SDP_SENDONLY, SDP_SENDRECV, SDP_EXT_MID, true },
		{ SDP_RECVONLY, SDP_SENDRECV, SDP_EXT_MID, true },
		{ SDP_RECVONLY, SDP_SENDONLY, SDP_EXT_MID, false },
		{ SDP_SENDONLY, SDP_RECVONLY, SDP_EXT_MID, false },
		{ SDP_SENDONLY, SDP_SENDONLY, SDP_EXT_RID, true },
		{ SDP_SENDRECV, SDP_SENDONLY, SDP_EXT_RID, true },
		{ SDP_SENDRECV, SDP_RECVONLY, SDP_EXT_RID, false },
		{ SDP_RECVONLY, SDP_SENDRECV, SDP_EXT_RID, false },
		{ SDP_RECVONLY, SDP_SENDRECV, SDP_EXT_TRANSPORT_CC, true },
		{ SDP_SENDONLY, SDP_SENDRECV, SDP_EXT_TRANSPORT_CC, true },
		{ SDP_SENDONLY, SDP_INACTIVE, SDP_EXT_TRANSPORT_CC, false },
		{ SDP_INACTIVE, SDP_SENDRECV, SDP_EXT_MID, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sdp_answer_media a = { .accept = true, .ssrc = 1 };
		struct sdp_media m = { .direction = cases[i].line };

		m.extensions[cases[i].kind] = (struct sdp_extension){ 5, cases[i].extension };
		check_eq(sdp_answer_extension(&m, &a, cases[i].kind), cases[i].answered ? 5 : 0);
	}
}

TEST(what_is_not_to_be_accepted_is_rejected)
{
	struct sdp_answer_setup s;
	struct bytes answer;

	check_eq(sdp_offer_parse(bytes_of_string(small_offer), &offer), SDP_FINE);
	s = setup_for(&offer);
	s.media[1].accept = false;
	answer = write_answer(&offer, &s);
	check(HAS(part_of(answer, 0), "a=group:BUNDLE cam"));
	check_rejected(part_of(answer, 2), &offer.media[1]);
	check_eq(count_lines(part_of(answer, 3), "a=candidate:"), 2);	/* now the first */
	s.media[2].accept = false;
	answer = write_answer(&offer, &s);
	check(HAS(part_of(answer, 0), "a=group:BUNDLE"));
	check_eq(count_lines(answer, "a=candidate:"), 0);
}

TEST(without_an_address_there_is_no_candidate)
{
	struct sdp_answer_setup s;
	struct bytes answer;

	check_eq(sdp_offer_parse(bytes_of_string(small_offer), &offer), SDP_FINE);
	s = setup_for(&offer);
	s.n_candidates = 0;
	answer = write_answer(&offer, &s);
	check_eq(count_lines(answer, "a=candidate:"), 0);
	check_eq(count_lines(part_of(answer, 2), "m=audio 9 "), 1);
	s.candidates = &addresses[1];
	s.n_candidates = 1;
	answer = write_answer(&offer, &s);
	check_eq(count_lines(part_of(answer, 2), "c=IN IP6 2001:db8::7"), 1);
}

TEST(a_single_layer_is_no_simulcast)
{
	struct sdp_answer_setup s;
	struct bytes answer;

	check_eq(sdp_offer_parse(bytes_of_string(OFFER_HEAD "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:x\r\na=rtcp-mux\r\n"
		"a=rtpmap:96 VP8/90000\r\na=rid:q send\r\na=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
		"m=audio 0 RTP/AVP 1\r\na=mid:mic\r\nm=audio 0 RTP/AVP 1\r\na=mid:cam\r\n"), &offer), SDP_FINE);
	s = setup_for(&offer);
	answer = write_answer(&offer, &s);
	check(HAS(part_of(answer, 1), "a=rid:q recv"));
	check_eq(count_lines(answer, "a=simulcast"), 0);
}

TEST(no_retransmission_is_announced_without_its_payload_type)
{
	struct sdp_answer_setup s;
	struct bytes answer;

	check_eq(sdp_offer_parse(bytes_of_string(OFFER_HEAD "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:x\r\na=recvonly\r\na=rtcp-mux\r\n"
		"a=rtpmap:96 VP8/90000\r\nm=audio 0 RTP/AVP 1\r\na=mid:mic\r\nm=audio 0 RTP/AVP 1 2 3\r\na=mid:cam\r\n"), &offer), SDP_FINE);
	s = setup_for(&offer);
	answer = write_answer(&offer, &s);
	check(HAS(part_of(answer, 1), "a=ssrc:1000 cname:conclave"));
	check_eq(count_lines(answer, "a=ssrc"), 1);
	check_eq(count_lines(part_of(answer, 1), "a=rid"), 0);
	check_eq(count_lines(part_of(answer, 3), "m=audio 0 RTP/AVP 1"), 1);
	s.media[0].msid = NULL;
	answer = write_answer(&offer, &s);
	check_eq(count_lines(answer, "a=msid:"), 0);
}

static void write_large_picture(struct writer *w)
{
	for (unsigned type = 96; type < 100; type += 2) {
		write_format(w, "a=rtpmap:%u VP%u/90000\r\n", type, type == 96 ? 8 : 9);
		write_format(w, "a=rtcp-fb:%u transport-cc\r\na=rtcp-fb:%u ccm fir\r\n", type, type);
		write_format(w, "a=rtcp-fb:%u nack\r\na=rtcp-fb:%u nack pli\r\n", type, type);
		write_format(w, "a=rtpmap:%u rtx/90000\r\na=fmtp:%u apt=%u\r\n", type + 1, type + 1, type);
	}
}

/* As ARCHITECTURE has it: 4 lines that send, 8 + 1 for sound, 25 + 1 for pictures. The lines are Chromium's. */
static void write_large_offer(struct writer *w)
{
	static const char extensions[] =
		"a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
		"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
		"a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
		"a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n";

	write_string(w, "v=0\r\na=extmap-allow-mixed\r\na=setup:actpass\r\na=fingerprint:sha-256 " HEX "\r\n");
	write_string(w, "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=group:BUNDLE");
	for (unsigned i = 0; i < 39; i++)
		write_format(w, " %u", i);
	write_string(w, "\r\n");
	for (unsigned i = 0; i < 39; i++) {
		bool sound = i == 0 || i == 3 || (i >= 4 && i < 13);

		write_string(w, sound ? "m=audio" : "m=video");
		write_format(w, " 9 UDP/TLS/RTP/SAVPF %s\r\na=mid:%u\r\n", sound ? "111" : "96 97 98 99", i);
		write_format(w, "a=%s\r\na=rtcp-mux\r\na=rtcp-rsize\r\n", i < 4 ? "sendonly" : "recvonly");
		write_string(w, extensions);
		if (sound)
			write_string(w, "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n");
		else
			write_large_picture(w);
		if (i == 1)
			write_string(w, "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n");
	}
}

static size_t json_size(struct bytes text)
{
	size_t size = 2;

	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];

		size += c == '\r' || c == '\n' || c == '"' || c == '\\' ? 2 : c < ' ' ? 6 : 1;
	}
	return size;
}

TEST(the_largest_answer_fits_a_message)
{
	static uint8_t text[ANSWER_MAX];
	struct writer w = writer(text, sizeof(text));
	struct sdp_answer_setup s;
	struct bytes answer;

	write_large_offer(&w);
	check(w.ok);
	check_text(sdp_verdict_word(sdp_offer_parse(written(&w), &offer)), "fine");
	check_eq(offer.n_media, 39);
	s = setup_for(&offer);
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		check(address_parse_ip(&addresses[i], "2001:db8:1111:2222:3333:4444:5555:6666"));
		addresses[i].port = 65535;
	}
	s.n_candidates = ARRAY_SIZE(addresses);
	for (uint32_t i = 0; i < offer.n_media; i++) {
		s.media[i].ssrc = s.media[i].ssrc ? UINT32_MAX - i : 0;
		s.media[i].rtx_ssrc = s.media[i].rtx_ssrc ? UINT32_MAX - 100 - i : 0;
		s.media[i].msid = "slot-video-25 slot-video-25";
	}
	answer = write_answer(&offer, &s);
	check_eq(count_lines(answer, "m="), 39);
	check_eq(count_lines(answer, "a=ssrc:"), 9 + 2 * 26);
	check_le(json_size(answer), LIMIT_OFFER);
}

TEST(a_writer_that_is_too_small_says_so)
{
	struct sdp_answer_setup s;
	size_t whole;

	check_eq(sdp_offer_parse(bytes_of_string(small_offer), &offer), SDP_FINE);
	s = setup_for(&offer);
	whole = write_answer(&offer, &s).size;
	for (size_t size = 0; size <= whole; size++) {
		uint8_t *exact = mem_alloc(size);
		struct writer w = writer(exact, size);

		sdp_answer_write(&w, &offer, &s);
		check_eq(w.ok, size == whole);
		mem_free(exact);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_real_offer_gets_a_strict_answer),
	cmocka_unit_test(the_answer_reads_back),
	cmocka_unit_test(one_answer_to_the_byte),
	cmocka_unit_test(directions),
	cmocka_unit_test(extensions_only_where_they_are_used),
	cmocka_unit_test(what_is_not_to_be_accepted_is_rejected),
	cmocka_unit_test(sound_is_sent_again_where_its_bytes_stay),
	cmocka_unit_test(tcp_is_listed_after_udp),
	cmocka_unit_test(without_an_address_there_is_no_candidate),
	cmocka_unit_test(a_single_layer_is_no_simulcast),
	cmocka_unit_test(no_retransmission_is_announced_without_its_payload_type),
	cmocka_unit_test(the_largest_answer_fits_a_message),
	cmocka_unit_test(a_writer_that_is_too_small_says_so),
};

RUN_TESTS(tests)
