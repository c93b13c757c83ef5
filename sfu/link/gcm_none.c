/* SPDX-License-Identifier: EUPL-1.2 */
/* Stands in for gcm_mb.c where intel-ipsec-mb is not built in. In conclave-media.
 * Invariant: there is none. */
#include "sfu/link/gcm_mb.h"

#include <stddef.h>

const struct srtp_cipher_type_t *gcm_mb_open(const struct srtp_cipher_test_case_t *known, uint64_t *runs)
{
	(void)known;
	(void)runs;
	return NULL;
}

void gcm_mb_close(void)
{
}
