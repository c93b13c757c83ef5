/* SPDX-License-Identifier: EUPL-1.2 */
/* What a media worker gives up before it reads the first packet. In conclave-media; the door of libseccomp.
 * Invariant: once sandbox_enter() returned 0, no file can be opened, no socket made, no program started; what is left
 * is the descriptors that were inherited. */
#include "sfu/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

#define SANDBOX_USER 65534	/* nobody */

/* Everything that the worker's loop, its allocator and OpenSSL ask for after start-up (strace of a meeting). */
static const int allowed_calls[] = {
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2), SCMP_SYS(epoll_ctl),
	SCMP_SYS(recvmmsg), SCMP_SYS(sendmmsg), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg),
	SCMP_SYS(recvfrom), SCMP_SYS(sendto),
	SCMP_SYS(accept4), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(getsockname), SCMP_SYS(fcntl),
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom),
	SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect), SCMP_SYS(madvise), SCMP_SYS(brk),
	SCMP_SYS(futex), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigaction), SCMP_SYS(restart_syscall), SCMP_SYS(tgkill), SCMP_SYS(exit), SCMP_SYS(exit_group),
};

static void layer_missing(const char *layer, int r)
{
	log_warn("sandbox-layer-missing", LOG_WORD("layer", layer), LOG_ERROR(r));
}

/* An empty root: a folder that is gone before anybody could put something into it. */
static int empty_root(void)
{
	char path[] = "/tmp/conclave-media-XXXXXX";

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

static int forbid_dumps(void)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
	return 0;
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

#if defined(__has_feature)
#if __has_feature(address_sanitizer)	/* clang */
#define __SANITIZE_ADDRESS__
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)	/* gcc */
static const bool sanitized = true;	/* its reports need files and system calls that the filter forbids */
#else
static const bool sanitized = false;
#endif

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

int sandbox_enter(void)
{
	int r;

	if (setsid() < 0 && errno != EPERM)	/* EPERM: leads its session already */
		layer_missing("session", -errno);
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
	r = forbid_dumps();
	if (r < 0)
		return r;
	r = filter_calls();
	if (r < 0)
		layer_missing("seccomp", r);
	return 0;
}
