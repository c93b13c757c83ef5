/* SPDX-License-Identifier: EUPL-1.2 */
/* ICE-lite's one duty: to answer connectivity checks (RFC 8445, 7.3; RFC 8489). In conclave-media.
 * Invariant: no state per check and none per stranger; a check without our ufrag, a good MESSAGE-INTEGRITY and a good
 * FINGERPRINT is dropped in silence, and the ufrag is looked up before anything is hashed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"
#include "sfu/link/link.h"

#define ICE_MESSAGE_MAX 1200	/* of a check and of an answer; browsers' are about 100 */

struct ice;	/* of a worker */

/* Held by a link; known to the worker's `struct ice` while it may be used. */
struct ice_login {
	char ufrag[LINK_UFRAG_SIZE + 1];	/* empty: not in use */
	char pwd[LINK_PWD_SIZE + 1];
	struct link *link;
};

int ice_new(struct ice **ret, size_t most_logins);
struct ice *ice_free(struct ice *i);
void ice_set_worker(struct ice *i, unsigned number);
/* Draws fresh credentials. -ENOSPC. The login must stay where it is until removed. */
int ice_add(struct ice *i, struct ice_login *login, struct link *link);
/* From one place to another, which is not in use. */
void ice_move(struct ice *i, struct ice_login *to, struct ice_login *from);
/* Fine for one that is not in use. */
void ice_remove(struct ice *i, struct ice_login *login);

struct ice_check {
	struct ice_login *login;	/* borrowed */
	bool nominates;			/* USE-CANDIDATE */
	size_t reply_size;		/* 0: nothing to say */
};
/* True when it is an authentic check. */
bool ice_receive(struct ice *i, const struct address *from, struct bytes in, uint8_t reply[static ICE_MESSAGE_MAX],
		 struct ice_check *ret);
