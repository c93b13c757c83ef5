/* SPDX-License-Identifier: EUPL-1.2 */
/* Bodies, people and administrators as conclavectl writes them: each refusal in its words, and no change by halves when
 * memory or disk fails in the middle of one. In tests only. */
#include "base/log.h"
#include "base/mem.h"
#include "server/hall/gate.h"
#include "tests/server/stage.h"

static struct stage s;
static char before[3][16384];

static const char *const lists[] = { "{\"verb\":\"body-list\"}", "{\"verb\":\"user-list\"}",
	"{\"verb\":\"admin-list\"}" };

/* In an order in which each can be done. */
static const char *const deeds[] = {
	"{\"verb\":\"body-add\",\"name\":\"Raad\"}",
	"{\"verb\":\"user-add\",\"name\":\"An\",\"email\":\"An@x.example\",\"body\":\"Raad\",\"office\":\"chair\"}",
	"{\"verb\":\"user-add\",\"name\":\"Bo\",\"email\":\"bo@x.example\"}",
	"{\"verb\":\"user-add\",\"name\":\"Bo\",\"email\":\"bo@x.example\",\"body\":\"Raad\",\"office\":\"member\","
		"\"party\":\"Groen\"}",
	"{\"verb\":\"user-import\",\"csv\":\"Cas,cas@x.example,Raad,clerk,\\nDirk,dirk@x.example,Raad,,Groen\\n\"}",
	"{\"verb\":\"user-reset\",\"email\":\"AN@x.example\"}",
	"{\"verb\":\"user-close\",\"email\":\"bo@x.example\"}",
	"{\"verb\":\"admin-add\",\"email\":\"it@x.example\",\"level\":\"configure\"}",
	"{\"verb\":\"admin-add\",\"email\":\"it2@x.example\",\"level\":\"read\"}",
	"{\"verb\":\"admin-close\",\"email\":\"IT2@x.example\"}",
};

static const struct { const char *verb, *sentence; } refusals[] = {
	{ "{\"verb\":\"body-add\",\"name\":\"Raad\"}", "a body with that name is there already" },
	{ "{\"verb\":\"user-add\",\"name\":\"An\",\"email\":\"an@X.example\"}", "has an account already" },
	{ "{\"verb\":\"user-add\",\"name\":\"Bo\",\"email\":\"bo@x.example\"}", "that account was closed" },
	{ "{\"verb\":\"user-add\",\"name\":\"E\",\"email\":\"e@x.example\",\"body\":\"Nergens\",\"office\":\"member\"}",
		"there is no such body" },
	{ "{\"verb\":\"user-add\",\"name\":\"E\",\"email\":\"e@x.example\",\"body\":\"Raad\",\"office\":\"guest\"}",
		"the office is chair, clerk or member" },
	{ "{\"verb\":\"user-add\",\"name\":\"E\",\"email\":\"e@x.example\",\"body\":\"Raad\",\"office\":\"chair\"}",
		"one chair and one clerk at most" },
	{ "{\"verb\":\"user-add\",\"name\":\"I\",\"email\":\"it@x.example\"}", "takes part in no meeting" },
	{ "{\"verb\":\"user-close\",\"email\":\"nobody@x.example\"}", "nobody with that address" },
	{ "{\"verb\":\"user-close\",\"email\":\"bo@x.example\"}", "that account was closed" },
	{ "{\"verb\":\"user-reset\",\"email\":\"bo@x.example\"}", "that account was closed" },
	{ "{\"verb\":\"admin-add\",\"email\":\"an@x.example\",\"level\":\"read\"}", "has an account already" },
	{ "{\"verb\":\"admin-add\",\"email\":\"it@x.example\",\"level\":\"read\"}", "has an account already" },
	{ "{\"verb\":\"admin-close\",\"email\":\"it2@x.example\"}", "that account was closed" },
	{ "{\"verb\":\"admin-close\",\"email\":\"an@x.example\"}", "nobody with that address" },
	{ "{\"verb\":\"user-import\",\"csv\":\"E,e,Raad,,\\n\"}", "nothing of it was taken" },
};

static int setup(void **state __attribute__((unused)))
{
	stage_open(&s, NULL);
	log_set_level((enum log_level)0);
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	stage_close(&s);
	return 0;
}

static void keep_lists(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		check(stage_made(&s, lists[i]));
		check(snprintf(before[i], sizeof(before[i]), "%s", s.answer) < (int)sizeof(before[i]));
	}
}

static void check_lists(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		check(stage_made(&s, lists[i]));
		check_text(s.answer, before[i]);
	}
}

static void refuse_memory(unsigned long nth) { (void)mem_fail_at(nth, 0); }
static void refuse_writes(unsigned long nth) { db_refuse_writes(s.db, nth); }
static void refuse_commits(unsigned long nth) { db_refuse_commits(s.db, nth); }

/* While the nth of what it asks for is refused. */
static bool try(void (*refuse)(unsigned long nth), const char *deed, unsigned long nth)
{
	bool made;

	refuse(nth);
	made = stage_made(&s, deed);
	refuse(0);
	return made;
}

/* Each deed while the 1st, 2nd, 3rd … of what it needs fails, until it is done; how often it was not. */
static unsigned long do_all(void (*refuse)(unsigned long nth))
{
	unsigned long failures = 0;

	s.lenient = true;
	for (size_t i = 0; i < ARRAY_SIZE(deeds); i++) {
		keep_lists();
		for (unsigned long n = 1; !try(refuse, deeds[i], n); n++) {
			check(strstr(s.answer, "\"ok\":false"));
			check_le(n, 1000);
			stage_pass(&s, SECONDS(2));	/* after which the records are tried again */
			check_lists();
			failures++;
		}
	}
	s.lenient = false;
	return failures;
}

TEST(each_refusal_has_its_words)
{
	for (size_t i = 0; i < ARRAY_SIZE(deeds); i++)
		check(stage_made(&s, deeds[i]));
	keep_lists();
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		check(!stage_made(&s, refusals[i].verb));
		check(strstr(s.answer, refusals[i].sentence));
	}
	check_lists();
	check(strstr(before[0], "\"name\":\"An\",\"email\":\"an@x.example\",\"office\":\"chair\""));
	check(strstr(before[0], "\"name\":\"Dirk\",\"email\":\"dirk@x.example\",\"office\":\"member\",\"party\":\"Groen\""));
	check(strstr(before[1], "\"email\":\"bo@x.example\",\"status\":\"closed\""));
	check(strstr(before[2], "\"email\":\"it@x.example\",\"level\":\"configure\",\"status\":\"invited\""));
	check(strstr(before[2], "\"email\":\"it2@x.example\",\"level\":\"read\",\"status\":\"closed\""));
}

TEST(without_memory_nothing_is_done_by_halves)
{
	check_ge(do_all(refuse_memory), ARRAY_SIZE(deeds));
}

TEST(on_a_full_disk_nothing_is_done_by_halves)
{
	check_ge(do_all(refuse_writes), 2 * ARRAY_SIZE(deeds));
}

TEST(what_is_not_committed_was_not_done)
{
	s.lenient = true;
	for (size_t i = 0; i < ARRAY_SIZE(deeds); i++) {
		keep_lists();
		check(!try(refuse_commits, deeds[i], 1));
		check(strstr(s.answer, "could not be recorded"));
		stage_pass(&s, SECONDS(2));
		check_lists();
		check(stage_made(&s, deeds[i]));
	}
	s.lenient = false;
}

#define ON_STAGE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
	ON_STAGE(each_refusal_has_its_words),
	ON_STAGE(without_memory_nothing_is_done_by_halves),
	ON_STAGE(on_a_full_disk_nothing_is_done_by_halves),
	ON_STAGE(what_is_not_committed_was_not_done),
};

RUN_TESTS(tests)
