/* SPDX-License-Identifier: EUPL-1.2 */
/* The Cookie header: one cookie a seat. In conclaved. Invariant: pure; views point into the header. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "server/records/store.h"

#define COOKIE_PREFIX "__Host-seat-"

struct cookie {
	char seat[SEAT_LETTERS + 1];
	struct bytes secret;
};

/* The next cookie of a seat in `rest`, which moves behind it; cookies of others are skipped. */
bool cookie_next(struct bytes *rest, struct cookie *ret);
/* The value of the first cookie of this name. */
bool cookie_named(const char *header, const char *name, struct bytes *ret);
/* The first one of this seat. */
bool cookie_find(const char *header, const char *seat, struct bytes *ret);
/* What Set-Cookie says. False when it does not fit. */
bool cookie_print(struct writer *w, const char *seat, const struct token *secret);
