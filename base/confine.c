/* SPDX-License-Identifier: EUPL-1.2 */
/* How a process gives up what it will not need. The door of libseccomp. */
#include "base/confine.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

#define CONFINED_USER 65534	/* nobody */

#if defined(__has_feature)
#if __has_feature(address_sanitizer) && !defined(__SANITIZE_ADDRESS__)	/* clang; gcc 14 knows both words */
#define __SANITIZE_ADDRESS__
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(INSTRUMENTED)	/* gcc; meson.build */
static const bool instrumented = true;	/* a sanitizer's shadow memory also takes terabytes of addresses */
#else
static const bool instrumented = false;
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

/* Sockets that are open stay in the network that they were made in. */
static void leave_namespaces(int network)
{
	if (unshare(network | CLONE_NEWIPC | CLONE_NEWUTS) < 0)
		layer_missing("namespaces", -errno);
}

static int give_up_root(void)
{
	int r;

	if (geteuid() != 0) {
		layer_missing("user", -EPERM);
		layer_missing("root-folder", -EPERM);
		return 0;
	}
	leave_namespaces(CLONE_NEWNET);
	r = empty_root();
	if (r < 0)
		return r;
	return drop_user();
}

/* A root whose state folder belongs to another user still has to open it; what else it may open, Landlock says. */
static int keep_capability(unsigned kept)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

	/* Needs a capability that is about to go; who has none loses none. */
	for (unsigned i = 0; geteuid() == 0 && prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
		if (i != kept && prctl(PR_CAPBSET_DROP, i, 0, 0, 0) < 0)
			return -errno;
	if (syscall(SYS_capget, &header, sets) < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		const uint32_t mask = i == CAP_TO_INDEX(kept) ? CAP_TO_MASK(kept) : 0;

		sets[i].permitted &= mask;
		sets[i].effective &= mask;
		sets[i].inheritable = 0;
	}
	return syscall(SYS_capset, &header, sets) < 0 ? -errno : 0;
}

static int keep_paths(const struct confine_path *paths)
{
	int r;

	leave_namespaces(CLONE_NEWNET);
	r = landlock_enter(paths, false);
	if (r < 0)
		layer_missing("landlock", r);
	return keep_capability(CAP_DAC_OVERRIDE);
}

/* The files of the system, which say how names are found, and sockets outwards. */
static int keep_network(const struct confine_path *paths)
{
	int r = landlock_enter(paths, true);

	if (r < 0)
		layer_missing("landlock", r);
	if (geteuid() != 0) {
		layer_missing("user", -EPERM);
		return 0;
	}
	leave_namespaces(0);
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

/* Calls that are fine without these bits in this argument. */
static const struct { const char *name; unsigned argument; uint64_t refused; } conditions[] = {
	{ "mmap", 2, PROT_EXEC },
	{ "mprotect", 2, PROT_EXEC },
	/* which would connect to an address */
	{ "sendto", 3, MSG_FASTOPEN },
	{ "sendmsg", 2, MSG_FASTOPEN },
	{ "sendmmsg", 3, MSG_FASTOPEN },
};

/* Of the internet and no other; neither raw ones nor those of another kind of network. */
static int allow_sockets(scmp_filter_ctx filter)
{
	static const int families[] = { AF_INET, AF_INET6 }, types[] = { SOCK_STREAM, SOCK_DGRAM };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		for (size_t j = 0; r == 0 && j < ARRAY_SIZE(types); j++)
			r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
				SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i]),
				SCMP_A1(SCMP_CMP_MASKED_EQ, ~(scmp_datum_t)(SOCK_CLOEXEC | SOCK_NONBLOCK),
					(scmp_datum_t)types[j]));
	return r;
}

static int allow_call(scmp_filter_ctx filter, const char *name)
{
	int call = seccomp_syscall_resolve_name(name);

	if (call == __NR_SCMP_ERROR)
		return 0;		/* a call that this machine has not cannot be made */
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++)
		if (strcmp(name, conditions[i].name) == 0)
			return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
				SCMP_CMP(conditions[i].argument, SCMP_CMP_MASKED_EQ, conditions[i].refused, 0));
	if (strcmp(name, "socket") == 0)
		return allow_sockets(filter);
	/* abort() signals its own thread; nobody signals others. */
	if (strcmp(name, "tgkill") == 0)
		return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
			SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
}

/* A new process ends this one; a new thread, which a library might want, is refused. What clone3() asks for cannot be
 * seen, so it is not there, and libc takes clone(). */
static int forbid_call(scmp_filter_ctx filter, const char *name)
{
	int call = seccomp_syscall_resolve_name(name);

	if (call == __NR_SCMP_ERROR)
		return 0;
	if (strcmp(name, "clone3") == 0)
		return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), call, 0);
	if (strcmp(name, "clone") == 0)
		return seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, call, 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	return seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, call, 0);
}

static int filter_calls(const struct confinement *c)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r = filter ? 0 : -ENOMEM;

	for (const char *const *name = c->calls; r == 0 && *name; name++)
		r = allow_call(filter, *name);
	for (const char *const *name = c->deadly; r == 0 && name && *name; name++)
		r = forbid_call(filter, *name);
	if (r == 0)
		r = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	return r;
}

int confine(const struct confinement *c)
{
	int r;

	if (!c->paths && setsid() < 0 && errno != EPERM)	/* EPERM: leads its session already */
		layer_missing("session", -errno);
	if (c->nice && setpriority(PRIO_PROCESS, 0, c->nice) < 0)
		layer_missing("nice", -errno);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	if (instrumented) {
		layer_missing("instrumented-build", -ENOTSUP);
		return 0;
	}
	r = c->outwards ? keep_network(c->paths) : c->paths ? keep_paths(c->paths) : give_up_root();
	if (r < 0)
		return r;
	r = bound_resources(c->bounds);
	if (r < 0)
		return r;
	r = filter_calls(c);
	if (r < 0)
		layer_missing("seccomp", r);
	return 0;
}
