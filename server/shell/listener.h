/* SPDX-License-Identifier: EUPL-1.2 */
/* TCP: accepts, and looks at the first bytes of whoever comes. In conclaved.
 * Invariant: a connection is handed on, or closed, within 10 s; running out of descriptors costs no processor time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/loop.h"
#include "server/shell/source.h"

#define LISTENER_SOCKETS 10

struct listener;

/* Where somebody came in. At the first two a connection must begin with TLS, or, at the very first, with a check of
 * ICE over TCP; at the last nobody waits for a byte. */
enum listener_door { LISTENER_PUBLIC, LISTENER_ADMIN, LISTENER_METRICS };

struct arrival {
	int fd;				/* now yours */
	struct source *source;		/* count it out with sources_leave() */
	enum listener_door door;
	struct address from;
	bool ice;			/* for the media worker of this number */
	unsigned worker;
};

struct listener_numbers {
	uint64_t accepted;
	uint64_t refused;		/* over a cap, late, or neither TLS nor ICE */
	uint64_t starved;		/* no descriptor was free */
};

/* `loop` and `sources` are borrowed. */
int listener_new(struct listener **ret, struct loop *loop, struct sources *sources);
struct listener *listener_free(struct listener *l);
/* Takes a listening socket; on failure it is still yours. */
int listener_add(struct listener *l, int fd, enum listener_door door);
/* After a round of the loop, until false. */
bool listener_poll(struct listener *l, struct arrival *ret);
usec_t listener_deadline(const struct listener *l);
void listener_timeout(struct listener *l, usec_t now);
struct listener_numbers listener_count(const struct listener *l);
