/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/sandbox.c: what a worker that a stranger has taken over could do (ATTACKS D18). In tests only. */
#include "sfu/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/probes.h"

/* Open before the sandbox is entered, as the worker's own socket is. */
static int inherited = -1;

/* Nobody listens there, and nobody needs to. */
static const struct sockaddr_in somewhere = { .sin_family = AF_INET, .sin_port = 9 };

static int connect_inherited(void)
{
	return probe_answer(connect(inherited, (const struct sockaddr *)&somewhere, sizeof(somewhere)) == 0);
}

static int use_memory(void)
{
	return probe_answer(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}

static int send_datagram(void)
{
	const struct sockaddr *to = (const struct sockaddr *)&somewhere;

	return probe_answer(sendto(inherited, "x", 1, 0, to, sizeof(somewhere)) == 1);
}

TEST(D18_nothing_to_be_had_inside)
{
	static const struct probe own[] = { { "connect", connect_inherited, EPERM } };

	need_root("only root has privileges to give up");
	check_confined(sandbox_enter);
	check_refused(own, ARRAY_SIZE(own), sandbox_enter);
}

TEST(what_a_worker_needs_is_left)
{
	need_root("only root has privileges to give up");
	check_eq(probe_run(use_memory, sandbox_enter), 0);
	check_eq(probe_run(send_datagram, sandbox_enter), 0);
}

TEST(D18_no_privilege_is_left)
{
	need_root("only root has privileges to give up");
	check_no_privilege(sandbox_enter);
}

static int open_inherited(void **state __attribute__((unused)))
{
	inherited = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return inherited < 0;
}

static int close_inherited(void **state __attribute__((unused)))
{
	return close(inherited);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(D18_nothing_to_be_had_inside, open_inherited, close_inherited),
	cmocka_unit_test_setup_teardown(what_a_worker_needs_is_left, open_inherited, close_inherited),
	cmocka_unit_test(D18_no_privilege_is_left),
};

RUN_TESTS(tests)
