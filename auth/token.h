/* SPDX-License-Identifier: EUPL-1.2 */
/* What opens something to whoever shows it: personal links and the secrets of seats. In conclaved.
 * Invariant: 256 random bits; outside the hands of its holder only the SHA-256 of it exists. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "auth/digest.h"
#include "base/bytes.h"

#define TOKEN_LETTERS 43	/* 32 bytes in base64url without padding (RFC 4648, 5) */

struct token {
	char text[TOKEN_LETTERS + 1];
};

/* A new one, from the kernel's randomness. 0 or -ENOMEM. */
int token_new(struct token *ret, struct digest *hash);
/* What is stored of a token that somebody shows. False when it cannot be one: wrong length, a letter of another
 * alphabet, or bits behind the 256th. */
bool token_hash(struct bytes text, struct digest *ret);
