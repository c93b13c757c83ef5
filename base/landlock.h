/* SPDX-License-Identifier: EUPL-1.2 */
/* Linux' Landlock: a process that can open nothing but what it named. Behind base/confine.h.
 * Invariant: what is given up is given up for good, also by a root without a limit to its rights. */
#pragma once

#include <stdbool.h>

/* A file that may still be read; or a folder in which files may also be made, written, renamed and removed. */
struct confine_path {
	const char *path;
	bool folder;
};

/* `paths` ends with a NULL path; one that does not exist is passed over. As far as the kernel knows of them, listening
 * on TCP and, unless `outwards`, connecting by it, abstract sockets of others and signals to others end, too. 0 or a
 * negative errno. */
int landlock_enter(const struct confine_path *paths, bool outwards);
