/* SPDX-License-Identifier: EUPL-1.2 */
/* HMAC (RFC 2104). In conclaved. Invariant: the output is touched only when it was computed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/digest.h"
#include "base/bytes.h"

#define HMAC_SHA1_SIZE 20

/* False when memory is short. */
bool hmac_sha256(struct bytes key, struct bytes message, struct digest *ret);
bool hmac_sha1(struct bytes key, struct bytes message, uint8_t ret[static HMAC_SHA1_SIZE]);
