/* SPDX-License-Identifier: EUPL-1.2 */
/* What a fuzz target offers; libFuzzer or replay.c calls it. In fuzz targets only.
 * Invariant: a target judges with assert(); it keeps nothing from one input to the next. */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
