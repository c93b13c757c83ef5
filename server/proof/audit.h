/* SPDX-License-Identifier: EUPL-1.2 */
/* Are these proceedings what was recorded, and all of it? In conclaved, which asks at every load, and conclavectl,
 * which needs no server for it. Invariant: pure; what was found first is what is told. */
#pragma once

#include "base/limits.h"
#include "server/proof/transcript.h"

#define AUDIT_WHY_SIZE 256

/* The rule for each next entry: it follows the last one and its hash is its own. Shared by database and file. */
enum audit_entry {
	AUDIT_WHOLE,
	AUDIT_NOT_NEXT,		/* one is missing, or stands twice, or elsewhere */
	AUDIT_CHANGED,
};
/* Grows the tree when it is whole. An enum audit_entry, or a negative errno. */
int audit_entry(struct tree *t, const struct leaf *l, const struct digest *stored);

enum audit_part { AUDIT_HEAD, AUDIT_MEETING, AUDIT_PEOPLE, AUDIT_ITEMS, AUDIT_EPOCHS, AUDIT_CHECKPOINTS,
	AUDIT_ENTRIES, AUDIT_OVER };

/* A key that signed, and what the next one was handed with it. */
struct audit_epoch {
	struct signature_key key;
	struct checkpoint before;	/* of this meeting, from the epoch before; size 0 = nothing grew */
};

struct audit {
	/* owned */
	struct checkpoint *checkpoints;	/* in the order of their size */
	struct audit_epoch *epochs;	/* from 0, the key of the head */

	/* state */
	enum audit_part part;
	bool more;			/* the last line promised another of its kind */
	uint32_t line;
	uint32_t n_checkpoints;
	uint32_t room;
	uint32_t n_epochs;
	uint32_t epochs_room;
	uint32_t epoch;			/* of the last checkpoint */
	uint32_t passed;		/* checkpoints whose entries have all been read */
	struct tree tree;
	char server[SERVER_ID_SIZE];
	char meeting[MEETING_LETTERS + 1];
	struct digest hash;		/* epoch_meeting() */
	struct digest of_meeting;	/* details, computed */
	struct digest of_person[LIMIT_PEOPLE_PER_MEETING];
	struct digest of_item[LIMIT_ITEMS];
	uint32_t n_people;
	uint32_t n_invited;		/* whose entry has been read */
	uint32_t n_items;
	uint32_t n_created;		/* items, likewise */
	usec_t sealed;			/* of the last entry that a checkpoint covers */
	uint32_t bad;			/* the first entry at fault; 0 = it is no entry's */
	char why[AUDIT_WHY_SIZE];	/* one plain line */
};

void audit_init(struct audit *a);
void audit_done(struct audit *a);
/* A whole file, and a checkpoint that was kept elsewhere (empty = none). 1; 0 with `why`; -ENOMEM. */
int audit_transcript(struct audit *a, struct bytes text, struct bytes kept);
