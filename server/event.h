/* SPDX-License-Identifier: EUPL-1.2 */
/* One entry of the proceedings. In conclaved.
 * Invariant: an event holds numbers of people, never names; those stand beside it, so that a name can be forgotten and
 * the log stays whole. */
#pragma once

#include <stdint.h>

#include "auth/digest.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"
#include "server/protocol.h"

enum event_kind {
	EVENT_MEETING_CREATED,	/* detail: of title, body, language and time */
	EVENT_INVITED,		/* who; detail: of name, email, office and party */
	EVENT_LINK_MADE,	/* who */
	EVENT_SEAT_TAKEN,	/* who, number: of the seat */
	EVENT_MEETING_OPENED,
	EVENT_ENTERED,
	EVENT_ADMITTED,		/* who */
	EVENT_TURNED_AWAY,	/* who, reason */
	EVENT_LEFT,
	EVENT_LOST,		/* who */
	EVENT_RETURNED,		/* who */
	EVENT_END_ASKED,	/* number: of the request; reason */
	EVENT_END_CONFIRMED,	/* number */
	EVENT_END_REFUSED,	/* number */
	EVENT_END_EXPIRED,	/* number */
	EVENT_ENDED,		/* reason */
	EVENT_SERVER_RESTARTED,
	EVENT_MEDIA_RESTARTED,
	EVENT_N,
};

enum event_note {
	NOTE_NONE,
	NOTE_ALONE,		/* without a second person: the other office was absent */
	NOTE_ADMINISTRATION,	/* through conclavectl */
	NOTE_N,
};

extern const char *const event_words[];	/* by kind; ends with NULL */
extern const char *const event_notes[];	/* enum event_note - 1; ends with NULL */

struct event {
	/* owned */
	char *text;		/* of a reason, or NULL */

	/* state */
	uint32_t seq;		/* from 1; 0 = not in the proceedings */
	usec_t wall;		/* whole milliseconds */
	enum event_kind kind;
	uint32_t by;		/* a person; 0 = the server, or the administration */
	uint32_t who;		/* a person; 0 = nobody */
	uint32_t number;
	enum reason_code reason;
	enum event_note note;
	bool detailed;
	struct digest detail;	/* salted, of what stands beside the log */
};

#define EVENT_BODY_SIZE 2048

void event_done(struct event *e);
/* The canonical body: its bytes are what was hashed. */
void event_write_body(const struct event *e, struct writer *w);
/* Fills all but seq, wall, kind and by. 0, -EBADMSG, -ENOMEM. */
int event_read_body(struct event *e, struct bytes body);
/* SHA-256(0x00 || record) (RFC 6962, 2.1); the record is "conclave event 1", then, each with its size in four bytes,
 * the meeting's id, the kind and the body, then seq and `by` in four bytes and the time in milliseconds in eight.
 * 0, -EMSGSIZE, -ENOMEM. */
int event_leaf_hash(const struct event *e, const char *meeting, struct bytes body, struct digest *ret);
/* SHA-256(salt || the texts, each behind its size in four bytes). 0 or -ENOMEM. */
#define EVENT_SALT_SIZE 16
int event_detail(const uint8_t salt[static EVENT_SALT_SIZE], size_t n, const char *const *texts, struct digest *ret);
