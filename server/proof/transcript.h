/* SPDX-License-Identifier: EUPL-1.2 */
/* The proceedings of one meeting as a file that proves itself. In conclaved, which writes it, and conclavectl, which
 * checks it. One JSON document whose lines are fixed: the head, the meeting, "people":[, one line a person,
 * ],"items":[, one line an item (the two are left out when the agenda is empty), ],"epochs":[, one line for each time
 * that the key was handed on, up to the one that signed last (likewise, when there are none), ],"checkpoints":[, one
 * line a checkpoint, ],"entries":[, one line an entry, ]}.
 * Invariant: the same proceedings make the same bytes. */
#pragma once

#include <stdbool.h>

#include "server/proof/epoch.h"
#include "server/proof/leaf.h"
#include "server/proof/row.h"
#include "server/wire/json.h"

#define TRANSCRIPT_FORMAT "conclave proceedings 1"
#define TRANSCRIPT_LINE_SIZE 16384	/* the longest */

#define TRANSCRIPT_PEOPLE "\"people\":["
#define TRANSCRIPT_ITEMS "],\"items\":["
#define TRANSCRIPT_EPOCHS "],\"epochs\":["
#define TRANSCRIPT_CHECKPOINTS "],\"checkpoints\":["
#define TRANSCRIPT_ENTRIES "],\"entries\":["
#define TRANSCRIPT_END "]}"

/* Each writes one line without its newline; `more`: another of the same kind follows. */
void transcript_write_head(struct writer *w, const char *server, const struct signature_key *key);
void transcript_write_meeting(struct writer *w, const struct meeting_row *m);
void transcript_write_person(struct writer *w, const struct invitation_row *p, bool more);
void transcript_write_item(struct writer *w, const struct item_row *i, bool more);
void transcript_write_note(struct writer *w, const char *note, bool more);	/* of an epoch or a checkpoint */
void transcript_write_entry(struct writer *w, const struct leaf *l, const struct digest *hash, bool more);

/* What such a line says. The outputs borrow from `hold`, which the caller frees. `more` is whether a comma ends the
 * line. 1; 0 when it is not, byte for byte, as it would be written; -ENOMEM. */
struct wire;
int transcript_read_head(struct bytes line, char server[static SERVER_ID_SIZE], struct signature_key *key);
int transcript_read_meeting(struct bytes line, struct meeting_row *ret);
int transcript_read_person(struct bytes line, struct invitation_row *ret, bool *more);
int transcript_read_item(struct bytes line, struct item_row *ret, bool *more);
int transcript_read_epoch(struct bytes line, char note[static EPOCH_NOTE_SIZE], bool *more);
int transcript_read_checkpoint(struct bytes line, char note[static CHECKPOINT_NOTE_SIZE], bool *more);
int transcript_read_entry(struct bytes line, struct wire **hold, struct leaf *ret, struct digest *hash, bool *more);
