/* SPDX-License-Identifier: EUPL-1.2 */
/* Life and death of media workers, with real processes: tests/server/media_double.c stands in for conclave-media. */
#include "server/shell/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "server/shell/process.h"
#include "server/shell/socket.h"
#include "tests/support/check.h"

#define PATIENCE SECONDS(10)

static struct loop *loop;
static struct workers *workers;
static char folder[64];
static struct spawner *spawner;
static struct spawner_config places;
static struct workers_config config;
static usec_t ahead;		/* of the clock: nobody waits for a patience to end */

/* A port that is free now, on UDP. */
static uint16_t free_port(const struct address *at)
{
	struct sockaddr_in name;
	socklen_t size = sizeof(name);
	int fd = socket_open(SOCK_DGRAM, at, 0);

	check(fd >= 0);
	check_eq(getsockname(fd, (struct sockaddr *)&name, &size), 0);
	check_eq(close(fd), 0);
	return ntohs(name.sin_port);
}

static int setup(void **state __attribute__((unused)))
{
	(void)snprintf(folder, sizeof(folder), "/tmp/conclave-workers-XXXXXX");
	check(mkdtemp(folder));
	check_eq(loop_new(&loop), 0);
	ahead = 0;
	places = (struct spawner_config){ .media = getenv("MEDIA_DOUBLE"), .helper = "/none", .folder = folder,
		.workers = 1 };
	check(places.media);
	check(address_parse_ip(&places.listen, "127.0.0.1"));
	places.port = free_port(&places.listen);
	check_eq(spawner_new(&spawner, &places), 0);
	config = (struct workers_config){ .loop = loop, .spawner = spawner, .n = 1 };
	check_eq(workers_new(&workers, &config), 0);
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	char path[128];

	workers_stop(workers);
	workers = workers_free(workers);
	loop = loop_free(loop);
	spawner = spawner_free(spawner);
	(void)snprintf(path, sizeof(path), "%s/media-0.sock", folder);
	(void)unlink(path);
	return rmdir(folder);
}

/* The next event; waits for it as conclaved does. */
static struct worker_event next(void)
{
	usec_t end = clock_now() + PATIENCE, now;
	struct worker_event e = { 0 };

	while ((now = clock_now()) < end) {
		usec_t deadline;

		workers_timeout(workers, now + ahead);
		if (workers_poll(workers, now + ahead, &e))
			return e;
		deadline = workers_deadline(workers);
		check(loop_run_once(loop, MIN(deadline == USEC_NEVER ? end : deadline - ahead, end)) >= 0);
	}
	fail_msg("no event in time");
	return e;
}

static void tell(enum media_command_kind kind)
{
	struct media_command c = { .kind = kind, .peer = { 1 } };
	uint8_t text[4096];
	struct writer w = writer(text, sizeof(text));

	check(media_command_write(&w, &c));
	workers_send(workers, 0, written(&w));
}

static void bring_up(void)
{
	struct worker_event e = next();

	check_eq(e.kind, WORKER_UP);
	tell(MEDIA_CONFIGURE);
	e = next();
	check_eq(e.kind, WORKER_SAYS);
	check_eq(e.says.kind, MEDIA_READY);
	check_eq(e.says.port, places.port);	/* it has our UDP socket */
}

static struct workers_numbers numbers(void)
{
	struct workers_numbers n;

	workers_count(workers, &n);
	return n;
}

TEST(worker_is_started_and_talked_to)
{
	bring_up();
	check_eq(numbers().up, 1);
	check_eq(numbers().started, 1);
	check_text(numbers().cipher, "double");
	check_eq(workers_deadline(workers), USEC_NEVER);
}

TEST(dead_worker_is_replaced_at_once)
{
	bring_up();
	tell(MEDIA_REMOVE_PEER);
	check_eq(next().kind, WORKER_DOWN);
	check_eq(numbers().up, 0);
	bring_up();
	check_eq(numbers().started, 2);
	check_eq(numbers().died, 1);
}

TEST(worker_that_dies_again_and_again_is_started_more_slowly)
{
	usec_t began, pauses[4];

	for (size_t i = 0; i < ARRAY_SIZE(pauses); i++) {
		bring_up();
		tell(MEDIA_REMOVE_PEER);
		began = clock_now();
		check_eq(next().kind, WORKER_DOWN);
		pauses[i] = workers_deadline(workers) > began ? workers_deadline(workers) - began : 0;
	}
	check_le(pauses[0], MSEC(70));
	check_ge(pauses[3], MSEC(150));
	check_le(pauses[3], SECONDS(2));
	bring_up();
}

/* What its client sees: 'w' from the worker, and then the end. */
static ssize_t hand_over(unsigned worker)
{
	const struct address from = { .family = 4, .ip = { 192, 0, 2, 1 }, .port = 4711 };
	char got[4] = "";
	int fds[2];
	ssize_t n;

	check_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	workers_hand_over(workers, worker, fds[1], &from);
	n = recv(fds[0], got, sizeof(got), 0);
	if (n == 1)
		check_eq(got[0], 'w');
	check_eq(recv(fds[0], got, sizeof(got), 0), 0);
	check_eq(close(fds[0]), 0);
	return n;
}

TEST(a_connection_is_handed_over_or_closed)
{
	check_eq(hand_over(0), 0);		/* not started yet */
	bring_up();
	check_eq(hand_over(0), 1);
	check_eq(hand_over(1), 0);		/* whatever a stranger may claim */
	check_eq(hand_over(UINT32_MAX), 0);
	check_eq(numbers().refused, 3);
	check_eq(numbers().died, 0);
}

TEST(worker_that_hangs_up_is_adopted_again)
{
	bring_up();
	tell(MEDIA_SET_RANK);
	check_eq(next().kind, WORKER_DOWN);
	bring_up();
	check_eq(numbers().started, 1);
	check_eq(numbers().adopted, 1);
}

TEST(living_worker_is_adopted_by_the_next_conclaved)
{
	bring_up();
	workers = workers_free(workers);	/* as when conclaved is killed */
	spawner = spawner_free(spawner);
	check_eq(spawner_new(&spawner, &places), 0);
	config.spawner = spawner;
	check_eq(workers_new(&workers, &config), 0);
	bring_up();
	check_eq(numbers().started, 0);
	check_eq(numbers().adopted, 1);
	/* Its process is known, though it is no child of ours in real life: it can be stopped, and its end is seen. */
	tell(MEDIA_REMOVE_PEER);
	check_eq(next().kind, WORKER_DOWN);
	bring_up();
	check_eq(numbers().started, 1);
}

TEST(nonsense_ends_the_channel)
{
	bring_up();
	tell(MEDIA_SET_SOURCES);
	check_eq(next().kind, WORKER_DOWN);
	bring_up();
}

TEST(worker_that_never_gets_ready_is_killed)
{
	check_eq(next().kind, WORKER_UP);	/* and nobody configures it */
	ahead = SECONDS(10);
	check_eq(next().kind, WORKER_DOWN);
	bring_up();
	check_ge(numbers().died, 1);
}

TEST(missing_program_is_tried_again_but_not_all_the_time)
{
	struct worker_event e;
	usec_t now = clock_now();

	workers = workers_free(workers);
	spawner = spawner_free(spawner);
	places.media = "/nonexistent/conclave-media";
	check_eq(spawner_new(&spawner, &places), 0);
	config.spawner = spawner;
	check_eq(workers_new(&workers, &config), 0);
	workers_timeout(workers, now);
	check(!workers_poll(workers, now, &e));
	for (int i = 0; i < 10; i++) {
		now = workers_deadline(workers);
		workers_timeout(workers, now);
		check_ge(workers_deadline(workers), now + MSEC(50));
	}
	check_eq(workers_deadline(workers), now + SECONDS(2));
}

TEST(busy_port_is_no_reason_to_end)
{
	int fd = socket_open(SOCK_DGRAM, &places.listen, places.port);
	struct worker_event e;
	usec_t now = clock_now();

	check(fd >= 0);
	workers_timeout(workers, now);
	check(!workers_poll(workers, now, &e));
	check_eq(close(fd), 0);
	bring_up();
}

TEST(stopping_waits_for_the_end)
{
	int fd, r;
	char path[128];

	bring_up();
	workers_stop(workers);
	(void)snprintf(path, sizeof(path), "%s/media-0.sock", folder);
	fd = socket_open(SOCK_DGRAM, &places.listen, places.port);	/* the port is free: the process is gone */
	check(fd >= 0);
	check_eq(close(fd), 0);
	r = access(path, F_OK);
	check_eq(r, 0);
}

TEST(worker_that_ends_as_told_is_replaced_at_once_and_is_no_loss)
{
	bring_up();
	tell(MEDIA_END);
	check_eq(next().says.kind, MEDIA_ENDING);
	check_eq(next().kind, WORKER_DOWN);
	check_le(workers_deadline(workers), clock_now() + MSEC(60));
	bring_up();
	check_eq(numbers().started, 2);
	check_eq(numbers().drained, 1);
	check_eq(numbers().died, 0);
}

/* It was started by the conclaved before an update. */
TEST(worker_of_another_version_is_replaced)
{
	bring_up();
	tell(MEDIA_SET_LAYOUT);			/* READY, of a version that is not ours */
	check_eq(next().kind, WORKER_DOWN);
	bring_up();
	check_eq(numbers().started, 2);
	check_eq(numbers().adopted, 0);
}

TEST(no_memory_is_survived)
{
	unsigned long n;

	for (n = 1; n <= 2; n++) {
		struct workers *none = NULL;

		mem_fail_at(n, 0);
		check_eq(workers_new(&none, &config), -ENOMEM);
		mem_fail_at(0, 0);
		check(!none);
	}
	for (n = 1; n <= 3; n++) {
		mem_fail_at(n, 0);
		workers_timeout(workers, clock_now() + SECONDS(n));
		mem_fail_at(0, 0);
	}
	while (numbers().up == 0) {
		struct worker_event e = next();

		if (e.kind == WORKER_UP)
			tell(MEDIA_CONFIGURE);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(worker_is_started_and_talked_to, setup, teardown),
	cmocka_unit_test_setup_teardown(dead_worker_is_replaced_at_once, setup, teardown),
	cmocka_unit_test_setup_teardown(worker_that_dies_again_and_again_is_started_more_slowly, setup, teardown),
	cmocka_unit_test_setup_teardown(a_connection_is_handed_over_or_closed, setup, teardown),
	cmocka_unit_test_setup_teardown(worker_that_hangs_up_is_adopted_again, setup, teardown),
	cmocka_unit_test_setup_teardown(living_worker_is_adopted_by_the_next_conclaved, setup, teardown),
	cmocka_unit_test_setup_teardown(nonsense_ends_the_channel, setup, teardown),
	cmocka_unit_test_setup_teardown(worker_that_never_gets_ready_is_killed, setup, teardown),
	cmocka_unit_test_setup_teardown(missing_program_is_tried_again_but_not_all_the_time, setup, teardown),
	cmocka_unit_test_setup_teardown(busy_port_is_no_reason_to_end, setup, teardown),
	cmocka_unit_test_setup_teardown(stopping_waits_for_the_end, setup, teardown),
	cmocka_unit_test_setup_teardown(worker_that_ends_as_told_is_replaced_at_once_and_is_no_loss, setup, teardown),
	cmocka_unit_test_setup_teardown(worker_of_another_version_is_replaced, setup, teardown),
	cmocka_unit_test_setup_teardown(no_memory_is_survived, setup, teardown),
};

RUN_TESTS(tests)
