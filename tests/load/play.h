/* SPDX-License-Identifier: EUPL-1.2 */
/* A meeting of many participants against a server that runs: signing in, joining, a window in which everything is
 * counted, and the end. In the load tool.
 * Invariant: bounded in time; every participant does the same, but for the one who admits. */
#pragma once

#include "base/loop.h"
#include "sfu/rtp/twcc.h"
#include "tests/load/sdp.h"
#include "tests/load/sender.h"
#include "tests/load/tally.h"
#include "tests/load/transport.h"
#include "tests/load/web.h"

#define PLAY_PEOPLE 128
#define PLAY_PIDS 64

struct participant;

/* How to talk to a kind of server. */
struct side {
	const char *name;
	/* Signs in as far as one can without joining; then participant_ready(). */
	int (*begin)(struct participant *p);
	/* The button is pressed: joins, and negotiates. */
	void (*press)(struct participant *p, usec_t now);
	void (*on_answer)(struct participant *p, usec_t now, const struct web_answer *a);
	void (*on_open)(struct participant *p, usec_t now);
	void (*on_message)(struct participant *p, usec_t now, struct bytes text);
	/* Once a second. */
	void (*tick)(struct participant *p, usec_t now);
};
extern const struct side side_conclave, side_janus;

struct play_options {
	const struct side *side;
	struct address server;		/* of the signalling */
	struct address media;		/* in place of what the server names; port 0: only the address */
	bool tls;
	unsigned people, microphones;	/* the first so many have theirs open */
	unsigned voices, tiles;		/* lines that each receives; 0: one for each other person */
	bool simulcast;
	unsigned windows;
	usec_t join_every, settle, window, patience;
	uint64_t seed;
	char (*links)[128];		/* owned by main: one each, the clerk's first */
	unsigned pids[PLAY_PIDS], n_pids;	/* of the server */
};

struct janus_handle {
	uint64_t id;
	bool busy;			/* a subscription is being negotiated */
	uint64_t wanted[PLAY_PEOPLE];
	unsigned n_wanted;
	bool open;			/* the subscriber handle has joined */
	bool up, started;		/* the path; what was subscribed last */
};

struct participant {
	/* owned */
	struct web web;
	struct transport paths[2];	/* 0 sends; 1, else 0, receives */
	struct tally tally;

	/* borrowed */
	struct play *play;

	/* state */
	unsigned number;		/* from 1 */
	struct sender sender;
	struct twcc_recorder arrivals;	/* by which a server knows what the way here carries */
	bool ready, over;
	usec_t pressed, inside;		/* inside: its own path carries media */
	usec_t next_report, next_arrivals;
	char seat[16], cookie[512];	/* Conclave */
	uint64_t session;		/* Janus */
	struct janus_handle publisher, subscriber;
};

struct play {
	/* owned */
	struct participant *people;
	struct loop *loop;

	/* state */
	struct play_options options;
	struct window window;
	struct times latency, late;
	double cpu[2];			/* of the server's processes, at both ends of the window */
	double own[2];			/* of this process */
	uint64_t pss_before, pss_after;	/* KiB: before the first, and in the window */
	const char *why;		/* of what went wrong */
	unsigned whose;
};

int play_init(struct play *p, const struct play_options *options);
void play_done(struct play *p);
/* The whole meeting, with a line on standard output for each window. False: `why` says what stood in the way. */
bool play_run(struct play *p);
/* What the window that is over showed: one JSON object on standard output. */
void play_print(const struct play *p);

/* How far everybody came, on standard error. */
void play_explain(const struct play *p);

/* What the sides tell. */
void participant_ready(struct participant *p);
void participant_fail(struct participant *p, const char *why);
void participant_say(struct participant *p, const char *text);
/* Its end of a path, for a description. */
struct sdp_ours participant_ours(const struct participant *p, unsigned path);
