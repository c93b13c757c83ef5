/* SPDX-License-Identifier: EUPL-1.2 */
/* Opens, binds and listens. In conclaved. */
#include "server/shell/socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "server/shell/activation.h"

/* A burst of a whole council opening the page at the stroke of eight. */
#define SOCKET_BACKLOG 512

void socket_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static int socket_bind(int type, int family, const struct sockaddr_storage *name, socklen_t size, bool both)
{
	_cleanup_(socket_close) int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1, off = 0, taken;

	if (fd < 0)
		return -errno;
	if (family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, both ? &off : &on, sizeof(int)) < 0)
		return -errno;
	/* A restarted server takes its port back from connections in TIME_WAIT. On UDP it would mean sharing. */
	if (type == SOCK_STREAM && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)name, size) < 0)
		return -errno;
	if (type == SOCK_STREAM && listen(fd, SOCKET_BACKLOG) < 0)
		return -errno;
	taken = fd;
	fd = -1;
	return taken;
}

static int socket_open_at(int type, const struct address *at, uint16_t port, bool both)
{
	struct address a = *at;
	struct sockaddr_storage name;
	socklen_t size;

	a.port = port;
	size = address_to_sockaddr(&a, false, &name);
	return socket_bind(type, a.family == 6 ? AF_INET6 : AF_INET, &name, size, both);
}

int socket_open(int type, const struct address *at, uint16_t port)
{
	const struct address every6 = { .family = 6 }, every4 = { .family = 4 };
	int fd = activation_take(type, at, port);

	if (fd != -ENOENT)
		return fd;
	if (at->family)
		return socket_open_at(type, at, port, false);
	fd = socket_open_at(type, &every6, port, true);
	/* No IPv6 in the kernel, or switched off by sysctl. */
	if (fd == -EAFNOSUPPORT || fd == -EADDRNOTAVAIL)
		fd = socket_open_at(type, &every4, port, false);
	return fd;
}
