/* SPDX-License-Identifier: EUPL-1.2 */
/* helper/sandbox.c: what a helper that a stranger has taken over could do (ATTACKS D18). Needs root, as quickstart in
 * its container and the units have it. Invariant: each probe has a process of its own and is first seen to succeed
 * outside of the sandbox, so that none fails for another reason. */
#include "tests/support/check.h"

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
#include "helper/argon.h"
#include "helper/sandbox.h"

#define ENTER_FAILED 255
#define MEGABYTES(n) ((size_t)(n) * 1024 * 1024)

/* Open before the sandbox is entered, as the helper's own socket is. */
static int inherited[2] = { -1, -1 };

static int answer(bool fine)
{
	return fine ? 0 : errno;
}

static int run_program(void)
{
	char *const arguments[] = { (char *)"true", NULL }, *const environment[] = { NULL };

	return answer(execve("/bin/true", arguments, environment) == 0);	/* comes back only when refused */
}

static int make_process(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return answer(child > 0);
}

static void *map(size_t size, int protection)
{
	return mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int turn_into_code(void)
{
	void *page = map(4096, PROT_READ | PROT_WRITE);

	return answer(page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0);
}

static int connect_inherited(void)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	return answer(connect(inherited[0], &nobody, sizeof(nobody)) == 0);
}

static int make_socket(void) { return answer(socket(AF_INET, SOCK_DGRAM, 0) >= 0); }
static int make_local_socket(void) { return answer(socket(AF_UNIX, SOCK_STREAM, 0) >= 0); }
static int open_file(void) { return answer(open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0); }
static int create_file(void) { return answer(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) >= 0); }
static int copy_descriptor(void) { return answer(dup(inherited[0]) >= 0); }
static int trace(void) { return answer(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0); }
static int signal_another(void) { return answer(kill(getppid(), 0) == 0); }
static int map_code(void) { return answer(map(4096, PROT_READ | PROT_EXEC) != MAP_FAILED); }
static int use_all_memory(void) { return answer(map(MEGABYTES(256), PROT_READ | PROT_WRITE) != MAP_FAILED); }
static int use_some_memory(void) { return answer(map(MEGABYTES(64), PROT_READ | PROT_WRITE) != MAP_FAILED); }
static int send_frame(void) { return answer(send(inherited[0], "x", 1, 0) == 1); }

static int hash_password(void)
{
	char stored[PASSWORD_STORED + 1];

	errno = ENOMEM;
	return answer(argon_hash(bytes_of_string("vq8!Lm2x#TzR"), stored) == 0 &&
		argon_check(bytes_of_string("vq8!Lm2x#TzR"), bytes_of_string(stored)) == PASSWORD_RIGHT);
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
	static const struct { const char *name; int (*probe)(void); int refusal; } probes[] = {
		{ "execve", run_program, EPERM },
		{ "fork", make_process, EPERM },
		{ "socket(AF_INET)", make_socket, EPERM },
		{ "socket(AF_UNIX)", make_local_socket, EPERM },
		{ "connect", connect_inherited, EPERM },
		{ "open", open_file, EPERM },
		{ "create", create_file, EPERM },
		{ "dup", copy_descriptor, EPERM },
		{ "ptrace", trace, EPERM },
		{ "kill", signal_another, EPERM },
		{ "mmap(PROT_EXEC)", map_code, EPERM },
		{ "mprotect(PROT_EXEC)", turn_into_code, EPERM },
		{ "256 MiB", use_all_memory, ENOMEM },
	};

	need_root();
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		print_message("# %s\n", probes[i].name);
		check_eq(run_probe(probes[i].probe, false), 0);
		check_eq(run_probe(probes[i].probe, true), probes[i].refusal);
	}
}

TEST(what_a_helper_needs_is_left)
{
	need_root();
	check_eq(run_probe(send_frame, true), 0);
	check_eq(run_probe(use_some_memory, true), 0);
	check_eq(run_probe(hash_password, true), 0);
}

static int open_inherited(void **state __attribute__((unused)))
{
	return socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, inherited);
}

static int close_inherited(void **state __attribute__((unused)))
{
	return close(inherited[0]) | close(inherited[1]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(D18_nothing_to_be_had_inside, open_inherited, close_inherited),
	cmocka_unit_test_setup_teardown(what_a_helper_needs_is_left, open_inherited, close_inherited),
};

RUN_TESTS(tests)
