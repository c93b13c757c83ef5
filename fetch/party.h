/* SPDX-License-Identifier: EUPL-1.2 */
/* The relying party of OpenID Connect: finds its provider, and asks it what a code proves. In conclave-fetch.
 * Invariant: it asks the three addresses that the configured issuer names and no other, whatever a token says; for keys
 * at most once in PARTY_KEYS_PAUSE. */
#pragma once

#include "auth/oidc_frame.h"
#include "auth/oidc_keys.h"
#include "auth/oidc_report.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"

#define PARTY_PAUSE SECONDS(30)		/* between two looks for the provider */
#define PARTY_KEYS_PAUSE MINUTES(5)	/* … for its keys, as when a token names one that nobody knows */
#define PARTY_KEYS_FRESH MINUTES(60)	/* older ones are fetched anew before they are used … */
#define PARTY_KEYS_LAST (MINUTES(60) * 24)	/* … and used until then when that fails */

struct party_config {
	const char *issuer, *client, *secret, *redirect;
	const char *acr;			/* NULL = none */
	const char *verified;
	enum oidc_algorithm algorithm;
};

/* One request over HTTPS. */
struct party_asking {
	const char *url;
	const char *body;			/* NULL: GET; else the form of a POST */
	const char *user, *password;		/* NULL, or of Basic, encoded as in RFC 6749, 2.3.1 */
};
struct party_heard {
	unsigned status;			/* HTTP's */
	struct bytes body;			/* a view until the next request */
	int64_t date;				/* what time it is there, in s since 1970; 0 = it does not say */
};
/* 0, or a negative errno when there was no answer. */
typedef int (*party_ask_callback)(void *user, const struct party_asking *q, struct party_heard *ret);

struct party;

/* The texts of the configuration are borrowed. 0 or -ENOMEM. */
int party_new(struct party **ret, const struct party_config *config, party_ask_callback ask, void *user);
struct party *party_free(struct party *p);
DEFINE_CLEANUP(struct party *, party_free)

/* Looks for the provider when that is due. True: it was found now, and `w` has the frame that says so. `wall` is since
 * 1970. */
bool party_timeout(struct party *p, usec_t now, usec_t wall, struct writer *w);
usec_t party_deadline(const struct party *p);
/* A frame in, a frame out. False when it is no request: there is nothing to say then. */
bool party_answer(struct party *p, struct bytes frame, usec_t now, usec_t wall, struct writer *w);
/* After each of these two, until false: a report (auth/oidc_report.h) of what was asked on the way. */
bool party_poll(struct party *p, struct writer *w);
