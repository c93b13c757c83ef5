/* SPDX-License-Identifier: EUPL-1.2 */
/* What the hall tells of security to whoever collects logs. Over a socket: tests/ctl/security.py. */
#include "tests/server/stage.h"

static struct stage s;
static const char *never = "";	/* a word that must not come */

/* Is it among all that is to be told now? */
static bool seen(const char *word, unsigned id, enum security_outcome outcome, uint32_t person)
{
	struct hall_security e;
	bool found = false;

	while (hall_poll_security(s.hall, &e)) {
		check(!e.account[0] && !e.target[0]);
		check(!e.entry || e.meeting);
		check(strcmp(e.word, never) != 0);
		found |= strcmp(e.word, word) == 0 && e.event.id == id && e.event.outcome == outcome &&
			e.person == person;
	}
	return found;
}

TEST(who_comes_and_goes_is_told_by_number)
{
	stage_open(&s, NULL);
	stage_demo(&s);
	check(seen("meeting-created", 401, SECURITY_DONE, 0));
	stage_media_up(&s);
	stage_everyone_in(&s);
	check(seen("admitted", 415, SECURITY_DONE, 4));
	actor_say(&s.actors[JAN], "{\"type\":\"hand\",\"raised\":true}");
	actor_say(&s.actors[JAN], "{\"type\":\"leave\"}");
	check(seen("left", 417, SECURITY_DONE, 0));
	check(!seen("left", 417, SECURITY_DONE, 0));	/* once */
	stage_close(&s);
}

TEST(nothing_is_told_that_was_undone)
{
	stage_open(&s, NULL);
	stage_demo(&s);
	stage_media_up(&s);
	stage_everyone_in(&s);
	(void)seen("", 0, SECURITY_DONE, 0);
	db_refuse_commits(s.db, 1);
	actor_say(&s.actors[JAN], "{\"type\":\"leave\"}");
	hall_note(s.hall, "certificate-changed", NULL);	/* is no act: it happened all the same */
	db_refuse_commits(s.db, 0);
	stage_drain(&s);
	never = "left";
	check(seen("certificate-changed", 311, SECURITY_CHANGED, 0));
	never = "";
	stage_close(&s);
}

TEST(what_nobody_collects_has_an_end)
{
	struct hall_security e;
	unsigned n = 0;

	stage_open(&s, NULL);
	for (unsigned i = 0; i < 3000; i++)
		hall_note(s.hall, "no-such-word", "geheim");
	stage_drain(&s);
	while (hall_poll_security(s.hall, &e)) {
		check_text(e.word, "unlisted");
		check_eq(e.event.id, 199);
		check_text(e.about, "");
		check_eq(e.number, ++n);
	}
	check_eq(n, 256);
	hall_note(s.hall, "started", NULL);
	stage_drain(&s);
	check(hall_poll_security(s.hall, &e));
	check_eq(e.number, 3001);	/* the gap shows */
	stage_close(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(who_comes_and_goes_is_told_by_number),
	cmocka_unit_test(nothing_is_told_that_was_undone),
	cmocka_unit_test(what_nobody_collects_has_an_end),
};

RUN_TESTS(tests)
