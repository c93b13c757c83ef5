/* SPDX-License-Identifier: EUPL-1.2 */
/* How the key that signs the proceedings is handed on. In conclaved and conclavectl.
 * A signed note, signed with the key whose time ends with it: "conclave/SERVER/epoch", the number of the new epoch, the
 * new key in base64, and a line for each meeting that grew in the old epoch, by the hash of its id: "HASH SIZE ROOT",
 * its last checkpoint. The old key is erased then. So whoever takes the server can sign what comes, but what an earlier
 * epoch sealed is named by a note that nobody can write again: not as another history, nor as a younger meeting.
 * Invariant: epoch n + 1 is signed with the key of epoch n; epoch 0's key names the server. */
#pragma once

#include "server/proof/checkpoint.h"

#define EPOCH_HEADS 128		/* LIMIT_MEETINGS are live, and the end of one ends the epoch */
#define EPOCH_NOTE_SIZE (320 + EPOCH_HEADS * 104)

struct epoch_head {
	struct digest meeting;		/* epoch_meeting() */
	struct checkpoint checkpoint;
};

struct epoch {
	uint32_t number;		/* from 1 */
	struct signature_key key;
	uint32_t n;
	struct epoch_head heads[EPOCH_HEADS];
};

/* 0 or -ENOMEM. */
int epoch_meeting(const char *meeting, struct digest *ret);
/* With the key before. `note` ends with a newline and a zero. 0 or -ENOMEM. */
int epoch_sign(const struct epoch *e, const struct signer *before, const char *server,
	char note[static EPOCH_NOTE_SIZE]);
/* 1; 0 when it is not, byte for byte, what a server of that name signed with the key before (what was understood of it
 * stands in `ret`, for whoever says what is wrong); -ENOMEM. */
int epoch_read(struct epoch *ret, struct bytes note, const struct signature_key *before, const char *server);
/* Of this meeting, or NULL. */
const struct epoch_head *epoch_find(const struct epoch *e, const struct digest *meeting);
