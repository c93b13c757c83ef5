/* SPDX-License-Identifier: EUPL-1.2 */
/* The key and certificate that DTLS shows; the answers name its fingerprint. In conclave-media.
 * Invariant: made fresh at the start of a process, never written anywhere, so that its key dies with the process. */
#pragma once

#include <stdint.h>

#define CERTIFICATE_FINGERPRINT_SIZE 32	/* SHA-256 (RFC 8122, 5) */

struct ssl_ctx_st;
struct x509_st;
struct certificate;

int certificate_new(struct certificate **ret);
struct certificate *certificate_free(struct certificate *c);
const uint8_t *certificate_fingerprint(const struct certificate *c);
/* -EIO. */
int certificate_use(const struct certificate *c, struct ssl_ctx_st *context);

/* SHA-256 of any certificate; 0 or -EIO. */
int certificate_digest(const struct x509_st *x, uint8_t ret[static CERTIFICATE_FINGERPRINT_SIZE]);
