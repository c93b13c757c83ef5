/* SPDX-License-Identifier: EUPL-1.2 */
/* One epoll descriptor and its sources. In conclave-media; in tests.
 * Invariant: `events` from `at` on holds no source that was removed. */
#include "base/loop.h"

#include <assert.h>
#include <errno.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/list.h"
#include "base/mem.h"

/* A round's worth; what is left over is still ready in the next. */
#define LOOP_EVENTS 64

struct loop_source {
	/* borrowed */
	struct loop *loop;
	int fd;
	loop_callback callback;
	void *user;

	/* state */
	struct list in_loop;
	unsigned wanted;
};

struct loop {
	/* owned */
	int epoll;

	/* state */
	struct list sources;
	struct epoll_event events[LOOP_EVENTS];
	int at;			/* the next event to deliver */
	int n;
};

DEFINE_CLEANUP(struct loop *, loop_free)

int loop_new(struct loop **ret)
{
	_cleanup_(loop_freep) struct loop *l = mem_new(struct loop);

	if (!l)
		return -ENOMEM;
	list_init(&l->sources);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0)
		return -errno;
	*ret = take(l);
	return 0;
}

struct loop *loop_free(struct loop *l)
{
	if (!l)
		return NULL;
	assert(list_empty(&l->sources));
	if (l->epoll >= 0)
		(void)close(l->epoll);
	mem_free(l);
	return NULL;
}

int loop_fd(const struct loop *l)
{
	return l->epoll;
}

static uint32_t events_to_epoll(unsigned events)
{
	return (events & LOOP_READ ? EPOLLIN : 0u) | (events & LOOP_WRITE ? EPOLLOUT : 0u) |
		(events & LOOP_HANGUP ? EPOLLRDHUP : 0u);
}

/* EPOLLERR is told as what the source asked for: its next call on the descriptor meets the error, and takes an ICMP
 * error off a UDP socket, which is no hang-up. */
static unsigned events_from_epoll(uint32_t epoll, unsigned wanted)
{
	unsigned events = (epoll & EPOLLIN ? LOOP_READ : 0u) | (epoll & EPOLLOUT ? LOOP_WRITE : 0u) |
		(epoll & (EPOLLHUP | EPOLLRDHUP) ? LOOP_HANGUP : 0u);

	if (epoll & EPOLLERR)
		events |= wanted & (LOOP_READ | LOOP_WRITE);
	return events ? events : LOOP_HANGUP;
}

static int source_control(struct loop_source *s, int operation)
{
	struct epoll_event event = { .events = events_to_epoll(s->wanted), .data.ptr = s };

	return epoll_ctl(s->loop->epoll, operation, s->fd, &event) < 0 ? -errno : 0;
}

int loop_add(struct loop *l, struct loop_source **ret, int fd, unsigned events, loop_callback callback, void *user)
{
	_cleanup_(mem_freep) struct loop_source *s = mem_new(struct loop_source);
	int r;

	if (!s)
		return -ENOMEM;
	*s = (struct loop_source){ .loop = l, .fd = fd, .callback = callback, .user = user, .wanted = events };
	r = source_control(s, EPOLL_CTL_ADD);
	if (r < 0)
		return r;
	list_push_back(&l->sources, &s->in_loop);
	*ret = take(s);
	return 0;
}

int loop_change(struct loop_source *s, unsigned events)
{
	unsigned before = s->wanted;
	int r;

	if (events == before)
		return 0;
	s->wanted = events;
	r = source_control(s, EPOLL_CTL_MOD);
	if (r < 0)
		s->wanted = before;
	return r;
}

struct loop_source *loop_remove(struct loop_source *s)
{
	if (!s)
		return NULL;
	(void)source_control(s, EPOLL_CTL_DEL);		/* fails only if the caller closed it first: then it is gone */
	for (int i = s->loop->at; i < s->loop->n; i++)
		if (s->loop->events[i].data.ptr == s)
			s->loop->events[i].data.ptr = NULL;
	list_remove(&s->in_loop);
	mem_free(s);
	return NULL;
}

static usec_t time_left(usec_t deadline)
{
	usec_t now = deadline ? clock_now() : 0;

	return deadline > now ? deadline - now : 0;
}

/* epoll_pwait2() waits in nanoseconds; where it is missing (before Linux 5.11, or filtered) milliseconds, upwards. */
static int loop_wait(struct loop *l, usec_t deadline)
{
	usec_t left;
	struct timespec wait;
	int n;

	if (deadline == USEC_NEVER)
		return epoll_wait(l->epoll, l->events, LOOP_EVENTS, -1);
	left = MIN(time_left(deadline), MINUTES(60));
	wait = (struct timespec){ .tv_sec = (time_t)(left / SECONDS(1)), .tv_nsec = (long)(left % SECONDS(1)) * 1000 };
	n = epoll_pwait2(l->epoll, l->events, LOOP_EVENTS, &wait, NULL);
	if (n < 0 && (errno == ENOSYS || errno == EPERM))
		n = epoll_wait(l->epoll, l->events, LOOP_EVENTS, (int)((left + 999) / 1000));
	return n;
}

int loop_run_once(struct loop *l, usec_t deadline)
{
	int called = 0, n;
	usec_t now;

	assert(l->at == l->n);		/* not from inside a callback */
	n = loop_wait(l, deadline);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	l->at = 0;
	l->n = n;
	now = clock_now();
	while (l->at < l->n) {
		struct epoll_event event = l->events[l->at++];
		struct loop_source *s = event.data.ptr;

		if (!s)
			continue;
		called++;
		s->callback(s->user, events_from_epoll(event.events, s->wanted), now);
	}
	return called;
}
