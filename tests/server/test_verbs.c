/* SPDX-License-Identifier: EUPL-1.2 */
/* conclavectl's half in conclaved: what it makes, what it refuses, and its caps. In tests only. */
#include "base/limits.h"
#include "tests/server/stage.h"

#define PERSON(name, email, office) "{\"name\":\"" name "\",\"email\":\"" email "\",\"office\":\"" office "\"}"
#define CREATE(people) "{\"verb\":\"meeting-create\",\"title\":\"Raad\"," \
	"\"starts\":\"2026-03-12T20:00:00+01:00\",\"people\":[" people "]}"

static struct stage s;

static int open_stage(void **state)
{
	(void)state;
	stage_open(&s, NULL);
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&s);
	return 0;
}

TEST(the_demonstration_is_as_the_contract_says)
{
	static const char *const names[] = { "Hilde Aerts", "Greet Verhaeghe", "Marleen Goossens", "Jan Peeters",
		"Fatima El Idrissi" };
	static const char *const offices[] = { "clerk", "chair", "member", "member", "member" };
	char text[256];

	stage_demo(&s);
	for (unsigned i = 0; i < 5; i++) {
		check(stage_field(s.answer, "name", i, text, sizeof(text)));
		check_text(text, names[i]);
		check(stage_field(s.answer, "office", i, text, sizeof(text)));
		check_text(text, offices[i]);
		check(stage_field(s.answer, "email", i, text, sizeof(text)));
		check(strchr(text, '@'));
	}
	check(strstr(stage_verb(&s, "{\"verb\":\"meeting-list\"}"), "\"body\":\"Gemeenteraad Lindebeke\""));
	check(strstr(s.answer, "\"language\":\"nl\",\"phase\":\"planned\",\"invited\":5,\"inside\":0,\"waiting\":0"));
}

TEST(a_meeting_is_created_shown_and_ended)
{
	char text[256], id[11];

	check(stage_made(&s, CREATE(PERSON("An", "an@x.example", "chair") "," PERSON("Bé", "be@x.example", "guest"))));
	check(stage_field(s.answer, "meeting", 0, id, sizeof(id)));
	snprintf(text, sizeof(text), "{\"verb\":\"meeting-show\",\"meeting\":\"%s\"}", id);
	check(stage_made(&s, text));
	check(strstr(s.answer, "\"starts\":\"2026-03-12T19:00:00.000Z\""));
	check(strstr(s.answer, "{\"name\":\"Bé\",\"email\":\"be@x.example\",\"office\":\"guest\",\"party\":null,\"links\":0,"
		"\"seated\":false,\"where\":\"outside\"}"));
	check(!strstr(s.answer, "/j#"));
	snprintf(text, sizeof(text), "{\"verb\":\"meeting-end\",\"meeting\":\"%s\",\"reason\":\"uitgesteld\"}", id);
	check(stage_made(&s, text));
	check(!stage_made(&s, text));
	snprintf(text, sizeof(text), "{\"verb\":\"meeting-show\",\"meeting\":\"%s\"}", id);
	check(stage_made(&s, text));
	check(strstr(s.answer, "\"phase\":\"ended\""));
	snprintf(text, sizeof(text), "{\"verb\":\"invite\",\"meeting\":\"%s\",\"email\":\"an@x.example\"}", id);
	check(!stage_made(&s, text));
}

TEST(what_cannot_meet_is_refused_in_a_sentence)
{
	static const struct { const char *request, *why; } table[] = {
		{ CREATE(PERSON("An", "an@x.example", "member")), "needs a chair or a clerk" },
		{ CREATE(PERSON("An", "an@x.example", "chair") "," PERSON("Bo", "bo@x.example", "chair")),
			"one chair" },
		{ CREATE(PERSON("An", "an@x.example", "clerk") "," PERSON("Bo", "bo@x.example", "clerk")),
			"one clerk" },
		{ CREATE(PERSON("An", "an@x.example", "clerk") "," PERSON("Bo", "AN@X.example", "member")),
			"same e-mail" },
		{ CREATE(PERSON("An", "an", "clerk")), "not understood: wrong-field (people.email)" },
		{ CREATE(PERSON("An", "an x@y", "clerk")), "e-mail address needs" },
		{ CREATE(PERSON("An", "a@n@x", "clerk")), "e-mail address needs" },
		{ CREATE(PERSON("", "an@x.example", "clerk")), "people.name" },
		{ CREATE(PERSON("An\\u202e", "an@x.example", "clerk")), "people.name" },
		{ CREATE(""), "needs a chair or a clerk" },
		{ "{\"verb\":\"meeting-create\"}", "missing-field (title)" },
		{ "{\"verb\":\"dance\"}", "unknown-type" },
		{ "{}", "missing-field (verb)" },
		{ "", "bad-json" },
		{ "{\"verb\":\"meeting-show\",\"meeting\":\"aaaaaaaaaa\"}", "no such meeting" },
		{ "{\"verb\":\"meeting-end\",\"meeting\":\"aaaaaaaaaa\",\"reason\":\"x\"}", "no such meeting" },
		{ "{\"verb\":\"invite\",\"meeting\":\"aaaaaaaaaa\",\"email\":\"an@x.example\"}", "no such meeting" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		check(!stage_made(&s, table[i].request));
		check(strncmp(s.answer, "{\"ok\":false,\"error\":\"", 21) == 0);
		if (!strstr(s.answer, table[i].why))
			fail_msg("%s: %s", table[i].request, s.answer);
	}
	check_text(stage_verb(&s, "{\"verb\":\"meeting-list\"}"), "{\"ok\":true,\"meetings\":[]}");
}

TEST(nobody_is_invited_who_is_not_on_the_list)
{
	char text[256];

	stage_demo(&s);
	snprintf(text, sizeof(text), "{\"verb\":\"invite\",\"meeting\":\"%s\",\"email\":\"x@y.example\"}", s.meeting);
	check(!stage_made(&s, text));
	check(strstr(s.answer, "nobody with that address"));
}

TEST(people_and_meetings_are_capped)
{
	static char text[LIMIT_MESSAGE];
	size_t n;

	for (int people = LIMIT_PEOPLE_PER_MEETING; people <= LIMIT_PEOPLE_PER_MEETING + 1; people++) {
		n = (size_t)snprintf(text, sizeof(text), "{\"verb\":\"meeting-create\",\"title\":\"Raad\",\"starts\":"
			"\"2026-03-12T20:00Z\",\"people\":[");
		for (int i = 0; i < people; i++)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s{\"name\":\"P%d\",\"email\":\"p%d@x\",\"office\":\"%s\"}",
				i ? "," : "", i, i, i ? "member" : "chair");
		snprintf(text + n, sizeof(text) - n, "]}");
		check_eq(stage_made(&s, text), people == LIMIT_PEOPLE_PER_MEETING);
	}
	for (int i = 1; i < LIMIT_MEETINGS; i++)
		check(stage_made(&s, CREATE(PERSON("An", "an@x.example", "chair"))));
	check(!stage_made(&s, CREATE(PERSON("An", "an@x.example", "chair"))));
	check(strstr(s.answer, "as many meetings"));
	stage_restart(&s);
	check(!stage_made(&s, CREATE(PERSON("An", "an@x.example", "chair"))));
}

TEST(status_counts)
{
	check(strstr(stage_verb(&s, "{\"verb\":\"status\"}"), "\"healthy\":false,\"why\":\"the media process is not ready\""));
	stage_media_up(&s);
	stage_demo(&s);
	stage_everyone_in(&s);
	stage_verb(&s, "{\"verb\":\"status\"}");
	check(strstr(s.answer, "\"healthy\":true,\"why\":null,\"meetings\":1,\"participants\":5,\"connections\":5,\"joins\":5"));
	check(strstr(s.answer, "{\"number\":0,\"state\":\"ready\",\"ready\":true,\"port\":8443,\"meetings\":0,"
		"\"people\":0,\"cipher\":\"AEAD_AES_128_GCM (OpenSSL)\"}"));
}

/* The longest possible state of the largest meeting is still one message that a connection's queue takes. */
TEST(the_largest_state_fits)
{
	static char text[LIMIT_MESSAGE], name[LIMIT_NAME * 4 + 1], reason[LIMIT_REASON * 4 + 1], link[256], id[11];
	struct actor *chair = &s.actors[10];
	struct hall_answer answer;
	const char *heard;
	size_t n;

	for (size_t i = 0; i < LIMIT_NAME; i++)
		memcpy(name + 4 * i, "\xf0\x9f\x8f\x9b", 4);
	for (size_t i = 0; i < LIMIT_REASON; i++)
		memcpy(reason + 4 * i, "\xf0\x9f\x8f\x9b", 4);
	n = (size_t)snprintf(text, sizeof(text), "{\"verb\":\"meeting-create\",\"title\":\"Raad\",\"starts\":"
		"\"2026-03-12T18:30Z\",\"people\":[");
	for (int i = 0; i < 100; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
			"%s{\"name\":\"%s\",\"email\":\"p%d@x\",\"office\":\"%s\"}", i ? "," : "",
			name, i, i > 1 ? "member" : i ? "clerk" : "chair");
	snprintf(text + n, sizeof(text) - n, "]}");
	check(stage_made(&s, text));
	check(stage_field(s.answer, "meeting", 0, id, sizeof(id)));
	for (int i = 0; i < 100; i++) {
		struct actor *a = &s.actors[10 + i];

		snprintf(text, sizeof(text), "{\"verb\":\"invite\",\"meeting\":\"%s\",\"email\":\"p%d@x\"}", id, i);
		check(stage_made(&s, text));
		check(stage_field(s.answer, "link", 0, link, sizeof(link)));
		memcpy(a->link, strchr(link, '#') + 1, 44);
		actor_arrive(a);
		snprintf(text, sizeof(text), "{\"type\":\"admit\",\"person\":%d}", i + 1);
		actor_say(chair, text);
	}
	for (int i = 0; i < 150; i++) {
		snprintf(text, sizeof(text), "{\"type\":\"end\",\"reason\":{\"code\":\"written\",\"text\":\"%s\"}}", reason);
		actor_say(chair, text);
		stage_pass(&s, MINUTES(2));
	}
	check_eq(actor_resume(chair, &answer), 200);
	actor_connect(chair);
	actor_hello(chair);
	heard = actor_hears(chair, "state", NULL);
	check_le(strlen(heard), LIMIT_SEND_QUEUE);
	check_ge(strlen(heard), 100000);
	check(strstr(heard, "\"requests\":"));
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

static const struct CMUnitTest tests[] = {
	ON_STAGE(the_demonstration_is_as_the_contract_says),
	ON_STAGE(a_meeting_is_created_shown_and_ended),
	ON_STAGE(what_cannot_meet_is_refused_in_a_sentence),
	ON_STAGE(nobody_is_invited_who_is_not_on_the_list),
	ON_STAGE(people_and_meetings_are_capped),
	ON_STAGE(status_counts),
	ON_STAGE(the_largest_state_fits),
};

RUN_TESTS(tests)
