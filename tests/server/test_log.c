/* SPDX-License-Identifier: EUPL-1.2 */
/* ATTACKS F08: the log of a whole meeting, with everything that can go wrong, holds no name, title, reason, token or
 * secret. In tests only. Invariant: the same search finds a name that is put there. */
#include <unistd.h>

#include "base/log.h"
#include "tests/server/stage.h"

static struct stage s;

static int capture(FILE *file)
{
	int saved = dup(STDERR_FILENO);

	check(saved >= 0);
	check(dup2(fileno(file), STDERR_FILENO) >= 0);
	return saved;
}

static char *release(FILE *file, int saved)
{
	static char log[1024 * 1024];
	size_t n;

	check(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	rewind(file);
	n = fread(log, 1, sizeof(log) - 1, file);
	log[n] = '\0';
	fclose(file);
	return log;
}

static void hold_a_meeting(void)
{
	struct hall_answer answer;

	stage_everyone_in(&s);
	actor_link(&s.actors[50], s.actors[JAN].link, &answer);
	actor_say(&s.actors[JAN], "{\"type\":\"offer\",\"sdp\":\"v=0 candidate:geheim\",\"roles\":{},\"restart\":false,"
		"\"media\":null}");
	actor_say(&s.actors[JAN], "{\"type\":\"zomaarwat\",\"geheim\":1}");
	actor_say(&s.actors[JAN], "geheim");
	actor_say(&s.actors[CLERK], "{\"type\":\"end\",\"reason\":{\"code\":\"written\",\"text\":\"geheim\"}}");
	actor_disconnect(&s.actors[MARLEEN]);
	stage_pass(&s, MINUTES(2));
	actor_say(&s.actors[JAN], "{\"type\":\"leave\"}");
	db_refuse_commits(s.db, 1);
	actor_say(&s.actors[CLERK], "{\"type\":\"end\",\"reason\":{\"code\":\"written\",\"text\":\"geheim\"}}");
	db_refuse_commits(s.db, 0);
	hall_media_down(s.hall, 0);
	stage_drain(&s);
	stage_restart(&s);
}

static const char *told(const char *log)
{
	static const char *const secrets[] = { "Hilde", "Aerts", "Verhaeghe", "Goossens", "Peeters", "Fatima",
		"lindebeke", "Lindebeke", "Gemeenteraad", "geheim", "zomaarwat", "candidate", "__Host" };

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (strstr(log, secrets[i]))
			return secrets[i];
	for (int i = 0; i < 5; i++) {
		char *secret = strchr(s.actors[i].jar, '=');

		if (strstr(log, s.actors[i].link))
			return "a link";
		if (secret && strstr(log, secret + 1))
			return "a cookie";
	}
	return NULL;
}

TEST(the_log_tells_nothing)
{
	FILE *file = tmpfile();
	const char *log, *secret;
	int saved;

	assert_non_null(file);
	stage_open(&s, NULL);
	log_set_level(LOG_LEVEL_DEBUG);
	saved = capture(file);
	stage_demo(&s);
	stage_media_up(&s);
	hold_a_meeting();
	log = release(file, saved);
	log_set_level(LOG_LEVEL_ERROR);
	check(strstr(log, "admitted meeting=1") && strstr(log, "commit-failed") && strstr(log, "media-down"));
	secret = told(log);
	if (secret)
		fail_msg("%s stands in the log:\n%.2000s", secret, log);
	stage_close(&s);
}

TEST(the_search_finds_what_is_there)
{
	FILE *file = tmpfile();
	int saved;

	assert_non_null(file);
	saved = capture(file);
	log_error("admitted", LOG_WORD("name", "Fatima"));
	check(told(release(file, saved)));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_log_tells_nothing),
	cmocka_unit_test(the_search_finds_what_is_there),
};

RUN_TESTS(tests)
