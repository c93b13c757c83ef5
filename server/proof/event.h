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
#include "server/wire/words.h"

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
	EVENT_ENDED,		/* reason */
	EVENT_SERVER_RESTARTED,
	EVENT_MEDIA_RESTARTED,
	EVENT_HAND_RAISED,
	EVENT_HAND_LOWERED,
	EVENT_FLOOR_GIVEN,	/* who */
	EVENT_FLOOR_ENDED,	/* who: had it */
	EVENT_FLOOR_ORDERED,	/* people */
	EVENT_FLOOR_WITHDRAWN,	/* who, reason */
	EVENT_FLOOR_RESTORED,	/* who */
	EVENT_MUTED,		/* who, reason */
	EVENT_ASKED_ON,		/* who, reason, note: the source */
	EVENT_SHARE_STOPPED,	/* who, reason */
	EVENT_REMOVED,		/* who, reason */
	EVENT_SUSPENDED,	/* reason */
	EVENT_RESUMED,
	EVENT_LINK_RENEWED,	/* who, reason: the old seat has ended */
	EVENT_FAULT_REPORTED,	/* number: of the fault; text */
	EVENT_FAULT_CLEARED,	/* number, reason */
	EVENT_OBJECTION,	/* text */
	EVENT_REMOVE_ASKED,	/* number, who, reason */
	EVENT_INVITE_ASKED,	/* number, reason; detail: as of `invited` */
	EVENT_REQUEST_ASKED,	/* number, who, reason, note: any other action, because the policy asks for two */
	EVENT_INVITE_CONFIRMED,	/* number */
	EVENT_REQUEST_CONFIRMED,	/* number, note: the action */
	EVENT_REQUEST_REFUSED,	/* number, note */
	EVENT_REQUEST_EXPIRED,	/* number, note */
	EVENT_SUBSTITUTE_NAMED,	/* who */
	EVENT_CHAIR_SUBSTITUTED,	/* who: acts as chair */
	EVENT_CHAIR_RETURNED,	/* who: the chair */
	EVENT_CODE_READ,	/* the room code was read aloud */
	EVENT_ITEM_CREATED,	/* item, note: as it is convened, people: its guests; detail: of its title */
	EVENT_ITEM_OPENED,	/* item */
	EVENT_ITEM_CLOSED,	/* item */
	EVENT_DOORS_ASKED,	/* number, item, reason */
	EVENT_DOORS_ANNOUNCED,	/* item, reason: they open in ten seconds */
	EVENT_DOORS_OPENED,	/* item */
	EVENT_DOORS_CLOSED,	/* item */
	EVENT_DECLARED_ALONE,	/* item */
	EVENT_RECUSED,		/* who, item; by oneself or, with a reason, by an office */
	EVENT_RECUSAL_ASKED,	/* number, who, item, reason */
	EVENT_RECUSAL_CONTESTED,	/* who, item, reason: `recused` follows */
	EVENT_GUEST_OUT,	/* who, item: that they were there for, or that begins */
	EVENT_PRESENCE_CORRECTED,	/* who, note: what it was, reason */
	EVENT_N,
};

enum event_note {
	NOTE_NONE,
	NOTE_ALONE,		/* without a second person: the other office was absent */
	NOTE_ADMINISTRATION,	/* through conclavectl */
	NOTE_MICROPHONE,
	NOTE_CAMERA,
	NOTE_AS_CLOSED,		/* an item, as it is convened: this one or the next */
	NOTE_AS_OPEN,
	NOTE_ABSENT,		/* a person, whatever their connection says: this one or the next */
	NOTE_PRESENT,
	NOTE_RECOGNISED,	/* a guest who came by a link alone: who admitted them knows who it is */
	NOTE_END,		/* this and what follows: actions that can wait for a second person */
	NOTE_REMOVE,
	NOTE_INVITE,
	NOTE_MUTE,
	NOTE_STOP_SHARE,
	NOTE_WITHDRAW_FLOOR,
	NOTE_SUSPEND,
	NOTE_NEW_LINK,
	NOTE_TURN_AWAY,
	NOTE_DOORS_OPEN,
	NOTE_RECUSAL,
	NOTE_ADMIT,		/* a guest, outside their item */
	NOTE_N,
};

extern const char *const event_words[];	/* by kind; ends with NULL */
extern const char *const event_notes[];	/* enum event_note - 1; ends with NULL */

struct event {
	/* owned */
	char *text;		/* of the reason; without one, what the person said; or NULL */
	uint8_t *people;	/* their new order, or NULL */

	/* state */
	uint32_t seq;		/* from 1; 0 = not in the proceedings */
	usec_t wall;		/* whole milliseconds */
	enum event_kind kind;
	uint32_t by;		/* a person; 0 = the server, or the administration */
	uint32_t who;		/* a person; 0 = nobody */
	uint32_t number;
	uint32_t item;		/* of the agenda; 0 = none */
	enum reason_code reason;
	enum event_note note;
	bool detailed;
	uint32_t n_people;
	struct digest detail;	/* salted, of what stands beside the log */
	struct digest leaf;	/* once it stands in the records: its hash there */
};

/* Is its own seq the number of what it begins? */
bool event_is_numbered(enum event_kind kind);
#define EVENT_BODY_SIZE 2048

void event_done(struct event *e);
/* The canonical body: its bytes are what was hashed. */
void event_write_body(const struct event *e, struct writer *w);
/* Fills all but seq, wall, kind and by. 0, -EBADMSG, -ENOMEM. */
int event_read_body(struct event *e, struct bytes body);
/* leaf_hash() of the event with this body. 0, -EMSGSIZE, -ENOMEM. */
int event_leaf_hash(const struct event *e, const char *meeting, struct bytes body, struct digest *ret);
/* SHA-256(salt || the texts, each behind its size in four bytes). 0 or -ENOMEM. */
#define EVENT_SALT_SIZE 16
int event_detail(const uint8_t salt[static EVENT_SALT_SIZE], size_t n, const char *const *texts, struct digest *ret);
