/* SPDX-License-Identifier: EUPL-1.2 */
/* Whole files. In conclavectl. Invariant: no half file stays under its name. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* 0, -EFBIG for more than `most` bytes, or another negative errno. The data is the caller's to free. */
int disk_read(const char *path, size_t most, uint8_t **ret, size_t *ret_size);
/* A new file, or instead of an old one. 0 or a negative errno. */
int disk_write(const char *path, struct bytes content);
