/* SPDX-License-Identifier: EUPL-1.2 */
/* base/channel.c over real sockets. Invariant: one process plays both sides, so nothing has to be waited for. */
#include "tests/support/check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/limits.h"
#include "base/mem.h"

static uint8_t buffer[LIMIT_CHANNEL_MESSAGE];

static void pair_init(struct channel *a, struct channel *b)
{
	int fd[2];

	check_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd), 0);
	check_eq(channel_init(a, fd[0]), 0);
	check_eq(channel_init(b, fd[1]), 0);
}

static void check_next(struct channel *c, const char *expected)
{
	struct bytes message;

	check_eq(channel_receive(c, buffer, sizeof(buffer), &message), 1);
	check_bytes(message, expected, strlen(expected));
}

TEST(one_send_is_one_receive)
{
	struct channel a, b;
	struct bytes message;

	pair_init(&a, &b);
	check_eq(channel_receive(&b, buffer, sizeof(buffer), &message), 0);
	check_eq(channel_send(&a, bytes_of_string("one")), 0);
	check_eq(channel_send(&a, bytes_of_string("two")), 0);
	check_eq(channel_send(&b, bytes_of_string("back")), 0);
	check_next(&b, "one");
	check_next(&b, "two");
	check_next(&a, "back");
	check_eq(channel_receive(&b, buffer, sizeof(buffer), &message), 0);
	channel_done(&a);
	channel_done(&b);
}

TEST(the_largest_message_passes_whole)
{
	_cleanup_(mem_freep) uint8_t *large = mem_alloc(LIMIT_CHANNEL_MESSAGE + 1);
	struct channel a, b;
	struct bytes message;

	for (size_t i = 0; i < LIMIT_CHANNEL_MESSAGE; i++)
		large[i] = (uint8_t)(i * 31 >> 3);
	pair_init(&a, &b);
	check_eq(channel_send(&a, bytes_make(large, LIMIT_CHANNEL_MESSAGE)), 0);
	check(!channel_wants_write(&a));
	check_eq(channel_receive(&b, buffer, sizeof(buffer), &message), 1);
	check_bytes(message, large, LIMIT_CHANNEL_MESSAGE);
	check_eq(channel_send(&a, bytes_make(large, LIMIT_CHANNEL_MESSAGE + 1)), -EMSGSIZE);
	check_eq(channel_send(&a, bytes_make(large, 0)), -EMSGSIZE);
	channel_done(&a);
	channel_done(&b);
}

static bool same_file(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

TEST(a_descriptor_travels_with_its_message)
{
	struct channel a, b;
	struct bytes message;
	int pipe_fds[2], fd = 7;

	pair_init(&a, &b);
	check_eq(pipe2(pipe_fds, O_CLOEXEC), 0);
	check_eq(channel_receive_with(&b, buffer, sizeof(buffer), &message, &fd), 0);
	check_eq(fd, -1);
	check_eq(channel_send_with(&a, bytes_of_string("with"), pipe_fds[1]), 0);
	check_eq(channel_send(&a, bytes_of_string("without")), 0);
	check_eq(channel_receive_with(&b, buffer, sizeof(buffer), &message, &fd), 1);
	check_bytes(message, "with", 4);
	check(fd >= 0 && fd != pipe_fds[1] && same_file(fd, pipe_fds[1]));
	check(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	check_eq(close(fd), 0);
	check_eq(channel_receive_with(&b, buffer, sizeof(buffer), &message, &fd), 1);
	check_bytes(message, "without", 7);
	check_eq(fd, -1);
	/* Who does not ask for it does not get it, and nobody keeps it: the pipe ends with our own. */
	check_eq(channel_send_with(&a, bytes_of_string("with"), pipe_fds[1]), 0);
	check_next(&b, "with");
	check_eq(channel_send_with(&a, bytes_of_string("too long"), pipe_fds[1]), 0);
	check_eq(channel_receive_with(&b, buffer, 4, &message, &fd), -EMSGSIZE);
	check_eq(fd, -1);
	check_eq(close(pipe_fds[1]), 0);
	check_eq(read(pipe_fds[0], buffer, 1), 0);
	check_eq(channel_send_with(&a, bytes_make(buffer, 0), pipe_fds[0]), -EMSGSIZE);
	channel_done(&a);
	check_eq(channel_send_with(&a, bytes_of_string("x"), pipe_fds[0]), -EPIPE);
	check_eq(channel_receive_with(&b, buffer, sizeof(buffer), &message, &fd), -EPIPE);
	check_eq(close(pipe_fds[0]), 0);
	channel_done(&b);
}

/* More than one: the rest is closed by the kernel. */
TEST(one_descriptor_is_all_that_is_taken)
{
	union { struct cmsghdr aligned; uint8_t bytes[CMSG_SPACE(2 * sizeof(int))]; } control;
	struct iovec span = { .iov_base = buffer, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &span, .msg_iovlen = 1, .msg_control = control.bytes,
			    .msg_controllen = sizeof(control.bytes) };
	struct channel a, b;
	struct bytes message;
	int pipe_fds[2], fd;

	pair_init(&a, &b);
	check_eq(pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK), 0);
	control.aligned = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
					    .cmsg_len = CMSG_LEN(2 * sizeof(int)) };
	memcpy(CMSG_DATA(&control.aligned), (int[]){ pipe_fds[0], pipe_fds[1] }, 2 * sizeof(int));
	check_eq(sendmsg(a.fd, &m, 0), 1);
	check_eq(close(pipe_fds[1]), 0);
	check_eq(channel_receive_with(&b, buffer, sizeof(buffer), &message, &fd), 1);
	check(same_file(fd, pipe_fds[0]));
	check_eq(read(pipe_fds[0], buffer, 1), 0);	/* the end: nobody has the other one */
	check_eq(close(fd), 0);
	check_eq(close(pipe_fds[0]), 0);
	channel_done(&a);
	channel_done(&b);
}

TEST(a_descriptor_never_waits)
{
	struct channel a, b;

	pair_init(&a, &b);
	while (!channel_wants_write(&a))
		check_eq(channel_send(&a, bytes_make(buffer, 1000)), 0);
	check_eq(channel_send_with(&a, bytes_of_string("x"), 0), -EAGAIN);
	check_eq(channel_send_with(&b, bytes_of_string("x"), 0), 0);
	channel_done(&a);
	channel_done(&b);
}

TEST(a_message_that_was_cut_is_dropped)
{
	struct channel a, b;
	struct bytes message = { 0 };

	pair_init(&a, &b);
	check_eq(channel_send(&a, bytes_of_string("12345")), 0);
	check_eq(channel_send(&a, bytes_of_string("next")), 0);
	check_eq(channel_receive(&b, buffer, 4, &message), -EMSGSIZE);
	check(!message.data);
	check_eq(channel_receive(&b, buffer, 4, &message), 1);
	check_bytes(message, "next", 4);
	channel_done(&a);
	channel_done(&b);
}

/* Numbered messages of 1,000 bytes until the queue refuses one; how many were taken. */
static uint32_t fill(struct channel *c)
{
	uint8_t message[1000] = { 0 };
	uint32_t n;
	int r;

	for (n = 0; ; n++) {
		memcpy(message, &n, sizeof(n));
		r = channel_send(c, bytes_make(message, sizeof(message)));
		if (r < 0)
			break;
		check(c->queued <= LIMIT_CHANNEL_QUEUE);
	}
	check_eq(r, -ENOBUFS);
	return n;
}

TEST(the_queue_is_bounded_and_keeps_its_order)
{
	struct channel a, b;
	struct bytes message;
	uint32_t sent, got = 0, number;

	pair_init(&a, &b);
	sent = fill(&a);
	check(channel_wants_write(&a));
	check(a.queued > LIMIT_CHANNEL_QUEUE - 2000);
	check(sent > LIMIT_CHANNEL_QUEUE / 2000);
	while (channel_receive(&b, buffer, sizeof(buffer), &message) == 1) {
		/* The socket has room again, but nobody overtakes the queue. */
		if (got == 0)
			check_eq(channel_send(&a, bytes_make(buffer, 1000)), -ENOBUFS);
		check_eq(message.size, 1000);
		memcpy(&number, message.data, sizeof(number));
		check_eq(number, got++);
		check_eq(channel_flush(&a), 0);
	}
	check_eq(got, sent);
	check(!channel_wants_write(&a));
	check_eq(a.queued, 0);
	check_eq(channel_send(&a, bytes_of_string("again")), 0);
	check_next(&b, "again");
	channel_done(&a);
	channel_done(&b);
}

TEST(a_full_queue_is_freed_with_its_channel)
{
	struct channel a, b;

	pair_init(&a, &b);
	fill(&a);
	channel_done(&a);
	channel_done(&a);
	channel_done(&b);
}

TEST(flushing_to_who_does_not_read_changes_nothing)
{
	struct channel a, b;
	size_t queued;

	pair_init(&a, &b);
	fill(&a);
	queued = a.queued;
	check_eq(channel_flush(&a), 0);
	check_eq(a.queued, queued);
	channel_done(&a);
	channel_done(&b);
}

TEST(no_memory_for_the_queue)
{
	struct channel a, b;
	uint32_t sent;

	pair_init(&a, &b);
	sent = fill(&a);
	while (channel_wants_write(&a)) {
		struct bytes message;

		check_eq(channel_receive(&b, buffer, sizeof(buffer), &message), 1);
		check_eq(channel_flush(&a), 0);
	}
	/* The socket is full, the queue empty. */
	mem_fail_at(1, 1);
	check_eq(channel_send(&a, bytes_make(buffer, 1000)), -ENOMEM);
	mem_fail_at(0, 0);
	check(sent > 0 && !channel_wants_write(&a));
	check_eq(a.queued, 0);
	channel_done(&a);
	channel_done(&b);
}

TEST(the_end_is_told_after_what_was_sent)
{
	struct channel a, b;
	struct bytes message;

	pair_init(&a, &b);
	check_eq(channel_send(&a, bytes_of_string("last")), 0);
	channel_done(&a);
	check_next(&b, "last");
	check_eq(channel_receive(&b, buffer, sizeof(buffer), &message), -EPIPE);
	check_eq(channel_send(&b, bytes_of_string("x")), -EPIPE);
	channel_done(&b);
	check_eq(channel_send(&b, bytes_of_string("x")), -EPIPE);
	check_eq(channel_receive(&b, buffer, sizeof(buffer), &message), -EPIPE);
}

TEST(the_end_with_a_queue)
{
	struct channel a, b;

	pair_init(&a, &b);
	fill(&a);
	channel_done(&b);
	check_eq(channel_flush(&a), -EPIPE);
	channel_done(&a);
}

TEST(a_descriptor_that_came_along_is_closed)
{
	union { struct cmsghdr header; char room[CMSG_SPACE(sizeof(int))]; } control = { .header = {
		.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	struct iovec part = { .iov_base = (char[]){ "x" }, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct channel a, b;
	int gift[2];
	char byte;

	pair_init(&a, &b);
	check_eq(pipe2(gift, O_NONBLOCK), 0);
	memcpy(CMSG_DATA(&control.header), &gift[1], sizeof(int));
	check_eq(sendmsg(a.fd, &message, 0), 1);
	close(gift[1]);
	/* While it is under way somebody could still write … */
	check_eq(read(gift[0], &byte, 1), -1);
	check_eq(errno, EAGAIN);
	check_next(&b, "x");
	/* … and now nobody can: end of file. */
	check_eq(read(gift[0], &byte, 1), 0);
	close(gift[0]);
	channel_done(&a);
	channel_done(&b);
}

TEST(init_refuses_what_is_no_socket)
{
	struct channel c = { 0 };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	check_eq(channel_init(&c, -1), -EBADF);
	check_eq(channel_init(&c, null), -ENOTSOCK);
	channel_done(&c);		/* zeroed and never initialised: closes nothing */
	check_eq(close(null), 0);
}

static void temporary_path(char path[static 64], const char *name)
{
	static char folder[32];

	if (!folder[0]) {
		(void)snprintf(folder, sizeof(folder), "/tmp/conclave-XXXXXX");
		check(mkdtemp(folder));
	}
	(void)snprintf(path, 64, "%s%s", folder, name);
}

TEST(a_socket_with_a_name)
{
	struct channel here, there;
	char path[64], folder[64];
	uint32_t uid = UINT32_MAX;
	struct stat st;
	int listener, fd;
	mode_t before = umask(0);

	temporary_path(folder, "");
	temporary_path(path, "/socket");
	check_eq(channel_connect(path), -ENOENT);
	close(channel_listen(path));		/* leaves an old one behind */
	check_eq(channel_connect(path), -ECONNREFUSED);
	listener = channel_listen(path);
	umask(before);
	check(listener >= 0);
	check_eq(stat(path, &st), 0);
	check_eq(st.st_mode & 0777, 0600);
	check_eq(channel_accept(listener, &uid), -EAGAIN);
	fd = channel_connect(path);
	check(fd >= 0);
	check_eq(channel_init(&here, fd), 0);
	fd = channel_accept(listener, &uid);
	check(fd >= 0);
	check_eq(uid, getuid());
	check_eq(channel_init(&there, fd), 0);
	check_eq(channel_send(&here, bytes_of_string("hello")), 0);
	check_next(&there, "hello");
	channel_done(&here);
	channel_done(&there);
	close(listener);
	check_eq(unlink(path), 0);
	check_eq(rmdir(folder), 0);
}

TEST(names_that_cannot_be)
{
	char path[200], file[64];
	int fd;

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	check_eq(channel_listen(path), -ENAMETOOLONG);
	check_eq(channel_connect(path), -ENAMETOOLONG);
	check_eq(channel_listen(""), -EINVAL);
	check_eq(channel_connect(""), -EINVAL);
	/* A file that is no socket is somebody's, and stays. */
	(void)snprintf(file, sizeof(file), "/tmp/conclave-file-XXXXXX");
	fd = mkstemp(file);
	check(fd >= 0);
	check_eq(channel_listen(file), -EADDRINUSE);
	check_eq(access(file, F_OK), 0);
	check_eq(unlink(file), 0);
	close(fd);
}

TEST(descriptors_as_arguments)
{
	static const char *const wrong[] = { "", "2", "-3", "1025", "3x", "x", "99999999999999999999" };
	int fd = -1;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		check(!channel_parse_fd(wrong[i], &fd));
	check_eq(fd, -1);
	check(channel_parse_fd("3", &fd));
	check_eq(fd, 3);
	check(channel_parse_fd("1024", &fd));
	check_eq(fd, 1024);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(descriptors_as_arguments),
	cmocka_unit_test(one_send_is_one_receive),
	cmocka_unit_test(the_largest_message_passes_whole),
	cmocka_unit_test(a_descriptor_travels_with_its_message),
	cmocka_unit_test(one_descriptor_is_all_that_is_taken),
	cmocka_unit_test(a_descriptor_never_waits),
	cmocka_unit_test(a_message_that_was_cut_is_dropped),
	cmocka_unit_test(the_queue_is_bounded_and_keeps_its_order),
	cmocka_unit_test(a_full_queue_is_freed_with_its_channel),
	cmocka_unit_test(flushing_to_who_does_not_read_changes_nothing),
	cmocka_unit_test(no_memory_for_the_queue),
	cmocka_unit_test(the_end_is_told_after_what_was_sent),
	cmocka_unit_test(the_end_with_a_queue),
	cmocka_unit_test(a_descriptor_that_came_along_is_closed),
	cmocka_unit_test(init_refuses_what_is_no_socket),
	cmocka_unit_test(a_socket_with_a_name),
	cmocka_unit_test(names_that_cannot_be),
};

RUN_TESTS(tests)
