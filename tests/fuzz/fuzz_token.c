/* SPDX-License-Identifier: EUPL-1.2 */
/* Links and seats' secrets: what passes has the one length, and no other spelling with a bit changed is the same token.
 * In fuzz targets only. */
#include <assert.h>

#include "auth/token.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct digest hash, other;
	uint8_t changed[TOKEN_LETTERS];

	if (!token_hash(bytes_make(data, size), &hash))
		return 0;
	assert(size == TOKEN_LETTERS);
	for (size_t i = 0; i < 8 * size; i += 7) {
		memcpy(changed, data, size);
		changed[i / 8] ^= (uint8_t)(1u << i % 8);
		assert(!token_hash(bytes_make(changed, size), &other) || !digest_equal(&hash, &other));
	}
	return 0;
}
