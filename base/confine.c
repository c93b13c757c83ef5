/* SPDX-License-Identifier: EUPL-1.2 */
/* How a process gives up what it will not need. The door of libseccomp. */
#include "base/confine.h"

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"

#define CONFINED_USER 65534	/* nobody */

#if defined(__has_feature)
#if __has_feature(address_sanitizer)	/* clang */
#define __SANITIZE_ADDRESS__
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)	/* gcc */
static const bool sanitized = true;	/* its shadow memory also takes terabytes of addresses */
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
	char path[] = "/tmp/conclave-XXXXXX";

	if (!mkdtemp(path))
		return -errno;
	if (chdir(path) < 0 || rmdir(path) < 0 || chroot(".") < 0)
		return -errno;
	return chdir("/") < 0 ? -errno : 0;
}

static int drop_user(void)
{
	if (setgroups(0, NULL) < 0 || setresgid(CONFINED_USER, CONFINED_USER, CONFINED_USER) < 0 ||
	    setresuid(CONFINED_USER, CONFINED_USER, CONFINED_USER) < 0)
		return -errno;
	return setuid(0) == 0 ? -EPERM : 0;	/* the way back must be closed */
}

static int give_up_root(void)
{
	int r;

	if (geteuid() != 0) {
		layer_missing("user", -EPERM);
		layer_missing("root-folder", -EPERM);
		return 0;
	}
	if (unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) < 0)
		layer_missing("namespaces", -errno);
	r = empty_root();
	if (r < 0)
		return r;
	return drop_user();
}

static int bound_resources(const struct confine_bound *bounds)
{
	for (; bounds->what >= 0; bounds++) {
		const struct rlimit limit = { bounds->most, bounds->most };

		if (setrlimit((__rlimit_resource_t)bounds->what, &limit) < 0)
			return -errno;
	}
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : 0;
}

/* Only memory that cannot be executed. */
static int allow_call(scmp_filter_ctx filter, const char *name)
{
	const uint64_t exec = 4;	/* PROT_EXEC */
	int call = seccomp_syscall_resolve_name(name);

	if (call == __NR_SCMP_ERROR)
		return 0;		/* a call that this machine has not cannot be made */
	if (strcmp(name, "mmap") == 0 || strcmp(name, "mprotect") == 0)
		return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, exec, 0));
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
}

static int filter_calls(const char *const *names)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r = filter ? 0 : -ENOMEM;

	for (; r == 0 && *names; names++)
		r = allow_call(filter, *names);
	if (r == 0)
		r = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	return r;
}

int confine(const struct confinement *c)
{
	int r;

	if (setsid() < 0 && errno != EPERM)	/* EPERM: leads its session already */
		layer_missing("session", -errno);
	if (c->nice && setpriority(PRIO_PROCESS, 0, c->nice) < 0)
		layer_missing("nice", -errno);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	if (sanitized) {
		layer_missing("sanitizer-build", -ENOTSUP);
		return 0;
	}
	r = give_up_root();
	if (r < 0)
		return r;
	r = bound_resources(c->bounds);
	if (r < 0)
		return r;
	r = filter_calls(c->calls);
	if (r < 0)
		layer_missing("seccomp", r);
	return 0;
}
