/* SPDX-License-Identifier: EUPL-1.2 */
/* The receiving half of a simulated browser: puts frames together, "decodes" what can be, asks for what is lost,
 * and finds fault with the server. In tests only.
 * Invariant: a frame counts as decoded only if it is a key frame or follows, by the numbers that a decoder sees,
 * the one that it was made from. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/media.h"
#include "base/random.h"
#include "sfu/room/room.h"
#include "sfu/rtp/twcc.h"
#include "tests/support/sim_media.h"
#include "tests/support/sim_network.h"

#define SIM_FRAMES 64
#define SIM_LOST 128
#define SIM_NUMBERS 4096
#define SIM_PICTURES 8
#define SIM_SUMS 64

struct sim_frame {
	bool used;
	uint32_t timestamp;
	struct sim_picture picture;
	uint64_t parts;			/* bits: came */
	struct sim_mark mark;
};

struct sim_lost {
	int64_t index;
	usec_t since;
	usec_t due;
};

struct sim_slot {
	const struct room_slot_setup *setup;

	/* what the room said (ROOM_SLOT) */
	uint32_t person;
	enum source_kind source;
	usec_t assigned;

	/* what left the room, before any loss */
	int64_t out_newest;		/* 0 = nothing yet */
	uint64_t out_seen[SIM_NUMBERS / 64];
	uint64_t out_sums[SIM_SUMS];	/* of the bytes of the last ones */
	uint64_t out_gaps;		/* numbers that were skipped and never came */
	uint64_t out_packets, out_octets, resent, resent_octets;
	int64_t rtx_newest;
	int layer;

	/* what arrived */
	int64_t newest;
	uint64_t seen[SIM_NUMBERS / 64];
	uint64_t packets;		/* unique */
	uint64_t recovered;		/* of these, since they were sent again */
	uint64_t duplicates;
	struct sim_lost lost[SIM_LOST];
	uint32_t n_lost;
	uint64_t given_up;
	usec_t last_arrival;
	usec_t longest_gap;

	/* what was seen and heard */
	struct sim_frame frames[SIM_FRAMES];
	bool decoding;
	struct sim_frame last;
	uint32_t base;			/* the last frame of temporal layer 0 */
	struct sim_frame pictures[SIM_PICTURES];	/* decoded since the last key frame; a ring */
	uint32_t n_pictures;
	uint64_t empty;			/* packets that only fill a number */
	uint64_t decoded, keys;
	usec_t first_decoded;		/* since it was assigned; 0 = nothing yet */
	usec_t last_decoded;
	usec_t longest_freeze;
	usec_t next_pli;
	uint64_t plis;

	/* time */
	int64_t counted;		/* as far as the last report of loss */
	uint32_t report_middle;
	usec_t reported_at;
	uint64_t report_ntp;
	uint32_t report_timestamp;
	usec_t worst_sync;		/* how far off a frame was from its moment */
	uint64_t synced;
};

struct sim_receiver {
	struct sim_slot *slots;		/* owned; setup->n_slots */
	const struct room_peer_setup *setup;	/* borrowed */
	usec_t next_timer;
	usec_t next_report;
	bool deaf;			/* asks for nothing */
	struct twcc_recorder arrivals;
	usec_t next_arrivals;
	bool mute;			/* reports no arrivals */
	uint32_t remb;			/* bit/s that it says instead; 0 = it does not */
	uint32_t lie;			/* bit/s that it claims to get, in its arrival times; 0 = the truth */
	usec_t lied_until;
	uint8_t claims_loss;		/* of 256, of every line; 0 = the truth */
	int64_t number_newest;		/* transport-wide, as it left the room */
	uint64_t filling, filling_octets;	/* padding alone */
	uint64_t octets;		/* all that left the room for it */
};

/* Fills the setup's slots. `reports`: transport-wide, as browsers do. */
void sim_receiver_init(struct sim_receiver *r, struct random *random, struct room_peer_setup *setup, uint32_t audio,
	uint32_t video, bool reports);
void sim_receiver_done(struct sim_receiver *r);
struct sim_slot *sim_find_slot(struct sim_receiver *r, const char *mid);
/* The slot that carries this, or NULL. */
struct sim_slot *sim_slot_of(struct sim_receiver *r, uint32_t person, enum source_kind source);
void sim_receiver_told(struct sim_receiver *r, usec_t now, const char *mid, uint32_t person, enum source_kind source);
/* Before the network: what no network can be blamed for. */
void sim_receiver_inspect(struct sim_receiver *r, uint32_t group, struct bytes rtp);
/* The same of one that is sent again under its own number: the same bytes. */
void sim_receiver_inspect_again(struct sim_receiver *r, struct bytes rtp);
void sim_receiver_rtp(struct sim_receiver *r, usec_t now, struct bytes rtp);
void sim_receiver_rtcp(struct sim_receiver *r, usec_t now, struct bytes rtcp);
usec_t sim_receiver_next(const struct sim_receiver *r);
void sim_receiver_run(struct sim_receiver *r, usec_t now, struct sim_network *n, struct sim_line *line, void *owner);
