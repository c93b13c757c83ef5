/* SPDX-License-Identifier: EUPL-1.2 */
/* One secured path of one participant: a UDP socket and DTLS-SRTP. In the load tool.
 * Invariant: nobody sleeps on the socket, so that whoever sends to it does not pay for waking a reader; when a datagram
 * came is the kernel's word, not ours. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/clock.h"
#include "sfu/client/dtls_client.h"

struct transport {
	/* owned */
	int fd;
	struct dtls_client *dtls;

	/* state */
	struct address at, server;	/* the ends of it */
	usec_t started, connected;	/* 0: not yet */
	uint64_t refused;		/* datagrams that were not authentic */
	uint64_t failed;		/* that the kernel would not take */
	uint64_t overflown;		/* that our own buffer had no room for */
};

typedef void (*transport_callback)(void *user, usec_t now, usec_t at, bool rtcp, struct bytes packet);

/* Bound to this address, when it is one of the machine's own. */
int transport_init(struct transport *t, const struct address *here);
void transport_done(struct transport *t);
/* What an answer, or an offer, of the server says of it. False when something is missing. */
bool transport_start(struct transport *t, usec_t now, const char *sdp, const struct address *to);
/* Reads all that came, and does what is due. */
void transport_turn(struct transport *t, usec_t now, transport_callback plain, void *user);
/* A plain packet, in place; `data` has 36 bytes to spare. */
void transport_send(struct transport *t, uint8_t *data, size_t size, bool rtcp);
