/* SPDX-License-Identifier: EUPL-1.2 */
/* An authenticator and the browser around it, made of OpenSSL keys, that can be told to do anything wrong. In tests
 * only. Invariant: it shares no code with auth/. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

#define DEVICE_DATA_MOST 8192

struct evp_pkey_st;	/* OpenSSL's EVP_PKEY */

enum {
	DEVICE_UP = 0x01,
	DEVICE_UV = 0x04,
	DEVICE_BE = 0x08,
	DEVICE_BS = 0x10,
	DEVICE_AT = 0x40,
	DEVICE_ED = 0x80,
};

struct device {
	/* owned */
	struct evp_pkey_st *key;

	/* state: what it will write, right until a test changes it */
	int algorithm;			/* -7, -8, -257 */
	const char *party;
	const char *origin;
	const char *type;		/* of the client's data; NULL = the right one */
	const char *more;		/* members behind the others of the client's data, ",\"a\":1" */
	const char *format;
	struct bytes extensions;	/* written behind the rest, whatever the flags say */
	uint8_t flags;			/* without DEVICE_AT */
	uint32_t counter;
	uint16_t id_size;
	uint8_t id[2048];
};

/* What a ceremony sends. */
struct device_said {
	uint8_t client_bytes[1024];
	uint8_t data_bytes[DEVICE_DATA_MOST];
	uint8_t attestation_bytes[DEVICE_DATA_MOST];
	uint8_t signature_bytes[1024];
	struct bytes client;
	struct bytes data;		/* authenticator data */
	struct bytes attestation;
	struct bytes signature;
};

/* A new key of the algorithm; `bits` for RSA only. */
void device_init(struct device *d, int algorithm, int bits);
void device_done(struct device *d);

void device_register(struct device *d, const char *challenge, struct device_said *ret);
/* Counts up first. */
void device_assert(struct device *d, const char *challenge, struct device_said *ret);
/* Over data and client data as they stand in `said` now. */
void device_sign(const struct device *d, struct device_said *said);
/* The attestation object around authenticator data, whatever that is. */
void device_attest(const struct device *d, struct bytes data, struct device_said *said);

void device_write_key(const struct device *d, struct writer *w);
/* A CBOR head: major type and value. */
void device_write_head(struct writer *w, unsigned major, uint64_t value);
