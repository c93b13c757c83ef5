/* SPDX-License-Identifier: EUPL-1.2 */
/* Ciphers of OpenSSL, and of intel-ipsec-mb where that can be had, under libsrtp, whose Debian build has NSS: 14 locks
 * and 5 allocations a packet, and no scaling. In conclave-media.
 * Invariant: once installed, AES-CM (which also derives the keys), AES-GCM-128 and HMAC-SHA1 run here and nowhere else,
 * and a packet costs no allocation, no lock and no fetch. */
#pragma once

#include <stdint.h>

#define CIPHER_EVP_NAME "openssl-evp"

/* Between srtp_init() and the first session. libsrtp runs its own known answers against each cipher before it takes it.
 * -ENOMEM; -ENOTSUP when OpenSSL lacks one or libsrtp refuses one. */
int cipher_install(void);
/* What seals the packets of AES-GCM, once installed: CIPHER_EVP_NAME or GCM_MB_NAME. */
const char *cipher_name(void);
/* After srtp_shutdown(). */
void cipher_uninstall(void);

/* How often each has run, over the life of the process: the proof that it is ours that runs. */
struct cipher_numbers {
	uint64_t icm;
	uint64_t gcm;
	uint64_t hmac;
};
void cipher_count(struct cipher_numbers *ret);
