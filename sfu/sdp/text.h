/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines, words and numbers of a text, as views into it. In conclave-media.
 * Invariant: each function moves forward or ends, so that a loop over it is linear in the text. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* Takes one line off the front, without its LF or CR LF. False: none is left, or the last one has no end. */
bool text_take_line(struct bytes *rest, struct bytes *ret);
/* Takes what stands before the separator, which goes too; the whole rest when there is none. */
struct bytes text_take(struct bytes *rest, char separator);
/* Takes words that single or several blanks part. False: none is left. */
bool text_take_word(struct bytes *rest, struct bytes *ret);

/* Digits only, the whole of `text`, at most `most`. */
bool text_number(struct bytes text, uint64_t most, uint64_t *ret);
/* Equal but for the case of ASCII letters. */
bool text_same(struct bytes a, const char *b);
bool text_ends_with(struct bytes text, const char *end);
/* 1 to `most` bytes, all visible ASCII. */
bool text_is_visible(struct bytes text, size_t most);
/* 1 to `most` bytes, all letters, digits or one of `also`. */
bool text_is_name(struct bytes text, size_t most, const char *also);
/* Two hex digits a byte, parted by colons, exactly `size` bytes. `ret` is touched only on success. */
bool text_colon_hex(struct bytes text, uint8_t *ret, size_t size);
