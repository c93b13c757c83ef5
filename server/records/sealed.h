/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclaved keeps of the proof of its proceedings. In conclaved.
 * Invariant: as server/records/store.h's; the callers' rows are read and checked when events are. */
#pragma once

#include "server/proof/checkpoint.h"
#include "server/records/db.h"
#include "server/records/store.h"

/* The newest checkpoint of a meeting; size 0 = there is none. */
struct head {
	struct checkpoint checkpoint;
	char note[CHECKPOINT_NOTE_SIZE];
	uint32_t epoch;			/* whose key signed it */
	struct signature_key key;
};

int sealed_add(struct db *db, uint32_t meeting, const struct head *head, usec_t wall);
/* 1 found, 0 not, or a negative errno. */
int sealed_last(struct db *db, uint32_t meeting, struct head *ret);
/* Is there a checkpoint of any meeting? 1, 0, or a negative errno. */
int sealed_any(struct db *db);
/* The epoch of the last checkpoint of so many entries. 0 or a negative errno. */
int sealed_epoch(struct db *db, uint32_t meeting, uint32_t size, uint32_t *ret);
/* The hashes of the first `size` entries. 0; -EBADMSG when there are fewer; or another negative errno. */
int sealed_leaves(struct db *db, uint32_t meeting, uint32_t size, struct digest *ret);
