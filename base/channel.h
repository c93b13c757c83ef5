/* SPDX-License-Identifier: EUPL-1.2 */
/* Framed messages between two processes over a SOCK_SEQPACKET socket. In conclaved and conclave-media.
 * Invariant: one send is one receive; a message is whole or was never there; the queue is bounded. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/list.h"

struct channel {
	/* owned */
	int fd;				/* -1 = closed; non-blocking */
	struct list queue;		/* of messages that the socket would not take yet */

	/* state */
	size_t queued;			/* bytes, at most LIMIT_CHANNEL_QUEUE */
};

/* Takes the descriptor, makes it non-blocking and raises its buffers so that LIMIT_CHANNEL_MESSAGE fits.
 * On failure the descriptor is still the caller's. */
int channel_init(struct channel *c, int fd);
void channel_done(struct channel *c);
/* 0 when sent or queued. -EMSGSIZE, -ENOBUFS (the queue is full: the other side is not reading), -ENOMEM, -EPIPE. */
int channel_send(struct channel *c, struct bytes message);
/* 1 with *ret pointing into `buffer`; 0 when nothing waits; -EPIPE at end of file; -EMSGSIZE when one was cut (it is
 * dropped); other negative errno. A descriptor that came along is closed. */
int channel_receive(struct channel *c, uint8_t *buffer, size_t size, struct bytes *ret);
/* With a descriptor, which stays the caller's to close. Never queued: -EAGAIN when it would have to wait. */
int channel_send_with(struct channel *c, struct bytes message, int fd);
/* As channel_receive(), but a descriptor that came along is the caller's; *fd is -1 when none did. */
int channel_receive_with(struct channel *c, uint8_t *buffer, size_t size, struct bytes *ret, int *fd);
/* Call when the descriptor is writable. 0 or negative errno. */
int channel_flush(struct channel *c);
static inline bool channel_wants_write(const struct channel *c) { return !list_empty(&c->queue); }

/* An inherited descriptor as it stands in an argument: a whole number from 3 to 1024. */
bool channel_parse_fd(const char *text, int *ret);
/* A bound, listening SEQPACKET socket at a path (mode 0600; an old one there is removed), or a negative errno. */
int channel_listen(const char *path);
int channel_connect(const char *path);
/* Accepts one; *uid is the other side's (SO_PEERCRED). The descriptor, -EAGAIN, or another negative errno. */
int channel_accept(int listener, uint32_t *uid);
