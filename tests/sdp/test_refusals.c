/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/sdp/offer.c: what is refused, and that it costs little (ATTACKS A08, C19). Invariant: each case changes one thing
 * in an offer that is taken. */
#include "tests/support/check.h"

#include <time.h>

#include "base/mem.h"
#include "sfu/sdp/offer.h"

#define FINGERPRINT "94:0E:B8:C3:D4:80:14:B1:37:FC:56:12:70:65:60:60:85:73:8F:03:6C:3A:48:E0:B1:B2:4A:E8:B5:97:DA:0F"
#define OTHER_FINGERPRINT "95:0E:B8:C3:D4:80:14:B1:37:FC:56:12:70:65:60:60:85:73:8F:03:6C:3A:48:E0:B1:B2:4A:E8:B5:97:DA:0F"

static const char good[] =
	"v=0\r\n"
	"o=- 1 1 IN IP4 0.0.0.0\r\n"
	"s=-\r\n"
	"t=0 0\r\n"
	"a=group:BUNDLE a b\r\n"
	"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
	"a=mid:a\r\n"
	"a=rtcp-mux\r\n"
	"a=ice-ufrag:Vmnl\r\n"
	"a=ice-pwd:rHU/cMoDmcFtDpvlJTlm+W\r\n"
	"a=fingerprint:sha-256 " FINGERPRINT "\r\n"
	"a=setup:actpass\r\n"
	"a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
	"a=rtpmap:111 opus/48000/2\r\n"
	"m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"
	"a=mid:b\r\n"
	"a=rtcp-mux\r\n"
	"a=rid:q send\r\n"
	"a=simulcast:send q\r\n"
	"a=ssrc:7 cname:x\r\n"
	"a=ssrc-group:FID 7 8\r\n";

static struct sdp_offer offer;

/* The good offer with `to` in the place of the first `from`. */
static struct bytes patched(char out[2 * sizeof(good) + 20000], const char *from, const char *to)
{
	const char *at = strstr(good, from);
	size_t before, after;

	assert_non_null(at);
	before = (size_t)(at - good);
	after = strlen(at + strlen(from));
	memcpy(out, good, before);
	memcpy(out + before, to, strlen(to));
	memcpy(out + before + strlen(to), at + strlen(from), after);
	return bytes_make(out, before + strlen(to) + after);
}

static const struct { const char *from, *to; enum sdp_verdict verdict; } cases[] = {
	{ "v=0", "v=0", SDP_FINE },
	{ "v=0\r\n", "", SDP_MALFORMED },
	{ "v=0", "v=1", SDP_MALFORMED },
	{ "v=0", "v=00", SDP_MALFORMED },
	{ "s=-\r\n", "s=\r\n", SDP_FINE },
	{ "s=-\r\n", "\r\n", SDP_MALFORMED },
	{ "s=-\r\n", "s\r\n", SDP_MALFORMED },
	{ "s=-\r\n", "S=-\r\n", SDP_MALFORMED },
	{ "s=-\r\n", "ss=-\r\n", SDP_MALFORMED },
	{ "s=-\r\n", "s=-\r\r\n", SDP_MALFORMED },
	{ "s=-\r\n", "s=-\x01\r\n", SDP_MALFORMED },
	{ "s=-\r\n", "s=-\x7f\r\n", SDP_MALFORMED },
	{ "s=-\r\n", "s=-\n", SDP_FINE },
	{ "FID 7 8\r\n", "FID 7 8", SDP_MALFORMED },

	{ "a=group:BUNDLE a b\r\n", "", SDP_NOT_BUNDLED },
	{ "BUNDLE a b", "BUNDLE", SDP_NOT_BUNDLED },
	{ "BUNDLE a b", "BUNDLE a", SDP_NOT_BUNDLED },
	{ "BUNDLE a b", "BUNDLE a b c", SDP_NOT_BUNDLED },
	{ "BUNDLE a b", "LS a b", SDP_NOT_BUNDLED },
	{ "BUNDLE a b", "BUNDLE a b\r\na=group:BUNDLE a b", SDP_NOT_BUNDLED },
	{ "BUNDLE a b", "BUNDLE a b\r\na=group:LS a b", SDP_FINE },
	{ "BUNDLE a b", "BUNDLE a b a b a a a", SDP_FINE },
	{ "audio 9", "audio 0", SDP_NOT_BUNDLED },
	{ "video 9", "video 0", SDP_FINE },

	{ "m=audio 9", "m=audio 65535", SDP_FINE },
	{ "m=audio 9", "m=audio 65536", SDP_MALFORMED },
	{ "m=audio 9", "m=audio -9", SDP_MALFORMED },
	{ "m=audio 9", "m=audio 9/2", SDP_MALFORMED },
	{ "m=audio 9", "m=audio  9", SDP_MALFORMED },
	{ "m=audio 9", "m=<audio> 9", SDP_MALFORMED },
	{ "SAVPF 111", "SAVPF", SDP_MALFORMED },
	{ "SAVPF 111", "SAVPF ", SDP_MALFORMED },
	{ "SAVPF 111", "SAVPF  111", SDP_MALFORMED },
	{ "SAVPF 111", "SAVPF 111  0 ", SDP_FINE },
	{ "SAVPF 111", "SAVPF 128", SDP_MALFORMED },
	{ "SAVPF 111", "SAVPF 99999999999999999999", SDP_MALFORMED },
	{ "SAVPF 111", "SAVPF opus", SDP_MALFORMED },
	{ "UDP/TLS", "\xc3\xa9", SDP_MALFORMED },
	{ "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", "m=\r\n", SDP_MALFORMED },

	{ "a=mid:a\r\n", "", SDP_BAD_MID },
	{ "a=mid:a\r\n", "a=mid:\r\n", SDP_BAD_MID },
	{ "a=mid:a\r\n", "a=mid\r\n", SDP_BAD_MID },
	{ "a=mid:a\r\n", "a=mid:a\r\na=mid:a\r\n", SDP_BAD_MID },
	{ "a=mid:a\r\n", "a=mid:a b\r\n", SDP_BAD_MID },
	{ "a=mid:a\r\n", "a=mid:01234567890123456\r\n", SDP_BAD_MID },
	{ "a=mid:a\r\n", "a=mid:\"\r\n", SDP_BAD_MID },
	{ "a=mid:b", "a=mid:a", SDP_DUPLICATE_MID },

	{ "a=rtcp-mux\r\n", "", SDP_NO_RTCP_MUX },
	{ "a=mid:b\r\na=rtcp-mux\r\n", "a=mid:b\r\n", SDP_NO_RTCP_MUX },
	{ "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:b\r\na=rtcp-mux\r\n", "m=video 0 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:b\r\n", SDP_FINE },

	{ "a=fingerprint:sha-256 " FINGERPRINT "\r\n", "", SDP_NO_FINGERPRINT },
	{ "a=fingerprint:sha-256 " FINGERPRINT, "a=fingerprint:sha-512 " FINGERPRINT, SDP_NO_FINGERPRINT },
	{ "sha-256 " FINGERPRINT, "", SDP_BAD_FINGERPRINT },
	{ "sha-256 " FINGERPRINT, "sha-256", SDP_BAD_FINGERPRINT },
	{ "sha-256 " FINGERPRINT, "sha-256 ", SDP_BAD_FINGERPRINT },
	{ "sha-256 " FINGERPRINT, "SHA-256 " FINGERPRINT, SDP_FINE },
	{ "sha-256 " FINGERPRINT, "sha-1 94:0E:B8:C3:D4:80:14:B1:37:FC:56:12:70:65:60:60:85:73:8F:03", SDP_BAD_FINGERPRINT },
	{ "sha-256 " FINGERPRINT, "md5 94:0E:B8:C3:D4:80:14:B1:37:FC:56:12:70:65:60:60", SDP_BAD_FINGERPRINT },
	{ "sha-256 " FINGERPRINT, "sha-256 " FINGERPRINT ":00", SDP_BAD_FINGERPRINT },
	{ "sha-256 " FINGERPRINT, "sha-256  " FINGERPRINT, SDP_BAD_FINGERPRINT },
	{ ":DA:0F", ":DA:0", SDP_BAD_FINGERPRINT },
	{ ":DA:0F", ":DA", SDP_BAD_FINGERPRINT },
	{ ":DA:0F", ":DA:0G", SDP_BAD_FINGERPRINT },
	{ "s=-\r\n", "a=fingerprint:sha-256 " FINGERPRINT "\r\n", SDP_FINE },
	{ "s=-\r\n", "a=fingerprint:sha-256 " OTHER_FINGERPRINT "\r\n", SDP_BAD_FINGERPRINT },
	{ "a=mid:b\r\n", "a=mid:b\r\na=fingerprint:sha-256 " OTHER_FINGERPRINT "\r\n", SDP_BAD_FINGERPRINT },
	{ "a=mid:b\r\n", "a=mid:b\r\na=fingerprint:sha-1 00\r\n", SDP_BAD_FINGERPRINT },

	{ "a=ice-ufrag:Vmnl\r\n", "", SDP_NO_ICE },
	{ "a=ice-pwd:rHU/cMoDmcFtDpvlJTlm+W\r\n", "", SDP_NO_ICE },
	{ "ufrag:Vmnl", "ufrag:Vmn", SDP_BAD_ICE },
	{ "ufrag:Vmnl", "ufrag:", SDP_BAD_ICE },
	{ "ufrag:Vmnl", "ufrag:Vm:l", SDP_BAD_ICE },
	{ "ufrag:Vmnl", "ufrag:Vmnl\r\na=ice-ufrag:Vmnl", SDP_BAD_ICE },
	{ "lm+W", "lm+", SDP_BAD_ICE },
	{ "a=mid:b\r\n", "a=mid:b\r\na=ice-ufrag:other\r\na=ice-pwd:anotherpasswordof24chars\r\n", SDP_FINE },

	{ "a=setup:actpass\r\n", "", SDP_BAD_SETUP },
	{ "setup:actpass", "setup:active", SDP_FINE },
	{ "setup:actpass", "setup:passive", SDP_BAD_SETUP },
	{ "setup:actpass", "setup:holdconn", SDP_BAD_SETUP },
	{ "setup:actpass", "setup:", SDP_BAD_SETUP },
	{ "a=mid:b\r\n", "a=mid:b\r\na=setup:passive\r\n", SDP_BAD_SETUP },

	{ "extmap:1", "extmap:x", SDP_MALFORMED },
	{ "extmap:1", "extmap:99999999999", SDP_MALFORMED },
	{ "extmap:1", "extmap:1/sideways", SDP_MALFORMED },
	{ "sdes:mid\r\n", "sdes:mid\r\na=extmap:1 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n", SDP_MALFORMED },
	{ "rid:q send", "rid:q send\r\na=rid:q send", SDP_MALFORMED },
	{ "rid:q send", "rid: send", SDP_MALFORMED },
	{ "rid:q send", "rid:01234567890123456 send", SDP_MALFORMED },
	{ "rid:q send", "rid:q send\r\na=rid:h send\r\na=rid:f send", SDP_FINE },
	{ "rid:q send", "rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=rid:x send", SDP_TOO_MANY_PARTS },
	{ "simulcast:send q", "simulcast:send", SDP_MALFORMED },
	{ "simulcast:send q", "simulcast:send q\r\na=simulcast:send q", SDP_MALFORMED },
	{ "ssrc:7 ", "ssrc:0 ", SDP_MALFORMED },
	{ "ssrc:7 ", "ssrc:4294967296 ", SDP_MALFORMED },
	{ "ssrc:7 ", "ssrc:x ", SDP_MALFORMED },
	{ "FID 7 8", "FID 7", SDP_MALFORMED },
	{ "FID 7 8", "FID 7 7", SDP_MALFORMED },
	{ "FID 7 8", "FID 7 0", SDP_MALFORMED },
	{ "FID 7 8", "FID 0 8", SDP_MALFORMED },
	{ "FID 7 8", "FID 7 8 9", SDP_MALFORMED },
	{ "FID 7 8", "FID 7 8\r\na=ssrc-group:FID 9 8", SDP_MALFORMED },
	{ "FID 7 8", "FID 7 8\r\na=ssrc-group:FEC-FR 9 8 x", SDP_FINE },
};

TEST(each_change_has_its_verdict)
{
	static char out[2 * sizeof(good) + 20000];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		enum sdp_verdict v = sdp_offer_parse(patched(out, cases[i].from, cases[i].to), &offer);

		if (v != cases[i].verdict)
			print_message("# \"%s\" to \"%s\": %s\n", cases[i].from, cases[i].to, sdp_verdict_word(v));
		check_eq(v, cases[i].verdict);
	}
}

/* 10 kB where a few bytes belong (ATTACKS A08). */
TEST(long_values)
{
	static const struct { const char *from, *before; enum sdp_verdict verdict; } places[] = {
		{ "sha-256 " FINGERPRINT, "sha-256 ", SDP_BAD_FINGERPRINT },
		{ "ufrag:Vmnl", "ufrag:", SDP_BAD_ICE },
		{ "ice-pwd:rHU/cMoDmcFtDpvlJTlm+W", "ice-pwd:", SDP_BAD_ICE },
		{ "mid:a", "mid:", SDP_BAD_MID },
		{ "rid:q", "rid:", SDP_MALFORMED },
		{ "m=audio", "m=", SDP_MALFORMED },
		{ "UDP/TLS", "", SDP_MALFORMED },
		{ "s=-", "s=", SDP_FINE },
	};
	static char value[10032], out[2 * sizeof(good) + 20000];

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		size_t at = strlen(places[i].before);

		memcpy(value, places[i].before, at);
		memset(value + at, 'A', sizeof(value) - 1 - at);
		value[sizeof(value) - 1] = 0;
		check_eq(sdp_offer_parse(patched(out, places[i].from, value), &offer), places[i].verdict);
	}
}

TEST(a_nul_byte_anywhere)
{
	static char out[2 * sizeof(good) + 20000];

	for (size_t i = 0; i < sizeof(good) - 1; i++) {
		struct bytes text = patched(out, "v=0", "v=0");

		out[i] = 0;
		check_eq(sdp_offer_parse(text, &offer), SDP_NUL_BYTE);
	}
}

#define MIB (1024 * 1024)

/* `head`, then `line` as often as it fits into `size`, cut there. */
static struct bytes filled(char *out, size_t size, const char *head, const char *line)
{
	size_t at = strlen(head), n = strlen(line);

	memcpy(out, head, at);
	for (; at + n <= size; at += n)
		memcpy(out + at, line, n);
	return bytes_make(out, at);
}

static const struct { const char *head, *line; enum sdp_verdict verdict; } floods[] = {
	{ "", "garbage without an end ", SDP_MALFORMED },
	{ "v=0\n", "x", SDP_MALFORMED },
	{ "v=0\n", "\n", SDP_MALFORMED },
	{ "v=0\n", "b=0\n", SDP_NO_MEDIA },
	{ "v=0\n", "m=a 9 b 1\n", SDP_TOO_MANY_LINES },
	{ "v=0\nm=audio 9 UDP/TLS/RTP/SAVPF", " 111", SDP_MALFORMED },
	{ "v=0\nm=audio 9 UDP/TLS/RTP/SAVPF 1\n", "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\n", SDP_TOO_MANY_PARTS },
	{ "v=0\nm=audio 9 UDP/TLS/RTP/SAVPF 1\n", "a=rid:a send\n", SDP_MALFORMED },
	{ "v=0\nm=audio 9 UDP/TLS/RTP/SAVPF 1\n", "a=rid:a recv\n", SDP_BAD_MID },
	{ "v=0\nm=audio 9 UDP/TLS/RTP/SAVPF 1\n", "a=ssrc-group:FID 1 2\na=ssrc:1 a:b\n", SDP_BAD_MID },
	{ "v=0\nm=audio 9 UDP/TLS/RTP/SAVPF 111\n", "a=rtpmap:111 opus/48000/2\n", SDP_BAD_MID },
	{ "v=0\nm=audio 9 UDP/TLS/RTP/SAVPF 111\n", "a=fmtp:111 apt=1;apt=2;apt=3;;;;;;;;;;;;;;\n", SDP_BAD_MID },
	{ "v=0\nm=audio 9 UDP/TLS/RTP/SAVPF 111\n", "a=extmap:14 urn:ietf:params:rtp-hdrext:sdes:mid\n", SDP_BAD_MID },
	{ "v=0\nm=audio 9 UDP/TLS/RTP/SAVPF 111\n", "a=rtcp-fb:* nack\n", SDP_BAD_MID },
	{ "v=0\n", "a=99999999999999999999:\n", SDP_NO_MEDIA },
	{ "v=0\nm=audio 9 UDP/TLS/RTP/SAVPF 1\na=mid:a\na=group:BUNDLE", " a", SDP_MALFORMED },
};

/* CPU time, so that a busy machine does not matter; the bound of C19 for each. */
TEST(floods_are_refused_at_little_cost)
{
	char *out = mem_alloc(MIB);

	for (size_t i = 0; i < 2 * ARRAY_SIZE(floods); i++) {
		size_t which = i / 2;
		struct bytes text = filled(out, i % 2 ? MIB : LIMIT_MESSAGE, floods[which].head, floods[which].line);
		struct timespec before, after;
		enum sdp_verdict v;

		check_eq(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before), 0);
		v = sdp_offer_parse(text, &offer);
		check_eq(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after), 0);
		check_eq(v, i % 2 ? SDP_TOO_LONG : floods[which].verdict);
		check((after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec < 50000000);
	}
	mem_free(out);
}

/* As many words as fit: in a BUNDLE group, in a list of layers, on an m-line, in a valid offer. */
TEST(long_lists_in_an_offer_that_is_taken)
{
	static const struct { const char *from, *item; size_t n; enum sdp_verdict verdict; } lists[] = {
		{ "BUNDLE a b", " a", 64, SDP_FINE },
		{ "BUNDLE a b", " a", 9000, SDP_NOT_BUNDLED },
		{ "simulcast:send q", ";q", 9000, SDP_FINE },
		{ "SAVPF 96 97", " 96", 6000, SDP_FINE },
	};
	static char value[20000], out[2 * sizeof(good) + 20000];

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		size_t at = strlen(lists[i].from), size = strlen(lists[i].item);
		enum sdp_verdict v;

		memcpy(value, lists[i].from, at);
		for (size_t n = i == 0 ? 2 : 0; n < lists[i].n; n++, at += size)
			memcpy(value + at, lists[i].item, size);
		value[at] = 0;
		v = sdp_offer_parse(patched(out, lists[i].from, value), &offer);
		check_eq(v, lists[i].verdict);
	}
}

TEST(many_ssrcs)
{
	static char value[4096], out[2 * sizeof(good) + 20000];

	for (unsigned n = 1; n < 40; n++) {
		size_t at = 0;

		for (unsigned i = 0; i < n; i++)
			at += (size_t)snprintf(value + at, sizeof(value) - at, "a=ssrc:%u x:y\r\n", 100 + i);
		check_eq(sdp_offer_parse(patched(out, "a=ssrc:7 cname:x\r\n", value), &offer),
			 n <= 22 ? SDP_FINE : SDP_TOO_MANY_PARTS);	/* with the two of the FID group: 24 */
	}
	check_le(offer.media[1].n_ssrcs, SDP_SSRCS);
}

TEST(every_verdict_has_a_word)
{
	for (unsigned v = 0; v < SDP_VERDICT_N; v++) {
		const char *word = sdp_verdict_word((enum sdp_verdict)v);

		check(word[0]);
		for (unsigned other = 0; other < v; other++)
			check(strcmp(word, sdp_verdict_word((enum sdp_verdict)other)) != 0);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_change_has_its_verdict),
	cmocka_unit_test(long_values),
	cmocka_unit_test(a_nul_byte_anywhere),
	cmocka_unit_test(floods_are_refused_at_little_cost),
	cmocka_unit_test(long_lists_in_an_offer_that_is_taken),
	cmocka_unit_test(many_ssrcs),
	cmocka_unit_test(every_verdict_has_a_word),
};

RUN_TESTS(tests)
