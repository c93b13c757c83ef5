/* SPDX-License-Identifier: EUPL-1.2 */
/* What a browser must hear with the client's files, whoever serves them. In conclaved and conclavectl.
 * Invariant: conclaved, `web export` and `web verify` take every header from here. */
#pragma once

#include <stddef.h>

#include "base/bytes.h"

struct page_header {
	const char *name;
	const char *value;
};

/* All but Content-Security-Policy, Content-Type and caching. */
#define PAGE_HEADERS 9
extern const struct page_header page_headers[PAGE_HEADERS];

#define PAGE_POLICY_SIZE 512	/* without `connect` */

/* The value of Content-Security-Policy. `connect`: what the page may talk to besides its own origin, each with a space
 * before it. */
void page_write_policy(struct writer *w, struct bytes connect);

/* Where index.html stands (CONTRACT, Web addresses), besides /m/ID and /m/ID/report, an ID being at most 64 letters,
 * digits, - and _. */
#define PAGE_PATHS 5
extern const char *const page_paths[PAGE_PATHS];
