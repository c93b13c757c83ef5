/* SPDX-License-Identifier: EUPL-1.2 */
/* The door to libcrypto in conclaved: hashes only, no key of ours passes here.
 * Invariant: one call is one hash; nothing is kept between calls. */
#include "auth/digest.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

int digest_sha256(struct bytes in, struct digest *ret)
{
	struct digest d;
	unsigned size = 0;

	/* The only ways to fail are memory and a libcrypto without SHA-256, which would not have started TLS either. */
	if (!EVP_Digest(in.data ? (const void *)in.data : "", in.size, d.bytes, &size, EVP_sha256(), NULL) ||
	    size != DIGEST_SIZE)
		return -ENOMEM;
	*ret = d;
	return 0;
}

int digest_sha384(struct bytes in, uint8_t ret[static DIGEST_384_SIZE])
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	if (!EVP_Digest(in.data ? (const void *)in.data : "", in.size, hash, &size, EVP_sha384(), NULL) ||
	    size != DIGEST_384_SIZE)
		return -ENOMEM;
	memcpy(ret, hash, DIGEST_384_SIZE);
	return 0;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	return CRYPTO_memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}
