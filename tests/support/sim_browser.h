/* SPDX-License-Identifier: EUPL-1.2 */
/* One PeerConnection of a simulated browser: its offer, the answer it reads, DTLS-SRTP, what it sends and receives.
 * In tests only.
 * Invariant: knows of the server only what the answer and the `slots` messages say; a packet that shows somebody else
 * than the plate under it fails the test. */
#pragma once

#include "base/address.h"
#include "base/random.h"
#include "sfu/client/dtls_client.h"
#include "tests/support/sim_network.h"
#include "tests/support/sim_receiver.h"
#include "tests/support/sim_sender.h"

/* After a plate changed, what was under way when it did may still come: this long, and what is sent again longer. */
#define SIM_UNDER_WAY MSEC(300)
#define SIM_SENT_AGAIN MSEC(800)

/* Whom a receive line shows, as conclaved said. */
struct sim_plate {
	uint32_t person, before;	/* 0 = nobody */
	enum source_kind source, source_before;
	usec_t since;
};

struct sim_browser {
	/* owned */
	struct dtls_client *dtls;

	/* state */
	struct address at;
	struct room_peer_setup setup;
	struct sim_sender sender;
	struct sim_receiver receiver;
	struct sim_plate plates[LIMIT_SLOTS];
	struct sim_line up, down;
	struct sim_line inside;		/* from the sender to SRTP: loses nothing */
	char media[16];			/* the answer's id; "" before */
	bool idle;			/* neither reports nor asks: nothing but checks leaves it */
	bool unled;			/* conclaved does not know of the worker yet: an empty plate is no lie */
	bool trusting;			/* counts lies, and does not fail the test */
	uint64_t lies;			/* packets under another's plate */
	uint64_t datagrams;		/* that came */
	uint64_t refused;		/* of these, not authentic */
};

struct sim_browser *sim_browser_new(uint32_t person, struct random *random, const struct address *at);
struct sim_browser *sim_browser_free(struct sim_browser *b);
/* The message {"type":"offer",…}. */
void sim_browser_offer(const struct sim_browser *b, struct writer *w);
/* `sdp` is the answer: the streams of the receive lines, and DTLS begins. */
void sim_browser_answered(struct sim_browser *b, usec_t now, const char *media, const char *sdp);
/* The line shows this from now on; person 0: nobody. */
void sim_browser_plate(struct sim_browser *b, usec_t now, const char *mid, uint32_t person, enum source_kind source);
bool sim_browser_connected(const struct sim_browser *b);
void sim_browser_set_idle(struct sim_browser *b, usec_t now, bool idle);
/* One datagram of the server. */
void sim_browser_receive(struct sim_browser *b, usec_t now, uint8_t *data, size_t size, struct sim_network *inside);
/* Until when nothing happens, as far as this browser knows. */
usec_t sim_browser_next(const struct sim_browser *b);
/* What is due: plain media goes `inside`, the rest waits in dtls. */
void sim_browser_run(struct sim_browser *b, usec_t now, struct sim_network *inside);
/* The slot under whose plate this source of `person` is, or NULL. */
struct sim_slot *sim_browser_sees(struct sim_browser *b, uint32_t person, enum source_kind source);
/* From here on only what happens now counts. */
void sim_browser_forget_past(struct sim_browser *b);
