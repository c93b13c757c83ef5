/* SPDX-License-Identifier: EUPL-1.2 */
/* Six digits from an authenticator's app (RFC 6238: SHA-1, 30 s). In conclaved.
 * Invariant: no step is accepted twice, nor one before another that was accepted. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"

#define TOTP_SECRET_SIZE 20	/* as long as the hash (RFC 4226, R6) */
#define TOTP_DIGITS 6
#define TOTP_STEP SECONDS(30)
#define TOTP_LETTERS 32		/* of the secret in base32 */

struct totp_secret {
	uint8_t bytes[TOTP_SECRET_SIZE];
};

struct totp_text {
	char text[TOTP_LETTERS + 1];
};

enum totp_why {
	TOTP_OK,
	TOTP_NO_CODE,		/* not six digits */
	TOTP_WRONG,
	TOTP_SEEN,		/* right, but of a step that was accepted before, or of an earlier one */
	TOTP_NO_MEMORY,
};

/* A new one; the caller wipes it. */
void totp_new(struct totp_secret *ret);
/* `wall` is the server's own clock. One step to either side is accepted (ATTACKS D06). `last` is the step that was
 * accepted last (0 = none yet); on TOTP_OK *ret is the one to store in its place, before anything is granted. Spaces
 * in what was typed are passed over. */
enum totp_why totp_check(const struct totp_secret *secret, usec_t wall, struct bytes typed, uint64_t last,
	uint64_t *ret);
/* The code at a time: for tests, and for an app's first code. False when memory is short. */
bool totp_code(const struct totp_secret *secret, usec_t wall, char ret[static TOTP_DIGITS + 1]);

/* For typing it in by hand (RFC 4648, 6); and what a QR code holds: otpauth://totp/… False when it does not fit. The
 * caller wipes both. */
void totp_print(const struct totp_secret *secret, struct totp_text *ret);
bool totp_address(struct writer *w, struct bytes issuer, struct bytes account, const struct totp_secret *secret);
