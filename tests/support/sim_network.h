/* SPDX-License-Identifier: EUPL-1.2 */
/* A network in virtual time: datagrams under way, and what befalls them. In tests only.
 * Invariant: the same seed and the same sends give the same arrivals. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/random.h"

#define SIM_DATAGRAMS 32768
#define SIM_QUEUE MSEC(300)
#define SIM_WIRE 44		/* SRTP's tag, UDP, IPv4 */

/* One direction of one person's line. */
struct sim_line {
	usec_t delay;
	usec_t jitter;			/* up to so much more; datagrams then overtake each other */
	uint32_t loss;			/* of 1000 */
	uint32_t rate;			/* bit/s, of IP packets; 0 = as fast as they come */
	usec_t queue;			/* what would wait longer than this is lost; 0 = SIM_QUEUE */
	usec_t busy_until;		/* the last one has left the queue */
	usec_t longest_wait;
	uint32_t duplicate;		/* of 1000 */
	uint64_t lose_nth;		/* from now on, counting RTP only: lose exactly this one; 0 = none */
	uint64_t sent, lost;
};

struct sim_datagram {
	usec_t at;
	uint64_t order;			/* of sending: ties are settled by it */
	void *person;
	bool to_room;
	bool rtcp;
	uint32_t size;
	uint8_t data[LIMIT_DATAGRAM];
};

struct sim_network {
	struct sim_datagram *datagrams;	/* owned; SIM_DATAGRAMS */
	uint16_t free[SIM_DATAGRAMS];
	uint16_t heap[SIM_DATAGRAMS];	/* the earliest first */
	uint32_t n_free;
	uint32_t n_heap;
	uint64_t order;
	struct random random;
};

void sim_network_init(struct sim_network *n, uint64_t seed);
void sim_network_done(struct sim_network *n);
void sim_network_send(struct sim_network *n, usec_t now, struct sim_line *line, void *person, bool to_room, bool rtcp,
	struct bytes data);
usec_t sim_network_next(const struct sim_network *n);
/* The datagram that arrives now; give it back. */
struct sim_datagram *sim_network_take(struct sim_network *n, usec_t now);
void sim_network_give_back(struct sim_network *n, struct sim_datagram *d);
/* A person left: what is under way to it is lost. */
void sim_network_forget(struct sim_network *n, const void *person);
