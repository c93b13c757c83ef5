/* SPDX-License-Identifier: EUPL-1.2 */
/* The header extensions that Conclave negotiates, by meaning: mid (RFC 9143), rid and repaired rid (RFC 8852), and the
 * sequence number across a transport. In conclave-media.
 * Invariant: what an id means is what this m-line negotiated, never what a packet claims. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sfu/rtp/rtp.h"

#define EXTENSION_TEXT_MAX 16

/* 0 = not negotiated. */
struct extension_ids {
	uint8_t mid;
	uint8_t rid;
	uint8_t repaired_rid;
	uint8_t transport_sequence;
};

/* Texts are empty when the packet does not carry them. */
struct extension_values {
	struct bytes mid;
	struct bytes rid;
	struct bytes repaired_rid;
	uint16_t transport_sequence;
	bool has_transport_sequence;
};

/* False when a negotiated one is malformed (a text that is empty or over 16 bytes, a number not of two), or stands
 * twice. */
bool extension_read(const struct rtp *p, const struct extension_ids *ids, struct extension_values *ret);
