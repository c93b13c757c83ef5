/* SPDX-License-Identifier: EUPL-1.2 */
/* The door to OpenSSL. In conclavectl. */
#include "server/ctl/tls.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/mem.h"

#define TLS_PATIENCE_S 3

DEFINE_CLEANUP(X509 *, X509_free)
DEFINE_CLEANUP(EVP_PKEY *, EVP_PKEY_free)
DEFINE_CLEANUP(X509_STORE *, X509_STORE_free)
DEFINE_CLEANUP(X509_STORE_CTX *, X509_STORE_CTX_free)
DEFINE_CLEANUP(SSL_CTX *, SSL_CTX_free)
DEFINE_CLEANUP(SSL *, SSL_free)
DEFINE_CLEANUP(FILE *, fclose)

static X509 *read_certificate(const char *path)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");

	return file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
}

/* A key with a passphrase is none: conclaved could not ask for it either. */
static int no_passphrase(char *buffer __attribute__((unused)), int size __attribute__((unused)),
	int writing __attribute__((unused)), void *user __attribute__((unused)))
{
	return -1;
}

static EVP_PKEY *read_key(const char *path)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");

	return file ? PEM_read_PrivateKey(file, NULL, no_passphrase, NULL) : NULL;
}

static int64_t seconds_of(const ASN1_TIME *t)
{
	struct tm tm;

	return ASN1_TIME_to_tm(t, &tm) ? timegm(&tm) : 0;
}

static void hash_of(const X509 *c, uint8_t ret[static TLS_HASH_SIZE])
{
	unsigned size = 0;

	memset(ret, 0, TLS_HASH_SIZE);
	if (c)
		(void)X509_digest(c, EVP_sha256(), ret, &size);
}

void tls_inspect(struct tls_certificate *ret, const char *certificate, const char *key)
{
	_cleanup_(X509_freep) X509 *c = read_certificate(certificate);
	_cleanup_(EVP_PKEY_freep) EVP_PKEY *k = read_key(key);

	*ret = (struct tls_certificate){ .certificate_read = c, .key_read = k };
	ERR_clear_error();
	if (!c)
		return;
	ret->key_matches = k && X509_check_private_key(c, k) == 1;
	ret->self_signed = X509_self_signed(c, 0) == 1;
	ret->key_bits = k ? (uint32_t)MAX(EVP_PKEY_get_security_bits(k), 0) : 0;
	hash_of(c, ret->hash);
	ret->not_before = seconds_of(X509_get0_notBefore(c));
	ret->not_after = seconds_of(X509_get0_notAfter(c));
	ERR_clear_error();
}

bool tls_covers(const char *certificate, const char *host)
{
	_cleanup_(X509_freep) X509 *c = read_certificate(certificate);
	struct address a;

	if (!c)
		return false;
	if (address_parse_ip(&a, host))
		return X509_check_ip_asc(c, host, 0) == 1;
	return X509_check_host(c, host, strlen(host), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) == 1;
}

/* The certificates of the file behind the first, in their order; NULL for want of memory. */
static STACK_OF(X509) *read_others(const char *path)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");
	STACK_OF(X509) *list = sk_X509_new_null();
	X509 *c = file && list ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;

	X509_free(c);
	while (c && (c = PEM_read_X509(file, NULL, NULL, NULL)))
		if (sk_X509_push(list, c) == 0)
			X509_free(c);
	ERR_clear_error();
	return list;
}

static void free_others(STACK_OF(X509) **list)
{
	sk_X509_pop_free(*list, X509_free);
}

/* Whatever the time is: that is another check's. */
static bool is_known(X509 *c, STACK_OF(X509) *others)
{
	_cleanup_(X509_STORE_freep) X509_STORE *store = X509_STORE_new();
	_cleanup_(X509_STORE_CTX_freep) X509_STORE_CTX *x = X509_STORE_CTX_new();
	bool known = store && x && X509_STORE_set_default_paths(store) == 1 &&
		X509_STORE_CTX_init(x, store, c, others) == 1;

	if (known) {
		X509_STORE_CTX_set_flags(x, X509_V_FLAG_NO_CHECK_TIME);
		known = X509_verify_cert(x) == 1;
	}
	ERR_clear_error();
	return known;
}

/* One after the other, as browsers get them. */
static X509 *last_of(X509 *c, STACK_OF(X509) *others)
{
	for (int i = 0; c && i < sk_X509_num(others); i++) {
		X509 *next = sk_X509_value(others, i);

		c = X509_check_issued(next, c) == X509_V_OK ? next : NULL;
	}
	return c;
}

enum tls_chain tls_chain(const char *certificate)
{
	_cleanup_(X509_freep) X509 *c = read_certificate(certificate);
	_cleanup_(free_others) STACK_OF(X509) *others = read_others(certificate);
	X509 *last = c && others ? last_of(c, others) : NULL;

	if (!last)
		return TLS_CHAIN_BROKEN;
	if (X509_self_signed(c, 0) == 1)
		return TLS_CHAIN_ALONE;
	if (is_known(c, others))
		return TLS_CHAIN_KNOWN;
	return X509_self_signed(last, 0) == 1 ? TLS_CHAIN_PRIVATE : TLS_CHAIN_BROKEN;
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* A connected socket whose waits are bounded, or a negative errno. */
static int connect_to(const struct address *at)
{
	static const struct timeval patience = { .tv_sec = TLS_PATIENCE_S };
	struct sockaddr_storage to;
	socklen_t size = address_to_sockaddr(at, false, &to);
	_cleanup_(fd_close) int fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0 ||
	    connect(fd, (const struct sockaddr *)&to, size) < 0)
		return errno == EINPROGRESS ? -ETIMEDOUT : -errno;
	r = fd;
	fd = -1;
	return r;
}

/* The status of an HTTP/1.1 response, and what follows its headers. */
static int read_response(struct bytes text, struct tls_seen *ret)
{
	const uint8_t *end = memmem(text.data, text.size, "\r\n\r\n", 4);
	struct reader r = reader(text);
	int status = 0;

	if (!end || !bytes_equal_string(read_bytes(&r, 9), "HTTP/1.1 "))
		return -EBADMSG;
	for (int i = 0; i < 3; i++) {
		uint8_t digit = read_u8(&r);

		if (digit < '0' || digit > '9')
			return -EBADMSG;
		status = status * 10 + digit - '0';
	}
	ret->head = bytes_make(text.data, (size_t)(end + 2 - text.data));
	ret->body = bytes_make(end + 4, text.size - (size_t)(end + 4 - text.data));
	return status;
}

static int exchange(SSL *ssl, const char *host, const char *path, uint8_t *buffer, size_t size, struct tls_seen *ret)
{
	int n = snprintf((char *)buffer, size, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path, host);
	size_t got = 0, more;

	if (n < 0 || (size_t)n >= size)
		return -EMSGSIZE;
	if (SSL_write(ssl, buffer, n) != n)
		return -EPROTO;
	/* Until the other side ends it, which it was asked to. */
	while (got < size && SSL_read_ex(ssl, buffer + got, size - got, &more) == 1)
		got += more;
	return read_response(bytes_make(buffer, got), ret);
}

int tls_get(const struct address *at, const char *host, const char *name, const char *path, uint8_t *buffer,
	size_t size, struct tls_seen *ret)
{
	_cleanup_(SSL_CTX_freep) SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	_cleanup_(SSL_freep) SSL *ssl = context ? SSL_new(context) : NULL;
	_cleanup_(fd_close) int fd = ssl ? connect_to(at) : -ENOMEM;
	int r;

	if (fd < 0)
		return fd;
	if (SSL_set_fd(ssl, fd) != 1 || (*name && SSL_set_tlsext_host_name(ssl, name) != 1))
		return -ENOMEM;
	r = SSL_connect(ssl) == 1 ? 0 : -EPROTO;
	if (r == 0) {
		ret->newest = SSL_version(ssl) == TLS1_3_VERSION;
		hash_of(SSL_get0_peer_certificate(ssl), ret->hash);
		r = exchange(ssl, host, path, buffer, size, ret);
	}
	ERR_clear_error();
	return r;
}

int tls_takes_old(const struct address *at, const char *name)
{
	_cleanup_(SSL_CTX_freep) SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	_cleanup_(SSL_freep) SSL *ssl = NULL;
	_cleanup_(fd_close) int fd = -1;
	int r;

	if (!context)
		return -ENOMEM;
	/* The library itself refuses to speak it at any higher level. */
	SSL_CTX_set_security_level(context, 0);
	if (SSL_CTX_set_min_proto_version(context, TLS1_VERSION) != 1 ||
	    SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION) != 1)
		return -EPROTONOSUPPORT;
	ssl = SSL_new(context);
	fd = ssl ? connect_to(at) : -ENOMEM;
	if (fd < 0)
		return fd;
	if (SSL_set_fd(ssl, fd) != 1 || (*name && SSL_set_tlsext_host_name(ssl, name) != 1))
		return -ENOMEM;
	r = SSL_connect(ssl) == 1;
	ERR_clear_error();
	return r;
}

int tls_level(void)
{
	_cleanup_(SSL_CTX_freep) SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	return context ? SSL_CTX_get_security_level(context) : -1;
}

const char *tls_library(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}

bool tls_library_is_older(void)
{
	return OpenSSL_version_num() < OPENSSL_VERSION_NUMBER;
}
