/* SPDX-License-Identifier: EUPL-1.2 */
/* From address to link: open addressing, allocated once. In conclave-media.
 * Invariant: an address leads to one link at most, and got there by an authentic packet (the caller's part). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

struct link;
struct path;

struct paths {
	/* owned */
	struct path *cells;

	/* state */
	size_t mask;
	size_t count;
	size_t most;
	uint64_t key;	/* random: a stranger cannot choose addresses that collide */
};

int paths_init(struct paths *p, size_t most);
void paths_done(struct paths *p);
struct link *paths_get(const struct paths *p, const struct address *at);
/* In place of what led elsewhere. -ENOSPC. */
int paths_put(struct paths *p, const struct address *at, struct link *link);
void paths_remove(struct paths *p, const struct address *at);
