/* SPDX-License-Identifier: EUPL-1.2 */
/* The client's files, in memory. In conclaved.
 * Invariant: what can be fetched is what lay in the folder at the start; no request touches the file system. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

#define FILES_TAG_SIZE 24

struct file {
	/* owned */
	char *path;		/* "/assets/index-B1c2D3e4.js" */
	uint8_t *data;
	uint8_t *gzip;		/* the same compressed, from PATH.gz beside it; or NULL */

	/* state */
	size_t size;
	size_t gzip_size;
	char gzip_tag[FILES_TAG_SIZE];
	const char *type;	/* Content-Type */
	char tag[FILES_TAG_SIZE];	/* ETag, with its quotes */
	bool immutable;		/* a hash of its content is in its name */
};

struct files {
	/* owned */
	struct file *list;	/* sorted by path */

	/* state */
	size_t n;
};

/* Loads a folder with all below it; links and what is no regular file are left out. -ENOENT also when there is no
 * index.html in it; -EFBIG when it holds more than a client can be. */
int files_load(struct files *ret, const char *folder);
void files_done(struct files *f);
const struct file *files_find(const struct files *f, const char *path);
