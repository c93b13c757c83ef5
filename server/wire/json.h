/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing JSON into a bounded writer. In conclaved. (Reading it is server/wire/wire.c's.)
 * Invariant: what was written with matching open and close, and fitted, is one JSON value. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"

struct json {
	struct writer *w;
	bool comma;		/* something stands before, on this level */
};

static inline struct json json_writer(struct writer *w)
{
	return (struct json){ .w = w };
}

/* `key` is NULL in a list and at the top. */
void json_open_object(struct json *j, const char *key);
void json_close_object(struct json *j);
void json_open_list(struct json *j, const char *key);
void json_close_list(struct json *j);
/* A text of NULL is null. It must be UTF-8. */
void json_text(struct json *j, const char *key, const char *text);
void json_bytes(struct json *j, const char *key, struct bytes text);
void json_number(struct json *j, const char *key, int64_t n);
void json_boolean(struct json *j, const char *key, bool b);
void json_null(struct json *j, const char *key);
void json_time(struct json *j, const char *key, usec_t wall);
