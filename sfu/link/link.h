/* SPDX-License-Identifier: EUPL-1.2 */
/* The secured paths of all participants of a worker: bytes in, bytes out; ICE-lite, DTLS, SRTP. In conclave-media.
 * Invariant: nothing that did not authenticate is answered, remembered, acted upon or logged. A path is created by
 * an authenticated STUN check, or by SRTP from an unknown address that authenticates under the link found by its
 * SSRC (at most 50 trials a second and source); media moves to an address only when SRTP or SRTCP authenticates from
 * there. An address over TCP is one connection: who sees it no more in links_knows() closes it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/media.h"

#define LINK_UFRAG_SIZE MEDIA_UFRAG_SIZE
#define LINK_PWD_SIZE 24
#define LINK_FINGERPRINT_SIZE 32	/* SHA-256 */
#define LINK_TAIL 36			/* what protecting a packet may add */

struct links;	/* all of a worker */
struct link;	/* one participant's */

/* Makes a fresh P-256 key and certificate, initialises libsrtp with EVP under it. -ENOTSUP when the hook is refused:
 * the worker must then not start, since Debian's own ciphers would run at a quarter of the speed. */
int links_new(struct links **ret);
struct links *links_free(struct links *l);
const uint8_t *links_fingerprint(const struct links *l);	/* LINK_FINGERPRINT_SIZE bytes, for the answers */
/* Which worker this is: the first letter of every ufrag from now on. */
void links_set_worker(struct links *l, unsigned number);
const char *links_cipher(const struct links *l);		/* "ipsec-mb" or "openssl-evp" */

/* A new link with random ICE credentials, waiting for its peer. `user` is borrowed and comes back in the outputs.
 * -ENOSPC at LIMIT_PEERS, -ENOMEM. */
int links_add(struct links *l, struct link **ret, usec_t now, void *user,
	      const uint8_t peer_fingerprint[LINK_FINGERPRINT_SIZE]);
void links_remove(struct links *l, struct link *k);
const char *link_ufrag(const struct link *k);	/* the newest; zero-terminated */
const char *link_pwd(const struct link *k);
/* New credentials; the old ones stay valid until a check with the new ones nominates (RFC 8445, 9). DTLS and SRTP go
 * on. */
void link_restart_ice(struct link *k);

enum link_in_kind { LINK_IN_NOTHING, LINK_IN_RTP, LINK_IN_RTCP };
struct link_in {
	enum link_in_kind kind;
	void *user;
	size_t size;	/* of the plain packet, which stands where the datagram stood */
};
/* One datagram, decrypted in place. Follow it with links_poll() until that has nothing more: it answers this
 * datagram. */
void links_receive(struct links *l, usec_t now, const struct address *from, uint8_t *data, size_t size,
		   struct link_in *ret);
/* A path of some link: something authentic came from there. */
bool links_knows(const struct links *l, const struct address *at);
void links_timeout(struct links *l, usec_t now);
usec_t links_deadline(const struct links *l);

enum link_out_kind {
	LINK_SEND,		/* a datagram: STUN answer or DTLS */
	LINK_CONNECTED,		/* SRTP keys are in; `word` is the profile's name (AEAD_AES_128_GCM …) */
	LINK_SILENT,		/* once connected: nothing authentic for 5 s (on), or again (off) */
	LINK_SUSPENDED,		/* 10 s: send nothing more to it (on); off with the first authentic packet */
	LINK_CLOSED,		/* `word`: closed, timeout (60 s), fingerprint, handshake (30 s from the first check).
				 * Remove it: it says and takes nothing more */
};
struct link_out {
	enum link_out_kind kind;
	void *user;
	struct address to;
	struct bytes data;	/* valid until the next poll */
	bool on;
	const char *word;
};
bool links_poll(struct links *l, struct link_out *ret);

/* In place; `size` in and out; `data` has LINK_TAIL to spare. `group`: outbound SRTP session, so that none holds
 * more than LIMIT_SSRCS_PER_SRTP streams. *to: where it goes now. -ENOTCONN before the keys or while suspended, or
 * -EIO. */
int link_protect_rtp(struct link *k, uint32_t group, uint8_t *data, size_t *size, struct address *to);
int link_protect_rtcp(struct link *k, uint8_t *data, size_t *size, struct address *to);
/* Where what is protected goes now, bytes that were protected before too; -ENOTCONN as above. */
int link_way(const struct link *k, struct address *to);

struct links_numbers { uint64_t handshakes_ok, handshakes_failed, srtp_refused, datagrams_dropped; };
void links_count(const struct links *l, struct links_numbers *ret);
