/* SPDX-License-Identifier: EUPL-1.2 */
/* Base64 with padding (RFC 4648, 4). In conclaved and conclavectl. Invariant: the same bytes have one spelling. */
#pragma once

#include "base/bytes.h"

#define BASE64_SIZE(n) (((n) + 2) / 3 * 4)	/* letters that n bytes take */

void base64_write(struct writer *w, struct bytes in);
/* Is it the one spelling of any bytes? */
bool base64_is(struct bytes text);
/* Exactly `size` bytes, or false. */
bool base64_read(struct bytes text, uint8_t *ret, size_t size);
