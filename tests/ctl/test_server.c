/* SPDX-License-Identifier: EUPL-1.2 */
/* A server in order, and one of each fault. */
#include "server/ctl/checks.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "server/shell/socket.h"
#include "tests/support/check.h"

static struct finding f;
static struct place place;
static struct patient *patient;

static int setup(void **state __attribute__((unused)))
{
	place = (struct place){ .configured = true };
	place.config.workers = 1;
	place.config.n_hosts = 1;
	memcpy(place.config.hosts[0], "localhost", 10);
	(void)snprintf(place.config.state, sizeof(place.config.state), "/tmp/conclave-server-XXXXXX");
	check(mkdtemp(place.config.state));
	check(config_state_path(&place.config, "control.sock", place.socket));
	return patient_new(&patient, &place, 0);
}

static int teardown(void **state __attribute__((unused)))
{
	patient = patient_free(patient);
	return rmdir(place.config.state);
}

/* A listening socket on the loopback, whose port the configuration then names. */
static int listen_somewhere(const char *ip)
{
	struct sockaddr_storage at;
	socklen_t size = sizeof(at);
	struct address a;
	int fd;

	check(address_parse_ip(&a, ip));
	fd = socket_open(SOCK_STREAM, &a, 0);
	check(fd >= 0);
	check_eq(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	check(address_from_sockaddr(&a, (struct sockaddr *)&at, size));
	place.config.port = a.port;
	return fd;
}

TEST(health_is_judged)
{
	static const struct { int r; const char *body; enum grade grade; const char *says; } cases[] = {
		{ 200, "{\"ok\":true}", GRADE_OK, "can hold meetings" },
		{ 503, "{\"ok\":false,\"why\":\"the media process is not ready\"}", GRADE_BROKEN, "media process" },
		{ 503, "<html>", GRADE_BROKEN, "does not say why" },
		{ 404, "", GRADE_BROKEN, "is not Conclave" },
		{ -EBADMSG, "", GRADE_BROKEN, "is not Conclave" },
		{ -EPROTO, "", GRADE_BROKEN, "secure connection" },
		{ -ECONNREFUSED, "", GRADE_BROKEN, "nothing listens at here" },
		{ -ETIMEDOUT, "", GRADE_BROKEN, "timed out" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		judge_health(&f, "here", cases[i].r, bytes_of_string(cases[i].body));
		check_eq(f.grade, cases[i].grade);
		check(strstr(f.says, cases[i].says));
	}
}

TEST(open_port_is_in_order_and_closed_one_is_broken)
{
	_cleanup_(socket_close) int listener = listen_somewhere("127.0.0.1");

	check_port(&f, patient);
	check_eq(f.grade, GRADE_OK);
	/* It must be open at every address that the configuration names. */
	check(address_parse_ip(&place.config.listen[0], "127.0.0.1"));
	check(address_parse_ip(&place.config.listen[1], "127.0.0.2"));
	place.config.n_listen = 2;
	check_port(&f, patient);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.says, "127.0.0.2:"));
	place.config.n_listen = 1;
	check(address_parse_ip(&place.config.listen[0], "0.0.0.0"));
	check_port(&f, patient);
	check_eq(f.grade, GRADE_OK);
	socket_close(&listener);
	listener = -1;
	check_port(&f, patient);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.says, "Connection refused"));
	check_reachable(&f, patient);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.says, "nothing listens"));
}

/* Takes one connection and says something that is not TLS. */
static pid_t start_talker(int listener, const char *text)
{
	pid_t child = fork();

	if (child == 0) {
		int fd;

		(void)fcntl(listener, F_SETFL, 0);
		fd = accept(listener, NULL, NULL);
		_exit(fd < 0 || write(fd, text, strlen(text)) < 0);
	}
	check(child > 0);
	return child;
}

TEST(another_kind_of_server_is_told_apart)
{
	static const char *const texts[] = { "HTTP/1.1 200 OK\r\n\r\n", "SSH-2.0-x\r\n", "" };

	check(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_(socket_close) int listener = listen_somewhere("127.0.0.1");
		pid_t child = start_talker(listener, texts[i]);
		int status;

		check_reachable(&f, patient);
		check_eq(waitpid(child, &status, 0), child);
		check_eq(status, 0);
		check_eq(f.grade, GRADE_BROKEN);
		check(strstr(f.says, "secure connection"));
	}
}

TEST(bound_ports_are_read_off_the_kernels_table)
{
	static const char table[] =
		"   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
		" 1234: 0100007F:20FB 00000000:1111 07 00000000:00000000 00:00000000 00000000     0        0 15\n"
		"   12: 00000000000000000000000001000000:A0F1 00000000000000000000000000000000:0000 07\n"
		"    3: 0100007F:20F";
	_cleanup_(socket_close) int fd = -1;
	struct sockaddr_storage at;
	socklen_t size = sizeof(at);
	struct address a;

	check(udp_is_bound(bytes_of_string(table), 0x20fb));
	check(udp_is_bound(bytes_of_string(table), 0xa0f1));
	check(!udp_is_bound(bytes_of_string(table), 0x1111));
	check(!udp_is_bound(bytes_of_string(table), 0x20f));
	check(!udp_is_bound(bytes_make(NULL, 0), 0));
	check(address_parse_ip(&a, "127.0.0.1"));
	fd = socket_open(SOCK_DGRAM, &a, 0);
	check(fd >= 0);
	check_eq(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	check(address_from_sockaddr(&a, (struct sockaddr *)&at, size));
	check(udp_is_bound(patient_read(patient, "/proc/net/udp"), a.port));
}

static enum grade media(uint32_t workers, const char *status, uint32_t bound)
{
	_cleanup_(answer_freep) struct answer *a = answer_parse(bytes_of_string(status));

	check(a);
	place.config.workers = workers;
	place.config.port = 8443;
	judge_media(&f, &place.config, a, bound);
	return f.grade;
}

TEST(every_media_process_must_work)
{
	static const char two[] = "{\"ok\":true,\"workers\":[{\"number\":1,\"ready\":true,\"cipher\":\"openssl-evp\"},"
		"{\"number\":0,\"ready\":true,\"cipher\":\"openssl-evp\"}]}";

	check_eq(media(2, two, 3), GRADE_OK);
	check(strstr(f.says, "media processes: 2"));
	check(strstr(f.says, "openssl-evp"));
	check_eq(media(1, two, 1), GRADE_OK);
	check_eq(media(3, two, 7), GRADE_BROKEN);
	check(strstr(f.says, "3 of 3"));
	check_eq(media(2, two, 1), GRADE_BROKEN);
	check(strstr(f.says, "UDP port 8444"));
	check_eq(media(1, "{\"ok\":true,\"workers\":[{\"number\":0,\"ready\":false,\"cipher\":\"\"}]}", 1), GRADE_BROKEN);
	check_eq(media(1, "{\"ok\":true,\"workers\":[]}", 1), GRADE_BROKEN);
	check_eq(media(1, "{\"ok\":true}", 1), GRADE_BROKEN);
}

TEST(helpers_are_counted)
{
	uint64_t n[3];

	check_eq(count_numbers(bytes_of_string("12 345 6 "), n, 3), 3);
	check_eq(n[1], 345);
	check_eq(count_numbers(bytes_of_string("12 345 6 7"), n, 3), 3);
	check_eq(n[2], 6);
	check_eq(count_numbers(bytes_make(NULL, 0), n, 3), 0);
	judge_helper(&f, 1);
	check_eq(f.grade, GRADE_OK);
	judge_helper(&f, 0);
	check_eq(f.grade, GRADE_BROKEN);
}

TEST(server_that_is_down_cannot_speak_for_its_media)
{
	check_media(&f, patient);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.says, "does not run"));
}

TEST(database_of_a_server_that_is_down)
{
	_cleanup_(socket_close) int fd = -1;
	char path[CONFIG_PATH_SIZE];

	check_database(&f, patient);
	check_eq(f.grade, GRADE_ATTENTION);
	check(strstr(f.says, "no database yet"));
	check(config_state_path(&place.config, "conclave.db", path));
	fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	check(fd >= 0);
	check_eq(pwrite(fd, "SQLite format 3\0and more", 24, 0), 24);
	check_database(&f, patient);
	check_eq(f.grade, GRADE_ATTENTION);
	check(strstr(f.says, "does not run"));
	check_eq(pwrite(fd, "SQLite format 2", 16, 0), 16);
	check_database(&f, patient);
	check_eq(f.grade, GRADE_BROKEN);
	check(strstr(f.says, "is not a database"));
	check_eq(ftruncate(fd, 0), 0);
	check_database(&f, patient);
	check_eq(f.grade, GRADE_BROKEN);
	check_eq(unlink(path), 0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(health_is_judged),
	IN_FOLDER(open_port_is_in_order_and_closed_one_is_broken),
	IN_FOLDER(another_kind_of_server_is_told_apart),
	IN_FOLDER(bound_ports_are_read_off_the_kernels_table),
	cmocka_unit_test(every_media_process_must_work),
	cmocka_unit_test(helpers_are_counted),
	IN_FOLDER(server_that_is_down_cannot_speak_for_its_media),
	IN_FOLDER(database_of_a_server_that_is_down),
};

RUN_TESTS(tests)
