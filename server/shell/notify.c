/* SPDX-License-Identifier: EUPL-1.2 */
/* A datagram socket to the service manager. In conclaved. */
#include "server/shell/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/shell/socket.h"

/* "@name" is an abstract one. */
static int notify_connect(int *fd, const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	size_t size = strlen(path);

	if ((path[0] != '/' && path[0] != '@') || size < 2)
		return -EINVAL;
	if (size >= sizeof(name.sun_path))
		return -ENAMETOOLONG;
	memcpy(name.sun_path, path, size);
	if (path[0] == '@')
		name.sun_path[0] = '\0';
	else
		size++;
	*fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return -errno;
	size += offsetof(struct sockaddr_un, sun_path);
	return connect(*fd, (const struct sockaddr *)&name, (socklen_t)size) < 0 ? -errno : 0;
}

/* A positive decimal number, or 0. */
static unsigned long long number(const char *text)
{
	char *end;
	unsigned long long v = text && *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : 0;

	return v && *end == '\0' ? v : 0;
}

int notify_open(struct notify *ret)
{
	const char *path = getenv("NOTIFY_SOCKET"), *pid = getenv("WATCHDOG_PID");
	struct notify n = { .fd = -1 };
	int r = 0;

	/* Half of what is allowed, as sd_watchdog_enabled(3) advises. */
	if (!pid || number(pid) == (unsigned long long)getpid())
		n.every = number(getenv("WATCHDOG_USEC")) / 2;
	if (path && *path)
		r = notify_connect(&n.fd, path);
	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
	if (r < 0) {
		socket_close(&n.fd);
		return r;
	}
	*ret = n;
	return 0;
}

void notify_done(struct notify *n)
{
	socket_close(&n->fd);
}

void notify_say(const struct notify *n, const char *text)
{
	/* Whoever does not take it finds out soon enough. */
	if (n->fd >= 0)
		(void)send(n->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
}

usec_t notify_deadline(const struct notify *n)
{
	return n->every && n->fd >= 0 ? n->due : USEC_NEVER;
}

void notify_timeout(struct notify *n, usec_t now)
{
	if (now < notify_deadline(n))
		return;
	n->due = now + n->every;
	notify_say(n, "WATCHDOG=1");
}
