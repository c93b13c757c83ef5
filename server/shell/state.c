/* SPDX-License-Identifier: EUPL-1.2 */
/* Makes, checks and locks the state folder. In conclaved. */
#include "server/shell/state.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "server/shell/socket.h"

static int folder_make(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	/* An older one that others may look into is closed to them; one that is not ours is refused. */
	if ((st.st_mode & 077) && chmod(path, 0700) < 0)
		return -errno;
	return 0;
}

int state_open(struct state *ret, const struct config *c, const char **why)
{
	_cleanup_(socket_close) int fd = -1;
	struct state s = { .lock = -1 };
	char path[CONFIG_PATH_SIZE];
	int r;

	*why = "state: the path is too long";
	if (!config_state_path(c, "run", s.run) || !config_state_path(c, "lock", path))
		return -ENAMETOOLONG;
	*why = "state: the folder cannot be made, or is not ours";
	r = folder_make(c->state);
	if (r == 0)
		r = folder_make(s.run);
	if (r < 0)
		return r;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		*why = "state: another conclaved runs on this folder";
		return -errno;
	}
	s.lock = fd;
	fd = -1;
	*ret = s;
	return 0;
}

bool state_was_restored(const struct config *c)
{
	char path[CONFIG_PATH_SIZE];

	return config_state_path(c, STATE_RESTORED, path) && unlink(path) == 0;
}

/* Without it the six digits of nobody could be checked any more; they would have to enrol anew. */
int state_open_vault(const struct config *c, struct vault *ret)
{
	char path[CONFIG_PATH_SIZE];
	int r = config_state_path(c, "vault-key", path) ? vault_open(ret, path) : -ENAMETOOLONG;

	if (r == -ENOENT)
		r = vault_create(ret, path);
	if (r == 0 && mlock(ret, sizeof(*ret)) < 0)
		log_warn("key-not-locked", LOG_WORD("key", "vault"), LOG_ERROR(-errno));
	return r;
}

void state_done(struct state *s)
{
	socket_close(&s->lock);
}
