/* SPDX-License-Identifier: EUPL-1.2 */
/* server/shell/spawner.c with real processes: what it does, and that nothing else can be had from it (ATTACKS D17). In
 * tests only: tests/server/media_double.c stands in for both programs. */
#include "server/shell/spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "server/shell/process.h"
#include "server/shell/socket.h"
#include "sfu/msg.h"
#include "tests/support/check.h"

#define PATIENCE 10000	/* ms */
#define CERTIFICATE CTL_DATA "/issued.pem"
#define KEY CTL_DATA "/key.pem"

static struct spawner *spawner;
static struct spawner_config config;
static char folder[64];

static int setup(void **state __attribute__((unused)))
{
	(void)snprintf(folder, sizeof(folder), "/tmp/conclave-spawner-XXXXXX");
	check(mkdtemp(folder));
	config = (struct spawner_config){ .media = getenv("MEDIA_DOUBLE"), .folder = folder, .workers = 1,
		.helpers = 2 };
	config.helper = config.media;
	config.certificate = CERTIFICATE;
	config.key = KEY;
	check(config.media);
	check(address_parse_ip(&config.listen, "127.0.0.1"));	/* with port 0: any that is free */
	check_eq(spawner_new(&spawner, &config), 0);
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	char path[128];

	spawner = spawner_free(spawner);
	(void)snprintf(path, sizeof(path), "%s/media-0.sock", folder);
	(void)unlink(path);
	return rmdir(folder);
}

static struct spawned start(enum spawner_kind kind, unsigned number)
{
	struct spawned s;

	check_eq(spawner_start(spawner, kind, number, &s), 0);
	check(s.process >= 0 && s.channel >= 0);
	return s;
}

static void end(enum spawner_kind kind, unsigned number, struct spawned *s)
{
	check_eq(spawner_signal(spawner, kind, number, SIGKILL), 0);
	check(process_ended(s->process, PATIENCE));
	socket_close(&s->process);
	socket_close(&s->channel);
}

TEST(starts_what_is_then_our_own_child)
{
	struct spawned s = start(SPAWNER_MEDIA, 0);
	siginfo_t info = { 0 };

	check(process_lives(s.process));
	check_eq(fcntl(s.process, F_GETFD), FD_CLOEXEC);
	check_eq(fcntl(s.channel, F_GETFD), FD_CLOEXEC);
	check_eq(spawner_signal(spawner, SPAWNER_MEDIA, 0, SIGTERM), 0);
	check_eq(waitid(P_PIDFD, (id_t)s.process, &info, WEXITED), 0);
	check_eq(info.si_code, CLD_KILLED);
	check_eq(info.si_status, SIGTERM);
	socket_close(&s.process);
	socket_close(&s.channel);
}

TEST(one_process_a_place)
{
	struct spawned s = start(SPAWNER_MEDIA, 0), one = start(SPAWNER_HELPER, 0), none;
	struct spawned other = start(SPAWNER_HELPER, 1);

	for (int i = 0; i < 1000; i++) {
		check_eq(spawner_start(spawner, SPAWNER_MEDIA, 0, &none), -EBUSY);
		check_eq(spawner_start(spawner, SPAWNER_HELPER, 1, &none), -EBUSY);
		check(none.process < 0 && none.channel < 0);
	}
	end(SPAWNER_HELPER, 1, &other);
	other = start(SPAWNER_HELPER, 1);
	end(SPAWNER_HELPER, 1, &other);
	end(SPAWNER_HELPER, 0, &one);
	end(SPAWNER_MEDIA, 0, &s);
}

TEST(no_other_place_and_no_other_signal)
{
	struct spawned none;

	check_eq(spawner_start(spawner, SPAWNER_MEDIA, 1, &none), -EINVAL);
	check_eq(spawner_start(spawner, SPAWNER_HELPER, 2, &none), -EINVAL);
	check_eq(spawner_start(spawner, (enum spawner_kind)2, 0, &none), -EINVAL);
	check_eq(spawner_adopt(spawner, 1, &none), -EINVAL);
	check_eq(spawner_adopt(spawner, 0, &none), -ENOENT);
	check_eq(spawner_signal(spawner, SPAWNER_MEDIA, 0, SIGKILL), -ESRCH);	/* nobody was there yet */
	check_eq(spawner_signal(spawner, SPAWNER_MEDIA, 0, SIGSTOP), -EINVAL);
	check_eq(spawner_signal(spawner, SPAWNER_MEDIA, 0, 0), -EINVAL);
}

static ino_t inode(int fd)
{
	struct stat st;

	check_eq(fstat(fd, &st), 0);
	check_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	check_eq(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	return st.st_ino;
}

TEST(the_pair_is_opened_and_nothing_else)
{
	struct stat certificate, key;
	int files[2], none[2] = { -1, -1 };

	check_eq(stat(CERTIFICATE, &certificate), 0);
	check_eq(stat(KEY, &key), 0);
	for (int i = 0; i < 1000; i++) {	/* none is left behind */
		check_eq(spawner_open_pair(spawner, files), 0);
		check_eq(inode(files[0]), certificate.st_ino);
		check_eq(inode(files[1]), key.st_ino);
		socket_close(&files[0]);
		socket_close(&files[1]);
	}
	spawner = spawner_free(spawner);
	config.key = folder;
	check_eq(spawner_new(&spawner, &config), 0);
	check_eq(spawner_open_pair(spawner, none), -EINVAL);	/* a folder is no key */
	spawner = spawner_free(spawner);
	config.certificate = "/nonexistent";
	check_eq(spawner_new(&spawner, &config), 0);
	check_eq(spawner_open_pair(spawner, none), -ENOENT);
	check(none[0] < 0 && none[1] < 0);
}

static void wait_until_up(int channel)
{
	const struct media_command c = { .kind = MEDIA_CONFIGURE };
	uint8_t text[4096];
	struct writer w = writer(text, sizeof(text));
	struct pollfd p = { .fd = channel, .events = POLLIN };

	check(media_command_write(&w, &c));
	check_eq(send(channel, text, written(&w).size, 0), written(&w).size);
	check_eq(poll(&p, 1, PATIENCE), 1);
}

TEST(adopts_whoever_listens_there)
{
	struct spawned first = start(SPAWNER_MEDIA, 0), again;

	/* Until it has got up, it is the spawner who listens. */
	wait_until_up(first.channel);
	spawner = spawner_free(spawner);		/* as when conclaved is killed */
	check(process_lives(first.process));
	check_eq(spawner_new(&spawner, &config), 0);
	socket_close(&first.channel);
	check_eq(spawner_adopt(spawner, 0, &again), 0);
	check_eq(spawner_signal(spawner, SPAWNER_MEDIA, 0, SIGKILL), 0);
	check(process_ended(first.process, PATIENCE));
	check(process_ended(again.process, PATIENCE));
	socket_close(&first.process);
	socket_close(&again.process);
	socket_close(&again.channel);
}

/* What a conclaved that a stranger has taken over could send. */
TEST(D17_no_other_words)
{
	static uint8_t huge[64 * 1024];
	struct spawned none, s;
	int fd = spawner_fd(spawner);
	int32_t answer;

	for (unsigned act = 0; act < 256; act++) {
		const uint8_t odd[] = { (uint8_t)act, 7, 0, 0 };

		check_eq(send(fd, odd, sizeof(odd), 0), sizeof(odd));
		check_eq(recv(fd, &answer, sizeof(answer), 0), sizeof(answer));
		check_eq(answer, -EINVAL);
	}
	for (size_t size = 1; size <= sizeof(huge); size = size * 2 + 1) {
		check_eq(send(fd, huge, size == 4 ? 5 : size, 0), size == 4 ? 5 : size);
		check_eq(recv(fd, &answer, sizeof(answer), 0), sizeof(answer));
		check_eq(answer, -EBADMSG);
	}
	check_eq(spawner_start(spawner, SPAWNER_MEDIA, 9, &none), -EINVAL);
	s = start(SPAWNER_MEDIA, 0);
	end(SPAWNER_MEDIA, 0, &s);
}

/* Descriptors that come along are not taken, so that it never runs out of them. */
TEST(D17_no_descriptors)
{
	union { struct cmsghdr align; char space[CMSG_SPACE(sizeof(int))]; } control;
	uint8_t odd[] = { 9, 9, 9, 9 };
	struct iovec part = { odd, sizeof(odd) };
	int32_t answer;
	struct spawned s;

	for (int i = 0; i < 5000; i++) {
		struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
			.msg_controllen = sizeof(control) };

		control.align = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(&control.align), &(int){ STDERR_FILENO }, sizeof(int));
		check_eq(sendmsg(spawner_fd(spawner), &message, 0), sizeof(odd));
		check_eq(recv(spawner_fd(spawner), &answer, sizeof(answer), 0), sizeof(answer));
	}
	s = start(SPAWNER_HELPER, 0);
	end(SPAWNER_HELPER, 0, &s);
}

TEST(a_program_that_is_not_there)
{
	struct spawned none;

	spawner = spawner_free(spawner);
	config.helper = "/nonexistent/conclave-helper";
	check_eq(spawner_new(&spawner, &config), 0);
	check_eq(spawner_start(spawner, SPAWNER_HELPER, 0, &none), -ENOENT);
	check_eq(spawner_start(spawner, SPAWNER_HELPER, 0, &none), -ENOENT);
}

TEST(what_is_asked_of_a_dead_one_fails)
{
	struct spawned none;

	check_eq(shutdown(spawner_fd(spawner), SHUT_WR), 0);	/* its end */
	check_eq(waitpid(-1, NULL, 0) > 0, true);
	check_eq(spawner_start(spawner, SPAWNER_HELPER, 0, &none), -EPIPE);
	check_eq(spawner_adopt(spawner, 0, &none), -EPIPE);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(starts_what_is_then_our_own_child, setup, teardown),
	cmocka_unit_test_setup_teardown(one_process_a_place, setup, teardown),
	cmocka_unit_test_setup_teardown(no_other_place_and_no_other_signal, setup, teardown),
	cmocka_unit_test_setup_teardown(the_pair_is_opened_and_nothing_else, setup, teardown),
	cmocka_unit_test_setup_teardown(adopts_whoever_listens_there, setup, teardown),
	cmocka_unit_test_setup_teardown(D17_no_other_words, setup, teardown),
	cmocka_unit_test_setup_teardown(D17_no_descriptors, setup, teardown),
	cmocka_unit_test_setup_teardown(a_program_that_is_not_there, setup, teardown),
	cmocka_unit_test_setup_teardown(what_is_asked_of_a_dead_one_fails, setup, teardown),
};

RUN_TESTS(tests)
