/* SPDX-License-Identifier: EUPL-1.2 */
/* The door of OpenSSL's TLS. In conclave-media.
 * Invariant: time is only what the caller says. OpenSSL's timer reads the wall clock, so it is set to an hour, out
 * of the way, and our last flight is kept and sent again as it was (RFC 6347, 4.2.4), as if the network had doubled
 * it. For that a flight is one datagram, there or not as a whole: of two, a peer may pass over the second because
 * the first is missing, and would then take our copy of it for a replay. When our very last flight is
 * lost the peer repeats its own, and OpenSSL answers that without any timer. */
#include "sfu/link/dtls.h"

#include <assert.h>
#include <errno.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/srtp.h>
#include <openssl/ssl.h>

#include "base/limits.h"
#include "base/mem.h"

#define RETRANSMIT_FIRST MSEC(100)	/* browsers: 50 to 90 ms; with OpenSSL's 1 s a join took 3.5 s (measured) */
#define RETRANSMIT_MOST SECONDS(2)
#define HANDSHAKE_MOST SECONDS(10)	/* ATTACKS A05 */
#define RETRY_WINDOW SECONDS(10)
#define CERTIFICATE_MOST (16 * 1024)	/* OpenSSL keeps ten such messages at most: within LIMIT_HANDSHAKE_BYTES */
#define OPENSSL_TIMER 3600000000u	/* us */
#define EXPORTER "EXTRACTOR-dtls_srtp"	/* RFC 5764, 4.2 */

static const char profiles[] = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
static const char ciphers[] =
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384";
static const char groups[] = "X25519:P-256";

enum dtls_state {
	STATE_IDLE,		/* no handshake: a hello begins one */
	STATE_HANDSHAKE,
	STATE_CONNECTED,
	STATE_OVER,		/* deaf: a wrong peer, a goodbye, or a fault after the handshake (SRTP goes on) */
};

struct dtls_context {
	/* owned */
	struct certificate *certificate;
	BIO_METHOD *method;
	SSL_CTX *ssl;
};

struct dtls {
	/* owned */
	SSL *ssl;			/* not while idle */
	uint8_t flight[DTLS_MTU];	/* our last; about 640 bytes is the largest */

	/* borrowed */
	const struct dtls_context *context;
	struct bytes input;		/* the one datagram, during dtls_receive() */

	/* state */
	enum dtls_state state;
	uint8_t peer[CERTIFICATE_FINGERPRINT_SIZE];
	size_t flight_size;
	bool flight_is_old;		/* the next write begins a new one */
	bool flight_is_due;		/* to be sent, for the first time or again */
	usec_t repeat_at;
	usec_t repeat_after;
	usec_t give_up_at;
	size_t received;		/* bytes of this handshake */
	usec_t window;			/* in which `made` SSL objects were made */
	unsigned made;
};

DEFINE_CLEANUP(struct dtls_context *, dtls_context_free)

/* The BIO: one datagram in, one flight out. */

static int dtls_bio_write(BIO *bio, const char *data, size_t size, size_t *done)
{
	struct dtls *d = BIO_get_data(bio);

	if (d->flight_is_old)
		d->flight_size = 0;
	d->flight_is_old = false;
	*done = size;
	if (size > sizeof(d->flight) - d->flight_size)
		return 1;	/* lost: no flight of ours is that long, but a peer may provoke alerts by the dozen */
	memcpy(d->flight + d->flight_size, data, size);
	d->flight_size += size;
	d->flight_is_due = true;
	return 1;
}

static int dtls_bio_read(BIO *bio, char *data, size_t size, size_t *done)
{
	struct dtls *d = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (!d->input.size) {
		BIO_set_retry_read(bio);
		return 0;
	}
	*done = MIN(size, d->input.size);
	memcpy(data, d->input.data, *done);
	d->input = bytes_make(NULL, 0);
	return 1;
}

static long dtls_bio_control(BIO *bio, int command, long number, void *pointer)
{
	(void)bio;
	(void)number;
	(void)pointer;
	return command == BIO_CTRL_FLUSH;
}

static BIO_METHOD *dtls_bio_method(void)
{
	BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "datagrams in memory");

	if (m && BIO_meth_set_write_ex(m, dtls_bio_write) == 1 && BIO_meth_set_read_ex(m, dtls_bio_read) == 1 &&
	    BIO_meth_set_ctrl(m, dtls_bio_control) == 1)
		return m;
	BIO_meth_free(m);
	return NULL;
}

/* The context. */

/* Any certificate will do here, since nobody signs those of browsers; dtls_finish() compares its digest. */
static int dtls_accept_certificate(X509_STORE_CTX *store, void *unused)
{
	(void)store;
	(void)unused;
	return 1;
}

static int dtls_configure(SSL_CTX *ssl, const struct certificate *certificate)
{
	SSL_CTX_set_options(ssl, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_QUERY_MTU |
			    SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ssl, dtls_accept_certificate, NULL);
	SSL_CTX_set_max_cert_list(ssl, CERTIFICATE_MOST);
	if (SSL_CTX_set_min_proto_version(ssl, DTLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_max_proto_version(ssl, DTLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_cipher_list(ssl, ciphers) != 1 || SSL_CTX_set1_groups_list(ssl, groups) != 1 ||
	    SSL_CTX_set_tlsext_use_srtp(ssl, profiles) != 0)	/* this one alone says 0 for success */
		return -EIO;
	return certificate_use(certificate, ssl);
}

int dtls_context_new(struct dtls_context **ret)
{
	_cleanup_(dtls_context_freep) struct dtls_context *c = mem_new(struct dtls_context);
	int r;

	if (!c)
		return -ENOMEM;
	r = certificate_new(&c->certificate);
	if (r < 0)
		return r;
	c->method = dtls_bio_method();
	c->ssl = SSL_CTX_new(DTLS_server_method());
	if (!c->method || !c->ssl)
		return -ENOMEM;
	r = dtls_configure(c->ssl, c->certificate);
	if (r < 0)
		return r;
	*ret = take(c);
	return 0;
}

struct dtls_context *dtls_context_free(struct dtls_context *c)
{
	if (!c)
		return NULL;
	SSL_CTX_free(c->ssl);
	BIO_meth_free(c->method);
	certificate_free(c->certificate);
	mem_free(c);
	return NULL;
}

const uint8_t *dtls_context_fingerprint(const struct dtls_context *c)
{
	return certificate_fingerprint(c->certificate);
}

/* One participant. */

int dtls_new(struct dtls **ret, const struct dtls_context *c, const uint8_t peer[static CERTIFICATE_FINGERPRINT_SIZE])
{
	struct dtls *d = mem_new(struct dtls);

	if (!d)
		return -ENOMEM;
	d->context = c;
	memcpy(d->peer, peer, sizeof(d->peer));
	*ret = d;
	return 0;
}

struct dtls *dtls_free(struct dtls *d)
{
	if (!d)
		return NULL;
	SSL_free(d->ssl);
	mem_free(d);
	return NULL;
}

static void dtls_end(struct dtls *d, enum dtls_state state)
{
	SSL_free(d->ssl);
	d->ssl = NULL;
	d->flight_is_due = false;
	d->state = state;
}

static unsigned int dtls_openssl_timer(SSL *ssl, unsigned int last)
{
	(void)ssl;
	(void)last;
	return OPENSSL_TIMER;
}

static int dtls_make_ssl(struct dtls *d)
{
	BIO *bio = BIO_new(d->context->method);

	d->ssl = SSL_new(d->context->ssl);
	if (!d->ssl || !bio) {
		BIO_free(bio);
		SSL_free(d->ssl);
		d->ssl = NULL;
		return -ENOMEM;
	}
	BIO_set_data(bio, d);
	BIO_set_init(bio, 1);
	SSL_set_bio(d->ssl, bio, bio);
	DTLS_set_timer_cb(d->ssl, dtls_openssl_timer);
	SSL_set_mtu(d->ssl, DTLS_MTU);
	SSL_set_accept_state(d->ssl);
	return 0;
}

/* A ClientHello, or a fragment of one, in a plain record: all else is junk to a server that waits (RFC 6347, 4.1,
 * 4.2.2). */
static bool dtls_is_hello(const uint8_t *data, size_t size)
{
	struct reader r = reader(bytes_make(data, size));
	uint8_t content = read_u8(&r), message;
	uint16_t epoch;

	read_skip(&r, 2);
	epoch = read_u16(&r);
	read_skip(&r, 8);
	message = read_u8(&r);
	return r.ok && content == SSL3_RT_HANDSHAKE && epoch == 0 && message == SSL3_MT_CLIENT_HELLO;
}

static bool dtls_begin(struct dtls *d, usec_t now, const uint8_t *data, size_t size)
{
	if (!dtls_is_hello(data, size))
		return false;
	if (now - d->window >= RETRY_WINDOW || d->made == 0) {
		d->window = now;
		d->made = 0;
	}
	if (d->made > LIMIT_HANDSHAKE_RETRIES || dtls_make_ssl(d) < 0)
		return false;
	d->made++;
	d->state = STATE_HANDSHAKE;
	d->give_up_at = now + HANDSHAKE_MOST;
	d->repeat_at = USEC_NEVER;
	d->received = 0;
	return true;
}

/* The peer is whom the offer named, and agreed to a profile of ours. */
static enum dtls_result dtls_finish(struct dtls *d)
{
	uint8_t digest[CERTIFICATE_FINGERPRINT_SIZE];
	X509 *x = SSL_get0_peer_certificate(d->ssl);

	if (!x || certificate_digest(x, digest) < 0 || CRYPTO_memcmp(digest, d->peer, sizeof(digest)) != 0) {
		dtls_end(d, STATE_OVER);
		return DTLS_WRONG_PEER;
	}
	if (!SSL_get_selected_srtp_profile(d->ssl)) {
		dtls_end(d, STATE_IDLE);
		return DTLS_FAILED;
	}
	d->state = STATE_CONNECTED;
	return DTLS_CONNECTED;
}

static enum dtls_result dtls_handshake(struct dtls *d, usec_t now)
{
	int r;

	d->flight_is_old = true;
	r = SSL_do_handshake(d->ssl);
	if (r == 1)
		return dtls_finish(d);
	if (SSL_get_error(d->ssl, r) != SSL_ERROR_WANT_READ || d->received > LIMIT_HANDSHAKE_BYTES) {
		dtls_end(d, STATE_IDLE);
		return DTLS_FAILED;
	}
	if (!d->flight_is_old) {
		d->repeat_after = RETRANSMIT_FIRST;
		d->repeat_at = now + d->repeat_after;
	}
	return DTLS_NOTHING;
}

/* After the handshake: application data is dropped, a goodbye is heard, a repeated Finished is answered by OpenSSL. */
static enum dtls_result dtls_listen(struct dtls *d)
{
	uint8_t dropped[1024];
	int r;

	d->flight_is_old = true;
	do
		r = SSL_read(d->ssl, dropped, sizeof(dropped));
	while (r > 0);
	switch (SSL_get_error(d->ssl, r)) {
	case SSL_ERROR_WANT_READ:
		return DTLS_NOTHING;
	case SSL_ERROR_ZERO_RETURN:
		dtls_end(d, STATE_OVER);
		return DTLS_CLOSED;
	default:	/* OpenSSL's numbers, of which any other is a fault; the SRTP keys are none of its business */
		dtls_end(d, STATE_OVER);
		return DTLS_NOTHING;
	}
}

enum dtls_result dtls_receive(struct dtls *d, usec_t now, const uint8_t *data, size_t size)
{
	enum dtls_result result = DTLS_NOTHING;

	if (d->state == STATE_OVER || (d->state == STATE_IDLE && !dtls_begin(d, now, data, size)))
		return DTLS_NOTHING;
	ERR_clear_error();
	d->input = bytes_make(data, size);
	if (d->state == STATE_HANDSHAKE) {
		d->received += size;
		result = dtls_handshake(d, now);
	} else {
		result = dtls_listen(d);
	}
	d->input = bytes_make(NULL, 0);
	ERR_clear_error();
	return result;
}

void dtls_timeout(struct dtls *d, usec_t now)
{
	if (d->state != STATE_HANDSHAKE)
		return;
	if (now >= d->give_up_at) {
		dtls_end(d, STATE_IDLE);
	} else if (now >= d->repeat_at) {
		d->flight_is_due = true;
		d->repeat_after = MIN(2 * d->repeat_after, RETRANSMIT_MOST);
		d->repeat_at = now + d->repeat_after;
	}
}

usec_t dtls_deadline(const struct dtls *d)
{
	return d->state == STATE_HANDSHAKE ? MIN(d->repeat_at, d->give_up_at) : USEC_NEVER;
}

bool dtls_wants_send(const struct dtls *d)
{
	return d->flight_is_due;
}

bool dtls_poll(struct dtls *d, struct bytes *ret)
{
	if (!d->flight_is_due)
		return false;
	d->flight_is_due = false;
	*ret = bytes_make(d->flight, d->flight_size);
	return true;
}

static int dtls_suite(SSL *ssl, enum srtp_suite *ret)
{
	switch (SSL_get_selected_srtp_profile(ssl)->id) {
	case SRTP_AEAD_AES_128_GCM:
		*ret = SRTP_SUITE_AEAD_AES_128_GCM;
		return 0;
	case SRTP_AES128_CM_SHA1_80:
		*ret = SRTP_SUITE_AES128_CM_SHA1_80;
		return 0;
	default:	/* a number from the wire's registry; we offer no other */
		return -EIO;
	}
}

int dtls_keys(struct dtls *d, struct srtp_keys *ret)
{
	uint8_t material[2 * SRTP_MASTER_MAX];
	struct srtp_keys keys = { 0 };
	struct writer client, server;
	size_t key, salt;
	struct reader r;

	assert(d->state == STATE_CONNECTED);
	if (dtls_suite(d->ssl, &keys.suite) < 0)
		return -EIO;
	key = srtp_suite_key_size(keys.suite);
	salt = srtp_suite_salt_size(keys.suite);
	if (SSL_export_keying_material(d->ssl, material, 2 * (key + salt), EXPORTER, strlen(EXPORTER), NULL, 0, 0) != 1)
		return -EIO;
	/* RFC 5764, 4.2: client key, server key, client salt, server salt. */
	r = reader(bytes_make(material, sizeof(material)));
	client = writer(keys.inbound, sizeof(keys.inbound));
	server = writer(keys.outbound, sizeof(keys.outbound));
	write_bytes(&client, read_bytes(&r, key));
	write_bytes(&server, read_bytes(&r, key));
	write_bytes(&client, read_bytes(&r, salt));
	write_bytes(&server, read_bytes(&r, salt));
	assert(r.ok && client.ok && server.ok);
	*ret = keys;
	mem_wipe(material, sizeof(material));
	mem_wipe(&keys, sizeof(keys));
	return 0;
}
