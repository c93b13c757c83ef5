/* SPDX-License-Identifier: EUPL-1.2 */
/* ATTACKS C21: every message in every state, against a model that knows only the phases, offices and items of
 * PROTOCOL.md. The same verdict, and never a change of state on an error. In tests only. */
#include <inttypes.h>

#include "base/random.h"
#include "server/hall/inside.h"
#include "tests/server/stage.h"

#define STEPS 20000
#define PEOPLE 5
#define ITEMS 2

enum phase { AWAY, OPENED, OUTSIDE, LOBBY, INSIDE, ASIDE };

/* What the model knows. A person who is inside, or aside, stays so while away. */
static struct {
	enum phase phase;
	bool inside;
	bool aside;
	bool waiting;
	bool media;
	bool recused[ITEMS + 1];
	bool alone;
} model[PEOPLE];

static bool open_meeting;
static int open_item;		/* 0 = none */
static enum item_phase items[ITEMS + 1];

/* Those that wait for a second person, oldest first; item 0: to end the meeting. */
static struct {
	int by;
	int item;
} requests[LIMIT_REQUESTS];
static int n_requests;

static struct stage s;
static struct random dice;
static uint64_t seed;
static unsigned taken[CLIENT_N], refused[CLIENT_N];	/* how often each message was */

static bool leads(int i)
{
	return i == CLERK || i == CHAIR;
}

/* The demonstration's people, with an agenda. */
static void convene(void)
{
	static const char *const offices[] = { "clerk", "chair", "member", "member", "member" };
	char request[1024], link[256];
	struct writer w = writer(request, sizeof(request));

	write_string(&w, "{\"verb\":\"meeting-create\",\"title\":\"Raad\",\"starts\":\"2026-03-12T18:30Z\",\"items\":["
		"{\"title\":\"Verslag\",\"convened\":\"open\"},{\"title\":\"Aanstelling\",\"convened\":\"closed\"}"
		"],\"people\":[");
	for (int i = 0; i < PEOPLE; i++)
		write_format(&w, "%s{\"name\":\"P%d\",\"email\":\"p%d@x.example\",\"office\":\"%s\"}", i ? "," : "", i, i,
			offices[i]);
	write_string(&w, "]}");
	write_u8(&w, 0);
	check(w.ok && stage_made(&s, request));
	check(stage_field(s.answer, "meeting", 0, s.meeting, sizeof(s.meeting)));
	for (int i = 0; i < PEOPLE; i++) {
		snprintf(request, sizeof(request), "{\"verb\":\"invite\",\"meeting\":\"%s\",\"email\":\"p%d@x.example\"}",
			s.meeting, i);
		check(stage_made(&s, request));
		check(stage_field(s.answer, "link", 0, link, sizeof(link)));
		memcpy(s.actors[i].link, strchr(link, '#') + 1, 44);
	}
}

static void reset(void)
{
	memset(model, 0, sizeof(model));
	memset(items, 0, sizeof(items));
	open_meeting = false;
	open_item = n_requests = 0;
	stage_open(&s, NULL);
	convene();
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
	check_eq(m->fold->agenda.open, open_item);
	for (int i = 0; i < ITEMS; i++)
		check_eq(m->fold->agenda.items[i].phase, items[i + 1]);
	for (int i = 0; i < LIMIT_REQUESTS; i++)
		check_eq(m->fold->requests[i].id != 0, i < n_requests);
	for (int i = 0; i < PEOPLE; i++) {
		const struct person *p = &m->people[i];

		if (person_is_inside(p) != model[i].inside || p->live.waiting != model[i].waiting ||
		    (p->live.feed != NULL) != model[i].media || person_fold(p)->aside != model[i].aside)
			fail_msg("seed %" PRIu64 " step %d person %d: inside %d aside %d waiting %d media %d", seed, step, i,
				person_is_inside(p), person_fold(p)->aside, p->live.waiting, p->live.feed != NULL);
	}
}

/* Who is out for the item that is open is aside, and nobody else is. */
static void settle(void)
{
	for (int i = 0; i < PEOPLE; i++) {
		bool out = open_item && model[i].recused[open_item];

		if (model[i].inside && out) {
			model[i].inside = model[i].media = false;
			model[i].aside = true;
			model[i].phase = model[i].phase == INSIDE ? ASIDE : model[i].phase;
		} else if (model[i].aside && !out) {
			model[i].aside = false;
			model[i].inside = true;
			model[i].phase = model[i].phase == ASIDE ? INSIDE : model[i].phase;
		}
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
		settle();
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
	settle();
	return "";
}

static const char *expect_leave(int i)
{
	if (model[i].phase < OUTSIDE)
		return "wrong-phase";
	model[i].phase = AWAY;
	model[i].inside = model[i].aside = model[i].waiting = model[i].media = false;
	return "";
}

static const char *expect_request(int i, int item)
{
	for (int k = 0; k < n_requests; k++)
		if (requests[k].item == item)
			return requests[k].by == i ? "own-request" : "wrong-phase";
	requests[n_requests].by = i;
	requests[n_requests++].item = item;
	return "";
}

static const char *expect_end(int i)
{
	return model[i].phase != INSIDE ? "wrong-phase" : !leads(i) ? "not-allowed" : expect_request(i, 0);
}

static const char *expect_refusal(int i, bool right)
{
	if (model[i].phase != INSIDE)
		return "wrong-phase";
	if (!leads(i))
		return "not-allowed";
	if (n_requests == 0 || !right)
		return "no-request";
	memmove(requests, requests + 1, sizeof(requests) - sizeof(requests[0]));
	n_requests--;
	return "";
}

/* What the agenda has to do with it: of this meeting, of the right person; "" = that would be in order. */
static const char *expect_of_item(int i, int item, bool only_leads)
{
	if (model[i].phase != INSIDE)
		return "wrong-phase";
	if (only_leads && !leads(i))
		return "not-allowed";
	return item > ITEMS ? "wrong-field" : "";
}

static void move_to(int item)
{
	if (open_item)
		items[open_item] = ITEM_DONE;
	if (item)
		items[item] = ITEM_OPEN;
	open_item = item;
	for (int i = 0; i < PEOPLE; i++)
		model[i].alone = false;
	settle();
}

static const char *expect_item(int i, int item, bool opens)
{
	const char *error = expect_of_item(i, item, true);

	if (*error)
		return error;
	if (opens == (open_item == item))
		return "wrong-phase";
	move_to(opens ? item : 0);
	return "";
}

static const char *expect_doors(int i, int item, bool opens)
{
	const char *error = expect_of_item(i, item, true);

	if (*error)
		return error;
	return open_item != item || !opens ? "wrong-phase" : expect_request(i, item);
}

static const char *expect_alone(int i, int item)
{
	const char *error = expect_of_item(i, item, false);

	if (*error)
		return error;
	if (open_item != item || model[i].alone)
		return "wrong-phase";
	model[i].alone = true;
	return "";
}

static const char *expect_recusal(int i, int whom, int item, bool noted)
{
	const char *error = expect_of_item(i, item, noted);

	if (*error)
		return error;
	if (noted && (whom >= PEOPLE || whom == i))
		return whom == i ? "is-self" : "not-inside";
	if (items[item] == ITEM_DONE || model[whom].recused[item])
		return "wrong-phase";
	model[whom].recused[item] = true;
	settle();
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
	model[i].phase = model[i].inside ? INSIDE : model[i].aside ? ASIDE : model[i].waiting ? LOBBY : OUTSIDE;
	return "";
}

static void say(int i, const char *text, const char *expected, const char *type)
{
	struct actor *a = &s.actors[i];
	bool before_hello = a->connection && model[i].phase == OPENED && *expected;
	const char *name = text + strlen("{\"type\":\"");

	for (int k = 0; k < CLIENT_N; k++)
		if (strncmp(protocol_client[k].name, name, strcspn(name, "\"")) == 0 &&
		    strlen(protocol_client[k].name) == strcspn(name, "\""))
			*(*expected ? &refused[k] : &taken[k]) += 1;

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

static void say_of_item(int i, const char *type, int item, const char *expected)
{
	char text[128];

	snprintf(text, sizeof(text), "{\"type\":\"%s\",\"item\":%d%s}", type, item,
		strcmp(type, "doors-open") == 0 ? ",\"reason\":{\"code\":\"agreed\"}" : "");
	say(i, text, expected, type);
}

static void step_of_item(int i, int whom, unsigned which)
{
	int item = 1 + (int)random_below(&dice, ITEMS + 1);
	char text[256];

	switch (which) {
	case 0:
	case 1:
		return say_of_item(i, "item-open", item, expect_item(i, item, true));
	case 2:
		return say_of_item(i, "item-close", item, expect_item(i, item, false));
	case 3:
		return say_of_item(i, "doors-open", item, expect_doors(i, item, true));
	case 4:
		return say_of_item(i, "doors-close", item, expect_doors(i, item, false));
	case 5:
		return say_of_item(i, "declare-alone", item, expect_alone(i, item));
	case 6:
		return say_of_item(i, "recuse", item, expect_recusal(i, i, item, false));
	case 7:
		snprintf(text, sizeof(text), "{\"type\":\"note-recusal\",\"item\":%d,\"person\":%d,\"contested\":false,"
			"\"reason\":{\"code\":\"agreed\"}}", item, whom + 1);
		return say(i, text, expect_recusal(i, whom, item, true), "note-recusal");
	}
}

static void step(int i, int whom)
{
	uint32_t request = the_meeting()->fold->requests[0].id;
	uint32_t which = random_below(&dice, 23);
	char text[256];

	if (which > 14)
		return step_of_item(i, whom, which - 15);
	switch (which) {
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
	case 13:
		return say(i, "{\"type\":\"key-join\",\"group\":0,\"package\":\"AAAA\"}",
			model[i].phase == INSIDE ? "" : "wrong-phase", "key-join");
	case 14:
		return say(i, "{\"type\":\"layout\",\"lines\":[{\"mid\":\"4\",\"width\":0,\"height\":0}]}",
			model[i].phase == INSIDE ? "" : "wrong-phase", "layout");
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
	for (int i = 0; i < CLIENT_N && steps >= STEPS; i++)
		if ((taken[i] == 0 && i != CLIENT_DOORS_CLOSE) != (refused[i] == 0))
			fail_msg("%s: %u taken, %u refused", protocol_client[i].name, taken[i], refused[i]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_hall_does_what_the_model_does),
};

RUN_TESTS(tests)
