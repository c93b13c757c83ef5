/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclaved answered. In conclavectl.
 * Invariant: anything that is missing or of another kind reads as NULL, 0, false or an empty list. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/mem.h"

/* A JSON value; borrowed from its root. */
struct answer;

/* The root, or NULL when `text` is not one JSON object. */
struct answer *answer_parse(struct bytes text);
struct answer *answer_free(struct answer *root);
DEFINE_CLEANUP(struct answer *, answer_free)

const struct answer *answer_get(const struct answer *a, const char *key);
size_t answer_count(const struct answer *list);
const struct answer *answer_item(const struct answer *list, size_t i);
/* `a` may be NULL. */
const char *answer_text(const struct answer *a, const char *key);
int64_t answer_number(const struct answer *a, const char *key);
bool answer_boolean(const struct answer *a, const char *key);
