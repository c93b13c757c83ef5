/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages over a SOCK_SEQPACKET socket, with a queue behind it for a reader who is slow. In conclaved, conclave-media.
 * Invariant: while the queue holds anything nothing is sent around it, so that order is kept. */
#include "base/channel.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"

/* The kernel counts its own bookkeeping against the buffer: a message of n bytes needs a little more than n. */
#define CHANNEL_BUFFER (2 * LIMIT_CHANNEL_MESSAGE)
#define CHANNEL_BACKLOG 16

struct channel_message {
	struct list in_queue;
	size_t size;
	uint8_t data[];
};

static int channel_raise_buffers(int fd)
{
	int wanted = CHANNEL_BUFFER, got = 0;
	socklen_t size = sizeof(got);

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &wanted, sizeof(wanted)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof(wanted)) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &got, &size) < 0)
		return -errno;
	/* net.core.wmem_max may have cut what we asked for. */
	return got > LIMIT_CHANNEL_MESSAGE + LIMIT_CHANNEL_MESSAGE / 8 ? 0 : -ENOBUFS;
}

int channel_init(struct channel *c, int fd)
{
	int flags = fcntl(fd, F_GETFL);
	int r;

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	r = channel_raise_buffers(fd);
	if (r < 0)
		return r;
	*c = (struct channel){ .fd = fd };
	list_init(&c->queue);
	return 0;
}

static void channel_drop_first(struct channel *c)
{
	struct channel_message *m = list_first(&c->queue, struct channel_message, in_queue);

	c->queued -= sizeof(*m) + m->size;
	list_remove(&m->in_queue);
	mem_free(m);
}

void channel_done(struct channel *c)
{
	if (!c->queue.next)		/* never initialised */
		return;
	while (!list_empty(&c->queue))
		channel_drop_first(c);
	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static int fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* The other side's absence has several names. */
static int channel_error(int error)
{
	return error == ECONNRESET || error == ENOTCONN ? -EPIPE : -error;
}

/* 1 when the socket took it, 0 when it would not now, or a negative errno. */
static int channel_try_send(struct channel *c, struct bytes message)
{
	ssize_t n;

	do
		n = send(c->fd, message.data, message.size, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return 1;
	return errno == EAGAIN ? 0 : channel_error(errno);
}

static int channel_enqueue(struct channel *c, struct bytes message)
{
	struct channel_message *m;

	if (c->queued + sizeof(*m) + message.size > LIMIT_CHANNEL_QUEUE)
		return -ENOBUFS;
	m = mem_alloc(sizeof(*m) + message.size);
	if (!m)
		return -ENOMEM;
	m->size = message.size;
	memcpy(m->data, message.data, message.size);
	list_push_back(&c->queue, &m->in_queue);
	c->queued += sizeof(*m) + message.size;
	return 0;
}

int channel_send(struct channel *c, struct bytes message)
{
	int r;

	if (c->fd < 0)
		return -EPIPE;
	/* An empty message would read as the end of the file. */
	if (message.size == 0 || message.size > LIMIT_CHANNEL_MESSAGE)
		return -EMSGSIZE;
	if (!list_empty(&c->queue))
		return channel_enqueue(c, message);
	r = channel_try_send(c, message);
	if (r < 0)
		return r;
	return r == 1 ? 0 : channel_enqueue(c, message);
}

/* No room for control data is offered, so the kernel itself closes a descriptor that came along. */
int channel_receive(struct channel *c, uint8_t *buffer, size_t size, struct bytes *ret)
{
	ssize_t n;

	if (c->fd < 0)
		return -EPIPE;
	do
		n = recv(c->fd, buffer, size, MSG_DONTWAIT | MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : channel_error(errno);
	if (n == 0)
		return -EPIPE;
	if ((size_t)n > size)
		return -EMSGSIZE;
	*ret = bytes_make(buffer, (size_t)n);
	return 1;
}

/* Room for exactly one descriptor: CMSG_SPACE() would take two. */
union channel_control {
	struct cmsghdr aligned;
	uint8_t bytes[CMSG_SPACE(sizeof(int))];
};

int channel_send_with(struct channel *c, struct bytes message, int fd)
{
	union channel_control control = { .aligned = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
						       .cmsg_len = CMSG_LEN(sizeof(fd)) } };
	struct iovec span = { .iov_base = (void *)message.data, .iov_len = message.size };
	struct msghdr m = { .msg_iov = &span, .msg_iovlen = 1, .msg_control = control.bytes,
			    .msg_controllen = sizeof(control.bytes) };
	ssize_t n;

	if (c->fd < 0)
		return -EPIPE;
	if (message.size == 0 || message.size > LIMIT_CHANNEL_MESSAGE)
		return -EMSGSIZE;
	if (!list_empty(&c->queue))
		return -EAGAIN;
	memcpy(CMSG_DATA(&control.aligned), &fd, sizeof(fd));
	do
		n = sendmsg(c->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return n < 0 ? channel_error(errno) : 0;
}

static int channel_take_fd(struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	int fd;

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof(fd)))
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

int channel_receive_with(struct channel *c, uint8_t *buffer, size_t size, struct bytes *ret, int *fd)
{
	union channel_control control;
	struct iovec span = { .iov_base = buffer, .iov_len = size };
	struct msghdr m = { .msg_iov = &span, .msg_iovlen = 1, .msg_control = control.bytes,
			    .msg_controllen = CMSG_LEN(sizeof(int)) };
	ssize_t n;

	*fd = -1;
	if (c->fd < 0)
		return -EPIPE;
	do
		n = recvmsg(c->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : channel_error(errno);
	*fd = channel_take_fd(&m);
	if (n == 0 || (m.msg_flags & MSG_TRUNC)) {
		fd_close(fd);
		*fd = -1;
		return n == 0 ? -EPIPE : -EMSGSIZE;
	}
	*ret = bytes_make(buffer, (size_t)n);
	return 1;
}

int channel_flush(struct channel *c)
{
	while (!list_empty(&c->queue)) {
		struct channel_message *m = list_first(&c->queue, struct channel_message, in_queue);
		int r = channel_try_send(c, bytes_make(m->data, m->size));

		if (r <= 0)
			return r;
		channel_drop_first(c);
	}
	return 0;
}

static int channel_path(struct sockaddr_un *ret, const char *path)
{
	size_t size = strlen(path) + 1;

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (size == 1)
		return -EINVAL;		/* Linux would take it for an abstract name */
	if (size > sizeof(ret->sun_path))
		return -ENAMETOOLONG;
	memcpy(ret->sun_path, path, size);
	return 0;
}

static int channel_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd < 0 ? -errno : fd;
}

int channel_listen(const char *path)
{
	_cleanup_(fd_close) int fd = -1;
	struct sockaddr_un name;
	struct stat old;
	int r = channel_path(&name, path);

	if (r < 0)
		return r;
	fd = channel_socket();
	if (fd < 0)
		return fd;
	if (lstat(path, &old) == 0 && S_ISSOCK(old.st_mode) && unlink(path) < 0)
		return -errno;
	/* Before bind() this sets the mode that the path is born with: it is never open to others, not for a moment. */
	if (fchmod(fd, 0600) < 0 || bind(fd, (const struct sockaddr *)&name, sizeof(name)) < 0 ||
	    listen(fd, CHANNEL_BACKLOG) < 0)
		return -errno;
	return fd_take(&fd);
}

int channel_connect(const char *path)
{
	_cleanup_(fd_close) int fd = -1;
	struct sockaddr_un name;
	int r = channel_path(&name, path);

	if (r < 0)
		return r;
	fd = channel_socket();
	if (fd < 0)
		return fd;
	if (connect(fd, (const struct sockaddr *)&name, sizeof(name)) < 0)
		return -errno;
	return fd_take(&fd);
}

int channel_accept(int listener, uint32_t *uid)
{
	_cleanup_(fd_close) int fd = -1;
	struct ucred other;
	socklen_t size = sizeof(other);

	do
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &other, &size) < 0)
		return -errno;
	*uid = other.uid;
	return fd_take(&fd);
}

bool channel_parse_fd(const char *text, int *ret)
{
	char *end;
	long v = strtol(text, &end, 10);

	if (*text == 0 || *end != 0 || v < 3 || v > 1024)
		return false;
	*ret = (int)v;
	return true;
}
