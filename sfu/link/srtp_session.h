/* SPDX-License-Identifier: EUPL-1.2 */
/* The SRTP and SRTCP of one participant, both directions. In conclave-media.
 * Invariant: nothing is remembered of a packet that did not authenticate; (key, SSRC, sequence number) is never sent
 * twice, since libsrtp refuses it; what a participant can make grow is capped before it grows. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SRTP_MASTER_MAX 30	/* key and salt of AES-CM; 28 for GCM */

enum srtp_suite {
	SRTP_SUITE_AEAD_AES_128_GCM,	/* RFC 7714 */
	SRTP_SUITE_AES128_CM_SHA1_80,	/* RFC 5764; aiortc has no other */
	SRTP_SUITE_N,
};

size_t srtp_suite_key_size(enum srtp_suite suite);
size_t srtp_suite_salt_size(enum srtp_suite suite);
/* As RFC 5764 and RFC 7714 write it. */
const char *srtp_suite_name(enum srtp_suite suite);

/* A secret: the caller wipes it. */
struct srtp_keys {
	enum srtp_suite suite;
	uint8_t inbound[SRTP_MASTER_MAX];	/* key, then salt */
	uint8_t outbound[SRTP_MASTER_MAX];
};

/* libsrtp with our ciphers under it; counted, for tests that have more than one user. -ENOTSUP when the hook is
 * refused. */
int srtp_library_open(void);
void srtp_library_close(void);

struct srtp_session;

int srtp_session_new(struct srtp_session **ret, const struct srtp_keys *keys);
struct srtp_session *srtp_session_free(struct srtp_session *s);

struct srtp_in {
	uint32_t ssrc;
	bool first;	/* of this SSRC */
	bool newest;	/* ahead of all before it from this SSRC: only such a packet says where its sender is now */
};
/* In place. False, with the bytes spoilt, when it is not authentic, was there before, or is of one SSRC too many. */
bool srtp_session_unprotect_rtp(struct srtp_session *s, uint8_t *data, size_t *size, struct srtp_in *ret);
bool srtp_session_unprotect_rtcp(struct srtp_session *s, uint8_t *data, size_t *size, struct srtp_in *ret);
/* Whether RTP of this SSRC has authenticated here. */
bool srtp_session_knows(const struct srtp_session *s, uint32_t ssrc);
/* The n-th of these SSRCs; false behind the last. */
bool srtp_session_ssrc(const struct srtp_session *s, size_t n, uint32_t *ret);
/* The same of those whose RTCP has. */
bool srtp_session_reporter(const struct srtp_session *s, size_t n, uint32_t *ret);

/* In place; 0 or -EIO. The first packet of a group makes its session. */
int srtp_session_protect_rtp(struct srtp_session *s, uint32_t group, uint8_t *data, size_t *size);
int srtp_session_protect_rtcp(struct srtp_session *s, uint8_t *data, size_t *size);
