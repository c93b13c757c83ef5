/* SPDX-License-Identifier: EUPL-1.2 */
#include "server/shell/ports.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "server/shell/activation.h"
#include "server/shell/socket.h"

static int port_open(struct listener *l, const struct address *at, uint16_t port, enum listener_door door)
{
	int fd = socket_open(SOCK_STREAM, at, port);
	int r;

	if (fd < 0)
		return fd;
	r = listener_add(l, fd, door);
	if (r < 0)
		(void)close(fd);
	return r;
}

static int open_public(struct listener *l, const struct config *c)
{
	const struct address every = { 0 };
	int r = c->n_listen ? 0 : port_open(l, &every, c->port, LISTENER_PUBLIC);

	for (uint32_t i = 0; i < c->n_listen && r == 0; i++)
		r = port_open(l, &c->listen[i], c->port, LISTENER_PUBLIC);
	return r;
}

int ports_open(struct listener *l, const struct config *c, const char **what)
{
	int r = open_public(l, c);

	*what = "TCP: the port of the configuration cannot be used; is another server running?";
	if (r < 0)
		return r;
	*what = "TCP: metrics_listen cannot be used";
	r = c->metrics.family ? port_open(l, &c->metrics, c->metrics.port, LISTENER_METRICS) : 0;
	if (r < 0)
		return r;
	*what = "TCP: admin_listen cannot be used";
	r = c->admin.family ? port_open(l, &c->admin, c->admin.port, LISTENER_ADMIN) : 0;
	if (r < 0)
		return r;
	if (activation_close(SOCK_STREAM))
		log_warn("handed-sockets-unused",
			LOG_WORD("mend", "the units name a port that the configuration does not"));
	(void)activation_close(SOCK_DGRAM);
	return 0;
}
