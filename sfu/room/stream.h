/* SPDX-License-Identifier: EUPL-1.2 */
/* One inbound RTP stream: its numbers, its statistics, what of it is missing. In conclave-media.
 * Invariant: an index is given out once, so that no packet is forwarded twice; indices only grow apart by what the
 * sender skipped, also where its numbers jump or its SSRC changes (then `generation` rises instead). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/list.h"
#include "sfu/room/arrival.h"
#include "sfu/room/missing.h"
#include "sfu/room/quota.h"
#include "sfu/rtp/rtcp.h"

/* How far back a late packet is still known from a duplicate; half of SRTP's replay window, so that a late one that we
 * forward is never too old for the receiver's. */
#define STREAM_WINDOW 512
/* RFC 3550, A.1: a step that is larger is not loss. */
#define STREAM_DROPOUT 1000
#define STREAM_START MSEC(200)

struct stream {
	/* owned */
	struct missing missing;
	struct arrival early[LIMIT_EARLY];	/* a ring; each with a reference */
	uint32_t early_head;
	uint32_t early_tail;

	/* borrowed */
	struct track *track;		/* which contains us */

	/* state */
	struct list in_needy;		/* of the room; empty ring = needs nothing */
	uint8_t layer;
	uint32_t ssrc;			/* 0 = not known yet */
	uint32_t generation;
	bool started;
	usec_t last_arrival;
	struct bucket police;

	/* numbers */
	int64_t newest;
	int32_t expected_next;		/* after a jump: the sequence number that would confirm it; -1 = none */
	uint64_t seen[STREAM_WINDOW / 64];

	/* statistics, RFC 3550 A.3 and A.8; retransmissions do not count, so that the sender learns of the loss */
	int64_t base;			/* the lowest index since the last jump */
	int64_t wraps_from;		/* what `highest` of a report counts its wraps from */
	uint64_t received;
	uint64_t expected_before;
	uint64_t received_before;
	uint32_t transit;
	uint32_t jitter;		/* times 16 */

	/* what it takes on the wire */
	uint32_t bytes[TEMPORAL_LAYERS];	/* up to each layer in time, since … */
	usec_t weighed;			/* … then; 0 = nothing came yet */
	uint32_t rates[TEMPORAL_LAYERS];	/* bit/s; 0 = not known yet */

	/* the sender's last report */
	bool reported;
	struct rtcp_sender_info report;
	usec_t report_at;

	/* the awaited key frame */
	bool key_wanted;
	usec_t key_due;
	usec_t key_asked;		/* last time; 0 = never */
	usec_t key_came;		/* last time; 0 = never */
	uint8_t key_tries;
};

enum stream_verdict {
	STREAM_NEXT,		/* newest so far */
	STREAM_LATE,		/* fills a gap */
	STREAM_AGAIN,		/* … that its sender was asked to fill */
	STREAM_REFUSED,		/* duplicate, too old, or out of all bounds */
};

void stream_init(struct stream *s, struct track *track, uint8_t layer);
void stream_done(struct stream *s);
/* The sender starts, or goes on, under this SSRC (0: under none that is known). */
void stream_rebind(struct stream *s, uint32_t ssrc);
/* Gives the packet its index. *gap: indices before it that did not come. */
enum stream_verdict stream_take(struct stream *s, uint16_t sequence, int64_t *ret_index, int64_t *ret_gap);
/* The same for a retransmission, which can only be late. */
enum stream_verdict stream_take_again(struct stream *s, uint16_t sequence, int64_t *ret_index);
void stream_measure(struct stream *s, usec_t now, uint32_t timestamp, uint32_t clock);
/* The key frame that it starts with is not what it usually takes. */
static inline void stream_weigh(struct stream *s, usec_t now, uint32_t bytes, uint8_t temporal)
{
	if (!s->weighed)
		s->weighed = now + STREAM_START;
	if (now < s->weighed)
		return;
	for (unsigned i = temporal; i < TEMPORAL_LAYERS; i++)
		s->bytes[i] += bytes;
}
/* Counts what came since the last time. */
void stream_settle_rate(struct stream *s, usec_t now);
/* bit/s, or what such a stream usually takes. A layer that sleeps keeps what it had. */
uint32_t stream_rate(const struct stream *s);
/* … up to this layer in time; 0 = that would leave out nothing that counts. */
uint32_t stream_rate_up_to(const struct stream *s, uint8_t temporal);
/* The block about this stream since the last one; *ret_lost: how many more were lost. */
void stream_report(struct stream *s, usec_t now, struct rtcp_report *ret, uint32_t *ret_lost);
/* An RTP time of this stream as the sender's NTP time in microseconds. False before the first sender report. */
bool stream_to_wall(const struct stream *s, uint32_t timestamp, uint32_t clock, int64_t *ret);
/* And back. */
bool stream_from_wall(const struct stream *s, int64_t wall, uint32_t clock, uint32_t *ret);
/* Keeps a packet that overtook the start of the awaited key frame. */
void stream_keep_early(struct stream *s, const struct arrival *a);
void stream_drop_early(struct stream *s);
