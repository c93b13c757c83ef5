/* SPDX-License-Identifier: EUPL-1.2 */
/* OpenMetrics: the contract's names, a text that a scraper takes, and sums that never fall. */
#include "server/shell/metrics.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tests/support/check.h"

static char text[METRICS_SIZE];

/* As long as the longest, and none is another. */
static const char *const *words(void)
{
	static char texts[EVENT_N][24];
	static const char *ret[EVENT_N];

	for (int i = 0; i < EVENT_N; i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "presence-corrected-%02d", i);
		ret[i] = texts[i];
	}
	return ret;
}

static void print(const struct metrics *m)
{
	struct writer w = writer(text, sizeof(text) - 1);

	metrics_write(&w, m);
	check(w.ok);
	text[written(&w).size] = '\0';
}

/* What one worker of this birth says: each count is `n` more than its number. */
static void say(struct metrics *m, unsigned worker, uint64_t born, uint64_t n)
{
	struct media_event e = { .kind = MEDIA_NUMBERS, .born = born };

	for (unsigned i = 0; i < COUNT_N; i++)
		e.counts[i] = n + i;
	metrics_hear(m, worker, &e);
}

static long value_of(const char *sample)
{
	const char *at = strstr(text, sample);

	if (!at)
		fail_msg("no %s", sample);
	return strtol(at + strlen(sample), NULL, 10);
}

TEST(contract_names_are_there_with_their_values)
{
	static const char *const lines[] = {
		"\nconclave_participants 55\n", "\nconclave_meetings 2\n", "\nconclave_joins_total 60\n",
		"\nconclave_events_total{kind=\"presence-corrected-07\"} 700\n", "\nconclave_events_total{kind=\"presence-corrected-00\"} 0\n",
		"\nconclave_dtls_handshakes_total{result=\"done\"} 1008\n",
		"\nconclave_dtls_handshakes_total{result=\"failed\"} 1009\n", "\nconclave_media_workers 1\n",
		"\nconclave_media_cipher_info{name=\"openssl-evp\"} 1\n", "\nconclave_tcp_starved_total 3\n",
		"\nconclave_certificate_ends_seconds 1798761600\n",
		"\nconclave_srtp_profiles_total{profile=\"other\"} 1\n",
		"\nconclave_rtp_packets_total{direction=\"in\"} 1000\n",
		"\nconclave_rtp_packets_total{direction=\"out\"} 1001\n",
		"\nconclave_rtp_bytes_total{direction=\"in\"} 1002\n",
		"\nconclave_rtp_bytes_total{direction=\"out\"} 1003\n",
		"\nconclave_rtp_lost_total 1004\n", "\nconclave_nack_total 1005\n", "\nconclave_pli_total 1006\n",
		"\nconclave_join_seconds_bucket{le=\"0.1\"} 1\n", "\nconclave_join_seconds_bucket{le=\"0.25\"} 3\n",
		"\nconclave_join_seconds_bucket{le=\"+Inf\"} 3\n", "\nconclave_join_seconds_count 3\n",
		"\nconclave_join_seconds_sum 0.45\n", "\nconclave_forward_seconds_bucket{le=\"0.0001\"} 1013\n",
		"\nconclave_forward_seconds_sum 0.001012\n",
	};
	struct metrics m = {
		.hall = { .meetings = 2, .participants = 55, .joins = 60, .events = 700,
			  .kinds = { [7] = 700 }, .words = words(), .joining = { 1, 2 }, .joining_usec = 450000 },
		.workers = { .up = 1, .cipher = "openssl-evp" }, .listener = { .starved = 3 },
		.certificate_ends = SECONDS(1798761600),
	};

	say(&m, 0, 7, 1000);
	metrics_hear(&m, 0, &(struct media_event){ .kind = MEDIA_CONNECTED, .word = "AES128_CM_SHA1_80" });
	print(&m);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (!strstr(text, lines[i]))
			fail_msg("missing: %s", lines[i]);
}

TEST(conclave_fetch_is_counted_where_a_provider_is_configured)
{
	static const char *const lines[] = {
		"\nconclave_provider_found 1\n", "\nconclave_fetch_requests_total{question=\"discovery\"} 4\n",
		"\nconclave_fetch_requests_total{question=\"keys\"} 2\n",
		"\nconclave_fetch_requests_total{question=\"token\"} 7\n",
		"\nconclave_fetch_failures_total{kind=\"name\"} 3\n",
		"\nconclave_fetch_failures_total{kind=\"certificate\"} 0\n",
		"\nconclave_fetch_failures_total{kind=\"unfit\"} 1\n",
		"\nconclave_fetch_success_seconds 1798761600\n", "\nconclave_sign_ons_total{result=\"proven\"} 5\n",
		"\nconclave_sign_ons_total{result=\"refused\"} 6\n",
		"\nconclave_sign_ons_total{result=\"unanswered\"} 8\n",
	};
	struct metrics m = { .hall.fetch = { .configured = true, .found = true, .requests = { 4, 2, 7 },
		.failures = { [OIDC_OUT_NAME] = 3, [OIDC_OUT_UNFIT] = 1 }, .last_success = SECONDS(1798761600),
		.sign_ons_proven = 5, .sign_ons_refused = 6, .sign_ons_unanswered = 8 } };

	print(&m);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (!strstr(text, lines[i]))
			fail_msg("missing: %s", lines[i]);
	m.hall.fetch.configured = false;
	print(&m);
	check(!strstr(text, "provider") && !strstr(text, "fetch") && !strstr(text, "sign_ons"));
}

TEST(sums_are_over_workers_and_do_not_fall_when_one_dies)
{
	struct metrics m = { 0 };
	const char *const in = "conclave_rtp_packets_total{direction=\"in\"} ";

	say(&m, 0, 7, 1000);
	say(&m, 1, 8, 500);
	print(&m);
	check_eq(value_of(in), 1500);
	say(&m, 0, 7, 1200);			/* the same process, later: what it says stands for all of it */
	print(&m);
	check_eq(value_of(in), 1700);
	say(&m, 0, 9, 10);			/* its successor began at 0 */
	print(&m);
	check_eq(value_of(in), 1710);
	say(&m, 0, 9, 30);
	say(&m, 1, 8, 501);			/* its channel was lost, and taken up again: nothing counts twice */
	print(&m);
	check_eq(value_of(in), 1731);
	check_eq(value_of("conclave_forward_seconds_count "), 3 * 10 * COUNT_FORWARD + 3 * 45 + 10 * (1200 + 30 + 501));
}

struct family {
	char name[128];
	char type[16];
	bool helped;
	unsigned samples;
	double last;			/* of a histogram: the bucket before */
	double limit;
	char labels[128];		/* of the sample before */
};

static bool ends(const char *text_, const char *with)
{
	size_t n = strlen(text_), k = strlen(with);

	return n >= k && strcmp(text_ + n - k, with) == 0;
}

/* [a-zA-Z_:][a-zA-Z0-9_:]* */
static bool is_name(const char *name)
{
	if (!isalpha((unsigned char)name[0]) && name[0] != '_')
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && *name != '_')
			return false;
	return true;
}

static void check_value(const char *value)
{
	char *end;

	check(isdigit((unsigned char)value[0]));
	(void)strtod(value, &end);
	check(end > value && *end == '\0');
}

static void check_bucket(struct family *f, const char *labels, double value)
{
	double limit = strcmp(labels, "le=\"+Inf\"") == 0 ? 1e300 : strtod(labels + strlen("le=\""), NULL);

	check(strncmp(labels, "le=\"", 4) == 0);
	check(limit > f->limit && value >= f->last);
	f->limit = limit;
	f->last = value;
}

/* One sample: its suffix fits the type, its labels are quoted and stand there once. */
static void check_sample(struct family *f, const char *line)
{
	char name[160] = "", labels[128] = "", value[64] = "";

	if (sscanf(line, "%127[^{ ]{%127[^}]} %63s", name, labels, value) != 3)
		check_eq(sscanf(line, "%127[^ ] %63s", name, value), 2);
	check(is_name(name) && strncmp(name, f->name, strlen(f->name)) == 0);
	check(f->helped && f->type[0]);
	check_value(value);
	if (strcmp(f->type, "counter") == 0)
		check_text(name + strlen(f->name), "_total");
	else if (strcmp(f->type, "gauge") == 0)
		check_text(name + strlen(f->name), "");
	else if (strcmp(f->type, "info") == 0)
		check_text(name + strlen(f->name), "_info");
	else if (ends(name, "_bucket"))
		check_bucket(f, labels, strtod(value, NULL));
	else if (ends(name, "_count"))
		check(f->limit == 1e300 && strtod(value, NULL) == f->last);
	else
		check_text(name + strlen(f->name), "_sum");
	if (labels[0])
		check(strstr(labels, "=\"") && ends(labels, "\"") && strcmp(labels, f->labels) != 0);
	memcpy(f->labels, labels, sizeof(labels));
	f->samples++;
}

/* OpenMetrics 1.0: each family once, with its TYPE and HELP before its samples, none without, and the end marked. */
TEST(every_line_is_of_the_format)
{
	char seen[64][128], *line, *rest = text;
	struct family f = { .name = "" };
	struct metrics m = { .hall = { .words = words(), .fetch.configured = true }, .workers = { .cipher = "x" } };
	unsigned n = 0;

	say(&m, 3, 7, 5);
	print(&m);
	check(ends(text, "\n# EOF\n"));
	while ((line = strsep(&rest, "\n")) && strcmp(line, "# EOF") != 0) {
		char name[128], word[128];

		if (sscanf(line, "# TYPE %127s %15s", name, word) == 2) {
			check(!n || f.samples);
			for (unsigned i = 0; i < n; i++)
				check(strcmp(seen[i], name) != 0);
			check(n < ARRAY_SIZE(seen) && is_name(name) && strncmp(name, "conclave_", 9) == 0);
			check(!ends(name, "_total") && !ends(name, "_info"));
			memcpy(seen[n++], name, sizeof(name));
			f = (struct family){ .limit = -1 };
			memcpy(f.name, name, sizeof(name));
			memcpy(f.type, word, sizeof(f.type));
			check(strstr("counter gauge histogram info", f.type));
		} else if (strncmp(line, "# HELP ", 7) == 0) {
			check(!f.helped && sscanf(line, "# HELP %127s %127s", name, word) == 2);
			check_text(name, f.name);
			check(!strpbrk(line, "\\\"") && ends(line, "."));
			f.helped = true;
		} else {
			check(line[0] != '#' && line[0] != '\0');
			check_sample(&f, line);
		}
	}
	check(rest && *rest == '\0');		/* nothing behind the end */
	check_ge(n, 25);
}

TEST(nobody_has_named_a_cipher_yet)
{
	struct metrics m = { 0 };

	print(&m);
	check(!strstr(text, "cipher"));
}

TEST(too_little_room_is_seen)
{
	struct metrics m = { 0 };
	struct writer w = writer(text, 100);

	metrics_write(&w, &m);
	check(!w.ok);
}

/* Every figure as long as it can be. */
TEST(the_longest_text_has_room)
{
	struct metrics m;

	memset(&m, 0xff, sizeof(m));
	memset(m.media, 0, sizeof(m.media));
	m.hall.fetch.configured = m.hall.fetch.found = true;
	m.hall.words = words();
	memset(m.workers.cipher, 'x', sizeof(m.workers.cipher));
	m.workers.cipher[sizeof(m.workers.cipher) - 1] = '\0';
	print(&m);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(contract_names_are_there_with_their_values),
	cmocka_unit_test(conclave_fetch_is_counted_where_a_provider_is_configured),
	cmocka_unit_test(sums_are_over_workers_and_do_not_fall_when_one_dies),
	cmocka_unit_test(every_line_is_of_the_format),
	cmocka_unit_test(nobody_has_named_a_cipher_yet),
	cmocka_unit_test(too_little_room_is_seen),
	cmocka_unit_test(the_longest_text_has_room),
};

RUN_TESTS(tests)
