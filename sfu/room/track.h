/* SPDX-License-Identifier: EUPL-1.2 */
/* What one participant sends of one kind: its simulcast layers as streams, and the slots that carry it. In
 * conclave-media.
 * Invariant: it is open, and may be carried, only while its sender is ready and allowed to send it; a closed track
 * is in no slot. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/media.h"
#include "sfu/room/layer.h"
#include "sfu/room/room.h"
#include "sfu/room/stream.h"

struct track {
	/* owned */
	struct stream *streams;		/* n_streams, lowest layer first */

	/* borrowed */
	struct peer *peer;		/* contains us */
	struct list slots;		/* of others, by in_track */

	/* state */
	struct list in_open;		/* of room->open[kind], first the one that goes first */
	enum source_kind kind;
	uint32_t n_streams;		/* 0 = not offered */
	bool open;
	bool asks;			/* its sender sends again what is lost */
	uint64_t opened;		/* the order of opening */
	uint64_t mark;			/* assign.c: already carried by the receiver in hand */
	unsigned alive;			/* bit n: layer n came lately */
	unsigned watched;		/* … is wanted by somebody, as last told to the sender */
	usec_t watched_at;		/* when that was */
	unsigned watched_now;
	usec_t watched_since;		/* … is so since then */
	struct list in_pauses;		/* of the room; `watched` is to be told */
	bool heard;			/* microphone: what was last said of it */
	usec_t heard_at;		/* last forwarded to somebody */
};

/* -ENOMEM. Nothing to undo on failure. */
int track_init(struct track *t, struct peer *peer, enum source_kind kind, const struct room_source_setup *setup);
void track_done(struct track *t);
bool track_is_video(const struct track *t);
bool track_takes(const struct track *t, enum codec codec);
/* The layer of that rid, or -1. */
int track_find_layer(const struct track *t, const struct room_source_setup *setup, struct bytes rid);
/* Finds `alive` anew; whether it changed. */
bool track_look(struct track *t, usec_t now);
#define TRACK_ALL(t) ((1u << (t)->n_streams) - 1)
