/* SPDX-License-Identifier: EUPL-1.2 */
/* server/shell/notify.c, in virtual time, with the test as the service manager. In tests only. */
#include "server/shell/notify.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/check.h"

static char folder[64], path[96];
static int manager;

static int setup(void **state __attribute__((unused)))
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	(void)snprintf(folder, sizeof(folder), "/tmp/conclave-notify-XXXXXX");
	check(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/notify", folder);
	memcpy(name.sun_path, path, strlen(path));
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	check_eq(bind(manager, (const struct sockaddr *)&name, sizeof(name)), 0);
	check_eq(setenv("NOTIFY_SOCKET", path, 1), 0);
	check_eq(setenv("WATCHDOG_USEC", "10000000", 1), 0);
	check_eq(unsetenv("WATCHDOG_PID"), 0);
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	(void)close(manager);
	(void)unlink(path);
	return rmdir(folder);
}

/* "" when nothing came. */
static const char *heard(void)
{
	static char text[64];
	ssize_t n = recv(manager, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

TEST(says_that_it_lives_twice_as_often_as_it_must)
{
	struct notify n;

	check_eq(notify_open(&n), 0);
	check_text(heard(), "");
	notify_say(&n, "READY=1");
	check_text(heard(), "READY=1");
	notify_timeout(&n, SECONDS(100));
	check_text(heard(), "WATCHDOG=1");
	check_eq(notify_deadline(&n), SECONDS(105));
	notify_timeout(&n, SECONDS(105) - 1);
	check_text(heard(), "");
	notify_timeout(&n, SECONDS(105));
	check_text(heard(), "WATCHDOG=1");
	notify_done(&n);
}

TEST(no_child_takes_it_for_its_own)
{
	struct notify n;

	check_eq(notify_open(&n), 0);
	check(!getenv("NOTIFY_SOCKET") && !getenv("WATCHDOG_USEC") && !getenv("WATCHDOG_PID"));
	notify_done(&n);
	check_eq(notify_open(&n), 0);
	check_eq(n.fd, -1);
	notify_say(&n, "READY=1");
	notify_timeout(&n, SECONDS(100));
	check_eq(notify_deadline(&n), USEC_NEVER);
	check_text(heard(), "");
}

TEST(a_watchdog_for_another_process_is_not_ours)
{
	struct notify n;

	check_eq(setenv("WATCHDOG_PID", "1", 1), 0);
	check_eq(notify_open(&n), 0);
	notify_timeout(&n, SECONDS(100));
	check_text(heard(), "");
	check_eq(notify_deadline(&n), USEC_NEVER);
	notify_done(&n);
}

TEST(an_abstract_name)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "\0conclave-test" };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), pid = getpid();
	char text[32], own[32];
	struct notify n;
	int length = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, "conclave-test-%d", pid);

	check_eq(bind(fd, (const struct sockaddr *)&name, (socklen_t)(sizeof(sa_family_t) + 1 + (size_t)length)), 0);
	(void)snprintf(own, sizeof(own), "@conclave-test-%d", pid);
	check_eq(setenv("NOTIFY_SOCKET", own, 1), 0);
	check_eq(notify_open(&n), 0);
	notify_say(&n, "STOPPING=1");
	check_eq(recv(fd, text, sizeof(text), 0), strlen("STOPPING=1"));
	notify_done(&n);
	check_eq(close(fd), 0);
}

TEST(nobody_there)
{
	static const struct { const char *path; int r; } wrong[] = {
		{ "relative", -EINVAL }, { "@", -EINVAL }, { "/nonexistent/notify", -ENOENT },
	};
	struct notify n;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		check_eq(setenv("NOTIFY_SOCKET", wrong[i].path, 1), 0);
		check_eq(notify_open(&n), wrong[i].r);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(says_that_it_lives_twice_as_often_as_it_must, setup, teardown),
	cmocka_unit_test_setup_teardown(no_child_takes_it_for_its_own, setup, teardown),
	cmocka_unit_test_setup_teardown(a_watchdog_for_another_process_is_not_ours, setup, teardown),
	cmocka_unit_test_setup_teardown(an_abstract_name, setup, teardown),
	cmocka_unit_test_setup_teardown(nobody_there, setup, teardown),
};

RUN_TESTS(tests)
