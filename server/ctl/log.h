/* SPDX-License-Identifier: EUPL-1.2 */
/* `conclavectl log`: proceedings into a file, and whether such a file was altered. In conclavectl.
 * Invariant: a file is called whole only when every byte of it was looked at. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "server/ctl/place.h"

/* To standard output when `path` is NULL. On false `why` is one plain line, and no half file stays. */
bool log_export(const struct place *place, const char *meeting, const char *path, int64_t *entries,
	char why[static PLACE_WHY_SIZE]);
/* What is to be verified; all of it is borrowed. */
struct log_question {
	const char *path;
	const char *const *checkpoints;	/* paths of notes that were kept elsewhere */
	size_t n_checkpoints;
	const char *server;		/* the id of whose proceedings they must be, or NULL */
	const char *proof;		/* where to, when a note shows two histories, or NULL */
};

/* `why` is one plain line in any case. A proof of two histories is verified, too. The finding is also written as JSON,
 * unless `json` is NULL. */
bool log_verify(const struct log_question *q, struct writer *json, char why[static PLACE_WHY_SIZE]);
