/* SPDX-License-Identifier: EUPL-1.2 */
/* What must be read again and yet not stand open in the database: the seeds of six-digit codes. AES-256-GCM under a key
 * that lies in a file of its own. In conclaved. Invariant: what was sealed for one row opens for no other. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "auth/totp.h"

#define VAULT_KEY_SIZE 32
#define VAULT_NONCE_SIZE 12
#define VAULT_TAG_SIZE 16
#define VAULT_SEALED_SIZE (VAULT_NONCE_SIZE + TOTP_SECRET_SIZE + VAULT_TAG_SIZE)

struct vault {
	uint8_t key[VAULT_KEY_SIZE];
};

/* The key in that file, which must be its owner's alone; -ENOENT when there is none, -EBADMSG when it is none. */
int vault_open(struct vault *ret, const char *path);
/* A new key, durable when it returns 0. */
int vault_create(struct vault *ret, const char *path);
/* `row` is whose it is. False when memory is short. */
bool vault_seal(const struct vault *v, uint32_t row, const struct totp_secret *secret,
	uint8_t ret[static VAULT_SEALED_SIZE]);
/* The caller wipes *ret. False when it is not what was sealed for this row, or memory is short. */
bool vault_unseal(const struct vault *v, uint32_t row, const uint8_t sealed[static VAULT_SEALED_SIZE],
	struct totp_secret *ret);
