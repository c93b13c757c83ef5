/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclave-fetch keeps: internet sockets, of which it listens on none, and memory. In conclave-fetch. */
#include "fetch/sandbox.h"

#include <stddef.h>
#include <sys/resource.h>

#include "base/confine.h"

#define SANDBOX_MEMORY (256ul * 1024 * 1024)
#define SANDBOX_FILES 32

/* The loop, libcurl with OpenSSL, and libc's resolver. */
static const char *const calls[] = {
	"socket", "connect", "shutdown", "getsockopt", "setsockopt", "getsockname", "getpeername", "recvfrom",
	"recvmsg", "sendto", "sendmsg", "sendmmsg", "poll", "ppoll", "select", "pselect6", "fcntl", "read", "readv",
	"write", "writev", "close", "openat", "newfstatat", "fstat", "stat", "statx", "lseek", "uname",
	"clock_gettime", "gettimeofday", "time", "getrandom", "mmap", "munmap", "mremap", "mprotect", "madvise", "brk",
	"futex", "getpid", "gettid", "getuid", "geteuid", "getgid", "getegid", "rt_sigreturn", "rt_sigprocmask",
	"rt_sigaction", "restart_syscall", "sched_yield", "rseq", "tgkill", "exit", "exit_group", NULL
};

static const char *const deadly[] = {
	"execve", "execveat", "fork", "vfork", "clone", "clone3", "ptrace", "process_vm_readv", "process_vm_writev",
	"bind", "listen", "accept", "accept4", NULL
};

/* No dump with the secret in it; nothing is written. */
static const struct confine_bound bounds[] = {
	{ RLIMIT_CORE, 0 }, { RLIMIT_FSIZE, 0 }, { RLIMIT_NPROC, 0 }, { RLIMIT_NOFILE, SANDBOX_FILES },
	{ RLIMIT_MEMLOCK, 0 }, { RLIMIT_AS, SANDBOX_MEMORY }, { .what = -1 },
};

/* How libc finds names. The last two are folders, since their files are replaced. */
static const struct confine_path paths[] = {
	{ "/etc/resolv.conf", false }, { "/etc/hosts", false }, { "/etc/host.conf", false },
	{ "/etc/nsswitch.conf", false }, { "/etc/gai.conf", false }, { "/etc/services", false },
	{ "/run/systemd/resolve", false }, { "/run/NetworkManager", false }, { NULL, false },
};

int sandbox_enter(void)
{
	return confine(&(struct confinement){ .calls = calls, .deadly = deadly, .bounds = bounds, .paths = paths,
		.outwards = true });
}
