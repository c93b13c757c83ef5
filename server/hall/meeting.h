/* SPDX-License-Identifier: EUPL-1.2 */
/* One meeting: who is invited, what its events say, and what is only true at this moment. In conclaved.
 * Invariant: `fold` is what the records say; `live` is never recorded, and `kept` is how it was when they last
 * agreed. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "server/hall/fold.h"
#include "server/hall/keys.h"
#include "server/records/sealed.h"

struct connection;
struct delivery;
struct feed;
struct meeting;

#define LOST_TIME SECONDS(5)		/* ARCHITECTURE, Timers: shown as reconnecting */
#define FREE_TIME SECONDS(60)		/* transport freed */
#define SUBSTITUTE_TIME MINUTES(2)	/* how long the chair is absent before the substitute takes over */
#define ALONE_TIME MINUTES(5)		/* RIGHTS.md: the other office was absent for so long */
#define EARLY_TIME MINUTES(60)		/* RIGHTS.md: how long before its time a meeting may be opened */

/* What is in memory only. Goes back to how it was at the last commit when one fails. */
struct person_live {
	/* borrowed */
	struct connection *connection;	/* the one that said hello last */
	struct feed *feed;		/* their media connection */

	/* state */
	bool waiting;			/* in the lobby */
	bool heard;
	bool here;			/* others have them in their lists */
	bool aside;			/* … or had: out for the item that is open, and told so */
	uint32_t lifted;		/* the seq of the mute after which this person switched their microphone on */
	uint32_t sources;		/* bits of enum source_kind: what this person says they send */
	uint32_t opened;		/* when the microphone was opened: a number that grows with each */
	char device[DEVICE_LETTERS + 1];	/* the public key of theirs, or "" */
	usec_t silent_since;		/* the WebSocket; USEC_NEVER = it is alive */
};

struct person {
	/* owned */
	char *name;
	char *email;
	char *party;			/* or NULL */

	/* borrowed */
	struct meeting *meeting;

	/* state */
	uint32_t id;
	enum office office;
	struct person_live live;
	struct person_live kept;	/* at the last commit */
	bool changed;			/* others must be told */
	bool known;			/* their seat was taken by an account, not by a link alone */
	usec_t sound_checks_due;	/* when the next would be at the even pace */
	usec_t entered;			/* inside since then, without media so far; 0 = not so */
};

/* Facts that took effect and could not be recorded yet. When it is full, later ones never will be. */
#define BACKLOG_MOST 64

struct backlog {
	struct event events[BACKLOG_MOST];	/* facts own no text */
	size_t n;
};

/* Who is invited once a second person confirms. In memory only: a restart expires the request. */
struct invite {
	uint32_t request;		/* its id */
	struct invitation_row row;
};

struct meeting {
	/* owned */
	struct fold *fold;
	struct delivery *delivery;	/* keys; in memory only */
	struct person *people;		/* the one with id n stands at n - 1; there is room for all that may come */
	struct item_row *items;		/* titles, likewise; or NULL */

	/* state */
	struct list in_hall;
	struct meeting_row row;
	uint32_t n_people;
	uint32_t n_items;
	uint32_t kept_n_people;		/* at the last commit */
	uint32_t opened_microphones;
	bool fresh;			/* made since the last commit */
	bool touched;			/* recorded to since the last commit */
	bool stale;			/* a replay failed: nothing may be recorded until one succeeds */
	struct backlog backlog;
	struct fold_changes told;	/* to everyone inside */
	struct invite invites[LIMIT_REQUESTS];
	struct backlog kept_backlog;	/* at the last commit */
	struct tree tree;		/* of all that is recorded */
	struct head head;
	usec_t seal_at;			/* no next checkpoint before that */
};

/* Reads the invitations and replays the events. `now` and `wall` are the same moment. -EBADMSG when they are not what
 * was recorded and signed with a key of this server, or cannot be understood; that is logged with the first entry at
 * fault. */
int meeting_load(struct meeting **ret, struct db *db, const char *server, const struct meeting_row *row, usec_t now,
	usec_t wall);
struct meeting *meeting_free(struct meeting *m);
DEFINE_CLEANUP(struct meeting *, meeting_free)
/* One more, who is not yet invited. 0 or -ENOMEM. */
int meeting_add_person(struct meeting *m, const struct invitation_row *row);
/* Those who came since the last commit are forgotten. */
void meeting_drop_people(struct meeting *m);
/* Replaces the fold by what the records say, and what they could not be told; on failure the old one stays. */
int meeting_replay(struct meeting *m, struct db *db, usec_t now, usec_t wall);

/* All of `events` are appended, or none. Sets their seq, the time of those that have none, and whatever follows
 * from it; does not apply. */
int meeting_append(struct meeting *m, struct db *db, struct event *events, size_t n, usec_t wall);

struct person *meeting_person(struct meeting *m, uint32_t id);	/* NULL when there is none */
struct person *meeting_find_email(struct meeting *m, const char *email);

static inline struct fold_person *person_fold(const struct person *p)
{
	return &p->meeting->fold->people[p->id];
}

static inline bool person_is_inside(const struct person *p)
{
	return person_fold(p)->inside;
}

/* A guest of whom only the link is known: who admits them says that they know who it is. */
static inline bool person_is_recognised(const struct person *p)
{
	return p->office == OFFICE_GUEST && !p->known;
}

/* By an office, and not switched on since. */
static inline bool person_is_muted(const struct person *p)
{
	return person_fold(p)->muted > p->live.lifted;
}

/* In this meeting, at this moment: the substitute may act as chair. */
static inline enum office person_office(const struct person *p)
{
	return p->meeting->fold->acting == p->id ? OFFICE_CHAIR : p->office;
}

static inline bool person_leads(const struct person *p)
{
	return person_office(p) == OFFICE_CLERK || person_office(p) == OFFICE_CHAIR;
}

const struct item_row *meeting_item(const struct meeting *m, uint32_t id);	/* NULL when there is none */

/* Was nobody else of chair and clerk present for five minutes? Who is out for an item is not absent. */
bool meeting_is_alone(const struct meeting *m, const struct person *p, usec_t now);

#define meeting_for_each(p, m) for ((p) = (m)->people; (p) < (m)->people + (m)->n_people; (p)++)
