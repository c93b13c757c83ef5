/* SPDX-License-Identifier: EUPL-1.2 */
/* `conclavectl backup` and `restore`. In conclavectl.
 * Invariant: a backup is called made when what is in it was looked at as conclaved would at its start, and what is on
 * the disk is what was sealed; a folder that holds records is never written over; a failure leaves nothing behind. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/ctl/place.h"

#define BACKUP_WHY_SIZE 1024
#define BACKUP_STAMP "last-backup"	/* in the state folder: its time is that of the newest backup */

/* On true and on false `why` is one plain line. */

/* A pair to seal for: `path` opens backups and belongs off the server; `path`.pub seals them. */
bool backup_key(const char *path, char why[static BACKUP_WHY_SIZE]);
/* Everything that a restored server needs, while it runs, into `path`, for the certificate in `to`; without one for a
 * pair that is made as `path`.key. */
bool backup_make(const struct place *place, const char *path, const char *to, int64_t wall,
	char why[static BACKUP_WHY_SIZE]);
/* Into the folder `state`, which must hold no records; with the file `key`, or `path`.key. */
bool backup_restore(const char *path, const char *key, const char *state, int64_t wall,
	char why[static BACKUP_WHY_SIZE]);
/* All of restoring, into a folder that is gone afterwards. */
bool backup_rehearse(const char *path, const char *key, int64_t wall, char why[static BACKUP_WHY_SIZE]);
