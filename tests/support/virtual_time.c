/* SPDX-License-Identifier: EUPL-1.2 */
/* In place of the C library's clock, for OpenSSL's timer. In tests whose time is virtual.
 * Invariant: the time is what the last call of a client was given. */
#include <sys/time.h>

#include "sfu/client/dtls_client.h"

int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
	(void)zone;
	ret->tv_sec = (time_t)(dtls_client_time() / SECONDS(1));
	ret->tv_usec = (suseconds_t)(dtls_client_time() % SECONDS(1));
	return 0;
}
