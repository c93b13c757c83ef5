/* SPDX-License-Identifier: EUPL-1.2 */
/* AES-128-GCM by intel-ipsec-mb, where it was built in and the processor has the instructions: two to four times as
 * fast as OpenSSL 3.0 for packets of media. In conclave-media.
 * Invariant: optional. Whoever gets NULL takes OpenSSL's; both seal and open as RFC 7714 says, or libsrtp refuses
 * them. */
#pragma once

#include <stdint.h>

struct srtp_cipher_type_t;
struct srtp_cipher_test_case_t;

#define GCM_MB_NAME "ipsec-mb"

/* What libsrtp is to be given, or NULL: not built in, no such instructions, no memory. `known` (borrowed) is what
 * libsrtp holds it against; `runs` (borrowed) counts packets. gcm_mb_close() ends both, and may come without an
 * open(). */
const struct srtp_cipher_type_t *gcm_mb_open(const struct srtp_cipher_test_case_t *known, uint64_t *runs);
void gcm_mb_close(void);
