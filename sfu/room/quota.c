/* SPDX-License-Identifier: EUPL-1.2 */
/* Sliding windows by the times of the last few, and token buckets that count in time. In conclave-media.
 * Invariant: neither needs a timer; both are settled when they are asked. */
#include "sfu/room/quota.h"

#include <assert.h>

usec_t quota_next(const struct quota *q, uint32_t limit, usec_t span)
{
	assert(limit > 0 && limit <= QUOTA_MOST);
	if (q->taken < limit)
		return 0;
	return q->at[q->taken % limit] + span;
}

bool quota_take(struct quota *q, usec_t now, uint32_t limit, usec_t span)
{
	if (quota_next(q, limit, span) > now)
		return false;
	q->at[q->taken % limit] = now;
	q->taken++;
	/* Keeps the place in the ring when the count would wrap. */
	if (q->taken == UINT32_MAX - UINT32_MAX % limit)
		q->taken = limit;
	return true;
}

bool bucket_take(struct bucket *b, usec_t now, uint32_t rate, uint32_t burst)
{
	usec_t unit = SECONDS(1) / rate;
	usec_t full = unit * burst;

	if (!b->started || now - b->at > full - b->credit)
		b->credit = full;
	else
		b->credit += now - b->at;
	b->started = true;
	b->at = now;
	if (b->credit < unit)
		return false;
	b->credit -= unit;
	return true;
}
