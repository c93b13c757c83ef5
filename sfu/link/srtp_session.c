/* SPDX-License-Identifier: EUPL-1.2 */
/* The door of libsrtp. In conclave-media.
 * Invariant: a session of libsrtp holds few streams, since it walks them as a list: RTP that comes in has one session,
 * RTCP another (a browser reports from many SSRCs), and what goes out has one for each group of the caller. */
#include "sfu/link/srtp_session.h"

#include <assert.h>
#include <errno.h>

#include <srtp2/srtp.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/mem.h"
#include "sfu/link/cipher.h"

#define GROUPS (2 * LIMIT_SLOTS / LIMIT_SSRCS_PER_SRTP + 1)	/* media and RTX of each slot, and the rest */
#define REPLAY_WINDOW 1024	/* 128, the default, is less than NACK and RTX need */
#define RTCP_HEADER 8
#define SRTCP_INDEX 4

struct suite {
	const char *name;
	size_t key_size;
	size_t salt_size;
	size_t behind_index;	/* the tag of an SRTCP packet, after its index (RFC 3711, 3.4); none in RFC 7714, 9 */
	void (*set_policy)(srtp_crypto_policy_t *);
};

static const struct suite suites[SRTP_SUITE_N] = {
	[SRTP_SUITE_AEAD_AES_128_GCM] = {
		"AEAD_AES_128_GCM", 16, 12, 0, srtp_crypto_policy_set_aes_gcm_128_16_auth },
	[SRTP_SUITE_AES128_CM_SHA1_80] = {
		"AES128_CM_SHA1_80", 16, 14, 10, srtp_crypto_policy_set_rtp_default },
};

struct stream {
	uint32_t ssrc;
	uint32_t newest;	/* RTP: sequence number, 16 bits; RTCP: index, 31 bits */
};

struct srtp_session {
	/* owned */
	srtp_t in_rtp;
	srtp_t in_rtcp;
	srtp_t out[GROUPS];			/* made at first use, but [0] */
	uint8_t outbound[SRTP_MASTER_MAX];	/* the key for those to come; wiped at the end */

	/* state */
	const struct suite *suite;
	struct stream streams[LIMIT_STREAMS_PER_PEER];
	struct stream reporters[LIMIT_REPORTERS_PER_PEER];
	size_t n_streams;
	size_t n_reporters;
};

DEFINE_CLEANUP(struct srtp_session *, srtp_session_free)

static unsigned library_users;

int srtp_library_open(void)
{
	int r;

	if (library_users++)
		return 0;
	r = srtp_init() == srtp_err_status_ok ? cipher_install() : -ENOTSUP;
	if (r < 0) {
		(void)srtp_shutdown();
		library_users--;
		return r;
	}
	/* Its events (a full key, a collision) come back as the status of the packet; the default prints them. */
	(void)srtp_install_event_handler(NULL);
	return 0;
}

void srtp_library_close(void)
{
	assert(library_users > 0);
	if (--library_users)
		return;
	(void)srtp_shutdown();
	cipher_uninstall();
}

size_t srtp_suite_key_size(enum srtp_suite suite) { return suites[suite].key_size; }
size_t srtp_suite_salt_size(enum srtp_suite suite) { return suites[suite].salt_size; }
const char *srtp_suite_name(enum srtp_suite suite) { return suites[suite].name; }

static int srtp_errno(srtp_err_status_t status)
{
	if (status == srtp_err_status_ok)
		return 0;
	return status == srtp_err_status_alloc_fail ? -ENOMEM : -EIO;
}

static int srtp_open(srtp_t *ret, const struct suite *suite, srtp_ssrc_type_t any, const uint8_t *master)
{
	uint8_t key[SRTP_MASTER_MAX];
	srtp_policy_t policy = { .ssrc.type = any, .key = key, .window_size = REPLAY_WINDOW };
	srtp_err_status_t status;

	memcpy(key, master, sizeof(key));	/* libsrtp's pointer is not const */
	suite->set_policy(&policy.rtp);
	suite->set_policy(&policy.rtcp);
	status = srtp_create(ret, &policy);
	mem_wipe(key, sizeof(key));
	return srtp_errno(status);
}

int srtp_session_new(struct srtp_session **ret, const struct srtp_keys *keys)
{
	_cleanup_(srtp_session_freep) struct srtp_session *s = mem_new(struct srtp_session);
	int r;

	if (!s)
		return -ENOMEM;
	s->suite = &suites[keys->suite];
	memcpy(s->outbound, keys->outbound, sizeof(s->outbound));
	r = srtp_open(&s->in_rtp, s->suite, ssrc_any_inbound, keys->inbound);
	if (r < 0)
		return r;
	r = srtp_open(&s->in_rtcp, s->suite, ssrc_any_inbound, keys->inbound);
	if (r < 0)
		return r;
	r = srtp_open(&s->out[0], s->suite, ssrc_any_outbound, s->outbound);
	if (r < 0)
		return r;
	*ret = take(s);
	return 0;
}

static void srtp_close(srtp_t session)
{
	if (session)
		(void)srtp_dealloc(session);
}

struct srtp_session *srtp_session_free(struct srtp_session *s)
{
	if (!s)
		return NULL;
	srtp_close(s->in_rtp);
	srtp_close(s->in_rtcp);
	for (size_t i = 0; i < GROUPS; i++)
		srtp_close(s->out[i]);
	mem_wipe(s, sizeof(*s));
	mem_free(s);
	return NULL;
}

static struct stream *stream_find(struct stream *streams, size_t n, uint32_t ssrc)
{
	for (size_t i = 0; i < n; i++)
		if (streams[i].ssrc == ssrc)
			return &streams[i];
	return NULL;
}

bool srtp_session_knows(const struct srtp_session *s, uint32_t ssrc)
{
	for (size_t i = 0; i < s->n_streams; i++)
		if (s->streams[i].ssrc == ssrc)
			return true;
	return false;
}

bool srtp_session_ssrc(const struct srtp_session *s, size_t n, uint32_t *ret)
{
	if (n >= s->n_streams)
		return false;
	*ret = s->streams[n].ssrc;
	return true;
}

bool srtp_session_reporter(const struct srtp_session *s, size_t n, uint32_t *ret)
{
	if (n >= s->n_reporters)
		return false;
	*ret = s->reporters[n].ssrc;
	return true;
}

bool srtp_session_unprotect_rtp(struct srtp_session *s, uint8_t *data, size_t *size, struct srtp_in *ret)
{
	struct reader r = reader(bytes_make(data, *size));
	struct stream *known;
	uint32_t ssrc;
	uint16_t sequence;
	int n = (int)*size;

	read_skip(&r, 2);
	sequence = read_u16(&r);
	read_skip(&r, 4);
	ssrc = read_u32(&r);
	if (!r.ok)
		return false;
	known = stream_find(s->streams, s->n_streams, ssrc);
	if (!known && s->n_streams == LIMIT_STREAMS_PER_PEER)
		return false;
	if (srtp_unprotect(s->in_rtp, data, &n) != srtp_err_status_ok)
		return false;
	*ret = (struct srtp_in){ .ssrc = ssrc, .first = !known, .newest = true };
	if (!known) {
		known = &s->streams[s->n_streams++];
		known->ssrc = ssrc;
	} else {
		ret->newest = (uint16_t)(sequence - known->newest) - 1u < 0x7fffu;	/* ahead by 1 to 32767 */
	}
	if (ret->newest)
		known->newest = sequence;
	*size = (size_t)n;
	return true;
}

bool srtp_session_unprotect_rtcp(struct srtp_session *s, uint8_t *data, size_t *size, struct srtp_in *ret)
{
	struct reader head = reader(bytes_make(data, *size)), tail = head;
	struct stream *known;
	uint32_t ssrc, index;
	int n = (int)*size;

	if (*size < RTCP_HEADER + SRTCP_INDEX + s->suite->behind_index)
		return false;
	read_skip(&head, 4);
	ssrc = read_u32(&head);
	read_skip(&tail, *size - s->suite->behind_index - SRTCP_INDEX);
	index = read_u32(&tail) & 0x7fffffff;	/* the top bit says encrypted */
	known = stream_find(s->reporters, s->n_reporters, ssrc);
	if (!known && s->n_reporters == LIMIT_REPORTERS_PER_PEER)
		return false;
	if (srtp_unprotect_rtcp(s->in_rtcp, data, &n) != srtp_err_status_ok)
		return false;
	*ret = (struct srtp_in){ .ssrc = ssrc, .first = !known, .newest = !known || index > known->newest };
	if (!known) {
		known = &s->reporters[s->n_reporters++];
		known->ssrc = ssrc;
	}
	if (ret->newest)
		known->newest = index;
	*size = (size_t)n;
	return true;
}

int srtp_session_protect_rtp(struct srtp_session *s, uint32_t group, uint8_t *data, size_t *size)
{
	int n = (int)*size;

	assert(group < GROUPS);
	if (!s->out[group] && srtp_open(&s->out[group], s->suite, ssrc_any_outbound, s->outbound) < 0)
		return -EIO;
	if (srtp_protect(s->out[group], data, &n) != srtp_err_status_ok)
		return -EIO;
	*size = (size_t)n;
	return 0;
}

int srtp_session_protect_rtcp(struct srtp_session *s, uint8_t *data, size_t *size)
{
	int n = (int)*size;

	if (*size < RTCP_HEADER || srtp_protect_rtcp(s->out[0], data, &n) != srtp_err_status_ok)
		return -EIO;
	*size = (size_t)n;
	return 0;
}
