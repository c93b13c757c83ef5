/* SPDX-License-Identifier: EUPL-1.2 */
/* A process that computes: it needs memory, one socket, and nothing else. In conclave-helper; a door of libseccomp.
 * Invariant: once sandbox_enter() returned 0, what is left of the world is the inherited socket and standard error. */
#include "helper/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

#define SANDBOX_USER 65534	/* nobody */
#define SANDBOX_NICE 10		/* a meeting comes first (ARCHITECTURE) */
/* 64 MiB is the most that a stored password may ask for; the rest is the program and its libraries. */
#define SANDBOX_MEMORY (128ul * 1024 * 1024)

/* The loop, the allocator, randomness, a line of log, the end. */
static const int allowed_calls[] = {
	SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(fcntl), SCMP_SYS(write), SCMP_SYS(close),
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom),
	SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect), SCMP_SYS(madvise), SCMP_SYS(brk),
	SCMP_SYS(futex), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigaction), SCMP_SYS(restart_syscall), SCMP_SYS(tgkill), SCMP_SYS(exit), SCMP_SYS(exit_group),
};

#if defined(__has_feature)
#if __has_feature(address_sanitizer)	/* clang */
#define __SANITIZE_ADDRESS__
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)	/* gcc */
static const bool sanitized = true;	/* its reports need files and calls, its shadow memory terabytes of addresses */
#else
static const bool sanitized = false;
#endif

static void layer_missing(const char *layer, int r)
{
	log_warn("sandbox-layer-missing", LOG_WORD("layer", layer), LOG_ERROR(r));
}

/* An empty root: a folder that is gone before anybody could put something into it. */
static int empty_root(void)
{
	char path[] = "/tmp/conclave-helper-XXXXXX";

	if (!mkdtemp(path))
		return -errno;
	if (chdir(path) < 0 || rmdir(path) < 0 || chroot(".") < 0)
		return -errno;
	return chdir("/") < 0 ? -errno : 0;
}

static int drop_user(void)
{
	if (setgroups(0, NULL) < 0 || setresgid(SANDBOX_USER, SANDBOX_USER, SANDBOX_USER) < 0 ||
	    setresuid(SANDBOX_USER, SANDBOX_USER, SANDBOX_USER) < 0)
		return -errno;
	return setuid(0) == 0 ? -EPERM : 0;	/* the way back must be closed */
}

static int give_up_root(void)
{
	int r;

	if (unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) < 0)
		layer_missing("namespaces", -errno);
	r = empty_root();
	if (r < 0)
		return r;
	return drop_user();
}

/* No dump with a password in it; no file, process or further descriptor; memory for one job. */
static int bound_resources(void)
{
	static const struct { int what; rlim_t most; } bounds[] = {
		{ RLIMIT_CORE, 0 },
		{ RLIMIT_FSIZE, 0 },
		{ RLIMIT_NPROC, 0 },
		{ RLIMIT_NOFILE, 0 },
		{ RLIMIT_MEMLOCK, 0 },
		{ RLIMIT_AS, SANDBOX_MEMORY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
		const struct rlimit limit = { bounds[i].most, bounds[i].most };

		if (setrlimit((__rlimit_resource_t)bounds[i].what, &limit) < 0)
			return -errno;
	}
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : 0;
}

/* Only memory that cannot be executed. */
static int allow_call(scmp_filter_ctx filter, int call)
{
	const uint64_t exec = 4;	/* PROT_EXEC */

	if (call == SCMP_SYS(mmap) || call == SCMP_SYS(mprotect))
		return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, exec, 0));
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
}

static int filter_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r = filter ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(allowed_calls); i++)
		r = allow_call(filter, allowed_calls[i]);
	if (r == 0)
		r = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	return r;
}

int sandbox_enter(void)
{
	int r;

	if (setsid() < 0 && errno != EPERM)	/* EPERM: leads its session already */
		layer_missing("session", -errno);
	if (setpriority(PRIO_PROCESS, 0, SANDBOX_NICE) < 0)
		layer_missing("nice", -errno);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	if (sanitized) {
		layer_missing("sanitizer-build", -ENOTSUP);
		return 0;
	}
	if (geteuid() == 0) {
		r = give_up_root();
		if (r < 0)
			return r;
	} else {
		layer_missing("user", -EPERM);
		layer_missing("root-folder", -EPERM);
	}
	r = bound_resources();
	if (r < 0)
		return r;
	r = filter_calls();
	if (r < 0)
		layer_missing("seccomp", r);
	return 0;
}
