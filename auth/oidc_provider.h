/* SPDX-License-Identifier: EUPL-1.2 */
/* What a provider of sign-ins says of itself (OpenID Connect Discovery 1.0, 4.2) and what its token endpoint answers.
 * In conclave-fetch. Invariant: every address is https; the provider is the one that was configured, or none. */
#pragma once

#include <stdbool.h>

#include "auth/oidc_keys.h"
#include "auth/oidc_url.h"
#include "base/bytes.h"

struct oidc_provider {
	char authorize[OIDC_URL_SIZE];	/* for the browser */
	char token[OIDC_URL_SIZE];
	char keys[OIDC_URL_SIZE];
	bool says_issuer;		/* its answers carry `iss` (RFC 9207) */
	bool posts_secret;		/* it takes our secret in the body only, not in a header */
};

/* Where to ask. False when that is no https address, or too long. */
bool oidc_discovery_url(const char *issuer, char ret[static OIDC_URL_SIZE]);

enum oidc_refusal {
	OIDC_PROVIDER_FINE,
	OIDC_PROVIDER_MALFORMED,	/* no JSON, an address missing or none of https */
	OIDC_PROVIDER_OTHER,		/* another issuer's */
	OIDC_PROVIDER_ALGORITHM,	/* it does not sign with ours */
	OIDC_PROVIDER_PKCE,		/* it says that it has no S256 */
	OIDC_PROVIDER_SECRET,		/* it takes no secret as we send them */
	OIDC_PROVIDER_N,
};
const char *oidc_refusal_word(enum oidc_refusal r);
enum oidc_refusal oidc_provider_read(struct oidc_provider *ret, const char *issuer, enum oidc_algorithm algorithm,
	struct bytes json);
/* The ID token of an answer, into `ret`. False: there is none. */
bool oidc_answer_read(struct bytes json, char *ret, size_t size);
