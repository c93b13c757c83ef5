/* SPDX-License-Identifier: EUPL-1.2 */
/* A hall with its records in memory, in virtual time, and people who talk to it. In tests only.
 * Invariant: everything the hall says is checked against the tables of the protocol before a test sees it, and
 * nothing reaches anybody before the commit. */
#pragma once

#include "auth/oidc_frame.h"
#include "auth/password.h"
#include "auth/vault.h"
#include "base/clock.h"
#include "server/hall/hall.h"
#include "server/records/db.h"
#include "server/records/log_key.h"
#include "tests/support/check.h"

#define STAGE_ACTORS 160
#define STAGE_ORIGIN "https://localhost:8443"
#define STAGE_ADMIN_ORIGIN "https://localhost:9444"
#define ACTOR_MESSAGES 512
#define STAGE_MEDIA 256

struct stage;

struct actor {
	struct stage *stage;
	char jar[2048];			/* the Cookie header of this browser */
	char seat[9];
	char meeting[11];
	char link[64];			/* the token */
	struct connection *connection;
	unsigned closed;		/* the close code */
	char *messages[ACTOR_MESSAGES];	/* not yet looked at */
	size_t n_messages;
	size_t n_received;		/* ever */
};

struct stage_media {
	unsigned worker;
	enum media_command_kind kind;
	struct peer_id peer;
	struct meeting_id meeting;
	uint32_t seat, sources, rank, n_lines;
	bool echo;
	size_t sdp_size;
	uint32_t n_wishes;
	struct media_wish wishes[2];	/* the first of them */
};

struct stage {
	struct db *db;
	struct log_key *key;
	const struct policy *policy;	/* of the next start, or NULL */
	const struct turn *turn;	/* likewise */
	struct hall *hall;
	usec_t now, wall;
	struct actor actors[STAGE_ACTORS];
	struct stage_media media[STAGE_MEDIA];
	size_t n_media;
	char meeting[11];		/* of stage_demo() */
	char answer[64 * 1024];		/* of the last verb */
	struct vault vault;
	bool sign_in_first;		/* of the next start: a link alone is a guest's only */
	uint8_t frame[PASSWORD_FRAME];	/* the last one for a helper */
	size_t frame_size;
	unsigned frame_helper, n_frames;
	bool provider;			/* of the next start: sign-ins by one, too */
	uint8_t fetch_frame[OIDC_FRAME];	/* the last one for conclave-fetch */
	size_t fetch_size;
	unsigned n_fetches;
	uint32_t late_ticket;		/* of the last answer that came later */
	unsigned late_status;
	char late_body[4096], late_cookie[256];
	bool lenient;			/* memory fails: what cannot be delivered is no fault of the test */
};

enum { CLERK, CHAIR, MARLEEN, JAN, FATIMA, PIET, ELS };	/* the demonstration's people: actors 0 to 4, persons 1 to 5 */

void stage_open(struct stage *s, const char *path);	/* NULL: in memory; the key is in "PATH.key" */
void stage_close(struct stage *s);
void stage_stop(struct stage *s);			/* the hall dies; the records stay */
int stage_start(struct stage *s);
void stage_restart(struct stage *s);
void stage_drain(struct stage *s);
void stage_pass(struct stage *s, usec_t time);	/* deadlines on the way are met */
const char *stage_verb(struct stage *s, const char *request);
bool stage_made(struct stage *s, const char *request);	/* … and it was done */
void stage_demo(struct stage *s);
/* The same people, and Piet, a guest; Marleen is the substitute of the chair. */
void stage_convene(struct stage *s);
/* … with an agenda: two items, Piet a guest of the second; and Els (actor 6), a guest of none: audience. */
void stage_convene_items(struct stage *s);
/* The first id in it. */
long stage_id(const char *json);
/* The text of a field in JSON, the n-th occurrence from 0. */
bool stage_field(const char *json, const char *name, unsigned n, char *ret, size_t size);

unsigned actor_link(struct actor *a, const char *token, struct hall_answer *ret);
/* POST `path`; the status. */
unsigned actor_ask(struct actor *a, const char *path, const char *body, struct hall_answer *ret);
unsigned actor_resume(struct actor *a, struct hall_answer *ret);
unsigned actor_resume_meeting(struct actor *a, const char *meeting, struct hall_answer *ret);
void actor_keep_cookie(struct actor *a, const char *set_cookie);
void actor_connect(struct actor *a);
void actor_disconnect(struct actor *a);
void actor_say(struct actor *a, const char *json);
void actor_hello(struct actor *a);
/* Link, connect, hello, join. Afterwards the messages so far are forgotten. */
void actor_arrive(struct actor *a);
void actor_forget(struct actor *a);
/* The next message of this type, if it holds `part` (or NULL); those before it are forgotten. The test fails
 * without. */
const char *actor_hears(struct actor *a, const char *type, const char *part);
bool actor_has(const struct actor *a, const char *type);	/* among those not yet looked at */
void actor_error(struct actor *a, const char *code, const char *re, const char *field);
void stage_everyone_in(struct stage *s);
/* In memory: the demonstration, a media worker, everyone inside; what the worker was told so far is forgotten. */
void stage_open_inside(struct stage *s);

void stage_media_up(struct stage *s);
/* Another worker than the first: its channel stands, and it is ready. */
void stage_worker_up(struct stage *s, unsigned worker);
void stage_worker_event(struct stage *s, unsigned worker, const struct media_event *e);
void stage_worker_down(struct stage *s, unsigned worker);
/* The next command of this kind, those before it forgotten; the test fails without. */
struct stage_media stage_media_hears(struct stage *s, enum media_command_kind kind);
/* What a client says to be given a peer; and what its worker hears of it. */
#define STAGE_OFFER \
	"{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\",\"roles\":{\"0\":\"microphone\",\"1\":\"video\"}," \
	"\"restart\":false,\"media\":null}"
struct stage_media actor_offers(struct actor *a);
bool stage_media_has(const struct stage *s, enum media_command_kind kind);
void stage_media_event(struct stage *s, const struct media_event *e);
