/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of a client's files, manifest.json. In conclavectl.
 * Invariant: pure; every path that was read begins with '/' and leads nowhere else. */
#pragma once

#include "server/ctl/answer.h"
#include "server/proof/release.h"
#include "server/shell/config.h"
#include "server/shell/files.h"

#define MANIFEST_FILES 1024
#define MANIFEST_MOST (1024u * 1024)	/* bytes */
#define MANIFEST_INTEGRITY_SIZE 80	/* "sha384-…" */
#define MANIFEST_PATH "/manifest.json"
#define MANIFEST_NOTE_PATH "/manifest.sig"
#define MANIFEST_INDEX "/index.html"

struct manifest_file {
	/* borrowed from the document */
	const char *path;
	const char *sha256;
	const char *integrity;

	/* state */
	size_t bytes;
};

struct manifest {
	/* owned */
	struct answer *document;

	/* borrowed from it */
	const char *server;		/* the meeting server's origin; NULL when it serves the client itself */

	/* state */
	struct manifest_file files[MANIFEST_FILES];
	size_t n;
};

/* False when it is none. */
bool manifest_read(struct manifest *ret, struct bytes text);
void manifest_done(struct manifest *m);
const struct manifest_file *manifest_find(const struct manifest *m, const char *path);
/* How the content differs from what the list says; NULL when it does not. */
const char *manifest_differs(const struct manifest_file *f, struct bytes content);
/* As the build writes it, but with the name of the meeting server, and `index` as index.html. 0 or a negative errno. */
int manifest_write(struct writer *w, const struct manifest *m, const char *server, struct bytes index);
