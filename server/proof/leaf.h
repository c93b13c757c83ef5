/* SPDX-License-Identifier: EUPL-1.2 */
/* An entry of the proceedings as it is hashed. In conclaved and conclavectl.
 * Invariant: the same entry has the same hash, on every machine and in every version. */
#pragma once

#include "auth/digest.h"
#include "base/bytes.h"
#include "base/clock.h"

#define LEAF_RECORD_SIZE 4096

struct leaf {
	const char *meeting;
	const char *kind;
	struct bytes body;	/* its canonical bytes */
	uint32_t seq;
	uint32_t by;
	usec_t wall;		/* whole milliseconds */
};

/* SHA-256(0x00 || record) (RFC 6962, 2.1); the record is "conclave event 1", then, each with its size in four bytes,
 * the meeting's id, the kind and the body, then seq and `by` in four bytes and the time in milliseconds in eight.
 * 0, -EMSGSIZE, -ENOMEM. */
int leaf_hash(const struct leaf *l, struct digest *ret);
