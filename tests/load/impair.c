/* SPDX-License-Identifier: EUPL-1.2 */
/* A UDP proxy that is a bad line: impair [--seed N] --listen IP:PORT --to IP:PORT [ORDER…]. Each client has a socket
 * and two lanes of its own, so that the server sees as many addresses as there are clients. Prints `ready PORT`, then
 * takes orders (orders.h) on standard input, one a line, each answered by `ok`, `wrong` or a line of counts; ends when
 * standard input does.
 * Invariant: what is forwarded is a datagram that came, whole and unchanged. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/address.h"
#include "base/loop.h"
#include "base/mem.h"
#include "tests/load/orders.h"
#include "tests/support/sum.h"

#define IMPAIR_CLIENTS 128
#define IMPAIR_BUFFER (4 * 1024 * 1024)
#define IMPAIR_PER_TURN 64
#define IMPAIR_SEEN 65536
#define IMPAIR_SEEN_AGE SECONDS(2)	/* a picture's numbers wrap in minutes */

struct impair;

struct client {
	/* owned */
	int fd;				/* connected to the server */
	struct loop_source *source;
	struct lane lanes[LANE_WAYS];

	/* borrowed */
	struct impair *impair;

	/* state */
	struct address at;
	bool stranded;			/* hears and says nothing more */
};

/* A packet of SRTP that came. */
struct seen {
	uint64_t key;			/* client, way, SSRC and number */
	uint64_t sum;			/* of its bytes */
	usec_t at;
};

struct impair {
	/* owned */
	struct loop *loop;
	struct loop_source *listener, *input;
	struct client clients[IMPAIR_CLIENTS];
	int fd;

	/* state */
	struct lane_conditions conditions[LANE_WAYS];
	struct address to;
	uint64_t seed, refused;
	struct seen seen[IMPAIR_SEEN];	/* by what of the key */
	uint64_t repeated;		/* packets of SRTP whose number came before … */
	uint64_t changed;		/* … with other bytes: one nonce for two packets */
	size_t n_clients;
	char line[256];
	size_t in_line;
	bool over;
};

static void die(const char *what, int error)
{
	fprintf(stderr, "impair: %s: %s\n", what, strerror(error < 0 ? -error : error));
	exit(1);
}

static int open_socket(const struct address *a)
{
	int fd = socket(a->family == 6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int size = IMPAIR_BUFFER;

	if (fd < 0)
		die("socket", errno);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return fd;
}

/* Datagrams that a full or closed socket does not take are lost: it is a line. */
static void deliver(struct client *c, enum lane_way way, const struct lane_datagram *d)
{
	struct sockaddr_storage to;
	socklen_t size = address_to_sockaddr(&c->at, false, &to);

	if (way == LANE_UP)
		(void)send(c->fd, d->data, d->size, MSG_DONTWAIT);
	else
		(void)sendto(c->impair->fd, d->data, d->size, MSG_DONTWAIT, (struct sockaddr *)&to, size);
}

static void drain(struct impair *m, usec_t now)
{
	for (size_t i = 0; i < LANE_WAYS * m->n_clients; i++) {
		struct client *c = &m->clients[i / LANE_WAYS];
		enum lane_way way = (enum lane_way)(i % LANE_WAYS);

		for (;;) {
			_cleanup_(mem_freep) struct lane_datagram *d = lane_take(&c->lanes[way], now);

			if (!d)
				break;
			deliver(c, way, d);
		}
	}
}

static usec_t deadline(const struct impair *m)
{
	usec_t next = USEC_NEVER;

	for (size_t i = 0; i < m->n_clients; i++)
		for (unsigned way = 0; way < LANE_WAYS; way++)
			next = MIN(next, lane_deadline(&m->clients[i].lanes[way]));
	return next;
}

static bool is_rtp(const uint8_t *data, size_t size)
{
	return size >= 12 && data[0] >> 6 == 2 && (data[1] & 0x7f) / 32 != 2;	/* RFC 5761, 4 */
}

static void look(struct client *c, enum lane_way way, usec_t now, const uint8_t *data, size_t size)
{
	struct impair *m = c->impair;
	struct bytes in = bytes_make(data, size);
	struct reader r = reader(in);
	struct seen next = { .sum = sum_of(in), .at = now }, *seen;

	if (!is_rtp(data, size))
		return;
	read_skip(&r, 2);
	next.key = read_u16(&r);
	read_skip(&r, 4);
	next.key |= (uint64_t)read_u32(&r) << 16 | (uint64_t)way << 48 | (uint64_t)(c - m->clients + 1) << 49;
	seen = &m->seen[sum_of(bytes_make(&next.key, sizeof(next.key))) % IMPAIR_SEEN];
	if (seen->key == next.key && now < seen->at + IMPAIR_SEEN_AGE) {
		m->repeated++;
		m->changed += seen->sum != next.sum;
	}
	*seen = next;
}

static void pass(struct client *c, enum lane_way way, usec_t now, const uint8_t *data, ssize_t size)
{
	int r;

	look(c, way, now, data, (size_t)size);
	r = c->stranded ? 0 : lane_send(&c->lanes[way], now, bytes_make(data, (size_t)size));

	if (r < 0)
		die("memory", r);
}

static void on_server(void *user, unsigned events __attribute__((unused)), usec_t now)
{
	struct client *c = user;
	uint8_t data[LANE_DATAGRAM];

	for (unsigned i = 0; i < IMPAIR_PER_TURN; i++) {
		ssize_t n = recv(c->fd, data, sizeof(data), MSG_DONTWAIT);

		if (n >= 0)
			pass(c, LANE_DOWN, now, data, n);
		else if (errno == EAGAIN)
			break;
	}
	drain(c->impair, now);
}

static void connect_client(struct client *c)
{
	struct sockaddr_storage to;
	socklen_t size = address_to_sockaddr(&c->impair->to, false, &to);
	int r;

	c->fd = open_socket(&c->impair->to);
	if (connect(c->fd, (struct sockaddr *)&to, size) < 0)
		die("connect", errno);
	r = loop_add(c->impair->loop, &c->source, c->fd, LOOP_READ, on_server, c);
	if (r < 0)
		die("epoll", r);
}

static void disconnect_client(struct client *c)
{
	loop_remove(c->source);
	(void)close(c->fd);
}

static struct client *client_of(struct impair *m, const struct address *from)
{
	struct client *c = &m->clients[m->n_clients];

	for (size_t i = 0; i < m->n_clients; i++)
		if (address_equal(&m->clients[i].at, from))
			return &m->clients[i];
	if (m->n_clients == IMPAIR_CLIENTS)
		return NULL;
	c->impair = m;
	c->at = *from;
	for (unsigned way = 0; way < LANE_WAYS; way++) {
		int r = lane_init(&c->lanes[way], m->seed + LANE_WAYS * m->n_clients + way);

		if (r < 0)
			die("memory", r);
		lane_set(&c->lanes[way], &m->conditions[way]);
	}
	connect_client(c);
	m->n_clients++;
	return c;
}

static void on_clients(void *user, unsigned events __attribute__((unused)), usec_t now)
{
	struct impair *m = user;
	uint8_t data[LANE_DATAGRAM];

	for (unsigned i = 0; i < IMPAIR_PER_TURN; i++) {
		struct sockaddr_storage name;
		socklen_t size = sizeof(name);
		ssize_t n = recvfrom(m->fd, data, sizeof(data), MSG_DONTWAIT, (struct sockaddr *)&name, &size);
		struct address from;
		struct client *c;

		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0 || !address_from_sockaddr(&from, (struct sockaddr *)&name, size))
			continue;
		c = client_of(m, &from);
		if (c)
			pass(c, LANE_UP, now, data, n);
		else
			m->refused++;
	}
	drain(m, now);
}

static void print_counts(const struct impair *m)
{
	static const char *const words[LANE_WAYS] = { "up", "down" };

	printf("{\"clients\":%zu,\"refused\":%" PRIu64, m->n_clients, m->refused);
	printf(",\"repeated\":%" PRIu64 ",\"changed\":%" PRIu64, m->repeated, m->changed);
	for (unsigned way = 0; way < LANE_WAYS; way++) {
		struct lane_numbers n = { 0 };

		for (size_t i = 0; i < m->n_clients; i++) {
			const struct lane_numbers *one = &m->clients[i].lanes[way].numbers;

			n.sent += one->sent;
			n.lost += one->lost;
			n.dropped += one->dropped;
			n.duplicated += one->duplicated;
			n.reordered += one->reordered;
			n.delivered += one->delivered;
		}
		printf(",\"%s\":{\"sent\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"dropped\":%" PRIu64, words[way], n.sent,
			n.lost, n.dropped);
		printf(",\"duplicated\":%" PRIu64 ",\"reordered\":%" PRIu64 ",\"delivered\":%" PRIu64 "}", n.duplicated,
			n.reordered, n.delivered);
	}
	printf("}\n");
}

static bool obey(struct impair *m, const char *line)
{
	switch (order_read(line, m->conditions)) {
	case ORDER_WRONG:
		return false;
	case ORDER_CONDITION:
		for (size_t i = 0; i < m->n_clients; i++)
			for (unsigned way = 0; way < LANE_WAYS; way++)
				lane_set(&m->clients[i].lanes[way], &m->conditions[way]);
		break;
	case ORDER_COUNTS:
		print_counts(m);
		return true;
	case ORDER_REBIND:	/* as a router that lost its table: the server sees new ports */
		for (size_t i = 0; i < m->n_clients; i++) {
			disconnect_client(&m->clients[i]);
			connect_client(&m->clients[i]);
		}
		break;
	case ORDER_STRAND:	/* as who leaves a network: the old address is dead, a new one is not */
		for (size_t i = 0; i < m->n_clients; i++)
			m->clients[i].stranded = true;
		break;
	}
	printf("ok\n");
	return true;
}

static void on_input(void *user, unsigned events __attribute__((unused)), usec_t now __attribute__((unused)))
{
	struct impair *m = user;
	char *end;
	ssize_t n = read(STDIN_FILENO, m->line + m->in_line, sizeof(m->line) - 1 - m->in_line);

	if (n <= 0) {
		m->over = true;
		return;
	}
	m->in_line += (size_t)n;
	m->line[m->in_line] = 0;
	while ((end = strchr(m->line, '\n'))) {
		*end = 0;
		if (!obey(m, m->line))
			printf("wrong\n");
		m->in_line -= (size_t)(end + 1 - m->line);
		memmove(m->line, end + 1, m->in_line + 1);
	}
	if (m->in_line == sizeof(m->line) - 1)
		m->in_line = 0;
	fflush(stdout);
}

static bool read_address(const char *text, struct address *ret)
{
	char ip[ADDRESS_TEXT_SIZE];
	const char *colon = strrchr(text, ':');
	char *end;
	unsigned long port;

	if (!colon || (size_t)(colon - text) >= sizeof(ip))
		return false;
	memcpy(ip, text, (size_t)(colon - text));
	ip[colon - text] = 0;
	port = strtoul(colon + 1, &end, 10);
	if (!address_parse_ip(ret, ip) || !colon[1] || *end || port > 65535)
		return false;
	ret->port = (uint16_t)port;
	return true;
}

/* A client's address is compared as it comes, so a dual-stack socket is not needed. */
static void listen_at(struct impair *m, const struct address *a)
{
	struct sockaddr_storage name;
	socklen_t size = address_to_sockaddr(a, false, &name);
	struct address bound;

	m->fd = open_socket(a);
	if (bind(m->fd, (struct sockaddr *)&name, size) < 0)
		die("bind", errno);
	size = sizeof(name);
	if (getsockname(m->fd, (struct sockaddr *)&name, &size) < 0 ||
	    !address_from_sockaddr(&bound, (struct sockaddr *)&name, size))
		die("getsockname", errno);
	printf("ready %u\n", bound.port);
	fflush(stdout);
}

static int usage(void)
{
	fprintf(stderr, "usage: impair [--seed N] --listen IP:PORT --to IP:PORT ['up|down|both KEY VALUE'…]\n");
	return 2;
}

static int run(struct impair *m)
{
	int r;

	while (!m->over) {
		r = loop_run_once(m->loop, deadline(m));
		if (r < 0)
			die("epoll", r);
		drain(m, clock_now());
	}
	return 0;
}

static void impair_done(struct impair *m)
{
	for (size_t i = 0; i < m->n_clients; i++) {
		disconnect_client(&m->clients[i]);
		for (unsigned way = 0; way < LANE_WAYS; way++)
			lane_done(&m->clients[i].lanes[way]);
	}
	loop_remove(m->listener);
	loop_remove(m->input);
	loop_free(m->loop);
	(void)close(m->fd);
}

int main(int argc, char **argv)
{
	static struct impair m = { .seed = 1 };
	struct address at = { 0 };
	int i = 1, r;

	for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
		if (strcmp(argv[i], "--seed") == 0)
			m.seed = strtoull(argv[i + 1], NULL, 10);
		else if (!read_address(argv[i + 1], strcmp(argv[i], "--to") == 0 ? &m.to : &at))
			return usage();
	}
	if (!at.family || !m.to.family)
		return usage();
	for (; i < argc; i++)
		if (order_read(argv[i], m.conditions) != ORDER_CONDITION)
			return usage();
	(void)signal(SIGPIPE, SIG_IGN);
	listen_at(&m, &at);
	if ((r = loop_new(&m.loop)) < 0 ||
	    (r = loop_add(m.loop, &m.listener, m.fd, LOOP_READ, on_clients, &m)) < 0 ||
	    (r = loop_add(m.loop, &m.input, STDIN_FILENO, LOOP_READ, on_input, &m)) < 0)
		die("epoll", r);
	r = run(&m);
	impair_done(&m);
	return r;
}
