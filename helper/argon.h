/* SPDX-License-Identifier: EUPL-1.2 */
/* Argon2id (RFC 9106) with the one set of costs that we use. In conclave-helper.
 * Invariant: what is stored decides about no cost that is not bounded here. */
#pragma once

#include <stdbool.h>

#include "auth/password.h"

/* OWASP's second choice; research: 68 ms on the machine that was measured. */
#define ARGON_MEMORY 19456	/* KiB: 19 MiB */
#define ARGON_PASSES 2
#define ARGON_LANES 1
/* A stored one may come from a release with other costs, up to these. */
#define ARGON_MEMORY_MOST (64 * 1024)
#define ARGON_PASSES_MOST 8

/* In the PHC string format: $argon2id$v=19$m=…,t=…,p=1$SALT$HASH. 0 or -ENOMEM. */
int argon_hash(struct bytes password, char ret[static PASSWORD_STORED + 1]);
/* PASSWORD_RIGHT, PASSWORD_RIGHT_STALE, PASSWORD_WRONG, PASSWORD_UNREADABLE or PASSWORD_FAILED. */
enum password_result argon_check(struct bytes password, struct bytes stored);
