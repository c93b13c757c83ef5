/* SPDX-License-Identifier: EUPL-1.2 */
/* The system calls of Landlock, which libc does not wrap. In every process that confines itself and keeps files. */
#include "base/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"

/* What headers older than the kernel lack (Documentation/userspace-api/landlock.rst). */
#define FS_TRUNCATE (1ull << 14)	/* ABI 3 */
#define NET_BIND_TCP 1ull		/* ABI 4 */
#define NET_CONNECT_TCP 2ull
#define SCOPE_SOCKETS_SIGNALS 3ull	/* ABI 6 */

/* struct landlock_ruleset_attr as it is today: an older kernel takes its beginning. */
struct ruleset {
	uint64_t files, net, scope;
};

static const uint64_t may_read = LANDLOCK_ACCESS_FS_READ_FILE;
static const uint64_t may_keep = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
	LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE | FS_TRUNCATE;

static void fd_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* All that a kernel of this ABI can refuse: 13 rights at first, then REFER, TRUNCATE and IOCTL_DEV. */
static struct ruleset everything(long abi, bool outwards, size_t *size)
{
	const unsigned rights = abi < 2 ? 13 : abi < 3 ? 14 : abi < 5 ? 15 : 16;

	*size = abi < 4 ? offsetof(struct ruleset, net) : abi < 6 ? offsetof(struct ruleset, scope) :
		sizeof(struct ruleset);
	return (struct ruleset){ (1ull << rights) - 1, abi < 4 ? 0 : outwards ? NET_BIND_TCP :
		NET_BIND_TCP | NET_CONNECT_TCP,
		abi < 6 ? 0 : SCOPE_SOCKETS_SIGNALS };
}

static int allow_path(int ruleset, uint64_t handled, const struct confine_path *p)
{
	_cleanup_(fd_close) int fd = open(p->path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr rule = { .parent_fd = fd };

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	rule.allowed_access = handled & (p->folder ? may_keep : may_read);
	return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0 ? -errno : 0;
}

int landlock_enter(const struct confine_path *paths, bool outwards)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	_cleanup_(fd_close) int fd = -1;
	struct ruleset all;
	size_t size;

	if (abi < 0)
		return -errno;
	all = everything(abi, outwards, &size);
	fd = (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
	if (fd < 0)
		return -errno;
	for (; paths->path; paths++) {
		int r = allow_path(fd, all.files, paths);

		if (r < 0)
			return r;
	}
	return syscall(SYS_landlock_restrict_self, fd, 0) < 0 ? -errno : 0;
}
