/* SPDX-License-Identifier: EUPL-1.2 */
/* The certificate while the server runs: another one put in its place, and a warning before it runs out. In conclaved.
 * Invariant: after a refusal the one before is still shown; each step towards the end is told of once. */
#pragma once

#include "base/clock.h"
#include "server/shell/pair.h"
#include "server/shell/spawner.h"

#define RENEWAL_LOOK MINUTES(1)		/* the wall clock may be moved at any time */

struct renewal {
	/* owned */
	struct pair *pair;		/* freed when every connection is gone */

	/* borrowed */
	struct spawner *spawner;	/* opens the files: we no longer can */
	const char *host;

	/* state */
	usec_t due;
	unsigned told;			/* steps of renewal_step() */
	uint64_t done, refused;
};

/* How many of 30, 14, 7, 1 and 0 days before its end have come. `ends` 0 = unknown. */
unsigned renewal_step(usec_t ends, usec_t wall);
/* NULL: new connections are shown what now stands in the files. Otherwise why not, a sentence of ours. */
const char *renewal_try(struct renewal *r, usec_t now, usec_t wall);

usec_t renewal_deadline(const struct renewal *r);
/* True when something is to be written down: `ret` is the days that are left, 0 = none. */
bool renewal_timeout(struct renewal *r, usec_t now, usec_t wall, unsigned *ret);
