/* SPDX-License-Identifier: EUPL-1.2 */
/* The helpers, which compute passwords, and conclave-fetch: starts them, watches them, carries frames. In conclaved.
 * Invariant: a helper lives no longer than we do (its socket's end ends it); one that dies is started again. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/loop.h"
#include "server/shell/spawner.h"

struct helpers;

struct helpers_config {
	struct loop *loop;		/* borrowed */
	struct spawner *spawner;	/* borrowed */
	enum spawner_kind kind;		/* which program */
	unsigned n;			/* 0 … LIMIT_HELPERS */
};

enum helper_event_kind { HELPER_UP, HELPER_SAYS, HELPER_DOWN };

struct helper_event {
	enum helper_event_kind kind;
	unsigned helper;
	struct bytes frame;		/* SAYS: valid until the next poll */
};

int helpers_new(struct helpers **ret, const struct helpers_config *config);
/* Ends the processes, too. */
struct helpers *helpers_free(struct helpers *h);
/* Starts whoever is due; call it once at the start, then at every deadline. */
void helpers_timeout(struct helpers *h, usec_t now);
usec_t helpers_deadline(const struct helpers *h);
/* After a round of the loop, until false. */
bool helpers_poll(struct helpers *h, usec_t now, struct helper_event *ret);
/* What cannot be delivered ends the helper: HELPER_DOWN follows. */
void helpers_send(struct helpers *h, unsigned helper, struct bytes frame);
/* It misbehaved, or is late: HELPER_DOWN follows. */
void helpers_end(struct helpers *h, unsigned helper);
