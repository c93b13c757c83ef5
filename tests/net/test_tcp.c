/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/net/tcp against real sockets on the loopback interface. In tests only.
 * Invariant: what is sent on loopback stands in the other socket's buffer when the call returns, so nothing waits. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "sfu/net/framing.h"
#include "sfu/net/tcp.h"
#include "tests/support/check.h"

#define START SECONDS(1000)

struct scene {
	struct tcp *tcp;
	struct pool *pool;
	int listener;
	struct sockaddr_in6 at;
};

static void scene_init(struct scene *s, size_t packets)
{
	socklen_t size = sizeof(s->at);

	*s = (struct scene){ .at = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT } };
	check_eq(tcp_new(&s->tcp), 0);
	check_eq(pool_new(&s->pool, packets), 0);
	s->listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check_ge(s->listener, 0);
	check_eq(bind(s->listener, (struct sockaddr *)&s->at, sizeof(s->at)), 0);
	check_eq(listen(s->listener, 100), 0);
	check_eq(getsockname(s->listener, (struct sockaddr *)&s->at, &size), 0);
}

/* Every packet is back. */
static void scene_done(struct scene *s, size_t packets)
{
	tcp_free(s->tcp);
	check_eq(pool_free_count(s->pool), packets);
	pool_free(s->pool);
	close(s->listener);
}

static struct tcp_numbers numbers(const struct scene *s)
{
	struct tcp_numbers n;

	tcp_count(s->tcp, &n);
	return n;
}

/* A client's end; its other one is handed over, and reached at *ret. `buffer`: of the client, 0 = the kernel's. */
static int dial(struct scene *s, int buffer, struct address *ret)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);
	struct address from;
	int client = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), fd, on = 1;

	check_eq(setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), 0);	/* each byte leaves at once */
	if (buffer)
		check_eq(setsockopt(client, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer)), 0);
	check_eq(connect(client, (struct sockaddr *)&s->at, sizeof(s->at)), 0);
	fd = accept(s->listener, (struct sockaddr *)&name, &size);
	check_ge(fd, 0);
	check(address_from_sockaddr(&from, (struct sockaddr *)&name, size));
	check_eq(tcp_add(s->tcp, START, fd, &from, ret), 0);
	check(ret->tcp && ret->scope && ret->port == from.port);
	return client;
}

static void say(int client, const void *data, size_t size)
{
	check_eq(send(client, data, size, MSG_NOSIGNAL), (ssize_t)size);
}

static size_t frame(uint8_t *at, const void *data, size_t size)
{
	framing_write_header(at, size);
	memcpy(at + FRAMING_HEADER, data, size);
	return FRAMING_HEADER + size;
}

/* The text of the next frame; "" when there is none. A turn is taken first, if `fresh`. */
static const char *hear(struct scene *s, bool fresh, struct address *from)
{
	static char text[LIMIT_DATAGRAM + 1];
	struct tcp_in in;

	if (fresh)
		check_eq(tcp_turn(s->tcp), 0);
	if (!tcp_receive(s->tcp, START, s->pool, &in))
		return "";
	memcpy(text, in.packet->data, in.packet->size);
	text[in.packet->size] = 0;
	if (from)
		*from = in.from;
	packet_unref(in.packet);
	return text;
}

static bool is_closed(int client)
{
	uint8_t byte;
	ssize_t n = recv(client, &byte, 1, MSG_DONTWAIT);

	return n == 0 || (n < 0 && errno == ECONNRESET);
}

TEST(frames_both_ways)
{
	struct scene s;
	struct address a, b, from;
	uint8_t data[100];
	int one, two;
	size_t n;

	scene_init(&s, 10);
	one = dial(&s, 0, &a);
	two = dial(&s, 0, &b);
	check(!address_equal(&a, &b));
	check_text(hear(&s, true, NULL), "");
	n = frame(data, "first", 5);
	n += frame(data + n, "", 0);		/* a sign of life */
	n += frame(data + n, "second", 6);
	say(one, data, n);
	check_text(hear(&s, true, &from), "first");
	check(address_equal(&from, &a));
	check_text(hear(&s, false, NULL), "second");
	check_text(hear(&s, false, NULL), "");
	say(two, data, frame(data, "other", 5));
	check_text(hear(&s, true, &from), "other");
	check(address_equal(&from, &b));
	tcp_send(s.tcp, &a, bytes_of_string("back"), false);
	tcp_send(s.tcp, &a, bytes_of_string("again"), true);
	check_eq(recv(one, data, sizeof(data), MSG_DONTWAIT), -1);	/* not before the flush */
	tcp_flush(s.tcp);
	check_eq(recv(one, data, sizeof(data), MSG_DONTWAIT), 13);
	assert_memory_equal(data, "\0\4back\0\5again", 13);
	check_eq(recv(two, data, sizeof(data), MSG_DONTWAIT), -1);
	check_eq(numbers(&s).in, 3);
	check_eq(numbers(&s).out, 2);
	check_eq(numbers(&s).open, 2);
	close(one);
	check_text(hear(&s, true, NULL), "");
	check_eq(numbers(&s).open, 1);		/* an end is seen at once */
	tcp_send(s.tcp, &a, bytes_of_string("late"), false);
	check_eq(numbers(&s).dropped_gone, 1);
	tcp_close(s.tcp, &b);
	check(is_closed(two));
	tcp_close(s.tcp, &b);			/* fine for one that is gone */
	close(two);
	scene_done(&s, 10);
}

/* A10 on TCP: a byte at a time costs a read each, and nothing is lost or kept. */
TEST(a_byte_at_a_time)
{
	struct scene s;
	struct address a;
	uint8_t data[100];
	size_t n;
	int client;

	scene_init(&s, 2);
	client = dial(&s, 0, &a);
	n = frame(data, "one", 3);
	n += frame(data + n, "two", 3);		/* no more than the ten segments that leave without an ACK */
	for (size_t i = 0; i < n; i++) {
		const char *expected = i == 4 ? "one" : i == n - 1 ? "two" : "";

		say(client, data + i, 1);
		check_text(hear(&s, true, NULL), expected);
	}
	close(client);
	scene_done(&s, 2);
}

/* The largest datagrams, so many that each read cuts one. */
TEST(what_is_cut_goes_on)
{
	struct scene s;
	struct address a;
	uint8_t data[20 * FRAMING_MOST], body[LIMIT_DATAGRAM];
	struct tcp_in in;
	unsigned got = 0;
	size_t n = 0;
	int client;

	scene_init(&s, 4);
	client = dial(&s, 0, &a);
	for (unsigned i = 0; i < 20; i++) {
		memset(body, (int)i, sizeof(body));
		n += frame(data + n, body, sizeof(body));
	}
	say(client, data, n);
	for (unsigned turn = 0; turn < 20 && got < 20; turn++) {
		check_eq(tcp_turn(s.tcp), 0);
		while (tcp_receive(s.tcp, START, s.pool, &in)) {
			memset(body, (int)got++, sizeof(body));
			check_bytes(bytes_make(in.packet->data, in.packet->size), body, sizeof(body));
			packet_unref(in.packet);
		}
	}
	check_eq(got, 20);
	close(client);
	scene_done(&s, 4);
}

/* A frame of 64 KiB is not waited for. */
TEST(what_is_no_frame_of_ours_ends_the_connection)
{
	struct scene s;
	struct address a;
	uint8_t header[FRAMING_HEADER];
	uint8_t data[100];
	int client;
	size_t n;

	scene_init(&s, 2);
	client = dial(&s, 0, &a);
	n = frame(data, "fine", 4);
	framing_write_header(header, UINT16_MAX);
	memcpy(data + n, header, sizeof(header));
	say(client, data, n + sizeof(header));
	check_text(hear(&s, true, NULL), "fine");	/* what came before counts */
	check_text(hear(&s, false, NULL), "");
	check(is_closed(client));
	check_eq(numbers(&s).wrong, 1);
	check_eq(numbers(&s).open, 0);
	close(client);
	scene_done(&s, 2);
}

/* Whoever does not read costs LIMIT_TCP_BACKLOG and nobody any time; sound goes on longer than pictures. */
TEST(a_slow_reader_is_bounded)
{
	static const uint8_t packet[1200];
	struct scene s;
	struct address slow, quick;
	uint64_t taken, bytes;
	uint8_t data[4000];
	int client, other;

	scene_init(&s, 2);
	client = dial(&s, 4096, &slow);
	other = dial(&s, 0, &quick);
	for (int i = 0; i < 20000 && !numbers(&s).dropped_backlog; i++) {
		tcp_send(s.tcp, &slow, bytes_make(packet, sizeof(packet)), true);
		tcp_flush(s.tcp);
	}
	check_eq(numbers(&s).dropped_backlog, 1);
	taken = numbers(&s).out;
	for (int i = 0; i < 1000; i++) {
		tcp_send(s.tcp, &slow, bytes_make(packet, sizeof(packet)), true);
		tcp_flush(s.tcp);
	}
	check_eq(numbers(&s).out, taken);		/* pictures wait no more … */
	for (int i = 0; i < 1000; i++)
		tcp_send(s.tcp, &slow, bytes_make(packet, 160), false);
	check(numbers(&s).out - taken > 50);		/* … sound, while there is room */
	check(numbers(&s).out - taken < 200);
	bytes = numbers(&s).bytes_out;
	tcp_send(s.tcp, &quick, bytes_of_string("here"), false);
	tcp_flush(s.tcp);
	check_eq(recv(other, data, sizeof(data), MSG_DONTWAIT), 6);
	check_eq(numbers(&s).bytes_out, bytes + 6);
	/* It reads: what waited comes, whole and in order. */
	taken = numbers(&s).out;
	bytes = 0;
	for (int i = 0; i < 100000 && bytes < numbers(&s).bytes_out - 6; i++) {
		ssize_t n = recv(client, data, sizeof(data), MSG_DONTWAIT);

		bytes += n > 0 ? (uint64_t)n : 0;
		check_eq(tcp_turn(s.tcp), 0);		/* it can be written again */
		tcp_flush(s.tcp);
	}
	tcp_send(s.tcp, &slow, bytes_make(packet, sizeof(packet)), true);
	check_eq(numbers(&s).out, taken + 1);
	close(client);
	close(other);
	scene_done(&s, 2);
}

TEST(a_broken_connection_is_dropped_at_the_flush)
{
	static const struct linger reset = { .l_onoff = 1 };
	struct scene s;
	struct address a;
	int client;

	scene_init(&s, 2);
	client = dial(&s, 0, &a);
	check_eq(setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), 0);
	close(client);
	tcp_send(s.tcp, &a, bytes_of_string("x"), false);
	tcp_flush(s.tcp);
	check_eq(numbers(&s).open, 0);
	scene_done(&s, 2);
}

TEST(without_packets_frames_are_lost_and_the_rest_goes_on)
{
	struct scene s;
	struct address a;
	struct packet *last;
	uint8_t data[100];
	int client;

	scene_init(&s, 1);
	client = dial(&s, 0, &a);
	last = packet_new(s.pool);
	say(client, data, frame(data, "lost", 4));
	check_text(hear(&s, true, NULL), "");
	check_eq(numbers(&s).dropped_pool, 1);
	packet_unref(last);
	say(client, data, frame(data, "next", 4));
	check_text(hear(&s, true, NULL), "next");
	close(client);
	scene_done(&s, 1);
}

TEST(who_says_nothing_for_a_minute_is_gone)
{
	struct scene s;
	struct address a, b, got;
	struct tcp_in in;
	uint8_t data[10];
	size_t at = 0;
	int one, two;

	scene_init(&s, 2);
	check_eq(tcp_deadline(s.tcp), USEC_NEVER);
	one = dial(&s, 0, &a);
	two = dial(&s, 0, &b);
	check_eq(tcp_deadline(s.tcp), START + SECONDS(1));
	/* Those of which a check must have come by now. */
	check(!tcp_next(s.tcp, START + TCP_PATIENCE - 1, &at, &got));
	at = 0;
	check(tcp_next(s.tcp, START + TCP_PATIENCE, &at, &got) && address_equal(&got, &a));
	check(tcp_next(s.tcp, START + TCP_PATIENCE, &at, &got) && address_equal(&got, &b));
	check(!tcp_next(s.tcp, START + TCP_PATIENCE, &at, &got));
	say(two, data, frame(data, "x", 1));
	check_eq(tcp_turn(s.tcp), 0);
	check(tcp_receive(s.tcp, START + SECONDS(30), s.pool, &in));
	packet_unref(in.packet);
	tcp_timeout(s.tcp, START + TCP_QUIET - 1);
	check(!is_closed(one));
	check_eq(tcp_deadline(s.tcp), START + TCP_QUIET - 1 + SECONDS(1));
	tcp_timeout(s.tcp, tcp_deadline(s.tcp));
	check(is_closed(one));
	check(!is_closed(two));
	tcp_timeout(s.tcp, START + SECONDS(30) + TCP_QUIET);
	check(is_closed(two));
	check_eq(tcp_deadline(s.tcp), USEC_NEVER);
	close(one);
	close(two);
	scene_done(&s, 2);
}

/* One is full; who leaves makes room, and nobody gets the number of another. */
TEST(connections_are_capped)
{
	struct scene s;
	struct address a, first, from = { .family = 4, .port = 1 };
	struct rlimit files;
	int fd;

	check_eq(getrlimit(RLIMIT_NOFILE, &files), 0);
	files.rlim_cur = files.rlim_max;
	check_eq(setrlimit(RLIMIT_NOFILE, &files), 0);
	if (files.rlim_max < LIMIT_TCP + 100) {
		print_message("# skipped: a process may have too few descriptors here\n");
		skip();
	}
	scene_init(&s, 1);
	for (int i = 0; i < LIMIT_TCP; i++) {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		check_eq(tcp_add(s.tcp, START, fd, &from, i ? &a : &first), 0);
	}
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check_eq(tcp_add(s.tcp, START, fd, &from, &a), -ENOSPC);
	check_eq(numbers(&s).refused, 1);
	tcp_close(s.tcp, &first);
	check_eq(tcp_add(s.tcp, START, fd, &from, &a), 0);
	check(!address_equal(&a, &first));
	scene_done(&s, 1);
}

TEST(no_memory_leaves_the_descriptor_to_the_caller)
{
	struct scene s;
	struct address a, from = { .family = 4, .port = 1 };
	struct tcp *none = NULL;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), r = -ENOMEM;

	for (unsigned long n = 1; n <= 2; n++) {
		mem_fail_at(n, 0);
		check_eq(tcp_new(&none), -ENOMEM);
		mem_fail_at(0, 0);
	}
	scene_init(&s, 1);
	for (unsigned long n = 1; r == -ENOMEM; n++) {
		check_le(n, 10);
		mem_fail_at(n, 0);
		r = tcp_add(s.tcp, START, fd, &from, &a);
		mem_fail_at(0, 0);
	}
	check_eq(r, 0);
	check_eq(numbers(&s).refused, 2);
	scene_done(&s, 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(frames_both_ways),
	cmocka_unit_test(a_byte_at_a_time),
	cmocka_unit_test(what_is_cut_goes_on),
	cmocka_unit_test(what_is_no_frame_of_ours_ends_the_connection),
	cmocka_unit_test(a_slow_reader_is_bounded),
	cmocka_unit_test(a_broken_connection_is_dropped_at_the_flush),
	cmocka_unit_test(without_packets_frames_are_lost_and_the_rest_goes_on),
	cmocka_unit_test(who_says_nothing_for_a_minute_is_gone),
	cmocka_unit_test(connections_are_capped),
	cmocka_unit_test(no_memory_leaves_the_descriptor_to_the_caller),
};

RUN_TESTS(tests)
