/* SPDX-License-Identifier: EUPL-1.2 */
/* server/shell/relay.c: a secret that others can read is none. In tests only. */
#include "server/shell/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/support/check.h"

static char path[64];

static int load(const char *content, size_t size, mode_t mode, struct turn *ret)
{
	struct config c = { .n_turn_urls = 1, .turn_urls = { "turn:a" } };
	int fd, r;

	(void)snprintf(path, sizeof(path), "/tmp/conclave-relay-XXXXXX");
	fd = mkstemp(path);
	check(fd >= 0);
	check_eq(write(fd, content, size), (ssize_t)size);
	check_eq(fchmod(fd, mode), 0);
	check_eq(close(fd), 0);
	memcpy(c.turn_secret_file, path, sizeof(path));
	r = relay_load(ret, &c);
	check_eq(unlink(path), 0);
	return r;
}

TEST(a_line_for_its_owner_alone_is_a_secret)
{
	struct turn t;

	check_eq(load("0123456789abcdef\n", 17, 0600, &t), 0);
	check_eq(t.n, 1);
	check_text(t.urls[0], "turn:a");
	check_eq(t.secret_size, 16);
	assert_memory_equal(t.secret, "0123456789abcdef", 16);
	check_eq(load("0123456789abcdef", 16, 0400, &t), 0);
	check_eq(t.secret_size, 16);
}

TEST(anything_else_is_refused)
{
	static const char large[TURN_SECRET_SIZE] = { [0 ... TURN_SECRET_SIZE - 1] = 'a' };
	struct config none = { .n_turn_urls = 0 }, missing = { .n_turn_urls = 1, .turn_secret_file = "/nonexistent/x" };
	struct turn t;

	check_eq(load("0123456789abcdef\n", 17, 0640, &t), -EBADMSG);
	check_eq(load("0123456789abcdef\n", 17, 0604, &t), -EBADMSG);
	check_eq(load("0123456789abcde\n", 16, 0600, &t), -EBADMSG);
	check_eq(load("0123456789\nabcdefghijk\n", 23, 0600, &t), -EBADMSG);
	check_eq(load("0123456789\0abcdefghijk\n", 23, 0600, &t), -EBADMSG);
	check_eq(load("", 0, 0600, &t), -EBADMSG);
	check_eq(load(large, sizeof(large), 0600, &t), -EBADMSG);
	check_eq(load(large, sizeof(large) - 1, 0600, &t), 0);
	check_eq(relay_load(&t, &missing), -ENOENT);
	check_eq(relay_load(&t, &none), 0);
	check_eq(t.n, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_line_for_its_owner_alone_is_a_secret),
	cmocka_unit_test(anything_else_is_refused),
};

RUN_TESTS(tests)
