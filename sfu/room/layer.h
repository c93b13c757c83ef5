/* SPDX-License-Identifier: EUPL-1.2 */
/* Which simulcast layer a receiver should get. In conclave-media.
 * Invariant: pure; only a layer that is alive is ever chosen. */
#pragma once

#include "base/clock.h"

/* No packet for this long: the sender has switched the layer off. */
#define LAYER_ALIVE MSEC(500)
#define LAYER_NONE (-1)

/* `alive`: bit n = layer n. LAYER_NONE when none is. */
int layer_choose(unsigned layers, unsigned cameras, unsigned alive);
