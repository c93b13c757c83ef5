/* SPDX-License-Identifier: EUPL-1.2 */
/* Batches of datagrams to and from one socket. In conclave-media.
 * Invariant: of what is to be sent, area [0, used) is complete, in messages [0, queued); nothing is kept beyond a
 * flush. All datagrams of a message have one size and one destination; only its last may be shorter. To read into,
 * messages [lent, UDP_BATCH) have a packet; the kernel takes them from the first on. */
#include "sfu/net/udp.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

/* Half a second of 500 people's media; the kernel caps it by net.core.[rw]mem_max. */
#define UDP_BUFFER (8 * 1024 * 1024)
/* Batches of nothing but skipped datagrams before the loop gets its turn again (ATTACKS A19). */
#define UDP_ROUNDS 8
#define UDP_AREA (LIMIT_DATAGRAM + 36)
#define UDP_CONTROL CMSG_SPACE(sizeof(uint32_t))
/* Some 110 of the largest datagrams that media makes; it stays in the processor's second cache. */
#define UDP_SEND (128 * 1024)
/* Of one message: what every kernel with UDP_SEGMENT takes (64 until Linux 6.9), and an IP packet holds. */
#define UDP_SEGMENTS 64
#define UDP_SEGMENTED_BYTES 65000
/* To lend for reading beyond twice what came last. */
#define UDP_SPARE 6

union udp_control {
	struct cmsghdr aligned;
	uint8_t bytes[UDP_CONTROL];
};

/* What a message to send is made of. */
struct udp_group {
	struct address to;
	uint16_t segment;	/* bytes of each datagram but the last, which has that many or fewer */
	uint16_t count;
	bool closed;		/* the last is shorter */
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
	struct packet *packets[UDP_BATCH];
	struct udp_batch out;
	union udp_control segmentation[UDP_BATCH];
	struct udp_group groups[UDP_BATCH];
	uint8_t area[UDP_SEND];

	/* state */
	bool dual_stack;
	bool segments;		/* the kernel cuts messages into datagrams, as far as we know */
	uint16_t port;
	unsigned lent;
	unsigned expected;	/* packets to have for the next read */
	unsigned queued;
	size_t used;
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
	int flags, segment, yes = 1;

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
	size = sizeof(segment);
	u->segments = getsockopt(fd, SOL_UDP, UDP_SEGMENT, &segment, &size) == 0;
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

static void udp_segmentation_init(struct udp *u)
{
	for (unsigned i = 0; i < UDP_BATCH; i++) {
		struct cmsghdr *c = &u->segmentation[i].aligned;

		c->cmsg_level = SOL_UDP;
		c->cmsg_type = UDP_SEGMENT;
		c->cmsg_len = CMSG_LEN(sizeof(uint16_t));
	}
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
	u->lent = u->expected = UDP_BATCH;
	udp_batch_init(&u->in);
	udp_batch_init(&u->out);
	udp_segmentation_init(u);
	*ret = take(u);
	return 0;
}

void udp_release(struct udp *u)
{
	while (u->lent < UDP_BATCH)
		packet_unref(u->packets[u->lent++]);
}

struct udp *udp_close(struct udp *u)
{
	if (!u)
		return NULL;
	udp_release(u);
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

/* Packets to read into: as many as may well be needed, and the pool gives. */
static void udp_lend(struct udp *u, struct pool *pool)
{
	struct packet *packet;

	while (UDP_BATCH - u->lent < u->expected && (packet = packet_new(pool))) {
		unsigned i = --u->lent;
		struct msghdr *m = &u->in.messages[i].msg_hdr;

		u->packets[i] = packet;
		u->in.spans[i] = (struct iovec){ .iov_base = packet->data, .iov_len = LIMIT_DATAGRAM };
		m->msg_namelen = sizeof(u->in.names[i]);
		m->msg_control = u->controls[i].bytes;
		m->msg_controllen = sizeof(u->controls[i].bytes);
	}
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

/* Of the messages that the kernel filled. */
static int udp_sort(struct udp *u, unsigned n, struct udp_in *in)
{
	int kept = 0;

	for (unsigned end = u->lent + n; u->lent < end; u->lent++) {
		struct mmsghdr *m = &u->in.messages[u->lent];
		struct packet *packet = u->packets[u->lent];

		udp_note_overflow(u, &m->msg_hdr);
		if (!udp_accept(u, m, &in[kept].from)) {
			packet_unref(packet);
			continue;
		}
		u->numbers.in++;
		u->numbers.bytes_in += m->msg_len;
		packet->size = m->msg_len;
		in[kept++].packet = packet;
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
		unsigned filled, most;
		int got, error, kept;

		udp_lend(u, pool);
		most = UDP_BATCH - u->lent;
		if (!most)
			return udp_discard(u);
		got = recvmmsg(u->fd, u->in.messages + u->lent, most, MSG_DONTWAIT, NULL);
		error = errno;
		filled = got > 0 ? (unsigned)got : 0;
		u->expected = filled == most ? UDP_BATCH : MIN(2 * filled + UDP_SPARE, (unsigned)UDP_BATCH);
		if (got < 0) {
			if (error == EAGAIN)
				return 0;
			if (error == EINTR || udp_error_is_of_peer(error))
				continue;
			return -error;
		}
		kept = udp_sort(u, filled, in);
		if (kept)
			return kept;
	}
	return 0;
}

bool udp_is_full(const struct udp *u)
{
	return u->queued == UDP_BATCH || UDP_SEND - u->used < UDP_AREA;
}

uint8_t *udp_reserve(struct udp *u)
{
	if (udp_is_full(u))
		udp_flush(u);
	return u->area + u->used;
}

/* UDP_SEGMENT's terms; how large the first datagram is decides for the message. */
static bool udp_group_takes(const struct udp_group *g, size_t bytes, const struct address *to, size_t size)
{
	return !g->closed && size <= g->segment && g->count < UDP_SEGMENTS && bytes + size <= UDP_SEGMENTED_BYTES &&
		address_equal(&g->to, to);
}

static void udp_extend(struct udp *u, unsigned i, size_t size)
{
	struct udp_group *g = &u->groups[i];
	struct msghdr *m = &u->out.messages[i].msg_hdr;

	if (g->count == 1) {
		memcpy(CMSG_DATA(&u->segmentation[i].aligned), &g->segment, sizeof(g->segment));
		m->msg_control = u->segmentation[i].bytes;
		m->msg_controllen = CMSG_SPACE(sizeof(g->segment));
	}
	g->count++;
	g->closed = size < g->segment;
	u->out.spans[i].iov_len += size;
}

static void udp_begin(struct udp *u, unsigned i, const struct address *to, size_t size)
{
	struct msghdr *m = &u->out.messages[i].msg_hdr;

	u->groups[i] = (struct udp_group){ .to = *to, .segment = (uint16_t)size, .count = 1, .closed = !u->segments };
	u->out.spans[i] = (struct iovec){ .iov_base = u->area + u->used, .iov_len = size };
	m->msg_namelen = address_to_sockaddr(to, u->dual_stack, &u->out.names[i]);
	m->msg_control = NULL;
	m->msg_controllen = 0;
}

void udp_commit(struct udp *u, const struct address *to, size_t size)
{
	unsigned i = u->queued - 1;

	assert(size > 0 && size <= UDP_AREA && UDP_SEND - u->used >= size);
	if (u->queued && udp_group_takes(&u->groups[i], u->out.spans[i].iov_len, to, size)) {
		udp_extend(u, i, size);
	} else {
		assert(u->queued < UDP_BATCH);
		udp_begin(u, u->queued++, to, size);
	}
	u->used += size;
}

static void udp_count_sent(struct udp *u, unsigned first, unsigned n)
{
	for (unsigned i = first; i < first + n; i++) {
		u->numbers.bytes_out += u->out.spans[i].iov_len;
		u->numbers.out += u->groups[i].count;
		u->numbers.groups += u->groups[i].count > 1;
	}
}

/* One by one, since each may fail for a reason of its own. */
static void udp_send_apart(struct udp *u, unsigned i)
{
	uint8_t *data = u->out.spans[i].iov_base;
	size_t left = u->out.spans[i].iov_len;

	while (left) {
		struct iovec span = { .iov_base = data, .iov_len = MIN(left, (size_t)u->groups[i].segment) };
		struct mmsghdr one = { .msg_hdr = {
			.msg_name = &u->out.names[i], .msg_namelen = u->out.messages[i].msg_hdr.msg_namelen,
			.msg_iov = &span, .msg_iovlen = 1 } };
		int sent = sendmmsg(u->fd, &one, 1, MSG_DONTWAIT);

		if (sent < 0 && errno == EINTR)
			continue;
		u->numbers.out += sent > 0;
		u->numbers.bytes_out += sent > 0 ? span.iov_len : 0;
		u->numbers.dropped_send += sent <= 0;
		data += span.iov_len;
		left -= span.iov_len;
	}
}

/* EIO: the way out has no checksum offload, or IPsec; it would be said for each message. EINVAL: a datagram is larger
 * than what this destination's path takes, which says nothing of others, unless no message ever left. */
static void udp_refused(struct udp *u, int error)
{
	if (error != EIO && error != EINVAL)
		return;
	u->numbers.groups_refused++;
	if (!u->segments || (error == EINVAL && u->numbers.groups))
		return;
	u->segments = false;
	log_warn("segmentation-off", LOG_ERROR(-error));
}

/* The first of those that the kernel did not take as it stands. */
static void udp_overcome(struct udp *u, unsigned i, int error)
{
	if (u->groups[i].count == 1) {
		u->numbers.dropped_send++;	/* this one alone; the next is for somebody else */
		return;
	}
	udp_refused(u, error);
	udp_send_apart(u, i);
}

static void udp_drop_from(struct udp *u, unsigned first)
{
	for (unsigned i = first; i < u->queued; i++)
		u->numbers.dropped_send += u->groups[i].count;
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
			udp_drop_from(u, done);
			break;
		} else if (errno != EINTR) {
			udp_overcome(u, done++, errno);
		}
	}
	u->queued = 0;
	u->used = 0;
}
