/* SPDX-License-Identifier: EUPL-1.2 */
/* One packet to all who receive its track. In conclave-media.
 * Invariant: costs one step a receiver of this track and nothing else. */
#pragma once

#include <stdint.h>

#include "base/clock.h"
#include "sfu/room/arrival.h"

struct stream;

void fanout(struct stream *s, usec_t now, const struct arrival *a);
/* After the key frame that began at `first`: what overtook it, to those who began with it. */
void fanout_early(struct stream *s, usec_t now, int64_t first);
