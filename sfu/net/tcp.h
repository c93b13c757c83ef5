/* SPDX-License-Identifier: EUPL-1.2 */
/* The worker's TCP connections: datagrams in frames, for who cannot use UDP (RFC 6544, passive; RFC 4571). In
 * conclave-media. It accepts nothing: conclaved does, and hands over those that begin with a check of ours.
 * Invariant: nothing waits for a reader: what one connection will not take is dropped, pictures first, and its memory
 * was all taken when it came; a number is never given to two connections. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/pool.h"

/* Whoever hands over must see to it that a check came this soon. */
#define TCP_PATIENCE SECONDS(10)
/* From whom nothing came for so long: as long as a link without a sign of life. */
#define TCP_QUIET SECONDS(60)

struct tcp;

struct tcp_in {
	struct address from;
	struct packet *packet;	/* one reference, the caller's; size set */
};

int tcp_new(struct tcp **ret);
struct tcp *tcp_free(struct tcp *t);
/* Readable when a tcp_turn() would do something. */
int tcp_fd(const struct tcp *t);

/* Takes a connected socket; on failure it is still yours. *ret is `from`, made this connection's own.
 * -ENOSPC (LIMIT_TCP), -ENOMEM. */
int tcp_add(struct tcp *t, usec_t now, int fd, const struct address *from, struct address *ret);
/* Fine for one that is gone. */
void tcp_close(struct tcp *t, const struct address *at);

/* Looks at once which connections can be read and written. */
int tcp_turn(struct tcp *t);
/* The next frame of this turn, until false. A connection that ended, or says what is no frame, is closed. */
bool tcp_receive(struct tcp *t, usec_t now, struct pool *pool, struct tcp_in *ret);

/* One datagram: kept for tcp_flush(), or dropped and counted. */
void tcp_send(struct tcp *t, const struct address *to, struct bytes datagram, bool is_picture);
void tcp_flush(struct tcp *t);

/* Closes whom nothing came from. Once a second while there is anybody, and then *at from 0 on: each connection of
 * which a check must have come by now, so that you close those that are nobody's. */
void tcp_timeout(struct tcp *t, usec_t now);
bool tcp_next(const struct tcp *t, usec_t now, size_t *at, struct address *ret);
usec_t tcp_deadline(const struct tcp *t);

struct tcp_numbers {
	uint64_t open, taken, refused;
	uint64_t in, bytes_in, out, bytes_out;
	uint64_t dropped_backlog;	/* the connection would not take it */
	uint64_t dropped_gone;		/* there is no such connection */
	uint64_t dropped_pool;		/* no packet to read it into */
	uint64_t wrong;			/* connections closed for what they said */
};
void tcp_count(const struct tcp *t, struct tcp_numbers *ret);
