/* SPDX-License-Identifier: EUPL-1.2 */
/* A map from 64-bit keys to pointers with a fixed capacity. In every process.
 * Invariant: allocates once, in map_init(); put, get and remove never do. Hashing is keyed with a random number,
 * so that a stranger cannot choose keys that collide. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map {
	/* owned */
	struct map_cell *cells;

	/* state */
	size_t mask;
	size_t count;
	size_t most;
	uint64_t key;
};

/* Room for `most` entries. -ENOMEM. */
int map_init(struct map *m, size_t most);
void map_done(struct map *m);
/* -ENOSPC when full, -EEXIST when the key is there. `value` is borrowed and not NULL. */
int map_put(struct map *m, uint64_t key, void *value);
void *map_get(const struct map *m, uint64_t key);
/* What stood there, or NULL. */
void *map_remove(struct map *m, uint64_t key);
/* Start with *at = 0; NULL at the end. Not while putting or removing. */
void *map_next(const struct map *m, size_t *at);
