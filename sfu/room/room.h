/* SPDX-License-Identifier: EUPL-1.2 */
/* One meeting's media: who is forwarded to whom, through fixed receive slots. In conclave-media.
 * Invariant: given packets and time it only returns packets and facts; it has no socket, no clock, no key. After
 * room_add_peer() the packet path allocates nothing. A packet is forwarded only while its sender's connection is
 * ready, its source is allowed (room_set_sources) and it came on a stream that belongs to that source. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/media.h"
#include "base/pool.h"

#define ROOM_MID_SIZE 16
#define ROOM_RIDS 3
#define ROOM_NO_PAYLOAD_TYPE 0xff
#define ROOM_SLOTS_PER_GROUP (LIMIT_SSRCS_PER_SRTP / 2)

struct room;

/* What a participant offered to send, by source kind. */
struct room_source_setup {
	bool offered;
	char mid[ROOM_MID_SIZE + 1];
	char rids[ROOM_RIDS][ROOM_MID_SIZE + 1];	/* lowest layer first; n_rids 0 = no simulcast */
	uint32_t n_rids;
	uint32_t ssrcs[ROOM_RIDS];	/* announced in SDP, 0 = learn from mid and rid */
	uint32_t rtx_ssrcs[ROOM_RIDS];
	bool repeats;			/* sound: what is lost may be asked for again */
};

/* One receive line. Its outbound SSRCs are random, unique within the peer, and stand in our answer. */
struct room_slot_setup {
	enum slot_kind kind;
	char mid[ROOM_MID_SIZE + 1];
	uint32_t ssrc;
	uint32_t rtx_ssrc;		/* 0 for audio */
	bool twcc;			/* ext_twcc is negotiated on this line for what we send */
	bool repeats;			/* sound: its owner may ask for what is lost */
};

/* How large a receive line is drawn, in device pixels; 0 × 0 = not at all: nothing is sent on it. */
struct room_wish {
	char mid[ROOM_MID_SIZE + 1];
	uint16_t width, height;
};

struct room_peer_setup {
	struct peer_id id;
	uint32_t feedback_ssrc;		/* ours, in RTCP towards this peer */
	char cname[32];
	/* this participant's payload types, both directions */
	uint8_t opus, vp8, vp8_rtx, vp9, vp9_rtx;
	/* header extension ids (RFC 8285), 0 = not negotiated */
	uint8_t ext_mid, ext_rid, ext_repaired_rid, ext_twcc;
	bool twcc_out;			/* transport-wide numbers may be written to it, on the lines that say so */
	struct room_source_setup sources[SOURCE_N];
	struct room_slot_setup slots[LIMIT_SLOTS];
	uint32_t n_slots;
	uint32_t allowed;		/* SOURCE_BITs that may be forwarded from the start */
	uint32_t rank;
};

/* Packets come from `pool` (borrowed), which the whole worker shares. */
int room_new(struct room **ret, struct pool *pool, uint64_t seed);
struct room *room_free(struct room *r);
/* Before anybody is in it: whoever comes hears themselves, and nobody else. */
void room_set_echo(struct room *r);

/* -EEXIST, -ENOSPC (LIMIT_PEERS_PER_ROOM), -ENOMEM. */
int room_add_peer(struct room *r, usec_t now, const struct room_peer_setup *setup);
void room_remove_peer(struct room *r, usec_t now, struct peer_id id);
/* The link can (no longer) carry media. */
void room_set_ready(struct room *r, usec_t now, struct peer_id id, bool ready);
void room_set_sources(struct room *r, usec_t now, struct peer_id id, uint32_t allowed);
void room_set_rank(struct room *r, usec_t now, struct peer_id id, uint32_t rank);
/* Lines that are not named keep what they had; one never named is as large as the number of cameras suggests. */
void room_set_layout(struct room *r, usec_t now, struct peer_id id, const struct room_wish *wishes, uint32_t n);
uint32_t room_peers(const struct room *r);
/* Repeats every ROOM_SLOT that stands, every ROOM_HEARD that is on and every ROOM_PAUSE that pauses something, for a
 * controller that adopts this worker. */
void room_repeat_slots(struct room *r);

/* One plain (authenticated, decrypted) RTP packet; takes its own reference. What waits may be drained later, with what
 * comes meanwhile, so that a receiver's packets leave together; what waits for one beyond LIMIT_EGRESS is dropped. */
void room_receive_rtp(struct room *r, usec_t now, struct peer_id from, struct packet *packet);
/* One plain compound RTCP packet. */
void room_receive_rtcp(struct room *r, usec_t now, struct peer_id from, struct bytes packet);
void room_timeout(struct room *r, usec_t now);
usec_t room_deadline(const struct room *r);

enum room_out_kind {
	ROOM_RTP,	/* written to `w`: protect as `group`, send to `peer` */
	ROOM_SEALED,	/* the same, as room_keep() got it: send to `peer` as it is */
	ROOM_RTCP,
	ROOM_SLOT,	/* `peer`'s line `mid` now carries `source` of `from` (0: nothing) */
	ROOM_HEARD,	/* `peer`'s microphone is (on) or is no longer (off) forwarded to at least one other */
	ROOM_PAUSE,	/* of `peer`'s `source`, only `layers` are watched; all are until it is said */
};

struct room_out {
	enum room_out_kind kind;
	struct peer_id peer;
	uint32_t group;			/* RTP: slot number / ROOM_SLOTS_PER_GROUP */
	bool keep;			/* RTP: once protected, give it to room_keep() */
	uint8_t slot;			/* keep: what room_keep() wants to know */
	uint16_t sequence, number, cost;
	size_t size;			/* RTP, SEALED, RTCP: bytes written */
	struct peer_id from;
	enum source_kind source;
	const char *mid;		/* valid until the peer is removed */
	bool on;
	uint32_t layers;		/* PAUSE: bit n = layer n, lowest first, as in `rids` */
};

/* Writes packets at w->at, without advancing it beyond the packet; `w` has room for LIMIT_DATAGRAM. False: nothing
 * left. */
bool room_poll(struct room *r, struct writer *w, struct room_out *ret);
/* What became of an output that is to be kept; before the next room_poll(). */
void room_keep(struct room *r, const struct room_out *out, struct bytes sealed);
/* Since room_poll() had nothing left: the end of a picture came, or sound, for which nothing more is to be waited for;
 * half of what may wait for one receiver does. */
bool room_is_complete(const struct room *r);
bool room_is_crowded(const struct room *r);

struct room_numbers {
	uint64_t packets_in, bytes_in, packets_out, bytes_out, lost, nacks, plis, dropped;
};
void room_count(const struct room *r, struct room_numbers *ret);
