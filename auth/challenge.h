/* SPDX-License-Identifier: EUPL-1.2 */
/* Challenges of ceremonies, without a store: random || expiry || HMAC-SHA-256 over both, purpose and binding. In
 * conclaved. Invariant: only used ones take memory, and at most LIMIT_CHALLENGES_USED of them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/map.h"

#define CHALLENGE_KEY_SIZE 32
#define CHALLENGE_RANDOM 16
#define CHALLENGE_SIZE (CHALLENGE_RANDOM + 8 + 32)
#define CHALLENGE_BINDING 64	/* bytes of a binding, at most; at least one */
#define CHALLENGE_LETTERS 75	/* CHALLENGE_SIZE bytes in base64url without padding */
#define CHALLENGE_LIFE MINUTES(5)	/* a PIN, a phone to be fetched; the browser's own time-out is as long */

enum challenge_purpose {
	CHALLENGE_REGISTER,	/* a new passkey */
	CHALLENGE_SIGN_IN,
	CHALLENGE_CONFIRM,	/* who is signed in proves it again, for something that needs it */
	CHALLENGE_SIGN_ON,	/* by the provider of the house: what OpenID Connect calls `state` */
	CHALLENGE_PURPOSE_N,
};

struct challenge {
	char text[CHALLENGE_LETTERS + 1];
};

enum challenge_why {
	CHALLENGE_OK,
	CHALLENGE_FOREIGN,	/* none of ours, or of another purpose or binding */
	CHALLENGE_EXPIRED,
};

/* 0 or -ENOMEM. The expiry is one of the monotonic clock: the key must not outlive the machine's start. */
int challenge_new(const uint8_t key[static CHALLENGE_KEY_SIZE], enum challenge_purpose purpose, struct bytes binding,
	usec_t now, struct challenge *ret);
enum challenge_why challenge_check(const uint8_t key[static CHALLENGE_KEY_SIZE], enum challenge_purpose purpose,
	struct bytes binding, usec_t now, struct bytes text);

/* Those that led to something, until they expire; of too many the one that was used first is forgotten. Who could then
 * use it again needs the binding's session, too. */
struct challenge_used {
	/* owned */
	struct map by_random;
	struct challenge_mark *marks;

	/* state */
	unsigned at;		/* where the next one goes */
};

/* 0 or -ENOMEM. */
int challenge_used_init(struct challenge_used *u);
void challenge_used_done(struct challenge_used *u);
/* Of a challenge that was checked: is this its first use? */
bool challenge_use(struct challenge_used *u, struct bytes text);
