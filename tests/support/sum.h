/* SPDX-License-Identifier: EUPL-1.2 */
/* Tells whether bytes are those of before. In tests only. Invariant: chance alone is met, nobody who means harm. */
#pragma once

#include <stdint.h>

#include "base/bytes.h"

/* FNV-1a. */
static inline uint64_t sum_of(struct bytes in)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < in.size; i++)
		sum = (sum ^ in.data[i]) * UINT64_C(0x100000001b3);
	return sum;
}
