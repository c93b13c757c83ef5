/* SPDX-License-Identifier: EUPL-1.2 */
/* How findings are shown, to people and to scripts. */
#include "server/ctl/finding.h"

#include "base/mem.h"
#include "tests/support/check.h"

static struct finding list[3];

static int setup(void **state __attribute__((unused)))
{
	list[0].check = "disk";
	list[1].check = "certificate";
	list[2].check = "port";
	finding_ok(&list[0], "%d MB are free", 700);
	finding_attention(&list[1], "renew it", "it runs out in %d days", 3);
	finding_broken(&list[2], "start \"it\"", "nothing listens");
	return 0;
}

TEST(people_see_aligned_lines_with_mends)
{
	char text[1024] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");

	findings_print(out, list, ARRAY_SIZE(list));
	check_eq(fclose(out), 0);
	check_text(text,
		"disk         ok         700 MB are free\n"
		"certificate  attention  it runs out in 3 days\n"
		"               mend:    renew it\n"
		"port         broken     nothing listens\n"
		"               mend:    start \"it\"\n");
}

TEST(dutch_is_shown_and_scripts_see_the_same)
{
	struct finding f = { .check = "disk", .dutch = true };
	char text[256] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");
	struct writer w;

	finding_broken(&f, TEXT(&f, "make room", "maak plaats"), TEXT(&f, "%d MB left", "nog %d MB"), 3);
	findings_print(out, &f, 1);
	check_eq(fclose(out), 0);
	check_text(text, "disk         stuk       nog 3 MB\n               doe:     maak plaats\n");
	w = writer(text, sizeof(text));
	findings_write(&w, &f, 1);
	write_u8(&w, 0);
	check(strstr(text, "\"check\":\"disk\",\"state\":\"broken\",\"says\":\"nog 3 MB\""));
}

TEST(scripts_read_one_document)
{
	char text[1024];
	struct writer w = writer(text, sizeof(text));

	findings_write(&w, list, ARRAY_SIZE(list));
	write_u8(&w, 0);
	check(w.ok);
	check_text(text, "{\"ok\":false,\"checks\":["
		"{\"check\":\"disk\",\"state\":\"ok\",\"says\":\"700 MB are free\",\"mend\":null},"
		"{\"check\":\"certificate\",\"state\":\"attention\",\"says\":\"it runs out in 3 days\",\"mend\":\"renew it\"},"
		"{\"check\":\"port\",\"state\":\"broken\",\"says\":\"nothing listens\",\"mend\":\"start \\\"it\\\"\"}]}");
	w = writer(text, sizeof(text));
	findings_write(&w, list, 2);
	write_u8(&w, 0);
	check(strncmp(text, "{\"ok\":true,", 11) == 0);
}

TEST(only_what_is_broken_counts_as_broken)
{
	check_eq(findings_broken(list, 3), 1);
	check_eq(findings_broken(list, 2), 0);
	check_eq(findings_broken(list, 0), 0);
}

TEST(long_words_are_cut_and_not_spilled)
{
	char path[4096];
	struct finding f = { .check = "state" };

	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	finding_broken(&f, path, "%s", path);
	check_eq(strlen(f.says), sizeof(f.says) - 1);
	check_eq(strlen(f.mend), sizeof(f.mend) - 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup(people_see_aligned_lines_with_mends, setup),
	cmocka_unit_test(dutch_is_shown_and_scripts_see_the_same),
	cmocka_unit_test_setup(scripts_read_one_document, setup),
	cmocka_unit_test_setup(only_what_is_broken_counts_as_broken, setup),
	cmocka_unit_test(long_words_are_cut_and_not_spilled),
};

RUN_TESTS(tests)
