/* SPDX-License-Identifier: EUPL-1.2 */
/* Accepting. In conclaved.
 * Invariant: `waiting` is in the order of arrival, so its first member has the nearest deadline. */
#include "server/shell/listener.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/shell/knock.h"
#include "server/shell/socket.h"

#define LISTENER_PATIENCE SECONDS(10)	/* ATTACKS C10 */
#define LISTENER_TURN 32		/* accepted in a turn: about 1 ms */
/* What one slow reader may hold in the kernel on top of LIMIT_SEND_QUEUE here. */
#define SOCKET_UNSENT (64 * 1024)

struct listening {
	/* owned */
	int fd;
	struct loop_source *in_loop;

	/* borrowed */
	struct listener *listener;

	/* state */
	enum listener_door door;
};

/* Accepted, and silent so far; or ready to be handed on. */
struct waiting {
	/* owned */
	int fd;
	struct loop_source *in_loop;
	struct source *source;

	/* borrowed */
	struct listener *listener;

	/* state */
	struct list in_list;
	usec_t deadline;
	enum listener_door door;
	struct address from;
	size_t need;			/* bytes, before they are looked at again */
	bool ice;
	unsigned worker;
};

struct listener {
	/* owned */
	struct listening sockets[LISTENER_SOCKETS];
	struct list waiting;
	struct list ready;
	int spare;		/* given up for a moment when there is no other, so that a connection can be refused */

	/* borrowed from the shell, which outlives us */
	struct loop *loop;
	struct sources *sources;

	/* state */
	size_t n_sockets;
	struct listener_numbers numbers;
};

DEFINE_CLEANUP(struct listener *, listener_free)

static int spare_open(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int listener_new(struct listener **ret, struct loop *loop, struct sources *sources)
{
	_cleanup_(listener_freep) struct listener *l = mem_new(struct listener);

	if (!l)
		return -ENOMEM;
	list_init(&l->waiting);
	list_init(&l->ready);
	l->loop = loop;
	l->sources = sources;
	l->spare = spare_open();
	if (l->spare < 0)
		return -errno;
	*ret = take(l);
	return 0;
}

static void waiting_free(struct waiting *w)
{
	list_remove(&w->in_list);
	w->in_loop = loop_remove(w->in_loop);
	w->source = sources_leave(w->listener->sources, w->source);
	socket_close(&w->fd);
	mem_free(w);
}

static void waiting_free_all(struct list *l)
{
	struct waiting *w;

	while ((w = list_first(l, struct waiting, in_list)))
		waiting_free(w);
}

struct listener *listener_free(struct listener *l)
{
	if (!l)
		return NULL;
	waiting_free_all(&l->waiting);
	waiting_free_all(&l->ready);
	for (size_t i = 0; i < l->n_sockets; i++) {
		l->sockets[i].in_loop = loop_remove(l->sockets[i].in_loop);
		socket_close(&l->sockets[i].fd);
	}
	socket_close(&l->spare);
	mem_free(l);
	return NULL;
}

static void waiting_ready(struct waiting *w)
{
	w->in_loop = loop_remove(w->in_loop);
	list_remove(&w->in_list);
	list_push_back(&w->listener->ready, &w->in_list);
}

static void waiting_refuse(struct waiting *w)
{
	w->listener->numbers.refused++;
	waiting_free(w);
}

/* The kernel does not call the socket readable before: who sends a byte at a time costs one look, not a hundred. */
static bool waiting_need(struct waiting *w, size_t bytes)
{
	int least = (int)bytes;

	w->need = bytes;
	return setsockopt(w->fd, SOL_SOCKET, SO_RCVLOWAT, &least, sizeof(least)) == 0;
}

/* Whether it goes on; `n` bytes were looked at. */
static bool waiting_judge(struct waiting *w, const uint8_t *data, size_t n)
{
	size_t need = 1;

	switch (knock_read(bytes_make(data, n), &need, &w->worker)) {
	case KNOCK_MORE:
		return n >= w->need && waiting_need(w, need);
	case KNOCK_TLS:
		break;
	case KNOCK_ICE:
		w->ice = true;
		if (w->door != LISTENER_PUBLIC || !waiting_need(w, 1))
			return false;
		break;
	case KNOCK_WRONG:
		return false;
	}
	waiting_ready(w);
	return true;
}

/* What was asked for is there, or the end. */
static void waiting_peek(void *user, unsigned events, usec_t now __attribute__((unused)))
{
	struct waiting *w = user;
	uint8_t data[KNOCK_MOST];
	ssize_t n = recv(w->fd, data, sizeof(data), MSG_PEEK | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && (size_t)n < w->need && !(events & LOOP_HANGUP))
		return;
	if (n <= 0 || !waiting_judge(w, data, (size_t)n))
		waiting_refuse(w);
}

static void socket_tune(int fd)
{
	int on = 1, unsent = SOCKET_UNSENT;

	/* Not vital: a kernel that refuses makes us slower, nothing else. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof(unsent));
}

static int waiting_new(struct listening *from, int fd, struct source *source, const struct address *a, usec_t now)
{
	_cleanup_(mem_freep) struct waiting *w = mem_new(struct waiting);
	struct listener *l = from->listener;
	int r;

	if (!w)
		return -ENOMEM;
	*w = (struct waiting){ .fd = fd, .source = source, .listener = l, .door = from->door, .from = *a };
	w->deadline = now + LISTENER_PATIENCE;
	w->need = 1;
	if (from->door != LISTENER_METRICS) {
		r = loop_add(l->loop, &w->in_loop, fd, LOOP_READ | LOOP_HANGUP, waiting_peek, w);
		if (r < 0)
			return r;
		list_push_back(&l->waiting, &w->in_list);
	} else {
		list_push_back(&l->ready, &w->in_list);
	}
	(void)take(w);
	return 0;
}

static void listening_take(struct listening *from, int fd, const struct address *a, usec_t now)
{
	struct listener *l = from->listener;
	struct source *source = sources_enter(l->sources, a);

	l->numbers.accepted++;
	if (source) {
		socket_tune(fd);
		if (waiting_new(from, fd, source, a, now) == 0)
			return;
		(void)sources_leave(l->sources, source);
	}
	l->numbers.refused++;
	(void)close(fd);
}

/* Without this the queue would stay readable and the loop would spin: with the spare one given up, one connection is
 * taken and closed (C11). */
static void listening_starve(struct listening *from, usec_t now)
{
	struct listener *l = from->listener;
	int fd;

	l->numbers.starved++;
	socket_close(&l->spare);
	fd = accept4(from->fd, NULL, NULL, SOCK_CLOEXEC);
	socket_close(&fd);
	l->spare = spare_open();
	log_throttled(LOG_LEVEL_WARN, now, SECONDS(10), "descriptors-exhausted");
}

/* What accept() says about one connection that is already gone is no failure of ours (accept(2)). */
static bool accept_may_go_on(int error)
{
	return error == ECONNABORTED || error == EINTR || error == EPROTO || error == ENETDOWN || error == EHOSTDOWN ||
		error == ENETUNREACH || error == EHOSTUNREACH || error == EPERM;
}

static void listening_accept(void *user, unsigned events __attribute__((unused)), usec_t now)
{
	struct listening *from = user;

	for (unsigned i = 0; i < LISTENER_TURN; i++) {
		struct sockaddr_storage name;
		socklen_t size = sizeof(name);
		struct address a;
		int fd = accept4(from->fd, (struct sockaddr *)&name, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0 && accept_may_go_on(errno))
			continue;
		if (fd < 0) {
			if (errno != EAGAIN)
				listening_starve(from, now);
			return;
		}
		if (address_from_sockaddr(&a, (const struct sockaddr *)&name, size))
			listening_take(from, fd, &a, now);
		else
			(void)close(fd);
	}
}

int listener_add(struct listener *l, int fd, enum listener_door door)
{
	struct listening *s = &l->sockets[l->n_sockets];
	int r;

	if (l->n_sockets == LISTENER_SOCKETS)
		return -ENOSPC;
	*s = (struct listening){ .fd = fd, .listener = l, .door = door };
	r = loop_add(l->loop, &s->in_loop, fd, LOOP_READ, listening_accept, s);
	if (r < 0)
		return r;
	l->n_sockets++;
	return 0;
}

bool listener_poll(struct listener *l, struct arrival *ret)
{
	struct waiting *w = list_first(&l->ready, struct waiting, in_list);

	if (!w)
		return false;
	*ret = (struct arrival){ .fd = w->fd, .source = w->source, .door = w->door, .from = w->from, .ice = w->ice,
				 .worker = w->worker };
	w->fd = -1;
	w->source = NULL;
	waiting_free(w);
	return true;
}

usec_t listener_deadline(const struct listener *l)
{
	const struct waiting *w = list_first(&l->waiting, struct waiting, in_list);

	return w ? w->deadline : USEC_NEVER;
}

void listener_timeout(struct listener *l, usec_t now)
{
	struct waiting *w;

	while ((w = list_first(&l->waiting, struct waiting, in_list)) && w->deadline <= now) {
		l->numbers.refused++;
		waiting_free(w);
	}
}

struct listener_numbers listener_count(const struct listener *l)
{
	return l->numbers;
}
