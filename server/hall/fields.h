/* SPDX-License-Identifier: EUPL-1.2 */
/* How a row of the protocol's tables is spelt. In conclaved; for the files that hold such tables only.
 * Invariant: one macro a kind of wire.h. */
#pragma once

#include "server/wire/wire.h"

#define END { .name = NULL }
#define ID(n) { .name = (n), .kind = WIRE_INTEGER, .least = 1, .most = WIRE_ID_MOST }
#define NUMBER(n, a, b) { .name = (n), .kind = WIRE_INTEGER, .least = (a), .most = (b) }
#define BOOLEAN(n) { .name = (n), .kind = WIRE_BOOLEAN }
#define LINE(n, a, b) { .name = (n), .kind = WIRE_LINE, .least = (a), .most = (b) }
#define LINE_IF(n, f, a, b) { .name = (n), .kind = WIRE_LINE, .flags = (f), .least = (a), .most = (b) }
#define NAME(n) { .name = (n), .kind = WIRE_LINE, .flags = WIRE_NAME, .least = 1, .most = LIMIT_NAME }
#define NAME_IF(n, f) { .name = (n), .kind = WIRE_LINE, .flags = (f) | WIRE_NAME, .least = 1, .most = LIMIT_NAME }
#define TEXT(n, b) { .name = (n), .kind = WIRE_TEXT, .most = (b) }
#define TEXT_IF(n, f, b) { .name = (n), .kind = WIRE_TEXT, .flags = (f), .most = (b) }
#define LETTERS(n, b) { .name = (n), .kind = WIRE_LETTERS, .most = (b) }
#define LETTERS_IF(n, f, b) { .name = (n), .kind = WIRE_LETTERS, .flags = (f), .most = (b) }
#define TIME(n) { .name = (n), .kind = WIRE_TIME }
#define WORD(n, w) { .name = (n), .kind = WIRE_WORD, .words = (w) }
#define WORD_IF(n, f, w) { .name = (n), .kind = WIRE_WORD, .flags = (f), .words = (w) }
#define OBJECT(n, t) { .name = (n), .kind = WIRE_OBJECT, .fields = (t) }
#define OBJECT_IF(n, f, t) { .name = (n), .kind = WIRE_OBJECT, .flags = (f), .fields = (t) }
#define NUMBERS(n, b) { .name = (n), .kind = WIRE_NUMBERS, .most = (b) }
#define BASE64(n, a, b) { .name = (n), .kind = WIRE_BASE64, .least = (a), .most = (b) }
#define BASE64_IF(n, f, a, b) { .name = (n), .kind = WIRE_BASE64, .flags = (f), .least = (a), .most = (b) }
#define LIST(n, a, b, t) { .name = (n), .kind = WIRE_LIST, .least = (a), .most = (b), .fields = (t) }
#define ITEM_IF(n) { .name = (n), .kind = WIRE_INTEGER, .flags = WIRE_NULLABLE, .least = 1, .most = LIMIT_ITEMS }
#define FIELDS(...) (const struct wire_field[]){ __VA_ARGS__, END }
#define NOTHING (const struct wire_field[]){ END }
