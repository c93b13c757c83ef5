/* SPDX-License-Identifier: EUPL-1.2 */
/* HTTPS and WebSockets. In conclaved; its wait is conclaved's only loop.
 * Invariant: decides nothing. What came is noted, and told by ws_poll(); what goes out is written when asked for. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "server/shell/http.h"
#include "server/shell/inbox.h"
#include "server/shell/peer.h"

struct ws;

struct ws_config {
	const char *certificate, *key;	/* PEM files */
	const struct http *http;	/* judges upgrades; borrowed */
	const struct http *admin;	/* of the administration's listener; borrowed */
	struct sources *sources;	/* borrowed */
	int loop_fd;			/* readable when our own loop has something to do; duplicated */
};

/* -EINVAL when the certificate or its key is of no use (the library has said why). */
int ws_new(struct ws **ret, const struct ws_config *config);
/* Ends every connection without a word. */
struct ws *ws_free(struct ws *ws);
/* Takes the socket and the source in any case. */
void ws_adopt(struct ws *ws, const struct arrival *arrival);
/* Sleeps until something happens, or `deadline`. */
void ws_wait(struct ws *ws, usec_t deadline, usec_t now);

bool ws_poll(struct ws *ws, usec_t now, struct ws_event *ret);
usec_t ws_deadline(const struct ws *ws);
void ws_timeout(struct ws *ws, usec_t now);

/* All of these do nothing to a peer that is gone. */
void ws_answer(struct ws *ws, struct peer *p, const struct http_response *r);
void ws_send(struct ws *ws, struct peer *p, struct bytes text);
void ws_close(struct ws *ws, struct peer *p, unsigned code);
/* Who waits for the answer with this ticket; NULL when nobody does any more. */
struct peer *ws_find(struct ws *ws, uint32_t ticket);
/* OpenSSL's, of which every connection from outside is made. Borrowed. */
void *ws_connections(const struct ws *ws);
/* Ends it at once: something that it was owed could not be kept. */
void ws_drop(struct ws *ws, struct peer *p);
/* It has a seat now: no stranger. */
void ws_seated(struct ws *ws, struct peer *p);
/* At the end of a turn, when nobody holds a peer any more. */
void ws_sweep(struct ws *ws);
