/* SPDX-License-Identifier: EUPL-1.2 */
/* The streams that need something of their sender: a lost packet again, or a key frame. In conclave-media.
 * Invariant: a stream is listed exactly while it misses something; only these are looked at between ticks. */
#pragma once

#include "base/bytes.h"
#include "base/clock.h"

struct peer;
struct room;
struct stream;

/* Call after a stream came to need something. */
void needy_note(struct stream *s, usec_t now);
/* Gives up what is hopeless and has what is due written. */
void needy_timeout(struct room *r, usec_t now);
usec_t needy_deadline(const struct room *r);
/* Writes the NACKs and PLIs that are due for the peer's streams. True when not all had a place in `w`. */
bool needy_write(struct peer *sender, usec_t now, struct writer *w);
