/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/sdp/offer.c and media.c: what is read. Invariant: the expected values were read off the files by eye. */
#include "tests/support/check.h"

#include "sfu/sdp/offer.h"
#include "tests/sdp/data.h"

static struct sdp_offer offer;

enum { ALL_FEEDBACK = SDP_FB_NACK | SDP_FB_PLI | SDP_FB_FIR | SDP_FB_TRANSPORT_CC };

static bool is_within(struct bytes part, struct bytes whole)
{
	return part.size == 0 || (part.data >= whole.data && part.data + part.size <= whole.data + whole.size);
}

static void check_whole(struct bytes text)
{
	check(is_within(offer.ufrag, text));
	check(is_within(offer.pwd, text));
	for (uint32_t i = 0; i < offer.n_media; i++) {
		const struct sdp_media *m = &offer.media[i];

		check(m->mid.size && is_within(m->mid, text));
		check(is_within(m->kind_word, text) && is_within(m->protocol, text) && is_within(m->formats, text));
		check(!m->rejected);
		check_le(m->n_rids, SDP_RIDS);
		check_le(m->n_ssrcs, SDP_SSRCS);
		for (uint32_t j = 0; j < m->n_rids; j++)
			check(m->rids[j].size && is_within(m->rids[j], text));
		if (m->kind == SDP_AUDIO || m->kind == SDP_VIDEO)
			check(m->extensions[SDP_EXT_MID].id);
	}
}

TEST(every_real_offer_and_answer_is_taken)
{
	for (size_t i = 0; i < ARRAY_SIZE(sdp_offers) + ARRAY_SIZE(sdp_answers); i++) {
		bool is_offer = i < ARRAY_SIZE(sdp_offers);
		struct bytes text = sdp_file(is_offer ? sdp_offers[i] : sdp_answers[i - ARRAY_SIZE(sdp_offers)]);

		check_text(sdp_verdict_word(sdp_offer_parse(text, &offer)), "fine");
		check_whole(text);
	}
}

static void check_codec(const struct sdp_codec *c, uint8_t type, uint8_t rtx, uint8_t feedback)
{
	check_eq(c->payload_type, type);
	check_eq(c->rtx, rtx);
	check_eq(c->feedback, feedback);
}

static void check_extension(const struct sdp_media *m, enum sdp_extension_kind kind, uint8_t id, enum sdp_direction d)
{
	check_eq(m->extensions[kind].id, id);
	check_eq(m->extensions[kind].direction, d);
}

static void check_rids(const struct sdp_media *m)
{
	check_eq(m->n_rids, 3);
	check_bytes(m->rids[0], "q", 1);
	check_bytes(m->rids[1], "h", 1);
	check_bytes(m->rids[2], "f", 1);
}

TEST(chromium)
{
	static const uint8_t fingerprint[] = {
		0x6d, 0x84, 0x9e, 0x83, 0xe2, 0xb7, 0x20, 0x56, 0xd5, 0xc0, 0xdd, 0xe0, 0xca, 0xeb, 0xbe, 0x27,
		0xcb, 0xdc, 0x97, 0x82, 0x0a, 0xc8, 0x0d, 0xc2, 0x6a, 0x8b, 0x37, 0x77, 0xd8, 0x2a, 0xd8, 0xba,
	};
	const struct sdp_media *m = offer.media;

	check_eq(sdp_offer_parse(sdp_file("chromium-156-offer"), &offer), SDP_FINE);
	check_eq(offer.n_media, 6);
	check_bytes(offer.ufrag, "Fzp/", 4);
	check_bytes(offer.pwd, "y+4jui5eXZasEB4B/8XY+oWS", 24);
	assert_memory_equal(offer.fingerprint, fingerprint, sizeof(fingerprint));
	check(offer.allow_mixed);

	check_eq(m[0].kind, SDP_AUDIO);
	check_eq(m[0].direction, SDP_SENDONLY);
	check_bytes(m[0].mid, "0", 1);
	check(m[0].rtcp_reduced);
	check(!m[0].allow_mixed);
	check_codec(&m[0].codecs[SDP_OPUS], 111, SDP_NO_PAYLOAD_TYPE, SDP_FB_TRANSPORT_CC);
	check_eq(m[0].codecs[SDP_VP8].payload_type, SDP_NO_PAYLOAD_TYPE);
	check_extension(&m[0], SDP_EXT_MID, 4, SDP_SENDRECV);
	check_extension(&m[0], SDP_EXT_TRANSPORT_CC, 3, SDP_SENDRECV);
	check_extension(&m[0], SDP_EXT_RID, 0, SDP_INACTIVE);
	check_eq(m[0].n_ssrcs, 1);
	check_eq(m[0].ssrcs[0].ssrc, 122819542);
	check_eq(m[0].ssrcs[0].rtx, 0);

	check_eq(m[1].kind, SDP_VIDEO);
	check_eq(m[1].direction, SDP_SENDONLY);
	check_codec(&m[1].codecs[SDP_VP8], 96, 97, ALL_FEEDBACK);
	check_codec(&m[1].codecs[SDP_VP9], 98, 99, ALL_FEEDBACK);
	check_extension(&m[1], SDP_EXT_RID, 10, SDP_SENDRECV);
	check_extension(&m[1], SDP_EXT_REPAIRED_RID, 11, SDP_SENDRECV);
	check_rids(&m[1]);
	check_eq(m[1].n_ssrcs, 0);

	check_eq(m[3].kind, SDP_AUDIO);
	check_eq(m[3].direction, SDP_RECVONLY);
	check_eq(m[5].kind, SDP_VIDEO);
	check_eq(m[5].direction, SDP_RECVONLY);
	check_eq(m[5].n_rids, 0);
	check_codec(&m[5].codecs[SDP_VP9], 98, 99, ALL_FEEDBACK);	/* and not 100, 35 or 37: other profiles */
}

TEST(firefox)
{
	static const struct sdp_ssrc ssrcs[] = {
		{ 4001910961, 2804675050 }, { 2606931209, 2354167000 }, { 1616359007, 4178040311 },
	};
	const struct sdp_media *m = offer.media;

	check_eq(sdp_offer_parse(sdp_file("firefox-153-offer"), &offer), SDP_FINE);
	check_eq(offer.n_media, 6);
	check_bytes(offer.ufrag, "68a22199", 8);
	check_eq(offer.fingerprint[31], 0xc3);
	check(!offer.allow_mixed);
	check(m[0].allow_mixed);
	check_codec(&m[0].codecs[SDP_OPUS], 109, SDP_NO_PAYLOAD_TYPE, SDP_FB_TRANSPORT_CC);
	check(!m[0].rtcp_reduced);

	check(m[1].rtcp_reduced);
	check(!m[1].rejected);		/* port 0 for being bundle-only */
	check_codec(&m[1].codecs[SDP_VP8], 120, 124, ALL_FEEDBACK);
	check_codec(&m[1].codecs[SDP_VP9], 121, 125, ALL_FEEDBACK);	/* fmtp says no profile: 0 */
	check_extension(&m[1], SDP_EXT_MID, 3, SDP_SENDRECV);
	check_extension(&m[1], SDP_EXT_RID, 9, SDP_SENDONLY);
	check_extension(&m[1], SDP_EXT_REPAIRED_RID, 10, SDP_SENDONLY);
	check_extension(&m[1], SDP_EXT_TRANSPORT_CC, 7, SDP_SENDRECV);
	check_rids(&m[1]);
	check_eq(m[1].n_ssrcs, 3);
	for (size_t i = 0; i < ARRAY_SIZE(ssrcs); i++) {
		check_eq(m[1].ssrcs[i].ssrc, ssrcs[i].ssrc);
		check_eq(m[1].ssrcs[i].rtx, ssrcs[i].rtx);
	}
	check_eq(m[5].direction, SDP_RECVONLY);
	check_eq(m[5].n_ssrcs, 1);	/* for its reports */
}

TEST(orphaned_feedback_is_passed_over)
{
	check_eq(sdp_offer_parse(sdp_file("firefox-153-offer-vp8-only"), &offer), SDP_FINE);
	check_codec(&offer.media[1].codecs[SDP_VP8], 120, 124, ALL_FEEDBACK);
	check_codec(&offer.media[1].codecs[SDP_VP9], SDP_NO_PAYLOAD_TYPE, SDP_NO_PAYLOAD_TYPE, 0);
}

TEST(aiortc)
{
	check_eq(sdp_offer_parse(sdp_file("aiortc-1.4-offer"), &offer), SDP_FINE);
	check_eq(offer.n_media, 4);
	check_bytes(offer.ufrag, "l9U2", 4);	/* of BUNDLE's first; the others have their own */
	check_eq(offer.media[1].codecs[SDP_VP8].feedback, SDP_FB_NACK | SDP_FB_PLI);
	check_eq(offer.media[1].codecs[SDP_VP8].rtx, 98);
	check_eq(offer.media[1].n_ssrcs, 1);	/* its FID line stands before its ssrc lines */
	check_eq(offer.media[1].ssrcs[0].ssrc, 2231827327);
	check_eq(offer.media[1].ssrcs[0].rtx, 947178685);
}

TEST(what_else_the_files_hold)
{
	check_eq(sdp_offer_parse(sdp_file("chromium-156-offer-datachannel-gathered"), &offer), SDP_FINE);
	check_eq(offer.n_media, 7);
	check_eq(offer.media[6].kind, SDP_APPLICATION);
	check_bytes(offer.media[6].protocol, "UDP/DTLS/SCTP", 13);
	check_bytes(offer.media[6].formats, "webrtc-datachannel", 18);
	check_eq(sdp_offer_parse(sdp_file("chromium-156-offer-1send-9recv"), &offer), SDP_FINE);
	check_eq(offer.n_media, 20);
	check_eq(sdp_offer_parse(sdp_file("chromium-156-offer-av1-svc"), &offer), SDP_FINE);
	check_eq(offer.media[1].codecs[SDP_VP8].payload_type, SDP_NO_PAYLOAD_TYPE);
	check_eq(offer.media[1].codecs[SDP_VP9].payload_type, SDP_NO_PAYLOAD_TYPE);
	check_eq(sdp_offer_parse(sdp_file("chromium-156-offer-no-simulcast"), &offer), SDP_FINE);
	check_eq(offer.media[1].n_rids, 0);
	check_eq(offer.media[1].n_ssrcs, 1);
	check_eq(offer.media[1].ssrcs[0].rtx, 770650942);
	check_eq(sdp_offer_parse(sdp_file("firefox-153-answer-to-chromium-156-offer"), &offer), SDP_FINE);
	check_eq(offer.media[1].direction, SDP_RECVONLY);
	check_eq(offer.media[1].n_rids, 0);	/* its rids receive */
}

/* Every cut of a small file, some of a large one: refused, or at the end of a line perhaps taken, but never with an
 * m-line less. */
TEST(truncations)
{
	for (size_t i = 0; i < ARRAY_SIZE(sdp_offers); i++) {
		struct bytes text = sdp_file(sdp_offers[i]);
		uint32_t n_media;

		check_eq(sdp_offer_parse(text, &offer), SDP_FINE);
		n_media = offer.n_media;
		for (size_t size = 0; size < text.size; size++) {
			bool line_end = size && text.data[size - 1] == '\n';
			enum sdp_verdict v;

			if (text.size > 10000 && size % (line_end ? 5 : 211))
				continue;
			v = sdp_offer_parse(bytes_make(text.data, size), &offer);
			if (line_end)
				check(v != SDP_FINE || offer.n_media == n_media);
			else
				check_eq(v, SDP_MALFORMED);
		}
	}
}

#define HEAD "v=0\r\na=group:BUNDLE a\r\na=fingerprint:sha-256 " \
	"00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10:11:12:13:14:15:16:17:18:19:1a:1b:1c:1d:1e:1f\r\n" \
	"a=setup:actpass\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"
#define VIDEO(formats) HEAD "m=video 9 UDP/TLS/RTP/SAVPF " formats "\r\na=mid:a\r\na=rtcp-mux\r\n"

static const struct sdp_media *read_media(const char *text)
{
	check_text(sdp_verdict_word(sdp_offer_parse(bytes_of_string(text), &offer)), "fine");
	check_eq(offer.n_media, 1);
	return &offer.media[0];
}

TEST(the_session_speaks_for_its_lines)
{
	static const char line[] = "m=audio 9 UDP/TLS/RTP/SAVPF 96\na=mid:a\na=rtcp-mux\n";
	static const struct { const char *line; enum sdp_direction direction; } cases[] = {
		{ "a=sendrecv\r\n", SDP_SENDRECV }, { "a=sendonly\r\n", SDP_SENDONLY },
		{ "a=recvonly\r\n", SDP_RECVONLY }, { "a=inactive\r\n", SDP_INACTIVE }, { "", SDP_SENDRECV },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[1024];

		(void)snprintf(text, sizeof(text), HEAD "%s%s", cases[i].line, line);
		check_eq(read_media(text)->direction, cases[i].direction);
		(void)snprintf(text, sizeof(text), HEAD "a=inactive\n%s%s", line, cases[i].line);
		check_eq(read_media(text)->direction, cases[i].line[0] ? cases[i].direction : SDP_INACTIVE);
		check_eq(offer.fingerprint[31], 0x1f);
		check_bytes(offer.ufrag, "abcd", 4);
	}
}

TEST(codecs_in_the_order_of_the_line)
{
	const struct sdp_media *m;

	m = read_media(VIDEO("100 96 101") "a=rtpmap:96 vp8/90000\na=rtpmap:100 VP8/90000\na=fmtp:101 apt=96\n"
		"a=rtpmap:101 RTX/90000\na=rtcp-fb:* nack\na=rtcp-fb:100 ccm fir\n");
	check_codec(&m->codecs[SDP_VP8], 100, SDP_NO_PAYLOAD_TYPE, SDP_FB_NACK | SDP_FB_FIR);
	m = read_media(VIDEO("98 97 35 36") "a=rtpmap:98 VP9/90000\na=fmtp:98 x=1; profile-id=2\na=rtpmap:97 VP9/90000\n"
		"a=fmtp:97 profile-id=0\na=rtpmap:35 rtx/90000\na=fmtp:35 apt=98\na=rtpmap:36 rtx/90000\na=fmtp:36 ; apt=97\n");
	check_codec(&m->codecs[SDP_VP9], 97, 36, 0);
}

TEST(what_is_no_codec_of_ours)
{
	static const char *const lines[] = {
		"a=rtpmap:96 opus/48000/2\n",		/* sound on a video line */
		"a=rtpmap:96 VP8/90001\n",
		"a=rtpmap:97 VP8/90000\n",		/* not listed */
		"a=rtpmap:70 VP8/90000\n",		/* could not be told from RTCP */
		"a=rtpmap:x VP8/90000\n",
		"a=rtpmap:96\n",
		"a=rtpmap\n",
		"a=rtpmap:96 VP8/90000\na=rtpmap:96 H264/90000\n",
	};
	char text[1024];

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		(void)snprintf(text, sizeof(text), VIDEO("96 70") "%s", lines[i]);
		check_eq(read_media(text)->codecs[SDP_VP8].payload_type, SDP_NO_PAYLOAD_TYPE);
		check_eq(read_media(text)->codecs[SDP_OPUS].payload_type, SDP_NO_PAYLOAD_TYPE);
	}
	check_eq(read_media(HEAD "m=video 9 RTP/AVPF 96\na=mid:a\na=rtcp-mux\na=rtpmap:96 VP8/90000\n")->codecs[SDP_VP8].payload_type,
		 SDP_NO_PAYLOAD_TYPE);
}

TEST(rids_in_the_order_of_simulcast)
{
	static const struct { const char *lines, *order; } cases[] = {
		{ "a=rid:a send\na=rid:b send pt=96\n", "ab" },
		{ "a=rid:a send\na=rid:b send\na=rid:c send\na=simulcast:send c;~a;b\n", "cab" },
		{ "a=simulcast:recv a;b send b,a;a\na=rid:a send\na=rid:b send\n", "ba" },
		{ "a=rid:a send\na=simulcast:send a;a;;;;;;;;~;x\n", "a" },
		{ "a=rid:a send\na=rid:b recv\na=simulcast:send b\n", "" },
		{ "a=rid:a send\na=simulcast:recv b\n", "a" },
		{ "a=simulcast:send a\n", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct sdp_media *m;
		char text[1024];

		(void)snprintf(text, sizeof(text), VIDEO("96") "%s", cases[i].lines);
		m = read_media(text);
		check_eq(m->n_rids, strlen(cases[i].order));
		for (uint32_t j = 0; j < m->n_rids; j++)
			check_bytes(m->rids[j], &cases[i].order[j], 1);
	}
}

TEST(extensions_by_name_and_small_number)
{
	const struct sdp_media *m = read_media(VIDEO("96") "a=extmap:15 urn:ietf:params:rtp-hdrext:sdes:mid\n"
		"a=extmap:0 urn:ietf:params:rtp-hdrext:sdes:mid\na=extmap:4096 urn:ietf:params:rtp-hdrext:sdes:mid\n"
		"a=extmap:14/inactive urn:ietf:params:rtp-hdrext:sdes:mid x=y\na=extmap:2 urn:ietf:params:rtp-hdrext:sdes:mid\n"
		"a=extmap:2 urn:other\n");

	check_extension(m, SDP_EXT_MID, 14, SDP_INACTIVE);
	check_extension(m, SDP_EXT_RID, 0, SDP_INACTIVE);
}

TEST(stronger_hashes_may_stand_beside_ours)
{
	(void)read_media(VIDEO("96") "a=fingerprint:sha-512 00:11\na=fingerprint:sha-384 22\n");
	check_eq(offer.fingerprint[1], 1);
}

TEST(a_rejected_line_needs_nothing)
{
	check_eq(sdp_offer_parse(bytes_of_string(VIDEO("96") "m=text 0 RTP/AVP 98\na=mid:b\nm=audio 0 RTP/AVP 98\na=mid:c\n"),
				 &offer), SDP_FINE);
	check_eq(offer.n_media, 3);
	check(!offer.media[0].rejected);
	check(offer.media[1].rejected);
	check_eq(offer.media[1].kind, SDP_OTHER);
	check(offer.media[2].rejected);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_real_offer_and_answer_is_taken),
	cmocka_unit_test(chromium),
	cmocka_unit_test(firefox),
	cmocka_unit_test(orphaned_feedback_is_passed_over),
	cmocka_unit_test(aiortc),
	cmocka_unit_test(what_else_the_files_hold),
	cmocka_unit_test(truncations),
	cmocka_unit_test(the_session_speaks_for_its_lines),
	cmocka_unit_test(codecs_in_the_order_of_the_line),
	cmocka_unit_test(what_is_no_codec_of_ours),
	cmocka_unit_test(rids_in_the_order_of_simulcast),
	cmocka_unit_test(extensions_by_name_and_small_number),
	cmocka_unit_test(stronger_hashes_may_stand_beside_ours),
	cmocka_unit_test(a_rejected_line_needs_nothing),
};

RUN_TESTS(tests)
