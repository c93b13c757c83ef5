/* SPDX-License-Identifier: EUPL-1.2 */
/* The frames by which conclaved and conclave-fetch speak about sign-ins. In both.
 * Invariant: a frame that is read has exactly one spelling, and no part that is longer than its cap. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "auth/oidc_url.h"
#include "base/bytes.h"

#define OIDC_CODE_MOST 4096	/* an authorization code; Entra's have some 1500 letters */
#define OIDC_SECRET_MOST 128	/* a verifier (RFC 7636, 4.1) or a nonce */
#define OIDC_ADDRESS_MOST 254	/* an e-mail address */
#define OIDC_FRAME (16 + OIDC_CODE_MOST + 2 * OIDC_SECRET_MOST)

/* To conclave-fetch: what does this code prove? All parts are letters that can be seen; none is empty. */
struct oidc_request {
	uint32_t number;	/* comes back with the answer */
	struct bytes code, verifier, nonce;
};

/* READY: the provider was found, and browsers can be sent to `url`. The others are answers. */
enum oidc_result {
	OIDC_READY = 1,
	OIDC_IS = 2,		/* who owns `email` */
	OIDC_REFUSED = 3,	/* it proves nothing */
	OIDC_UNREACHABLE = 4,	/* the provider did not answer: try again */
};

struct oidc_answer {
	enum oidc_result result;
	uint32_t number;	/* not READY */
	bool says_issuer;	/* READY: an answer without `iss` is none of this provider's */
	struct bytes text;	/* READY: the url; IS: the address; else empty */
};

/* Views point into the input. */
bool oidc_request_read(struct bytes in, struct oidc_request *ret);
bool oidc_request_write(struct writer *w, const struct oidc_request *q);
bool oidc_result_read(struct bytes in, struct oidc_answer *ret);
bool oidc_result_write(struct writer *w, const struct oidc_answer *a);
