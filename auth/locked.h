/* SPDX-License-Identifier: EUPL-1.2 */
/* Memory that is never written to a disk, for the private keys of libcrypto: TLS, proceedings. In conclaved.
 * Invariant: called before the first key is read. */
#pragma once

#include <stddef.h>

/* From now on libcrypto keeps private keys in pages that stay in memory, between two that nobody may touch. 0, or a
 * negative errno: -EPERM when the pages cannot be locked (RLIMIT_MEMLOCK), and keys may still be swapped out. */
int locked_open(void);
/* Bytes of it that hold something. */
size_t locked_used(void);
