/* SPDX-License-Identifier: EUPL-1.2 */
/* Wait, look, answer. In conclave-fetch. */
#include "fetch/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/log.h"

#define SERVE_QUIET MINUTES(1)	/* between two lines about the same nonsense */
#define FRAME (OIDC_FRAME + OIDC_URL_SIZE)

static int send_frame(int fd, struct bytes frame)
{
	ssize_t n;

	do
		n = send(fd, frame.data, frame.size, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* In ms for poll(); -1 = for ever. */
static int patience(const struct party *p, usec_t now)
{
	const usec_t deadline = party_deadline(p);

	if (deadline == USEC_NEVER)
		return -1;
	return deadline <= now ? 0 : (int)((deadline - now) / MSEC(1)) + 1;
}

/* What was asked of the provider on the way, before what came of it. */
static int report(int fd, struct party *p)
{
	uint8_t room[OIDC_REPORT_FRAME];
	struct writer w = writer(room, sizeof(room));
	int r = 0;

	while (r == 0 && party_poll(p, &w)) {
		r = send_frame(fd, written(&w));
		w = writer(room, sizeof(room));
	}
	return r;
}

static int answer(int fd, struct party *p)
{
	uint8_t frame[FRAME], room[FRAME];
	struct writer w = writer(room, sizeof(room));
	usec_t now = clock_now();
	ssize_t n = recv(fd, frame, sizeof(frame), MSG_TRUNC);
	int r = 0;

	if (n <= 0)
		return n == 0 || errno == ECONNRESET ? -EPIPE : errno == EINTR ? 0 : -errno;
	if ((size_t)n <= sizeof(frame) && party_answer(p, bytes_make(frame, (size_t)n), now, clock_wall(), &w)) {
		r = report(fd, p);
		r = r < 0 ? r : send_frame(fd, written(&w));
	} else {
		log_throttled(LOG_LEVEL_WARN, now, SERVE_QUIET, "frame-refused", LOG_NUMBER("size", n));
	}
	mem_wipe(frame, sizeof(frame));
	mem_wipe(room, sizeof(room));
	return r;
}

static int serve_once(int fd, struct party *p)
{
	struct pollfd events = { .fd = fd, .events = POLLIN };
	uint8_t room[FRAME];
	struct writer w = writer(room, sizeof(room));
	bool found = party_timeout(p, clock_now(), clock_wall(), &w);
	int r = report(fd, p);

	if (r < 0 || found)
		return r < 0 ? r : send_frame(fd, written(&w));
	if (poll(&events, 1, patience(p, clock_now())) < 0)
		return errno == EINTR ? 0 : -errno;
	return events.revents ? answer(fd, p) : 0;
}

int serve(int fd, struct party *p)
{
	int flags = fcntl(fd, F_GETFL), r;

	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return -errno;
	do
		r = serve_once(fd, p);
	while (r == 0);
	return r == -EPIPE ? 0 : r;
}
