/* SPDX-License-Identifier: EUPL-1.2 */
/* What the hall said: kept, and carried out once its reason is recorded. In conclaved.
 * Invariant: nothing leaves before carrier_commit(), then all of it in its order; between two turns it is empty. */
#pragma once

#include "base/limits.h"
#include "server/shell/helpers.h"
#include "server/shell/outbox.h"
#include "server/shell/workers.h"
#include "server/shell/ws.h"

struct carrier {
	/* borrowed */
	struct hall *hall;
	struct ws *ws;
	struct workers *workers;
	struct helpers *helpers, *fetch;

	/* state */
	struct list outbox;
	uint64_t failed;	/* commits */
	uint8_t scratch[LIMIT_CHANNEL_MESSAGE];
};

void carrier_init(struct carrier *c);
/* All that the hall has to say now. */
void carrier_drain(struct carrier *c);
/* What was asked for by HTTP; one that comes later is only noted. */
void carrier_keep_answer(struct carrier *c, struct peer *p, const struct hall_answer *a);
/* To conclavectl. */
void carrier_keep_control(struct carrier *c, struct asker *a, struct bytes answer);
/* Whoever spoke is no stranger any more, unless what stands before in the queue ends the connection. */
void carrier_keep_seated(struct carrier *c, struct peer *p);
/* False: it could not be recorded, and whoever waits for an answer was told so. */
bool carrier_commit(struct carrier *c, usec_t now);
