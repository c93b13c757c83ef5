/* SPDX-License-Identifier: EUPL-1.2 */
/* Stands in for conclave-media in the tests of server/shell/workers.c: talks to its controllers, and forwards nothing.
 * CONFIGURE is answered by READY, TAKE_TCP by a byte to whoever is handed over; SET_RANK hangs up and waits for the
 * next controller; REMOVE_PEER ends the process as a crash would; SET_SOURCES makes it talk nonsense; END ends it as it
 * should; SET_LAYOUT makes it one of another version. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/limits.h"
#include "sfu/msg.h"

#define CONTROL_FD 4

static void answer_ready(struct channel *c, uint32_t version)
{
	struct media_event e = { .kind = MEDIA_READY, .version = version, .word = "double" };
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);
	struct address at;
	uint8_t text[512];
	struct writer w = writer(text, sizeof(text));

	if (getsockname(3, (struct sockaddr *)&name, &size) == 0 &&
	    address_from_sockaddr(&at, (const struct sockaddr *)&name, size))
		e.port = at.port;
	if (!media_event_write(&w, &e) || channel_send(c, written(&w)) < 0)
		exit(3);
}

static void answer_ending(struct channel *c)
{
	struct media_event e = { .kind = MEDIA_ENDING };
	uint8_t text[16];
	struct writer w = writer(text, sizeof(text));

	if (!media_event_write(&w, &e) || channel_send(c, written(&w)) < 0)
		exit(3);
}

/* False when the controller is to be left. */
static bool obey(struct channel *c, const struct media_command *command, int fd)
{
	switch (command->kind) {
	case MEDIA_CONFIGURE:
		answer_ready(c, MSG_VERSION);
		return true;
	case MEDIA_SET_RANK:
		return false;
	case MEDIA_REMOVE_PEER:
		_exit(1);
	case MEDIA_SET_SOURCES:
		(void)channel_send(c, bytes_of_string("nonsense"));
		return true;
	case MEDIA_END:
		answer_ending(c);
		_exit(0);
	case MEDIA_SET_LAYOUT:
		answer_ready(c, MSG_VERSION + 1);
		return true;
	case MEDIA_ADD_PEER:
	case MEDIA_RESTART_ICE:
		return true;
	case MEDIA_TAKE_TCP:
		(void)send(fd, "w", command->from.port == 4711, MSG_NOSIGNAL);
		return true;
	}
	return false;
}

static void wait_for(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	/* Nobody for 20 s: the test that started us is gone. */
	if (poll(&p, 1, 20000) != 1)
		exit(4);
}

static void serve(int fd)
{
	static uint8_t buffer[LIMIT_CHANNEL_MESSAGE];
	struct channel c;
	int r = 0;

	if (channel_init(&c, fd) < 0)
		exit(5);
	while (r >= 0) {
		struct media_command command;
		struct bytes message;
		int fd_taken;

		wait_for(c.fd);
		r = channel_receive_with(&c, buffer, sizeof(buffer), &message, &fd_taken);
		if (r == 1 && (!media_command_read(message, &command) || !obey(&c, &command, fd_taken)))
			r = -1;
		if (fd_taken >= 0)
			(void)close(fd_taken);
	}
	channel_done(&c);
}

int main(void)
{
	for (;;) {
		uint32_t uid;
		int fd;

		wait_for(CONTROL_FD);
		fd = channel_accept(CONTROL_FD, &uid);
		if (fd >= 0)
			serve(fd);
	}
}
