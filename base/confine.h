/* SPDX-License-Identifier: EUPL-1.2 */
/* How a process gives up what it will not need. In conclave-media and conclave-helper; a library of its own, so that
 * nothing else links libseccomp. Invariant: called once; a layer that the machine refuses is named in the log, never
 * passed over in silence. */
#pragma once

#include <stdbool.h>

/* One resource (RLIMIT_…), and the most that is left of it. */
struct confine_bound {
	int what;
	unsigned long most;
};

struct confinement {
	const char *const *calls;		/* names of the system calls that stay; ends with NULL */
	const struct confine_bound *bounds;	/* ends with a negative `what` */
	int nice;
};

/* Leaves the session; as root also the network, the file system and the user; forbids dumps, new privileges,
 * executable memory and every other system call. 0, or a negative errno when a privilege that was there could not be
 * given up: the caller must then not go on. In a build with sanitizers, whose reports need files and system calls,
 * almost nothing is given up, and the log says so. */
int confine(const struct confinement *c);
