/* SPDX-License-Identifier: EUPL-1.2 */
/* What an agenda may hold, and what a report may (base/limits.h): the last one that fits, and the first that does not.
 * In tests only. */
#include "server/hall/inside.h"
#include "tests/server/stage.h"

#define AGREED ",\"reason\":{\"code\":\"agreed\"}"
#define MEMBERS 17			/* of whom sixteen with 64 recusals each are as many as there may be */
#define REPORT_MOST (4 * 1024 * 1024)	/* PROTOCOL.md */

static struct stage s;

static const struct agenda *agenda(void)
{
	return &list_first(&s.hall->meetings, struct meeting, in_hall)->fold->agenda;
}

/* A clerk, a chair and MEMBERS members; is it made? */
static bool convene(unsigned items)
{
	static char request[32 * 1024];
	struct writer w = writer(request, sizeof(request));

	write_string(&w, "{\"verb\":\"meeting-create\",\"title\":\"Raad\",\"starts\":\"2026-03-12T18:30Z\",\"people\":[");
	for (unsigned i = 0; i < MEMBERS + 2; i++)
		write_format(&w, "%s{\"name\":\"P%u\",\"email\":\"p%u@x.example\",\"office\":\"%s\"}", i ? "," : "", i, i,
			i == CLERK ? "clerk" : i == CHAIR ? "chair" : "member");
	write_string(&w, "],\"items\":[");
	for (unsigned i = 0; i < items; i++)
		write_format(&w, "%s{\"title\":\"Punt %u\",\"convened\":\"closed\"}", i ? "," : "", i + 1);
	write_string(&w, "]}");
	write_u8(&w, 0);
	check(w.ok);
	return stage_made(&s, request) && stage_field(s.answer, "meeting", 0, s.meeting, sizeof(s.meeting));
}

static void arrive(unsigned i)
{
	char text[256], link[256];

	snprintf(text, sizeof(text), "{\"verb\":\"invite\",\"meeting\":\"%s\",\"email\":\"p%u@x.example\"}", s.meeting, i);
	check(stage_made(&s, text));
	check(stage_field(s.answer, "link", 0, link, sizeof(link)));
	memcpy(s.actors[i].link, strchr(link, '#') + 1, 44);
	actor_arrive(&s.actors[i]);
	if (i > CHAIR) {
		snprintf(text, sizeof(text), "{\"type\":\"admit\",\"person\":%u}", i + 1);
		actor_say(&s.actors[CLERK], text);
		actor_forget(&s.actors[i]);
	}
}

static void say(unsigned who, const char *text)
{
	actor_forget(&s.actors[CLERK]);
	actor_forget(&s.actors[CHAIR]);
	actor_forget(&s.actors[who]);
	actor_say(&s.actors[who], text);
}

static void recuse(unsigned who, unsigned item)
{
	char text[64];

	snprintf(text, sizeof(text), "{\"type\":\"recuse\",\"item\":%u}", item);
	say(who, text);
}

static void note(unsigned whom, unsigned item)
{
	char text[160];

	snprintf(text, sizeof(text), "{\"type\":\"note-recusal\",\"item\":%u,\"person\":%u,\"contested\":false" AGREED "}",
		item, whom + 1);
	say(CHAIR, text);
}

static int open_stage(void **state)
{
	(void)state;
	stage_open(&s, NULL);
	stage_media_up(&s);
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&s);
	return 0;
}

TEST(an_agenda_has_64_items_at_most)
{
	check(!convene(LIMIT_ITEMS + 1));
	check(convene(LIMIT_ITEMS));
	arrive(CLERK);
	check_eq(agenda()->n_items, LIMIT_ITEMS);
	say(CLERK, "{\"type\":\"item-open\",\"item\":64}");
	check_eq(agenda()->open, LIMIT_ITEMS);
	stage_restart(&s);
	check_eq(agenda()->n_items, LIMIT_ITEMS);
	check_eq(agenda()->open, LIMIT_ITEMS);
}

TEST(an_office_notes_64_recusals_at_most)
{
	check(convene(LIMIT_ITEMS));
	for (unsigned i = 0; i < 3; i++)
		arrive(i);
	for (unsigned item = 1; item <= LIMIT_RECUSALS_NOTED; item++)
		note(2, item);
	check(!actor_has(&s.actors[CHAIR], "error"));
	check_eq(agenda()->n_noted, LIMIT_RECUSALS_NOTED);
	note(3, 1);
	actor_error(&s.actors[CHAIR], "too-many", "note-recusal", NULL);
	check_eq(agenda()->n_recusals, LIMIT_RECUSALS_NOTED);
	recuse(CHAIR, 1);		/* that of oneself is none of those */
	check_eq(agenda()->n_recusals, LIMIT_RECUSALS_NOTED + 1);
	stage_restart(&s);
	check_eq(agenda()->n_noted, LIMIT_RECUSALS_NOTED);
	check_eq(agenda()->n_recusals, LIMIT_RECUSALS_NOTED + 1);
}

TEST(a_meeting_has_1024_recusals_at_most)
{
	check(convene(LIMIT_ITEMS));
	arrive(CLERK);
	arrive(CHAIR);
	for (unsigned i = 2; i < MEMBERS + 2; i++) {
		arrive(i);
		for (unsigned item = 1; item <= LIMIT_ITEMS && agenda()->n_recusals < LIMIT_RECUSALS; item++)
			recuse(i, item);
		if (i < MEMBERS + 1)
			say(i, "{\"type\":\"leave\"}");
	}
	check_eq(agenda()->n_recusals, LIMIT_RECUSALS);
	recuse(MEMBERS + 1, 1);
	actor_error(&s.actors[MEMBERS + 1], "too-many", "recuse", NULL);
	note(MEMBERS + 1, 1);
	actor_error(&s.actors[CHAIR], "too-many", "note-recusal", NULL);
	check_eq(agenda()->n_recusals, LIMIT_RECUSALS);
	/* All of it still fits a state. */
	stage_restart(&s);
	check_eq(agenda()->n_recusals, LIMIT_RECUSALS);
	check_eq(actor_resume(&s.actors[CLERK], &(struct hall_answer){ 0 }), 200);
	actor_connect(&s.actors[CLERK]);
	actor_hello(&s.actors[CLERK]);
	actor_hears(&s.actors[CLERK], "state", "\"items\":[");
}

static unsigned report(struct hall_answer *answer)
{
	char body[64];

	snprintf(body, sizeof(body), "{\"meeting\":\"%s\"}", s.meeting);
	return actor_ask(&s.actors[CLERK], "/api/report", body, answer);
}

/* Objections of 200 letters with four bytes each, until the next hundred could be too many: and then they are. */
TEST(a_report_has_4_mb_at_most)
{
	static char objection[1024];
	struct writer w = writer(objection, sizeof(objection));
	struct hall_answer answer;
	size_t size, before = 0, each = 0;

	write_string(&w, "{\"type\":\"object\",\"note\":\"");
	for (int i = 0; i < LIMIT_REASON; i++)
		write_string(&w, "\xf0\x9f\x8f\x9b");
	write_string(&w, "\"}");
	write_u8(&w, 0);
	check(convene(1));
	arrive(CLERK);
	for (;;) {
		check_eq(report(&answer), 200);
		size = strlen(answer.body);
		each = before ? size - before : 0;
		if (size + each >= REPORT_MOST)
			break;
		before = size;
		for (int i = 0; i < 500; i++)
			say(CLERK, objection);
	}
	check_ge(size, REPORT_MOST / 2);
	for (int i = 0; i < 500; i++)
		say(CLERK, objection);
	check_eq(report(&answer), 503);
	check_text(answer.body, "{\"error\":{\"code\":\"too-long\"}}");
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

static const struct CMUnitTest tests[] = {
	ON_STAGE(an_agenda_has_64_items_at_most),
	ON_STAGE(an_office_notes_64_recusals_at_most),
	ON_STAGE(a_meeting_has_1024_recusals_at_most),
	ON_STAGE(a_report_has_4_mb_at_most),
};

RUN_TESTS(tests)
