/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers that wrap: RTP sequence numbers and timestamps (RFC 1982, RFC 3550 A.1). In conclave-media.
 * Invariant: of two different numbers at most one is newer; half the circle apart, neither is. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Where unwrapped numbers start, so that a packet from before the first one is still above zero. */
#define SEQ_START ((int64_t)1 << 32)

/* Steps from one to the other, the short way round. */
static inline int16_t seq_distance(uint16_t from, uint16_t to)
{
	return (int16_t)(uint16_t)(to - from);
}

static inline bool seq_newer(uint16_t a, uint16_t than)
{
	return seq_distance(than, a) > 0;
}

static inline int32_t stamp_distance(uint32_t from, uint32_t to)
{
	return (int32_t)(to - from);
}

static inline bool stamp_newer(uint32_t a, uint32_t than)
{
	return stamp_distance(than, a) > 0;
}

/* The number with these low 16 bits that is nearest to `near`, which is at least SEQ_START / 2. */
static inline int64_t seq_unwrap(int64_t near, uint16_t seq)
{
	return near + seq_distance((uint16_t)near, seq);
}
