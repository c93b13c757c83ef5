/* SPDX-License-Identifier: EUPL-1.2 */
/* fetch/serve.c and conclave-fetch itself, with a test in the place of conclaved: what it answers, what it passes over,
 * when it ends and when it does not even begin. In tests only. */
#include "fetch/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/log.h"
#include "tests/support/check.h"

#define ISSUER "https://login.example"
#define ABOUT "{\"issuer\":\"" ISSUER "\",\"authorization_endpoint\":\"" ISSUER "/ask\"," \
	"\"token_endpoint\":\"" ISSUER "/token\",\"jwks_uri\":\"" ISSUER "/jwks\"}"
#define KEYS "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"first\"," \
	"\"x\":\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\",\"y\":\"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU\"}]}"

static struct party *party;
static int ends[2];		/* the test's, conclave-fetch's */
static bool silent;

static int ask(void *user __attribute__((unused)), const struct party_asking *q, struct party_heard *ret)
{
	if (silent)
		return -ECONNREFUSED;
	ret->status = q->body ? 400 : 200;
	ret->body = bytes_of_string(q->body ? "{}" : strstr(q->url, "/jwks") ? KEYS : ABOUT);
	return 0;
}

static int setup(void **state __attribute__((unused)))
{
	static const struct party_config config = { .issuer = ISSUER, .client = "conclave", .secret = "secret",
		.redirect = "https://council.example/", .verified = "email_verified", .algorithm = OIDC_ES256 };

	log_set_level((enum log_level)0);
	silent = false;
	check_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
	return party_new(&party, &config, ask, NULL);
}

static int teardown(void **state __attribute__((unused)))
{
	party = party_free(party);
	return close(ends[0]) | close(ends[1]);
}

static void put_request(uint32_t number)
{
	const struct oidc_request q = { .number = number, .code = bytes_of_string("code"),
		.verifier = bytes_of_string("verifier"), .nonce = bytes_of_string("nonce") };
	uint8_t room[OIDC_FRAME];
	struct writer w = writer(room, sizeof(room));

	check(oidc_request_write(&w, &q));
	check_eq(send(ends[0], room, written(&w).size, 0), written(&w).size);
}

/* The next of its answers. */
static enum oidc_result heard(uint32_t number)
{
	uint8_t room[OIDC_FRAME + OIDC_URL_SIZE];
	struct oidc_answer a;
	ssize_t n = recv(ends[0], room, sizeof(room), 0);

	check(n > 0);
	check(oidc_result_read(bytes_make(room, (size_t)n), &a));
	check_eq(a.number, number);
	return a.result;
}

/* What stands before them: how one question to the provider went. */
static void reported(enum oidc_question question, enum oidc_outcome outcome)
{
	uint8_t room[OIDC_FRAME + OIDC_URL_SIZE];
	struct oidc_report r;
	ssize_t n = recv(ends[0], room, sizeof(room), 0);

	check(n > 0);
	check(oidc_report_read(bytes_make(room, (size_t)n), &r));
	check_eq(r.question, question);
	check_eq(r.outcome, outcome);
}

static void check_nothing_more(void)
{
	uint8_t byte;

	check_eq(recv(ends[0], &byte, 1, 0), -1);
	check_eq(errno, EAGAIN);
}

TEST(a_provider_that_is_found_is_told_once)
{
	put_request(7);
	put_request(8);
	check_eq(shutdown(ends[0], SHUT_WR), 0);
	check_eq(serve(ends[1], party), 0);
	reported(OIDC_ASKS_DISCOVERY, OIDC_OUT_DONE);
	reported(OIDC_ASKS_KEYS, OIDC_OUT_DONE);
	check_eq(heard(0), OIDC_READY);
	for (uint32_t number = 7; number <= 8; number++) {
		reported(OIDC_ASKS_TOKEN, OIDC_OUT_STATUS);
		check_eq(heard(number), OIDC_REFUSED);
	}
	check_nothing_more();
}

/* The last request, to a provider that is silent. */
static void serve_in_vain(uint32_t number)
{
	put_request(number);
	check_eq(shutdown(ends[0], SHUT_WR), 0);
	check_eq(serve(ends[1], party), 0);
	reported(OIDC_ASKS_DISCOVERY, OIDC_OUT_CONNECTION);
	check_eq(heard(number), OIDC_UNREACHABLE);
	check_nothing_more();
}

TEST(while_there_is_no_provider_nobody_is_kept_waiting)
{
	silent = true;
	serve_in_vain(7);
}

TEST(D17_what_is_no_request_has_no_answer)
{
	static uint8_t large[OIDC_FRAME + OIDC_URL_SIZE + 1];

	silent = true;
	check_eq(send(ends[0], "nonsense", 8, 0), 8);
	check_eq(send(ends[0], large, sizeof(large), 0), sizeof(large));
	serve_in_vain(9);
}

TEST(who_is_gone_is_no_failure)
{
	put_request(7);
	check_eq(close(ends[0]), 0);
	check_eq(serve(ends[1], party), 0);
	ends[0] = dup(ends[1]);		/* for teardown() */
	check_ge(ends[0], 0);
}

TEST(what_is_no_socket_is_one)
{
	silent = true;
	check_eq(serve(-1, party), -EBADF);
}

/* The program. */

static char folder[] = "/tmp/conclave-fetch-XXXXXX", secret[64], authorities[64];

static void write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	check(fd >= 0);
	check_eq(write(fd, text, strlen(text)), strlen(text));
	check_eq(fchmod(fd, mode), 0);
	check_eq(close(fd), 0);
}

static int folder_make(void **state __attribute__((unused)))
{
	check(mkdtemp(folder));
	snprintf(secret, sizeof(secret), "%s/secret", folder);
	snprintf(authorities, sizeof(authorities), "%s/ca.pem", folder);
	write_file(secret, "s p&c\n", 0600);
	write_file(authorities, "none", 0644);
	return 0;
}

static int folder_remove(void **state __attribute__((unused)))
{
	return unlink(secret) | unlink(authorities) | rmdir(folder);
}

/* How it ends when its other end is closed from the start. Nobody listens where it looks for the provider. */
static int run_program(const char *one, const char *more)
{
	const char *const arguments[] = { "conclave-fetch", "--fd", "3", "--issuer", "https://127.0.0.1:1", "--client",
		"conclave", "--redirect", "https://council.example/", "--secret-file", secret, "--ca-file", authorities,
		one, more, NULL };
	int pair[2], status;
	pid_t pid;

	check_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		/* dup2() of a descriptor onto itself would leave it closed on exec. */
		(void)close(STDERR_FILENO);
		if (pair[1] == 3 ? fcntl(3, F_SETFD, 0) == 0 : dup2(pair[1], 3) == 3)
			(void)execv(FETCH_PROGRAM, (char *const *)(uintptr_t)arguments);
		_exit(127);
	}
	check_eq(close(pair[0]) | close(pair[1]), 0);
	check_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TEST(it_ends_with_conclaved)
{
	check_eq(run_program(NULL, NULL), 0);
	check_eq(run_program("--algorithm", "PS256"), 0);
	check_eq(run_program("--acr", "urn:level"), 0);
}

TEST(it_explains_itself_when_started_by_hand)
{
	check_eq(run_program("--algorithm", "none"), 2);
	check_eq(run_program("--fd", "x"), 2);
	check_eq(run_program("--nonsense", NULL), 2);
	check_eq(run_program("more", NULL), 2);
}

TEST(a_secret_is_one_line_for_its_owner_alone)
{
	char text[300];

	write_file(secret, "s p&c", 0600);		/* without its end */
	check_eq(run_program(NULL, NULL), 0);
	write_file(secret, "s p&c\n", 0640);
	check_eq(run_program(NULL, NULL), 1);
	write_file(secret, "s p&c\n", 0604);
	check_eq(run_program(NULL, NULL), 1);
	write_file(secret, "two\nlines\n", 0600);
	check_eq(run_program(NULL, NULL), 1);
	write_file(secret, "\n", 0600);
	check_eq(run_program(NULL, NULL), 1);
	write_file(secret, "", 0600);
	check_eq(run_program(NULL, NULL), 1);
	snprintf(text, sizeof(text), "%0257u", 1u);
	write_file(secret, text, 0600);
	check_eq(run_program(NULL, NULL), 1);
	write_file(secret, "s p&c\n", 0600);
	check_eq(run_program("--secret-file", "/dev/null"), 1);
	check_eq(run_program("--secret-file", "/tmp/conclave-there-is-none"), 1);
}

TEST(without_authorities_nobody_could_be_trusted)
{
	write_file(authorities, "", 0644);
	check_eq(run_program(NULL, NULL), 1);
	write_file(authorities, "none", 0644);
	check_eq(run_program("--ca-file", "/tmp"), 1);
}

#define SERVING(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
	SERVING(a_provider_that_is_found_is_told_once),
	SERVING(while_there_is_no_provider_nobody_is_kept_waiting),
	SERVING(D17_what_is_no_request_has_no_answer),
	SERVING(who_is_gone_is_no_failure),
	SERVING(what_is_no_socket_is_one),
	cmocka_unit_test(it_ends_with_conclaved),
	cmocka_unit_test(it_explains_itself_when_started_by_hand),
	cmocka_unit_test(a_secret_is_one_line_for_its_owner_alone),
	cmocka_unit_test(without_authorities_nobody_could_be_trusted),
};

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
