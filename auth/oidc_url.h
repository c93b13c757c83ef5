/* SPDX-License-Identifier: EUPL-1.2 */
/* Addresses of a provider of sign-ins, and the one that a browser is sent to. In conclaved and conclave-fetch.
 * Invariant: nothing that was put into an address ends a parameter of it, or begins another. */
#pragma once

#include <stdbool.h>

#include "auth/digest.h"
#include "base/bytes.h"

#define OIDC_URL_SIZE 512
#define OIDC_CHALLENGE_LETTERS 43	/* a SHA-256 in base64url */

/* https, a host, perhaps a port and a path; letters that need no thought, and no "user@" or "#…". */
bool oidc_url_is_good(const char *url);
/* Letters that RFC 3986, 2.3 leaves as they are; all others as %XX. */
void oidc_url_escape(struct writer *w, const char *text);

struct oidc_asking {
	const char *endpoint;		/* of the provider */
	const char *client, *redirect;
	const char *state, *nonce;
	const char *verifier;		/* of PKCE (RFC 7636): only the hash of it is in the address */
	const char *acr;		/* NULL = none */
};
/* False when it does not fit, or memory is short. The scope is openid and email, nothing else. */
bool oidc_url_ask(struct writer *w, const struct oidc_asking *a);
