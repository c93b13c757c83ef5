/* SPDX-License-Identifier: EUPL-1.2 */
/* What one participant sends: Opus 50 times a second and VP8 in one or three layers, with key frames on demand, and
 * reports. In the load tool.
 * Invariant: the same seed makes the same frames at the same moments after the start; nothing is sent before it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/random.h"
#include "tests/load/mark.h"
#include "tests/load/tally.h"

#define SENDER_OPUS 111
#define SENDER_VP8 96
#define SENDER_VP8_RTX 97
/* Header extensions that every description of ours names. */
#define SENDER_EXT_TWCC 3
#define SENDER_EXT_MID 4
#define SENDER_EXT_RID 10
#define SENDER_STREAMS (1 + TALLY_LAYERS)

struct sender_stream {
	enum source_kind source;
	uint8_t layer;
	uint32_t ssrc, rtx_ssrc;
	uint16_t sequence;
	uint32_t number, frame;
	uint32_t timestamp_base;
	uint32_t bytes_least, bytes_most;	/* of a frame */
	usec_t interval, next;
	bool key_due, confirmed;		/* confirmed: a receiver report came */
	usec_t key_sent;

	/* the frame in hand */
	uint32_t bytes;
	uint8_t part;
	bool key;

	uint64_t in_window;			/* packets */
	uint32_t packets, octets;
};

struct sender {
	struct random random;
	struct sender_stream streams[SENDER_STREAMS];
	unsigned n_streams;
	const struct window *window;		/* borrowed */
	uint32_t person;
	uint16_t transport_sequence;
	bool simulcast, running;
	usec_t next_report;
	uint64_t plis, sent;
	struct times late;			/* how much later than due */
};

extern const char *const sender_rids[TALLY_LAYERS];

void sender_init(struct sender *s, uint32_t person, uint64_t seed, bool microphone, bool camera, bool simulcast,
	const struct window *window);
void sender_start(struct sender *s, usec_t now);
usec_t sender_next(const struct sender *s);
/* A new window: its counts begin at nothing. */
void sender_begin(struct sender *s);
/* The next packet that is due, plain; false when none is. `wall` goes into the mark: read it as late as possible. */
bool sender_poll(struct sender *s, usec_t now, usec_t wall, struct writer *w);
/* A sender report for each stream, once a second; false when not due. */
bool sender_report(struct sender *s, usec_t now, usec_t wall, struct writer *w);
/* A compound packet: requests for key frames, and whether somebody listens. */
void sender_rtcp(struct sender *s, struct bytes packet);
