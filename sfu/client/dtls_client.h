/* SPDX-License-Identifier: EUPL-1.2 */
/* A browser's transport, in memory and virtual time: STUN checks, DTLS as the active side, SRTP. In conclavectl
 * (doctor --media) and in tests (unit, sim, attack, load); it replaces nothing of the C library. Nothing calls up: give
 * it datagrams, timeouts and wishes, then drain it with dtls_client_poll().
 * Invariant: knows nothing of the server but what an answer says; a check is never sent unless asked for. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"

#define DTLS_CLIENT_PROFILES "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"
#define DTLS_CLIENT_CHECK_EVERY MSEC(2500)	/* Chromium's */

struct dtls_client;

/* What may be changed; all zero is a browser. */
struct dtls_client_options {
	const char *profiles;	/* NULL: both of ours, GCM first; "": no use_srtp at all */
	const char *ciphers;	/* NULL: OpenSSL's own list */
	int version;		/* 0: DTLS 1.2; else what OpenSSL calls DTLS1_VERSION */
	bool no_certificate;
	bool large_hello;	/* of more than one datagram, as browsers' are since they have post-quantum keys */
	bool no_checks;		/* the timer sends none; dtls_client_check() still does */
};

int dtls_client_new(struct dtls_client **ret, const struct dtls_client_options *options);
/* What the last call of any client was given. */
usec_t dtls_client_time(void);
struct dtls_client *dtls_client_free(struct dtls_client *c);
/* Of its certificate, SHA-256, for the offer. */
const uint8_t *dtls_client_fingerprint(const struct dtls_client *c);

/* From the answer: copied. Begins: a check is sent at once, DTLS when the first one is answered. Again for an ICE
 * restart. */
void dtls_client_start(struct dtls_client *c, usec_t now, const char *ufrag, const char *pwd,
		       const uint8_t server_fingerprint[static 32]);
/* Sends its ClientHello without waiting for any answered check. */
void dtls_client_hello(struct dtls_client *c, usec_t now);
/* One more check now. */
void dtls_client_check(struct dtls_client *c, bool nominate);

enum dtls_client_in_kind { CLIENT_IN_NOTHING, CLIENT_IN_STUN, CLIENT_IN_DTLS, CLIENT_IN_RTP, CLIENT_IN_RTCP };
struct dtls_client_in {
	enum dtls_client_in_kind kind;	/* NOTHING: not for us, or not authentic */
	size_t size;			/* of a plain RTP or RTCP packet, which stands where the datagram stood */
	bool success;			/* STUN: an authentic success */
};
void dtls_client_receive(struct dtls_client *c, usec_t now, uint8_t *data, size_t size, struct dtls_client_in *ret);
void dtls_client_timeout(struct dtls_client *c, usec_t now);
usec_t dtls_client_deadline(const struct dtls_client *c);
/* The next datagram to send; valid until the next call with this client. */
bool dtls_client_poll(struct dtls_client *c, struct bytes *ret);

bool dtls_client_connected(const struct dtls_client *c);
/* The profile's name once connected, or NULL. */
const char *dtls_client_profile(const struct dtls_client *c);
/* The handshake failed, or the server's certificate was not the answer's. */
bool dtls_client_failed(const struct dtls_client *c);
/* In place; `data` has 36 bytes to spare. 0 or negative errno. */
int dtls_client_protect_rtp(struct dtls_client *c, uint8_t *data, size_t *size);
int dtls_client_protect_rtcp(struct dtls_client *c, uint8_t *data, size_t *size);

/* close_notify, as Firefox says when a tab closes. */
void dtls_client_close(struct dtls_client *c);
/* Application data (SCTP in a browser). */
void dtls_client_send_data(struct dtls_client *c, const void *data, size_t size);
/* The last check that was sent, for replays. */
struct bytes dtls_client_last_check(const struct dtls_client *c);
