/* SPDX-License-Identifier: EUPL-1.2 */
/* What a backup travels in: CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM, for the holder of one P-256 key (RFC
 * 5753), so that `openssl cms -decrypt` opens it as well. In conclavectl.
 * Invariant: who can seal need not be able to open; nothing is called opened before its tag was checked. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* A key and its certificate: both in the new file `path` (for its owner alone), the certificate also in `path`.pub. 0,
 * -EEXIST, or another negative errno. */
int envelope_make_key(const char *path);
/* For the certificate in the file `recipient`. The result is the caller's to free. 0, -EINVAL when the file holds none,
 * or another negative errno. */
int envelope_seal(const char *recipient, struct bytes content, uint8_t **ret, size_t *ret_size);
/* With the file that envelope_make_key() made. 0, -EINVAL when it holds no key, -EBADMSG when that key does not open it
 * or a byte of it was changed, or another negative errno. */
int envelope_open(const char *key, struct bytes sealed, uint8_t **ret, size_t *ret_size);
