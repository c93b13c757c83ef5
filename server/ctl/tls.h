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

struct tls_certificate {
	bool certificate_read;
	bool key_read;
	bool key_matches;
	bool self_signed;
	int64_t not_before;		/* seconds since 1970 */
	int64_t not_after;
};

void tls_inspect(struct tls_certificate *ret, const char *certificate, const char *key);
/* Does the certificate in this file stand for the host, a name or an IP address? */
bool tls_covers(const char *certificate, const char *host);

/* GET by HTTPS; `host` is the Host header, `name` what SNI says ("" for nothing). The HTTP status with the body, a view
 * into `buffer`, or a negative errno; -EPROTO when TLS failed, -EBADMSG when what came is not HTTP. Patient for 3 s. */
int tls_get(const struct address *at, const char *host, const char *name, const char *path, uint8_t *buffer,
	size_t size, struct bytes *body);

const char *tls_library(void);		/* "OpenSSL 3.0.17 …", as it runs */
bool tls_library_is_older(void);	/* than the one we were built with */
