/* SPDX-License-Identifier: EUPL-1.2 */
/* What of everything that one receiver's lines carry its way can carry. In conclave-media.
 * Invariant: sound goes before pictures, the largest picture before a screen, that before the others; the lowest layer
 * of each before a higher one of any; what does not fit even so stands still instead of being lossy. */
#pragma once

#include "base/clock.h"

struct peer;
struct track;

/* Allots each line of this receiver its layer. */
void allocate_peer(struct peer *p, usec_t now);
/* A picture of this receiver's was lost: if that is the way's fault, a smaller one is less likely to be. */
void allocate_lost(struct peer *p, usec_t now);
/* A layer of it came to life or died: its receivers' targets anew. */
void allocate_track(struct track *t, usec_t now);
