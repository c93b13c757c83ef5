/* SPDX-License-Identifier: EUPL-1.2 */
/* What link.c (one participant) and links.c (all of a worker) share, and nobody else sees. In conclave-media.
 * Invariant: a link is in its set from links_add() to links_remove(), and in `ready` when it may have something to
 * say. */
#pragma once

#include "base/limits.h"
#include "base/list.h"
#include "base/map.h"
#include "sfu/link/dtls.h"
#include "sfu/link/ice.h"
#include "sfu/link/link.h"
#include "sfu/link/paths.h"
#include "sfu/link/srtp_session.h"

/* So many in each span of time. */
struct budget {
	usec_t since;
	unsigned spent;
};

struct link {
	struct list in_links;
	struct list in_ready;

	/* owned */
	struct ice_login login;
	struct ice_login old_login;	/* during an ICE restart */
	struct dtls *dtls;
	struct srtp_session *srtp;	/* once connected */

	/* borrowed */
	struct links *links;
	void *user;

	/* state */
	struct {
		struct address at;
		usec_t checked;		/* last; the oldest gives way */
	} paths[LIMIT_PATHS_PER_PEER];
	unsigned n_paths;
	struct address to;		/* where media goes, once connected */
	struct address dtls_to;		/* whence the handshake last went on */
	enum srtp_suite suite;
	usec_t heard;			/* anything authentic; before that, when it was added */
	struct budget handshakes;	/* in one turn */
	usec_t handshake_by;		/* USEC_NEVER before the first check and once connected */
	const char *closed;		/* why */
	unsigned n_reporters;		/* that stand among the SSRCs of all links */
	bool silent, suspended;
	bool told_connected, told_silent, told_suspended, told_closed;
};

int link_new(struct link **ret, struct links *l, usec_t now, void *user, const uint8_t *peer_fingerprint);
struct link *link_free(struct link *k);

/* An authentic packet came. */
void link_hear(struct link *k, usec_t now);
void link_close(struct link *k, const char *word);
/* `at` is a path of this link from now on, and was checked now. */
void link_add_path(struct link *k, usec_t now, const struct address *at);
void link_lose_path(struct link *k, const struct address *at);
void link_receive_check(struct link *k, usec_t now, const struct address *from, const struct ice_check *check);
void link_receive_dtls(struct link *k, usec_t now, const struct address *from, const uint8_t *data, size_t size);
void link_timeout(struct link *k, usec_t now);
usec_t link_deadline(const struct link *k);
bool link_poll(struct link *k, struct link_out *ret);

struct links {
	/* owned */
	struct dtls_context *dtls;
	struct ice *ice;
	struct paths paths;
	struct map ssrcs;		/* that authenticated: to the first link that they did under */
	struct list links;

	/* borrowed */
	struct list ready;

	/* state */
	bool has_srtp;			/* libsrtp is open */
	unsigned n_links;
	usec_t deadline;		/* not later than the earliest of any link */
	uint64_t trial_key;
	struct budget handshakes;	/* in one turn */
	struct budget trials[1024];	/* by source; two that fall together share */
	size_t reply_size;
	struct address reply_to;
	void *reply_user;
	uint8_t reply[ICE_MESSAGE_MAX];
	uint8_t trial_packet[LIMIT_DATAGRAM];
	struct links_numbers numbers;
};

/* It may have something to say, or be due earlier than before. */
void links_stir(struct links *l, struct link *k);
