/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of sfu/room share of a room. In conclave-media.
 * Invariant: included by sfu/room only; others know room.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/map.h"
#include "base/media.h"
#include "base/pool.h"
#include "base/random.h"
#include "sfu/room/room.h"

/* What is done now and then is done at this pace: transport-wide feedback (every 50 to 100 ms), layers, caches. */
#define ROOM_TICK MSEC(80)
#define ROOM_REPORTS SECONDS(1)
/* Without a packet or a change for this long the room sleeps until one comes; longer than watch.c has patience. */
#define ROOM_IDLE SECONDS(5)

struct room {
	/* owned */
	struct map peers;		/* peer_id → struct peer */
	struct list members;		/* the same, in the order of joining */

	/* borrowed */
	struct pool *pool;

	/* state */
	struct random random;
	usec_t now;			/* of the last input */
	usec_t next_tick;
	usec_t last_packet;
	struct list open[SOURCE_N];	/* tracks, by in_open */
	uint32_t n_open[SOURCE_N];
	uint64_t openings;
	uint64_t marks;
	struct list needy;		/* streams that miss a packet or await a key frame */
	struct list busy;		/* peers with something to be polled */
	struct list told_slots;		/* slots whose change is to be told */
	struct list told_heard;		/* peers whose being heard is to be told */
	struct list told_pauses;	/* tracks of which it is to be told what is watched */
	struct list probing;		/* peers that are being sent a probe */
	bool complete;			/* see room_is_complete() */
	bool crowded;
	bool echo;			/* see room_set_echo() */
	struct room_numbers numbers;
};
