/* SPDX-License-Identifier: EUPL-1.2 */
/* Accepting: who is handed on, who is refused, and what happens when descriptors run out (ATTACKS C10, C11). */
#include "server/shell/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/mem.h"
#include "server/shell/socket.h"
#include "tests/support/check.h"

struct bench {
	struct loop *loop;
	struct sources sources;
	struct listener *listener;
	int fd;
	uint16_t port;
};

static struct bench bench;

static int bench_up(enum listener_door first)
{
	struct address at;
	struct sockaddr_in name;
	socklen_t size = sizeof(name);

	check(address_parse_ip(&at, "127.0.0.1"));
	check_eq(loop_new(&bench.loop), 0);
	check_eq(sources_init(&bench.sources), 0);
	check_eq(listener_new(&bench.listener, bench.loop, &bench.sources), 0);
	bench.fd = socket_open(SOCK_STREAM, &at, 0);
	check(bench.fd >= 0);
	check_eq(getsockname(bench.fd, (struct sockaddr *)&name, &size), 0);
	bench.port = ntohs(name.sin_port);
	check_eq(listener_add(bench.listener, bench.fd, first), 0);
	return 0;
}

static int setup(void **state __attribute__((unused))) { return bench_up(LISTENER_PUBLIC); }
static int setup_admin(void **state __attribute__((unused))) { return bench_up(LISTENER_ADMIN); }
static int setup_any(void **state __attribute__((unused))) { return bench_up(LISTENER_METRICS); }

static int teardown(void **state __attribute__((unused)))
{
	bench.listener = listener_free(bench.listener);
	sources_done(&bench.sources);
	bench.loop = loop_free(bench.loop);
	return 0;
}

static int dial_from(const char *from)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(bench.port) };
	struct sockaddr_storage name;
	struct address a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	socklen_t size;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	check(fd >= 0);
	check_eq(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), 0);	/* each byte leaves at once */
	check(address_parse_ip(&a, from));
	size = address_to_sockaddr(&a, false, &name);
	check_eq(bind(fd, (struct sockaddr *)&name, size), 0);
	check_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void say(int fd, uint8_t byte)
{
	check_eq(send(fd, &byte, 1, MSG_NOSIGNAL), 1);
}

/* Until the loop has nothing to do any more; loopback delivers before connect() and send() return. */
static void turn(void)
{
	while (loop_run_once(bench.loop, 0) > 0)
		;
}

static bool is_closed(int fd)
{
	uint8_t byte;
	ssize_t n = recv(fd, &byte, 1, MSG_DONTWAIT);

	return n == 0 || (n < 0 && errno == ECONNRESET);
}

static void hand_on_and_drop(void)
{
	struct arrival a;

	while (listener_poll(bench.listener, &a)) {
		(void)sources_leave(&bench.sources, a.source);
		check_eq(close(a.fd), 0);
	}
}

TEST(tls_is_handed_on_at_its_first_byte)
{
	int fd = dial_from("127.0.0.1");
	struct arrival a;
	uint8_t byte;

	turn();
	check(!listener_poll(bench.listener, &a));
	say(fd, 0x16);
	turn();
	check(listener_poll(bench.listener, &a));
	check_eq(a.door, LISTENER_PUBLIC);
	check(!a.ice);
	check_eq(recv(a.fd, &byte, 1, MSG_DONTWAIT), 1);	/* it was only looked at */
	check_eq(byte, 0x16);
	check(!listener_poll(bench.listener, &a));
	(void)sources_leave(&bench.sources, a.source);
	check_eq(close(a.fd), 0);
	check_eq(close(fd), 0);
}

/* As a browser sends it: a frame (RFC 4571) of a binding request (RFC 8489). */
static size_t check_of(const char *username, uint8_t *data, size_t size)
{
	struct writer w = writer(data, size);
	size_t name = strlen(username), padded = (name + 3) & ~(size_t)3;

	write_u16(&w, (uint16_t)(20 + 8 + 4 + padded));
	write_u16(&w, 0x0001);
	write_u16(&w, (uint16_t)(8 + 4 + padded));
	write_u32(&w, 0x2112a442);
	write_bytes(&w, bytes_of_string("transaction."));
	write_u16(&w, 0x0024);		/* PRIORITY comes before USERNAME in some */
	write_u16(&w, 4);
	write_u32(&w, 7);
	write_u16(&w, 0x0006);
	write_u16(&w, (uint16_t)name);
	write_bytes(&w, bytes_of_string(username));
	while (w.ok && written(&w).size < 2 + 20 + 8 + 4 + padded)
		write_u8(&w, 0);
	check(w.ok);
	return written(&w).size;
}

static void say_all(int fd, const void *data, size_t size)
{
	check_eq(send(fd, data, size, MSG_NOSIGNAL), (ssize_t)size);
}

TEST(ice_is_handed_on_with_its_worker)
{
	static const struct { const char *username; unsigned worker; } cases[] = {
		{ "Aabcdefg:x", 0 }, { "Babcdefg:longer-ufrag", 1 }, { "Zabc+/fg:xyz", 25 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int fd = dial_from("127.0.0.1");
		uint8_t data[200], seen[200];
		size_t n = check_of(cases[i].username, data, sizeof(data));
		struct arrival a;

		say_all(fd, data, n);
		say_all(fd, "more", 4);
		turn();
		check(listener_poll(bench.listener, &a));
		check(a.ice);
		check_eq(a.worker, cases[i].worker);
		check_eq(a.from.family, 4);
		check_eq(recv(a.fd, seen, sizeof(seen), MSG_DONTWAIT), n + 4);	/* it was only looked at */
		assert_memory_equal(seen, data, n);
		say(fd, 1);
		check_eq(recv(a.fd, seen, sizeof(seen), MSG_DONTWAIT), 1);	/* and no byte is waited for in vain */
		(void)sources_leave(&bench.sources, a.source);
		check_eq(close(a.fd), 0);
		check_eq(close(fd), 0);
	}
}

/* C10: a byte at a time costs three looks in all, and the ten seconds are those of the connection. */
TEST(half_a_frame_waits_without_work)
{
	int fd = dial_from("127.0.0.1"), looks = 0;
	uint8_t data[200];
	size_t n = check_of("Aabcdefg:x", data, sizeof(data));
	struct arrival a;

	/* No more than the ten segments that leave without an ACK. */
	for (size_t i = 0; i + 1 < n; i += i < 6 ? 1 : n - 7) {
		int r;

		say_all(fd, data + i, i < 6 ? 1 : n - 7);
		while ((r = loop_run_once(bench.loop, 0)) > 0) {
			looks += r;
			check_le(looks, 5);
		}
		check(!listener_poll(bench.listener, &a));
	}
	check(!is_closed(fd));
	listener_timeout(bench.listener, listener_deadline(bench.listener) - 1);
	check(!is_closed(fd));
	say(fd, data[n - 1]);
	turn();
	check(listener_poll(bench.listener, &a));
	(void)sources_leave(&bench.sources, a.source);
	check_eq(close(a.fd), 0);
	check_eq(close(fd), 0);
}

TEST(half_a_frame_and_then_nothing)
{
	int silent = dial_from("127.0.0.1"), gone = dial_from("127.0.0.1");
	uint8_t data[200];
	size_t n = check_of("Aabcdefg:x", data, sizeof(data));

	say_all(silent, data, n / 2);
	say_all(gone, data, n / 2);
	turn();
	check_eq(shutdown(gone, SHUT_WR), 0);
	turn();
	check(is_closed(gone));
	check(!is_closed(silent));
	listener_timeout(bench.listener, listener_deadline(bench.listener));
	check(is_closed(silent));
	check_eq(listener_count(bench.listener).refused, 2);
	check_eq(close(silent), 0);
	check_eq(close(gone), 0);
}

/* Nobody waits for 64 KiB, nor for what is no check, or one of nobody of ours. Without a byte in answer. */
TEST(a_frame_that_is_no_check_is_closed)
{
	static const struct { size_t at; uint8_t value; const char *username; } cases[] = {
		{ 0, 0xff, "Aabcdefg:x" },	/* a frame of 64 KiB */
		{ 0, 0x05, "Aabcdefg:x" },	/* of 1,280 bytes */
		{ 1, 19, "Aabcdefg:x" },	/* shorter than a header */
		{ 2, 0x01, "Aabcdefg:x" },	/* an answer */
		{ 5, 1, "Aabcdefg:x" },		/* of another length than the frame */
		{ 6, 0, "Aabcdefg:x" },		/* no magic cookie */
		{ 31, 7, "Aabcdefg:x" },	/* no USERNAME */
		{ 33, 200, "Aabcdefg:x" },	/* which ends behind the message */
		{ 0, 0, "aabcdefg:x" },		/* of no worker */
		{ 0, 0, "Aabcdefgh:x" },	/* of another length than ours */
		{ 0, 0, "Aabcdefg:" },
	};
	struct arrival a;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int fd = dial_from("127.0.0.1");
		uint8_t data[200];
		size_t n = check_of(cases[i].username, data, sizeof(data));

		data[cases[i].at] = cases[i].value;
		say_all(fd, data, n);
		turn();
		check(!listener_poll(bench.listener, &a));
		check(is_closed(fd));
		check_eq(close(fd), 0);
	}
	check_eq(listener_count(bench.listener).refused, ARRAY_SIZE(cases));
}

TEST(the_administration_has_no_media)
{
	int fd = dial_from("127.0.0.1");
	uint8_t data[200];
	struct arrival a;

	say_all(fd, data, check_of("Aabcdefg:x", data, sizeof(data)));
	turn();
	check(!listener_poll(bench.listener, &a));
	check(is_closed(fd));
	check_eq(close(fd), 0);
}

TEST(anything_else_is_closed)
{
	int plain = dial_from("127.0.0.1"), gone = dial_from("127.0.0.1");
	struct arrival a;

	say(plain, 'G');
	check_eq(shutdown(gone, SHUT_WR), 0);
	turn();
	check(!listener_poll(bench.listener, &a));
	check(is_closed(plain));
	check(is_closed(gone));
	check_eq(listener_count(bench.listener).refused, 2);
	check_eq(close(plain), 0);
	check_eq(close(gone), 0);
}

TEST(silence_ends_after_ten_seconds)
{
	usec_t before = clock_now();
	int fd = dial_from("127.0.0.1");
	usec_t deadline;

	check_eq(listener_deadline(bench.listener), USEC_NEVER);
	turn();
	deadline = listener_deadline(bench.listener);
	check_ge(deadline, before + SECONDS(10));
	check_le(deadline, clock_now() + SECONDS(10));
	listener_timeout(bench.listener, deadline - 1);
	check(!is_closed(fd));
	listener_timeout(bench.listener, deadline);
	check(is_closed(fd));
	check_eq(listener_deadline(bench.listener), USEC_NEVER);
	check_eq(close(fd), 0);
}

TEST(one_source_has_its_cap_and_no_other_suffers)
{
	int fds[LIMIT_CONNECTIONS_PER_SOURCE + 1], other;

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = dial_from("127.0.0.2");
		turn();
		check(is_closed(fds[i]) == (i == LIMIT_CONNECTIONS_PER_SOURCE));
	}
	other = dial_from("127.0.0.3");
	say(other, 0x16);
	turn();
	check(!is_closed(other));
	/* One that goes makes room for one. */
	say(fds[0], 'x');
	turn();
	check_eq(close(fds[LIMIT_CONNECTIONS_PER_SOURCE]), 0);
	fds[LIMIT_CONNECTIONS_PER_SOURCE] = dial_from("127.0.0.2");
	turn();
	check(!is_closed(fds[LIMIT_CONNECTIONS_PER_SOURCE]));
	hand_on_and_drop();
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		check_eq(close(fds[i]), 0);
	check_eq(close(other), 0);
}

TEST(metrics_need_no_first_byte)
{
	int fd = dial_from("127.0.0.1");
	struct arrival a;

	turn();
	check(listener_poll(bench.listener, &a));
	check_eq(a.door, LISTENER_METRICS);
	(void)sources_leave(&bench.sources, a.source);
	check_eq(close(a.fd), 0);
	check_eq(close(fd), 0);
}

/* With no descriptor left, each arrival is closed, so that nothing stays readable and the loop can sleep. */
TEST(running_out_of_descriptors_does_not_spin)
{
	struct rlimit before, less;
	int clients[20], taken[64], n = 0, rounds = 0;

	for (size_t i = 0; i < ARRAY_SIZE(clients); i++)
		clients[i] = dial_from("127.0.0.1");
	check_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	less = before;
	less.rlim_cur = 64;
	check_eq(setrlimit(RLIMIT_NOFILE, &less), 0);
	while (n < (int)ARRAY_SIZE(taken) && (taken[n] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
		n++;
	check_eq(errno, EMFILE);
	while (loop_run_once(bench.loop, 0) > 0)
		rounds++;
	check_le(rounds, (int)ARRAY_SIZE(clients));
	for (size_t i = 0; i < ARRAY_SIZE(clients); i++)
		check(is_closed(clients[i]));
	check_eq(listener_count(bench.listener).starved, ARRAY_SIZE(clients));
	while (n)
		check_eq(close(taken[--n]), 0);
	check_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	check_eq(close(clients[0]), 0);
	clients[0] = dial_from("127.0.0.1");
	say(clients[0], 0x16);
	turn();
	check(!is_closed(clients[0]));		/* and it recovers */
	hand_on_and_drop();
	for (size_t i = 0; i < ARRAY_SIZE(clients); i++)
		check_eq(close(clients[i]), 0);
}

TEST(ipv6_neighbours_are_one_source)
{
	struct address a, b, c;
	struct source *one, *two, *three;

	check(address_parse_ip(&a, "2001:db8:1:2::1"));
	check(address_parse_ip(&b, "2001:db8:1:2:ffff::9"));
	check(address_parse_ip(&c, "2001:db8:1:3::1"));
	one = sources_enter(&bench.sources, &a);
	two = sources_enter(&bench.sources, &b);
	three = sources_enter(&bench.sources, &c);
	check(one && one == two && three && three != one);
	check(!source_is_crowded(one));
	for (int i = 0; i < LIMIT_CONNECTIONS_PER_SOURCE - 2; i++)
		check(sources_enter(&bench.sources, &a) == one);
	check(source_is_crowded(one));
	check(!sources_enter(&bench.sources, &b));
	for (int i = 0; i < LIMIT_CONNECTIONS_PER_SOURCE; i++)
		check(!sources_leave(&bench.sources, one));
	check(!sources_leave(&bench.sources, three));
	check(!sources_leave(&bench.sources, NULL));
	check(!source_is_crowded(NULL));
}

TEST(no_memory_closes_and_forgets)
{
	int fd = dial_from("127.0.0.1");

	mem_fail_at(1, 1);
	turn();
	mem_fail_at(0, 0);
	check(is_closed(fd));
	check_eq(close(fd), 0);
	for (unsigned long n = 2; n <= 3; n++) {
		fd = dial_from("127.0.0.1");
		mem_fail_at(n, 0);
		turn();
		mem_fail_at(0, 0);
		check(is_closed(fd));
		check_eq(close(fd), 0);
	}
	check_eq(bench.sources.map.count, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(tls_is_handed_on_at_its_first_byte, setup, teardown),
	cmocka_unit_test_setup_teardown(ice_is_handed_on_with_its_worker, setup, teardown),
	cmocka_unit_test_setup_teardown(half_a_frame_waits_without_work, setup, teardown),
	cmocka_unit_test_setup_teardown(half_a_frame_and_then_nothing, setup, teardown),
	cmocka_unit_test_setup_teardown(a_frame_that_is_no_check_is_closed, setup, teardown),
	cmocka_unit_test_setup_teardown(the_administration_has_no_media, setup_admin, teardown),
	cmocka_unit_test_setup_teardown(anything_else_is_closed, setup, teardown),
	cmocka_unit_test_setup_teardown(silence_ends_after_ten_seconds, setup, teardown),
	cmocka_unit_test_setup_teardown(one_source_has_its_cap_and_no_other_suffers, setup, teardown),
	cmocka_unit_test_setup_teardown(metrics_need_no_first_byte, setup_any, teardown),
	cmocka_unit_test_setup_teardown(running_out_of_descriptors_does_not_spin, setup, teardown),
	cmocka_unit_test_setup_teardown(ipv6_neighbours_are_one_source, setup, teardown),
	cmocka_unit_test_setup_teardown(no_memory_closes_and_forgets, setup, teardown),
};

RUN_TESTS(tests)
