/* SPDX-License-Identifier: EUPL-1.2 */
/* One participant in the room: what it sends (tracks), what it receives (slots), what waits for it. In conclave-media.
 * Invariant: its SSRC table holds streams of its own tracks only, each at most once, so that it is bounded by what was
 * offered. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/media.h"
#include "base/mem.h"
#include "sfu/room/bandwidth.h"
#include "sfu/room/egress.h"
#include "sfu/room/packet_cache.h"
#include "sfu/room/quota.h"
#include "sfu/room/room.h"
#include "sfu/room/slot.h"
#include "sfu/room/track.h"
#include "sfu/rtp/twcc.h"

/* Until the peer has reported about something we sent. */
#define PEER_ROUND_TRIP_GUESS MSEC(50)

/* How often its lines are looked at when nothing has changed. */
#define PEER_ALLOCATION MSEC(240)

/* What is to be written to it, when polled. */
enum {
	PEER_OWES_FEEDBACK = 1,		/* NACK and PLI for its streams */
	PEER_OWES_ARRIVALS = 2,		/* transport-wide feedback */
	PEER_OWES_REPORTS = 4,		/* RR for its streams, then SR for its slots */
};

struct peer_stream {
	uint32_t ssrc;
	bool rtx;
	struct stream *stream;
};

struct peer {
	/* owned */
	struct track tracks[SOURCE_N];
	struct slot *slots;		/* setup.n_slots */
	struct egress egress;
	struct packet_cache cache;
	struct sounds *sounds;		/* one for each slot that repeats */

	/* borrowed */
	struct room *room;

	/* state */
	struct room_peer_setup setup;	/* as given; `allowed` and `rank` follow what was set since */
	struct list in_room;
	struct list in_busy;		/* has something to be polled */
	struct list in_facts;		/* its microphone's `heard` is still to be told */
	struct list in_probing;		/* it is being sent a probe */
	bool ready;
	struct peer_stream streams[LIMIT_STREAMS_PER_PEER];
	uint32_t n_streams;
	struct twcc_recorder arrivals;
	struct bandwidth bandwidth;	/* towards it */
	usec_t round_trip;
	bool unsettled;			/* what it is sent is to be allotted anew */
	bool lossy;			/* so that only the lowest layers are worth sending */
	usec_t next_allocation;
	struct quota key_quota;		/* key frames asked of it */
	unsigned owes;			/* PEER_OWES bits */
	bool owes_sound;		/* something of `sounds` is to be sent again */
	usec_t next_report;
	uint32_t next_report_slot;	/* where PEER_OWES_REPORTS goes on */
	bool reported_streams;		/* its RR of this round is written */
};

/* -ENOMEM. It is in no list yet. */
int peer_new(struct peer **ret, struct room *room, const struct room_peer_setup *setup);
struct peer *peer_free(struct peer *p);
DEFINE_CLEANUP(struct peer *, peer_free)

struct peer_stream *peer_find_stream(struct peer *p, uint32_t ssrc);
/* From now on this SSRC brings this stream, or its retransmissions; what did so before does no longer. */
void peer_bind_stream(struct peer *p, uint32_t ssrc, bool rtx, struct stream *stream);
struct slot *peer_find_slot(struct peer *p, uint32_t ssrc);
/* One that the padding of a probe can be sent on; NULL = none. */
struct slot *peer_filling_slot(struct peer *p);
/* Takes the item's packet by a new reference, or counts a drop. */
void peer_send(struct peer *p, const struct egress_item *item);
/* It has something to be polled. */
void peer_owe(struct peer *p, unsigned what);
