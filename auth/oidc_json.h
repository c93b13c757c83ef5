/* SPDX-License-Identifier: EUPL-1.2 */
/* What a provider of sign-ins says in JSON. In conclave-fetch.
 * Invariant: an object of ours is a JSON object without a key that stands twice; nothing is longer than was allowed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/mem.h"

#define OIDC_JSON_MOST (256 * 1024)	/* of any answer; the keys of a large provider take 20 kB */

struct oidc_json;

/* NULL: it is no such object, or longer than `most`, or memory is short. */
struct oidc_json *oidc_json_read(struct bytes text, size_t most);
struct oidc_json *oidc_json_free(struct oidc_json *o);
DEFINE_CLEANUP(struct oidc_json *, oidc_json_free)

/* What is returned belongs to the object. Any of these takes a NULL object for an empty one. */
bool oidc_json_has(const struct oidc_json *o, const char *key);
/* NULL when it is no text. */
const char *oidc_json_text(const struct oidc_json *o, const char *key);
bool oidc_json_is(const struct oidc_json *o, const char *key, const char *text);
bool oidc_json_is_true(const struct oidc_json *o, const char *key);
/* Whole numbers only. */
bool oidc_json_number(const struct oidc_json *o, const char *key, int64_t *ret);
/* Of a list; 0 for anything else. */
size_t oidc_json_count(const struct oidc_json *o, const char *key);
/* The object in that place of a list; NULL when it is none. */
const struct oidc_json *oidc_json_at(const struct oidc_json *o, const char *key, size_t place);
/* Is the text in the list of texts? */
bool oidc_json_lists(const struct oidc_json *o, const char *key, const char *text);
