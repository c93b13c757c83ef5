/* SPDX-License-Identifier: EUPL-1.2 */
/* A provider of sign-ins that signs whatever it is told to, also what no provider would. In tests only.
 * Invariant: what it says follows from its fields; a forgery is one field that was changed. */
#pragma once

#include "auth/oidc.h"

#define ISSUER_NOW 1800000000
#define ISSUER_TEXT (32 * 1024)

enum issuer_way { ISSUER_RIGHT, ISSUER_UNSIGNED, ISSUER_SHARED_SECRET, ISSUER_DER };

struct issuer {
	/* owned */
	struct evp_pkey_st *key;	/* OpenSSL's EVP_PKEY */

	/* state */
	enum oidc_algorithm algorithm;
	enum issuer_way way;
	char header[512];		/* of the next token, as JSON */
	char claims[4096];
	char text[ISSUER_TEXT];		/* the last thing it wrote */
};

void issuer_init(struct issuer *i, enum oidc_algorithm algorithm);
void issuer_done(struct issuer *i);
/* Everything right again: header, claims, way. */
void issuer_reset(struct issuer *i);
/* Puts `with` in the place of the first `what`, in header or claims, where it must be. */
void issuer_swap(char *text, size_t size, const char *what, const char *with);
#define issuer_header(i, what, with) issuer_swap((i)->header, sizeof((i)->header), what, with)
#define issuer_claim(i, what, with) issuer_swap((i)->claims, sizeof((i)->claims), what, with)
/* One key as a JWK with this name and these members more (",…" or ""), without braces around a set. */
const char *issuer_jwk(struct issuer *i, const char *name, const char *more);
/* A set of this one key, "first". */
struct oidc_keys *issuer_keys(struct issuer *i);
/* By header, claims and way. */
struct bytes issuer_token(struct issuer *i);
/* What issuer_reset() makes, wanted. */
struct oidc_wanted issuer_wanted(void);
