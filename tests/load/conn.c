/* SPDX-License-Identifier: EUPL-1.2 */
/* Sockets and OpenSSL. In the load tool. Invariant: see conn.h. */
#include "tests/load/conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/mem.h"

#define CONN_PIECE 16384u
#define CONN_MOST (4u << 20)

/* One for all; lives as long as the process. */
static SSL_CTX *conn_context(void)
{
	static SSL_CTX *context;
	static const uint8_t http[] = "\x08http/1.1";

	if (!context) {
		context = SSL_CTX_new(TLS_client_method());
		if (context)
			(void)SSL_CTX_set_alpn_protos(context, http, sizeof(http) - 1);
	}
	return context;
}

static bool conn_grow(uint8_t **data, size_t *room, size_t wanted)
{
	size_t size = *room ?: CONN_PIECE;
	uint8_t *more;

	if (wanted <= *room)
		return true;
	while (size < wanted)
		size *= 2;
	more = size <= CONN_MOST ? mem_grow(*data, *room, size) : NULL;
	if (!more)
		return false;
	*data = more;
	*room = size;
	return true;
}

/* Bytes, 0 when it would wait, -1 when the connection is over. */
static ssize_t conn_result(struct conn *c, int n)
{
	int error;

	if (n > 0)
		return n;
	if (!c->tls)
		return n < 0 && errno == EAGAIN ? 0 : -1;
	error = SSL_get_error(c->tls, n);
	ERR_clear_error();
	return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

static ssize_t conn_read_some(struct conn *c, uint8_t *data, size_t size)
{
	if (c->tls)
		return conn_result(c, SSL_read(c->tls, data, (int)size));
	return conn_result(c, (int)recv(c->fd, data, size, MSG_DONTWAIT));
}

static ssize_t conn_write_some(struct conn *c, const uint8_t *data, size_t size)
{
	if (c->tls)
		return conn_result(c, SSL_write(c->tls, data, (int)MIN(size, (size_t)CONN_PIECE)));
	return conn_result(c, (int)send(c->fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL));
}

static void conn_flush(struct conn *c)
{
	size_t done = 0;

	while (!c->over && c->connected && done < c->out_size) {
		ssize_t n = conn_write_some(c, c->out + done, c->out_size - done);

		if (n < 0)
			c->over = true;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	c->out_size -= done;
	if (done)
		memmove(c->out, c->out + done, c->out_size);
	if (c->source)
		(void)loop_change(c->source, LOOP_READ | (c->out_size || !c->connected ? LOOP_WRITE : 0));
}

static void conn_fill(struct conn *c)
{
	while (!c->over) {
		ssize_t n;

		if (!conn_grow(&c->in, &c->in_room, c->in_size + CONN_PIECE)) {
			c->over = true;
			return;
		}
		n = conn_read_some(c, c->in + c->in_size, CONN_PIECE);
		if (n < 0)
			c->over = true;
		if (n <= 0)
			return;
		c->in_size += (size_t)n;
	}
}

static void on_conn(void *user, unsigned events, usec_t now)
{
	struct conn *c = user;
	size_t before = c->in_size;

	if (events & LOOP_WRITE)
		c->connected = true;
	if (!c->connected)
		return;
	conn_fill(c);
	conn_flush(c);
	if (c->over)
		c->source = loop_remove(c->source);
	if (c->over || c->in_size != before)
		c->callback(c->user, now);
}

static bool conn_make_tls(struct conn *c)
{
	SSL_CTX *context = conn_context();

	c->tls = context ? SSL_new(context) : NULL;
	if (!c->tls || SSL_set_fd(c->tls, c->fd) != 1)
		return false;
	SSL_set_mode(c->tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	(void)SSL_set_tlsext_host_name(c->tls, "localhost");
	SSL_set_connect_state(c->tls);
	return true;
}

int conn_open(struct conn *c, struct loop *loop, const struct address *to, bool tls, conn_callback callback,
	void *user)
{
	struct sockaddr_storage name;
	socklen_t size = address_to_sockaddr(to, false, &name);
	int yes = 1, r;

	*c = (struct conn){ .callback = callback, .user = user };
	c->fd = socket(to->family == 6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return -errno;
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	if (connect(c->fd, (struct sockaddr *)&name, size) < 0 && errno != EINPROGRESS)
		r = -errno;
	else if (tls && !conn_make_tls(c))
		r = -EIO;
	else
		r = loop_add(loop, &c->source, c->fd, LOOP_READ | LOOP_WRITE, on_conn, c);
	if (r < 0)
		conn_close(c);
	return r;
}

void conn_close(struct conn *c)
{
	c->source = loop_remove(c->source);
	SSL_free(c->tls);
	if (c->fd > 0)
		(void)close(c->fd);
	mem_free(c->in);
	mem_free(c->out);
	*c = (struct conn){ .fd = -1, .over = true };
}

void conn_write(struct conn *c, struct bytes data)
{
	if (c->over)
		return;
	if (!conn_grow(&c->out, &c->out_room, c->out_size + data.size)) {
		c->over = true;
		return;
	}
	memcpy(c->out + c->out_size, data.data, data.size);
	c->out_size += data.size;
	conn_flush(c);
}

void conn_consume(struct conn *c, size_t n)
{
	c->in_size -= n;
	memmove(c->in, c->in + n, c->in_size);
}
