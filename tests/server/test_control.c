/* SPDX-License-Identifier: EUPL-1.2 */
/* The control socket: one question, one answer, and whom it does not hear. */
#include "server/shell/control.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/limits.h"
#include "base/mem.h"
#include "tests/support/check.h"

static struct loop *loop;
static struct control *control;
static char folder[64], path[96];

static int setup(void **state __attribute__((unused)))
{
	(void)snprintf(folder, sizeof(folder), "/tmp/conclave-control-XXXXXX");
	check(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/control.sock", folder);
	check_eq(loop_new(&loop), 0);
	check_eq(control_new(&control, loop, path), 0);
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	control = control_free(control);
	loop = loop_free(loop);
	check_eq(access(path, F_OK), -1);	/* nothing is left behind */
	return rmdir(folder);
}

/* What is readable stays so until control_poll(): so many rounds, as conclaved makes one a turn. */
static void turn(void)
{
	for (int i = 0; i < 3; i++)
		check(loop_run_once(loop, 0) >= 0);
}

static void dial(struct channel *c)
{
	int fd = channel_connect(path);

	check(fd >= 0);
	check_eq(channel_init(c, fd), 0);
	turn();
}

TEST(question_is_answered_and_the_line_closed)
{
	static uint8_t buffer[1024];
	struct channel c;
	struct asker *a, *other;
	struct bytes b, none;

	dial(&c);
	check(!control_poll(control, &a, &b));
	check_eq(channel_send(&c, bytes_of_string("{\"verb\":\"status\"}")), 0);
	turn();
	check(control_poll(control, &a, &b));
	check(bytes_equal_string(b, "{\"verb\":\"status\"}"));
	check(!control_poll(control, &other, &none));
	control_answer(a, bytes_of_string("{\"ok\":true}"));
	check_eq(channel_receive(&c, buffer, sizeof(buffer), &b), 1);
	check(bytes_equal_string(b, "{\"ok\":true}"));
	check_eq(channel_receive(&c, buffer, sizeof(buffer), &b), -EPIPE);
	channel_done(&c);
}

TEST(largest_question_and_answer_fit)
{
	static uint8_t text[LIMIT_CHANNEL_MESSAGE], buffer[LIMIT_CHANNEL_MESSAGE];
	struct channel c;
	struct asker *a;
	struct bytes b;

	memset(text, ' ', sizeof(text));
	dial(&c);
	check_eq(channel_send(&c, bytes_make(text, sizeof(text))), 0);
	turn();
	check(control_poll(control, &a, &b));
	check_eq(b.size, sizeof(text));
	control_answer(a, bytes_make(text, sizeof(text)));
	check_eq(channel_receive(&c, buffer, sizeof(buffer), &b), 1);
	check_eq(b.size, sizeof(text));
	channel_done(&c);
}

TEST(who_hangs_up_is_forgotten)
{
	struct channel c;
	struct asker *a;
	struct bytes b;

	dial(&c);
	channel_done(&c);
	turn();
	check(!control_poll(control, &a, &b));
	check_eq(control_deadline(control), USEC_NEVER);
	dial(&c);
	check_eq(channel_send(&c, bytes_of_string("{}")), 0);
	turn();
	check(control_poll(control, &a, &b));
	channel_done(&c);
	turn();
	control_answer(a, bytes_of_string("{}"));	/* in vain, and harmless */
}

TEST(silence_ends_after_five_seconds)
{
	static uint8_t buffer[64];
	struct channel c;
	struct bytes b;
	usec_t deadline;

	dial(&c);
	deadline = control_deadline(control);
	check_le(deadline, clock_now() + SECONDS(5));
	control_timeout(control, deadline - 1);
	check_eq(channel_receive(&c, buffer, sizeof(buffer), &b), 0);
	control_timeout(control, deadline);
	check_eq(channel_receive(&c, buffer, sizeof(buffer), &b), -EPIPE);
	channel_done(&c);
}

TEST(no_more_than_sixteen_at_once)
{
	static uint8_t buffer[64];
	struct channel c[17];
	struct bytes b;

	for (int i = 0; i < 17; i++)
		dial(&c[i]);
	for (int i = 0; i < 17; i++)
		check_eq(channel_receive(&c[i], buffer, sizeof(buffer), &b), i == 16 ? -EPIPE : 0);
	for (int i = 0; i < 17; i++)
		channel_done(&c[i]);
}

TEST(path_is_for_us_alone)
{
	struct stat st;

	check_eq(stat(path, &st), 0);
	check(S_ISSOCK(st.st_mode));
	check_eq(st.st_mode & 0777, 0600);
}

TEST(no_memory_closes_the_line)
{
	static uint8_t buffer[64];
	struct control *none = NULL;
	struct channel c;
	struct bytes b;
	int fd;

	for (unsigned long n = 1; n <= 2; n++) {
		fd = channel_connect(path);
		check_eq(channel_init(&c, fd), 0);
		mem_fail_at(n, 0);
		turn();
		mem_fail_at(0, 0);
		check_eq(channel_receive(&c, buffer, sizeof(buffer), &b), -EPIPE);
		channel_done(&c);
	}
	mem_fail_at(1, 0);
	check_eq(control_new(&none, loop, path), -ENOMEM);
	mem_fail_at(0, 0);
	check(!none);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(question_is_answered_and_the_line_closed, setup, teardown),
	cmocka_unit_test_setup_teardown(largest_question_and_answer_fit, setup, teardown),
	cmocka_unit_test_setup_teardown(who_hangs_up_is_forgotten, setup, teardown),
	cmocka_unit_test_setup_teardown(silence_ends_after_five_seconds, setup, teardown),
	cmocka_unit_test_setup_teardown(no_more_than_sixteen_at_once, setup, teardown),
	cmocka_unit_test_setup_teardown(path_is_for_us_alone, setup, teardown),
	cmocka_unit_test_setup_teardown(no_memory_closes_the_line, setup, teardown),
};

RUN_TESTS(tests)
