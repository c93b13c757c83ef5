/* SPDX-License-Identifier: EUPL-1.2 */
/* NTP time as RTCP carries it (RFC 3550, 4): 32 bits of seconds since 1900, 32 of fraction. In conclave-media.
 * Invariant: any 64 or 32 bits are taken; nothing overflows. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define NTP_1970 UINT32_C(2208988800)

/* A round trip below zero by less than this is rounding of two clocks, not a lie: 2 ms in units of 1/65536 s. */
#define NTP_ROUNDING 131

static inline uint64_t ntp_from_wall(usec_t wall)
{
	uint32_t seconds = (uint32_t)(wall / SECONDS(1)) + NTP_1970;

	return (uint64_t)seconds << 32 | ((wall % SECONDS(1)) << 32) / SECONDS(1);
}

/* Good from 1970 to 2106: after 2036, when the seconds wrap, they count on. */
static inline usec_t ntp_to_wall(uint64_t ntp)
{
	uint32_t seconds = (uint32_t)(ntp >> 32) - NTP_1970;

	return SECONDS(seconds) + ((ntp & UINT32_MAX) * SECONDS(1) >> 32);
}

/* The middle 32 bits, which report blocks use: 16 of seconds, 16 of fraction. */
static inline uint32_t ntp_middle(uint64_t ntp)
{
	return (uint32_t)(ntp >> 16);
}

static inline usec_t ntp_middle_to_usec(uint32_t middle)
{
	return middle * SECONDS(1) >> 16;
}

/* From the fields of a report block and the middle of now (RFC 3550, 6.4.1). False: nothing was measured. */
static inline bool ntp_round_trip(uint32_t now, uint32_t last_report, uint32_t delay, usec_t *ret)
{
	int32_t trip = (int32_t)(now - last_report - delay);

	if (!last_report || trip < -NTP_ROUNDING)
		return false;
	*ret = trip < 0 ? 0 : ntp_middle_to_usec((uint32_t)trip);
	return true;
}
