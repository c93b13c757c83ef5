/* SPDX-License-Identifier: EUPL-1.2 */
/* A look into a copy of the records (server/records/copy.h). In conclavectl.
 * Invariant: needs no key, and judges nothing but what stands there. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct inspection {
	bool whole;		/* the database, to its last page; else nothing below is known */
	uint32_t meetings;	/* the newest, whose proceedings were verified */
	uint32_t altered;	/* of these, how many are not what was signed */
	uint32_t overdue;	/* meetings that had to be erased by now, a day's grace included */
	bool key_used;		/* the key of this epoch has signed */
};

/* At most `newest` meetings are verified, and as many counted as overdue. 0, or a negative errno when it cannot be
 * looked into; a damaged database is an answer. */
int inspect(struct inspection *ret, const char *path, uint32_t newest, usec_t wall);
