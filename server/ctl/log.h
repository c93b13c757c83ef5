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
/* `why` is one plain line in any case. `checkpoint` is the path of a note that was kept elsewhere, or NULL; when it
 * shows that the server signed two histories, the proof goes into the file `proof`, unless that is NULL. Such a file
 * is verified, too. The finding is also written as JSON, unless `json` is NULL. */
bool log_verify(const char *path, const char *checkpoint, const char *proof, struct writer *json,
	char why[static PLACE_WHY_SIZE]);
