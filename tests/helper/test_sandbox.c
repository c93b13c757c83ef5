/* SPDX-License-Identifier: EUPL-1.2 */
/* helper/sandbox.c: what a helper that a stranger has taken over could do (ATTACKS D18). In tests only. */
#include "helper/sandbox.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "auth/password.h"
#include "base/mem.h"
#include "helper/argon.h"
#include "tests/support/check.h"
#include "tests/support/probes.h"

#define MEGABYTES(n) ((size_t)(n) * 1024 * 1024)

/* Open before the sandbox is entered, as the helper's own socket is. */
static int inherited[2] = { -1, -1 };

static int connect_inherited(void)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	return probe_answer(connect(inherited[0], &nobody, sizeof(nobody)) == 0);
}

static void *map(size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int copy_descriptor(void) { return probe_answer(dup(inherited[0]) >= 0); }
static int use_all_memory(void) { return probe_answer(map(MEGABYTES(256)) != MAP_FAILED); }
static int use_some_memory(void) { return probe_answer(map(MEGABYTES(64)) != MAP_FAILED); }
static int send_frame(void) { return probe_answer(send(inherited[0], "x", 1, 0) == 1); }

static int hash_password(void)
{
	char stored[PASSWORD_STORED + 1];

	errno = ENOMEM;
	return probe_answer(argon_hash(bytes_of_string("vq8!Lm2x#TzR"), stored) == 0 &&
		argon_check(bytes_of_string("vq8!Lm2x#TzR"), bytes_of_string(stored)) == PASSWORD_RIGHT);
}

TEST(D18_nothing_to_be_had_inside)
{
	static const struct probe own[] = {
		{ "connect", connect_inherited, EPERM },
		{ "dup", copy_descriptor, EPERM },
		{ "256 MiB", use_all_memory, ENOMEM },
	};

	need_root("only root has privileges to give up");
	check_confined(sandbox_enter);
	check_refused(own, ARRAY_SIZE(own), sandbox_enter);
}

TEST(what_a_helper_needs_is_left)
{
	need_root("only root has privileges to give up");
	check_eq(probe_run(send_frame, sandbox_enter), 0);
	check_eq(probe_run(use_some_memory, sandbox_enter), 0);
	check_eq(probe_run(hash_password, sandbox_enter), 0);
}

TEST(D18_no_privilege_is_left)
{
	need_root("only root has privileges to give up");
	check_no_privilege(sandbox_enter);
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
	cmocka_unit_test(D18_no_privilege_is_left),
};

RUN_TESTS(tests)
