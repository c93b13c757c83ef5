/* SPDX-License-Identifier: EUPL-1.2 */
/* Frames from and to many connections. In conclave-media.
 * Invariant: a connection stands in `slots` under its number modulo LIMIT_TCP; it is in `readable` when it may still
 * give something in this turn, in `unsent` when it has something that the kernel was not asked to take. */
#include "sfu/net/tcp.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/list.h"
#include "base/loop.h"
#include "base/mem.h"
#include "sfu/net/framing.h"

/* Read at once: a picture's worth, and room for the frame that is cut at the end. */
#define TCP_READ 4096
/* Sound and answers still find a place where pictures do not. */
#define TCP_PICTURES (LIMIT_TCP_BACKLOG * 3 / 4)
/* In the kernel and not yet sent: what is older than the newest picture is better dropped by us than sent late. */
#define TCP_UNSENT (16 * 1024)
#define TCP_SWEEP SECONDS(1)

_Static_assert(TCP_READ >= FRAMING_MOST, "a frame fits");

struct connection {
	/* owned */
	int fd;
	struct loop_source *in_loop;

	/* borrowed */
	struct tcp *tcp;

	/* state */
	struct list in_readable;
	struct list in_unsent;
	struct address at;
	usec_t since;
	usec_t heard;
	bool may_read;		/* once more in this turn */
	size_t have, used;	/* of `in`: bytes read, and those that were given out */
	size_t first, end;	/* of `out`: what waits */
	uint8_t in[TCP_READ];
	uint8_t out[LIMIT_TCP_BACKLOG];
};

struct tcp {
	/* owned */
	struct loop *loop;
	struct connection *slots[LIMIT_TCP];

	/* state */
	struct list readable;
	struct list unsent;
	uint32_t given;		/* connections so far, which makes their numbers */
	usec_t sweep;		/* USEC_NEVER while there is nobody */
	struct tcp_numbers numbers;
};

DEFINE_CLEANUP(struct tcp *, tcp_free)

int tcp_new(struct tcp **ret)
{
	_cleanup_(tcp_freep) struct tcp *t = mem_new(struct tcp);
	int r;

	if (!t)
		return -ENOMEM;
	list_init(&t->readable);
	list_init(&t->unsent);
	t->sweep = USEC_NEVER;
	r = loop_new(&t->loop);
	if (r < 0)
		return r;
	*ret = take(t);
	return 0;
}

static void connection_free(struct connection *c)
{
	struct tcp *t = c->tcp;

	t->slots[c->at.scope % LIMIT_TCP] = NULL;
	t->numbers.open--;
	list_remove(&c->in_readable);
	list_remove(&c->in_unsent);
	c->in_loop = loop_remove(c->in_loop);
	(void)close(c->fd);
	mem_free(c);
}

struct tcp *tcp_free(struct tcp *t)
{
	if (!t)
		return NULL;
	for (size_t i = 0; i < LIMIT_TCP; i++)
		if (t->slots[i])
			connection_free(t->slots[i]);
	loop_free(t->loop);
	mem_free(t);
	return NULL;
}

int tcp_fd(const struct tcp *t)
{
	return loop_fd(t->loop);
}

void tcp_count(const struct tcp *t, struct tcp_numbers *ret)
{
	*ret = t->numbers;
}

static struct connection *connection_find(const struct tcp *t, const struct address *at)
{
	struct connection *c = t->slots[at->scope % LIMIT_TCP];

	return c && address_equal(&c->at, at) ? c : NULL;
}

void tcp_close(struct tcp *t, const struct address *at)
{
	struct connection *c = connection_find(t, at);

	if (c)
		connection_free(c);
}

/* Coming. */

static void connection_on_events(void *user, unsigned events, usec_t now __attribute__((unused)))
{
	struct connection *c = user;

	if (events & LOOP_WRITE) {
		list_remove(&c->in_unsent);
		list_push_back(&c->tcp->unsent, &c->in_unsent);
	}
	if (events & (LOOP_READ | LOOP_HANGUP)) {
		c->may_read = true;
		list_remove(&c->in_readable);
		list_push_back(&c->tcp->readable, &c->in_readable);
	}
}

/* A number whose place is free; 0 when none is. */
static uint32_t tcp_number(struct tcp *t)
{
	for (size_t i = 0; i < LIMIT_TCP; i++) {
		t->given += t->given == UINT32_MAX ? 2 : 1;	/* 0 is nobody's */
		if (!t->slots[t->given % LIMIT_TCP])
			return t->given;
	}
	return 0;
}

/* Not vital: a kernel that refuses makes us slower, nothing else. */
static int connection_tune(int fd)
{
	int flags = fcntl(fd, F_GETFL), on = 1, unsent = TCP_UNSENT;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof(unsent));
	return flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ? -errno : 0;
}

static int tcp_refuse(struct tcp *t, int r)
{
	t->numbers.refused++;
	return r;
}

int tcp_add(struct tcp *t, usec_t now, int fd, const struct address *from, struct address *ret)
{
	_cleanup_(mem_freep) struct connection *c = NULL;
	uint32_t number = tcp_number(t);
	int r = number ? connection_tune(fd) : -ENOSPC;

	if (r < 0)
		return tcp_refuse(t, r);
	c = mem_new(struct connection);
	if (!c)
		return tcp_refuse(t, -ENOMEM);
	c->fd = fd;
	c->tcp = t;
	c->since = c->heard = now;
	c->at = *from;
	c->at.tcp = true;
	c->at.scope = number;
	list_init(&c->in_readable);
	list_init(&c->in_unsent);
	r = loop_add(t->loop, &c->in_loop, fd, LOOP_READ, connection_on_events, c);
	if (r < 0)
		return tcp_refuse(t, r);
	t->numbers.taken++;
	t->numbers.open++;
	t->sweep = MIN(t->sweep, now + TCP_SWEEP);
	*ret = c->at;
	t->slots[number % LIMIT_TCP] = take(c);
	return 0;
}

/* Reading. */

int tcp_turn(struct tcp *t)
{
	int r = loop_run_once(t->loop, 0);

	return MIN(r, 0);
}

/* False when it is over, or has nothing for now. */
static bool connection_read(struct connection *c, usec_t now)
{
	ssize_t n;

	if (!c->may_read) {
		list_remove(&c->in_readable);
		return false;
	}
	c->may_read = false;
	c->have -= c->used;
	memmove(c->in, c->in + c->used, c->have);
	c->used = 0;
	n = recv(c->fd, c->in + c->have, sizeof(c->in) - c->have, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		connection_free(c);
		return false;
	}
	c->have += (size_t)n;
	c->heard = now;
	return true;
}

static bool connection_give(struct connection *c, struct bytes frame, struct pool *pool, struct tcp_in *ret)
{
	struct tcp_numbers *numbers = &c->tcp->numbers;

	if (frame.size == 0)
		return false;		/* a sign of life, nothing else */
	ret->packet = packet_new(pool);
	if (!ret->packet) {
		numbers->dropped_pool++;
		return false;
	}
	numbers->in++;
	numbers->bytes_in += frame.size;
	memcpy(ret->packet->data, frame.data, frame.size);
	ret->packet->size = (uint32_t)frame.size;
	ret->from = c->at;
	return true;
}

bool tcp_receive(struct tcp *t, usec_t now, struct pool *pool, struct tcp_in *ret)
{
	struct connection *c;
	struct bytes frame;

	while ((c = list_first(&t->readable, struct connection, in_readable))) {
		switch (framing_first(bytes_make(c->in + c->used, c->have - c->used), &frame)) {
		case FRAMING_FRAME:
			c->used += FRAMING_HEADER + frame.size;
			if (connection_give(c, frame, pool, ret))
				return true;
			break;
		case FRAMING_MORE:
			(void)connection_read(c, now);
			break;
		case FRAMING_WRONG:
			t->numbers.wrong++;
			connection_free(c);
			break;
		}
	}
	return false;
}

/* Sending. */

static size_t connection_backlog(const struct connection *c)
{
	return c->end - c->first;
}

static bool connection_has_room(struct connection *c, size_t size, bool is_picture)
{
	if (connection_backlog(c) + size > (is_picture ? TCP_PICTURES : LIMIT_TCP_BACKLOG))
		return false;
	if (sizeof(c->out) - c->end < size) {
		memmove(c->out, c->out + c->first, connection_backlog(c));
		c->end -= c->first;
		c->first = 0;
	}
	return true;
}

void tcp_send(struct tcp *t, const struct address *to, struct bytes datagram, bool is_picture)
{
	struct connection *c = connection_find(t, to);

	if (!c) {
		t->numbers.dropped_gone++;
		return;
	}
	if (!connection_has_room(c, FRAMING_HEADER + datagram.size, is_picture)) {
		t->numbers.dropped_backlog++;
		return;
	}
	framing_write_header(c->out + c->end, datagram.size);
	memcpy(c->out + c->end + FRAMING_HEADER, datagram.data, datagram.size);
	c->end += FRAMING_HEADER + datagram.size;
	t->numbers.out++;
	if (list_empty(&c->in_unsent))
		list_push_back(&t->unsent, &c->in_unsent);
}

/* False when the connection is broken. */
static bool connection_write(struct connection *c)
{
	while (connection_backlog(c)) {
		ssize_t n = send(c->fd, c->out + c->first, connection_backlog(c), MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0)
			return false;
		c->first += (size_t)n;
		c->tcp->numbers.bytes_out += (size_t)n;
	}
	if (!connection_backlog(c))
		c->first = c->end = 0;
	return loop_change(c->in_loop, LOOP_READ | (connection_backlog(c) ? LOOP_WRITE : 0)) == 0;
}

void tcp_flush(struct tcp *t)
{
	struct connection *c;

	while ((c = list_first(&t->unsent, struct connection, in_unsent))) {
		list_remove(&c->in_unsent);
		if (!connection_write(c))
			connection_free(c);
	}
}

/* Time. */

void tcp_timeout(struct tcp *t, usec_t now)
{
	if (now < t->sweep)
		return;
	for (size_t i = 0; i < LIMIT_TCP; i++)
		if (t->slots[i] && now >= t->slots[i]->heard + TCP_QUIET)
			connection_free(t->slots[i]);
	t->sweep = t->numbers.open ? now + TCP_SWEEP : USEC_NEVER;
}

bool tcp_next(const struct tcp *t, usec_t now, size_t *at, struct address *ret)
{
	while (*at < LIMIT_TCP) {
		const struct connection *c = t->slots[(*at)++];

		if (c && now >= c->since + TCP_PATIENCE) {
			*ret = c->at;
			return true;
		}
	}
	return false;
}

usec_t tcp_deadline(const struct tcp *t)
{
	return t->sweep;
}
