/* SPDX-License-Identifier: EUPL-1.2 */
/* Answers as people read them. */
#include "server/ctl/show.h"

#include "tests/support/check.h"

static char text[2048];

static const char *shown(enum ctl_verb verb, const char *answer)
{
	_cleanup_(answer_freep) struct answer *a = answer_parse(bytes_of_string(answer));
	static struct options o;
	FILE *out;

	memset(text, 0, sizeof(text));
	out = fmemopen(text, sizeof(text), "w");
	check(a && out);
	o.verb = verb;
	o.meeting = "abcdefghij";
	show_answer(out, &o, a);
	check_eq(fclose(out), 0);
	return text;
}

/* deploy/quickstart takes the meeting from the end of the first line. */
TEST(demonstration_begins_with_its_meeting)
{
	check_text(shown(CTL_DEMO, "{\"ok\":true,\"meeting\":\"abcdefghij\",\"people\":["
		"{\"name\":\"Hilde\",\"office\":\"clerk\",\"email\":\"h@b\",\"link\":\"https://h/j#1\"},"
		"{\"name\":\"Zoë A\",\"office\":\"member\",\"email\":\"z@b\",\"link\":\"https://h/j#2\"}]}"),
		"Demonstration meeting abcdefghij\n"
		"clerk   Hilde  https://h/j#1\n"
		"member  Zoë A  https://h/j#2\n");
}

TEST(list_is_a_table)
{
	check_text(shown(CTL_MEETING_LIST, "{\"ok\":true,\"meetings\":[]}"), "There are no meetings.\n");
	check_text(shown(CTL_MEETING_LIST, "{\"ok\":true,\"meetings\":[{\"id\":\"abcdefghij\",\"title\":\"Raad\","
		"\"starts\":\"2026-12-01T18:30:00.000Z\",\"phase\":\"open\"}]}"),
		"ID          PHASE  STARTS                    TITLE\n"
		"abcdefghij  open   2026-12-01T18:30:00.000Z  Raad\n");
}

TEST(meeting_shows_who_is_where)
{
	check_text(shown(CTL_MEETING_SHOW, "{\"ok\":true,\"meeting\":{\"id\":\"abcdefghij\",\"title\":\"Zitting\","
		"\"body\":\"Raad\",\"starts\":\"2026-12-01T18:30:00.000Z\",\"phase\":\"open\",\"invited\":2,\"inside\":1,"
		"\"waiting\":0},\"entries\":9,\"people\":[{\"name\":\"Jan\",\"email\":\"jan@b\",\"office\":\"chair\","
		"\"party\":null,\"links\":1,\"seated\":true,\"where\":\"inside\"}]}"),
		"abcdefghij  Zitting, Raad\n"
		"open, starts 2026-12-01T18:30:00.000Z, 9 entries in the proceedings\n"
		"2 invited, 1 inside, 0 in the lobby\n"
		"\n"
		"OFFICE  NAME  E-MAIL  NOW\n"
		"chair   Jan   jan@b   inside\n");
}

TEST(workers_stand_with_their_ports_and_people)
{
	check_text(shown(CTL_WORKER_LIST, "{\"ok\":true,\"workers\":[{\"number\":0,\"state\":\"ready\",\"port\":8443,"
		"\"meetings\":2,\"people\":31},{\"number\":1,\"state\":\"draining\",\"port\":8444,\"meetings\":1,"
		"\"people\":5}]}"),
		"WORKER  STATE     UDP PORT  MEETINGS  PEOPLE\n"
		"0       ready     8443      2         31\n"
		"1       draining  8444      1         5\n");
	check_text(shown(CTL_WORKER_LIST, "{\"ok\":true,\"workers\":[]}"), "No media worker is running.\n");
	check_text(shown(CTL_RELOAD, "{\"ok\":true,\"ends\":1800000000}"),
		"New connections are shown the certificate that now stands in its file.\n");
}

TEST(what_scripts_take_stands_alone)
{
	check_text(shown(CTL_MEETING_CREATE, "{\"ok\":true,\"meeting\":\"abcdefghij\"}"), "abcdefghij\n");
	check_text(shown(CTL_INVITE, "{\"ok\":true,\"name\":\"Jan\",\"link\":\"https://h/j#1\"}"), "https://h/j#1\n");
	check_text(shown(CTL_MEETING_END, "{\"ok\":true}"), "Meeting abcdefghij has ended.\n");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(demonstration_begins_with_its_meeting),
	cmocka_unit_test(list_is_a_table),
	cmocka_unit_test(meeting_shows_who_is_where),
	cmocka_unit_test(workers_stand_with_their_ports_and_people),
	cmocka_unit_test(what_scripts_take_stands_alone),
};

RUN_TESTS(tests)
