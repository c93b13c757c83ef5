/* SPDX-License-Identifier: EUPL-1.2 */
/* OpenSSL's client over datagrams in memory, libnice's side of a check, our SRTP with the keys exchanged. In
 * conclavectl and in tests.
 * Invariant: time is what the caller says. OpenSSL asks gettimeofday() for it: a program whose time is virtual has one
 * of its own, which says dtls_client_time(). */
#include "sfu/client/dtls_client.h"

#include <errno.h>
#include <sys/time.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/srtp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>

#include "base/limits.h"
#include "base/mem.h"
#include "sfu/link/demux.h"
#include "sfu/link/srtp_session.h"

#define QUEUE_MOST 32
#define DATAGRAM 1500
#define REPEAT_FIRST 50000u	/* us */
#define REPEAT_MOST 4000000u
#define CHECKS_FIRST MSEC(50)	/* until one is answered */
#define MTU 1200
#define USERNAME_OF_OURS "abcd"
#define SESSIONS 8	/* of the same keys, LIMIT_STREAMS_PER_PEER senders in each: a session of ours takes no more */

struct client_datagram {
	size_t size;
	uint8_t data[DATAGRAM];
};

struct dtls_client {
	/* owned */
	SSL_CTX *context;
	BIO_METHOD *method;
	SSL *ssl;
	EVP_PKEY *key;
	X509 *certificate;
	struct srtp_session *srtp;	/* sends, and receives the first senders */
	struct srtp_session *more[SESSIONS - 1];
	struct client_datagram queue[QUEUE_MOST];	/* to be polled */
	struct client_datagram check;			/* the last */
	StunAgent agent;

	/* state */
	struct dtls_client_options options;
	struct bytes input;
	unsigned head, n_queue;
	bool library, connected, failed, answered, begun;
	uint8_t fingerprint[32];
	uint8_t server[32];
	char username[64];
	char pwd[64];
	struct srtp_keys keys;
	usec_t check_at, repeat_at;
};

DEFINE_CLEANUP(struct dtls_client *, dtls_client_free)

static const uint16_t known_attributes[] = {
	STUN_ATTRIBUTE_USERNAME, STUN_ATTRIBUTE_MESSAGE_INTEGRITY, STUN_ATTRIBUTE_FINGERPRINT,
	STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, STUN_ATTRIBUTE_ERROR_CODE, STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES, 0,
};

static usec_t last_now;		/* of all clients */

usec_t dtls_client_time(void) { return last_now; }

static void client_queue(struct dtls_client *c, const void *data, size_t size)
{
	struct client_datagram *g = &c->queue[(c->head + c->n_queue) % QUEUE_MOST];

	if (c->n_queue == QUEUE_MOST || size > sizeof(g->data))
		return;		/* lost, as on a network */
	memcpy(g->data, data, size);
	g->size = size;
	c->n_queue++;
}

static int client_write(BIO *bio, const char *data, size_t size, size_t *done)
{
	struct dtls_client *c = BIO_get_data(bio);

	*done = size;
	client_queue(c, data, size);
	return 1;
}

static int client_read(BIO *bio, char *data, size_t size, size_t *done)
{
	struct dtls_client *c = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (!c->input.size) {
		BIO_set_retry_read(bio);
		return 0;
	}
	*done = MIN(size, c->input.size);
	memcpy(data, c->input.data, *done);
	c->input = bytes_make(NULL, 0);
	return 1;
}

static long client_control(BIO *bio, int command, long number, void *pointer)
{
	(void)bio;
	(void)number;
	(void)pointer;
	return command == BIO_CTRL_FLUSH;
}

static int client_accept(X509_STORE_CTX *store, void *unused)
{
	(void)store;
	(void)unused;
	return 1;	/* compared with the answer's fingerprint in client_finish() */
}

static unsigned int client_timer(SSL *ssl, unsigned int last)
{
	(void)ssl;
	return last ? MIN(2 * last, REPEAT_MOST) : REPEAT_FIRST;
}

static bool client_make_certificate(struct dtls_client *c)
{
	unsigned size = sizeof(c->fingerprint);

	c->key = EVP_EC_gen("P-256");
	c->certificate = X509_new();
	return c->key && c->certificate && X509_set_version(c->certificate, X509_VERSION_3) == 1 &&
		ASN1_INTEGER_set(X509_get_serialNumber(c->certificate), 1) == 1 &&
		X509_gmtime_adj(X509_getm_notBefore(c->certificate), -86400) &&
		X509_gmtime_adj(X509_getm_notAfter(c->certificate), 86400) &&
		X509_set_pubkey(c->certificate, c->key) == 1 && X509_sign(c->certificate, c->key, EVP_sha256()) > 0 &&
		X509_digest(c->certificate, EVP_sha256(), c->fingerprint, &size) == 1;
}

/* About 1,200 bytes of names of protocols, which the server has no use for. */
static bool client_make_large(SSL_CTX *context)
{
	uint8_t names[1200];

	memset(names, 'x', sizeof(names));
	for (size_t i = 0; i < sizeof(names); i += 100)
		names[i] = 99;
	return SSL_CTX_set_alpn_protos(context, names, sizeof(names)) == 0;
}

static bool client_configure(struct dtls_client *c)
{
	const struct dtls_client_options *o = &c->options;
	const char *profiles = o->profiles ?: DTLS_CLIENT_PROFILES;
	int version = o->version ?: DTLS1_2_VERSION;

	SSL_CTX_set_options(c->context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET);
	SSL_CTX_set_verify(c->context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(c->context, client_accept, NULL);
	if (version != DTLS1_2_VERSION || o->ciphers)
		SSL_CTX_set_security_level(c->context, 0);	/* an attacker is not held back by his own library */
	if (SSL_CTX_set_min_proto_version(c->context, version) != 1 ||
	    SSL_CTX_set_max_proto_version(c->context, version) != 1 ||
	    (o->ciphers && SSL_CTX_set_cipher_list(c->context, o->ciphers) != 1) ||
	    (profiles[0] && SSL_CTX_set_tlsext_use_srtp(c->context, profiles) != 0))
		return false;
	if (o->large_hello && !client_make_large(c->context))
		return false;
	return o->no_certificate || (SSL_CTX_use_certificate(c->context, c->certificate) == 1 &&
				     SSL_CTX_use_PrivateKey(c->context, c->key) == 1);
}

static bool client_make_ssl(struct dtls_client *c)
{
	BIO *bio;

	c->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "datagrams in memory");
	if (!c->method)
		return false;
	BIO_meth_set_write_ex(c->method, client_write);
	BIO_meth_set_read_ex(c->method, client_read);
	BIO_meth_set_ctrl(c->method, client_control);
	bio = BIO_new(c->method);
	c->ssl = SSL_new(c->context);
	if (!bio || !c->ssl) {
		BIO_free(bio);
		return false;
	}
	BIO_set_data(bio, c);
	BIO_set_init(bio, 1);
	SSL_set_bio(c->ssl, bio, bio);
	DTLS_set_timer_cb(c->ssl, client_timer);
	SSL_set_mtu(c->ssl, MTU);
	SSL_set_connect_state(c->ssl);
	return true;
}

int dtls_client_new(struct dtls_client **ret, const struct dtls_client_options *options)
{
	_cleanup_(dtls_client_freep) struct dtls_client *c = mem_new(struct dtls_client);
	int r;

	if (!c)
		return -ENOMEM;
	if (options)
		c->options = *options;
	c->check_at = c->repeat_at = USEC_NEVER;
	stun_agent_init(&c->agent, known_attributes, STUN_COMPATIBILITY_RFC5389,
			STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
	r = srtp_library_open();
	if (r < 0)
		return r;
	c->library = true;
	c->context = SSL_CTX_new(DTLS_client_method());
	if (!c->context || !client_make_certificate(c) || !client_configure(c) || !client_make_ssl(c))
		return -EIO;
	*ret = take(c);
	return 0;
}

struct dtls_client *dtls_client_free(struct dtls_client *c)
{
	if (!c)
		return NULL;
	srtp_session_free(c->srtp);
	for (unsigned i = 0; i < ARRAY_SIZE(c->more); i++)
		srtp_session_free(c->more[i]);
	SSL_free(c->ssl);
	SSL_CTX_free(c->context);
	BIO_meth_free(c->method);
	X509_free(c->certificate);
	EVP_PKEY_free(c->key);
	if (c->library)
		srtp_library_close();
	mem_free(c);
	return NULL;
}

const uint8_t *dtls_client_fingerprint(const struct dtls_client *c) { return c->fingerprint; }
bool dtls_client_connected(const struct dtls_client *c) { return c->connected; }
bool dtls_client_failed(const struct dtls_client *c) { return c->failed; }

const char *dtls_client_profile(const struct dtls_client *c)
{
	return c->connected ? srtp_suite_name(c->keys.suite) : NULL;
}

struct bytes dtls_client_last_check(const struct dtls_client *c) { return bytes_make(c->check.data, c->check.size); }

void dtls_client_start(struct dtls_client *c, usec_t now, const char *ufrag, const char *pwd,
		       const uint8_t server_fingerprint[static 32])
{
	struct writer w = writer(c->username, sizeof(c->username));

	write_format(&w, "%s:%s", ufrag, USERNAME_OF_OURS);
	write_u8(&w, 0);
	w = writer(c->pwd, sizeof(c->pwd));
	write_string(&w, pwd);
	write_u8(&w, 0);
	memcpy(c->server, server_fingerprint, sizeof(c->server));
	c->answered = false;
	if (c->options.no_checks)
		return;
	dtls_client_check(c, false);
	c->check_at = now + CHECKS_FIRST;
}

void dtls_client_check(struct dtls_client *c, bool nominate)
{
	StunTransactionId id;
	StunMessage m;

	c->check.size = stun_usage_ice_conncheck_create(&c->agent, &m, c->check.data, sizeof(c->check.data),
		(const uint8_t *)c->username, strlen(c->username), (const uint8_t *)c->pwd, strlen(c->pwd),
		nominate, true, 0x6e7f1eff, 0x1234567890abcdefu, NULL, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
	/* Answers are judged by their integrity alone, so the agent needs to remember nothing. */
	stun_message_id(&m, id);
	stun_agent_forget_transaction(&c->agent, id);
	client_queue(c, c->check.data, c->check.size);
}

static bool client_give_password(StunAgent *agent, StunMessage *message, uint8_t *username, uint16_t username_size,
				 uint8_t **password, size_t *password_size, void *user)
{
	struct dtls_client *c = user;

	(void)agent;
	(void)message;
	(void)username;
	(void)username_size;
	*password = (uint8_t *)c->pwd;
	*password_size = strlen(c->pwd);
	return true;
}

/* The answer to any check of ours: validated as if it were just sent. */
static bool client_is_answer(struct dtls_client *c, const uint8_t *data, size_t size)
{
	StunMessage m;

	if (size < 20 || !c->pwd[0])	/* libnice takes anything for good when there is no key */
		return false;
	c->agent.sent_ids[0].valid = true;
	c->agent.sent_ids[0].method = STUN_BINDING;
	c->agent.sent_ids[0].key = (uint8_t *)c->pwd;
	c->agent.sent_ids[0].key_len = strlen(c->pwd);
	memcpy(c->agent.sent_ids[0].id, data + 4, sizeof(StunTransactionId));
	return stun_agent_validate(&c->agent, &m, data, size, client_give_password, c) == STUN_VALIDATION_SUCCESS &&
		stun_message_get_class(&m) == STUN_RESPONSE;
}

static bool client_keys(struct dtls_client *c)
{
	uint8_t material[2 * SRTP_MASTER_MAX];
	SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(c->ssl);
	struct srtp_keys *keys = &c->keys;
	size_t key, salt;

	if (!profile)
		return false;
	keys->suite = profile->id == SRTP_AEAD_AES_128_GCM ? SRTP_SUITE_AEAD_AES_128_GCM :
							     SRTP_SUITE_AES128_CM_SHA1_80;
	key = srtp_suite_key_size(keys->suite);
	salt = srtp_suite_salt_size(keys->suite);
	if (SSL_export_keying_material(c->ssl, material, 2 * (key + salt), "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0) != 1)
		return false;
	memcpy(keys->outbound, material, key);
	memcpy(keys->inbound, material + key, key);
	memcpy(keys->outbound + key, material + 2 * key, salt);
	memcpy(keys->inbound + key, material + 2 * key + salt, salt);
	return srtp_session_new(&c->srtp, keys) == 0;
}

static void client_finish(struct dtls_client *c)
{
	X509 *x = SSL_get0_peer_certificate(c->ssl);
	uint8_t digest[32];
	unsigned size = sizeof(digest);

	if (x && X509_digest(x, EVP_sha256(), digest, &size) == 1 && memcmp(digest, c->server, sizeof(digest)) == 0 &&
	    client_keys(c))
		c->connected = true;
	else
		c->failed = true;
}

static void client_set_timer(struct dtls_client *c)
{
	struct timeval left;

	c->repeat_at = USEC_NEVER;
	if (!c->failed && DTLSv1_get_timeout(c->ssl, &left) == 1)
		c->repeat_at = last_now + SECONDS(left.tv_sec) + (usec_t)left.tv_usec;
}

static void client_step(struct dtls_client *c, usec_t now)
{
	uint8_t dropped[1024];
	int r;

	if (c->failed)
		return;
	last_now = now;
	c->begun = true;
	ERR_clear_error();
	if (c->connected) {
		while (SSL_read(c->ssl, dropped, sizeof(dropped)) > 0)
			;
		return;
	}
	r = SSL_do_handshake(c->ssl);
	if (r == 1)
		client_finish(c);
	else if (SSL_get_error(c->ssl, r) != SSL_ERROR_WANT_READ)
		c->failed = true;
	client_set_timer(c);
	ERR_clear_error();
}

void dtls_client_hello(struct dtls_client *c, usec_t now)
{
	client_step(c, now);
}

static void client_receive_stun(struct dtls_client *c, usec_t now, const uint8_t *data, size_t size,
				struct dtls_client_in *ret)
{
	*ret = (struct dtls_client_in){ .kind = CLIENT_IN_STUN, .success = client_is_answer(c, data, size) };
	if (!ret->success || c->answered)
		return;
	c->answered = true;
	if (c->check_at != USEC_NEVER)
		c->check_at = now + CHECKS_FIRST;	/* the nomination, as Chromium does it */
	if (!c->begun)
		client_step(c, now);
}

/* The session that has heard of this sender, else one with room for it. */
static struct srtp_session *client_session(struct dtls_client *c, const uint8_t *data)
{
	struct reader r = reader(bytes_make(data, 12));	/* demux() saw a whole header */
	struct srtp_session **free_one = NULL;
	uint32_t ssrc, other;

	read_skip(&r, 8);
	ssrc = read_u32(&r);
	for (unsigned i = 0; i < SESSIONS; i++) {
		struct srtp_session **s = i ? &c->more[i - 1] : &c->srtp;

		if (*s && srtp_session_knows(*s, ssrc))
			return *s;
		if (!free_one && (!*s || !srtp_session_ssrc(*s, LIMIT_STREAMS_PER_PEER - 1, &other)))
			free_one = s;
	}
	if (free_one && !*free_one)
		(void)srtp_session_new(free_one, &c->keys);
	return free_one ? *free_one : NULL;
}

static void client_receive_media(struct dtls_client *c, enum demux_kind kind, uint8_t *data, size_t size,
				 struct dtls_client_in *ret)
{
	struct srtp_in in;
	bool rtp = kind == DEMUX_RTP;
	struct srtp_session *s = c->srtp && rtp ? client_session(c, data) : c->srtp;

	if (!s || !(rtp ? srtp_session_unprotect_rtp(s, data, &size, &in) :
			  srtp_session_unprotect_rtcp(s, data, &size, &in)))
		return;
	*ret = (struct dtls_client_in){ .kind = rtp ? CLIENT_IN_RTP : CLIENT_IN_RTCP, .size = size };
}

void dtls_client_receive(struct dtls_client *c, usec_t now, uint8_t *data, size_t size, struct dtls_client_in *ret)
{
	enum demux_kind kind = demux(bytes_make(data, size));

	*ret = (struct dtls_client_in){ .kind = CLIENT_IN_NOTHING };
	switch (kind) {
	case DEMUX_NOTHING:
		return;
	case DEMUX_STUN:
		client_receive_stun(c, now, data, size, ret);
		return;
	case DEMUX_DTLS:
		ret->kind = CLIENT_IN_DTLS;
		c->input = bytes_make(data, size);
		client_step(c, now);
		c->input = bytes_make(NULL, 0);
		return;
	case DEMUX_RTP:
	case DEMUX_RTCP:
		client_receive_media(c, kind, data, size, ret);
		return;
	}
}

void dtls_client_timeout(struct dtls_client *c, usec_t now)
{
	if (now >= c->check_at) {
		dtls_client_check(c, c->answered);
		c->check_at = now + (c->answered ? DTLS_CLIENT_CHECK_EVERY : CHECKS_FIRST);
	}
	if (now >= c->repeat_at) {
		last_now = now;
		if (DTLSv1_handle_timeout(c->ssl) < 0)
			c->failed = true;
		client_set_timer(c);
		ERR_clear_error();
	}
}

usec_t dtls_client_deadline(const struct dtls_client *c)
{
	return MIN(c->check_at, c->repeat_at);
}

bool dtls_client_poll(struct dtls_client *c, struct bytes *ret)
{
	struct client_datagram *g = &c->queue[c->head];

	if (!c->n_queue)
		return false;
	*ret = bytes_make(g->data, g->size);
	c->head = (c->head + 1) % QUEUE_MOST;
	c->n_queue--;
	return true;
}

int dtls_client_protect_rtp(struct dtls_client *c, uint8_t *data, size_t *size)
{
	return c->srtp ? srtp_session_protect_rtp(c->srtp, 0, data, size) : -ENOTCONN;
}

int dtls_client_protect_rtcp(struct dtls_client *c, uint8_t *data, size_t *size)
{
	return c->srtp ? srtp_session_protect_rtcp(c->srtp, data, size) : -ENOTCONN;
}

void dtls_client_close(struct dtls_client *c)
{
	(void)SSL_shutdown(c->ssl);
	c->check_at = c->repeat_at = USEC_NEVER;
	ERR_clear_error();
}

void dtls_client_send_data(struct dtls_client *c, const void *data, size_t size)
{
	(void)SSL_write(c->ssl, data, (int)size);
	ERR_clear_error();
}
