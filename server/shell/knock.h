/* SPDX-License-Identifier: EUPL-1.2 */
/* What a connection to the public port begins with: TLS, or ICE over TCP. In conclaved.
 * Invariant: pure; says which worker an ICE check is for, never whether it is authentic: that takes a secret which
 * only the worker has. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

/* A check is about 100 bytes; the worker takes none that is larger. */
#define KNOCK_MOST (2 + 1200)

enum knock {
	KNOCK_MORE,	/* *need bytes say more than these, of which none is wrong */
	KNOCK_TLS,
	KNOCK_ICE,	/* a whole frame (RFC 4571) with a STUN check for worker *worker */
	KNOCK_WRONG,
};

/* *need is at most KNOCK_MOST. */
enum knock knock_read(struct bytes in, size_t *need, unsigned *worker);
