/* SPDX-License-Identifier: EUPL-1.2 */
/* What participants say in RTCP about what they send and get. In conclave-media.
 * Invariant: it changes only the speaker's own streams and slots; the work for one packet is bounded. */
#pragma once

#include "base/bytes.h"
#include "base/clock.h"

struct peer;

void feedback_receive(struct peer *p, usec_t now, struct bytes compound);
