/* SPDX-License-Identifier: EUPL-1.2 */
/* Which layers of a picture anybody watches, for its sender to make no others. In conclave-media.
 * Invariant: a sender is told at most once a second; more at once, less only after it has lasted. */
#pragma once

#include "base/clock.h"

struct track;

void watch_track(struct track *t, usec_t now);
/* Tells it again, unless all are watched. */
void watch_repeat(struct track *t);
