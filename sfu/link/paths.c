/* SPDX-License-Identifier: EUPL-1.2 */
/* Linear probing, at most half full. In conclave-media.
 * Invariant: between an entry's home and its cell no cell is empty; a removal moves up those behind it. */
#include "sfu/link/paths.h"

#include <assert.h>
#include <errno.h>

#include "base/mem.h"
#include "base/random.h"

struct path {
	struct address at;
	struct link *link;	/* NULL: an empty cell */
};

int paths_init(struct paths *p, size_t most)
{
	struct paths made = { .most = most };
	size_t cells = 2;

	while (cells < 2 * most)
		cells *= 2;
	made.cells = mem_new_array(struct path, cells);
	if (!made.cells)
		return -ENOMEM;
	made.mask = cells - 1;
	random_bytes(&made.key, sizeof(made.key));
	*p = made;
	return 0;
}

void paths_done(struct paths *p)
{
	mem_free(p->cells);
	*p = (struct paths){ 0 };
}

/* The cell of an address, or the empty one where it belongs. */
static size_t paths_find(const struct paths *p, const struct address *at)
{
	size_t i = address_hash(at, p->key) & p->mask;

	while (p->cells[i].link && !address_equal(&p->cells[i].at, at))
		i = (i + 1) & p->mask;
	return i;
}

struct link *paths_get(const struct paths *p, const struct address *at)
{
	return p->cells[paths_find(p, at)].link;
}

int paths_put(struct paths *p, const struct address *at, struct link *link)
{
	size_t i = paths_find(p, at);

	assert(link);
	if (!p->cells[i].link) {
		if (p->count == p->most)
			return -ENOSPC;
		p->count++;
	}
	p->cells[i] = (struct path){ .at = *at, .link = link };
	return 0;
}

void paths_remove(struct paths *p, const struct address *at)
{
	size_t hole = paths_find(p, at);

	if (!p->cells[hole].link)
		return;
	p->count--;
	for (size_t i = (hole + 1) & p->mask; p->cells[i].link; i = (i + 1) & p->mask) {
		size_t home = address_hash(&p->cells[i].at, p->key) & p->mask;

		/* It may move up unless its home lies behind the hole. */
		if (((i - home) & p->mask) < ((i - hole) & p->mask))
			continue;
		p->cells[hole] = p->cells[i];
		hole = i;
	}
	p->cells[hole].link = NULL;
}
