/* SPDX-License-Identifier: EUPL-1.2 */
/* How long somebody who guesses has to wait: by account, by source, and in all (ATTACKS D03); and somebody who was let
 * in and asks for what costs. In conclaved; sans-IO.
 * Invariant: it delays and never locks out; the tables are bounded, and what a refused attempt leaves in them is
 * nothing. Only guessable means ask here (passwords, six digits, recovery codes): a passkey, which cannot be guessed,
 * is never delayed by what others do. */
#pragma once

#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"
#include "base/clock.h"

struct throttle;

/* An account may have 5 wrong ones at once and then one a minute; a source (an IPv4 address, an IPv6 /64) 60, for a
 * town hall has one address, and then one in 5 s; all together 100, and then 5 a second. */
#define THROTTLE_ACCOUNT_BURST 5
#define THROTTLE_ACCOUNT_EVERY SECONDS(60)
#define THROTTLE_SOURCE_BURST 60
#define THROTTLE_SOURCE_EVERY SECONDS(5)
#define THROTTLE_ALL_BURST 100
#define THROTTLE_ALL_EVERY MSEC(200)

/* Whoever is let in, by a seat or signed in, may ask for twelve things that cost at once, and then for one in 5 s: a
 * page asks for two or three, and is loaded again. */
#define THROTTLE_COSTLY_BURST 12
#define THROTTLE_COSTLY_EVERY SECONDS(5)

/* Whoever comes back asks for their seat's next secret, which is written to the disk: sixty at once, and then one in a
 * second. A client that tries without end asks less often (it waits longer each time). */
#define THROTTLE_RESUME_BURST 60
#define THROTTLE_RESUME_EVERY SECONDS(1)

/* 0 or -ENOMEM. */
int throttle_new(struct throttle **ret);
struct throttle *throttle_free(struct throttle *t);

/* 0: go on, and the attempt is counted. Else the microseconds after which to ask again (Retry-After, rounded up), and
 * nothing was counted. `account` is the name as it was typed, in lower case, whether there is such an account or not:
 * the answer must not tell (D04). */
usec_t throttle_ask(struct throttle *t, usec_t now, struct bytes account, const struct address *source);
/* The attempt that was let through was right: it is not counted after all. Earlier wrong ones still are. */
void throttle_forgive(struct throttle *t, usec_t now, struct bytes account, const struct address *source);
/* Likewise for what costs, by whom it is asked for: the number of a seat, or of who is signed in. Those who resume are
 * counted apart. */
enum throttle_asker { THROTTLE_SEAT, THROTTLE_SIGNED_IN, THROTTLE_RESUMING };
usec_t throttle_ask_costly(struct throttle *t, usec_t now, enum throttle_asker asker, uint32_t number);
