/* SPDX-License-Identifier: EUPL-1.2 */
/* Our answer to an offer: ICE-lite, passive DTLS, one transport, few codecs. In conclave-media.
 * Invariant: it never says more than the offer did, and only what we do; the functions below are what it says. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "sfu/sdp/offer.h"

struct sdp_answer_media {
	bool accept;
	uint32_t ssrc;			/* of what we send on it; 0 = we send nothing */
	uint32_t rtx_ssrc;		/* 0 = none; left out where the offer has no retransmissions */
	const char *msid;		/* stream and track, or NULL */
};

struct sdp_answer_setup {
	const char *ufrag;
	const char *pwd;
	const char *cname;
	const uint8_t *fingerprint;	/* SDP_FINGERPRINT_SIZE bytes */
	uint64_t session_id;
	uint64_t version;		/* rises with every answer of a connection */
	const struct address *candidates;	/* each an IP and the UDP port; the first is preferred */
	size_t n_candidates;
	uint16_t tcp_port;		/* of the same IPs, for ICE-TCP (RFC 6544); 0 = none */
	struct sdp_answer_media media[LIMIT_SLOTS];	/* as the offer's */
};

/* Whether the answer takes this line: it was asked to, and the offer has a codec of ours. */
bool sdp_answer_accepts(const struct sdp_media *m, const struct sdp_answer_media *a);
/* Ours: the offer's mirrored, less what we do not send. Of an accepted line. */
enum sdp_direction sdp_answer_direction(const struct sdp_media *m, const struct sdp_answer_media *a);
/* The id that the answer gives an extension on an accepted line, or 0. */
uint8_t sdp_answer_extension(const struct sdp_media *m, const struct sdp_answer_media *a, enum sdp_extension_kind kind);

/* Whether sound that is lost on this accepted line is sent again, by whichever side sends it. */
bool sdp_answer_repeats_sound(const struct sdp_media *m, const struct sdp_answer_media *a);

void sdp_answer_write(struct writer *w, const struct sdp_offer *offer, const struct sdp_answer_setup *setup);
