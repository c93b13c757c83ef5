/* SPDX-License-Identifier: EUPL-1.2 */
/* ATTACKS C21: every message in every state, against a model that knows only the phases and offices of
 * PROTOCOL.md. The same verdict, and never a change of state on an error. In tests only. */
#include <inttypes.h>

#include "base/random.h"
#include "server/hall/inside.h"
#include "tests/server/stage.h"

#define STEPS 20000
#define PEOPLE 5

enum phase { AWAY, OPENED, OUTSIDE, LOBBY, INSIDE };

/* What the model knows. A person who is inside stays so while away. */
static struct {
	enum phase phase;
	bool inside;
	bool waiting;
	bool media;
} model[PEOPLE];

static bool open_meeting;
static int request_by;		/* -1 = none */

static struct stage s;
static struct random dice;
static uint64_t seed;

static bool leads(int i)
{
	return i == CLERK || i == CHAIR;
}

static void reset(void)
{
	memset(model, 0, sizeof(model));
	open_meeting = false;
	request_by = -1;
	stage_open(&s, NULL);
	stage_demo(&s);
	stage_media_up(&s);
}

static const struct meeting *the_meeting(void)
{
	return list_first(&s.hall->meetings, struct meeting, in_hall);
}

/* What the hall says it is. */
static void check_state(int step)
{
	const struct meeting *m = the_meeting();

	check_eq(m->fold->phase == PHASE_OPEN, open_meeting);
	check_eq(m->fold->requests[0].id != 0, request_by >= 0);
	for (int i = 0; i < PEOPLE; i++) {
		const struct person *p = &m->people[i];

		if (person_is_inside(p) != model[i].inside || p->live.waiting != model[i].waiting ||
		    (p->live.feed != NULL) != model[i].media)
			fail_msg("seed %" PRIu64 " step %d person %d: inside %d waiting %d media %d", seed, step, i,
				person_is_inside(p), p->live.waiting, p->live.feed != NULL);
	}
}

/* The error that the model expects, "" for none; and what happens without one. */
static const char *expect_join(int i)
{
	if (model[i].phase != OUTSIDE)
		return "wrong-phase";
	if (leads(i)) {
		open_meeting = true;
		model[i].inside = true;
		model[i].phase = INSIDE;
	} else {
		model[i].waiting = true;
		model[i].phase = LOBBY;
	}
	return "";
}

static const char *expect_admission(int i, int whom, bool admits)
{
	if (model[i].phase != INSIDE)
		return "wrong-phase";
	if (!leads(i))
		return "not-allowed";
	if (whom >= PEOPLE || !model[whom].waiting)
		return "not-waiting";
	model[whom].waiting = false;
	model[whom].inside = admits;
	if (model[whom].phase == LOBBY)
		model[whom].phase = admits ? INSIDE : AWAY;
	return "";
}

static const char *expect_leave(int i)
{
	if (model[i].phase < OUTSIDE)
		return "wrong-phase";
	model[i].phase = AWAY;
	model[i].inside = model[i].waiting = model[i].media = false;
	return "";
}

static const char *expect_end(int i)
{
	if (model[i].phase != INSIDE)
		return "wrong-phase";
	if (!leads(i))
		return "not-allowed";
	if (request_by >= 0)
		return request_by == i ? "own-request" : "wrong-phase";
	request_by = i;
	return "";
}

static const char *expect_refusal(int i, bool right)
{
	if (model[i].phase != INSIDE)
		return "wrong-phase";
	if (!leads(i))
		return "not-allowed";
	if (request_by < 0 || !right)
		return "no-request";
	request_by = -1;
	return "";
}

static const char *expect_offer(int i, bool restart)
{
	if (model[i].phase != INSIDE)
		return "wrong-phase";
	if (restart)
		return "offer-refused";	/* it names a connection that nobody has */
	model[i].media = true;
	return "";
}

static const char *expect_hello(int i)
{
	if (model[i].phase != OPENED)
		return "wrong-phase";
	model[i].phase = model[i].inside ? INSIDE : model[i].waiting ? LOBBY : OUTSIDE;
	return "";
}

static void say(int i, const char *text, const char *expected, const char *type)
{
	struct actor *a = &s.actors[i];
	bool before_hello = a->connection && model[i].phase == OPENED && *expected;

	actor_forget(a);
	actor_say(a, text);
	if (before_hello) {
		check_eq(a->closed, 1008);
		model[i].phase = AWAY;
	}
	if (*expected) {
		const char *error = actor_hears(a, "error", NULL);

		if (!strstr(error, expected) || !strstr(error, type))
			fail_msg("seed %" PRIu64 " %s: expected %s, heard %s", seed, text, expected, error);
	} else if (actor_has(a, "error")) {
		fail_msg("seed %" PRIu64 " %s: %s", seed, text, actor_hears(a, "error", NULL));
	}
}

static void come(int i)
{
	struct actor *a = &s.actors[i];
	struct hall_answer answer;

	check_eq(a->seat[0] ? actor_resume(a, &answer) : actor_link(a, a->link, &answer), 200);
	actor_connect(a);
	model[i].phase = OPENED;
}

static void step(int i, int whom)
{
	uint32_t request = the_meeting()->fold->requests[0].id;
	char text[256];

	switch (random_below(&dice, 13)) {
	case 0:
		return come(i);
	case 1:
		actor_disconnect(&s.actors[i]);
		model[i].phase = AWAY;
		return;
	case 2:
		snprintf(text, sizeof(text), "{\"type\":\"hello\",\"version\":1,\"seat\":\"%s\"}", s.actors[i].seat);
		return say(i, text, expect_hello(i), "hello");
	case 3:
	case 4:
		return say(i, "{\"type\":\"join\"}", expect_join(i), "join");
	case 5:
		if (model[i].phase == LOBBY) {
			model[i].phase = OUTSIDE;
			model[i].waiting = false;
			return say(i, "{\"type\":\"stop-waiting\"}", "", "");
		}
		return say(i, "{\"type\":\"stop-waiting\"}", "wrong-phase", "stop-waiting");
	case 6:
	case 7:
		snprintf(text, sizeof(text), "{\"type\":\"admit\",\"person\":%d}", whom + 1);
		return say(i, text, expect_admission(i, whom, true), "admit");
	case 8:
		snprintf(text, sizeof(text), "{\"type\":\"turn-away\",\"person\":%d,\"reason\":{\"code\":\"unrecognised\"}}",
			whom + 1);
		return say(i, text, expect_admission(i, whom, false), "turn-away");
	case 9:
		return say(i, "{\"type\":\"leave\"}", expect_leave(i), "leave");
	case 10:
		return say(i, "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}", expect_end(i), "end");
	case 11:
		whom &= 1;
		snprintf(text, sizeof(text), "{\"type\":\"refuse\",\"request\":%u}",
			request && whom ? request : request + 7777);
		return say(i, text, expect_refusal(i, whom), "refuse");
	case 12:
		whom &= 1;
		snprintf(text, sizeof(text), "{\"type\":\"offer\",\"sdp\":\"v=0\",\"roles\":{},\"restart\":%s,\"media\":\"zz\"}",
			whom ? "true" : "false");
		return say(i, text, expect_offer(i, whom), "offer");
	}
}

TEST(the_hall_does_what_the_model_does)
{
	const char *given = getenv("CONCLAVE_SEED");
	const char *count = getenv("CONCLAVE_STEPS");
	int steps = count ? (int)strtol(count, NULL, 10) : STEPS;

	seed = given ? strtoull(given, NULL, 10) : 2021;
	print_message("# seed %" PRIu64 "\n", seed);
	random_seed(&dice, seed);
	reset();
	for (int n = 0; n < steps; n++) {
		int i = (int)random_below(&dice, PEOPLE);

		/* Nobody speaks who is not there. */
		if (!s.actors[i].connection)
			come(i);
		step(i, (int)random_below(&dice, PEOPLE + 1));
		check_state(n);
		if (n % 1000 == 999) {
			stage_close(&s);
			reset();
		}
	}
	stage_close(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_hall_does_what_the_model_does),
};

RUN_TESTS(tests)
