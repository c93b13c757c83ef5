/* SPDX-License-Identifier: EUPL-1.2 */
/* The door to libcrypto's secure heap. In conclaved. */
#include "auth/locked.h"

#include <errno.h>
#include <openssl/crypto.h>

/* When it is full, handshakes fail. One in progress holds a key of 32 to 66 bytes, and LIMIT_CONNECTIONS may be. */
#define LOCKED_SIZE (1024 * 1024)
#define LOCKED_PIECE 32

int locked_open(void)
{
	switch (CRYPTO_secure_malloc_init(LOCKED_SIZE, LOCKED_PIECE)) {
	case 1:
		return 0;
	case 2:		/* it works, unlocked */
		return -EPERM;
	default:	/* the library's word for failed is 0 */
		return -ENOMEM;
	}
}

size_t locked_used(void)
{
	/* Before that OpenSSL 3.0 would take a lock that is not there. */
	return CRYPTO_secure_malloc_initialized() ? CRYPTO_secure_used() : 0;
}
