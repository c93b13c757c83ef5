/* SPDX-License-Identifier: EUPL-1.2 */
/* The public keys of passkeys and of providers of sign-ins: from COSE to DER, and the check of a signature. In
 * conclaved and conclave-fetch.
 * Invariant: ECDSA on P-256, Ed25519 and RSA (2048 to 4096 bits) with SHA-256 only, when stored and when used. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/authenticator.h"
#include "base/bytes.h"

/* SubjectPublicKeyInfo into `ret`; *size is what it has room for, then what it took. False: it is no such key, or
 * memory is short. */
bool public_key_from_cose(const struct cose_key *key, uint8_t *ret, size_t *size);
/* `der` must be all of it. */
bool public_key_verify(struct bytes der, struct bytes message, struct bytes signature);
/* Likewise, for RSASSA-PSS instead of PKCS #1 1.5; no other key has such signatures. */
bool public_key_verify_pss(struct bytes der, struct bytes message, struct bytes signature);
