/* SPDX-License-Identifier: EUPL-1.2 */
/* fetch/sandbox.c: what a conclave-fetch that a stranger has taken over could do (ATTACKS D18). In tests only. */
#include "fetch/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "fetch/names.h"
#include "tests/support/check.h"
#include "tests/support/probes.h"

/* Somebody who listens, outside. */
static int listening = -1;
static struct sockaddr_in listener = { .sin_family = AF_INET };

static int open_socket(int family, int type, int protocol)
{
	return probe_answer(socket(family, type | SOCK_CLOEXEC, protocol) >= 0);
}

static int raw(void) { return open_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP); }
static int packet(void) { return open_socket(AF_PACKET, SOCK_DGRAM, 0); }
static int local(void) { return open_socket(AF_UNIX, SOCK_STREAM, 0); }
static int netlink(void) { return open_socket(AF_NETLINK, SOCK_RAW, 0); }

static int run_program(void)
{
	char *const arguments[] = { (char *)"true", NULL }, *const environment[] = { NULL };

	return probe_answer(execve("/bin/true", arguments, environment) == 0);
}

static int make_process(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return probe_answer(child > 0);
}

static int listen_anew(void)
{
	const struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return probe_answer(bind(fd, (const struct sockaddr *)&any, sizeof(any)) == 0 && listen(fd, 1) == 0);
}

static int read_passwords(void) { return probe_answer(open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0); }
static int write_file(void) { return probe_answer(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) >= 0); }

static int map_code(void)
{
	return probe_answer(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}

static int go_out(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return probe_answer(connect(fd, (const struct sockaddr *)&listener, sizeof(listener)) == 0);
}

static int read_hosts(void) { return probe_answer(open("/etc/hosts", O_RDONLY | O_CLOEXEC) >= 0); }

static int find_name(void)
{
	char found[NAMES_TEXT];

	errno = ENOENT;
	return probe_answer(names_find("localhost", found));
}

static int enter(void)
{
	names_open();
	return sandbox_enter();
}

TEST(D18_nothing_to_be_had_inside)
{
	static const struct probe probes[] = {
		{ "raw socket", raw, EPERM }, { "packet socket", packet, EPERM }, { "local socket", local, EPERM },
		{ "netlink", netlink, EPERM }, { "program", run_program, PROBE_KILLED },
		{ "process", make_process, PROBE_KILLED }, { "listen", listen_anew, PROBE_KILLED },
		{ "file to write", write_file, EACCES }, { "code in memory", map_code, EPERM },
		{ "foreign file", read_passwords, EACCES },
	};

	need_root("only root has privileges to give up");
	check_refused(probes, ARRAY_SIZE(probes), enter);
}

TEST(what_it_needs_is_left)
{
	need_root("only root has privileges to give up");
	check_eq(probe_run(go_out, enter), 0);
	check_eq(probe_run(read_hosts, enter), 0);
	check_eq(probe_run(find_name, enter), 0);
}

TEST(D18_no_privilege_is_left)
{
	need_root("only root has privileges to give up");
	check_no_privilege(enter);
}

static int open_listener(void **state __attribute__((unused)))
{
	socklen_t size = sizeof(listener);

	listener.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return bind(listening, (const struct sockaddr *)&listener, size) | listen(listening, 8) |
		getsockname(listening, (struct sockaddr *)&listener, &size);
}

static int close_listener(void **state __attribute__((unused)))
{
	return close(listening);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(D18_nothing_to_be_had_inside),
	cmocka_unit_test_setup_teardown(what_it_needs_is_left, open_listener, close_listener),
	cmocka_unit_test(D18_no_privilege_is_left),
};

RUN_TESTS(tests)
