/* SPDX-License-Identifier: EUPL-1.2 */
/* The only file that asks the kernel for the time. In every process.
 * Invariant: both clocks exist on every Linux, so reading one cannot fail. */
#include "base/clock.h"

#include <assert.h>
#include <time.h>

static usec_t clock_read(clockid_t id)
{
	struct timespec t;
	int r = clock_gettime(id, &t);

	assert(r == 0);
	return SECONDS(t.tv_sec) + (usec_t)t.tv_nsec / 1000;
}

usec_t clock_now(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

usec_t clock_wall(void)
{
	return clock_read(CLOCK_REALTIME);
}
