/* SPDX-License-Identifier: EUPL-1.2 */
/* All SQL of conclaved. Invariant: a migration that was released is never changed again; the next one is appended. */
#pragma once

#include <stddef.h>

enum statement {
	SQL_MEETING_INSERT,
	SQL_MEETING_READ,
	SQL_MEETING_FIND,
	SQL_MEETINGS_LIVE,
	SQL_MEETINGS_ALL,
	SQL_INVITATION_INSERT,
	SQL_INVITATIONS,
	SQL_LINK_INSERT,
	SQL_LINK_FIND,
	SQL_LINK_USE,
	SQL_LINKS_KILL,
	SQL_SEAT_INSERT,
	SQL_SEAT_FIND,
	SQL_SEAT_READ,
	SQL_SEAT_ROTATE,
	SQL_SEAT_SETTLE,
	SQL_SEATS_END,
	SQL_EVENT_INSERT,
	SQL_EVENTS,
	SQL_EVENTS_PART,
	SQL_LEAVES,
	SQL_INVITED_COUNT,
	SQL_CHECKPOINT_INSERT,
	SQL_CHECKPOINT_LAST,
	SQL_CHECKPOINT_COUNT,
	SQL_CHECKPOINTS_PART,
	SQL_CHECKPOINT_ANY,
	SQL_N,
};

extern const char *const schema_statements[SQL_N];
extern const char *const schema_migrations[];	/* number n stands at n - 1 */
extern const int schema_version;		/* how many there are */
