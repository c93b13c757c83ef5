/* SPDX-License-Identifier: EUPL-1.2 */
/* The keys that a provider signs with: a JWK Set (RFC 7517), and signatures by them (RFC 7518, 3). In conclave-fetch.
 * Invariant: a set is of one algorithm, which the configuration named; no key of another kind is kept. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/mem.h"

enum oidc_algorithm { OIDC_RS256, OIDC_PS256, OIDC_ES256, OIDC_ALGORITHM_N };

/* As the configuration and a token spell it. */
const char *oidc_algorithm_word(enum oidc_algorithm a);
/* False: no such word; "none" and those with a shared secret are no words. */
bool oidc_algorithm_read(const char *word, enum oidc_algorithm *ret);

struct oidc_keys;

/* NULL: no set, or none of its keys can be used. Keys of other kinds and uses are passed over. */
struct oidc_keys *oidc_keys_read(enum oidc_algorithm algorithm, struct bytes json);
struct oidc_keys *oidc_keys_free(struct oidc_keys *k);
DEFINE_CLEANUP(struct oidc_keys *, oidc_keys_free)

enum oidc_algorithm oidc_keys_algorithm(const struct oidc_keys *k);
/* The place of the key with this name; of the only one when `name` is NULL. -1: there is none. */
int oidc_keys_find(const struct oidc_keys *k, const char *name);
bool oidc_keys_verify(const struct oidc_keys *k, int place, struct bytes message, struct bytes signature);
