/* SPDX-License-Identifier: EUPL-1.2 */
/* conclave-helper itself, with a test in the place of conclaved that sends it anything (ATTACKS D02, D17, D18). In
 * tests only. Invariant: after everything that was done to it the same helper still answers. */
#include "tests/support/check.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "auth/password.h"
#include "base/random.h"

#define ANSWER_SECONDS 30	/* under every load; a hash takes a tenth of one */
#define CHEAP "$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"

struct helper {
	pid_t pid;
	int fd;
};

static struct helper helper_start(void)
{
	const struct timeval patience = { .tv_sec = ANSWER_SECONDS };
	struct helper h;
	int pair[2];

	check_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	check_eq(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
	h.fd = pair[0];
	h.pid = fork();
	check(h.pid >= 0);
	if (h.pid == 0) {
		char *const arguments[] = { (char *)"conclave-helper", (char *)"--fd", (char *)"3", NULL };

		/* dup2() of a descriptor onto itself would leave it closed on exec. */
		if (pair[1] == 3 ? fcntl(3, F_SETFD, 0) == 0 : dup2(pair[1], 3) == 3)
			(void)execv(HELPER_PROGRAM, arguments);
		_exit(127);
	}
	check_eq(close(pair[1]), 0);
	return h;
}

/* Closes, and says how it ended. */
static int helper_end(struct helper *h)
{
	int status;

	check_eq(close(h->fd), 0);
	check_eq(waitpid(h->pid, &status, 0), h->pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void send_request(const struct helper *h, enum password_job job, uint32_t number, const char *stored)
{
	const struct password_request request = {
		job, number, bytes_of_string("vq8!Lm2x#TzR"), bytes_of_string(stored),
	};
	uint8_t frame[PASSWORD_FRAME];
	struct writer w = writer(frame, sizeof(frame));

	check(password_request_write(&w, &request));
	check_eq(send(h->fd, frame, written(&w).size, MSG_NOSIGNAL), written(&w).size);
}

static enum password_result expect_answer(const struct helper *h, uint32_t number, char ret[static PASSWORD_STORED + 1])
{
	struct password_answer answer;
	uint8_t frame[PASSWORD_FRAME];
	ssize_t n = recv(h->fd, frame, sizeof(frame), 0);

	check(n > 0);
	check(password_answer_read(bytes_make(frame, (size_t)n), &answer));
	check_eq(answer.number, number);
	memset(ret, 0, PASSWORD_STORED + 1);
	if (answer.stored.size)
		memcpy(ret, answer.stored.data, answer.stored.size);
	return answer.result;
}

static void check_alive(const struct helper *h)
{
	char stored[PASSWORD_STORED + 1], none[PASSWORD_STORED + 1];

	send_request(h, PASSWORD_HASH, 1, "");
	check_eq(expect_answer(h, 1, stored), PASSWORD_HASHED);
	send_request(h, PASSWORD_CHECK, 2, stored);
	check_eq(expect_answer(h, 2, none), PASSWORD_RIGHT);
	send_request(h, PASSWORD_CHECK, 3, password_of_nobody);
	check_eq(expect_answer(h, 3, none), PASSWORD_WRONG);
}

TEST(hashes_checks_and_ends_with_its_parent)
{
	struct helper h = helper_start();

	check_alive(&h);
	check_eq(helper_end(&h), 0);
}

TEST(D17_garbage)
{
	struct helper h = helper_start();
	uint8_t frame[PASSWORD_FRAME];
	struct random r;

	random_seed(&r, 17);
	for (int i = 0; i < 5000; i++) {
		size_t size = 1 + random_below(&r, sizeof(frame));

		for (size_t k = 0; k < size; k++)
			frame[k] = (uint8_t)random_next(&r);
		frame[0] = (uint8_t)(3 + random_below(&r, 253));	/* jobs that there are none of */
		check_eq(send(h.fd, frame, size, MSG_NOSIGNAL), size);
	}
	check_alive(&h);
	check_eq(helper_end(&h), 0);
}

TEST(D17_half_a_frame)
{
	const struct password_request request = {
		PASSWORD_CHECK, 9, bytes_of_string("vq8!Lm2x#TzR"), bytes_of_string(CHEAP),
	};
	struct helper h = helper_start();
	uint8_t frame[PASSWORD_FRAME];
	struct writer w = writer(frame, sizeof(frame));

	check(password_request_write(&w, &request));
	for (size_t n = 1; n < written(&w).size; n++)
		check_eq(send(h.fd, frame, n, MSG_NOSIGNAL), n);
	check_alive(&h);
	check_eq(helper_end(&h), 0);
}

TEST(D17_a_frame_without_end)
{
	static uint8_t huge[100 * 1024];
	struct helper h = helper_start();
	const size_t gigabyte = 1024ul * 1024 * 1024;
	void *more = calloc(1, gigabyte);

	memset(huge, 1, sizeof(huge));
	for (int i = 0; i < 20; i++)
		check_eq(send(h.fd, huge, sizeof(huge), MSG_NOSIGNAL), sizeof(huge));
	check(more);
	check_eq(send(h.fd, more, gigabyte, MSG_NOSIGNAL | MSG_DONTWAIT), -1);	/* the kernel takes no such frame */
	check_eq(errno, EMSGSIZE);
	free(more);
	check_alive(&h);
	check_eq(helper_end(&h), 0);
}

/* Nobody reads the answers until nothing can be sent any more: then everything that was sent is answered, in order. */
TEST(D17_a_flood_waits_in_the_senders_socket)
{
	struct helper h = helper_start();
	char none[PASSWORD_STORED + 1];
	const struct password_request request = { PASSWORD_CHECK, 4, bytes_of_string("x"), bytes_of_string("*") };
	uint8_t frame[PASSWORD_FRAME];
	struct writer w = writer(frame, sizeof(frame));
	unsigned sent = 0, refused = 0;

	check(password_request_write(&w, &request));
	/* Refused a thousand times in a row it was given every chance to read. */
	while (refused < 1000) {
		if (send(h.fd, frame, written(&w).size, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
			sent++;
			refused = 0;
			continue;
		}
		check_eq(errno, EAGAIN);
		refused++;
		(void)sched_yield();
	}
	check(sent > 0 && sent < 100000);
	for (unsigned i = 0; i < sent; i++)
		check_eq(expect_answer(&h, 4, none), PASSWORD_UNREADABLE);
	check_alive(&h);
	check_eq(helper_end(&h), 0);
}

TEST(D17_who_goes_away_without_his_answers)
{
	struct helper h = helper_start();

	for (uint32_t i = 0; i < 20; i++)
		send_request(&h, PASSWORD_CHECK, i, CHEAP);
	check_eq(helper_end(&h), 0);
}

static long status_of(pid_t pid, const char *name)
{
	char path[64], text[8192];
	const char *at;
	ssize_t n;
	int fd;

	check(snprintf(path, sizeof(path), "/proc/%d/status", pid) < (int)sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	check_ge(fd, 0);
	n = read(fd, text, sizeof(text) - 1);
	check(n > 0);
	text[n] = '\0';
	check_eq(close(fd), 0);
	at = strstr(text, name);
	check(at);
	return strtol(at + strlen(name), NULL, 10);
}

#if !defined(__SANITIZE_ADDRESS__)	/* which has memory of its own */
TEST(D02_memory_of_one_job)
{
	struct helper h = helper_start();
	char stored[PASSWORD_STORED + 1];

	for (uint32_t i = 0; i < 5; i++) {
		send_request(&h, PASSWORD_HASH, i, "");
		check_eq(expect_answer(&h, i, stored), PASSWORD_HASHED);
	}
	check_ge(status_of(h.pid, "\nVmHWM:"), 19 * 1024);
	check_le(status_of(h.pid, "\nVmHWM:"), (19 + 8) * 1024);
	check_eq(helper_end(&h), 0);
}
#endif

TEST(D18_it_is_polite_and_closed)
{
	struct helper h = helper_start();

	check_alive(&h);		/* so that it is past its beginning */
	check_eq(getpriority(PRIO_PROCESS, (id_t)h.pid), 10);
	check_eq(status_of(h.pid, "\nNoNewPrivs:"), 1);
	check_eq(status_of(h.pid, "\nThreads:"), 1);
#if !defined(__SANITIZE_ADDRESS__) && !defined(INSTRUMENTED)
	check_eq(status_of(h.pid, "\nSeccomp:"), 2);
	if (geteuid() == 0)
		check_eq(status_of(h.pid, "\nUid:"), 65534);
#endif
	check_eq(helper_end(&h), 0);
}

TEST(explains_itself_when_started_by_hand)
{
	pid_t pid = fork();
	int status;

	check(pid >= 0);
	if (pid == 0) {
		char *const arguments[] = { (char *)"conclave-helper", (char *)"--fd", (char *)"x", NULL };

		(void)close(STDERR_FILENO);
		(void)execv(HELPER_PROGRAM, arguments);
		_exit(127);
	}
	check_eq(waitpid(pid, &status, 0), pid);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 2);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(hashes_checks_and_ends_with_its_parent),
	cmocka_unit_test(D17_garbage),
	cmocka_unit_test(D17_half_a_frame),
	cmocka_unit_test(D17_a_frame_without_end),
	cmocka_unit_test(D17_a_flood_waits_in_the_senders_socket),
	cmocka_unit_test(D17_who_goes_away_without_his_answers),
#if !defined(__SANITIZE_ADDRESS__)
	cmocka_unit_test(D02_memory_of_one_job),
#endif
	cmocka_unit_test(D18_it_is_polite_and_closed),
	cmocka_unit_test(explains_itself_when_started_by_hand),
};

RUN_TESTS(tests)
