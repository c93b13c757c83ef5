/* SPDX-License-Identifier: EUPL-1.2 */
/* Two ways to say "not so often": so many in any span of time, and so much a second with a burst. In conclave-media.
 * Invariant: no span of that length ever holds more than the limit; a bucket never holds more than its burst. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define QUOTA_MOST 8

/* At most `limit` (up to QUOTA_MOST, always the same for one quota) in any `span`. */
struct quota {
	usec_t at[QUOTA_MOST];		/* a ring of the last ones */
	uint32_t taken;
};

/* When the next may be; in the past or now: at once. */
usec_t quota_next(const struct quota *q, uint32_t limit, usec_t span);
bool quota_take(struct quota *q, usec_t now, uint32_t limit, usec_t span);

/* `rate` units a second flow in, up to `burst`. Starts full. */
struct bucket {
	usec_t credit;			/* what is in it, as the time that it took to flow in */
	usec_t at;			/* when that was so */
	bool started;
};

bool bucket_take(struct bucket *b, usec_t now, uint32_t rate, uint32_t burst);
