/* SPDX-License-Identifier: EUPL-1.2 */
/* Check, handshake, a voice at its pace, and what returns of it. In conclavectl. Invariant: see sound_client.h. */
#include "server/ctl/sound_client.h"

#include <errno.h>
#include <string.h>

#include "base/random.h"
#include "server/ctl/voice.h"
#include "sfu/client/dtls_client.h"

#define PATIENCE SECONDS(3)	/* with each of check and handshake: on one machine they take milliseconds */
#define LATE SECONDS(1)		/* what comes later than the last packet by this much is lost */
#define FRAME_TIME MSEC(20)
#define PAYLOAD_TYPE 111
#define NUMBER_SIZE 2		/* of the frame, before its Opus */
#define HEADER_SIZE 12		/* of RTP */
#define TAIL 36			/* of SRTP */
#define FINGERPRINT_TEXT (3 * 32)

struct sound_client {
	/* owned */
	struct dtls_client *dtls;
	struct voice *voice;

	/* state */
	enum sound_end end;
	bool answered;			/* a check */
	bool speaking;			/* since `begun_at` */
	bool back[VOICE_FRAMES];
	uint32_t ssrc;
	uint16_t sequence;		/* of the first */
	unsigned n_sent, n_back;
	usec_t begun_at;
	usec_t until;			/* what is waited for now must have come */
	usec_t sent_at[VOICE_FRAMES];
	usec_t delays[VOICE_FRAMES];	/* n_back of them */
	uint8_t packet[HEADER_SIZE + NUMBER_SIZE + VOICE_PACKET + TAIL];
};

int sound_client_new(struct sound_client **ret)
{
	_cleanup_(sound_client_freep) struct sound_client *c = mem_new(struct sound_client);
	int r;

	if (!c)
		return -ENOMEM;
	r = dtls_client_new(&c->dtls, NULL);
	if (r < 0)
		return r;
	r = voice_new(&c->voice);
	if (r < 0)
		return r;
	c->until = USEC_NEVER;
	c->ssrc = random_u32() | 1;
	c->sequence = (uint16_t)(random_u32() & 0x7fff);
	*ret = take(c);
	return 0;
}

struct sound_client *sound_client_free(struct sound_client *c)
{
	if (!c)
		return NULL;
	dtls_client_free(c->dtls);
	voice_free(c->voice);
	mem_free(c);
	return NULL;
}

void sound_client_offer(const struct sound_client *c, struct writer *w)
{
	const uint8_t *fingerprint = dtls_client_fingerprint(c->dtls);

	write_string(w, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=ice-ufrag:abcd\r\n"
		"a=ice-pwd:");
	for (int i = 0; i < 3; i++)
		write_format(w, "%08x", random_u32());
	write_string(w, "\r\na=fingerprint:sha-256 ");
	for (int i = 0; i < 32; i++)
		write_format(w, i ? ":%02X" : "%02X", fingerprint[i]);
	write_format(w, "\r\na=setup:actpass\r\nm=audio 9 UDP/TLS/RTP/SAVPF %d\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n"
		"a=sendrecv\r\na=rtcp-mux\r\na=rtpmap:%d opus/48000/2\r\na=ssrc:%u cname:doctor\r\n", PAYLOAD_TYPE,
		PAYLOAD_TYPE, c->ssrc);
}

/* What stands behind `name` on the line that begins so. */
static bool line_value(const char *sdp, const char *name, char *ret, size_t size)
{
	const char *at = strstr(sdp, name);
	size_t n;

	if (!at || (at > sdp && at[-1] != '\n'))
		return false;
	at += strlen(name);
	n = strcspn(at, "\r\n");
	if (n == 0 || n >= size)
		return false;
	memcpy(ret, at, n);
	ret[n] = '\0';
	return true;
}

static int hex_digit(char c)
{
	const char *digits = "0123456789ABCDEF", *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static bool parse_fingerprint(const char *text, uint8_t ret[static 32])
{
	if (strlen(text) != FINGERPRINT_TEXT - 1)
		return false;
	for (size_t i = 0; i < 32; i++) {
		int high = hex_digit(text[3 * i]), low = hex_digit(text[3 * i + 1]);

		if (high < 0 || low < 0 || (i < 31 && text[3 * i + 2] != ':'))
			return false;
		ret[i] = (uint8_t)(16 * high + low);
	}
	return true;
}

bool sound_client_begin(struct sound_client *c, usec_t now, const char *answer)
{
	char ufrag[32], pwd[48], text[FINGERPRINT_TEXT];
	uint8_t fingerprint[32];

	if (!line_value(answer, "a=ice-ufrag:", ufrag, sizeof(ufrag)) ||
	    !line_value(answer, "a=ice-pwd:", pwd, sizeof(pwd)) ||
	    !line_value(answer, "a=fingerprint:sha-256 ", text, sizeof(text)) || !parse_fingerprint(text, fingerprint))
		return false;
	dtls_client_start(c->dtls, now, ufrag, pwd, fingerprint);
	c->until = now + PATIENCE;
	return true;
}

/* RFC 3550, 5.1 and 5.3.1. Our own come back without padding, as they left. */
static bool payload_of(struct bytes packet, struct bytes *ret)
{
	struct reader r = reader(packet);
	uint8_t first = read_u8(&r), second = read_u8(&r);

	read_skip(&r, HEADER_SIZE - 2 + 4u * (first & 0xf));
	if (first & 0x10) {
		read_skip(&r, 2);
		read_skip(&r, 4u * read_u16(&r));
	}
	*ret = read_rest(&r);
	return r.ok && !(first & 0x20) && (second & 0x7f) == PAYLOAD_TYPE;
}

static void hear(struct sound_client *c, usec_t now, struct bytes packet)
{
	struct bytes payload;
	struct reader r;
	unsigned frame;

	if (!payload_of(packet, &payload))
		return;
	r = reader(payload);
	frame = read_u16(&r);
	if (!r.ok || frame >= c->n_sent || c->back[frame])
		return;
	c->back[frame] = true;
	c->delays[c->n_back++] = now - c->sent_at[frame];
	voice_heard(c->voice, frame, read_rest(&r));
}

static void advance(struct sound_client *c, usec_t now)
{
	if (dtls_client_failed(c->dtls)) {
		c->end = SOUND_UNSECURED;
	} else if (dtls_client_connected(c->dtls) && !c->speaking) {
		c->speaking = true;
		c->begun_at = now;
		c->until = USEC_NEVER;
	} else if (c->n_back == VOICE_FRAMES) {
		c->end = SOUND_HEARD;
	}
}

void sound_client_receive(struct sound_client *c, usec_t now, uint8_t *data, size_t size)
{
	struct dtls_client_in in;

	if (c->end != SOUND_GOES_ON)
		return;
	dtls_client_receive(c->dtls, now, data, size, &in);
	if (in.kind == CLIENT_IN_STUN && in.success && !c->answered) {
		c->answered = true;
		c->until = now + PATIENCE;
	}
	if (in.kind == CLIENT_IN_RTP)
		hear(c, now, bytes_make(data, in.size));
	advance(c, now);
}

void sound_client_timeout(struct sound_client *c, usec_t now)
{
	dtls_client_timeout(c->dtls, now);
	advance(c, now);
	if (c->end == SOUND_GOES_ON && now >= c->until)
		c->end = c->speaking ? SOUND_HEARD : c->answered ? SOUND_UNSECURED : SOUND_UNREACHABLE;
}

static usec_t speak_at(const struct sound_client *c)
{
	if (c->end != SOUND_GOES_ON || !c->speaking || c->n_sent == VOICE_FRAMES)
		return USEC_NEVER;
	return c->begun_at + c->n_sent * FRAME_TIME;
}

static bool speak(struct sound_client *c, usec_t now, struct bytes *ret)
{
	struct writer w = writer(c->packet, sizeof(c->packet) - TAIL);
	unsigned frame = c->n_sent++;
	size_t size;

	write_u8(&w, 0x80);
	write_u8(&w, frame ? PAYLOAD_TYPE : 0x80 | PAYLOAD_TYPE);
	write_u16(&w, (uint16_t)(c->sequence + frame));
	write_u32(&w, frame * VOICE_FRAME);
	write_u32(&w, c->ssrc);
	write_u16(&w, (uint16_t)frame);
	write_bytes(&w, voice_packet(c->voice, frame));
	size = written(&w).size;
	c->sent_at[frame] = now;
	if (c->n_sent == VOICE_FRAMES)
		c->until = now + LATE;
	if (dtls_client_protect_rtp(c->dtls, c->packet, &size) < 0)
		return false;		/* lost, and counted so */
	*ret = bytes_make(c->packet, size);
	return true;
}

bool sound_client_poll(struct sound_client *c, usec_t now, struct bytes *ret)
{
	if (dtls_client_poll(c->dtls, ret))
		return true;
	while (now >= speak_at(c))
		if (speak(c, now, ret))
			return true;
	return false;
}

usec_t sound_client_deadline(const struct sound_client *c)
{
	return MIN(MIN(dtls_client_deadline(c->dtls), c->until), speak_at(c));
}

enum sound_end sound_client_end(const struct sound_client *c)
{
	return c->end;
}

void sound_client_close(struct sound_client *c)
{
	dtls_client_close(c->dtls);
}

static int compare_times(const void *a, const void *b)
{
	const usec_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

void sound_client_result(struct sound_client *c, struct sound_result *ret)
{
	qsort(c->delays, c->n_back, sizeof(c->delays[0]), compare_times);
	*ret = (struct sound_result){ .sent = c->n_sent, .back = c->n_back, .likeness = voice_likeness(c->voice) };
	if (c->n_back)
		ret->delay = c->delays[c->n_back / 2];
}
