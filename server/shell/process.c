/* SPDX-License-Identifier: EUPL-1.2 */
/* clone, exec and pidfds. In the spawner and in conclaved. */
#include "server/shell/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

#define PROCESS_FDS 4
#define PROCESS_BACKLOG 16

/* Between clone() and exec(): nothing here may allocate or take a lock. */
static void process_become(const char *program, char *const arguments[], const int *fds, unsigned n)
{
	sigset_t none;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int moved[PROCESS_FDS];

	(void)setsid();
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	/* Out of the way of the numbers that they are to have. */
	for (unsigned i = 0; i < n; i++) {
		moved[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, PROCESS_FIRST_FD + PROCESS_FDS);
		if (moved[i] < 0)
			return;
	}
	for (unsigned i = 0; i < n; i++) {
		int fd = PROCESS_FIRST_FD + (int)i;
		int listening = 0;
		socklen_t size = sizeof(listening);

		if (dup2(moved[i], fd) < 0)
			return;
		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening)
			(void)listen(fd, PROCESS_BACKLOG);
	}
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		return;
	if (close_range(PROCESS_FIRST_FD + n, ~0u, 0) < 0)
		return;
	(void)execv(program, arguments);
}

int process_start(const char *program, char *const arguments[], const int *fds, unsigned n)
{
	int pidfd = -1;
	long pid;

	if (n > PROCESS_FDS)
		return -EINVAL;
	if (access(program, X_OK) < 0)
		return -errno;
	/* libc's fork() can neither name another parent nor return a pidfd. */
	pid = syscall(SYS_clone, CLONE_PARENT | CLONE_PIDFD | SIGCHLD, NULL, &pidfd, NULL, 0);
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		process_become(program, arguments, fds, n);
		_exit(127);
	}
	return pidfd;
}

int process_behind(int socket)
{
	struct ucred other;
	socklen_t size = sizeof(other);
	int fd;

	if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &other, &size) < 0)
		return -errno;
	if (other.pid <= 0 || other.pid == getpid())
		return -ESRCH;
	fd = pidfd_open(other.pid, 0);
	return fd < 0 ? -errno : fd;
}

static bool process_ends(int pidfd, int patience)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return poll(&p, 1, patience) == 1;
}

bool process_lives(int pidfd)
{
	return !process_ends(pidfd, 0);
}

bool process_ended(int pidfd, int patience)
{
	siginfo_t info;

	if (!process_ends(pidfd, patience))
		return false;
	(void)waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG);
	return true;
}

int process_signal(int pidfd, int signal)
{
	return pidfd_send_signal(pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}
