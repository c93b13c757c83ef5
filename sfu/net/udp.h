/* SPDX-License-Identifier: EUPL-1.2 */
/* The worker's UDP socket, in batches. In conclave-media.
 * Invariant: allocates at open only; a datagram is built in the send area, in place; all leave in one sendmmsg, in
 * which datagrams that follow each other to one destination, of one size but for a shorter last one, are one message
 * (UDP_SEGMENT), as long as the kernel takes such. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/limits.h"
#include "base/pool.h"

#define UDP_BATCH 64

struct udp;

struct udp_in {
	struct address from;
	struct packet *packet;	/* one reference, the caller's; size set */
};

/* Takes an inherited, bound socket (IPv6 dual-stack or IPv4); makes it non-blocking, raises its buffers. On failure the
 * descriptor is still the caller's; else udp_close() closes it. -EAFNOSUPPORT for any other kind of socket. */
int udp_open(struct udp **ret, int fd);
/* Gives back what it holds of the pool. */
struct udp *udp_close(struct udp *u);
int udp_fd(const struct udp *u);
uint16_t udp_port(const struct udp *u);

/* Fills up to UDP_BATCH; the number, 0 when dry, or a negative errno (never for ICMP errors or empty datagrams:
 * those are skipped). Datagrams over LIMIT_DATAGRAM are dropped and counted. The pool is the same each time; up to
 * UDP_BATCH of its packets stay here until they are filled. Fewer when it runs out; without any packet the waiting
 * datagrams are read and dropped, so that an empty pool is no busy loop. A flood of datagrams that are skipped gives 0
 * early: watch the descriptor level-triggered. */
int udp_receive(struct udp *u, struct pool *pool, struct udp_in in[static UDP_BATCH]);

/* Gives back the packets that stay here until the next read, which takes others. */
void udp_release(struct udp *u);

/* LIMIT_DATAGRAM + 36 bytes to build the next datagram in; never NULL (flushes when the area is full). */
uint8_t *udp_reserve(struct udp *u);
bool udp_is_full(const struct udp *u);		/* the next udp_reserve() will flush */
/* The last reserved area holds `size` bytes, at least one, for `to`. */
void udp_commit(struct udp *u, const struct address *to, size_t size);
/* Sends all; what the kernel will not take now is dropped and counted: media is never queued twice. */
void udp_flush(struct udp *u);

struct udp_numbers {
	uint64_t in, bytes_in, out, bytes_out;
	uint64_t groups;		/* messages of more than one datagram that left */
	uint64_t groups_refused;	/* that the kernel would not cut: their datagrams left one by one */
	uint64_t dropped_large;		/* over LIMIT_DATAGRAM */
	uint64_t dropped_send;		/* the kernel would not take it */
	uint64_t dropped_pool;		/* no packet to read it into */
	uint64_t dropped_kernel;	/* lost before us, the receive buffer was full (SO_RXQ_OVFL) */
};
void udp_count(const struct udp *u, struct udp_numbers *ret);
