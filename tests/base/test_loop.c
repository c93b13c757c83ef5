/* SPDX-License-Identifier: EUPL-1.2 */
/* base/loop.c on real descriptors. Invariant: no round waits for anything that has not happened yet, except the one
 * that checks that a deadline ends it. */
#include "tests/support/check.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/mem.h"

struct probe {
	struct loop *loop;
	struct loop_source *source;
	int fd;
	int called;
	unsigned events;
	usec_t now;
	struct probe *removes;		/* whom the callback removes */
};

static void probe_callback(void *user, unsigned events, usec_t now)
{
	struct probe *p = user;

	p->called++;
	p->events = events;
	p->now = now;
	if (p->removes)
		p->removes->source = loop_remove(p->removes->source);
}

static struct loop *new_loop(void)
{
	struct loop *l = NULL;

	check_eq(loop_new(&l), 0);
	return l;
}

/* An eventfd that is readable and writable from the start. */
static void probe_init(struct probe *p, struct loop *l, unsigned events)
{
	*p = (struct probe){ .loop = l, .fd = eventfd(1, EFD_NONBLOCK) };
	check(p->fd >= 0);
	check_eq(loop_add(l, &p->source, p->fd, events, probe_callback, p), 0);
}

static void probe_done(struct probe *p)
{
	p->source = loop_remove(p->source);
	close(p->fd);
}

TEST(what_is_ready_is_called)
{
	struct loop *l = new_loop();
	struct probe r, w, none;
	usec_t before = clock_now();

	probe_init(&r, l, LOOP_READ);
	probe_init(&w, l, LOOP_WRITE);
	probe_init(&none, l, 0);
	check_eq(loop_run_once(l, USEC_NEVER), 2);
	check_eq(r.events, LOOP_READ);
	check_eq(w.events, LOOP_WRITE);
	check_eq(none.called, 0);
	check(r.now == w.now && r.now >= before && r.now <= clock_now());
	probe_done(&r);
	probe_done(&w);
	probe_done(&none);
	check(!loop_free(l));
}

TEST(interest_may_change)
{
	struct loop *l = new_loop();
	struct probe p;

	probe_init(&p, l, LOOP_READ);
	check_eq(loop_change(p.source, LOOP_READ | LOOP_WRITE), 0);
	check_eq(loop_run_once(l, 0), 1);
	check_eq(p.events, LOOP_READ | LOOP_WRITE);
	check_eq(loop_change(p.source, 0), 0);
	check_eq(loop_change(p.source, 0), 0);
	check_eq(loop_run_once(l, 0), 0);
	probe_done(&p);
	loop_free(l);
}

TEST(who_is_removed_in_a_round_is_not_called_in_it)
{
	for (int first = 0; first < 2; first++) {
		struct loop *l = new_loop();
		struct probe p[2];

		probe_init(&p[0], l, LOOP_READ);
		probe_init(&p[1], l, LOOP_READ);
		/* Whichever the kernel names first removes the other. */
		p[0].removes = &p[1];
		p[1].removes = &p[0];
		check_eq(loop_run_once(l, 0), 1);
		check_eq(p[0].called + p[1].called, 1);
		check(!p[0].source != !p[1].source);
		probe_done(&p[first]);
		probe_done(&p[!first]);
		loop_free(l);
	}
}

TEST(a_source_may_remove_itself)
{
	struct loop *l = new_loop();
	struct probe p;

	probe_init(&p, l, LOOP_READ);
	p.removes = &p;
	check_eq(loop_run_once(l, 0), 1);
	check(!p.source);
	check_eq(loop_run_once(l, 0), 0);
	check_eq(p.called, 1);
	probe_done(&p);
	loop_free(l);
}

static void replace_callback(void *user, unsigned events, usec_t now)
{
	struct probe *p = user;

	(void)events;
	(void)now;
	p->called++;
	p->removes->source = loop_remove(p->removes->source);
	/* The allocator gives the same address again: the new source must not get the old one's event. */
	check_eq(loop_add(p->loop, &p->removes->source, p->removes->fd, LOOP_READ, probe_callback, p->removes), 0);
}

TEST(a_source_added_in_a_round_waits_for_the_next)
{
	struct loop *l = new_loop();
	struct probe a = { .loop = l, .fd = eventfd(1, 0) }, b;

	check_eq(loop_add(l, &a.source, a.fd, LOOP_READ, replace_callback, &a), 0);
	probe_init(&b, l, LOOP_READ);
	a.removes = &b;
	check_eq(loop_run_once(l, 0), 1);
	check_eq(a.called, 1);
	check_eq(b.called, 0);
	a.source = loop_remove(a.source);
	check_eq(loop_run_once(l, 0), 1);
	check_eq(b.called, 1);
	probe_done(&a);
	probe_done(&b);
	loop_free(l);
}

TEST(more_than_one_round_holds)
{
	struct loop *l = new_loop();
	struct probe p[150];
	int called = 0;

	for (size_t i = 0; i < ARRAY_SIZE(p); i++)
		probe_init(&p[i], l, LOOP_READ);
	for (int round = 0; round < 3; round++) {
		int n = loop_run_once(l, 0);

		check(n > 0 && n <= 64);
		called += n;
	}
	check(called >= 150);
	for (size_t i = 0; i < ARRAY_SIZE(p); i++) {
		check(p[i].called >= 1);
		probe_done(&p[i]);
	}
	loop_free(l);
}

TEST(the_other_side_hangs_up)
{
	struct loop *l = new_loop();
	struct probe p = { .loop = l };
	int pair[2];

	check_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	check_eq(loop_add(l, &p.source, pair[0], LOOP_READ | LOOP_HANGUP, probe_callback, &p), 0);
	check_eq(loop_run_once(l, 0), 0);
	close(pair[1]);
	check_eq(loop_run_once(l, 0), 1);
	check(p.events & LOOP_HANGUP);
	check_eq(loop_change(p.source, 0), 0);		/* a hang-up is told even to who asked for nothing */
	check_eq(loop_run_once(l, 0), 1);
	check_eq(p.events, LOOP_HANGUP);
	p.source = loop_remove(p.source);
	close(pair[0]);
	loop_free(l);
}

/* ATTACKS A29: an ICMP error is something to read, not the end of the socket. */
TEST(an_icmp_error_is_no_hang_up)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(to);
	int closed = socket(AF_INET, SOCK_DGRAM, 0), fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	struct loop *l = new_loop();
	struct probe p = { .loop = l };
	char byte;

	/* A port that was free a moment ago. */
	check_eq(bind(closed, (struct sockaddr *)&to, size), 0);
	check_eq(getsockname(closed, (struct sockaddr *)&to, &size), 0);
	close(closed);
	check_eq(connect(fd, (struct sockaddr *)&to, size), 0);
	check_eq(loop_add(l, &p.source, fd, LOOP_READ, probe_callback, &p), 0);
	check_eq(send(fd, "x", 1, 0), 1);
	check_eq(loop_run_once(l, clock_now() + SECONDS(5)), 1);
	check_eq(p.events, LOOP_READ);
	check_eq(recv(fd, &byte, 1, 0), -1);
	check_eq(errno, ECONNREFUSED);
	check_eq(loop_run_once(l, 0), 0);
	p.source = loop_remove(p.source);
	close(fd);
	loop_free(l);
}

TEST(a_deadline_ends_the_wait)
{
	struct loop *l = new_loop();
	usec_t deadline = clock_now() + 1500;

	check_eq(loop_run_once(l, deadline), 0);
	check(clock_now() >= deadline);
	check_eq(loop_run_once(l, deadline), 0);	/* long past */
	check_eq(loop_run_once(l, 0), 0);
	loop_free(l);
}

TEST(the_loop_can_be_watched)
{
	struct loop *l = new_loop();
	struct pollfd poll_fd = { .fd = loop_fd(l), .events = POLLIN };
	struct probe p;

	check_eq(poll(&poll_fd, 1, 0), 0);
	probe_init(&p, l, LOOP_READ);
	check_eq(poll(&poll_fd, 1, 0), 1);
	check_eq(loop_run_once(l, 0), 1);
	probe_done(&p);
	check_eq(poll(&poll_fd, 1, 0), 0);
	loop_free(l);
}

TEST(failures_touch_nothing)
{
	struct loop *l = NULL;
	struct loop_source *s = NULL;

	mem_fail_at(1, 0);
	check_eq(loop_new(&l), -ENOMEM);
	mem_fail_at(0, 0);
	check(!l);
	l = new_loop();
	mem_fail_at(1, 0);
	check_eq(loop_add(l, &s, STDIN_FILENO, LOOP_READ, probe_callback, NULL), -ENOMEM);
	mem_fail_at(0, 0);
	check_eq(loop_add(l, &s, -1, LOOP_READ, probe_callback, NULL), -EBADF);
	check(!s);
	check(!loop_remove(NULL));
	loop_free(l);
	check(!loop_free(NULL));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_is_ready_is_called),
	cmocka_unit_test(interest_may_change),
	cmocka_unit_test(who_is_removed_in_a_round_is_not_called_in_it),
	cmocka_unit_test(a_source_may_remove_itself),
	cmocka_unit_test(a_source_added_in_a_round_waits_for_the_next),
	cmocka_unit_test(more_than_one_round_holds),
	cmocka_unit_test(the_other_side_hangs_up),
	cmocka_unit_test(an_icmp_error_is_no_hang_up),
	cmocka_unit_test(a_deadline_ends_the_wait),
	cmocka_unit_test(the_loop_can_be_watched),
	cmocka_unit_test(failures_touch_nothing),
};

RUN_TESTS(tests)
