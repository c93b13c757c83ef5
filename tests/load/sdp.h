/* SPDX-License-Identifier: EUPL-1.2 */
/* The descriptions that a participant of the load tool writes and reads: no more than two servers need. In the load
 * tool. Invariant: what is sent is what sender.h says; lines are written in the order of their mids. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"
#include "tests/load/sender.h"

#define SDP_UFRAG "abcd"	/* which dtls_client answers to */
#define SDP_PASSWORD "rHU/cMoDmcFtDpvlJTlm+Wk4"
#define SDP_FINGERPRINT 32

/* What the server says of its end. */
struct sdp_side {
	char ufrag[64], pwd[128];
	uint8_t fingerprint[SDP_FINGERPRINT];
	struct address at;	/* its first IPv4 candidate over UDP */
};

/* What we say of ours. */
struct sdp_ours {
	const uint8_t *fingerprint;	/* SDP_FINGERPRINT bytes */
	struct address at;
};

bool sdp_read_side(const char *sdp, struct sdp_side *ret);
/* Our offer: mid 0 the microphone, 1 the camera (each as far as `s` has it), then lines that receive. */
void sdp_write_offer(struct writer *w, const struct sender *s, const struct sdp_ours *ours, unsigned voices,
	unsigned tiles);
/* The answer of one who only receives, to whatever is offered. False when the offer has no lines. */
bool sdp_write_answer(struct writer *w, const char *offer, const struct sdp_ours *ours);
