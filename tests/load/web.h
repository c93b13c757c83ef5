/* SPDX-License-Identifier: EUPL-1.2 */
/* HTTP and WebSocket, as a client: one request or one WebSocket a connection. In the load tool.
 * Invariant: pings are answered here; messages are whole texts. */
#pragma once

#include "tests/load/conn.h"

enum web_phase { WEB_CLOSED, WEB_ASKING, WEB_UPGRADING, WEB_OPEN };

struct web_answer {
	int status;
	struct bytes head, body;
};

struct web {
	/* owned */
	struct conn conn;
	uint8_t *message;		/* the pieces of one so far */
	size_t message_size;

	enum web_phase phase;
	const struct address *server;	/* borrowed, as all below */
	struct loop *loop;
	bool tls;
	void *user;
	/* Each may close this web. `why` is NULL or a word that says what went wrong. */
	void (*on_answer)(void *user, usec_t now, const struct web_answer *a);
	void (*on_open)(void *user, usec_t now);
	void (*on_message)(void *user, usec_t now, struct bytes text);
	void (*on_over)(void *user, usec_t now, const char *why);
};

int web_post(struct web *w, const char *path, const char *json);
/* `cookie` may be NULL. */
int web_upgrade(struct web *w, const char *path, const char *protocol, const char *cookie);
/* A field of an answer's head; false when it is not there, or longer than `size`. */
bool web_header(struct bytes head, const char *name, char *ret, size_t size);
void web_send(struct web *w, struct bytes text);
void web_close(struct web *w);
