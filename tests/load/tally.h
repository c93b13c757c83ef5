/* SPDX-License-Identifier: EUPL-1.2 */
/* What one participant received: unique packets, duplicates, times, first pictures. In the load tool.
 * Invariant: a packet counts once, and only if it was sent within the window. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "tests/load/mark.h"

#define TALLY_LAYERS 3
#define TALLY_RECENT 4096	/* numbers behind the newest by which a duplicate is known */
#define TALLY_STREAMS 160	/* SSRCs of one participant */
#define TALLY_REPORTS 31	/* in one RTCP packet */

/* Microseconds: 2 µs wide below 2 ms, then 1/64 of a power of two. */
#define TIMES_CELLS (1024 + 16 * 64)

struct times {
	uint64_t cells[TIMES_CELLS];
	uint64_t count;
};

void times_add(struct times *t, usec_t value);
/* The value below which this part (0 to 1) of all lies, in µs; 0 when there is none. */
double times_quantile(const struct times *t, double part);

struct window {
	usec_t begin, end;	/* wall clock */
};

/* Of one layer of one source of one person. */
struct tally_source {
	uint64_t recent[TALLY_RECENT / 64];
	uint32_t newest;
	bool any;
	uint64_t unique;	/* within the window */
	uint32_t key_frame;	/* the one in hand … */
	uint8_t key_parts;	/* … and how many packets of it came */
};

/* One SSRC, for reports and for gaps. */
struct tally_stream {
	uint32_t ssrc;
	uint16_t newest;
	uint32_t cycles;
	uint32_t person;
	uint32_t report_middle;		/* of the last sender report */
	usec_t report_at;
	bool picture;
};

struct tally {
	/* owned */
	struct tally_source *sources;	/* people * 2 * TALLY_LAYERS */
	usec_t *first_picture;		/* by person; 0 = none yet; the loop's clock */

	/* borrowed */
	struct times *latency;		/* of everybody together */
	const struct window *window;

	/* state */
	struct tally_stream streams[TALLY_STREAMS];
	unsigned n_streams, people;
	uint64_t unique, duplicates, strange, reordered;
	uint64_t bytes;
};

int tally_init(struct tally *t, unsigned people, struct times *latency, const struct window *window);
void tally_done(struct tally *t);
/* A new window: what was counted in the last is forgotten, what is known of each stream is not. */
void tally_begin(struct tally *t);
/* A plain RTP packet; `at` is the kernel's wall clock when it came. `audio_type` is the payload type of Opus. */
void tally_rtp(struct tally *t, usec_t now, usec_t at, struct bytes packet, uint8_t audio_type);
/* Sender reports, for the next receiver report. */
void tally_rtcp(struct tally *t, usec_t now, struct bytes packet);
/* Reports on up to 31 streams from the n-th on. False: there is none. */
bool tally_report(const struct tally *t, usec_t now, uint32_t own, unsigned from, struct writer *w);
/* Asks for a key frame of the next picture that nothing was seen of yet, as Chromium does: with a report on that stream
 * alone, by which Janus knows whom it is about. Start with *at = 0; false: there is none. */
bool tally_request(const struct tally *t, usec_t now, uint32_t own, unsigned *at, struct writer *w);
/* Of the packets that this person's source had in the window, how many came. */
uint64_t tally_unique(const struct tally *t, uint32_t person, enum source_kind source, unsigned layer);
bool tally_heard(const struct tally *t, uint32_t person, enum source_kind source, unsigned layer);
