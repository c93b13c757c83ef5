/* SPDX-License-Identifier: EUPL-1.2 */
/* Which server is meant, and what comes of asking it. */
#include "server/ctl/place.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/limits.h"
#include "base/mem.h"
#include "server/shell/socket.h"
#include "tests/support/check.h"

static struct place place;
static char folder[64], why[PLACE_WHY_SIZE];

static int setup(void **state __attribute__((unused)))
{
	place = (struct place){ .configured = false };
	(void)snprintf(folder, sizeof(folder), "/tmp/conclave-place-XXXXXX");
	check(mkdtemp(folder));
	check_eq(chdir(folder), 0);
	check_eq(mkdir("var", 0700), 0);
	check_eq(mkdir("other", 0700), 0);
	check_eq(mkdir("other/run", 0700), 0);
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	(void)unlink("var/conclaved.conf");
	(void)unlink("other/conclaved.conf");
	(void)unlink("other/run/control.sock");
	check_eq(rmdir("var"), 0);
	check_eq(rmdir("other/run"), 0);
	check_eq(rmdir("other"), 0);
	check_eq(chdir("/"), 0);
	return rmdir(folder);
}

static void write_config(const char *path, const char *state)
{
	FILE *file = fopen(path, "we");

	check(file);
	(void)fprintf(file, "state = %s\nhost = localhost\ncertificate = c\nkey = k\nweb_root = w\n", state);
	check_eq(fclose(file), 0);
}

TEST(configuration_that_was_named_is_the_one)
{
	write_config("other/conclaved.conf", "/var/lib/elsewhere");
	write_config("var/conclaved.conf", "var");
	check(place_find(&place, "other/conclaved.conf", "var", why));
	check(place.configured);
	check_text(place.socket, "/var/lib/elsewhere/run/control.sock");
	check(!place_find(&place, "absent.conf", "var", why));
	check(strstr(why, "absent.conf"));
}

TEST(state_folder_that_was_named_is_the_one)
{
	write_config("var/conclaved.conf", "var");
	check(!place_find(&place, NULL, "other", why));
	check(strstr(why, "other"));
	write_config("other/conclaved.conf", "other");
	check(place_find(&place, NULL, "other", why));
	check_text(place.socket, "other/run/control.sock");
	check(place_find(&place, NULL, "", why));	/* as good as not set */
	check_text(place.socket, "var/run/control.sock");
}

TEST(folder_with_a_socket_alone_is_enough_to_ask)
{
	_cleanup_(socket_close) int listener = channel_listen("other/run/control.sock");

	check(listener >= 0);
	check(place_find(&place, NULL, "other", why));
	check(!place.configured);
	check_text(place.socket, "other/run/control.sock");
}

TEST(bad_configuration_is_not_passed_over)
{
	FILE *file = fopen("var/conclaved.conf", "we");

	check(file);
	(void)fputs("nonsense\n", file);
	check_eq(fclose(file), 0);
	check(!place_find(&place, NULL, NULL, why));
	check(strstr(why, "var/conclaved.conf"));
}

TEST(nobody_is_there)
{
	uint8_t buffer[16];
	struct bytes answer;
	struct place_owner owner;

	write_config("other/conclaved.conf", "other");
	check(place_find(&place, NULL, "other", why));
	check_eq(place_ask(&place, bytes_of_string("{}"), buffer, &answer), -ENOENT);
	check_eq(place_owner(&place, &owner), -ENOENT);
	place_explain(&place, -ENOENT, why);
	check(strstr(why, "does not run"));
	place_explain(&place, -EACCES, why);
	check(strstr(why, "be root"));
	place_explain(&place, -ETIMEDOUT, why);
	check(strstr(why, "10 seconds"));
	place_explain(&place, -ENOMEM, why);
	check(strstr(why, "Cannot allocate memory"));
}

/* In a process of its own: answers one request with as many bytes as asked for, or hangs up. */
static void serve(int listener, size_t answer_size)
{
	static uint8_t buffer[LIMIT_CHANNEL_MESSAGE];
	struct pollfd p = { .fd = listener, .events = POLLIN };
	struct channel c;
	struct bytes request;
	uint32_t uid;

	if (poll(&p, 1, -1) != 1)
		_exit(1);
	p.fd = channel_accept(listener, &uid);
	if (p.fd < 0 || channel_init(&c, p.fd) < 0 || poll(&p, 1, -1) != 1)
		_exit(2);
	if (channel_receive(&c, buffer, sizeof(buffer), &request) != 1 || !bytes_equal_string(request, "{\"a\":1}"))
		_exit(3);
	memset(buffer, 'x', sizeof(buffer));
	_exit(answer_size && channel_send(&c, bytes_make(buffer, answer_size)) < 0);
}

static int ask_server(size_t answer_size, struct bytes *answer)
{
	static uint8_t buffer[LIMIT_CHANNEL_MESSAGE];
	_cleanup_(socket_close) int listener = channel_listen("other/run/control.sock");
	struct place_owner owner;
	pid_t child;
	int r, status;

	check(listener >= 0);
	check(place_find(&place, NULL, "other", why));
	child = fork();
	if (child == 0)
		serve(listener, answer_size);
	check(child > 0);
	r = place_ask(&place, bytes_of_string("{\"a\":1}"), buffer, answer);
	check_eq(waitpid(child, &status, 0), child);
	check_eq(status, 0);
	check_eq(place_owner(&place, &owner), 0);
	check_eq(owner.pid, getpid());
	check_eq(owner.uid, geteuid());
	return r;
}

TEST(server_answers_or_hangs_up)
{
	struct bytes answer = { 0 };

	check_eq(ask_server(10, &answer), 0);
	check_bytes(answer, "xxxxxxxxxx", 10);
	check_eq(ask_server(LIMIT_CHANNEL_MESSAGE, &answer), 0);
	check_eq(answer.size, LIMIT_CHANNEL_MESSAGE);
	check_eq(ask_server(0, &answer), -EPIPE);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
	IN_FOLDER(configuration_that_was_named_is_the_one),
	IN_FOLDER(state_folder_that_was_named_is_the_one),
	IN_FOLDER(folder_with_a_socket_alone_is_enough_to_ask),
	IN_FOLDER(bad_configuration_is_not_passed_over),
	IN_FOLDER(nobody_is_there),
	IN_FOLDER(server_answers_or_hangs_up),
};

RUN_TESTS(tests)
