/* SPDX-License-Identifier: EUPL-1.2 */
/* Walking over CBOR (RFC 8949) in the form that CTAP2 prescribes: no indefinite lengths, no tags. In conclaved.
 * Invariant: nothing is allocated, views point into the input, and what comes behind an error is not read. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum cbor_kind {
	CBOR_KIND_INTEGER,
	CBOR_KIND_BYTES,
	CBOR_KIND_TEXT,
	CBOR_KIND_ARRAY,
	CBOR_KIND_MAP,
	CBOR_KIND_SIMPLE,	/* true, false, null */
};

struct cbor_head {
	enum cbor_kind kind;
	int64_t integer;
	uint64_t count;		/* of an array's items, of a map's pairs */
	struct bytes bytes;	/* of bytes and texts */
};

struct cbor_walk {
	struct bytes left;
	bool ok;		/* cleared by the first thing that is not as expected, and stays so */
};

static inline struct cbor_walk cbor_walk(struct bytes in)
{
	return (struct cbor_walk){ .left = in, .ok = true };
}

/* The next head: a whole integer, text or byte string; of an array or map only the beginning. Zeros once !ok. */
struct cbor_head cbor_walk_next(struct cbor_walk *w);
/* The next one, which must be of this kind. */
struct cbor_head cbor_walk_expect(struct cbor_walk *w, enum cbor_kind kind);
/* A whole item with all that is in it, at most LIMIT_CBOR_DEPTH deep and LIMIT_CBOR_ITEMS many. */
void cbor_walk_skip(struct cbor_walk *w);
