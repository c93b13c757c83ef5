/* SPDX-License-Identifier: EUPL-1.2 */
/* A meeting in memory and virtual time: one room, simulated browsers, a seeded network. In tests only.
 * Invariant: after every input the room is drained; every packet that leaves it is inspected before the network can be
 * blamed for it; at the end every packet is back in the pool. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/random.h"
#include "sfu/room/room.h"
#include "tests/support/sim_network.h"
#include "tests/support/sim_receiver.h"
#include "tests/support/sim_sender.h"

#define SIM_PEOPLE 128
#define SIM_POOL 8192

struct sim_person {
	uint32_t id;
	struct room_peer_setup setup;
	struct sim_sender sender;
	struct sim_receiver receiver;
	struct sim_line up, down;
	uint32_t allowed;
	bool heard;			/* as the room said */
	uint64_t heard_changes;
	unsigned watched[SOURCE_N];	/* of its pictures, as the room said; before that all */
	uint64_t watched_changes;
	usec_t watched_at[SOURCE_N];	/* when that last was another */
	bool obeys;			/* makes no layer that nobody watches */
};

struct sim {
	struct room *room;
	struct pool *pool;
	struct sim_network network;
	struct sim_person *people[SIM_PEOPLE];
	uint32_t n_people;
	uint32_t next_id;
	struct random random;
	usec_t now;
	uint64_t facts;			/* ROOM_SLOT */
	uint32_t audio_slots, video_slots;	/* of whoever joins next */
	usec_t delay;			/* of each line of whoever joins next */
	bool repeats;			/* whoever joins next sends sound again, and asks for it */
	bool whole;			/* whoever joins next films in one layer, the largest */
	bool no_reports;		/* transport-wide, by whoever joins next */
	unsigned long fail_at;		/* the room's allocation that will fail, counted over all joins; 0 = none */
};

struct sim *sim_new(uint64_t seed);
/* Checks that nothing leaked. */
struct sim *sim_free(struct sim *s);
/* NULL when the room had no memory. */
struct sim_person *sim_try_join(struct sim *s);
struct sim_person *sim_join(struct sim *s);
void sim_leave(struct sim *s, struct sim_person *p);
/* The person switches it on (off), and conclaved allows it (no longer). */
void sim_open(struct sim *s, struct sim_person *p, enum source_kind kind);
void sim_close(struct sim *s, struct sim_person *p, enum source_kind kind);
void sim_drain(struct sim *s);
void sim_run(struct sim *s, usec_t span);
/* The slot in which `to` has `from`'s source; there must be one. */
struct sim_slot *sim_sees(struct sim_person *to, const struct sim_person *from, enum source_kind kind);
