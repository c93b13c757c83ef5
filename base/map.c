/* SPDX-License-Identifier: EUPL-1.2 */
/* Open addressing with linear probing and no tombstones. In every process.
 * Invariant: from the home cell of every entry to the entry itself no cell is empty; at most half of the cells are
 * taken, so that every search ends. */
#include "base/map.h"

#include <assert.h>
#include <errno.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/random.h"

struct map_cell {
	uint64_t key;
	void *value;		/* borrowed; NULL = an empty cell */
};

static size_t map_home(const struct map *m, uint64_t key)
{
	return hash_words(m->key, &key, 1) & m->mask;
}

/* The cell of the key, or the empty one where it would stand. */
static struct map_cell *map_find(const struct map *m, uint64_t key)
{
	size_t at = map_home(m, key);

	while (m->cells[at].value && m->cells[at].key != key)
		at = (at + 1) & m->mask;
	return &m->cells[at];
}

int map_init(struct map *m, size_t most)
{
	struct map_cell *cells;
	size_t size = 2;

	if (most > SIZE_MAX / 4)
		return -ENOMEM;
	while (size < most * 2)
		size *= 2;
	cells = mem_new_array(struct map_cell, size);
	if (!cells)
		return -ENOMEM;
	*m = (struct map){ .cells = cells, .mask = size - 1, .most = most };
	random_bytes(&m->key, sizeof(m->key));
	return 0;
}

void map_done(struct map *m)
{
	mem_free(m->cells);
	*m = (struct map){ 0 };
}

int map_put(struct map *m, uint64_t key, void *value)
{
	struct map_cell *cell = map_find(m, key);

	assert(value);
	if (cell->value)
		return -EEXIST;
	if (m->count >= m->most)
		return -ENOSPC;
	*cell = (struct map_cell){ .key = key, .value = value };
	m->count++;
	return 0;
}

void *map_get(const struct map *m, uint64_t key)
{
	return m->cells ? map_find(m, key)->value : NULL;
}

/* Moves back into the gap whatever stands behind it and could not be found across it. */
static void map_close_gap(struct map *m, size_t gap)
{
	for (size_t at = (gap + 1) & m->mask; m->cells[at].value; at = (at + 1) & m->mask) {
		size_t from_home = (at - map_home(m, m->cells[at].key)) & m->mask;
		size_t from_gap = (at - gap) & m->mask;

		if (from_home < from_gap)
			continue;
		m->cells[gap] = m->cells[at];
		gap = at;
	}
	m->cells[gap] = (struct map_cell){ 0 };
}

void *map_remove(struct map *m, uint64_t key)
{
	struct map_cell *cell;
	void *value;

	if (!m->cells)
		return NULL;
	cell = map_find(m, key);
	value = cell->value;
	if (!value)
		return NULL;
	map_close_gap(m, (size_t)(cell - m->cells));
	m->count--;
	return value;
}

void *map_next(const struct map *m, size_t *at)
{
	while (m->cells && *at <= m->mask) {
		void *value = m->cells[(*at)++].value;

		if (value)
			return value;
	}
	return NULL;
}
