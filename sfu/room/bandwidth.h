/* SPDX-License-Identifier: EUPL-1.2 */
/* How much one receiver's way carries: what was sent to it, what it says of that, and the rate that follows. In
 * conclave-media.
 * After draft-ietf-rmcat-gcc-02. Differences: see trend.h; what a line carries is measured only while packets wait for
 * it (queue.h), so that a key frame is not taken for over-use, and a sudden fall needs no trend; the rate doubles in a
 * second until something first spoke against it; loss that stays although the rate fell is not ours, and lowers it no
 * further; and what the line could do beyond what media needs is found by probes of padding.
 * Invariant: never allocates; of what a receiver claims nothing raises the rate above what it was really sent, and
 * nothing but this one receiver's rate depends on it (ATTACKS B11). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "sfu/room/probe.h"
#include "sfu/room/queue.h"
#include "sfu/room/trend.h"
#include "sfu/rtp/twcc.h"

/* Two seconds at 500 packets a second, as in the recorder of arrivals; a power of two, for the mask. */
#define BANDWIDTH_HISTORY 1024
/* bit/s */
#define BANDWIDTH_START 1200000u
#define BANDWIDTH_LEAST 30000u
/* Forty cameras of 600 kbit/s, twice over while people enter and key frames are asked for (tests/load). */
#define BANDWIDTH_MOST 60000000u
#define BANDWIDTH_UNBOUNDED UINT32_MAX
/* What a packet is longer on the wire than as RTP: SRTP's tag, UDP and IPv4. */
#define BANDWIDTH_WIRE (16 + 8 + 20)

enum bandwidth_fate { FATE_NONE, FATE_SENT, FATE_LOST, FATE_CAME, FATE_REPEATED };

struct bandwidth_packet {
	uint32_t at;			/* µs, its low bits */
	uint16_t size;			/* on the wire */
	uint8_t fate;
	uint8_t probe;			/* the number of the one that it was part of; 0 = none */
};

/* A stretch of packets of which arrivals are counted. */
struct bandwidth_span {
	bool begun;
	uint32_t bytes;			/* after the first one */
	usec_t sent_from, sent_to;
	int64_t came_from, came_to;
};

struct bandwidth {
	/* what was sent */
	struct bandwidth_packet sent[BANDWIDTH_HISTORY];	/* by transport-wide number */
	uint16_t next;
	usec_t first_sent;		/* 0 = nothing yet */

	/* what was said of it */
	bool expected;			/* it negotiated to */
	usec_t reported;		/* last; 0 = never */
	struct trend trend;
	struct queue queue;
	struct bandwidth_span span;
	uint32_t arriving;		/* bit/s of the last whole span; 0 = not known */
	usec_t lost_since;		/* of the counts that follow */
	uint32_t lost, came, came_bytes;
	uint32_t loss, loss_last;	/* of 1000, of the last whole stretch and of the one before */
	uint32_t loss_usual;		/* … of the last few */
	uint32_t loss_borne;		/* of 1000, that a lower rate did not mend */
	bool loss_cut;			/* the last stretch lowered the rate */
	uint64_t loss_sent;		/* bit/s, in it */

	/* what follows */
	uint32_t rate;			/* bit/s */
	uint32_t ceiling;		/* bit/s that arrived at the last over-use; 0 = none was */
	usec_t grown;
	usec_t cut;			/* last; 0 = never */
	usec_t settled;			/* what was sent before says nothing of the rate */
	struct probe probe;

	/* what we add to it ourselves */
	int64_t burst;			/* bytes, may be sent again at once */
	usec_t burst_at;

	/* for who reports in sums only */
	uint32_t remb;			/* bit/s; 0 = none */
	usec_t remb_at;
};

void bandwidth_init(struct bandwidth *b, bool expected);
/* The transport-wide number of the next packet, and that it left. */
static inline uint16_t bandwidth_number(const struct bandwidth *b) { return b->next; }
void bandwidth_sent(struct bandwidth *b, usec_t now, size_t size);
/* It goes out once more, under the same number: it was lost, and when it comes says nothing of the way. */
void bandwidth_repeated(struct bandwidth *b, usec_t now, uint16_t number);
void bandwidth_receive(struct bandwidth *b, usec_t now, struct twcc_feedback *f, usec_t round_trip);
void bandwidth_receive_remb(struct bandwidth *b, usec_t now, uint64_t bits);
/* bit/s on the wire, BANDWIDTH_UNBOUNDED while nothing is known. */
uint32_t bandwidth_rate(const struct bandwidth *b, usec_t now);
/* Of 1000, what got lost in the last two stretches of about a second; 0 while nothing is known. */
uint32_t bandwidth_loss(const struct bandwidth *b, usec_t now);
/* The first second, in which a little of everything tells what the way carries, until something speaks against it. */
bool bandwidth_is_new(const struct bandwidth *b, usec_t now);
/* A probe is worth its while: nothing speaks against more. */
bool bandwidth_may_probe(const struct bandwidth *b, usec_t now, usec_t round_trip);
void bandwidth_probe(struct bandwidth *b, usec_t now, uint64_t rate);
/* Whether so many bytes may be sent again now; if so, they are. */
bool bandwidth_take_burst(struct bandwidth *b, usec_t now, size_t size);
