/* SPDX-License-Identifier: EUPL-1.2 */
/* Feedback on every packet of a transport: which came and when (draft-holmer-rmcat-transport-wide-cc-extensions-01).
 * Read from RTCP, and made from what we saw arrive. In conclave-media.
 * Invariant: a feedback that twcc_parse() took is whole; the recorder has one size and forgets what is older. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"

/* Arrival times move in steps of 1/4 ms, the reference in steps of 64 ms. */
#define TWCC_TICK 250
#define TWCC_REFERENCE MSEC(64)

struct twcc_feedback {
	uint8_t number;			/* of the feedback, wraps */
	uint16_t first;			/* sequence number of the first packet that it speaks of */
	uint16_t count;			/* of packets that it speaks of */
	uint16_t received;		/* of these */
	/* state of the taking */
	struct reader chunks;
	struct reader deltas;
	uint16_t chunk;			/* in hand … */
	uint16_t chunk_size;		/* … packets that it speaks of … */
	uint16_t chunk_at;		/* … and of these, passed */
	uint16_t at;			/* packets passed in all */
	int64_t time;			/* of the last arrival, in ticks */
};

struct twcc_arrival {
	uint16_t sequence;
	uint16_t lost_before;		/* packets between the arrival before and this one that did not come */
	int64_t time;			/* µs on the receiver's clock, whose origin is its own; wraps after 12 days */
};

/* Reads the items of an RTCP_TRANSPORT_FEEDBACK. */
bool twcc_parse(struct reader items, struct twcc_feedback *ret);
/* Only what arrived is taken, so that the work is bounded by the packet's bytes and not by the count it claims. After
 * the last one, `count - received` less the sum of lost_before is what was lost at the end. */
bool twcc_take(struct twcc_feedback *f, struct twcc_arrival *ret);

/* Two seconds at 500 packets a second. */
#define TWCC_WINDOW 1024
/* So that a feedback always fits 1200 bytes: 20 + 4 + 2 for seven packets + 2 for each at the most. */
#define TWCC_FEEDBACK_PACKETS 480

struct twcc_recorder {
	int64_t next;			/* unwrapped number of the first packet not yet reported */
	int64_t newest;			/* of the newest that came */
	bool started;
	uint8_t number;			/* of the next feedback */
	usec_t arrivals[TWCC_WINDOW];	/* + 1; 0 = did not come */
};

void twcc_recorder_init(struct twcc_recorder *t);
void twcc_recorder_note(struct twcc_recorder *t, uint16_t sequence, usec_t now);
bool twcc_recorder_pending(const struct twcc_recorder *t);
/* One feedback from the first packet not yet reported; call while pending. A packet that came late makes the next
 * feedback begin with it again. The writer needs room for 1200 bytes. */
void twcc_recorder_write(struct twcc_recorder *t, struct writer *w, uint32_t sender, uint32_t media);
