/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclaved keeps, as values: meetings, invitations, links, seats and events. In conclaved.
 * Invariant: every row that is read is checked; what cannot have been written by us is -EBADMSG. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "auth/rights.h"
#include "auth/token.h"
#include "base/limits.h"
#include "server/proof/event.h"
#include "server/proof/row.h"
#include "server/proof/tree.h"
#include "server/records/db.h"

#define SEAT_LETTERS 8

struct link_row {
	struct digest hash;
	uint32_t meeting;
	uint32_t person;
	bool dead;				/* a newer one was made before it was used */
	uint32_t seat;				/* 0 = unused */
};

struct seat_row {
	uint32_t number;
	char id[SEAT_LETTERS + 1];
	uint32_t meeting;
	uint32_t person;
	struct digest secret;
	struct digest previous;
	bool has_previous;
	bool ended;				/* another seat of the same person took its place */
	uint32_t session;			/* of the account that took it; 0 = by its link alone */
	uint32_t account;			/* likewise */
};

/* The number is given back in the row. */
int store_meeting_add(struct db *db, struct meeting_row *row);
/* 1 found, 0 not, or a negative errno; so do the other readers of one row. */
int store_meeting_read(struct db *db, uint32_t number, struct meeting_row *ret);
int store_meeting_find(struct db *db, const char *id, struct meeting_row *ret);
/* Those that have not ended (at most `most` of them), or all, latest first. The number of rows, or a negative errno. */
int store_meetings_live(struct db *db, struct meeting_row *rows, size_t most);
int store_meetings_all(struct db *db, struct meeting_row *rows, size_t most);

/* Somebody took its record: once, the first time. */
int store_meeting_exported(struct db *db, uint32_t number, usec_t wall);
/* Ended, and exported, at that moment or before it. */
int store_meetings_due(struct db *db, usec_t wall, struct meeting_row *rows, size_t most);
/* All of it. */
int store_meeting_erase(struct db *db, uint32_t number);
/* Those to which this address (in small letters) is invited, without those that ended before; offices[i] is theirs. */
int store_meetings_of_email(struct db *db, const char *email, usec_t ended, struct meeting_row *rows,
	enum office *offices, size_t most);

int store_invitation_add(struct db *db, uint32_t meeting, const struct invitation_row *row);
int store_invitations(struct db *db, uint32_t meeting, struct invitation_row *rows, size_t most);

int store_item_add(struct db *db, uint32_t meeting, const struct item_row *row);
int store_items(struct db *db, uint32_t meeting, struct item_row *rows, size_t most);

int store_link_add(struct db *db, const struct link_row *row, usec_t wall);
int store_link_find(struct db *db, const struct digest *hash, struct link_row *ret);
int store_link_use(struct db *db, const struct link_row *row, uint32_t seat);
int store_links_kill(struct db *db, uint32_t meeting, uint32_t person);

int store_seat_add(struct db *db, struct seat_row *row);
int store_seat_find(struct db *db, const char *id, struct seat_row *ret);
int store_seat_read(struct db *db, uint32_t number, struct seat_row *ret);
/* The row's secrets are written. */
int store_seat_rotate(struct db *db, const struct seat_row *row);
int store_seat_settle(struct db *db, uint32_t number);		/* forgets the previous secret */
int store_seats_end(struct db *db, uint32_t meeting, uint32_t person);
/* The newest of a person, ended or not. */
int store_seat_last(struct db *db, uint32_t meeting, uint32_t person, struct seat_row *ret);
/* The rest of a statement that yields seats: for server/records/credentials.c. */
int store_seat_rows(struct db *db, enum statement s, struct seat_row *rows, size_t most);

/* The event's seq must follow the last one's. Sets its leaf hash. */
int store_event_add(struct db *db, const struct meeting_row *meeting, struct event *e);
/* Calls back for each event in order, which is the caller's to keep or event_done(), and yields their tree. Every leaf
 * hash is computed again, and every root that was signed: -EBADMSG when one differs, and then `bad` is the first entry
 * that cannot be vouched for. */
typedef void (*store_event_callback)(void *user, struct event *e);
int store_events(struct db *db, const struct meeting_row *meeting, struct tree *t, uint32_t *bad,
	store_event_callback callback, void *user);
