/* SPDX-License-Identifier: EUPL-1.2 */
/* All of the records in one file, for a backup, while conclaved goes on. In conclavectl.
 * Invariant: what is copied is of one moment; the files that belong to it travel in a table of the copy, so that it is
 * one whole or nothing. */
#pragma once

#include <stddef.h>

#include "base/bytes.h"

struct copy_file {
	const char *name;
	struct bytes content;
};

/* Copies the database `from` into a new file `to`, with `files` beside it (none: NULL, 0). 0 or a negative errno; then
 * `why` is a plain sentence, and `to` may be there half done. */
int copy_make(const char *from, const char *to, const struct copy_file *files, size_t n, const char **why);

/* Gives each of the files to `keep`, until one returns a negative errno, and makes a database of it that conclaved can
 * open. A copy that is damaged is -EBADMSG. */
typedef int (*copy_callback)(void *user, const char *name, struct bytes content);
int copy_unpack(const char *path, copy_callback keep, void *user, const char **why);

/* What conclaved would look at when it starts with this folder, and more: the database whole, the key the one of its
 * last epoch, the entries of every meeting those that were signed. */
int copy_judge(const char *database, const char *log_key, int64_t wall, const char **why);
