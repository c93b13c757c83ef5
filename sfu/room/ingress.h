/* SPDX-License-Identifier: EUPL-1.2 */
/* From a participant's RTP packet to an arrival on one of its streams. In conclave-media.
 * Invariant: a packet counts only for its own sender's streams, with a payload type that the source may have. */
#pragma once

#include "base/clock.h"
#include "base/pool.h"

struct peer;

/* Forwards what is new and wanted. */
void ingress_receive(struct peer *p, usec_t now, struct packet *packet);
