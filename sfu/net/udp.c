/* SPDX-License-Identifier: EUPL-1.2 */
/* Batches of datagrams to and from one socket. In conclave-media.
 * Invariant: of a batch to send, areas [0, queued) are complete; nothing is kept beyond a flush. */
#include "sfu/net/udp.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

/* Half a second of 500 people's media; the kernel caps it by net.core.[rw]mem_max. */
#define UDP_BUFFER (8 * 1024 * 1024)
/* Batches of nothing but skipped datagrams before the loop gets its turn again (ATTACKS A19). */
#define UDP_ROUNDS 8
#define UDP_AREA (LIMIT_DATAGRAM + 36)
#define UDP_CONTROL CMSG_SPACE(sizeof(uint32_t))

union udp_control {
	struct cmsghdr aligned;
	uint8_t bytes[UDP_CONTROL];
};

struct udp_batch {
	struct mmsghdr messages[UDP_BATCH];
	struct iovec spans[UDP_BATCH];
	struct sockaddr_storage names[UDP_BATCH];
};

struct udp {
	/* owned */
	int fd;
	struct udp_batch in;
	union udp_control controls[UDP_BATCH];
	struct udp_batch out;
	uint8_t areas[UDP_BATCH][UDP_AREA];

	/* state */
	bool dual_stack;
	uint16_t port;
	unsigned queued;
	uint32_t overflown;	/* the kernel's own count, which wraps */
	struct udp_numbers numbers;
};

/* Who has the right (CAP_NET_ADMIN) may pass the cap; a refusal leaves the kernel's default, which works. */
static void udp_raise_buffer(int fd, int forced, int plain)
{
	int size = UDP_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, forced, &size, sizeof(size)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, plain, &size, sizeof(size));
}

static int udp_prepare(struct udp *u, int fd)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);
	struct address at;
	int flags, yes = 1;

	if (getsockname(fd, (struct sockaddr *)&name, &size) < 0)
		return -errno;
	if (!address_from_sockaddr(&at, (struct sockaddr *)&name, size))
		return -EAFNOSUPPORT;
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &yes, sizeof(yes)) < 0)
		return -errno;
	udp_raise_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF);
	udp_raise_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF);
	u->dual_stack = name.ss_family == AF_INET6;
	u->port = at.port;
	return 0;
}

static void udp_batch_init(struct udp_batch *b)
{
	for (unsigned i = 0; i < UDP_BATCH; i++)
		b->messages[i].msg_hdr = (struct msghdr){
			.msg_name = &b->names[i],
			.msg_iov = &b->spans[i],
			.msg_iovlen = 1,
		};
}

int udp_open(struct udp **ret, int fd)
{
	_cleanup_(mem_freep) struct udp *u = mem_new(struct udp);
	int r;

	if (!u)
		return -ENOMEM;
	r = udp_prepare(u, fd);
	if (r < 0)
		return r;
	u->fd = fd;
	udp_batch_init(&u->in);
	udp_batch_init(&u->out);
	*ret = take(u);
	return 0;
}

struct udp *udp_close(struct udp *u)
{
	if (!u)
		return NULL;
	(void)close(u->fd);
	mem_free(u);
	return NULL;
}

int udp_fd(const struct udp *u)
{
	return u->fd;
}

uint16_t udp_port(const struct udp *u)
{
	return u->port;
}

void udp_count(const struct udp *u, struct udp_numbers *ret)
{
	*ret = u->numbers;
}

/* What an ICMP message may leave on a socket: it concerns one peer, who ages out (ATTACKS A29). */
static bool udp_error_is_of_peer(int error)
{
	return error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH || error == EHOSTDOWN ||
		error == EMSGSIZE || error == ENETDOWN || error == EPROTO || error == ENOPROTOOPT ||
		error == EOPNOTSUPP;
}

/* Packets to read into, as many as the pool gives. */
static unsigned udp_lend(struct udp *u, struct pool *pool, struct packet *packets[static UDP_BATCH])
{
	unsigned n = 0;

	while (n < UDP_BATCH && (packets[n] = packet_new(pool))) {
		u->in.spans[n] = (struct iovec){ .iov_base = packets[n]->data, .iov_len = LIMIT_DATAGRAM };
		u->in.messages[n].msg_hdr.msg_namelen = sizeof(u->in.names[n]);
		u->in.messages[n].msg_hdr.msg_control = u->controls[n].bytes;
		u->in.messages[n].msg_hdr.msg_controllen = sizeof(u->controls[n].bytes);
		n++;
	}
	return n;
}

static void udp_note_overflow(struct udp *u, struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		uint32_t seen;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL)
			continue;
		memcpy(&seen, CMSG_DATA(c), sizeof(seen));
		u->numbers.dropped_kernel += seen - u->overflown;
		u->overflown = seen;
	}
}

static bool udp_accept(struct udp *u, const struct mmsghdr *m, struct address *from)
{
	if (m->msg_len == 0)
		return false;
	if (m->msg_hdr.msg_flags & MSG_TRUNC) {
		u->numbers.dropped_large++;
		return false;
	}
	return address_from_sockaddr(from, m->msg_hdr.msg_name, m->msg_hdr.msg_namelen);
}

static int udp_sort(struct udp *u, struct packet *packets[static UDP_BATCH], unsigned n, struct udp_in *in)
{
	int kept = 0;

	for (unsigned i = 0; i < n; i++) {
		struct mmsghdr *m = &u->in.messages[i];

		udp_note_overflow(u, &m->msg_hdr);
		if (!udp_accept(u, m, &in[kept].from)) {
			packet_unref(packets[i]);
			continue;
		}
		u->numbers.in++;
		u->numbers.bytes_in += m->msg_len;
		packets[i]->size = m->msg_len;
		in[kept++].packet = packets[i];
	}
	return kept;
}

/* The pool is empty: what waits is lost, but must not keep the descriptor readable. */
static int udp_discard(struct udp *u)
{
	uint8_t byte;

	for (unsigned i = 0; i < UDP_BATCH; i++) {
		if (recv(u->fd, &byte, sizeof(byte), MSG_DONTWAIT) < 0)
			break;
		u->numbers.dropped_pool++;
	}
	return 0;
}

int udp_receive(struct udp *u, struct pool *pool, struct udp_in in[static UDP_BATCH])
{
	for (unsigned round = 0; round < UDP_ROUNDS; round++) {
		struct packet *packets[UDP_BATCH];
		unsigned lent = udp_lend(u, pool, packets);
		int got, error, kept;

		if (!lent)
			return udp_discard(u);
		got = recvmmsg(u->fd, u->in.messages, lent, MSG_DONTWAIT, NULL);
		error = errno;
		for (unsigned i = got > 0 ? (unsigned)got : 0; i < lent; i++)
			packet_unref(packets[i]);
		if (got < 0) {
			if (error == EAGAIN)
				return 0;
			if (error == EINTR || udp_error_is_of_peer(error))
				continue;
			return -error;
		}
		kept = udp_sort(u, packets, (unsigned)got, in);
		if (kept)
			return kept;
	}
	return 0;
}

uint8_t *udp_reserve(struct udp *u)
{
	if (u->queued == UDP_BATCH)
		udp_flush(u);
	return u->areas[u->queued];
}

void udp_commit(struct udp *u, const struct address *to, size_t size)
{
	unsigned i = u->queued++;

	assert(i < UDP_BATCH && size <= UDP_AREA);
	u->out.messages[i].msg_hdr.msg_namelen = address_to_sockaddr(to, u->dual_stack, &u->out.names[i]);
	u->out.spans[i] = (struct iovec){ .iov_base = u->areas[i], .iov_len = size };
}

static void udp_count_sent(struct udp *u, unsigned first, unsigned n)
{
	for (unsigned i = first; i < first + n; i++)
		u->numbers.bytes_out += u->out.spans[i].iov_len;
	u->numbers.out += n;
}

void udp_flush(struct udp *u)
{
	unsigned done = 0;

	while (done < u->queued) {
		int sent = sendmmsg(u->fd, u->out.messages + done, u->queued - done, MSG_DONTWAIT);

		if (sent > 0) {
			udp_count_sent(u, done, (unsigned)sent);
			done += (unsigned)sent;
		} else if (errno == EAGAIN || errno == ENOBUFS) {
			u->numbers.dropped_send += u->queued - done;
			break;
		} else if (errno != EINTR) {
			u->numbers.dropped_send++;	/* this one alone; the next is for somebody else */
			done++;
		}
	}
	u->queued = 0;
}
