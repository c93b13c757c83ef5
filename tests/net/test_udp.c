/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/net/udp against real sockets on the loopback interface. In tests only.
 * Invariant: a datagram sent on loopback stands in the other socket's buffer when the call returns, so nothing
 * waits. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "sfu/net/udp.h"
#include "tests/support/check.h"

/* A bound socket; *ret is where it can be reached from this machine. */
static int bound(int family, struct address *ret)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_ANY_INIT };
	struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);
	int no = 0, fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	check_ge(fd, 0);
	if (family == AF_INET6) {
		check_eq(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)), 0);
		check_eq(bind(fd, (struct sockaddr *)&in6, sizeof(in6)), 0);
	} else {
		check_eq(bind(fd, (struct sockaddr *)&in4, sizeof(in4)), 0);
	}
	check_eq(getsockname(fd, (struct sockaddr *)&name, &size), 0);
	check(address_from_sockaddr(ret, (struct sockaddr *)&name, size));
	if (family == AF_INET6) {
		uint16_t port = ret->port;

		check(address_parse_ip(ret, "::1"));
		ret->port = port;
	}
	return fd;
}

static struct address at_4(uint16_t port)
{
	struct address a;

	check(address_parse_ip(&a, "127.0.0.1"));
	a.port = port;
	return a;
}

static void send_plain(int fd, const struct address *to, const void *data, size_t size)
{
	struct sockaddr_storage name;
	socklen_t n = address_to_sockaddr(to, false, &name);

	check_eq(sendto(fd, data, size, 0, (struct sockaddr *)&name, n), (ssize_t)size);
}

static struct udp *opened(int family, struct address *ret)
{
	struct udp *u = NULL;
	int fd = bound(family, ret);

	check_eq(udp_open(&u, fd), 0);
	check_eq(udp_fd(u), fd);
	check_eq(udp_port(u), ret->port);
	return u;
}

static struct pool *pool_of(size_t n)
{
	struct pool *p = NULL;

	check_eq(pool_new(&p, n), 0);
	return p;
}

static void both_ways(int family)
{
	struct address server, client, to;
	struct udp *u = opened(AF_INET6, &server);
	struct pool *pool = pool_of(100);
	struct udp_in in[UDP_BATCH];
	struct udp_numbers numbers;
	int fd = bound(family, &client);
	char got[8] = "";

	to = family == AF_INET ? at_4(server.port) : server;
	send_plain(fd, &to, "hello", 5);
	check_eq(udp_receive(u, pool, in), 1);
	check(address_equal(&in[0].from, &client));	/* IPv4 through a dual-stack socket is IPv4 */
	check_eq(in[0].packet->size, 5);
	assert_memory_equal(in[0].packet->data, "hello", 5);

	memcpy(udp_reserve(u), "back", 4);
	udp_commit(u, &in[0].from, 4);
	udp_flush(u);
	check_eq(recv(fd, got, sizeof(got), MSG_DONTWAIT), 4);
	assert_memory_equal(got, "back", 4);
	udp_count(u, &numbers);
	check_eq(numbers.in, 1);
	check_eq(numbers.bytes_in, 5);
	check_eq(numbers.out, 1);
	check_eq(numbers.bytes_out, 4);

	packet_unref(in[0].packet);
	check_eq(udp_receive(u, pool, in), 0);
	check_ge(pool_free_count(pool), 100 - UDP_BATCH);	/* some are lent, to be filled next */
	close(fd);
	udp_close(u);
	check_eq(pool_free_count(pool), 100);
	pool_free(pool);
}

TEST(what_is_lent_to_it_can_be_had_back)
{
	struct address server, client;
	struct udp *u = opened(AF_INET6, &server);
	struct pool *pool = pool_of(100);
	struct udp_in in[UDP_BATCH];
	struct address to = at_4(server.port);
	int fd = bound(AF_INET, &client);

	check_eq(udp_receive(u, pool, in), 0);
	check(pool_free_count(pool) < 100);
	udp_release(u);
	check_eq(pool_free_count(pool), 100);
	udp_release(u);
	send_plain(fd, &to, "hello", 5);	/* and is taken again */
	check_eq(udp_receive(u, pool, in), 1);
	assert_memory_equal(in[0].packet->data, "hello", 5);
	packet_unref(in[0].packet);
	close(fd);
	udp_close(u);
	check_eq(pool_free_count(pool), 100);
	pool_free(pool);
}

TEST(ipv4_on_a_dual_stack_socket) { both_ways(AF_INET); }
TEST(ipv6_on_a_dual_stack_socket) { both_ways(AF_INET6); }

TEST(ipv4_socket)
{
	struct address server, client;
	struct udp *u = opened(AF_INET, &server);
	struct pool *pool = pool_of(UDP_BATCH);
	struct udp_in in[UDP_BATCH];
	struct udp_numbers numbers;
	struct address six;
	int fd = bound(AF_INET, &client);
	char got[4];

	send_plain(fd, &server, "x", 1);
	check_eq(udp_receive(u, pool, in), 1);
	check(address_equal(&in[0].from, &client));
	packet_unref(in[0].packet);

	/* A destination that this socket cannot reach costs nobody else his datagram. */
	check(address_parse_ip(&six, "::1"));
	six.port = client.port;
	udp_reserve(u)[0] = 'a';
	udp_commit(u, &six, 1);
	udp_reserve(u)[0] = 'b';
	udp_commit(u, &client, 1);
	udp_flush(u);
	check_eq(recv(fd, got, sizeof(got), MSG_DONTWAIT), 1);
	check_eq(got[0], 'b');
	udp_count(u, &numbers);
	check_eq(numbers.dropped_send, 1);
	check_eq(numbers.out, 1);
	close(fd);
	udp_close(u);
	pool_free(pool);
}

TEST(batches)
{
	struct address server, client;
	struct udp *u = opened(AF_INET6, &server);
	struct pool *pool = pool_of(2 * UDP_BATCH);
	struct udp_in in[UDP_BATCH];
	struct udp_numbers numbers;
	int fd = bound(AF_INET, &client);
	struct address to = at_4(server.port);

	for (uint8_t i = 0; i < UDP_BATCH + 10; i++)
		send_plain(fd, &to, &i, 1);
	check_eq(udp_receive(u, pool, in), UDP_BATCH);
	for (uint8_t i = 0; i < UDP_BATCH; i++) {
		check_eq(in[i].packet->data[0], i);
		packet_unref(in[i].packet);
	}
	check_eq(udp_receive(u, pool, in), 10);
	for (int i = 0; i < 10; i++)
		packet_unref(in[i].packet);

	/* More messages than one call sends, each larger than the one before: the first batch leaves by itself. */
	for (uint8_t i = 0; i < UDP_BATCH + 1; i++) {
		*udp_reserve(u) = i;
		udp_commit(u, &client, i + 1u);
	}
	udp_count(u, &numbers);
	check_eq(numbers.out, UDP_BATCH);
	udp_flush(u);
	for (uint8_t i = 0; i < UDP_BATCH + 1; i++) {
		uint8_t got = 255;

		check_eq(recv(fd, &got, 1, MSG_DONTWAIT), 1);
		check_eq(got, i);
	}
	close(fd);
	udp_close(u);
	pool_free(pool);
}

TEST(A19_empty_datagrams)
{
	struct address server, client;
	struct udp *u = opened(AF_INET6, &server);
	struct pool *pool = pool_of(UDP_BATCH);
	struct udp_in in[UDP_BATCH];
	int fd = bound(AF_INET, &client);
	struct address to = at_4(server.port);

	for (int i = 0; i < 200; i++)
		send_plain(fd, &to, "", 0);
	send_plain(fd, &to, "!", 1);
	check_eq(udp_receive(u, pool, in), 1);		/* not an end of file */
	check_eq(in[0].packet->data[0], '!');
	packet_unref(in[0].packet);

	/* More of them than one call looks at: it comes back to the loop, and the descriptor is dry in the end. */
	for (int i = 0; i < 1000; i++)
		send_plain(fd, &to, "", 0);
	for (int i = 0; i < 4; i++)
		check_eq(udp_receive(u, pool, in), 0);
	check_eq(recv(udp_fd(u), in, 1, MSG_DONTWAIT), -1);
	check_eq(errno, EAGAIN);
	close(fd);
	udp_close(u);
	check_eq(pool_free_count(pool), UDP_BATCH);
	pool_free(pool);
}

TEST(A20_sizes)
{
	static const size_t sizes[] = {
		1, 2, 1200, LIMIT_DATAGRAM - 1, LIMIT_DATAGRAM, LIMIT_DATAGRAM + 1, 9000, 65507,
	};
	static uint8_t large[65507];
	struct address server, client;
	struct udp *u = opened(AF_INET6, &server);
	struct pool *pool = pool_of(UDP_BATCH);
	struct udp_in in[UDP_BATCH];
	struct udp_numbers numbers;
	int n, fd = bound(AF_INET, &client);
	struct address to = at_4(server.port);

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		send_plain(fd, &to, large, sizes[i]);
	n = udp_receive(u, pool, in);
	check_eq(n, 5);
	for (int i = 0; i < n; i++) {
		check_eq(in[i].packet->size, sizes[i]);
		packet_unref(in[i].packet);
	}
	udp_count(u, &numbers);
	check_eq(numbers.dropped_large, 3);
	close(fd);
	udp_close(u);
	pool_free(pool);
}

TEST(the_pool_runs_out)
{
	struct address server, client;
	struct udp *u = opened(AF_INET6, &server);
	struct pool *pool = pool_of(3);
	struct udp_in in[UDP_BATCH], more[UDP_BATCH];
	struct udp_numbers numbers;
	int fd = bound(AF_INET, &client);
	struct address to = at_4(server.port);

	for (uint8_t i = 0; i < 5; i++)
		send_plain(fd, &to, &i, 1);
	check_eq(udp_receive(u, pool, in), 3);
	check_eq(udp_receive(u, pool, more), 0);
	udp_count(u, &numbers);
	check_eq(numbers.dropped_pool, 2);
	check_eq(recv(udp_fd(u), more, 1, MSG_DONTWAIT), -1);	/* nothing left that would wake the loop at once */
	for (int i = 0; i < 3; i++)
		packet_unref(in[i].packet);
	send_plain(fd, &to, "x", 1);
	check_eq(udp_receive(u, pool, in), 1);
	packet_unref(in[0].packet);
	close(fd);
	udp_close(u);
	pool_free(pool);
}

/* A29: whose port is closed makes ICMP errors; the others go on sending and receiving. */
TEST(A29_a_closed_port)
{
	struct address server, client, gone;
	struct udp *u = opened(AF_INET6, &server);
	struct pool *pool = pool_of(UDP_BATCH);
	struct udp_in in[UDP_BATCH];
	int yes = 1, fd = bound(AF_INET, &client), other = bound(AF_INET, &gone);
	struct address to = at_4(server.port);
	char got;

	close(other);
	/* Without this option Linux hides such errors from an unconnected socket; with it they must be skipped. */
	check_eq(setsockopt(udp_fd(u), IPPROTO_IP, IP_RECVERR, &yes, sizeof(yes)), 0);
	for (int i = 0; i < 10; i++) {
		udp_reserve(u)[0] = 'g';
		udp_commit(u, &gone, 1);
		udp_reserve(u)[0] = 'c';
		udp_commit(u, &client, 1);
		udp_flush(u);
		check_eq(udp_receive(u, pool, in), 0);
		send_plain(fd, &to, "x", 1);
		check_eq(udp_receive(u, pool, in), 1);
		packet_unref(in[0].packet);
	}
	check_eq(recv(fd, &got, 1, MSG_DONTWAIT), 1);
	check_eq(got, 'c');
	close(fd);
	udp_close(u);
	pool_free(pool);
}

TEST(lost_in_the_kernel_is_counted)
{
	static const uint8_t full[LIMIT_DATAGRAM];
	struct address server, client;
	struct udp *u = opened(AF_INET6, &server);
	struct pool *pool = pool_of(UDP_BATCH);
	struct udp_in in[UDP_BATCH];
	struct udp_numbers numbers;
	int n, received = 0, small = 4096, fd = bound(AF_INET, &client);
	struct address to = at_4(server.port);

	check_eq(setsockopt(udp_fd(u), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
	for (int i = 0; i < 100; i++)
		send_plain(fd, &to, full, sizeof(full));
	/* The kernel tells its count with the next datagram that arrives. */
	do {
		n = udp_receive(u, pool, in);
		for (int i = 0; i < n; i++)
			packet_unref(in[i].packet);
		received += n;
	} while (n > 0);
	send_plain(fd, &to, full, 1);
	check_eq(udp_receive(u, pool, in), 1);
	packet_unref(in[0].packet);
	udp_count(u, &numbers);
	check(received < 100);
	check_eq(numbers.dropped_kernel, 100 - received);
	close(fd);
	udp_close(u);
	pool_free(pool);
}

TEST(other_sockets_are_refused)
{
	struct udp *u = NULL;
	int pair[2];

	check_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair), 0);
	check_eq(udp_open(&u, pair[0]), -EAFNOSUPPORT);
	check_eq(udp_open(&u, -1), -EBADF);
	check(!u);
	check_eq(write(pair[0], "x", 1), 1);	/* still ours, still open */
	close(pair[0]);
	close(pair[1]);
	check(!udp_close(NULL));
}

TEST(no_memory)
{
	struct address server;
	struct udp *u = NULL;
	int fd = bound(AF_INET6, &server);

	mem_fail_at(1, 0);
	check_eq(udp_open(&u, fd), -ENOMEM);
	mem_fail_at(0, 0);
	check(!u);
	close(fd);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_is_lent_to_it_can_be_had_back),
	cmocka_unit_test(ipv4_on_a_dual_stack_socket),
	cmocka_unit_test(ipv6_on_a_dual_stack_socket),
	cmocka_unit_test(ipv4_socket),
	cmocka_unit_test(batches),
	cmocka_unit_test(A19_empty_datagrams),
	cmocka_unit_test(A20_sizes),
	cmocka_unit_test(the_pool_runs_out),
	cmocka_unit_test(A29_a_closed_port),
	cmocka_unit_test(lost_in_the_kernel_is_counted),
	cmocka_unit_test(other_sockets_are_refused),
	cmocka_unit_test(no_memory),
};

RUN_TESTS(tests)
