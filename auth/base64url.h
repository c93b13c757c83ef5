/* SPDX-License-Identifier: EUPL-1.2 */
/* base64url without padding (RFC 4648, 5). In conclaved. Invariant: some bytes have exactly one spelling. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

#define BASE64URL_LETTERS(size) (((size) * 4 + 2) / 3)

void base64url_write(struct writer *w, struct bytes in);
/* False unless the text is that of exactly `size` bytes; then what stands in `ret` is undefined. */
bool base64url_read(struct bytes text, uint8_t *ret, size_t size);
