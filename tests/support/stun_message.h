/* SPDX-License-Identifier: EUPL-1.2 */
/* STUN messages by hand, right and wrong, without libnice: what it is measured against. In tests only.
 * Invariant: a message is right unless it was told otherwise. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"

enum {
	STUN_MAPPED_ADDRESS = 0x0001, STUN_USERNAME = 0x0006, STUN_MESSAGE_INTEGRITY = 0x0008, STUN_ERROR_CODE = 0x0009,
	STUN_XOR_MAPPED_ADDRESS = 0x0020, STUN_PRIORITY = 0x0024, STUN_USE_CANDIDATE = 0x0025,
	STUN_FINGERPRINT = 0x8028, STUN_ICE_CONTROLLED = 0x8029, STUN_ICE_CONTROLLING = 0x802a,
};

struct stun_message {
	uint8_t data[1500];
	struct writer w;
};

/* A header; the length is filled in by each attribute. */
void stun_begin(struct stun_message *m, uint16_t type);
void stun_attribute(struct stun_message *m, uint16_t type, const void *value, size_t size);
void stun_integrity(struct stun_message *m, const char *pwd);
void stun_fingerprint(struct stun_message *m);
/* The usual check, as Firefox sends it (Chromium leaves out `nominate` at first). */
void stun_check(struct stun_message *m, const char *ufrag, const char *pwd, bool nominate);
static inline struct bytes stun_bytes(const struct stun_message *m) { return written(&m->w); }

/* The value of the first attribute of this type. */
bool stun_find(struct bytes message, uint16_t type, struct bytes *ret);
/* A success (0x0101) with a good MESSAGE-INTEGRITY and FINGERPRINT. */
bool stun_is_success(struct bytes message, const char *pwd);
/* 0 when there is none. */
int stun_error(struct bytes message);
bool stun_mapped(struct bytes message, struct address *ret);
