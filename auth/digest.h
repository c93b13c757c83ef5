/* SPDX-License-Identifier: EUPL-1.2 */
/* SHA-256 and SHA-384, and comparing without telling where two hashes differ. In conclaved.
 * Invariant: the output is touched only when the hash was computed. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

#define DIGEST_SIZE 32
#define DIGEST_384_SIZE 48

struct digest {
	uint8_t bytes[DIGEST_SIZE];
};

/* 0 or -ENOMEM. */
int digest_sha256(struct bytes in, struct digest *ret);
/* 0 or -ENOMEM. */
int digest_sha384(struct bytes in, uint8_t ret[static DIGEST_384_SIZE]);
/* In a time that depends on nothing but the size. */
bool digest_equal(const struct digest *a, const struct digest *b);
