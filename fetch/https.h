/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests over HTTPS: the only way out of any process of ours. In conclave-fetch.
 * Invariant: https with a checked certificate or nothing; no redirect is followed, no proxy asked, no cookie kept;
 * every request ends after HTTPS_PATIENCE and every answer at HTTPS_MOST. */
#pragma once

#include "base/mem.h"
#include "fetch/party.h"

#define HTTPS_PATIENCE 8	/* s, the handshake included; conclaved waits for 20 */
#define HTTPS_MOST (256 * 1024)

struct https;

/* `authorities` are the PEM certificates that are trusted; copied. 0 or a negative errno. */
int https_new(struct https **ret, struct bytes authorities);
struct https *https_free(struct https *h);
DEFINE_CLEANUP(struct https *, https_free)
/* A party_ask_callback, whose `user` is the struct https. -EHOSTUNREACH without an address, -ETIMEDOUT, -EFBIG,
 * -EACCES for a certificate that is not trusted, -ECONNREFUSED otherwise. */
int https_ask(void *user, const struct party_asking *q, struct party_heard *ret);
