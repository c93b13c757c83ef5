/* SPDX-License-Identifier: EUPL-1.2 */
/* A disk under SQLite and under the key's file, whose power fails at the n-th write, sync, truncation, rename or
 * removal: what was not synced is lost, kept, or kept in part and torn. In tests only; one process, which ends there.
 * Invariant: what was synced is there afterwards, unless the disk is told to lie. */
#pragma once

#include <stdbool.h>

/* Takes the place of SQLite's own way to files. Its syncs reach no real disk. */
void power_install(void);
/* From now on, in this process: the files are what they are now. 0 = it never fails. */
void power_fail_at(unsigned long nth, unsigned seed);
void power_lie(void);			/* says that it synced, and did not */
unsigned long power_operations(void);	/* since power_fail_at() */
