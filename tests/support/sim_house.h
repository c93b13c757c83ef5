/* SPDX-License-Identifier: EUPL-1.2 */
/* The whole of Conclave in memory and virtual time: a hall, a worker's sessions, people with browsers, and a seeded
 * network between them; no socket, no process, no file. In tests only.
 * Invariant: the two halves know of each other what goes through sfu/msg.h; one input, then all that it caused; what
 * the hall says is checked against the tables of the protocol and reaches nobody before its commit. */
#pragma once

#include "base/pool.h"
#include "sfu/sessions.h"
#include "tests/server/stage.h"
#include "tests/support/sim_browser.h"

#define HOUSE_PEOPLE 5
#define HOUSE_POOL 8192
#define HOUSE_LETTERS 4096		/* messages between the two processes that wait */
#define HOUSE_SOURCES (SOURCE_BIT(SOURCE_MICROPHONE) | SOURCE_BIT(SOURCE_CAMERA))

struct house_person {
	struct house *house;
	struct actor *actor;		/* of the stage: the cookies, the seat, the connection */
	uint32_t id;			/* in the meeting; 0 before the first welcome */
	struct sim_browser *browser;	/* owned; NULL without a PeerConnection */
	uint32_t wanted;		/* SOURCE_BITs that this person has switched on */
	bool sending;			/* … and the browser sends them */

	/* what was said to this person */
	const char *candidates;		/* borrowed: lines, JSON-encoded, that the next offer holds as well; or NULL */
	char last_error[64];
	char over[24];
	char state_media[16];
	uint32_t state_sources;
	bool inside;			/* state came, and no over since */
	bool media_lost;
	long request;
	uint64_t messages, answers, states, lobbies;
};

struct house_letter {
	size_t size;
	uint8_t *data;			/* owned */
};

struct house_post {
	struct house_letter letters[HOUSE_LETTERS];
	size_t first, count;
};

struct house {
	struct stage stage;
	struct house_person people[HOUSE_PEOPLE];

	/* owned: a worker */
	struct pool *pool;
	struct links *links;
	struct sessions *sessions;	/* NULL while it is dead */
	struct house_post to_media, to_hall;
	bool controlled;		/* the hall has a channel to it */

	/* owned: the world */
	struct sim_network air, inside;
	struct random random;
	struct sim_line line;		/* of whoever opens a PeerConnection next */

	/* state */
	uint16_t port;
	usec_t now;
	uint64_t strays;		/* datagrams to where nobody is */
	unsigned long fail_at;		/* the product's allocation that will fail, counted over all inputs; 0 = none */
	unsigned long asked;		/* allocations by the product since house_new() */
	bool failing;
};

/* The demonstration's meeting, its five people outside; both processes run. */
struct house *house_new(uint64_t seed);
/* Checks that every packet is back. */
struct house *house_free(struct house *h);
void house_run(struct house *h, usec_t span);

/* Redeems the link, opens the WebSocket, says hello, joins. */
void house_arrive(struct house_person *p);
/* Opens a WebSocket of the seat that this person has, as after a reload or a break. */
void house_return(struct house_person *p);
void house_break(struct house_person *p);	/* the WebSocket is gone */
void house_say(struct house_person *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void house_admit(struct house_person *by, const struct house_person *who);
/* A new PeerConnection, in place of the one there was. */
void house_offer(struct house_person *p);
void house_hang_up(struct house_person *p);	/* the PeerConnection is gone, without a word */
void house_set_sources(struct house_person *p, uint32_t sources);
/* All of the above, for everyone, until all see and hear each other. */
void house_open(struct house *h);

/* The processes die and come. */
void house_media_dies(struct house *h);
void house_media_comes(struct house *h);
void house_hall_dies(struct house *h);
void house_hall_comes(struct house *h);		/* … and knows of no worker yet */
void house_hall_adopts(struct house *h);

/* From here on only what happens now counts. */
void house_forget_past(struct house *h);
/* A seed of one's own: CONCLAVE_SEED in its place when that is set; printed. */
uint64_t house_seed(uint64_t fallback);
