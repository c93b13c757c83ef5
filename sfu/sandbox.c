/* SPDX-License-Identifier: EUPL-1.2 */
/* What a media worker keeps when it gives up the rest. In conclave-media.
 * Invariant: once sandbox_enter() returned 0, no file can be opened, no socket made, no program started; what is left
 * is the descriptors that were inherited. */
#include "sfu/sandbox.h"

#include <stddef.h>
#include <sys/resource.h>

#include "base/confine.h"

/* Everything that the worker's loop, its allocator and OpenSSL ask for after start-up (strace of a meeting). */
static const char *const calls[] = {
	"epoll_wait", "epoll_pwait", "epoll_pwait2", "epoll_ctl", "recvmmsg", "sendmmsg", "recvmsg", "sendmsg",
	"recvfrom", "sendto", "accept4", "getsockopt", "setsockopt", "getsockname", "fcntl",
	"read", "write", "writev", "close", "clock_gettime", "gettimeofday", "time", "getrandom",
	"mmap", "munmap", "mremap", "mprotect", "madvise", "brk", "futex", "getpid", "gettid", "rt_sigreturn",
	"rt_sigprocmask", "rt_sigaction", "restart_syscall", "tgkill", "exit", "exit_group", NULL
};

static const struct confine_bound bounds[] = { { RLIMIT_CORE, 0 }, { .what = -1 } };

int sandbox_enter(void)
{
	return confine(&(struct confinement){ .calls = calls, .bounds = bounds });
}
