/* SPDX-License-Identifier: EUPL-1.2 */
/* The words that protocol and proceedings share: offices, languages, reasons. In conclaved and conclavectl.
 * Invariant: a word stands here once, and its place in its list is its number in the enum. */
#pragma once

#include "server/wire/wire.h"

enum reason_code {
	REASON_NONE,
	REASON_AGREED,
	REASON_TECHNICAL,
	REASON_NOT_INVITED,
	REASON_WRONG_MEETING,
	REASON_UNRECOGNISED,
	REASON_WRITTEN,
	REASON_N,
};

/* Each list ends with NULL. */
extern const char *const words_reasons[];	/* by enum reason_code - 1 */
extern const char *const words_offices[];	/* by enum office */
extern const char *const words_languages[];

extern const struct wire_field words_reason[];	/* `text` must come with the code `written` */
