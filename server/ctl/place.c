/* SPDX-License-Identifier: EUPL-1.2 */
/* Finds the server's configuration and its control socket. In conclavectl. */
#include "server/ctl/place.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/limits.h"
#include "base/mem.h"
#include "server/shell/socket.h"

#define PLACE_PATIENCE_MS 10000

static bool complain(char *why, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool complain(char *why, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(why, PLACE_WHY_SIZE, format, arguments);
	va_end(arguments);
	return false;
}

static bool place_configured(struct place *ret, const char *path, char *why)
{
	if (!config_load(&ret->config, path, why))
		return false;
	if (snprintf(ret->file, sizeof(ret->file), "%s", path) >= CONFIG_PATH_SIZE)
		return complain(why, "the path of the configuration is too long");
	if (!config_state_path(&ret->config, "run/control.sock", ret->socket))
		return complain(why, "%s: the path of the state folder is too long", path);
	ret->configured = true;
	return true;
}

static bool path_join(char path[static CONFIG_PATH_SIZE], const char *folder, const char *name)
{
	int n = snprintf(path, CONFIG_PATH_SIZE, "%s/%s", folder, name);

	return n > 0 && n < CONFIG_PATH_SIZE;
}

/* 1 = found, 0 = nothing of ours is there, -1 = with `why`. */
static int place_in(struct place *ret, const char *folder, char *why)
{
	char path[CONFIG_PATH_SIZE];

	if (!path_join(path, folder, "conclaved.conf") || !path_join(ret->socket, folder, "run/control.sock")) {
		(void)complain(why, "the path of the state folder is too long");
		return -1;
	}
	if (access(path, F_OK) == 0)
		return place_configured(ret, path, why) ? 1 : -1;
	return access(ret->socket, F_OK) == 0;
}

bool place_find(struct place *ret, const char *config, const char *state, char why[static PLACE_WHY_SIZE])
{
	static const char *const usual[] = { "./var", "/var/lib/conclave" };
	int r = 0;

	*ret = (struct place){ .configured = false };
	if (config)
		return place_configured(ret, config, why);
	if (state && *state) {
		r = place_in(ret, state, why);
		return r > 0 || (r == 0 && complain(why, "there is no conclaved.conf in %s, which CONCLAVE_STATE names",
			state));
	}
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(usual); i++)
		r = place_in(ret, usual[i], why);
	return r > 0 || (r == 0 && complain(why,
		"no server is set up in ./var or /var/lib/conclave; name its configuration with --config FILE"));
}

static int wait_for_answer(struct channel *c, uint8_t *buffer, struct bytes *ret)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	int r = poll(&p, 1, PLACE_PATIENCE_MS);

	if (r < 0)
		return -errno;
	if (r == 0)
		return -ETIMEDOUT;
	r = channel_receive(c, buffer, LIMIT_CHANNEL_MESSAGE, ret);
	return r < 0 ? r : r == 0 ? -EAGAIN : 0;
}

int place_ask(const struct place *p, struct bytes request, uint8_t *buffer, struct bytes *ret)
{
	_cleanup_(channel_done) struct channel c = { .fd = -1 };
	int fd = channel_connect(p->socket), r;

	if (fd < 0)
		return fd;
	r = channel_init(&c, fd);
	if (r < 0) {
		(void)close(fd);
		return r;
	}
	r = channel_send(&c, request);
	return r < 0 ? r : wait_for_answer(&c, buffer, ret);
}

int place_owner(const struct place *p, struct place_owner *ret)
{
	_cleanup_(socket_close) int fd = channel_connect(p->socket);
	struct ucred other;
	socklen_t size = sizeof(other);

	if (fd < 0)
		return fd;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &other, &size) < 0)
		return -errno;
	*ret = (struct place_owner){ .pid = other.pid, .uid = other.uid };
	return 0;
}

void place_explain(const struct place *p, int r, char why[static PLACE_WHY_SIZE])
{
	if (r == -ENOENT || r == -ECONNREFUSED)
		(void)complain(why, "the server does not run (nothing listens at %s); start conclaved", p->socket);
	else if (r == -EACCES || r == -EPERM || r == -EPIPE || r == -ECONNRESET)
		(void)complain(why, "the server does not listen to this user; be root, or the user it runs as");
	else if (r == -ETIMEDOUT)
		(void)complain(why, "the server did not answer within 10 seconds; look at its log");
	else
		(void)complain(why, "the server could not be asked at %s: %s", p->socket, strerror(-r));
}
