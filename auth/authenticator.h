/* SPDX-License-Identifier: EUPL-1.2 */
/* What an authenticator writes: attestation object, authenticator data, COSE key (WebAuthn 6.1, 6.5; RFC 9052, 9053).
 * In conclaved. Invariant: parsed as far as the bytes go and no further; nothing is judged but the form. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum {
	AUTHENTICATOR_PRESENT = 0x01,
	AUTHENTICATOR_VERIFIED = 0x04,
	AUTHENTICATOR_BACKUP_ELIGIBLE = 0x08,
	AUTHENTICATOR_BACKED_UP = 0x10,
	AUTHENTICATOR_ATTESTED = 0x40,
	AUTHENTICATOR_EXTENDED = 0x80,
};

/* COSE algorithms that we know (IANA). */
enum {
	COSE_ES256 = -7,
	COSE_EDDSA = -8,
	COSE_RS256 = -257,
};

/* RFC 9053, 7: kinds of keys and their curves. */
#define COSE_TYPE_OKP 1
#define COSE_TYPE_EC2 2
#define COSE_TYPE_RSA 3
#define COSE_CURVE_P256 1
#define COSE_CURVE_ED25519 6

/* Only the parameters that WebAuthn lets a key have; what was not there is 0 or empty. */
struct cose_key {
	int64_t type;
	int64_t algorithm;
	int64_t curve;
	struct bytes x;		/* of a curve; of RSA the exponent stands under the same label */
	struct bytes y;
	struct bytes modulus;
};

struct authenticator_data {
	struct bytes party;	/* SHA-256 of the relying party's id */
	uint8_t flags;
	uint32_t counter;
	/* with AUTHENTICATOR_ATTESTED only */
	struct bytes id;
	struct cose_key key;
};

struct attestation {
	struct bytes format;
	bool empty;		/* the statement has no member */
	struct bytes data;	/* authenticator data */
};

bool attestation_read(struct bytes in, struct attestation *ret);
bool authenticator_data_read(struct bytes in, struct authenticator_data *ret);
