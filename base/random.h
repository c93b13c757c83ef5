/* SPDX-License-Identifier: EUPL-1.2 */
/* Randomness. In every process.
 * Invariant: secrets come from random_bytes(); `struct random` is for choices that a test must be able to repeat. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* From the kernel; ends the process if there is none, since nothing secret could follow. */
void random_bytes(void *p, size_t size);
uint32_t random_u32(void);

/* xoshiro256**, seeded: same seed, same numbers. Not for secrets. */
struct random {
	uint64_t s[4];
};

void random_seed(struct random *r, uint64_t seed);
uint64_t random_next(struct random *r);
/* Uniform in [0, limit); limit > 0. */
uint32_t random_below(struct random *r, uint32_t limit);
