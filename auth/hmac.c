/* SPDX-License-Identifier: EUPL-1.2 */
/* The door to libcrypto's HMAC. In conclaved. */
#include "auth/hmac.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/mem.h"

static bool hmac(const EVP_MD *hash, struct bytes key, struct bytes message, uint8_t *ret, size_t size)
{
	uint8_t mac[EVP_MAX_MD_SIZE];
	unsigned got = 0;
	bool ok;

	assert(key.size > 0 && key.size <= DIGEST_SIZE);
	ok = HMAC(hash, key.data, (int)key.size, message.data, message.size, mac, &got) && got == size;
	if (ok)
		memcpy(ret, mac, size);
	mem_wipe(mac, sizeof(mac));
	return ok;
}

bool hmac_sha256(struct bytes key, struct bytes message, struct digest *ret)
{
	return hmac(EVP_sha256(), key, message, ret->bytes, DIGEST_SIZE);
}

bool hmac_sha1(struct bytes key, struct bytes message, uint8_t ret[static HMAC_SHA1_SIZE])
{
	return hmac(EVP_sha1(), key, message, ret, HMAC_SHA1_SIZE);
}
