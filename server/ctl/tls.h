/* SPDX-License-Identifier: EUPL-1.2 */
/* The server's certificate, and a look at its front door. In conclavectl.
 * Invariant: tls_get() trusts nobody and proves nothing but that something answers; whether the certificate is good is
 * for tls_inspect() to say. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"

#define TLS_HASH_SIZE 32

struct tls_certificate {
	bool certificate_read;
	bool key_read;
	bool key_matches;
	bool self_signed;
	int64_t not_before;		/* seconds since 1970 */
	int64_t not_after;
	uint32_t key_bits;		/* as strong as a symmetric key of so many bits; 0 = unknown */
	uint8_t hash[TLS_HASH_SIZE];	/* of the certificate */
};

/* What else stands in the file of the certificate. */
enum tls_chain {
	TLS_CHAIN_KNOWN,	/* leads to an authority that this machine knows */
	TLS_CHAIN_PRIVATE,	/* leads to one that signed itself and stands in the file: a closed network's */
	TLS_CHAIN_ALONE,	/* signed itself */
	TLS_CHAIN_BROKEN,	/* leads nowhere: certificates between are missing, or out of order */
};

void tls_inspect(struct tls_certificate *ret, const char *certificate, const char *key);
enum tls_chain tls_chain(const char *certificate);
/* Does the certificate in this file stand for the host, a name or an IP address? */
bool tls_covers(const char *certificate, const char *host);

/* GET by HTTPS; `host` is the Host header, `name` what SNI says ("" for nothing). The HTTP status with the body, a view
 * into `buffer`, or a negative errno; -EPROTO when TLS failed, -EBADMSG when what came is not HTTP. Patient for 3 s. */
struct tls_seen {
	struct bytes head, body;	/* the lines of the headers; what follows them */
	bool newest;			/* TLS 1.3 */
	uint8_t hash[TLS_HASH_SIZE];	/* of the certificate that was shown */
};
int tls_get(const struct address *at, const char *host, const char *name, const char *path, uint8_t *buffer,
	size_t size, struct tls_seen *ret);
/* Does TLS 1.1 or older come about there? 1, 0 or a negative errno. */
int tls_takes_old(const struct address *at, const char *name);

const char *tls_library(void);		/* "OpenSSL 3.0.17 …", as it runs */
bool tls_library_is_older(void);	/* than the one we were built with */
int tls_level(void);			/* SSL_CTX_get_security_level(3), as the machine has set it */
