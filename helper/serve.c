/* SPDX-License-Identifier: EUPL-1.2 */
/* Receive, answer, send: one at a time. In conclave-helper. */
#include "helper/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/socket.h>

#include "auth/password.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "helper/job.h"

#define SERVE_QUIET MINUTES(1)	/* between two lines about the same nonsense */

/* The size; 0 at the end; -EMSGSIZE for a frame that was cut, which is gone. An empty one reads as the end, too. */
static ssize_t receive(int fd, uint8_t *frame, size_t size)
{
	ssize_t n;

	do
		n = recv(fd, frame, size, MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? 0 : -errno;
	return (size_t)n > size ? -EMSGSIZE : n;
}

static int answer(int fd, struct bytes frame, usec_t now)
{
	uint8_t buffer[PASSWORD_FRAME];
	struct writer w = writer(buffer, sizeof(buffer));
	ssize_t n;

	if (!job_answer(frame, &w)) {
		log_throttled(LOG_LEVEL_WARN, now, SERVE_QUIET, "frame-refused", LOG_NUMBER("size", frame.size));
		return 0;
	}
	do
		n = send(fd, written(&w).data, written(&w).size, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

static int serve_one(int fd)
{
	uint8_t frame[PASSWORD_FRAME];
	ssize_t n = receive(fd, frame, sizeof(frame));
	usec_t now = clock_now();
	int r = 0;

	if (n == -EMSGSIZE)
		log_throttled(LOG_LEVEL_WARN, now, SERVE_QUIET, "frame-too-long", LOG_ERROR(n));
	else if (n <= 0)
		r = n < 0 ? (int)n : -EPIPE;
	else
		r = answer(fd, bytes_make(frame, (size_t)n), now);
	mem_wipe(frame, sizeof(frame));
	return r;
}

int serve(int fd)
{
	int flags = fcntl(fd, F_GETFL), r;

	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return -errno;
	do
		r = serve_one(fd);
	while (r == 0);
	return r == -EPIPE ? 0 : r;
}
