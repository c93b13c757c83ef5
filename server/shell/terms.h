/* SPDX-License-Identifier: EUPL-1.2 */
/* The administrator's configuration in the hall's words. In conclaved.
 * Invariant: it outlives the hall, which borrows from it; the relay's secret is wiped at the end. */
#pragma once

#include "auth/turn.h"
#include "server/hall/hall.h"
#include "server/shell/archive.h"
#include "server/shell/config.h"
#include "server/shell/front.h"

struct terms {
	/* state */
	struct turn turn;		/* a relay's, with its secret */
	struct hall_provider provider;
	const char *origins[HTTP_ORIGINS + 1];	/* of http; ends with NULL */
	char origin[HTTP_ORIGIN_SIZE];
	char redirect[CONFIG_REDIRECT_SIZE];
	struct hall_config hall;
};

/* The rest is borrowed. 0, or a negative errno with `why`, a sentence. */
int terms_open(struct terms *t, const struct config *c, const struct front *f, const struct archive *a,
	unsigned helpers, const char **why);
void terms_done(struct terms *t);
