/* SPDX-License-Identifier: EUPL-1.2 */
/* What one stream should have brought and did not: when to ask its sender for it, and when to give up. In
 * conclave-media.
 * Invariant: ascending, at most LIMIT_MISSING; a packet is asked for LIMIT_NACK_TRIES times at the most, a round
 * trip apart, and forgotten after its patience. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/limits.h"

/* A packet that is later than this comes too late to be played; sound is played sooner than pictures. */
#define MISSING_PATIENCE MSEC(500)
#define MISSING_PATIENCE_SOUND MSEC(200)
/* Most packets that seem lost were only overtaken (ATTACKS G03). */
#define MISSING_GRACE MSEC(10)
/* The least time between two requests, whatever the round trip. */
#define MISSING_PACE MSEC(20)

struct missing_packet {
	int64_t index;
	usec_t since;
	usec_t due;
	uint8_t tries;
};

struct missing {
	struct missing_packet packets[LIMIT_MISSING];
	uint32_t count;
	bool sound;			/* so that its patience is short */
};

/* All of [from, to). False when they do not fit: then nothing is awaited any more, since only a key frame helps. */
bool missing_add(struct missing *m, int64_t from, int64_t to, usec_t now);
/* It is awaited, and was asked for. */
bool missing_asked(const struct missing *m, int64_t index);
/* It came. False when it was not awaited. */
bool missing_remove(struct missing *m, int64_t index);
/* Those to be asked for now, ascending, as sequence numbers; how many. */
size_t missing_take(struct missing *m, usec_t now, usec_t round_trip, uint16_t ret[static LIMIT_MISSING]);
/* Forgets what is hopeless; how many that were. */
uint32_t missing_give_up(struct missing *m, usec_t now);
/* When to call the two above again; USEC_NEVER when nothing is missing. */
usec_t missing_deadline(const struct missing *m);
