/* SPDX-License-Identifier: EUPL-1.2 */
/* The last sound that went to one line of one receiver, as it left: encrypted. Sound has no retransmission stream of
 * its own in any browser, so a lost packet goes out once more under its own number. In conclave-media.
 * Invariant: what is sent again is the bytes that were sent, and never made anew: another number for the transport or
 * another extension under the same sequence number would use a GCM nonce twice. Never allocates; at most LIMIT_SOUNDS,
 * LIMIT_SOUND_SIZE and SOUNDS_AGE. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/limits.h"

/* No receiver waits longer for a word. */
#define SOUNDS_AGE MSEC(300)

struct sound {
	usec_t sent;
	usec_t sent_again;
	uint16_t sequence;		/* of the slot */
	uint16_t number;		/* transport-wide, if the line has them */
	uint16_t cost;			/* bytes of its payload */
	uint16_t size;			/* as sealed; 0 = nothing is kept */
	bool late;			/* others behind it had left before */
	bool asked;			/* for at least once */
	uint8_t resends;
	uint8_t sealed[LIMIT_SOUND_SIZE];
};

struct sounds {
	struct sound kept[LIMIT_SOUNDS];	/* by sequence number */
	uint16_t due;				/* bit n: kept[n] is to be sent again */
	uint16_t newest;			/* number that was kept … */
	bool begun;				/* … if there is one */
};

/* What is too large is not kept. */
void sounds_keep(struct sounds *s, usec_t now, uint16_t sequence, uint16_t number, uint16_t cost, struct bytes sealed);
/* NULL: it was never sent, or too long ago. */
struct sound *sounds_find(struct sounds *s, usec_t now, uint16_t sequence);
/* It is to be sent again. */
void sounds_owe(struct sounds *s, usec_t now, struct sound *sound);
/* Copies one that is to be; false: there is none. */
bool sounds_take(struct sounds *s, struct writer *w);
void sounds_clear(struct sounds *s);
