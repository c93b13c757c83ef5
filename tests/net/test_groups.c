/* SPDX-License-Identifier: EUPL-1.2 */
/* Datagrams that leave as one message (UDP_SEGMENT), and what happens where the kernel will not cut one. In tests only.
 * Invariant: whatever becomes of a message, each datagram arrives whole, once, and in its place. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "sfu/net/udp.h"
#include "tests/support/check.h"

#define SEEN 128

int __real_sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags);

static struct {
	struct udp *udp;
	struct address server;
	struct address at[2];
	int fds[2];

	/* what the kernel was given, and is made to say */
	size_t sizes[SEEN];	/* of the messages that left */
	unsigned segments[SEEN];	/* 0 = not to be cut */
	unsigned n_seen;
	unsigned calls;
	int refuse_groups;	/* an errno for each message to be cut */
	int refuse_all;
	unsigned after;		/* … from this message on */
} w;

static unsigned segment_of(const struct msghdr *m)
{
	const struct cmsghdr *c = CMSG_FIRSTHDR(m);
	uint16_t segment;

	if (!c)
		return 0;
	check_eq(c->cmsg_level, SOL_UDP);
	check_eq(c->cmsg_type, UDP_SEGMENT);
	check_eq(c->cmsg_len, CMSG_LEN(sizeof(segment)));
	memcpy(&segment, CMSG_DATA(c), sizeof(segment));
	return segment;
}

int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags)
{
	unsigned good = 0;
	int error = 0, sent;

	w.calls++;
	while (good < n && !error) {
		if (w.refuse_all && w.n_seen + good >= w.after)
			error = w.refuse_all;
		else if (w.refuse_groups && segment_of(&messages[good].msg_hdr))
			error = w.refuse_groups;
		else
			good++;
	}
	if (!good) {
		errno = error;
		return -1;
	}
	sent = __real_sendmmsg(fd, messages, good, flags);
	for (int i = 0; i < sent; i++) {
		check(w.n_seen < SEEN);
		w.sizes[w.n_seen] = messages[i].msg_hdr.msg_iov->iov_len;
		w.segments[w.n_seen++] = segment_of(&messages[i].msg_hdr);
	}
	return sent;
}

static int bound(int family, struct address *ret)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	check_ge(fd, 0);
	check_eq(family == AF_INET ? bind(fd, (struct sockaddr *)&in4, sizeof(in4)) :
				     bind(fd, (struct sockaddr *)&in6, sizeof(in6)), 0);
	check_eq(getsockname(fd, (struct sockaddr *)&name, &size), 0);
	check(address_from_sockaddr(ret, (struct sockaddr *)&name, size));
	return fd;
}

/* A socket of ours for both families or for one, and two receivers. */
static void open_for(int ours, int theirs)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_ANY_INIT };
	int no = 0, fd;

	memset(&w, 0, sizeof(w));
	log_set_level((enum log_level)0);
	if (ours == AF_INET) {
		fd = bound(AF_INET, &w.server);
	} else {
		fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		check_eq(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)), 0);
		check_eq(bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
	}
	check_eq(udp_open(&w.udp, fd), 0);
	for (unsigned i = 0; i < 2; i++)
		w.fds[i] = bound(theirs, &w.at[i]);
}

static int tear_down(void **state)
{
	(void)state;
	udp_close(w.udp);
	close(w.fds[0]);
	close(w.fds[1]);
	return 0;
}

static uint8_t mark(unsigned number, size_t at) { return (uint8_t)(number * 31 + at); }

static void put(unsigned receiver, unsigned number, size_t size)
{
	uint8_t *area = udp_reserve(w.udp);

	for (size_t i = 0; i < size; i++)
		area[i] = mark(number, i);
	udp_commit(w.udp, &w.at[receiver], size);
}

static void expect(unsigned receiver, unsigned number, size_t size)
{
	uint8_t got[LIMIT_DATAGRAM + 1];

	check_eq(recv(w.fds[receiver], got, sizeof(got), MSG_DONTWAIT), (ssize_t)size);
	for (size_t i = 0; i < size; i++)
		check_eq(got[i], mark(number, i));
}

static void expect_nothing(unsigned receiver)
{
	uint8_t byte;

	check_eq(recv(w.fds[receiver], &byte, 1, MSG_DONTWAIT), -1);
	check_eq(errno, EAGAIN);
}

static struct udp_numbers numbers(void)
{
	struct udp_numbers n;

	udp_count(w.udp, &n);
	return n;
}

static void check_message(unsigned i, size_t size, unsigned segment)
{
	check(i < w.n_seen);
	check_eq(w.sizes[i], size);
	check_eq(w.segments[i], segment);
}

/* Three of a size and a shorter one; one larger; the other receiver's; the first one's again. */
static void put_mixed(void)
{
	static const struct { unsigned receiver; size_t size; } datagrams[] = {
		{ 0, 1000 }, { 0, 1000 }, { 0, 1000 }, { 0, 300 }, { 0, 300 }, { 0, 1200 }, { 1, 1200 }, { 1, 1200 },
		{ 0, 1200 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(datagrams); i++)
		put(datagrams[i].receiver, i, datagrams[i].size);
	udp_flush(w.udp);
	expect(0, 0, 1000);
	expect(0, 1, 1000);
	expect(0, 2, 1000);
	expect(0, 3, 300);
	expect(0, 4, 300);
	expect(0, 5, 1200);
	expect(0, 8, 1200);
	expect_nothing(0);
	expect(1, 6, 1200);
	expect(1, 7, 1200);
	expect_nothing(1);
	check_eq(numbers().dropped_send, 0);
}

static void mixed(int ours, int theirs)
{
	open_for(ours, theirs);
	put_mixed();
	check_eq(w.calls, 1);
	check_eq(w.n_seen, 5);
	check_message(0, 3300, 1000);
	check_message(1, 300, 0);
	check_message(2, 1200, 0);
	check_message(3, 2400, 1200);
	check_message(4, 1200, 0);
	check_eq(numbers().out, 9);
	check_eq(numbers().bytes_out, 8400);
	check_eq(numbers().groups, 2);
	check_eq(numbers().groups_refused, 0);
}

TEST(groups_over_ipv4) { mixed(AF_INET, AF_INET); }
TEST(groups_over_ipv6) { mixed(AF_INET6, AF_INET6); }
TEST(groups_over_ipv4_from_a_dual_stack_socket) { mixed(AF_INET6, AF_INET); }

TEST(a_group_ends_where_the_kernel_would_refuse_it)
{
	open_for(AF_INET6, AF_INET);
	for (unsigned i = 0; i < 70; i++)
		put(0, i, 50);
	udp_flush(w.udp);
	for (unsigned i = 0; i < 70; i++)
		expect(0, i, 50);
	check_message(0, 64 * 50, 50);
	check_message(1, 6 * 50, 50);

	w.n_seen = 0;
	for (unsigned i = 0; i < 50; i++)
		put(0, i, LIMIT_DATAGRAM);
	udp_flush(w.udp);
	for (unsigned i = 0; i < 50; i++)
		expect(0, i, LIMIT_DATAGRAM);
	check_message(0, 43 * LIMIT_DATAGRAM, LIMIT_DATAGRAM);
	check_message(1, 7 * LIMIT_DATAGRAM, LIMIT_DATAGRAM);
	check_eq(numbers().groups_refused, 0);
}

/* More than the send area holds: nothing is overwritten, and the order stays. */
TEST(the_area_runs_full)
{
	open_for(AF_INET6, AF_INET);
	for (unsigned i = 0; i < 110; i++)
		put(i / 55, i, 1300);
	check_ge(numbers().out, 1);	/* the first left by themselves */
	udp_flush(w.udp);
	for (unsigned i = 0; i < 110; i++)
		expect(i / 55, i, 1300);
	check_eq(numbers().out, 110);
}

TEST(EIO_switches_it_off_and_loses_nothing)
{
	open_for(AF_INET6, AF_INET);
	put_mixed();
	w.n_seen = 0;
	w.refuse_groups = EIO;
	put_mixed();
	check_eq(numbers().out, 18);
	check_eq(numbers().bytes_out, 16800);
	check_eq(numbers().groups, 2);
	check_eq(numbers().groups_refused, 2);
	w.n_seen = w.calls = 0;
	w.refuse_groups = 0;
	put_mixed();
	check_eq(w.calls, 1);
	check_eq(w.n_seen, 9);		/* no group is even tried */
	check_eq(numbers().groups_refused, 2);
}

/* A datagram larger than one destination's path takes. */
TEST(EINVAL_after_others_left_concerns_that_message_only)
{
	open_for(AF_INET6, AF_INET);
	put_mixed();
	w.refuse_groups = EINVAL;
	put_mixed();
	check_eq(numbers().groups_refused, 2);
	w.refuse_groups = 0;
	put_mixed();
	check_eq(numbers().groups, 4);
	check_eq(numbers().out, 27);
}

/* The kernel's own refusal: it cuts nothing whose checksum nobody computes. */
TEST(a_socket_that_refuses)
{
	int yes = 1;

	open_for(AF_INET, AF_INET);
	check_eq(setsockopt(udp_fd(w.udp), SOL_SOCKET, SO_NO_CHECK, &yes, sizeof(yes)), 0);
	put_mixed();
	check(numbers().groups_refused > 0);
	check_eq(numbers().groups, 0);
	w.calls = 0;
	put_mixed();
	check_eq(w.calls, 1);
	check_eq(numbers().out, 18);
}

TEST(a_full_socket_drops_all_that_is_left)
{
	open_for(AF_INET6, AF_INET);
	put(0, 0, 100);
	for (unsigned i = 0; i < 5; i++)
		put(1, i, 200);
	w.refuse_all = EAGAIN;
	w.after = 1;
	udp_flush(w.udp);	/* the first leaves; then the kernel says that it is full */
	check_eq(numbers().out, 1);
	check_eq(numbers().dropped_send, 5);
	expect(0, 0, 100);
	expect_nothing(0);
	expect_nothing(1);
	w.refuse_all = 0;
	put(1, 7, 200);		/* nothing of it is sent later */
	udp_flush(w.udp);
	expect(1, 7, 200);
	expect_nothing(1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_teardown(groups_over_ipv4, tear_down),
	cmocka_unit_test_teardown(groups_over_ipv6, tear_down),
	cmocka_unit_test_teardown(groups_over_ipv4_from_a_dual_stack_socket, tear_down),
	cmocka_unit_test_teardown(a_group_ends_where_the_kernel_would_refuse_it, tear_down),
	cmocka_unit_test_teardown(the_area_runs_full, tear_down),
	cmocka_unit_test_teardown(EIO_switches_it_off_and_loses_nothing, tear_down),
	cmocka_unit_test_teardown(EINVAL_after_others_left_concerns_that_message_only, tear_down),
	cmocka_unit_test_teardown(a_socket_that_refuses, tear_down),
	cmocka_unit_test_teardown(a_full_socket_drops_all_that_is_left, tear_down),
};

RUN_TESTS(tests)
