/* SPDX-License-Identifier: EUPL-1.2 */
/* From an SDP offer and the roles of its lines to a place in a room, and back to an answer. In conclave-media.
 * Invariant: pure over its input and the numbers it is given; what it accepts, the answer says, and nothing more. */
#pragma once

#include <stdint.h>

#include "base/random.h"
#include "sfu/link/link.h"
#include "sfu/msg.h"
#include "sfu/room/room.h"
#include "sfu/sdp/offer.h"

struct negotiation {
	struct sdp_offer offer;			/* views into the command's SDP */
	struct room_peer_setup setup;
	uint8_t fingerprint[LINK_FINGERPRINT_SIZE];
};

/* NULL, or the word that says why the offer is refused. When `standing` is not NULL this is an ICE restart: the lines
 * must be the same, and its SSRCs are kept. */
const char *negotiate_offer(struct negotiation *ret, const struct media_command *c,
			    const struct room_peer_setup *standing, struct random *random);

struct negotiation_answer {
	const char *ufrag;
	const char *pwd;
	const uint8_t *fingerprint;
	uint64_t session_id;
	uint64_t version;
	const struct address *addresses;	/* port 0 = `port` */
	uint32_t n_addresses;
	uint16_t port;
	uint16_t tcp_port;			/* 0 = no ICE-TCP */
};
bool negotiate_answer(struct writer *w, const struct negotiation *n, const struct negotiation_answer *a);
