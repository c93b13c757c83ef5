/* SPDX-License-Identifier: EUPL-1.2 */
/* The records and the two keys beside them. In conclaved.
 * Invariant: opened by one conclaved, which holds the lock of the state folder; that of codes is wiped at the end. */
#pragma once

#include "auth/vault.h"
#include "server/records/db.h"
#include "server/records/log_key.h"
#include "server/shell/config.h"

struct archive {
	/* owned */
	struct db *db;
	struct log_key *key;	/* of the proceedings */

	/* state */
	struct vault vault;	/* of six-digit codes */
};

/* 0, or a negative errno with `why`, a sentence. */
int archive_open(struct archive *a, const struct config *c, const char **why);
void archive_done(struct archive *a);
