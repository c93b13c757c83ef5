/* SPDX-License-Identifier: EUPL-1.2 */
/* Ed25519 (RFC 8032): the key with which a server signs its proceedings, and the check of such a signature. In
 * conclaved; conclavectl only checks. Invariant: the private key leaves this file for one other file only, which nobody
 * else can read. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/mem.h"

#define SIGNATURE_SIZE 64
#define SIGNATURE_KEY_SIZE 32	/* of the public and the private key alike */

struct signature_key {
	uint8_t bytes[SIGNATURE_KEY_SIZE];	/* the public one */
};

struct signer;

/* Reads the PEM file. 0; -ENOENT; -EPERM when others may read it; -EBADMSG when it holds no such key; or another
 * negative errno. */
int signer_open(struct signer **ret, const char *path);
/* A new key, in a new file (0600) that is durable when this returns. -EEXIST when there is one. */
int signer_create(struct signer **ret, const char *path);
/* The key in the file `next` takes the place of the one in `path`, whose bytes are overwritten before: durable
 * and done, or, when it ends early, to be done again. What a disk keeps of overwritten blocks is beyond us. */
int signer_replace(const char *next, const char *path);
/* Overwrites and removes a key's file; none is fine. */
int signer_erase(const char *path);
int signer_from_seed(struct signer **ret, const uint8_t seed[static SIGNATURE_KEY_SIZE]);
struct signer *signer_free(struct signer *s);
DEFINE_CLEANUP(struct signer *, signer_free)

const struct signature_key *signer_public(const struct signer *s);
/* 0 or -ENOMEM. */
int signer_sign(const struct signer *s, struct bytes message, uint8_t ret[static SIGNATURE_SIZE]);
bool signature_is_valid(const struct signature_key *key, struct bytes message,
	const uint8_t signature[static SIGNATURE_SIZE]);
