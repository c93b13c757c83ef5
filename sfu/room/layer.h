/* SPDX-License-Identifier: EUPL-1.2 */
/* Which simulcast layer a picture of some size needs. In conclave-media.
 * Invariant: pure; layers are counted from the lowest, each twice as wide and high as the one below. */
#pragma once

#include <stdint.h>

#include "base/clock.h"

/* No packet for this long: the sender has switched the layer off. */
#define LAYER_ALIVE MSEC(500)
#define LAYER_NONE (-1)

/* The lowest that is about as large as drawn. */
int layer_of_size(unsigned layers, uint32_t width, uint32_t height);
/* For who has not said how large it draws: as if so many shared a screen. */
int layer_of_crowd(unsigned layers, unsigned cameras);
/* What comes nearest to `layer` of those alive (bit n = layer n): the next lower, else the next higher, else
 * LAYER_NONE. */
int layer_alive(int layer, unsigned layers, unsigned alive);
