/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclaved keeps when it gives up the rest. In conclaved.
 * Invariant: once sandbox_enter() returned 0, files are opened in the state folder and nowhere else, and there is no
 * new socket, program, process or code. Programs are started by the spawner (server/shell/spawner.h). */
#include "server/shell/sandbox.h"

#include <stddef.h>
#include <sys/resource.h>

#include "base/confine.h"

/* By strace of all tests against Debian 12, and what their neighbours in libc may take in their place. A call that
 * nobody foresaw is refused and no more: another libc must not take a meeting down. */
static const char *const calls[] = {
	/* the loop, and sockets that are open or arrive */
	"epoll_wait", "epoll_pwait", "epoll_pwait2", "epoll_ctl", "poll", "ppoll", "accept", "accept4", "recvfrom",
	"recvmsg", "sendto", "sendmsg", "shutdown", "getsockopt", "setsockopt", "getsockname", "getpeername",
	"fcntl", "dup", "dup3", "close", "read", "readv", "write", "writev", "waitid", "wait4",
	/* the state folder */
	"openat", "newfstatat", "fstat", "stat", "lstat", "statx", "access", "faccessat", "faccessat2", "readlink",
	"readlinkat", "getdents64", "statfs", "fstatfs", "lseek", "pread64", "pwrite64", "fsync", "fdatasync",
	"ftruncate", "fallocate", "fadvise64", "fchmod", "flock", "link", "linkat", "rename", "renameat", "renameat2",
	"unlink", "unlinkat", "getcwd",
	/* memory, time, randomness, ourselves */
	"mmap", "munmap", "mremap", "mprotect", "madvise", "brk", "mlock", "mlock2", "munlock", "futex",
	"clock_gettime", "clock_getres", "gettimeofday", "time", "nanosleep", "clock_nanosleep", "getrandom",
	"getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid", "getrusage", "uname", "sysinfo",
	"sched_yield", "sched_getaffinity", "rseq", "rt_sigreturn", "rt_sigprocmask", "rt_sigaction", "sigaltstack",
	"restart_syscall", "tgkill", "exit", "exit_group", NULL
};

/* No library does that by mistake: whoever does it here is a stranger. */
static const char *const deadly[] = {
	"execve", "execveat", "fork", "vfork", "clone", "clone3", "ptrace", "process_vm_readv", "process_vm_writev",
	NULL
};

static const struct confine_bound bounds[] = { { RLIMIT_CORE, 0 }, { .what = -1 } };

int sandbox_enter(const struct config *c)
{
	const struct confine_path paths[] = {
		{ c->state, true },
		{ "/dev/null", false },		/* the listener's spare descriptor */
		{ "/dev/urandom", false },	/* SQLite's */
		{ NULL, false },
	};

	return confine(&(struct confinement){ .calls = calls, .deadly = deadly, .bounds = bounds, .paths = paths });
}
