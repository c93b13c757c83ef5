/* SPDX-License-Identifier: EUPL-1.2 */
/* The DTLS side of one participant: passive, DTLS 1.2, for nothing but SRTP keys (RFC 5764). In conclave-media.
 * Invariant: no key leaves before the peer's certificate has the fingerprint of its offer; nothing that fails is
 * answered, not even with an alert: whoever can forge one bad hello could otherwise end the good handshake. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "sfu/link/certificate.h"
#include "sfu/link/srtp_session.h"

#define DTLS_MTU 1200		/* of a datagram of ours; what every path is expected to carry */

struct dtls_context;	/* of a process: certificate and settings */
struct dtls;		/* of a participant */

int dtls_context_new(struct dtls_context **ret);
struct dtls_context *dtls_context_free(struct dtls_context *c);
const uint8_t *dtls_context_fingerprint(const struct dtls_context *c);

/* The context is borrowed and outlives it. */
int dtls_new(struct dtls **ret, const struct dtls_context *c, const uint8_t peer[static CERTIFICATE_FINGERPRINT_SIZE]);
struct dtls *dtls_free(struct dtls *d);

enum dtls_result {
	DTLS_NOTHING,
	DTLS_CONNECTED,		/* keys can be had: once */
	DTLS_FAILED,		/* a handshake ended badly; another may begin (LIMIT_HANDSHAKE_RETRIES) */
	DTLS_WRONG_PEER,	/* its certificate is not the offer's */
	DTLS_CLOSED,		/* the peer said goodbye, after a handshake */
};
/* One datagram. */
enum dtls_result dtls_receive(struct dtls *d, usec_t now, const uint8_t *data, size_t size);
/* Sends the last flight again when it is due, gives up a handshake that takes too long. */
void dtls_timeout(struct dtls *d, usec_t now);
usec_t dtls_deadline(const struct dtls *d);
/* The next datagram to send; valid until the next dtls_receive() or dtls_timeout(). */
bool dtls_poll(struct dtls *d, struct bytes *ret);
/* Whether dtls_poll() has one. */
bool dtls_wants_send(const struct dtls *d);

/* After DTLS_CONNECTED. -EIO. The caller wipes them. */
int dtls_keys(struct dtls *d, struct srtp_keys *ret);
