/* SPDX-License-Identifier: EUPL-1.2 */
/* How columns become members of a value. In conclaved; for the files that read rows only.
 * Invariant: what does not fit its member is not taken. */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "server/records/db.h"

static inline int64_t row_milliseconds(usec_t wall)
{
	return (int64_t)(wall / MSEC(1));
}

/* A text into a field of its size; false when it does not fit or is missing. */
static inline bool row_copy_text(char *to, size_t size, const char *from)
{
	size_t n = from ? strlen(from) : size;

	if (n >= size)
		return false;
	memcpy(to, from, n + 1);
	return true;
}

static inline bool row_copy_blob(void *to, size_t size, struct bytes from)
{
	if (from.size != size)
		return false;
	memcpy(to, from.data, size);
	return true;
}

static inline bool row_copy_number(uint32_t *to, int64_t from)
{
	if (from < 0 || from > INT32_MAX)
		return false;
	*to = (uint32_t)from;
	return true;
}

static inline bool row_copy_time(usec_t *to, int64_t ms)
{
	if (ms < 0 || ms >= 253402300800000)
		return false;
	*to = MSEC(ms);
	return true;
}

/* Rows of a kind into an array; the number of them, or a negative errno. */
#define DEFINE_ROWS(name, type, from_row) \
	static int name(struct db *db, enum statement s, type *rows, size_t most) \
	{ \
		size_t n = 0; \
		int r = 0; \
		while (n < most && (r = db_next(db, s)) > 0) { \
			rows[n] = (type){ 0 }; \
			if (!from_row(db, s, &rows[n++])) { \
				r = -EBADMSG; \
				break; \
			} \
		} \
		db_done(db, s); \
		return r < 0 ? r : (int)n; \
	}
