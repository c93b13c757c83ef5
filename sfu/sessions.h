/* SPDX-License-Identifier: EUPL-1.2 */
/* All participants of a worker: each is a link, a place in a room, and what was agreed in SDP. In conclave-media.
 * Invariant: sans-IO: given commands, datagrams and time it returns datagrams and events; a session exists exactly as
 * long as its link and its place in a room. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/pool.h"
#include "sfu/link/link.h"
#include "sfu/msg.h"

/* A part of a picture waits so long for the rest, so that a receiver's packets leave in one message (research: 0.3 ms
 * find 95 of 100 pictures together, 1 ms no more). */
#define SESSIONS_COALESCE ((usec_t)300)

struct sessions;

/* `links` and `pool` are borrowed; `port` stands in the answers where an address has none of its own. */
int sessions_new(struct sessions **ret, struct links *links, struct pool *pool, uint16_t port, uint64_t seed);
struct sessions *sessions_free(struct sessions *s);

/* Follow each input with sessions_poll_answers() until that has nothing more: it answers this input. What rooms have
 * is polled by sessions_poll(), which does both, at the latest at sessions_send_by(), and before each command, so that
 * nothing leaves which a command forbids. */
void sessions_command(struct sessions *s, usec_t now, const struct media_command *c);
/* Takes its own reference; the packet is decrypted in place. */
void sessions_receive(struct sessions *s, usec_t now, const struct address *from, struct packet *p);
void sessions_timeout(struct sessions *s, usec_t now);
usec_t sessions_deadline(const struct sessions *s);

struct session_out {
	bool is_event;
	struct media_event event;	/* is_event; its view is valid until the next poll */
	struct address to;		/* else a datagram that stands in `area` */
	size_t size;
	usec_t arrived;			/* … when the first came of what its room forwards now; 0: not forwarded */
	bool is_picture;		/* the first to be dropped where the way is narrow */
};

/* `now` or before: with the packets that were already read; 0: at once. Part of sessions_deadline(). */
usec_t sessions_send_by(const struct sessions *s);

/* `area` has LIMIT_DATAGRAM + LINK_TAIL bytes. False: nothing left. */
bool sessions_poll_answers(struct sessions *s, usec_t now, uint8_t *area, struct session_out *ret);
bool sessions_poll(struct sessions *s, usec_t now, uint8_t *area, struct session_out *ret);

/* What it counts of enum media_count: all but forwarding times. The figures only grow. */
void sessions_count(const struct sessions *s, uint64_t counts[static COUNT_N]);
