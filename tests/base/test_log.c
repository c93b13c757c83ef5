/* SPDX-License-Identifier: EUPL-1.2 */
/* base/log.c, its standard error replaced by a socket on which every write is a message of its own.
 * Invariant: the real standard error is back before anything is checked. */
#include "tests/support/check.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

static struct {
	int real;		/* the saved standard error */
	int reader;
	char text[8192];
} captured;

static void capture(void)
{
	int pair[2];

	check_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair), 0);
	captured.real = dup(STDERR_FILENO);
	check(captured.real >= 0);
	captured.reader = pair[0];
	check_eq(dup2(pair[1], STDERR_FILENO), STDERR_FILENO);
	close(pair[1]);
}

/* Everything written since capture(), a '|' behind each write. */
static const char *release(void)
{
	size_t at = 0;
	ssize_t n;

	dup2(captured.real, STDERR_FILENO);
	close(captured.real);
	while ((n = recv(captured.reader, captured.text + at, sizeof(captured.text) - at - 2, 0)) > 0) {
		at += (size_t)n;
		captured.text[at++] = '|';
	}
	captured.text[at] = '\0';
	close(captured.reader);
	return captured.text;
}

#define check_logged(call, expected) do { \
		capture(); \
		call; \
		check_text(release(), (expected)); \
	} while (0)

TEST(a_line_has_an_event_and_fields)
{
	check_logged(log_info("link-closed", LOG_ID("peer", 0xa1b2c3d4), LOG_WORD("why", "timeout")),
		"info link-closed peer=a1b2c3 why=timeout\n|");
	check_logged(log_warn("slow", LOG_NUMBER("ms", -5)), "warn slow ms=-5\n|");
	check_logged(log_error("broken"), "error broken\n|");
}

TEST(one_write_a_line)
{
	capture();
	log_info("a");
	log_info("b", LOG_NUMBER("n", INT64_MIN));
	check_text(release(), "info a\n|info b n=-9223372036854775808\n|");
}

TEST(errors_have_names)
{
	check_logged(log_error("e", LOG_ERROR(-ENOBUFS)), "error e error=ENOBUFS\n|");
	check_logged(log_error("e", LOG_ERROR(-4000)), "error e error=-4000\n|");
	check_logged(log_error("e", LOG_ERROR(7)), "error e error=7\n|");
	check_logged(log_error("e", LOG_ERROR(INT64_MIN)), "error e error=-9223372036854775808\n|");
}

TEST(ids_are_cut)
{
	check_logged(log_info("e", LOG_ID("peer", 0x00000fff)), "info e peer=00000f\n|");
	check_logged(log_info("e", LOG_ID("peer", 0xabcdef0123456789)), "info e peer=abcdef\n|");
}

TEST(secrets_show_their_length_only)
{
	check_logged(log_info("e", LOG_SECRET("link", "s3cr3t")), "info e link=[6]\n|");
	check_logged(log_info("e", LOG_SECRET("link", NULL)), "info e link=[0]\n|");
}

/* ATTACKS C27 */
TEST(nothing_can_forge_a_line_or_reach_the_terminal)
{
	check_logged(log_info("e", LOG_WORD("name", "a\r\ninfo admitted name=b")),
		"info e name=\"a\\x0d\\x0ainfo admitted name=b\"\n|");
	check_logged(log_info("e", LOG_WORD("name", "\033[31m\007\177\t")),
		"info e name=\\x1b[31m\\x07\\x7f\\x09\n|");
	check_logged(log_info("e", LOG_WORD("name", "%n%s%d")), "info e name=%n%s%d\n|");
	check_logged(log_info("e", LOG_WORD("name", "a\" error=none")), "info e name=\"a\\x22 error=none\"\n|");
	check_logged(log_info("e", LOG_WORD("name", "back\\slash")), "info e name=back\\x5cslash\n|");
	check_logged(log_info("e", LOG_WORD("name", "J\xc3\xb8rgen \xe2\x80\xae")),
		"info e name=\"J\\xc3\\xb8rgen \\xe2\\x80\\xae\"\n|");
	check_logged(log_info("e\nf", LOG_WORD("a\nb", "c")), "info e\\x0af a\\x0ab=c\n|");
}

TEST(no_text_is_an_empty_text)
{
	check_logged(log_info("e", LOG_WORD("a", NULL), LOG_WORD("b", "")), "info e a=\"\" b=\"\"\n|");
}

TEST(a_long_word_is_cut)
{
	_cleanup_(mem_freep) char *word = mem_alloc(1024 * 1024 + 1);
	char expected[256] = "info e name=";

	memset(word, 'x', 1024 * 1024);
	memset(expected + strlen(expected), 'x', 200);
	strncat(expected, "...\n|", sizeof(expected) - strlen(expected) - 1);
	check_logged(log_info("e", LOG_WORD("name", word)), expected);
	word[200] = '\0';
	strncpy(expected + strlen("info e name=") + 200, "\n|", 3);
	check_logged(log_info("e", LOG_WORD("name", word)), expected);
}

TEST(a_long_line_is_cut_and_still_a_line)
{
	char word[201] = "";
	const char *text;
	size_t size;

	memset(word, '\001', 200);	/* \x01: four bytes each */
	capture();
	log_info("e", LOG_WORD("a", word), LOG_WORD("b", word), LOG_WORD("c", word), LOG_WORD("d", word),
		 LOG_WORD("e", word), LOG_WORD("f", word), LOG_WORD("g", word));
	text = release();
	size = strlen(text);
	check(size > 4000 && size <= 4097);
	check_text(text + size - 6, " ...\n|");
	check(strchr(text, '\n') == text + size - 2);
}

TEST(debug_is_off_until_asked_for)
{
	check_logged(log_debug("e"), "");
	log_set_level(LOG_LEVEL_DEBUG);
	check_logged(log_debug("e"), "debug e\n|");
	log_set_level(LOG_LEVEL_ERROR);
	capture();
	log_info("e");
	log_warn("e");
	log_error("e");
	log_set_level(LOG_LEVEL_INFO);
	check_text(release(), "error e\n|");
}

TEST(the_process_has_a_name)
{
	log_set_process("conclaved");
	check_logged(log_info("started"), "conclaved info started\n|");
	log_set_process(NULL);
	check_logged(log_info("started"), "info started\n|");
}

/* As systemd does it: the variable names the socket that is our standard error. */
TEST(the_journal_gets_a_level_in_front)
{
	struct stat st;
	char stream[64];

	capture();
	fstat(STDERR_FILENO, &st);
	(void)snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)st.st_dev,
		       (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_set_process("conclaved");
	log_error("broken", LOG_NUMBER("n", 1));
	log_set_process(NULL);
	log_info("started");
	/* A child inherits the variable, but not where its lines go. */
	setenv("JOURNAL_STREAM", "1:1", 1);
	log_set_process("conclaved");
	log_info("started");
	setenv("JOURNAL_STREAM", "nonsense", 1);
	log_set_process(NULL);
	log_info("started");
	unsetenv("JOURNAL_STREAM");
	check_text(release(), "<3>conclaved broken n=1\n|<6>started\n|conclaved info started\n|info started\n|");
}

TEST(errno_survives)
{
	capture();
	close(STDERR_FILENO);
	errno = ENOTDIR;
	log_error("nobody-reads-this");
	check_eq(errno, ENOTDIR);
	release();
}

static void repeat(usec_t now)
{
	log_throttled(LOG_LEVEL_WARN, now, SECONDS(10), "often");
}

TEST(what_repeats_is_counted)
{
	capture();
	repeat(SECONDS(100));
	repeat(SECONDS(101));
	repeat(SECONDS(109));
	repeat(SECONDS(110));
	repeat(SECONDS(200));
	check_text(release(), "warn often held_back=0\n|warn often held_back=2\n|warn often held_back=0\n|");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_line_has_an_event_and_fields),
	cmocka_unit_test(one_write_a_line),
	cmocka_unit_test(errors_have_names),
	cmocka_unit_test(ids_are_cut),
	cmocka_unit_test(secrets_show_their_length_only),
	cmocka_unit_test(nothing_can_forge_a_line_or_reach_the_terminal),
	cmocka_unit_test(no_text_is_an_empty_text),
	cmocka_unit_test(a_long_word_is_cut),
	cmocka_unit_test(a_long_line_is_cut_and_still_a_line),
	cmocka_unit_test(debug_is_off_until_asked_for),
	cmocka_unit_test(the_process_has_a_name),
	cmocka_unit_test(the_journal_gets_a_level_in_front),
	cmocka_unit_test(errno_survives),
	cmocka_unit_test(what_repeats_is_counted),
};

RUN_TESTS(tests)
