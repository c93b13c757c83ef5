/* SPDX-License-Identifier: EUPL-1.2 */
/* Who stands in whose slots. In conclave-media.
 * Invariant: nobody receives himself; a source stands in at most one slot of a receiver; a picture keeps its slot while
 * its camera is open. */
#pragma once

#include "base/clock.h"
#include "base/media.h"

struct peer;
struct room;
struct track;

/* The track may be carried from now on, or no longer. */
void assign_open(struct track *t, usec_t now);
void assign_close(struct track *t, usec_t now);
/* A newcomer's slots. */
void assign_peer(struct peer *p, usec_t now);
/* Its microphone's place in the order has changed. */
void assign_rank(struct peer *p, usec_t now);
/* Opens and closes what this peer's readiness and permissions say. */
void assign_sources(struct peer *p, usec_t now);
/* Chooses every open track's layer anew. */
void assign_layers(struct room *r, usec_t now);
