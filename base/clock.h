/* SPDX-License-Identifier: EUPL-1.2 */
/* Time. In every process. Invariant: only a loop calls clock_now(), once per wake-up, and hands it down as `now`. */
#pragma once

#include <stdint.h>

typedef uint64_t usec_t;	/* microseconds; of the monotonic clock unless a name says `wall` */

#define USEC_NEVER UINT64_MAX
#define MSEC(n) ((usec_t)(n) * 1000u)
#define SECONDS(n) ((usec_t)(n) * 1000000u)
#define MINUTES(n) (SECONDS(60) * (usec_t)(n))

usec_t clock_now(void);		/* CLOCK_MONOTONIC */
usec_t clock_wall(void);	/* since 1970, UTC */
