/* SPDX-License-Identifier: EUPL-1.2 */
/* In the place of conclave-media: one that a stranger has taken over (ATTACKS D17). It greets each controller, and each
 * of its own lives, with the next attack; after the last it behaves. How many there were is the size of the file that
 * HOSTILE_ROUNDS names. In tests only, started by conclaved for tests/attack/worker.test.mjs. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/password.h"
#include "base/channel.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/random.h"
#include "sfu/msg.h"

#define CONTROL_FD 4
#define FLOOD 200000
#define GIGABYTE (1024ul * 1024 * 1024)

static uint8_t frame[LIMIT_CHANNEL_MESSAGE];

static void say(const char *what)
{
	(void)dprintf(STDERR_FILENO, "hostile %s\n", what);
}

static unsigned next_round(void)
{
	const char *path = getenv("HOSTILE_ROUNDS");
	int fd = path ? open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || write(fd, "x", 1) != 1)
		exit(3);
	(void)close(fd);
	return (unsigned)st.st_size;
}

/* Waits as long as conclaved reads; false when it has hung up. */
static bool give(int fd, const void *data, size_t size)
{
	return send(fd, data, size, MSG_NOSIGNAL) == (ssize_t)size;
}

static size_t ready(uint32_t version)
{
	struct media_event e = { .kind = MEDIA_READY, .version = version, .port = 1, .word = "hostile" };
	struct writer w = writer(frame, sizeof(frame));

	if (!media_event_write(&w, &e))
		exit(4);
	return written(&w).size;
}

static void ask_for_hashes(int fd)
{
	const struct password_request q = { PASSWORD_CHECK, 1, bytes_of_string("x"), bytes_of_string("*") };
	struct writer w = writer(frame, sizeof(frame));

	if (!password_request_write(&w, &q))
		exit(4);
	(void)give(fd, frame, written(&w).size);
}

static void give_orders(int fd)
{
	const struct media_command c = { .kind = MEDIA_SET_SOURCES, .peer = { 1 }, .sources = 0xff };
	struct writer w = writer(frame, sizeof(frame));

	if (!media_command_write(&w, &c))
		exit(4);
	(void)give(fd, frame, written(&w).size);
}

/* The kernel takes no such frame, so conclaved never sees it; the largest that it does take follows. */
static void say_too_much(int fd)
{
	void *huge = mmap(NULL, GIGABYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (huge == MAP_FAILED || send(fd, huge, GIGABYTE, MSG_NOSIGNAL) >= 0 || errno != EMSGSIZE)
		exit(5);
	for (size_t size = 256 * 1024; size > LIMIT_CHANNEL_MESSAGE; size -= 1024)
		if (give(fd, huge, size))
			break;
	(void)munmap(huge, GIGABYTE);
}

static void flood(int fd)
{
	static const enum media_event_kind kinds[] = {
		MEDIA_PRESENT, MEDIA_ANSWER, MEDIA_REFUSED, MEDIA_CONNECTED, MEDIA_SLOT, MEDIA_HEARD, MEDIA_SILENT,
		MEDIA_GONE, MEDIA_PRESENT_END,
	};
	struct random r;

	random_seed(&r, 17);
	if (!give(fd, frame, ready(MSG_VERSION)))
		return;
	say("floods");
	for (unsigned i = 0; i < FLOOD; i++) {
		struct media_event e = { .kind = kinds[random_below(&r, ARRAY_SIZE(kinds))],
			.seat = random_below(&r, 9), .meeting = { random_below(&r, 3) },
			.peer = { (uint32_t)random_next(&r) }, .from = { (uint32_t)random_next(&r) }, .sources = 0xf,
			.mid = "3", .word = "hostile", .sdp = bytes_of_string("v=0"), .on = random_below(&r, 2) };
		struct writer w = writer(frame, sizeof(frame));

		if (!media_event_write(&w, &e))
			exit(4);
		if (!give(fd, frame, written(&w).size))
			break;
	}
	say("has flooded");
	(void)shutdown(fd, SHUT_RDWR);
}

/* True when it is to behave from now on. */
static bool attack(int fd)
{
	switch (next_round()) {
	case 0:
		ask_for_hashes(fd);
		return false;
	case 1:
		give_orders(fd);
		return false;
	case 2:
		(void)give(fd, frame, ready(MSG_VERSION) / 2);
		return false;
	case 3:
		say_too_much(fd);
		return false;
	case 4:
		(void)give(fd, frame, ready(MSG_VERSION + 1));
		return false;
	case 5:
		flood(fd);
		return false;
	default:
		say("behaves");
		(void)give(fd, frame, ready(MSG_VERSION));
		return true;
	}
}

/* Until it hangs up, or nothing is to be read and we shall go on. */
static void listen_on(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (;;) {
		/* Nobody for a minute: the test that started us is gone. */
		if (poll(&p, 1, 60000) != 1)
			exit(6);
		if (recv(fd, frame, sizeof(frame), 0) <= 0)
			return;
	}
}

int main(void)
{
	for (;;) {
		struct pollfd p = { .fd = CONTROL_FD, .events = POLLIN };
		int fd;

		if (poll(&p, 1, 60000) != 1)
			return 6;
		fd = accept4(CONTROL_FD, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		if (attack(fd))
			say("is ready");
		listen_on(fd);
		(void)close(fd);
	}
}
