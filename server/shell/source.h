/* SPDX-License-Identifier: EUPL-1.2 */
/* How many strangers come from one place. In conclaved.
 * Invariant: a source stands in the table while it holds something; what it may hold is bounded (ATTACKS C10). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/map.h"

struct sources {
	/* owned */
	struct map map;		/* to struct source */

	/* state */
	uint64_t key;
};

struct source;			/* one IPv4 address, or one IPv6 /64: what one subscriber has */

int sources_init(struct sources *s);
void sources_done(struct sources *s);
/* One stranger more; NULL when this source has LIMIT_CONNECTIONS_PER_SOURCE already, or there is no room. */
struct source *sources_enter(struct sources *s, const struct address *a);
/* More than half of what it may hold: then connections are not kept for a next request. A town hall is one source. */
bool source_is_crowded(const struct source *source);
/* That one is gone, or no stranger any more. NULL is fine; returns NULL. */
struct source *sources_leave(struct sources *s, struct source *source);
