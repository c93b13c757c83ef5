/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads the secret that we share with a TURN server. In conclaved. */
#include "server/shell/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "server/shell/socket.h"

#define SECRET_LEAST 16

static int read_secret(struct turn *ret, int fd)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077))
		return -EBADMSG;
	n = read(fd, ret->secret, sizeof(ret->secret));
	if (n < 0)
		return -errno;
	ret->secret_size = (size_t)n;
	if (ret->secret_size && ret->secret[ret->secret_size - 1] == '\n')
		ret->secret_size--;
	if ((size_t)n == sizeof(ret->secret) || ret->secret_size < SECRET_LEAST ||
	    memchr(ret->secret, '\n', ret->secret_size) || memchr(ret->secret, 0, ret->secret_size))
		return -EBADMSG;
	return 0;
}

int relay_load(struct turn *ret, const struct config *c)
{
	_cleanup_(socket_close) int fd = -1;

	*ret = (struct turn){ .n = c->n_turn_urls };
	memcpy(ret->urls, c->turn_urls, sizeof(ret->urls));
	if (!ret->n)
		return 0;
	fd = open(c->turn_secret_file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? -errno : read_secret(ret, fd);
}
