/* SPDX-License-Identifier: EUPL-1.2 */
/* The state folder. In conclaved.
 * Invariant: one conclaved a folder; nobody else can look into it. */
#pragma once

#include "auth/vault.h"
#include "server/shell/config.h"

#define STATE_RESTORED "restored.new"	/* a file that conclavectl restore leaves for the next start */

struct state {
	/* owned */
	int lock;		/* -1 = not ours */

	/* state */
	char run[CONFIG_PATH_SIZE];
};

/* Makes the folder and `run` in it where they are missing (0700), and locks it. On failure `why` is a sentence. */
int state_open(struct state *ret, const struct config *c, const char **why);
/* Is this the first start after conclavectl restore? Only once. */
bool state_was_restored(const struct config *c);
void state_done(struct state *s);
/* The key of the seeds of six-digit codes, made where there is none. 0 or a negative errno. */
int state_open_vault(const struct config *c, struct vault *ret);
