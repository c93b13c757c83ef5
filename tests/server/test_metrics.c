/* SPDX-License-Identifier: EUPL-1.2 */
/* OpenMetrics: the contract's names, and a text that a scraper takes. */
#include "server/shell/metrics.h"

#include <ctype.h>

#include "base/mem.h"
#include "tests/support/check.h"

static char text[8192];

static void print(const struct metrics *m)
{
	struct writer w = writer(text, sizeof(text) - 1);

	metrics_write(&w, m);
	check(w.ok);
	text[written(&w).size] = '\0';
}

TEST(contract_names_are_there_with_their_values)
{
	static const char *const lines[] = {
		"\nconclave_participants 55\n", "\nconclave_meetings 2\n", "\nconclave_joins_total 60\n",
		"\nconclave_events_total{kind=\"any\"} 700\n", "\nconclave_dtls_handshakes_total{result=\"done\"} 5\n",
		"\nconclave_dtls_handshakes_total{result=\"failed\"} 1\n", "\nconclave_media_workers 1\n",
		"\nconclave_media_cipher_info{name=\"openssl-evp\"} 1\n", "\nconclave_tcp_starved_total 3\n",
		"\nconclave_srtp_profiles_total{profile=\"other\"} 4\n",
	};
	struct metrics m = {
		.hall = { .meetings = 2, .participants = 55, .joins = 60, .events = 700 },
		.workers = { .up = 1, .cipher = "openssl-evp" }, .listener = { .starved = 3 },
		.handshakes_done = 5, .handshakes_failed = 1, .profile_gcm = 1, .profile_other = 4,
	};

	print(&m);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		check(strstr(text, lines[i]));
}

/* OpenMetrics 1.0: TYPE and HELP before the samples of a family, one value a sample, the end marked. */
TEST(every_line_is_of_the_format)
{
	char family[128] = "", *line, *rest = text;
	struct metrics m = { 0 };
	unsigned samples = 0;

	print(&m);
	check(strcmp(text + strlen(text) - 6, "# EOF\n") == 0);
	while ((line = strsep(&rest, "\n")) && strcmp(line, "# EOF") != 0) {
		if (sscanf(line, "# TYPE %127s", family) == 1)
			continue;
		if (strncmp(line, "# HELP ", 7) == 0) {
			check(strncmp(line + 7, family, strlen(family)) == 0);
			continue;
		}
		check(strncmp(line, family, strlen(family)) == 0);
		check(strncmp(line, "conclave_", 9) == 0);
		check(isdigit((unsigned char)line[strlen(line) - 1]));
		samples++;
	}
	check_ge(samples, 15);
	check(!strstr(text, "cipher"));		/* nobody has said it yet */
}

TEST(too_little_room_is_seen)
{
	struct metrics m = { 0 };
	struct writer w = writer(text, 100);

	metrics_write(&w, &m);
	check(!w.ok);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(contract_names_are_there_with_their_values),
	cmocka_unit_test(every_line_is_of_the_format),
	cmocka_unit_test(too_little_room_is_seen),
};

RUN_TESTS(tests)
