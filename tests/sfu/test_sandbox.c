/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/sandbox.c: what a worker that a stranger has taken over could do (ATTACKS D18). Needs root, as quickstart in its
 * container and the units have it. Invariant: each probe has a process of its own and is first seen to succeed outside
 * of the sandbox, so that none fails for another reason. */
#include "tests/support/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "sfu/sandbox.h"

#define ENTER_FAILED 255

/* Open before the sandbox is entered, as the worker's own socket is. */
static int inherited = -1;

static int answer(bool fine)
{
	return fine ? 0 : errno;
}

static int run_program(void)
{
	char *const arguments[] = { (char *)"true", NULL }, *const environment[] = { NULL };

	return answer(execve("/bin/true", arguments, environment) == 0);	/* comes back only when refused */
}

static int make_socket(void) { return answer(socket(AF_INET, SOCK_DGRAM, 0) >= 0); }
static int make_local_socket(void) { return answer(socket(AF_UNIX, SOCK_STREAM, 0) >= 0); }
static int open_file(void) { return answer(open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0); }
static int create_file(void) { return answer(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) >= 0); }
static int trace(void) { return answer(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0); }
static int signal_another(void) { return answer(kill(getppid(), 0) == 0); }

static int connect_inherited(void)
{
	const struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return answer(connect(inherited, (const struct sockaddr *)&at, sizeof(at)) == 0);
}

static int make_process(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return answer(child > 0);
}

static void *map_page(int protection)
{
	return mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int map_code(void)
{
	return answer(map_page(PROT_READ | PROT_EXEC) != MAP_FAILED);
}

static int turn_into_code(void)
{
	void *page = map_page(PROT_READ | PROT_WRITE);

	return answer(page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0);
}

static int use_memory(void)
{
	return answer(map_page(PROT_READ | PROT_WRITE) != MAP_FAILED);
}

static int send_datagram(void)
{
	const struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return answer(sendto(inherited, "x", 1, 0, (const struct sockaddr *)&at, sizeof(at)) == 1);
}

/* What the probe answered: 0, or an errno. */
static int run_probe(int (*probe)(void), bool inside)
{
	pid_t child = fork();
	int status;

	check(child >= 0);
	if (child == 0)
		_exit(inside && sandbox_enter() < 0 ? ENTER_FAILED : probe());
	check_eq(waitpid(child, &status, 0), child);
	check(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void need_root(void)
{
	if (geteuid() == 0)
		return;
	print_message("# skipped: only root has privileges to give up\n");
	skip();
}

TEST(D18_nothing_to_be_had_inside)
{
	static const struct { const char *name; int (*probe)(void); } probes[] = {
		{ "execve", run_program },
		{ "socket(AF_INET)", make_socket },
		{ "socket(AF_UNIX)", make_local_socket },
		{ "connect", connect_inherited },
		{ "open", open_file },
		{ "create", create_file },
		{ "ptrace", trace },
		{ "kill", signal_another },
		{ "fork", make_process },
		{ "mmap(PROT_EXEC)", map_code },
		{ "mprotect(PROT_EXEC)", turn_into_code },
	};

	need_root();
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		print_message("# %s\n", probes[i].name);
		check_eq(run_probe(probes[i].probe, false), 0);
		check_eq(run_probe(probes[i].probe, true), EPERM);
	}
}

TEST(what_a_worker_needs_is_left)
{
	need_root();
	check_eq(run_probe(use_memory, true), 0);
	check_eq(run_probe(send_datagram, true), 0);
}

/* The child's own account of itself would need system calls that it no longer has: the kernel is asked. */
static void read_status(pid_t child, char *ret, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	check(snprintf(path, sizeof(path), "/proc/%d/status", child) < (int)sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	check_ge(fd, 0);
	n = read(fd, ret, size - 1);
	check(n > 0);
	ret[n] = 0;
	check_eq(close(fd), 0);
}

TEST(D18_no_privilege_is_left)
{
	static const char *const lines[] = {
		"\nUid:\t65534\t65534\t65534\t65534\n", "\nGid:\t65534\t65534\t65534\t65534\n",
		"\nCapPrm:\t0000000000000000\n", "\nCapEff:\t0000000000000000\n",
		"\nNoNewPrivs:\t1\n", "\nSeccomp:\t2\n",
	};
	char status[8192], byte;
	int said[2], held[2];
	pid_t child;

	need_root();
	check_eq(pipe(said), 0);
	check_eq(pipe(held), 0);
	child = fork();
	check(child >= 0);
	if (child == 0) {
		(void)close(held[1]);
		if (sandbox_enter() < 0 || write(said[1], "x", 1) != 1)
			_exit(ENTER_FAILED);
		_exit((int)read(held[0], &byte, 1));	/* until the parent lets go */
	}
	check_eq(close(said[1]), 0);
	check_eq(read(said[0], &byte, 1), 1);
	read_status(child, status, sizeof(status));
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		check(strstr(status, lines[i]));
	read_status(getpid(), status, sizeof(status));
	check(!strstr(status, lines[0]));
	check_eq(close(held[1]), 0);
	check_eq(close(held[0]), 0);
	check_eq(close(said[0]), 0);
	check_eq(waitpid(child, NULL, 0), child);
}

static int open_inherited(void **state)
{
	(void)state;
	inherited = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return inherited < 0;
}

static int close_inherited(void **state)
{
	(void)state;
	return close(inherited);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(D18_nothing_to_be_had_inside, open_inherited, close_inherited),
	cmocka_unit_test_setup_teardown(what_a_worker_needs_is_left, open_inherited, close_inherited),
	cmocka_unit_test(D18_no_privilege_is_left),
};

RUN_TESTS(tests)
