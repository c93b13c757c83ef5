/* SPDX-License-Identifier: EUPL-1.2 */
/* The only file that asks the kernel for randomness. In every process.
 * Invariant: random_bytes() fills the whole span or the process ends. */
#include "base/random.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/log.h"

void random_bytes(void *p, size_t size)
{
	uint8_t *at = p;

	while (size) {
		ssize_t n = getrandom(at, size, 0);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			log_error("no-randomness", LOG_ERROR(-errno));
			abort();
		}
		at += n;
		size -= (size_t)n;
	}
}

uint32_t random_u32(void)
{
	uint32_t v;

	random_bytes(&v, sizeof(v));
	return v;
}

static uint64_t rotate(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

/* The state is filled by splitmix64, as the authors of xoshiro advise: it must not be all zeros. */
void random_seed(struct random *r, uint64_t seed)
{
	for (int i = 0; i < 4; i++) {
		uint64_t z = seed += 0x9e3779b97f4a7c15u;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		z = (z ^ z >> 27) * 0x94d049bb133111ebu;
		r->s[i] = z ^ z >> 31;
	}
}

/* Blackman, Vigna: Scrambled linear pseudorandom number generators (2021), xoshiro256**. */
uint64_t random_next(struct random *r)
{
	uint64_t *s = r->s;
	uint64_t result = rotate(s[1] * 5, 7) * 9;
	uint64_t shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = rotate(s[3], 45);
	return result;
}

/* Lemire 2019: the high half of a product is uniform once the few low halves that come too often are refused. */
uint32_t random_below(struct random *r, uint32_t limit)
{
	uint32_t refused;
	uint64_t product;

	assert(limit > 0);
	refused = (0u - limit) % limit;
	do
		product = (random_next(r) >> 32) * limit;
	while ((uint32_t)product < refused);
	return (uint32_t)(product >> 32);
}
