/* SPDX-License-Identifier: EUPL-1.2 */
/* What the helper keeps when it gives up the rest: memory for one job, one socket. In conclave-helper.
 * Invariant: once sandbox_enter() returned 0, what is left of the world is the inherited socket and standard error. */
#include "helper/sandbox.h"

#include <stddef.h>
#include <sys/resource.h>

#include "base/confine.h"

#define SANDBOX_NICE 10		/* a meeting comes first (ARCHITECTURE) */
/* 64 MiB is the most that a stored password may ask for; the rest is the program and its libraries. */
#define SANDBOX_MEMORY (128ul * 1024 * 1024)

/* The loop, the allocator, randomness, a line of log, the end. */
static const char *const calls[] = {
	"recvfrom", "sendto", "fcntl", "write", "close", "clock_gettime", "gettimeofday", "time", "getrandom",
	"mmap", "munmap", "mremap", "mprotect", "madvise", "brk", "futex", "getpid", "gettid", "rt_sigreturn",
	"rt_sigprocmask", "rt_sigaction", "restart_syscall", "tgkill", "exit", "exit_group", NULL
};

/* No dump with a password in it; no file, process or further descriptor. */
static const struct confine_bound bounds[] = {
	{ RLIMIT_CORE, 0 }, { RLIMIT_FSIZE, 0 }, { RLIMIT_NPROC, 0 }, { RLIMIT_NOFILE, 0 }, { RLIMIT_MEMLOCK, 0 },
	{ RLIMIT_AS, SANDBOX_MEMORY }, { .what = -1 },
};

int sandbox_enter(void)
{
	return confine(&(struct confinement){ .calls = calls, .bounds = bounds, .nice = SANDBOX_NICE });
}
