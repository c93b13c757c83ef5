/* SPDX-License-Identifier: EUPL-1.2 */
/* How datagrams stand in a stream (RFC 4571): two bytes of length, then as many bytes. In conclave-media.
 * Invariant: pure; says of any bytes how many of them are done with, and never looks behind them. */
#pragma once

#include <stddef.h>

#include "base/bytes.h"
#include "base/limits.h"

#define FRAMING_HEADER 2
#define FRAMING_MOST (FRAMING_HEADER + LIMIT_DATAGRAM)

enum framing {
	FRAMING_MORE,	/* the frame goes on behind these bytes */
	FRAMING_FRAME,
	FRAMING_WRONG,	/* larger than any datagram of ours: where the next one begins is not worth waiting for */
};

/* The first frame of `in`, which may be empty; it takes FRAMING_HEADER bytes more than it has. */
enum framing framing_first(struct bytes in, struct bytes *ret);
/* FRAMING_HEADER bytes before a frame of `size`, at most 65,535. */
void framing_write_header(uint8_t *ret, size_t size);
