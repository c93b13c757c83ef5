/* SPDX-License-Identifier: EUPL-1.2 */
/* The words that protocol and proceedings share. In conclaved and conclavectl. */
#include "server/wire/words.h"

#include <stddef.h>

#include "base/limits.h"

const char *const words_reasons[] = { "agreed", "technical", "not-invited", "wrong-meeting", "unrecognised",
	"written", NULL };
const char *const words_offices[] = { "clerk", "chair", "member", "guest", NULL };
const char *const words_languages[] = { "nl", "fr", "de", "en", NULL };

const struct wire_field words_reason[] = {
	{ .name = "code", .kind = WIRE_WORD, .words = words_reasons },
	{ .name = "text", .kind = WIRE_LINE, .flags = WIRE_OPTIONAL, .least = 1, .most = LIMIT_REASON },
	{ .name = NULL },
};
