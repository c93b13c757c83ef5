/* SPDX-License-Identifier: EUPL-1.2 */
/* What libwebsockets' callbacks noted, until the shell asks. In conclaved.
 * Invariant: told in the order in which it came; a peer's end is told last, and after it nothing of that peer. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/list.h"
#include "server/hall/hall.h"
#include "server/shell/peer.h"

enum ws_event_kind {
	WS_REQUEST,		/* of HTTP: answer with ws_answer() */
	WS_OPEN,		/* a WebSocket stands: give it a connection, or close it */
	WS_TEXT,
	WS_MISUSED,
	WS_ALIVE,		/* it answered a ping, or spoke */
	WS_SILENT,		/* for 5 s */
	WS_GONE,		/* forget it; freed by ws_sweep() */
};

struct ws_event {
	enum ws_event_kind kind;
	struct peer *peer;
	struct bytes text;		/* TEXT: valid until the next poll */
	enum hall_misuse misuse;	/* MISUSED */
};

enum note_kind { NOTE_REQUEST, NOTE_OPEN, NOTE_TEXT, NOTE_TOO_LARGE, NOTE_BINARY, NOTE_PONG, NOTE_SILENT };

struct note;

struct inbox {
	/* owned */
	struct list notes;
	struct note *told;	/* the one that the last event came from */
	struct list gone;	/* peers that cannot be reached, which is still to be told */
	struct list dead;	/* … and has been */
};

void inbox_init(struct inbox *i);
void inbox_done(struct inbox *i);
/* Takes `text` in any case. False when there is no memory: then the connection has to go. */
bool inbox_note(struct inbox *i, enum note_kind kind, struct peer *p, struct bytes text);
/* Takes the peer off whatever list it is in. */
void inbox_note_gone(struct inbox *i, struct peer *p);
bool inbox_poll(struct inbox *i, usec_t now, struct ws_event *ret);
/* Frees the peers that were told to be gone. */
void inbox_sweep(struct inbox *i);
