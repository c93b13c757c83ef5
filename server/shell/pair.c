/* SPDX-License-Identifier: EUPL-1.2 */
/* The door to OpenSSL for the certificate that browsers see. In conclaved. */
#include "server/shell/pair.h"

#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/address.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "base/mem.h"

struct contents {
	/* owned */
	X509 *certificate;
	STACK_OF(X509) *chain;
	EVP_PKEY *key;
};

/* A connection that is being made has our address: we change, and do not move. */
struct pair {
	/* owned */
	struct contents shown;

	/* borrowed */
	SSL_CTX *connections;
};

struct pem {
	uint8_t text[LIMIT_PEM];
	size_t size;
};

DEFINE_CLEANUP(BIO *, BIO_free)

static void free_chain(STACK_OF(X509) *list)
{
	sk_X509_pop_free(list, X509_free);
}

static void contents_done(struct contents *c)
{
	X509_free(c->certificate);
	free_chain(c->chain);
	EVP_PKEY_free(c->key);
	*c = (struct contents){ 0 };
	ERR_clear_error();
}

static void pem_free(struct pem **p)
{
	if (*p)
		mem_wipe(*p, sizeof(**p));
	mem_free(*p);
}

static int pem_read(struct pem *ret, int fd)
{
	ssize_t n;

	ret->size = 0;
	while (ret->size < sizeof(ret->text)) {
		n = read(fd, ret->text + ret->size, sizeof(ret->text) - ret->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		ret->size += (size_t)n;
	}
	return -EFBIG;
}

static BIO *pem_open(const struct pem *p)
{
	return BIO_new_mem_buf(p->text, (int)p->size);
}

/* Nobody is there to be asked for one. */
static int no_passphrase(char *buffer __attribute__((unused)), int size __attribute__((unused)),
	int writing __attribute__((unused)), void *user __attribute__((unused)))
{
	return -1;
}

static bool read_chain(struct contents *c, const struct pem *pem)
{
	_cleanup_(BIO_freep) BIO *text = pem_open(pem);
	X509 *next;

	c->certificate = text ? PEM_read_bio_X509(text, NULL, no_passphrase, NULL) : NULL;
	c->chain = sk_X509_new_null();
	if (!c->certificate || !c->chain)
		return false;
	while ((next = PEM_read_bio_X509(text, NULL, no_passphrase, NULL)))
		if (!sk_X509_push(c->chain, next)) {
			X509_free(next);
			return false;
		}
	return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;	/* and nothing that was half read */
}

static bool read_key(struct contents *c, const struct pem *pem)
{
	_cleanup_(BIO_freep) BIO *text = pem_open(pem);

	c->key = text ? PEM_read_bio_PrivateKey(text, NULL, no_passphrase, NULL) : NULL;
	return c->key;
}

static int contents_read(struct contents *c, const int files[static 2], const char **why)
{
	_cleanup_(pem_free) struct pem *pem = mem_new(struct pem);

	*why = "certificate: no memory";
	if (!pem)
		return -ENOMEM;
	*why = "certificate: it holds no chain of certificates as PEM";
	if (pem_read(pem, files[0]) < 0 || !read_chain(c, pem))
		return -EBADMSG;
	*why = "key: it holds no private key as PEM without a passphrase";
	return pem_read(pem, files[1]) < 0 || !read_key(c, pem) ? -EBADMSG : 0;
}

static bool covers(X509 *c, const char *host)
{
	struct address a;

	if (address_parse_ip(&a, host))
		return X509_check_ip_asc(c, host, 0) == 1;
	return X509_check_host(c, host, strlen(host), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) == 1;
}

static const char *contents_judge(const struct contents *c, const char *host, usec_t wall)
{
	time_t now = (time_t)(wall / SECONDS(1));

	if (X509_check_private_key(c->certificate, c->key) != 1)
		return "certificate, key: they were not made for each other";
	if (X509_cmp_time(X509_get0_notAfter(c->certificate), &now) <= 0)
		return "certificate: it has run out";
	if (X509_cmp_time(X509_get0_notBefore(c->certificate), &now) > 0)
		return "certificate: it is not valid yet; is the clock right?";
	if (!covers(c->certificate, host))
		return "certificate: it does not stand for the first host of the configuration";
	return NULL;
}

/* OpenSSL keeps a certificate of each kind of key: without this one of RSA would stand beside the one of a curve that
 * it was to replace. */
static int on_connection(SSL *connection, void *user)
{
	const struct contents *c = &((struct pair *)user)->shown;

	if (!c->certificate)
		return 1;
	SSL_certs_clear(connection);
	return SSL_use_cert_and_key(connection, c->certificate, c->key, c->chain, 1);
}

struct pair *pair_new(void *connections)
{
	struct pair *p = mem_new(struct pair);

	if (!p)
		return NULL;
	p->connections = connections;
	SSL_CTX_set_cert_cb(p->connections, on_connection, p);
	return p;
}

struct pair *pair_free(struct pair *p)
{
	if (p)
		contents_done(&p->shown);
	mem_free(p);
	return NULL;
}

usec_t pair_ends(const struct pair *p)
{
	const X509 *c = SSL_CTX_get0_certificate(p->connections);
	struct tm tm;
	time_t ends = c && ASN1_TIME_to_tm(X509_get0_notAfter(c), &tm) ? timegm(&tm) : 0;

	return ends > 0 ? SECONDS((usec_t)ends) : 0;
}

int pair_show(struct pair *p, const int files[static 2], const char *host, usec_t wall, const char **why)
{
	_cleanup_(contents_done) struct contents c = { 0 };
	struct contents old;
	int r;

	ERR_clear_error();
	r = contents_read(&c, files, why);
	if (r < 0)
		return r;
	*why = contents_judge(&c, host, wall);
	if (*why)
		return -EINVAL;
	*why = "certificate, key: OpenSSL thinks them too weak";
	if (SSL_CTX_use_cert_and_key(p->connections, c.certificate, c.key, c.chain, 1) != 1)
		return -EINVAL;
	old = p->shown;
	p->shown = c;
	c = old;
	return 0;
}
