/* SPDX-License-Identifier: EUPL-1.2 */
/* Some of the people of one meeting, by their ids. In conclaved.
 * Invariant: pure; an id that no meeting has is in no crowd. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

#define CROWD_WORDS (LIMIT_PEOPLE_PER_MEETING / 64 + 1)

struct crowd {
	uint64_t bits[CROWD_WORDS];
};

static inline bool crowd_has(const struct crowd *c, uint32_t id)
{
	return id >= 1 && id <= LIMIT_PEOPLE_PER_MEETING && c->bits[id / 64] >> id % 64 & 1;
}

static inline void crowd_add(struct crowd *c, uint32_t id)
{
	if (id >= 1 && id <= LIMIT_PEOPLE_PER_MEETING)
		c->bits[id / 64] |= UINT64_C(1) << id % 64;
}

static inline void crowd_remove(struct crowd *c, uint32_t id)
{
	if (crowd_has(c, id))
		c->bits[id / 64] &= ~(UINT64_C(1) << id % 64);
}

static inline struct crowd crowd_of(uint32_t id)
{
	struct crowd one = { 0 };

	crowd_add(&one, id);
	return one;
}

static inline uint32_t crowd_count(const struct crowd *c)
{
	uint32_t n = 0;

	for (int i = 0; i < CROWD_WORDS; i++)
		n += (uint32_t)__builtin_popcountll(c->bits[i]);
	return n;
}

/* The first one behind `id`; 0 when there is none. */
static inline uint32_t crowd_next(const struct crowd *c, uint32_t id)
{
	for (id++; id <= LIMIT_PEOPLE_PER_MEETING; id++)
		if (crowd_has(c, id))
			return id;
	return 0;
}

#define crowd_for_each(id, c) for (uint32_t id = crowd_next((c), 0); id; id = crowd_next((c), id))
