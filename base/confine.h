/* SPDX-License-Identifier: EUPL-1.2 */
/* How a process gives up what it will not need. In every process but the spawner; a library of its own, so that nothing
 * else links libseccomp. Invariant: called once; a layer that the machine refuses is named in the log, never
 * passed over in silence. */
#pragma once

#include "base/landlock.h"

/* One resource (RLIMIT_…), and the most that is left of it. */
struct confine_bound {
	int what;
	unsigned long most;
};

struct confinement {
	const char *const *calls;		/* names of the system calls that stay; ends with NULL */
	const char *const *deadly;		/* of the others, those that end the process; likewise; NULL = none */
	const struct confine_bound *bounds;	/* ends with a negative `what` */
	const struct confine_path *paths;	/* that may still be opened; NULL = none */
	bool outwards;				/* it may open internet sockets, and keeps the network for them */
	int nice;
};

/* Who keeps no path leaves the session and, as root, the network, the file system and the user. Who does keeps session
 * and user, and gives up the network, other paths and, as root, every capability but the one to open its own files.
 * Who goes outwards keeps the network instead, and as root becomes nobody in it.
 * For all, dumps, new privileges, executable memory and every other system call are forbidden. 0, or a negative errno
 * when a privilege that was there could not be given up: the caller must then not go on. In a build with sanitizers
 * or counters of coverage, whose reports need files and system calls, almost nothing is given up; the log says so. */
int confine(const struct confinement *c);
