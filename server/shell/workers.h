/* SPDX-License-Identifier: EUPL-1.2 */
/* The media workers: adopts those that live, starts those that do not, watches them all. In conclaved.
 * Invariant: a worker outlives us, unless workers_stop() says otherwise; one that dies, or ends as it was told to, is
 * started again. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/loop.h"
#include "server/shell/spawner.h"
#include "sfu/msg.h"

struct workers;

struct workers_config {
	struct loop *loop;		/* borrowed */
	struct spawner *spawner;	/* borrowed; knows where they listen */
	unsigned n;
};

enum worker_event_kind { WORKER_UP, WORKER_SAYS, WORKER_DOWN };

struct worker_event {
	enum worker_event_kind kind;
	unsigned worker;
	struct media_event says;	/* SAYS: views are valid until the next poll */
};

struct workers_numbers {
	uint64_t up, started, adopted, died, drained;
	uint64_t refused;		/* connections of whom a worker was not there, or had no time */
	char cipher[sizeof(((struct media_event *)0)->word)];	/* of worker 0, "" before it was ready */
};

int workers_new(struct workers **ret, const struct workers_config *config);
/* Leaves the processes as they are. */
struct workers *workers_free(struct workers *w);
/* Adopts or starts whoever is due; call it once at the start, then at every deadline. */
void workers_timeout(struct workers *w, usec_t now);
usec_t workers_deadline(const struct workers *w);
/* After a round of the loop, until false. */
bool workers_poll(struct workers *w, usec_t now, struct worker_event *ret);
/* An encoded command. One that cannot be delivered ends the channel: WORKER_DOWN follows. */
void workers_send(struct workers *w, unsigned worker, struct bytes command);
/* A TCP connection whose first bytes name the worker. Takes the descriptor; one that the worker cannot have now is
 * closed: its browser has other ways, and comes again. */
void workers_hand_over(struct workers *w, unsigned worker, int fd, const struct address *from);
/* Asks every worker to end, and waits for that, 3 s at most. */
void workers_stop(struct workers *w);
void workers_count(const struct workers *w, struct workers_numbers *ret);
