/* SPDX-License-Identifier: EUPL-1.2 */
/* What a process that a stranger has taken over could try. In tests only. */
#include "tests/support/probes.h"

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
#include "tests/support/check.h"

#define ENTER_FAILED 255
#define PAGE 4096

int probe_answer(bool fine)
{
	return fine ? 0 : errno;
}

static int run_program(void)
{
	char *const arguments[] = { (char *)"true", NULL }, *const environment[] = { NULL };

	return probe_answer(execve("/bin/true", arguments, environment) == 0);	/* comes back only when refused */
}

static int make_process(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return probe_answer(child > 0);
}

static void *map_page(int protection)
{
	return mmap(NULL, PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int turn_into_code(void)
{
	void *page = map_page(PROT_READ | PROT_WRITE);

	return probe_answer(page != MAP_FAILED && mprotect(page, PAGE, PROT_READ | PROT_EXEC) == 0);
}

static int make_socket(void) { return probe_answer(socket(AF_INET, SOCK_DGRAM, 0) >= 0); }
static int make_local_socket(void) { return probe_answer(socket(AF_UNIX, SOCK_STREAM, 0) >= 0); }
static int open_file(void) { return probe_answer(open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0); }
static int create_file(void) { return probe_answer(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) >= 0); }
static int trace(void) { return probe_answer(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0); }
static int signal_another(void) { return probe_answer(kill(getppid(), 0) == 0); }
static int map_code(void) { return probe_answer(map_page(PROT_READ | PROT_EXEC) != MAP_FAILED); }

static const struct probe common[] = {
	{ "execve", run_program, EPERM },
	{ "fork", make_process, EPERM },
	{ "socket(AF_INET)", make_socket, EPERM },
	{ "socket(AF_UNIX)", make_local_socket, EPERM },
	{ "open", open_file, EPERM },
	{ "create", create_file, EPERM },
	{ "ptrace", trace, EPERM },
	{ "kill", signal_another, EPERM },
	{ "mmap(PROT_EXEC)", map_code, EPERM },
	{ "mprotect(PROT_EXEC)", turn_into_code, EPERM },
};

int probe_run(probe_callback run, probe_enter_callback enter)
{
	pid_t child = fork();
	int status;

	check(child >= 0);
	if (child == 0)
		_exit(enter && enter() < 0 ? ENTER_FAILED : run());
	check_eq(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status))
		check_eq(WTERMSIG(status), SIGSYS);
	return WIFSIGNALED(status) ? PROBE_KILLED : WEXITSTATUS(status);
}

void check_refused(const struct probe *probes, size_t n, probe_enter_callback enter)
{
	for (size_t i = 0; i < n; i++) {
		print_message("# %s\n", probes[i].name);
		check_eq(probe_run(probes[i].run, NULL), 0);
		check_eq(probe_run(probes[i].run, enter), probes[i].refusal);
	}
}

void check_confined(probe_enter_callback enter)
{
	check_refused(common, ARRAY_SIZE(common), enter);
}

void probe_read(pid_t child, const char *name, char *ret, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	check(snprintf(path, sizeof(path), "/proc/%d/%s", child, name) < (int)sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	check_ge(fd, 0);
	n = read(fd, ret, size - 1);
	check(n > 0);
	ret[n] = 0;
	check_eq(close(fd), 0);
}

pid_t probe_hold(probe_enter_callback enter, int held[static 2])
{
	int said[2];
	char byte;
	pid_t child;

	check_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, held), 0);
	check_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, said), 0);
	child = fork();
	check(child >= 0);
	if (child == 0) {
		(void)close(held[1]);
		if (enter() < 0 || send(said[1], "x", 1, 0) != 1)
			_exit(ENTER_FAILED);
		_exit((int)recv(held[0], &byte, 1, 0));
	}
	check_eq(close(said[1]), 0);
	check_eq(recv(said[0], &byte, 1, 0), 1);
	check_eq(close(said[0]), 0);
	return child;
}

void probe_release(pid_t child, int held[static 2])
{
	check_eq(close(held[1]), 0);
	check_eq(close(held[0]), 0);
	check_eq(waitpid(child, NULL, 0), child);
}

void check_status(probe_enter_callback enter, const char *const *lines, size_t n)
{
	char inside[8192], outside[8192];
	unsigned told = 0;
	int held[2];
	pid_t child = probe_hold(enter, held);

	probe_read(child, "status", inside, sizeof(inside));
	probe_read(getpid(), "status", outside, sizeof(outside));
	for (size_t i = 0; i < n; i++) {
		check(strstr(inside, lines[i]));
		told += !strstr(outside, lines[i]);
	}
	check_ge(told, n / 2);		/* they would tell an open process from a closed one */
	probe_release(child, held);
}

void check_no_privilege(probe_enter_callback enter)
{
	static const char *const lines[] = {
		"\nUid:\t65534\t65534\t65534\t65534\n", "\nGid:\t65534\t65534\t65534\t65534\n",
		"\nCapPrm:\t0000000000000000\n", "\nCapEff:\t0000000000000000\n",
		"\nNoNewPrivs:\t1\n", "\nSeccomp:\t2\n",
	};

	check_status(enter, lines, ARRAY_SIZE(lines));
}
