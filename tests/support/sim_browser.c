/* SPDX-License-Identifier: EUPL-1.2 */
/* The SDP of a browser in its few lines that matter. In tests only. Invariant: see sim_browser.h. */
#include "tests/support/sim_browser.h"

#include "base/mem.h"
#include "sfu/rtp/rtp.h"
#include "sfu/rtp/vp8.h"
#include "tests/support/check.h"

#define SIM_AUDIO_LINES 8
#define SIM_VIDEO_LINES 9
#define FINGERPRINT_SIZE 32

static const char *const source_roles[SOURCE_N] = { "microphone", "camera", "screen", "screen-sound" };
static const char *const slot_roles[SLOT_N] = {
	[SLOT_AUDIO] = "audio", [SLOT_SCREEN_SOUND] = "screen-sound", [SLOT_VIDEO] = "video", [SLOT_SCREEN] = "screen",
};

struct sim_browser *sim_browser_new(uint32_t person, struct random *random, const struct address *at)
{
	struct sim_browser *b = mem_new(struct sim_browser);

	check(b);
	b->at = *at;
	check_eq(dtls_client_new(&b->dtls, NULL), 0);
	sim_sender_init(&b->sender, person, random, &b->setup);
	sim_receiver_init(&b->receiver, random, &b->setup, SIM_AUDIO_LINES, SIM_VIDEO_LINES, false);
	return b;
}

struct sim_browser *sim_browser_free(struct sim_browser *b)
{
	if (!b)
		return NULL;
	dtls_client_free(b->dtls);
	sim_sender_done(&b->sender);
	sim_receiver_done(&b->receiver);
	mem_free(b);
	return NULL;
}

/* Inside a JSON string, so that each line ends in four characters. */
static void write_extension_lines(const struct sim_browser *b, struct writer *w)
{
	const struct room_peer_setup *s = &b->setup;

	write_format(w, "a=extmap:%u urn:ietf:params:rtp-hdrext:sdes:mid\\r\\n", s->ext_mid);
	write_format(w, "a=extmap:%u http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\\r\\n",
		s->ext_twcc);
}

static void write_opus_lines(const struct sim_browser *b, struct writer *w)
{
	write_format(w, "a=rtpmap:%u opus/48000/2\\r\\na=rtcp-fb:%u transport-cc\\r\\n", b->setup.opus, b->setup.opus);
}

static void write_vp8_lines(const struct sim_browser *b, struct writer *w)
{
	unsigned vp8 = b->setup.vp8, rtx = b->setup.vp8_rtx;

	write_format(w, "a=rtpmap:%u VP8/90000\\r\\na=rtcp-fb:%u nack\\r\\na=rtcp-fb:%u nack pli\\r\\n", vp8, vp8, vp8);
	write_format(w, "a=rtcp-fb:%u transport-cc\\r\\na=rtpmap:%u rtx/90000\\r\\na=fmtp:%u apt=%u\\r\\n", vp8, rtx, rtx,
		vp8);
}

static void write_line(const struct sim_browser *b, struct writer *w, bool video, const char *mid, const char *way)
{
	const uint8_t *f = dtls_client_fingerprint(b->dtls);

	write_format(w, "m=%s 9 UDP/TLS/RTP/SAVPF", video ? "video" : "audio");
	if (video)
		write_format(w, " %u %u", b->setup.vp8, b->setup.vp8_rtx);
	else
		write_format(w, " %u", b->setup.opus);
	write_string(w, "\\r\\nc=IN IP4 0.0.0.0\\r\\na=ice-ufrag:abcd\\r\\na=ice-pwd:rHU/cMoDmcFtDpvlJTlm+Wk4\\r\\n");
	write_string(w, "a=fingerprint:sha-256 ");
	for (unsigned i = 0; i < FINGERPRINT_SIZE; i++)
		write_format(w, "%s%02X", i ? ":" : "", f[i]);
	write_format(w, "\\r\\na=setup:actpass\\r\\na=mid:%s\\r\\na=%s\\r\\na=rtcp-mux\\r\\na=rtcp-rsize\\r\\n", mid, way);
	write_extension_lines(b, w);
	if (video)
		write_vp8_lines(b, w);
	else
		write_opus_lines(b, w);
}

static void write_source(const struct sim_browser *b, struct writer *w, enum source_kind kind)
{
	const struct room_source_setup *s = &b->setup.sources[kind];
	bool video = kind == SOURCE_CAMERA || kind == SOURCE_SCREEN;

	write_line(b, w, video, s->mid, "sendonly");
	if (s->n_rids) {
		write_format(w, "a=extmap:%u urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\\r\\n", b->setup.ext_rid);
		write_format(w, "a=extmap:%u urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\\r\\n",
			b->setup.ext_repaired_rid);
	}
	for (uint32_t i = 0; i < s->n_rids; i++)
		write_format(w, "a=rid:%s send\\r\\n", s->rids[i]);
	for (uint32_t i = 0; i < s->n_rids; i++)
		write_format(w, "%s%s", i ? ";" : "a=simulcast:send ", s->rids[i]);
	if (s->n_rids)
		write_string(w, "\\r\\n");
	for (uint32_t i = 0; i < ROOM_RIDS && s->ssrcs[i]; i++) {
		if (s->rtx_ssrcs[i])
			write_format(w, "a=ssrc-group:FID %u %u\\r\\na=ssrc:%u cname:c\\r\\n", s->ssrcs[i],
				s->rtx_ssrcs[i], s->rtx_ssrcs[i]);
		write_format(w, "a=ssrc:%u cname:c\\r\\n", s->ssrcs[i]);
	}
}

void sim_browser_offer(const struct sim_browser *b, struct writer *w)
{
	const struct room_peer_setup *s = &b->setup;

	write_string(w, "{\"type\":\"offer\",\"restart\":false,\"media\":null,\"roles\":{");
	for (unsigned kind = 0; kind < SOURCE_N; kind++)
		write_format(w, "\"%s\":\"%s\",", s->sources[kind].mid, source_roles[kind]);
	for (uint32_t i = 0; i < s->n_slots; i++)
		write_format(w, "%s\"%s\":\"%s\"", i ? "," : "", s->slots[i].mid, slot_roles[s->slots[i].kind]);
	write_string(w, "},\"sdp\":\"v=0\\r\\no=- 1 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\na=group:BUNDLE");
	for (unsigned kind = 0; kind < SOURCE_N; kind++)
		write_format(w, " %s", s->sources[kind].mid);
	for (uint32_t i = 0; i < s->n_slots; i++)
		write_format(w, " %s", s->slots[i].mid);
	write_string(w, "\\r\\na=extmap-allow-mixed\\r\\n");
	for (unsigned kind = 0; kind < SOURCE_N; kind++)
		write_source(b, w, (enum source_kind)kind);
	for (uint32_t i = 0; i < s->n_slots; i++)
		write_line(b, w, s->slots[i].kind == SLOT_VIDEO || s->slots[i].kind == SLOT_SCREEN, s->slots[i].mid,
			"recvonly");
	write_string(w, "\"}");
	check(w->ok);
}

/* What follows `key` at the start of a line of `sdp`, up to the line's end. */
static void sdp_value(const char *sdp, const char *key, char *ret, size_t size)
{
	const char *at = strstr(sdp, key);
	size_t n;

	assert_non_null(at);
	at += strlen(key);
	n = strcspn(at, "\r\n");
	check(n < size);
	memcpy(ret, at, n);
	ret[n] = 0;
}

static void read_streams(struct room_slot_setup *slot, const char *sdp)
{
	char line[64], section[4096], value[64], *rest;
	const char *at, *end;

	snprintf(line, sizeof(line), "a=mid:%s\r\n", slot->mid);
	at = strstr(sdp, line);
	assert_non_null(at);
	end = strstr(at, "\r\nm=");
	if (!end)
		end = at + strlen(at);
	check((size_t)(end - at) < sizeof(section));
	memcpy(section, at, (size_t)(end - at));
	section[end - at] = 0;
	check(strstr(section, "a=sendonly"));
	if (slot->kind == SLOT_VIDEO || slot->kind == SLOT_SCREEN) {
		sdp_value(section, "a=ssrc-group:FID ", value, sizeof(value));
		slot->ssrc = (uint32_t)strtoul(value, &rest, 10);
		slot->rtx_ssrc = (uint32_t)strtoul(rest, NULL, 10);
	} else {
		sdp_value(section, "a=ssrc:", value, sizeof(value));
		slot->ssrc = (uint32_t)strtoul(value, NULL, 10);
	}
}

void sim_browser_answered(struct sim_browser *b, usec_t now, const char *media, const char *sdp)
{
	char ufrag[64], pwd[64], hex[128];
	uint8_t fingerprint[FINGERPRINT_SIZE];

	snprintf(b->media, sizeof(b->media), "%s", media);
	for (uint32_t i = 0; i < b->setup.n_slots; i++)
		read_streams(&b->setup.slots[i], sdp);
	sdp_value(sdp, "a=ice-ufrag:", ufrag, sizeof(ufrag));
	sdp_value(sdp, "a=ice-pwd:", pwd, sizeof(pwd));
	sdp_value(sdp, "a=fingerprint:sha-256 ", hex, sizeof(hex));
	check_eq(strlen(hex), 3 * FINGERPRINT_SIZE - 1);
	for (unsigned i = 0; i < FINGERPRINT_SIZE; i++)
		fingerprint[i] = (uint8_t)strtoul(hex + (size_t)(3 * i), NULL, 16);
	dtls_client_start(b->dtls, now, ufrag, pwd, fingerprint);
}

bool sim_browser_connected(const struct sim_browser *b)
{
	return dtls_client_connected(b->dtls);
}

/* A receiver's picture goes on until somebody else's comes; a person is in one line of a kind. */
void sim_browser_plate(struct sim_browser *b, usec_t now, const char *mid, uint32_t person, enum source_kind source)
{
	struct sim_slot *slot = sim_find_slot(&b->receiver, mid), *other;
	struct sim_plate *plate = &b->plates[slot - b->receiver.slots];

	if (plate->person == person && (!person || plate->source == source))
		return;
	*plate = (struct sim_plate){ .person = person, .source = source, .before = plate->person,
		.source_before = plate->source, .since = now };
	if (!person || (slot->person == person && slot->source == source))
		return;
	other = sim_slot_of(&b->receiver, person, source);
	if (other) {
		check(!b->plates[other - b->receiver.slots].person);
		other->person = 0;
	}
	sim_receiver_told(&b->receiver, now, mid, person, source);
}

struct sim_slot *sim_browser_sees(struct sim_browser *b, uint32_t person, enum source_kind source)
{
	for (uint32_t i = 0; i < b->setup.n_slots; i++)
		if (b->plates[i].person == person && b->plates[i].source == source)
			return &b->receiver.slots[i];
	return NULL;
}

/* The plate never lies: whom a packet shows is whom the line's plate names. */
static void check_plate(struct sim_browser *b, usec_t now, struct bytes in)
{
	const struct sim_plate *plate = NULL;
	struct sim_mark mark;
	struct vp8 vp8;
	struct rtp rtp;
	bool again = false, video = false;
	uint16_t sequence;

	check(rtp_parse(in, &rtp));
	for (uint32_t i = 0; i < b->setup.n_slots && !plate; i++) {
		const struct room_slot_setup *slot = &b->setup.slots[i];

		again = slot->rtx_ssrc && slot->rtx_ssrc == rtp.ssrc;
		video = slot->kind == SLOT_VIDEO || slot->kind == SLOT_SCREEN;
		if (again || slot->ssrc == rtp.ssrc)
			plate = &b->plates[i];
	}
	check(plate);
	check(!again || rtp_unwrap_rtx(&rtp, &sequence));
	check(!video || vp8_parse(rtp.payload, &vp8));
	check(sim_read_mark(video ? vp8.payload : rtp.payload, &mark));
	if (mark.person == plate->person && mark.source == plate->source)
		return;
	if (b->unled && !plate->person && mark.person == plate->before && mark.source == plate->source_before)
		return;
	if (mark.person != plate->before || mark.source != plate->source_before ||
	    now > plate->since + (again ? SIM_SENT_AGAIN : SIM_UNDER_WAY)) {
		b->lies++;
		if (!b->trusting)
			fail_msg("person %u, source %u, under the plate of person %u, source %u", mark.person,
				mark.source, plate->person, plate->source);
	}
}

void sim_browser_receive(struct sim_browser *b, usec_t now, uint8_t *data, size_t size, struct sim_network *inside)
{
	struct dtls_client_in in;

	b->datagrams++;
	dtls_client_receive(b->dtls, now, data, size, &in);
	switch (in.kind) {
	case CLIENT_IN_NOTHING:
		b->refused++;
		break;
	case CLIENT_IN_STUN:
	case CLIENT_IN_DTLS:
		if (sim_browser_connected(b) && b->receiver.next_timer == USEC_NEVER && !b->idle)
			b->receiver.next_timer = b->receiver.next_report = now;
		break;
	case CLIENT_IN_RTP:
		check_plate(b, now, bytes_make(data, in.size));
		sim_receiver_rtp(&b->receiver, now, bytes_make(data, in.size));
		break;
	case CLIENT_IN_RTCP:
		sim_sender_rtcp(&b->sender, now, bytes_make(data, in.size), inside, &b->inside, b);
		sim_receiver_rtcp(&b->receiver, now, bytes_make(data, in.size));
		break;
	}
}

void sim_browser_set_idle(struct sim_browser *b, usec_t now, bool idle)
{
	b->idle = idle;
	b->receiver.next_timer = b->receiver.next_report = idle ? USEC_NEVER : now;
	b->sender.next_report = idle ? USEC_NEVER : now;
}

usec_t sim_browser_next(const struct sim_browser *b)
{
	usec_t next = MIN(dtls_client_deadline(b->dtls), sim_receiver_next(&b->receiver));

	return sim_browser_connected(b) ? MIN(next, sim_sender_next(&b->sender)) : next;
}

void sim_browser_run(struct sim_browser *b, usec_t now, struct sim_network *inside)
{
	if (dtls_client_deadline(b->dtls) <= now)
		dtls_client_timeout(b->dtls, now);
	if (!sim_browser_connected(b))
		return;
	if (sim_sender_next(&b->sender) <= now)
		sim_sender_run(&b->sender, now, inside, &b->inside, b);
	if (sim_receiver_next(&b->receiver) <= now)
		sim_receiver_run(&b->receiver, now, inside, &b->inside, b);
}

void sim_browser_forget_past(struct sim_browser *b)
{
	for (uint32_t i = 0; i < b->setup.n_slots; i++) {
		struct sim_slot *slot = &b->receiver.slots[i];

		slot->longest_gap = slot->longest_freeze = 0;
		slot->decoded = slot->packets = slot->keys = slot->given_up = slot->duplicates = slot->recovered = 0;
	}
}
