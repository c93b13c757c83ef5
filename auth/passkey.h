/* SPDX-License-Identifier: EUPL-1.2 */
/* WebAuthn (W3C, Level 3, 7.1 and 7.2) as its relying party, attestation "none" only. In conclaved.
 * Invariant: PASSKEY_OK is the last thing that can be said: every other check of the two ceremonies was made before it,
 * and outputs are touched with it only. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "auth/challenge.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/limits.h"

enum passkey_why {
	PASSKEY_OK,
	PASSKEY_CLIENT_DATA,	/* no JSON object, a key twice, a field missing or of another kind */
	PASSKEY_TYPE,		/* made for the other ceremony */
	PASSKEY_CHALLENGE,	/* none of ours, or begun by another session or for another purpose */
	PASSKEY_EXPIRED,	/* ours, but older than CHALLENGE_LIFE */
	PASSKEY_USED,		/* ours, but it has already led to a PASSKEY_OK */
	PASSKEY_ORIGIN,		/* another page, or ours inside of another one's frame */
	PASSKEY_MALFORMED,	/* attestation object or authenticator data are not of the one form */
	PASSKEY_ATTESTATION,	/* another format than "none" */
	PASSKEY_PARTY,		/* made for another relying party */
	PASSKEY_NOT_PRESENT,	/* nobody touched it */
	PASSKEY_NOT_VERIFIED,	/* verification was required, and neither PIN nor finger was asked for */
	PASSKEY_BACKUP,		/* backed up though it cannot be, or no longer of the kind that it was registered as */
	PASSKEY_ID,		/* the credential's id is empty, too long, or not that of the passkey asked about */
	PASSKEY_USER,		/* the authenticator names another account */
	PASSKEY_ALGORITHM,	/* not one of passkey_algorithms */
	PASSKEY_KEY,		/* off the curve, RSA under 2048 bits or over 4096, or otherwise no key */
	PASSKEY_SIGNATURE,
	PASSKEY_COUNTER,	/* did not go up: there may be a copy of this authenticator */
	PASSKEY_NO_MEMORY,
	PASSKEY_WHY_N,
};

/* For logs and tests: "ok", "client-data", "type" … */
const char *passkey_why_word(enum passkey_why why);

#define PASSKEY_ID_MOST 1023	/* bytes (WebAuthn 4, credential id) */
#define PASSKEY_KEY_MOST 560	/* bytes; RSA 4096 has 550 */

/* What pubKeyCredParams offers, best first: ES256, EdDSA (Ed25519), RS256. */
#define PASSKEY_ALGORITHMS 3
extern const int passkey_algorithms[PASSKEY_ALGORITHMS];

/* What is stored of a registered one: every member, and whose it is. None of them is a secret. */
struct passkey {
	uint8_t id[PASSKEY_ID_MOST];
	uint16_t id_size;		/* at least 1; unique in the whole table, or the caller refuses (ATTACKS D08) */
	uint8_t key[PASSKEY_KEY_MOST];	/* SubjectPublicKeyInfo, DER (RFC 5280, 4.1); it names its algorithm */
	uint16_t key_size;
	uint32_t counter;		/* 0 = the authenticator does not count */
	bool backup_eligible;		/* may be copied to other devices: fixed for its life */
	bool backed_up;
};

/* The relying party: one for a server's life. */
struct passkey_party {
	/* owned */
	struct challenge_used used;

	/* borrowed */
	const char *id;			/* rp.id: the host's name alone, "council.example" */
	const char *const *origins;	/* "https://council.example", with ":port" unless it is 443; ends with NULL */

	/* state */
	uint8_t key[CHALLENGE_KEY_SIZE];	/* of the challenges */
};

/* `key` is random and the caller wipes its copy. 0 or -ENOMEM. */
int passkey_party_init(struct passkey_party *p, const char *id, const char *const *origins,
	const uint8_t key[static CHALLENGE_KEY_SIZE]);
void passkey_party_done(struct passkey_party *p);

/* What the browser came back with must belong to. */
struct passkey_ceremony {
	enum challenge_purpose purpose;	/* as at passkey_begin() */
	struct bytes binding;		/* likewise: the hash of a session, of an enrolment link */
	usec_t now;
	bool verify;			/* PIN or finger required (userVerification: "required") */
};

/* A new challenge for the options that the browser is given (`challenge` of the JSON form, base64url).
 * Costs no memory: however many are begun, nobody's is pushed out (ATTACKS D09). 0 or -ENOMEM. */
int passkey_begin(const struct passkey_party *p, enum challenge_purpose purpose, struct bytes binding, usec_t now,
	struct challenge *ret);

/* navigator.credentials.create(): clientDataJSON and attestationObject as they came, decoded from base64url. On
 * PASSKEY_OK the challenge is used up and *ret holds all of the new passkey. */
enum passkey_why passkey_register(struct passkey_party *p, const struct passkey_ceremony *c, struct bytes client_data,
	struct bytes attestation_object, struct passkey *ret);

/* navigator.credentials.get(), decoded from base64url. */
struct passkey_assertion {
	struct bytes id;		/* rawId: by which the caller found the passkey */
	struct bytes client_data;
	struct bytes authenticator_data;
	struct bytes signature;
	struct bytes user_handle;	/* empty when the browser sent none */
};

/* `user` is the user.id that the passkey was registered with. On PASSKEY_OK the challenge is used up, and counter and
 * backed_up of *stored are the new ones, for the caller to store in the same transaction as the sign-in. A caller who
 * finds no passkey by the id refuses with the same answer as for every other enum (ATTACKS D04). */
enum passkey_why passkey_assert(struct passkey_party *p, const struct passkey_ceremony *c,
	const struct passkey_assertion *a, struct bytes user, struct passkey *stored);
