/* SPDX-License-Identifier: EUPL-1.2 */
/* One browser's TCP connection: a request being answered, or a WebSocket with what waits to be sent. In conclaved.
 * Invariant: knows no library and no socket; what a peer can make grow here is bounded by base/limits.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/list.h"
#include "server/shell/http.h"
#include "server/shell/listener.h"
#include "server/shell/source.h"

struct connection;		/* the hall's half of a WebSocket */

#define PEER_ROOM 16		/* before each message, for the library's frame header */

enum peer_phase {
	PEER_IDLE,		/* HTTP, between requests */
	PEER_READING,		/* the body of a request is coming in */
	PEER_ASKED,		/* somebody owes it an answer */
	PEER_ANSWERING,		/* the answer goes out as fast as it is taken */
	PEER_SOCKET,		/* a WebSocket */
	PEER_ENDING,		/* a WebSocket that is to close once its queue has been sent */
	PEER_GONE,		/* nothing reaches it any more; freed at the end of the turn */
};

struct peer_request {
	struct http_request http;	/* its strings point into `text` */
	char text[LIMIT_HEADERS];
	size_t text_size;
	size_t body_size, body_room;
	uint8_t *body;			/* owned */
};

struct peer_message {
	struct list in_queue;
	size_t size;
	uint8_t room[PEER_ROOM];
	uint8_t data[];
};

struct peer {
	/* owned */
	struct peer_request *request;	/* READING, ASKED */
	uint8_t *answer;		/* ANSWERING: the head, and a body that is no file */
	char *cookies;			/* SOCKET: of the upgrade, until somebody has looked at them */
	uint8_t *partial;		/* SOCKET: of the message that is coming in */
	struct list queue;		/* SOCKET: of messages to send */

	/* borrowed */
	void *socket;			/* the library's */
	struct connection *connection;	/* the hall's; NULL before and after */
	struct source *source;		/* NULL once it is no stranger any more; counted out by the owner */

	/* state */
	struct list in_all;
	struct list in_round;		/* SOCKET: the order in which they are looked at */
	enum peer_phase phase;
	size_t answer_size, answer_at;
	struct bytes rest;		/* ANSWERING: a file, a view */
	bool last_answer;		/* close when it is out */
	enum listener_door door;
	struct address from;
	uint32_t ticket;		/* ASKED: of an answer that the hall gives later; 0 = none */
	size_t partial_size, partial_room;
	size_t queued;			/* bytes */
	unsigned close_code;		/* ENDING */
	usec_t next_look, opened, heard, bucket;
	bool spoke, silent, wants_ping, even, deaf;
};

int peer_new(struct peer **ret, struct source *source);
struct peer *peer_free(struct peer *p);

void peer_forget_cookies(struct peer *p);

/* A request: copies header values, so that `http` stays valid until the answer. NULL when they are too large. */
struct peer_request *peer_begin_request(struct peer *p);
const char *peer_keep(struct peer_request *q, struct bytes value);
/* Room for the body that was announced; false when there is no memory. */
bool peer_expect_body(struct peer_request *q, size_t size);
bool peer_keep_body(struct peer_request *q, struct bytes piece);
/* The answer: 0 or -ENOMEM. What is not a file is copied. */
int peer_answer(struct peer *p, const struct http *h, const struct http_response *r);
/* What to send now, at most `most` bytes; empty when all is out. Then say how much was taken. */
struct bytes peer_answer_piece(const struct peer *p, size_t most);
void peer_answer_sent(struct peer *p, size_t size);

/* A piece of a WebSocket message. */
enum peer_taken { PEER_MORE, PEER_WHOLE, PEER_TOO_LARGE, PEER_NO_MEMORY };
enum peer_taken peer_take_piece(struct peer *p, struct bytes piece, uint64_t still_to_come, bool last);
/* WHOLE: the message, which is now the caller's to free. */
struct bytes peer_take_message(struct peer *p);
/* False when it exceeds LIMIT_MESSAGES_PER_SECOND with bursts of LIMIT_MESSAGES_BURST (C16). */
bool peer_may_speak(struct peer *p, usec_t now);

/* -ENOBUFS when LIMIT_SEND_QUEUE would be exceeded (C09), -ENOMEM. */
int peer_queue(struct peer *p, struct bytes text);
struct peer_message *peer_next(struct peer *p);
void peer_sent(struct peer *p, struct peer_message *m);
