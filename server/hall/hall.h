/* SPDX-License-Identifier: EUPL-1.2 */
/* Everything that conclaved decides, without a socket and without a clock: seats, connections, meetings, records.
 * In conclaved. Invariant: one input, then drain hall_poll(), then hall_commit(), and only then may what was polled
 * leave the process; an output whose act could not be recorded never leaves. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "auth/oidc_report.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "server/proof/event.h"
#include "sfu/msg.h"

struct db;
struct policy;
struct hall;
struct log_key;
struct turn;
struct vault;
struct connection;	/* one WebSocket */

/* Of sign-ins. */
struct hall_provider {
	const char *issuer, *client;
	const char *redirect;		/* where it sends browsers back to */
	const char *acr;		/* how it is to let them sign in; NULL = as it pleases */
};

struct hall_config {
	const char *origin;		/* "https://HOST:PORT" */
	const char *client;		/* likewise, where personal links lead to; NULL: origin */
	struct address addresses[MSG_ADDRESSES];	/* for the media workers' answers */
	uint32_t n_addresses;
	struct log_key *key;		/* signs the proceedings; borrowed */
	uint16_t tcp_port;		/* where ICE-TCP is taken; 0 = nowhere */
	const struct turn *turn;	/* borrowed; NULL: no relay */
	uint64_t seed;			/* of choices that are no secrets */
	const struct policy *policy;	/* copied; NULL: takes nothing away */
	const char *party;		/* whom passkeys are made for: the first host's name; borrowed */
	const char *const *origins;	/* of the pages that may use them; ends with NULL; borrowed */
	const char *admin_origin;	/* NULL without that listener */
	const struct vault *vault;	/* of the seeds of six-digit codes; borrowed; NULL: no passwords */
	unsigned helpers;		/* conclave-helper processes */
	const struct hall_provider *provider;	/* NULL: none; borrowed until hall_new() returned */
	bool links_for_everyone;	/* what a link is worth where its meeting does not say */
};

/* Replays the records of every meeting that has not ended. `db` is borrowed. `wall` is microseconds since 1970. */
int hall_new(struct hall **ret, struct db *db, const struct hall_config *config, usec_t now, usec_t wall);
struct hall *hall_free(struct hall *h);
/* Before any other input of a wake-up: what time it is. */
void hall_set_time(struct hall *h, usec_t now, usec_t wall);

/* HTTPS: POST /api/… with its Cookie header ("" when there is none). */
struct hall_request {
	const char *path;
	const char *cookies;
	const char *agent;		/* its User-Agent header; NULL or "": unknown */
	struct bytes body;
	struct address source;
	bool admin;			/* it came by the administration's listener */
};

/* An HTTP status, a JSON body, and a Set-Cookie value ("" for none). Never fails otherwise: trouble is a 503. What the
 * answer gives away is durable when the function returns; so is what hall_control() says was done. */
struct hall_answer {
	unsigned status;
	const char *body;		/* of any length; valid until the next request */
	char set_cookie[256];
	unsigned wait;			/* s, for Retry-After; 0 = none */
	bool plain;			/* a text, and not JSON */
	uint32_t ticket;		/* not 0: it comes later, from hall_poll(), under this number */
};
void hall_request(struct hall *h, const struct hall_request *q, struct hall_answer *ret);
/* Whoever asked is gone: there will be no answer. Unknown numbers are fine. */
void hall_forget_request(struct hall *h, uint32_t ticket);

/* conclave-helper processes, numbered from 0. False: what it said was not owed; end it, then say that it is down. */
void hall_helper_up(struct hall *h, unsigned helper);
bool hall_helper_says(struct hall *h, unsigned helper, struct bytes frame);
void hall_helper_down(struct hall *h, unsigned helper);

/* conclave-fetch, where a provider is configured: it is up when it says that the provider was found. As above. */
bool hall_fetch_says(struct hall *h, struct bytes frame);
void hall_fetch_down(struct hall *h);

/* WebSocket. `cookies` is the Cookie header of the upgrade; `user` comes back in the outputs.
 * NULL when there are LIMIT_CONNECTIONS already or no memory: refuse the upgrade. */
struct connection *hall_connect(struct hall *h, const char *cookies, void *user);
void hall_receive(struct hall *h, struct connection *c, struct bytes text);
/* A text message exceeded LIMIT_MESSAGE, or came too fast, or was binary: says so and closes. */
enum hall_misuse { HALL_TOO_LARGE, HALL_TOO_FAST, HALL_BINARY };
void hall_misused(struct hall *h, struct connection *c, enum hall_misuse why);
/* The peer answered a ping (or did not within 5 s). */
void hall_alive(struct hall *h, struct connection *c, bool alive);
/* The socket is gone; `c` is freed. */
void hall_disconnect(struct hall *h, struct connection *c);

/* Media workers, numbered from 0. */
void hall_media_up(struct hall *h, unsigned worker);	/* a channel stands: CONFIGURE follows from hall_poll */
void hall_media_event(struct hall *h, unsigned worker, const struct media_event *e);
void hall_media_down(struct hall *h, unsigned worker);

/* conclavectl: one JSON request {"verb":…, …}; the JSON answer is written into `w` ({"ok":true,…} or
 * {"ok":false,"error":"one plain sentence"}). RELOAD: nothing was written; whoever has sockets puts the certificate in
 * its place, says it with hall_note(), and answers. */
enum hall_errand { HALL_NO_ERRAND, HALL_RELOAD };
enum hall_errand hall_control(struct hall *h, struct bytes request, struct writer *w);

/* Can meetings be held? Writes the reason when not. */
bool hall_healthy(const struct hall *h, struct writer *why);

/* ANSWER: to a request that waited. HELPER: `text` is a frame for `worker`, a helper; it holds a password.
 * HELPER_END: that one did not answer in time. FETCH: `text` is a frame for conclave-fetch; it holds a code. The last
 * three leave whether or not the commit succeeds. */
enum hall_out_kind { HALL_SEND, HALL_CLOSE, HALL_MEDIA, HALL_ANSWER, HALL_HELPER, HALL_HELPER_END, HALL_FETCH };
struct hall_out {
	enum hall_out_kind kind;
	void *user;				/* SEND, CLOSE: of the connection */
	struct bytes text;			/* SEND: valid until the next poll */
	unsigned close_code;			/* CLOSE: 1000, 1003, 1008, 1009, 1011 (no memory) */
	unsigned worker;			/* MEDIA, HELPER, HELPER_END */
	const struct hall_answer *answer;	/* ANSWER: valid until the next poll */
	const struct media_command *command;	/* MEDIA: valid until the next poll */
};
bool hall_poll(struct hall *h, struct hall_out *ret);
/* Makes what was recorded durable. On failure the outputs of this drain must be thrown away: the hall has then rebuilt
 * itself from the records, and says so to everyone in the next drain. */
int hall_commit(struct hall *h);
usec_t hall_deadline(const struct hall *h);
void hall_timeout(struct hall *h);

/* What happened outside of the hall and belongs into the security log: a word, and one about it or NULL. */
void hall_note(struct hall *h, const char *kind, const char *about);

/* Of security, once committed, for whoever listens: docs/security-events.md. */
enum security_outcome { SECURITY_DONE, SECURITY_CHANGED, SECURITY_DENIED, SECURITY_FAILED };
struct security_event {
	uint16_t id;			/* never changes */
	enum security_outcome outcome;
};
struct hall_security {
	uint64_t number;		/* from 1, since the start; one that is missing was lost */
	usec_t at;			/* wall */
	const char *word;
	struct security_event event;
	const char *account, *target;	/* addresses; "" = none. Valid until the next input, as `about` */
	const char *about;		/* a word of ours, or a meeting's id */
	uint32_t meeting, entry;	/* of proceedings; 0 = it stands in none */
	uint32_t by, person;		/* numbers there; 0 = nobody */
};
bool hall_poll_security(struct hall *h, struct hall_security *ret);

/* Before a clean end, and before the last commit: a checkpoint of all that changed. */
void hall_seal(struct hall *h);

/* What the administration's page shows of the machine. */
struct hall_machine {
	usec_t certificate_ends;	/* wall; 0 = unknown */
	int64_t disk_free;		/* bytes */
};
void hall_set_machine(struct hall *h, const struct hall_machine *machine);

/* The upper ends of all but the last bucket of joining times, in ms. */
#define HALL_JOIN_LIMITS { 100, 250, 500, 1000, 1500, 2000, 3000, 5000, 10000, 30000 }
#define HALL_JOIN_N 11

/* Of conclave-fetch and the provider of sign-ins. */
struct hall_fetch_numbers {
	bool configured;		/* else the rest is 0 */
	bool found;
	uint64_t requests[OIDC_QUESTION_N];
	uint64_t failures[OIDC_OUTCOME_N];	/* of those; [OIDC_OUT_DONE] stays 0 */
	usec_t last_success;		/* wall; 0 = none yet */
	uint64_t sign_ons_proven, sign_ons_refused, sign_ons_unanswered;	/* that were put to it */
};

struct hall_numbers {
	uint64_t meetings, participants, connections, joins, events;
	uint64_t kinds[EVENT_N];		/* of events */
	const char *const *words;		/* for these */
	uint64_t joining[HALL_JOIN_N];		/* from entering to media connected, by its time */
	uint64_t joining_usec;			/* together */
	struct hall_fetch_numbers fetch;
};
void hall_count(const struct hall *h, struct hall_numbers *ret);
