/* SPDX-License-Identifier: EUPL-1.2 */
/* The sending half of a simulated browser: Opus, VP8 in three layers, key frames on PLI, RTX on NACK. In tests only.
 * Invariant: it behaves as browsers were seen to: mid and rid until a receiver report comes, RTX with its own SSRC. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/media.h"
#include "base/random.h"
#include "sfu/room/room.h"
#include "tests/support/sim_network.h"

#define SIM_HISTORY 128
#define SIM_PLI_TIMES 512

struct sim_sent {
	uint16_t sequence;
	bool valid;
	bool marker;
	uint32_t timestamp;
	uint16_t size;			/* of the payload */
	uint8_t payload[1150];
};

struct sim_stream {
	uint32_t ssrc, rtx_ssrc;
	uint16_t sequence, rtx_sequence;
	uint32_t timestamp_base;
	uint32_t frame;
	uint16_t picture_base;
	uint8_t tl0_base;
	bool paused;			/* by the browser's own choice, as for want of bandwidth */
	bool confirmed;			/* a receiver report came */
	bool key_due;
	uint8_t tl0;			/* frames of temporal layer 0, if there is another */
	bool odd;			/* the next frame is of temporal layer 1, if there is one */
	uint32_t key;			/* the last key frame */
	uint32_t packets, octets;
	uint64_t nacked, resent;
	uint8_t fraction_lost;		/* as last reported to it */
	usec_t plis[SIM_PLI_TIMES];
	uint32_t n_plis;
	struct sim_sent *history;	/* owned; SIM_HISTORY; NULL = nothing is sent again */
};

struct sim_source {
	bool on;
	usec_t next;
	usec_t interval;
	uint32_t n_streams;
	uint32_t above;			/* its lowest layer is as large as others' of this number */
	struct sim_stream streams[ROOM_RIDS];
};

struct sim_sender {
	uint32_t person;
	struct sim_source sources[SOURCE_N];
	uint16_t transport_sequence;
	uint64_t transport_packets, transport_acknowledged;
	usec_t next_report;
	bool temporal;			/* its cameras send two layers in time */
	bool vp9;			/* its screen is VP9, in three */
	bool rebound;			/* a test gave a stream another SSRC: feedback for the old one may still come */
	const struct room_peer_setup *setup;	/* borrowed */
};

/* Fills what `setup` says of sending; odd persons are like Firefox, even ones like Chromium. */
void sim_sender_init(struct sim_sender *s, uint32_t person, struct random *random, struct room_peer_setup *setup);
/* Its sound is sent again too, under its own numbers. */
void sim_sender_repeat(struct sim_sender *s, struct room_peer_setup *setup);
/* Its camera sends its largest pictures alone, and no layers. */
void sim_sender_whole(struct sim_sender *s, struct room_peer_setup *setup);
void sim_sender_done(struct sim_sender *s);
void sim_sender_switch(struct sim_sender *s, usec_t now, enum source_kind kind, bool on);
usec_t sim_sender_next(const struct sim_sender *s);
/* Sends what is due. */
void sim_sender_run(struct sim_sender *s, usec_t now, struct sim_network *n, struct sim_line *line, void *owner);
/* RTCP of the room about what we send. */
void sim_sender_rtcp(struct sim_sender *s, usec_t now, struct bytes rtcp, struct sim_network *n, struct sim_line *line,
	void *owner);
