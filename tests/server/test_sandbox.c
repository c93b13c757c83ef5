/* SPDX-License-Identifier: EUPL-1.2 */
/* server/shell/sandbox.c: what a conclaved that a stranger has taken over could do (ATTACKS D18). In tests only. */
#include "server/shell/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/probes.h"

#define PAGE 4096

static struct config config;		/* with a state folder in it */
static char elsewhere[64];		/* a folder of somebody else's, with a file "secret" */
/* Open before the sandbox is entered, as conclaved's own are. */
static int inherited[3], listening, pair[2];	/* each of three for one probe, which changes it */
static struct sockaddr_in listener;

static int enter(void)
{
	return sandbox_enter(&config);
}

static int open_in(const char *folder, const char *name, int flags)
{
	char path[CONFIG_PATH_SIZE + 32];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return open(path, flags | O_CLOEXEC, 0600);
}

static int run_program(void)
{
	char *const arguments[] = { (char *)"true", NULL }, *const environment[] = { NULL };

	return probe_answer(execve("/bin/true", arguments, environment) == 0);	/* comes back only when refused */
}

static int run_program_at(void)
{
	char *const arguments[] = { (char *)"true", NULL }, *const environment[] = { NULL };

	return probe_answer(syscall(SYS_execveat, AT_FDCWD, "/bin/true", arguments, environment, 0) == 0);
}

static int make_process(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return probe_answer(child > 0);
}

static int make_process_by_hand(void)
{
	pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);

	if (child == 0)
		_exit(0);
	return probe_answer(child > 0);
}

static int trace(void) { return probe_answer(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0); }

static int read_memory(void)
{
	uint8_t byte = 7, got = 0;
	struct iovec here = { &got, 1 }, there = { &byte, 1 };

	return probe_answer(process_vm_readv(getpid(), &here, 1, &there, 1, 0) == 1);
}

static int open_foreign(void) { return probe_answer(open_in(elsewhere, "secret", O_RDONLY) >= 0); }
static int write_foreign(void) { return probe_answer(open_in(elsewhere, "secret", O_WRONLY) >= 0); }
static int create_foreign(void) { return probe_answer(open_in(elsewhere, "new", O_WRONLY | O_CREAT) >= 0); }
static int open_passwords(void) { return probe_answer(open("/etc/passwd", O_RDONLY) >= 0); }
static int look_around(void) { return probe_answer(open("/", O_RDONLY | O_DIRECTORY) >= 0); }
static int open_own_memory(void) { return probe_answer(open("/proc/self/mem", O_RDWR) >= 0); }

/* Through a link in our own folder. */
static int open_by_link(void) { return probe_answer(open_in(config.state, "link", O_RDONLY) >= 0); }
static int leave_by_dots(void) { return probe_answer(open_in(config.state, "../../etc/passwd", O_RDONLY) >= 0); }

static int make_device(void)
{
	char path[CONFIG_PATH_SIZE + 32];

	(void)snprintf(path, sizeof(path), "%s/device", config.state);
	return probe_answer(mknod(path, S_IFCHR | 0600, 1 << 8 | 1) == 0 && unlink(path) == 0);
}

static int change_root(void) { return probe_answer(chroot(elsewhere) == 0); }
static int change_user(void) { return probe_answer(setresuid(65534, 65534, 65534) == 0); }
static int make_socket(void) { return probe_answer(socket(AF_INET, SOCK_STREAM, 0) >= 0); }
static int make_socket6(void) { return probe_answer(socket(AF_INET6, SOCK_DGRAM, 0) >= 0); }
static int make_local_socket(void) { return probe_answer(socket(AF_UNIX, SOCK_STREAM, 0) >= 0); }
static int make_kernel_socket(void) { return probe_answer(socket(AF_NETLINK, SOCK_RAW, 0) >= 0); }

static int connect_inherited(void)
{
	return probe_answer(connect(inherited[0], (const struct sockaddr *)&listener, sizeof(listener)) == 0);
}

static int connect_by_sending(void)
{
	const struct sockaddr *to = (const struct sockaddr *)&listener;

	return probe_answer(sendto(inherited[1], "x", 1, MSG_FASTOPEN, to, sizeof(listener)) == 1);
}

static int listen_anew(void) { return probe_answer(listen(inherited[2], 1) == 0); }
static int signal_another(void) { return probe_answer(kill(getppid(), 0) == 0); }

static int do_nothing(void *user __attribute__((unused))) { return 0; }

static int make_thread(void)
{
	static char stack[64 * 1024] __attribute__((aligned(16)));
	const int flags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FS;

	return probe_answer(clone(do_nothing, stack + sizeof(stack), flags, NULL) > 0);
}

static void *map_page(int protection)
{
	return mmap(NULL, PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int map_code(void) { return probe_answer(map_page(PROT_READ | PROT_EXEC) != MAP_FAILED); }

static int turn_into_code(void)
{
	void *page = map_page(PROT_READ | PROT_WRITE);

	return probe_answer(page != MAP_FAILED && mprotect(page, PAGE, PROT_READ | PROT_EXEC) == 0);
}

static int allow_dumps(void) { return probe_answer(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0); }

static const struct probe refused[] = {
	{ "execve", run_program, PROBE_KILLED },
	{ "execveat", run_program_at, PROBE_KILLED },
	{ "fork", make_process, PROBE_KILLED },
	{ "clone", make_process_by_hand, PROBE_KILLED },
	{ "ptrace", trace, PROBE_KILLED },
	{ "process_vm_readv", read_memory, PROBE_KILLED },
	{ "open", open_foreign, EACCES },
	{ "open to write", write_foreign, EACCES },
	{ "create", create_foreign, EACCES },
	{ "open /etc/passwd", open_passwords, EACCES },
	{ "open /", look_around, EACCES },
	{ "open /proc/self/mem", open_own_memory, EACCES },
	{ "open by a link", open_by_link, EACCES },
	{ "open by ..", leave_by_dots, EACCES },
	{ "mknod", make_device, EPERM },
	{ "chroot", change_root, EPERM },
	{ "setresuid", change_user, EPERM },
	{ "socket(AF_INET)", make_socket, EPERM },
	{ "socket(AF_INET6)", make_socket6, EPERM },
	{ "socket(AF_UNIX)", make_local_socket, EPERM },
	{ "socket(AF_NETLINK)", make_kernel_socket, EPERM },
	{ "connect", connect_inherited, EPERM },
	{ "sendto(MSG_FASTOPEN)", connect_by_sending, EPERM },
	{ "listen", listen_anew, EPERM },
	{ "kill", signal_another, EPERM },
	{ "thread", make_thread, EPERM },
	{ "mmap(PROT_EXEC)", map_code, EPERM },
	{ "mprotect(PROT_EXEC)", turn_into_code, EPERM },
	{ "prctl(PR_SET_DUMPABLE)", allow_dumps, EPERM },
};

TEST(D18_nothing_to_be_had_inside)
{
	need_root("only root has privileges to give up");
	check_refused(refused, ARRAY_SIZE(refused), enter);
}

static int keep_a_file(void)
{
	char from[CONFIG_PATH_SIZE + 32], to[CONFIG_PATH_SIZE + 32];
	int fd = open_in(config.state, "draft", O_RDWR | O_CREAT | O_TRUNC);

	(void)snprintf(from, sizeof(from), "%s/draft", config.state);
	(void)snprintf(to, sizeof(to), "%s/kept", config.state);
	return probe_answer(fd >= 0 && write(fd, "x", 1) == 1 && fsync(fd) == 0 && ftruncate(fd, 0) == 0 &&
		rename(from, to) == 0 && unlink(to) == 0 && open(config.state, O_RDONLY | O_DIRECTORY) >= 0);
}

static int use_memory(void) { return probe_answer(map_page(PROT_READ | PROT_WRITE) != MAP_FAILED); }
static int open_nothing(void) { return probe_answer(open("/dev/null", O_RDONLY) >= 0); }

/* A descriptor goes to a media worker this way. */
static int pass_descriptor(void)
{
	union { struct cmsghdr align; char space[CMSG_SPACE(sizeof(int))]; } control;
	struct iovec part = { (char *)"x", 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control) };

	control.align = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.align), &listening, sizeof(int));
	return probe_answer(sendmsg(pair[0], &message, MSG_NOSIGNAL) == 1);
}

/* Somebody who came before the sandbox was closed: the network that the listening socket stands in is still reached. */
static int accept_one(void)
{
	return probe_answer(accept4(listening, NULL, NULL, SOCK_CLOEXEC) >= 0);
}

TEST(what_conclaved_needs_is_left)
{
	static const probe_callback needed[] = { keep_a_file, use_memory, open_nothing, pass_descriptor, accept_one };
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	need_root("only root has privileges to give up");
	check_eq(connect(client, (const struct sockaddr *)&listener, sizeof(listener)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		check_eq(probe_run(needed[i], enter), 0);
	check_eq(close(client), 0);
}

/* The state folder of another user's, as when somebody else than root made it. */
TEST(a_folder_of_another_user_can_be_used)
{
	need_root("only root can be somebody else");
	check_eq(chown(config.state, 65534, 65534), 0);
	check_eq(probe_run(keep_a_file, enter), 0);
	check_eq(chown(config.state, 0, 0), 0);
}

TEST(D18_no_privilege_is_left)
{
	/* Of all capabilities the one to open its own folder, CAP_DAC_OVERRIDE. */
	static const char *const lines[] = {
		"\nCapInh:\t0000000000000000\n", "\nCapPrm:\t0000000000000002\n", "\nCapEff:\t0000000000000002\n",
		"\nCapBnd:\t0000000000000002\n", "\nCapAmb:\t0000000000000000\n", "\nNoNewPrivs:\t1\n",
		"\nSeccomp:\t2\n",
	};

	need_root("only root has privileges to give up");
	check_status(enter, lines, ARRAY_SIZE(lines));
}

static int do_without(void)
{
	return 0;
}

/* A process of the same user's, as every service has that is not root; and the parent, whom Yama lets do most. */
static int read_as_same_user(probe_enter_callback close_sandbox)
{
	int held[2], fd, r;
	char path[64];
	pid_t child;

	check_eq(setresuid(65534, 65534, 65534), 0);
	check_eq(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), 0);	/* as after a start by that user */
	child = probe_hold(close_sandbox, held);
	(void)snprintf(path, sizeof(path), "/proc/%d/mem", child);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	r = probe_answer(fd >= 0);
	probe_release(child, held);
	return r;
}

static int read_open_one(void) { return read_as_same_user(do_without); }
static int read_confined_one(void) { return read_as_same_user(enter); }

TEST(F08_secrets_in_memory_are_not_read_by_the_same_user)
{
	need_root("only root can be somebody else");
	check_eq(probe_run(read_open_one, NULL), 0);
	check_eq(probe_run(read_confined_one, NULL), EACCES);
}

/* An assertion of ours still ends us, and leaves nothing behind. */
static int raise_limit_and_enter(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	check_eq(setrlimit(RLIMIT_CORE, &all), 0);
	return enter();
}

TEST(F08_no_dump_of_memory)
{
	char limits[8192];
	int held[2], status;
	pid_t child;

	need_root("only root may raise a limit");
	child = probe_hold(raise_limit_and_enter, held);
	probe_read(child, "limits", limits, sizeof(limits));
	check(strstr(limits, "Max core file size        0                    0 "));
	probe_release(child, held);
	child = fork();
	check(child >= 0);
	if (child == 0) {
		if (raise_limit_and_enter() == 0)
			abort();
		_exit(1);
	}
	check_eq(waitpid(child, &status, 0), child);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && !WCOREDUMP(status));
}

static void make_file(const char *folder, const char *name)
{
	int fd = open_in(folder, name, O_WRONLY | O_CREAT);

	check_ge(fd, 0);
	check_eq(close(fd), 0);
}

static void remove_in(const char *folder, const char *name)
{
	char path[CONFIG_PATH_SIZE + 32];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	(void)unlink(path);
}

static int setup(void **state __attribute__((unused)))
{
	char link[CONFIG_PATH_SIZE + 32], target[96];
	socklen_t size = sizeof(listener);

	(void)snprintf(config.state, sizeof(config.state), "/tmp/conclave-state-XXXXXX");
	(void)snprintf(elsewhere, sizeof(elsewhere), "/tmp/conclave-else-XXXXXX");
	check(mkdtemp(config.state) && mkdtemp(elsewhere));
	make_file(elsewhere, "secret");
	(void)snprintf(target, sizeof(target), "%s/secret", elsewhere);
	(void)snprintf(link, sizeof(link), "%s/link", config.state);
	check_eq(symlink(target, link), 0);
	check_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	for (size_t i = 0; i < ARRAY_SIZE(inherited); i++) {
		inherited[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		check_ge(inherited[i], 0);
	}
	listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	listener = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	check_eq(bind(listening, (const struct sockaddr *)&listener, sizeof(listener)), 0);
	check_eq(listen(listening, 64), 0);
	check_eq(getsockname(listening, (struct sockaddr *)&listener, &size), 0);
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	remove_in(elsewhere, "secret");
	remove_in(elsewhere, "new");
	remove_in(config.state, "link");
	(void)close(pair[0]);
	(void)close(pair[1]);
	for (size_t i = 0; i < ARRAY_SIZE(inherited); i++)
		(void)close(inherited[i]);
	(void)close(listening);
	return rmdir(elsewhere) | rmdir(config.state);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(D18_nothing_to_be_had_inside, setup, teardown),
	cmocka_unit_test_setup_teardown(what_conclaved_needs_is_left, setup, teardown),
	cmocka_unit_test_setup_teardown(a_folder_of_another_user_can_be_used, setup, teardown),
	cmocka_unit_test_setup_teardown(D18_no_privilege_is_left, setup, teardown),
	cmocka_unit_test_setup_teardown(F08_secrets_in_memory_are_not_read_by_the_same_user, setup, teardown),
	cmocka_unit_test_setup_teardown(F08_no_dump_of_memory, setup, teardown),
};

RUN_TESTS(tests)
