/* SPDX-License-Identifier: EUPL-1.2 */
/* What a process that a stranger has taken over could try (ATTACKS D18). In tests only; needs root, as quickstart in
 * its container and the units have it. Invariant: each probe has a process of its own and is first seen to succeed
 * outside of the sandbox, so that none fails for another reason. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* 0, or the errno of the refusal. */
typedef int (*probe_callback)(void);
/* Closes the sandbox: 0, or a negative errno. */
typedef int (*probe_enter_callback)(void);

struct probe {
	const char *name;
	probe_callback run;
	int refusal;		/* the errno that is expected inside */
};

/* For the end of a probe: whether its call succeeded, errno if not. */
int probe_answer(bool fine);
/* The refusal of which a process dies (SIGSYS). */
#define PROBE_KILLED 254
/* What the probe answered, outside when `enter` is NULL. */
int probe_run(probe_callback run, probe_enter_callback enter);
/* Programs, processes, sockets, files, other processes, code in memory: what no confined process of ours has. Each is
 * refused with EPERM. */
void check_confined(probe_enter_callback enter);
/* The same for what one process in particular has not. */
void check_refused(const struct probe *probes, size_t n, probe_enter_callback enter);
/* As the kernel says: nobody, without capabilities, no new privileges, filtered. */
void check_no_privilege(probe_enter_callback enter);
/* These lines stand in /proc/PID/status inside, and not all of them outside. */
void check_status(probe_enter_callback enter, const char *const *lines, size_t n);
/* A confined child that waits for its release; its own account of itself would need system calls that it no longer has,
 * so the kernel is asked: for a file of /proc/PID. */
pid_t probe_hold(probe_enter_callback enter, int held[static 2]);
void probe_read(pid_t child, const char *name, char *ret, size_t size);
void probe_release(pid_t child, int held[static 2]);
