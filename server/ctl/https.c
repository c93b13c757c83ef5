/* SPDX-License-Identifier: EUPL-1.2 */
/* The second door to OpenSSL: a client that trusts nobody without a reason. In conclavectl. */
#include "server/ctl/https.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/mem.h"

#define PATIENCE_S 10
#define FIRST_ROOM (16u * 1024)
#define REQUEST_SIZE 1024

struct https {
	/* owned */
	SSL_CTX *context;

	/* state */
	char authority[CONFIG_ORIGIN_SIZE];	/* HOST or HOST:PORT */
	char host[CONFIG_HOST_SIZE];
	char port[8];
};

DEFINE_CLEANUP(SSL *, SSL_free)
DEFINE_CLEANUP(struct https *, https_free)

static bool complain(char *why, const char *what, const char *whose)
{
	(void)snprintf(why, HTTPS_WHY_SIZE, "%.100s: %.140s", whose, what);
	return false;
}

static void take_place(struct https *h, const char *origin)
{
	const char *colon;
	size_t size;

	(void)snprintf(h->authority, sizeof(h->authority), "%s", origin + strlen("https://"));
	colon = strchr(h->authority, ':');
	size = colon ? (size_t)(colon - h->authority) : strlen(h->authority);
	(void)snprintf(h->host, sizeof(h->host), "%.*s", (int)size, h->authority);
	(void)snprintf(h->port, sizeof(h->port), "%s", colon ? colon + 1 : "443");
}

bool https_new(struct https **ret, const char *origin, const char *ca, char why[static HTTPS_WHY_SIZE])
{
	_cleanup_(https_freep) struct https *h = mem_new(struct https);
	bool trusts;

	if (h)
		h->context = SSL_CTX_new(TLS_client_method());
	if (!h || !h->context)
		return complain(why, "there is not enough memory", origin);
	SSL_CTX_set_verify(h->context, SSL_VERIFY_PEER, NULL);
	trusts = SSL_CTX_set_min_proto_version(h->context, TLS1_2_VERSION) == 1 &&
		(ca ? SSL_CTX_load_verify_locations(h->context, ca, NULL) :
			SSL_CTX_set_default_verify_paths(h->context)) == 1;
	ERR_clear_error();
	if (!trusts)
		return complain(why, "holds no certificate that can be trusted", ca ? ca : "this system");
	take_place(h, origin);
	*ret = take(h);
	return true;
}

struct https *https_free(struct https *h)
{
	if (h)
		SSL_CTX_free(h->context);
	mem_free(h);
	return NULL;
}

static int try_address(const struct addrinfo *at)
{
	static const struct timeval patience = { .tv_sec = PATIENCE_S };
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0 ||
	    connect(fd, at->ai_addr, at->ai_addrlen) < 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

/* -1 when none of its addresses answers. */
static int connect_to(const struct https *h)
{
	static const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
	struct addrinfo *list = NULL;
	int fd = -1;

	if (getaddrinfo(h->host, h->port, &hints, &list) != 0)
		return -1;
	for (const struct addrinfo *at = list; at && fd < 0; at = at->ai_next)
		fd = try_address(at);
	freeaddrinfo(list);
	return fd;
}

/* An address is looked for among the certificate's addresses, a name among its names and in SNI. */
static bool expect_host(SSL *ssl, const char *host)
{
	struct address ip;

	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	if (address_parse_ip(&ip, host))
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
	return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
}

/* Until the other side ends it, as it was asked to; https_parse() finds out whether all came. */
static bool read_all(SSL *ssl, size_t most, uint8_t **ret, size_t *ret_size)
{
	_cleanup_(mem_freep) uint8_t *data = NULL;
	size_t room = 0, size = 0, more = 0;

	do {
		size += more;
		if (size == room) {
			size_t next = room ? 2 * room : FIRST_ROOM;
			uint8_t *grown = size <= most ? mem_grow(data, room, next) : NULL;

			if (!grown)
				return false;
			data = grown;
			room = next;
		}
	} while (SSL_read_ex(ssl, data + size, room - size, &more) == 1);
	*ret = take(data);
	*ret_size = size;
	return size <= most;
}

static bool exchange(const struct https *h, SSL *ssl, const char *path, size_t most, struct https_answer *ret,
	char *why)
{
	char request[REQUEST_SIZE];
	uint8_t *data = NULL;
	size_t size;
	int n = snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: identity\r\n"
		"Connection: close\r\n\r\n", path, h->authority);

	if (n < 0 || (size_t)n >= sizeof(request) || SSL_write(ssl, request, n) != n)
		return complain(why, "does not listen", path);
	if (!read_all(ssl, most, &data, &size)) {
		mem_free(data);
		return complain(why, "is larger than a client can be", path);
	}
	if (!https_parse(ret, data, size))
		return complain(why, "what came is no whole answer", path);
	return true;
}

bool https_get(struct https *h, const char *path, size_t most, struct https_answer *ret,
	char why[static HTTPS_WHY_SIZE])
{
	_cleanup_(SSL_freep) SSL *ssl = SSL_new(h->context);
	int fd = ssl ? connect_to(h) : -1;
	bool done = false;

	if (!ssl || fd < 0)
		return complain(why, "nothing answers there", h->authority);
	if (!expect_host(ssl, h->host) || SSL_set_fd(ssl, fd) != 1)
		(void)complain(why, "there is not enough memory", h->authority);
	else if (SSL_connect(ssl) != 1)
		(void)complain(why, SSL_get_verify_result(ssl) == X509_V_OK ? "does not speak TLS" :
			X509_verify_cert_error_string(SSL_get_verify_result(ssl)), h->authority);
	else
		done = exchange(h, ssl, path, most, ret, why);
	(void)close(fd);
	ERR_clear_error();
	return done;
}

void https_answer_done(struct https_answer *a)
{
	mem_free(a->data);
	*a = (struct https_answer){ 0 };
}

/* One line of the head from `at` on, without its CR LF. */
static struct bytes head_line(struct bytes *head)
{
	const uint8_t *end = memmem(head->data, head->size, "\r\n", 2);
	size_t size = end ? (size_t)(end - head->data) : head->size;
	struct bytes line = bytes_make(head->data, size);

	*head = end ? bytes_make(end + 2, head->size - size - 2) : bytes_make(NULL, 0);
	return line;
}

size_t https_header(const struct https_answer *a, const char *name, struct bytes *ret)
{
	struct bytes head = a->head;
	size_t length = strlen(name), n = 0;

	while (head.size) {
		struct bytes line = head_line(&head);

		if (line.size <= length || line.data[length] != ':' ||
		    strncasecmp((const char *)line.data, name, length) != 0)
			continue;
		line = bytes_make(line.data + length + 1, line.size - length - 1);
		while (line.size && (line.data[0] == ' ' || line.data[0] == '\t'))
			line = bytes_make(line.data + 1, line.size - 1);
		while (line.size && (line.data[line.size - 1] == ' ' || line.data[line.size - 1] == '\t'))
			line.size--;
		if (n++ == 0)
			*ret = line;
	}
	return n;
}

static bool read_number(struct bytes text, unsigned base, size_t *ret)
{
	size_t n = 0;

	if (text.size == 0 || text.size > 8)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		unsigned c = text.data[i] | 32u, digit = c >= 'a' && c <= 'f' ? c - 'a' + 10 : c - '0';

		if (digit >= base)
			return false;
		n = n * base + digit;
	}
	*ret = n;
	return true;
}

/* RFC 9112, 7.1: the pieces move together; trailers are passed over. */
static bool join_chunks(uint8_t *data, size_t size, size_t *ret)
{
	struct bytes rest = bytes_make(data, size);
	size_t to = 0;

	for (;;) {
		struct bytes line = head_line(&rest);
		const uint8_t *extension = line.size ? memchr(line.data, ';', line.size) : NULL;
		size_t n;

		if (extension)
			line.size = (size_t)(extension - line.data);
		if (!read_number(line, 16, &n) || (n && (rest.size < n + 2 || memcmp(rest.data + n, "\r\n", 2) != 0)))
			return false;
		if (n == 0) {
			*ret = to;
			return true;
		}
		memmove(data + to, rest.data, n);
		to += n;
		rest = bytes_make(rest.data + n + 2, rest.size - n - 2);
	}
}

static bool parse_body(struct https_answer *a, uint8_t *data, size_t size)
{
	struct bytes value;
	size_t length;

	if (https_header(a, "Transfer-Encoding", &value)) {
		if (!bytes_equal_string(value, "chunked") || !join_chunks(data, size, &length))
			return false;
	} else if (https_header(a, "Content-Length", &value) != 1 || !read_number(value, 10, &length) ||
		   length != size) {
		return false;
	}
	a->body = bytes_make(data, length);
	return true;
}

bool https_parse(struct https_answer *ret, uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memmem(data, size, "\r\n\r\n", 4) : NULL;
	size_t head = end ? (size_t)(end - data) + 2 : 0, status;
	struct https_answer a = { .data = data };
	struct bytes rest = bytes_make(data, head), line;

	line = head_line(&rest);
	a.head = rest;
	if (!end || line.size < 12 || memcmp(line.data, "HTTP/1.1 ", 9) != 0 ||
	    !read_number(bytes_make(line.data + 9, 3), 10, &status) ||
	    !parse_body(&a, data + head + 2, size - head - 2)) {
		mem_free(data);
		return false;
	}
	a.status = (int)status;
	*ret = a;
	return true;
}
