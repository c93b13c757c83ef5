/* SPDX-License-Identifier: EUPL-1.2 */
/* Is this ID token (OpenID Connect Core 1.0, 3.1.3.7) a proof that somebody has this address? In conclave-fetch.
 * Invariant: nothing of the token says how it is to be checked; what is not exactly as wanted is refused, and a refused
 * token has no effect but the word for it. */
#pragma once

#include <stdint.h>

#include "auth/oidc_keys.h"

#define OIDC_TOKEN_MOST (16 * 1024)	/* letters; with a hundred groups in it Entra's has 6000 */
#define OIDC_EMAIL_SIZE 255		/* LIMIT_EMAIL and the final zero */
#define OIDC_SKEW 60			/* s, that two clocks may be apart */
#define OIDC_AGE 600			/* s, since it was issued: it is fetched at once */

struct oidc_wanted {
	const char *issuer, *client, *nonce;
	const char *acr;		/* how they must have signed in; NULL = as the provider pleases */
	const char *verified;		/* the claim that must be true for the address to be theirs */
	int64_t now;			/* s since 1970 */
};

enum oidc_why {
	OIDC_OK,
	OIDC_MALFORMED,		/* not three parts, not base64url, not JSON, a claim missing or of another kind */
	OIDC_ALGORITHM,		/* not the one that was configured */
	OIDC_HEADER,		/* it brings its own key or its address, or wants something that is unknown */
	OIDC_KEY,		/* the provider has no such key */
	OIDC_SIGNATURE,
	OIDC_ISSUER,
	OIDC_AUDIENCE,		/* it is for somebody else, too */
	OIDC_TIME,		/* over, too old, or from the future */
	OIDC_NONCE,		/* another sign-in's */
	OIDC_LEVEL,		/* they signed in by other means */
	OIDC_EMAIL,		/* no address, or one that nobody verified */
	OIDC_WHY_N,
};

const char *oidc_why_word(enum oidc_why why);
enum oidc_why oidc_check(const struct oidc_keys *keys, const struct oidc_wanted *wanted, struct bytes token,
	char email[static OIDC_EMAIL_SIZE]);
