/* SPDX-License-Identifier: EUPL-1.2 */
/* The door of libopus. In conclavectl. Invariant: see voice.h. */
#include "server/ctl/voice.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <opus/opus.h>
#include <string.h>

#include "base/mem.h"

#define SAMPLES ((size_t)VOICE_FRAMES * VOICE_FRAME)
#define BITRATE 32000
#define PI 3.14159265358979323846
#define LAG_MOST 720		/* of encoder and decoder together: 15 ms */
#define LAG_STEP 4		/* a quarter of a period of the highest tone is more */

struct packet_of_voice {
	uint16_t size;
	uint8_t data[VOICE_PACKET];
};

struct voice {
	/* owned */
	OpusEncoder *encoder;
	OpusDecoder *decoder;

	/* state */
	struct packet_of_voice sent[VOICE_FRAMES];
	struct packet_of_voice heard[VOICE_FRAMES];	/* size 0: it never came */
	int16_t said[SAMPLES];
	int16_t back[SAMPLES];
};

/* A tone that rises from 200 to 950 Hz with two above it, in syllables of a quarter of a second: no part of it is
 * like another. */
static void speak(int16_t *ret)
{
	double phase = 0;

	for (size_t i = 0; i < SAMPLES; i++) {
		double t = (double)i / VOICE_RATE, syllable = sin(PI * fmod(t, 0.25) / 0.25), sum = 0;

		phase += 2 * PI * (200 + 250 * t) / VOICE_RATE;
		for (int partial = 1; partial <= 3; partial++)
			sum += sin(partial * phase) / partial;
		ret[i] = (int16_t)(9000 * syllable * syllable * sum);
	}
}

static int encode(struct voice *v)
{
	for (unsigned i = 0; i < VOICE_FRAMES; i++) {
		opus_int32 n = opus_encode(v->encoder, v->said + (size_t)i * VOICE_FRAME, VOICE_FRAME, v->sent[i].data,
			VOICE_PACKET);

		if (n <= 0)
			return -EIO;
		v->sent[i].size = (uint16_t)n;
	}
	return 0;
}

int voice_new(struct voice **ret)
{
	_cleanup_(voice_freep) struct voice *v = mem_new(struct voice);
	int r;

	if (!v)
		return -ENOMEM;
	v->encoder = opus_encoder_create(VOICE_RATE, 1, OPUS_APPLICATION_VOIP, &r);
	v->decoder = opus_decoder_create(VOICE_RATE, 1, &r);
	if (!v->encoder || !v->decoder || opus_encoder_ctl(v->encoder, OPUS_SET_BITRATE(BITRATE)) != OPUS_OK)
		return -EIO;
	speak(v->said);
	r = encode(v);
	if (r < 0)
		return r;
	*ret = take(v);
	return 0;
}

struct voice *voice_free(struct voice *v)
{
	if (!v)
		return NULL;
	if (v->encoder)
		opus_encoder_destroy(v->encoder);
	if (v->decoder)
		opus_decoder_destroy(v->decoder);
	mem_free(v);
	return NULL;
}

struct bytes voice_packet(const struct voice *v, unsigned frame)
{
	assert(frame < VOICE_FRAMES);
	return bytes_make(v->sent[frame].data, v->sent[frame].size);
}

void voice_heard(struct voice *v, unsigned frame, struct bytes packet)
{
	struct packet_of_voice *p;

	if (frame >= VOICE_FRAMES || packet.size == 0 || packet.size > VOICE_PACKET)
		return;
	p = &v->heard[frame];
	memcpy(p->data, packet.data, packet.size);
	p->size = (uint16_t)packet.size;
}

static void decode(struct voice *v)
{
	(void)opus_decoder_ctl(v->decoder, OPUS_RESET_STATE);
	for (unsigned i = 0; i < VOICE_FRAMES; i++) {
		const struct packet_of_voice *p = &v->heard[i];
		int16_t *to = v->back + (size_t)i * VOICE_FRAME;

		if (opus_decode(v->decoder, p->size ? p->data : NULL, p->size, to, VOICE_FRAME, 0) != VOICE_FRAME)
			memset(to, 0, VOICE_FRAME * sizeof(*to));
	}
}

static double correlation(const int16_t *a, const int16_t *b, size_t n)
{
	double ab = 0, aa = 0, bb = 0;

	for (size_t i = 0; i < n; i++) {
		ab += (double)a[i] * b[i];
		aa += (double)a[i] * a[i];
		bb += (double)b[i] * b[i];
	}
	return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

double voice_likeness(struct voice *v)
{
	double best = 0;

	decode(v);
	for (size_t lag = 0; lag <= LAG_MOST; lag += LAG_STEP)
		best = MAX(best, correlation(v->said, v->back + lag, SAMPLES - LAG_MOST));
	return best;
}
