/* SPDX-License-Identifier: EUPL-1.2 */
/* The descriptors from 3 on. In conclaved and in the spawner. */
#include "server/shell/activation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

#define FIRST 3			/* SD_LISTEN_FDS_START */
#define MOST 32

/* One list a process, as there is one environment. */
static struct {
	int n;
	struct {
		int type;	/* 0 = closed */
		struct address at;
		bool asked;
	} list[MOST];
} handed;

static int number(const char *text)
{
	char *end;
	long v = text ? strtol(text, &end, 10) : 0;

	return v > 0 && v <= INT32_MAX && *end == '\0' ? (int)v : 0;
}

/* What is no bound socket keeps its type 0, so that nobody gets it. */
static void activation_look(int i)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof(name), word = sizeof(int);
	int fd = FIRST + i, type = 0, flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &word) < 0 ||
	    getsockname(fd, (struct sockaddr *)&name, &size) < 0 ||
	    !address_from_sockaddr(&handed.list[i].at, (const struct sockaddr *)&name, size)) {
		log_warn("handed-socket-not-understood", LOG_NUMBER("fd", fd));
		return;
	}
	handed.list[i].type = type;
}

void activation_open(void)
{
	const char *pid = getenv("LISTEN_PID");

	if (pid && number(pid) == getpid())
		handed.n = MIN(number(getenv("LISTEN_FDS")), MOST);
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
	for (int i = 0; i < handed.n; i++)
		activation_look(i);
}

static bool is_at(const struct address *handed_at, const struct address *at, uint16_t port)
{
	struct address wanted = *at;

	wanted.port = port;
	return at->family ? address_equal(handed_at, &wanted) : handed_at->port == port;
}

int activation_take(int type, const struct address *at, uint16_t port)
{
	for (int i = 0; i < handed.n; i++) {
		int fd;

		if (handed.list[i].type != type || !is_at(&handed.list[i].at, at, port))
			continue;
		handed.list[i].asked = true;
		fd = fcntl(FIRST + i, F_DUPFD_CLOEXEC, FIRST);
		return fd < 0 ? -errno : fd;
	}
	return -ENOENT;
}

unsigned activation_close(int type)
{
	unsigned unasked = 0;

	for (int i = 0; i < handed.n; i++) {
		if (handed.list[i].type != type)
			continue;
		unasked += !handed.list[i].asked;
		(void)close(FIRST + i);
		handed.list[i].type = 0;
	}
	return unasked;
}

int activation_keep_one(int fd)
{
	const int behind = FIRST + handed.n, kept = fcntl(fd, F_DUPFD_CLOEXEC, behind);

	if (kept < 0)
		return -errno;
	if (kept > behind && close_range((unsigned)behind, (unsigned)kept - 1, 0) < 0)
		return -errno;
	if (close_range((unsigned)kept + 1, ~0u, 0) < 0)
		return -errno;
	if (fd < behind)
		(void)close(fd);
	return kept;
}
