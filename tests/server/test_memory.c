/* SPDX-License-Identifier: EUPL-1.2 */
/* ATTACKS G15: a whole meeting with the 1st, 2nd, 3rd … allocation failing, once and from then on, until none is
 * left to fail. No crash, no leak (the sanitizers watch), and afterwards the meeting goes on. In tests only. */
#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "server/hall/inside.h"
#include "tests/server/stage.h"

#define SHORT 60		/* allocations that fail in the short form; the long one tries each */

static struct stage s;

#define AGREED ",\"reason\":{\"code\":\"agreed\"}}"

static void confirm(void)
{
	const struct meeting *m = list_first(&s.hall->meetings, struct meeting, in_hall);
	char text[64];

	snprintf(text, sizeof(text), "{\"type\":\"confirm\",\"request\":%u}", MAX(m->fold->requests[0].id, 1u));
	actor_say(&s.actors[CHAIR], text);
}

static void use_rights(void)
{
	struct actor *clerk = &s.actors[CLERK];

	actor_say(&s.actors[JAN], "{\"type\":\"hand\",\"raised\":true}");
	actor_say(clerk, "{\"type\":\"order\",\"people\":[4]}");
	actor_say(clerk, "{\"type\":\"floor\",\"person\":4}");
	actor_say(clerk, "{\"type\":\"mute\",\"person\":4" AGREED);
	actor_say(clerk, "{\"type\":\"fault\",\"note\":\"stil\"}");
	actor_say(clerk, "{\"type\":\"suspend\"" AGREED);
	actor_say(clerk, "{\"type\":\"resume\"}");
	actor_say(clerk, "{\"type\":\"invite\",\"name\":\"Els\",\"email\":\"e@x\",\"office\":\"guest\"" AGREED);
	confirm();
	actor_say(clerk, "{\"type\":\"new-link\",\"person\":5" AGREED);
	actor_say(clerk, "{\"type\":\"remove\",\"person\":4,\"reason\":{\"code\":\"written\",\"text\":\"nee\"}}");
	confirm();
}

#define TAG ",\"tag\":\"AAAAAAAAAAAAAAAAAAAAAA==\"}"
#define PACKAGE ",\"package\":\"cGFja2FnZQ==\"}"

static void use_keys(void)
{
	struct actor *clerk = &s.actors[CLERK], *jan = &s.actors[JAN];

	actor_say(clerk, "{\"type\":\"key-resume\",\"group\":0,\"epoch\":1,\"commits\":[\"Y29t\",\"Y29t\"]" TAG);
	stage_pass(&s, SECONDS(3));
	actor_say(jan, "{\"type\":\"key-join\",\"group\":0" PACKAGE);
	actor_say(clerk, "{\"type\":\"key-commit\",\"group\":0,\"epoch\":1,\"commit\":\"Y29t\",\"welcome\":\"d2Vs\","
		"\"added\":[4],\"removed\":[]" TAG);
	actor_say(jan, "{\"type\":\"key-since\",\"group\":0,\"epoch\":1}");
	actor_say(jan, "{\"type\":\"key-message\",\"group\":0,\"epoch\":2,\"body\":\"Ym9keQ==\"}");
	actor_say(jan, "{\"type\":\"conversation-open\",\"people\":[1],\"kind\":\"caucus\"}");
	actor_say(jan, "{\"type\":\"key-join\",\"group\":1" PACKAGE);
	actor_say(jan, "{\"type\":\"key-create\",\"group\":1" TAG);
	actor_say(clerk, "{\"type\":\"conversation-refuse\",\"group\":1}");
}

/* Nothing is checked here: while memory fails, anything may be refused. */
static void hold_a_meeting(void)
{
	struct hall_answer answer;

	for (int i = 0; i < 5; i++) {
		struct actor *a = &s.actors[i];

		if (actor_link(a, a->link, &answer) != 200)
			continue;
		(void)actor_resume(a, &answer);
		actor_connect(a);
		actor_hello(a);
		actor_say(a, "{\"type\":\"join\"}");
	}
	actor_say(&s.actors[CLERK], "{\"type\":\"admit\",\"person\":3}");
	actor_say(&s.actors[CLERK], "{\"type\":\"admit\",\"person\":4}");
	actor_say(&s.actors[CHAIR], "{\"type\":\"turn-away\",\"person\":5,\"reason\":{\"code\":\"written\",\"text\":\"nee\"}}");
	for (int i = 0; i < 2; i++)
		actor_say(&s.actors[JAN], "{\"type\":\"offer\",\"sdp\":\"v=0\",\"roles\":{\"0\":\"camera\"},\"restart\":false,"
			"\"media\":null}");
	actor_say(&s.actors[JAN], "{\"type\":\"sources\",\"microphone\":true,\"camera\":false,\"screen\":false,"
		"\"screen_sound\":false}");
	use_keys();
	use_rights();
	actor_disconnect(&s.actors[MARLEEN]);
	stage_pass(&s, SECONDS(10));
	actor_say(&s.actors[JAN], "{\"type\":\"leave\"}");
	actor_say(&s.actors[CLERK], "{\"type\":\"end\",\"reason\":{\"code\":\"written\",\"text\":\"klaar\"}}");
	(void)stage_verb(&s, "{\"verb\":\"meeting-list\"}");
}

/* Whoever was thrown out comes back, and the clerk still leads. */
static void go_on(void)
{
	struct actor *clerk = &s.actors[CLERK];
	struct hall_answer answer;
	char request[64];
	const struct meeting *m;

	stage_pass(&s, MINUTES(3));
	check_eq(clerk->seat[0] ? actor_resume(clerk, &answer) : actor_link(clerk, clerk->link, &answer), 200);
	actor_connect(clerk);
	actor_hello(clerk);
	actor_hears(clerk, "welcome", NULL);
	m = list_first(&s.hall->meetings, struct meeting, in_hall);
	if (!person_is_inside(&m->people[0]))
		actor_say(clerk, "{\"type\":\"join\"}");
	actor_hears(clerk, "state", "\"you\":1");
	snprintf(request, sizeof(request), "{\"verb\":\"meeting-show\",\"meeting\":\"%s\"}", s.meeting);
	check(stage_made(&s, request));
	stage_restart(&s);
}

static unsigned long run(unsigned long nth, int forever)
{
	unsigned long asked;

	stage_open(&s, NULL);
	stage_demo(&s);
	stage_media_up(&s);
	log_set_level((enum log_level)0);
	s.lenient = true;
	(void)mem_fail_at(nth, forever);
	hold_a_meeting();
	asked = mem_fail_at(0, 0);
	s.lenient = false;
	go_on();
	stage_close(&s);
	return asked;
}

static void run_all(int forever)
{
	unsigned long asked = run(0, 0), n = 1;
	unsigned long stride = is_long_form() ? 1 : asked / SHORT + 1;

	check_ge(asked, 100u);
	print_message("# %lu allocations, every %luth\n", asked, stride);
	for (; n <= asked; n += stride)
		(void)run(n, forever);
}

TEST(each_allocation_fails_once)
{
	run_all(0);
}

TEST(all_fail_from_each_on)
{
	run_all(1);
}

TEST(a_hall_starts_or_says_that_it_cannot)
{
	unsigned long n = 1;
	int r;

	stage_open(&s, NULL);
	stage_demo(&s);
	stage_everyone_in(&s);
	do {
		stage_stop(&s);
		(void)mem_fail_at(n++, 0);
		r = stage_start(&s);
		(void)mem_fail_at(0, 0);
		check(r == 0 || r == -ENOMEM);
	} while (r < 0);
	check_ge(n, 20u);
	stage_close(&s);
}

static void create(const char *verb)
{
	unsigned long asked, n = 1;
	char list[4096];

	snprintf(list, sizeof(list), "%s", stage_verb(&s, "{\"verb\":\"meeting-list\"}"));
	do {
		(void)mem_fail_at(n, 0);
		if (stage_made(&s, verb)) {
			asked = mem_fail_at(0, 0);
			break;
		}
		asked = mem_fail_at(0, 0);
		check_text(stage_verb(&s, "{\"verb\":\"meeting-list\"}"), list);	/* nothing of it stayed */
		stage_pass(&s, SECONDS(2));
	} while (++n < 10000);
	check_le(asked, n);
}

TEST(a_meeting_is_convened_or_not)
{
	stage_open(&s, NULL);
	log_set_level((enum log_level)0);
	create("{\"verb\":\"demo\"}");
	create("{\"verb\":\"meeting-create\",\"title\":\"R\",\"starts\":\"2026-03-12T18:30Z\",\"people\":["
		"{\"name\":\"A\",\"email\":\"a@x\",\"office\":\"chair\"}]}");
	stage_close(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_allocation_fails_once),
	cmocka_unit_test(all_fail_from_each_on),
	cmocka_unit_test(a_hall_starts_or_says_that_it_cannot),
	cmocka_unit_test(a_meeting_is_convened_or_not),
};

RUN_TESTS(tests)
