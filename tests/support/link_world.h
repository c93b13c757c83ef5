/* SPDX-License-Identifier: EUPL-1.2 */
/* A worker's links and a few clients on a network without delay, in virtual time. In tests only.
 * Invariant: whatever the links send stands at a client's address, or is counted as a stray: bytes to an attacker. */
#pragma once

#include "base/pool.h"
#include "sfu/link/link.h"
#include "sfu/client/dtls_client.h"

#define WORLD_ENDS 5

struct end {
	/* owned */
	struct dtls_client *client;

	/* borrowed */
	struct link *link;	/* NULL once removed */

	/* state */
	struct address at;
	char profile[32];
	char closed[32];
	bool silent, suspended;
	unsigned connected;	/* how often it was said */
	unsigned silences;
	unsigned rtp, rtcp;	/* plain packets that the server let through for it */
	unsigned client_rtp;	/* that the client received */
	uint16_t sequence;	/* of the next packet of world_speak() */
	uint16_t server_sequence;
	uint32_t ssrc;
};

enum world_way { TO_SERVER, TO_CLIENT };

struct world {
	/* owned */
	struct links *links;
	struct end ends[WORLD_ENDS];

	/* state */
	usec_t now;
	unsigned n_ends;
	uint64_t lost[2];		/* bit n: the n-th DTLS datagram of this way is lost, as WORLD_EVERY all */
	unsigned dtls[2];		/* how many there were */
	size_t largest;			/* datagram of DTLS that the server sent */
	unsigned strays;
	size_t stray_bytes;
	unsigned answers;		/* datagrams that the server sent in all */
};

#define WORLD_EVERY UINT64_MAX

void world_init(struct world *w);
void world_done(struct world *w);
/* A link and its client, which knows the answer but has not begun. Returns its number. */
unsigned world_add(struct world *w, const struct dtls_client_options *options);
/* With another fingerprint in its offer than its own. */
unsigned world_add_as(struct world *w, const struct dtls_client_options *options, const uint8_t *fingerprint);
/* Begins at the client. */
void world_start(struct world *w, unsigned end);
/* Delivers until nobody says more; no time passes. */
void world_settle(struct world *w);
/* Settles, and lets time pass until then; every deadline is met on the way. */
void world_run(struct world *w, usec_t until);
/* Adds, starts and runs until it is connected; fails the test when it is not within a second. */
unsigned world_join(struct world *w);

/* One datagram from anywhere; what the server made of it. */
struct link_in world_throw(struct world *w, const struct address *from, const void *data, size_t size);
/* An SRTP (SRTCP) packet of the client, ready to be thrown; `data` has LINK_TAIL to spare. Returns its size. */
size_t world_rtp(struct world *w, unsigned end, uint8_t *data);
size_t world_rtcp(struct world *w, unsigned end, uint8_t *data);
/* From the client's own address: whether the server let it through. */
bool world_speak(struct world *w, unsigned end);
bool world_report(struct world *w, unsigned end);
/* An RTP packet to the client; whether it got there and was authentic. *to, when not NULL, says where it went. */
bool world_listen(struct world *w, unsigned end, struct address *to);

struct address address_of(const char *ip, uint16_t port);
/* A plain RTP packet of 12 + payload bytes. */
size_t write_rtp(uint8_t *data, size_t size, uint32_t ssrc, uint16_t sequence, size_t payload);
