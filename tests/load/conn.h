/* SPDX-License-Identifier: EUPL-1.2 */
/* A TCP connection, with TLS or without; certificates are not looked at, since a test server makes its own. In the load
 * tool. Invariant: never blocks; what came is kept until it is consumed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/address.h"
#include "base/bytes.h"
#include "base/loop.h"

/* Something came, or the connection is over. */
typedef void (*conn_callback)(void *user, usec_t now);

struct conn {
	/* owned */
	int fd;				/* -1: not open */
	struct loop_source *source;
	void *tls;			/* an SSL; NULL: plain */
	uint8_t *in, *out;

	/* borrowed */
	conn_callback callback;
	void *user;

	/* state */
	size_t in_size, in_room, out_size, out_room;
	bool connected, over;
};

int conn_open(struct conn *c, struct loop *loop, const struct address *to, bool tls, conn_callback callback,
	void *user);
void conn_close(struct conn *c);
void conn_write(struct conn *c, struct bytes data);
static inline struct bytes conn_input(const struct conn *c) { return bytes_make(c->in, c->in_size); }
void conn_consume(struct conn *c, size_t n);
