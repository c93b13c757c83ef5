/* SPDX-License-Identifier: EUPL-1.2 */
/* What we say in RTCP to one participant, now and then: how its packets arrive, and what time ours carry. In
 * conclave-media. Invariant: one packet a call, at most REPORT_SIZE; what did not fit goes on with the next call. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/clock.h"

/* So that SRTCP's tail and any path's overhead still fit. */
#define REPORT_SIZE 1200

struct peer;

/* Transport-wide feedback. True when more is to be said. */
bool report_arrivals(struct peer *p, struct writer *w);
/* Reports about its streams, then for its slots. */
bool report_write(struct peer *p, usec_t now, struct writer *w);
