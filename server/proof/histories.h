/* SPDX-License-Identifier: EUPL-1.2 */
/* The proof that a server signed two histories of one meeting, in a file that stands alone: the key chain, both signed
 * checkpoints and, when they are of different sizes, the root of the beginning that the longer one has with the proof
 * that it has it (RFC 9162, 2.1.4). In conclavectl; web/src/record/histories.ts writes the same.
 * Invariant: pure; what is confirmed was signed twice by keys of one chain. */
#pragma once

#include "server/proof/row.h"
#include "server/proof/transcript.h"

#define HISTORIES_FORMAT "conclave two histories 1"

struct histories {
	char first[CHECKPOINT_NOTE_SIZE];
	char second[CHECKPOINT_NOTE_SIZE];
	struct checkpoint checkpoints[2];
	struct digest beginning;	/* of the second, as long as the first; when it is longer */
	struct tree_proof growth;
	char server[SERVER_ID_SIZE];
	char meeting[MEETING_LETTERS + 1];
	uint32_t epoch;			/* where the file's chain begins; 0 = at the key that names the server */
};

/* Do these proceedings, which are whole by themselves, contradict a checkpoint that was kept? 1; 0 = no, or it cannot
 * be shown (it is of more entries than these); -ENOMEM. */
int histories_find(struct histories *ret, struct bytes transcript, struct bytes kept);
/* The file; it is shorter than the transcript and HISTORIES_MORE together. */
#define HISTORIES_MORE 8192
void histories_write(const struct histories *h, struct bytes transcript, struct writer *w);

bool histories_is(struct bytes text);		/* is it meant to be such a file? */
/* 1 = it does prove that; 0 = it does not; -ENOMEM. */
int histories_check(struct histories *ret, struct bytes text);
