/* SPDX-License-Identifier: EUPL-1.2 */
/* One receive line of one participant: whom it carries now, and the numbers under which it does. In
 * conclave-media.
 * Invariant: the slot's sequence numbers only grow and none is used for two packets, whatever source or layer it
 * carries (a repeated number would repeat a GCM nonce); a picture starts with a key frame. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/random.h"
#include "sfu/room/arrival.h"
#include "sfu/room/egress.h"
#include "sfu/room/quota.h"
#include "sfu/room/room.h"
#include "sfu/room/sounds.h"
#include "sfu/room/track.h"

/* Retransmissions may be this share of what the slot sends (ATTACKS B09), and this many bytes at once; the last of them
 * are kept for what a run begins with, which is a key frame. */
#define SLOT_RESEND_SHARE 5
#define SLOT_RESEND_BURST 16384
#define SLOT_RESEND_KEPT 4096
#define SLOT_BEGIN_PACKETS 16

/* Pictures that were left out of a run: what stands before them has other numbers than what stands behind. */
#define SLOT_OMISSIONS 16

struct slot_omission {
	int64_t from, to;		/* indices of the stream */
	int64_t shift;			/* of what stands before */
	uint16_t picture_shift;
};

/* A stretch of one stream that is forwarded without a cut, except for omissions. */
struct slot_run {
	bool on;
	uint8_t layer;
	uint32_t generation;		/* of the stream */
	int64_t first;			/* index; what is older is not part of it */
	int64_t shift;			/* from the stream's index to ours */
	uint32_t timestamp_shift;
	uint16_t picture_shift;
	uint8_t tl0_shift;
	uint8_t temporal;		/* layers in time above this one do not pass, from the index … */
	int64_t temporal_from;		/* … on … */
	uint8_t temporal_before;	/* … and before it, above this one */
	int64_t newest;			/* index that came, passed or not */
	uint16_t picture;		/* … its picture */
	uint32_t omitted;
	struct slot_omission omissions[SLOT_OMISSIONS];	/* a ring */
};

struct slot {
	/* borrowed */
	struct peer *peer;		/* contains us */
	const struct room_slot_setup *setup;
	struct track *track;		/* NULL = carries nothing */
	struct sounds *sounds;		/* of the peer; NULL = nobody may ask for what is lost */

	/* state */
	struct list in_track;
	struct list in_facts;		/* of the room; what it carries is still to be told */
	uint8_t number;
	bool wished;			/* the receiver has said how large it is drawn */
	uint16_t width, height;		/* in device pixels; 0 × 0 = not at all */
	int aim;			/* layer that it is allotted; LAYER_NONE = it stands still */
	int target;			/* … and of those that are alive, the one to begin with */
	uint8_t temporal;		/* layers in time above this one are to be left out */
	usec_t raised;			/* when it last was allotted more */
	usec_t fallen;			/* … and less */
	usec_t raise_wait;		/* after that, not sooner raised than this */
	bool key_due;			/* a key frame is still to be asked for, when key_quota has one */
	struct slot_run run;

	/* the newest that was sent */
	int64_t newest;
	uint32_t newest_timestamp;
	uint16_t newest_picture;
	uint8_t newest_tl0;
	usec_t newest_at;
	uint32_t packets;
	uint32_t octets;

	/* feedback */
	bool confirmed;			/* the receiver has reported about this SSRC: it needs no mid any more */
	uint8_t loss;			/* of 256, that the receiver last reported … */
	usec_t loss_at;			/* … then */
	uint32_t asked;			/* packets of sound that it asked for since, each once … */
	uint32_t packets_before;	/* … of those sent since this many */
	struct quota key_quota;		/* key frames that this receiver asked for */
	uint16_t rtx_sequence;
	uint32_t resend_bytes;		/* what may be sent again now */
	uint32_t report_middle;		/* of the last sender report … */
	usec_t report_at;		/* … and when it left */
};

void slot_init(struct slot *s, struct peer *peer, uint8_t number, struct random *random);
/* Lets go of what it carries, if anything, and takes this (NULL = nothing). */
void slot_carry(struct slot *s, struct track *track);
/* True: `ret` is to be sent (its reference is the slot's to take). False: the slot does not want it. */
bool slot_take(struct slot *s, usec_t now, const struct stream *stream, const struct arrival *a,
	struct egress_item *ret);
/* The same for one that overtook the key frame `first` with which this slot may have begun. */
bool slot_take_early(struct slot *s, usec_t now, const struct stream *stream, int64_t first, const struct arrival *a,
	struct egress_item *ret);
static inline bool slot_runs_on(const struct slot *s, const struct stream *stream)
{
	return s->run.on && s->run.layer == stream->layer && s->run.generation == stream->generation;
}
/* Allots it this layer; whether its target changed. */
bool slot_aim(struct slot *s, int layer);
static inline bool slot_hidden(const struct slot *s) { return s->wished && !s->width && !s->height; }
/* The next packet starts a new run: nothing of what was sent is repeated. */
static inline void slot_cut(struct slot *s) { s->run.on = false; }
