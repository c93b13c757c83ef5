/* SPDX-License-Identifier: EUPL-1.2 */
/* Text and times as strangers write them. In conclaved.
 * Invariant: pure; what is accepted can be shown on one line in its own direction. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/clock.h"

#define TEXT_TIME_SIZE 25	/* "2026-03-12T18:30:00.000Z" */

/* UTF-8 of `least` to `most` characters, without control characters and without those that turn the direction of
 * what follows (ATTACKS C26). */
bool text_is_line(struct bytes text, size_t least, size_t most);
/* … nor any that is not to be seen: what a name says to the eye is all that it is made of (C26). Zero-width joiners are
 * refused as well: of two names that differ by nothing but those, nobody could say which is whose. */
bool text_is_proper_name(struct bytes text, size_t least, size_t most);
/* `n` letters a to z and nothing else: ids of seats and meetings. */
bool text_is_letters(struct bytes text, size_t n);
/* Something before and behind one @, no spaces: only to tell a slip of the pen. */
bool text_is_email(struct bytes text);
/* How many bytes the text takes as a JSON string, without its quotes. */
size_t text_json_size(struct bytes text);

/* ISO 8601 in UTC with milliseconds; years 1970 to 9999. */
void text_print_time(usec_t wall, char ret[static TEXT_TIME_SIZE]);
/* Also without seconds, and with an offset for Z. */
bool text_parse_time(struct bytes text, usec_t *wall);
