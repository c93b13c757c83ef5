/* SPDX-License-Identifier: EUPL-1.2 */
/* ATTACKS C21: the messages in every state, against a model that knows only the phases, offices, items, guests, floor
 * and microphones of PROTOCOL.md. The same verdict, and never a change of state on an error. In tests only. */
#include <inttypes.h>

#include "base/random.h"
#include "server/hall/inside.h"
#include "tests/server/stage.h"

#define STEPS 20000
#define LONG_STEPS 100000
#define PEOPLE 6
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
	bool withdrawn;		/* the floor, by the chair */
	bool microphone;	/* as they declare it */
} model[PEOPLE];

static bool open_meeting;
static int open_item;		/* 0 = none */
static bool doors_opening;
static enum item_phase items[ITEMS + 1];
static int floor_of;		/* -1 = nobody */
static int speakers[PEOPLE];
static int n_speakers;

/* Those that wait for a second person, oldest first. */
struct asked {
	int by;
	enum event_note action;
	int item;
	int who;
};
static struct asked requests[LIMIT_REQUESTS];
static int n_requests;

static struct stage s;
static struct random dice;
static uint64_t seed;
static unsigned taken[CLIENT_N], refused[CLIENT_N];	/* how often each message was */

static bool leads(int i)
{
	return i == CLERK || i == CHAIR;
}

static bool is_guest(int i)
{
	return i >= PEOPLE - 2;
}

/* The last but one is a guest of the second item; the last is one of none. */
static bool is_convened(int i, int item)
{
	return !is_guest(i) || (i == PEOPLE - 2 && item == 2);
}

static void convene(void)
{
	static const char *const offices[] = { "clerk", "chair", "member", "member", "guest", "guest" };
	char request[1024], link[256];
	struct writer w = writer(request, sizeof(request));

	write_string(&w, "{\"verb\":\"meeting-create\",\"title\":\"Raad\",\"starts\":\"2026-03-12T18:30Z\",\"items\":["
		"{\"title\":\"Verslag\",\"convened\":\"open\"},{\"title\":\"Aanstelling\",\"convened\":\"closed\","
		"\"guests\":[{\"email\":\"p4@x.example\"}]}],\"people\":[");
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
	open_item = n_requests = n_speakers = 0;
	doors_opening = false;
	floor_of = -1;
	stage_open(&s, NULL);
	convene();
	stage_media_up(&s);
}

static const struct meeting *the_meeting(void)
{
	return list_first(&s.hall->meetings, struct meeting, in_hall);
}

static void check_floor(const struct fold *f)
{
	check_eq(f->floor, floor_of + 1);
	check_eq(f->n_speakers, n_speakers);
	for (int i = 0; i < n_speakers; i++)
		check_eq(f->speakers[i], speakers[i] + 1);
}

/* What the hall says it is. */
static void check_state(int step)
{
	const struct meeting *m = the_meeting();

	check_eq(m->fold->phase == PHASE_OPEN, open_meeting);
	check_eq(m->fold->agenda.open, open_item);
	check_eq(m->fold->agenda.doors, doors_opening ? DOORS_OPENING : DOORS_CLOSED);
	check_floor(m->fold);
	for (int i = 0; i < ITEMS; i++)
		check_eq(m->fold->agenda.items[i].phase, items[i + 1]);
	for (int i = 0; i < LIMIT_REQUESTS; i++)
		check_eq(m->fold->requests[i].id != 0, i < n_requests);
	for (int i = 0; i < PEOPLE; i++) {
		const struct person *p = &m->people[i];

		check_eq(person_fold(p)->withdrawn, model[i].withdrawn);
		check_eq((p->live.sources & SOURCE_BIT(SOURCE_MICROPHONE)) != 0, model[i].microphone);
		if (person_is_inside(p) != model[i].inside || p->live.waiting != model[i].waiting ||
		    (p->live.feed != NULL) != model[i].media || person_fold(p)->aside != model[i].aside)
			fail_msg("seed %" PRIu64 " step %d person %d: inside %d aside %d waiting %d media %d", seed, step, i,
				person_is_inside(p), person_fold(p)->aside, p->live.waiting, p->live.feed != NULL);
	}
}

static int place_of(int i)
{
	for (int k = 0; k < n_speakers; k++)
		if (speakers[k] == i)
			return k;
	return -1;
}

static void unlist(int i)
{
	int k = place_of(i);

	if (k < 0)
		return;
	n_speakers--;
	memmove(&speakers[k], &speakers[k + 1], (size_t)(n_speakers - k) * sizeof(speakers[0]));
}

/* They neither speak nor wait to speak. */
static void fall_silent(int i)
{
	unlist(i);
	if (floor_of == i)
		floor_of = -1;
	model[i].media = model[i].microphone = false;
}

/* Back to the lobby, if they are there to wait. */
static void put_out(int i)
{
	fall_silent(i);
	model[i].inside = model[i].aside = false;
	model[i].waiting = model[i].phase == INSIDE || model[i].phase == ASIDE;
	if (model[i].waiting)
		model[i].phase = LOBBY;
}

/* Who is out for the item that is open is aside, and nobody else is. */
static void settle(void)
{
	for (int i = 0; i < PEOPLE; i++) {
		bool out = open_item && model[i].recused[open_item];

		if (model[i].inside && out) {
			fall_silent(i);
			model[i].inside = false;
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

static const char *expect_request(struct asked asked)
{
	for (int k = 0; k < n_requests; k++)
		if (requests[k].action == asked.action && requests[k].item == asked.item &&
		    requests[k].who == asked.who)
			return requests[k].by == asked.by ? "own-request" : "wrong-phase";
	if (asked.action == NOTE_DOORS_OPEN && doors_opening)
		return "wrong-phase";
	if (n_requests == LIMIT_REQUESTS)
		return "too-many";
	requests[n_requests++] = asked;
	return "";
}

static void let_in(int whom)
{
	model[whom].waiting = false;
	model[whom].inside = true;
	if (model[whom].phase == LOBBY)
		model[whom].phase = INSIDE;
	settle();
}

static const char *expect_at_the_door(int i, int whom)
{
	if (model[i].phase != INSIDE)
		return "wrong-phase";
	if (!leads(i))
		return "not-allowed";
	return whom >= PEOPLE || !model[whom].waiting ? "not-waiting" : "";
}

static const char *expect_admission(int i, int whom)
{
	const char *error = expect_at_the_door(i, whom);

	if (*error)
		return error;
	if (!is_convened(whom, open_item))
		return expect_request((struct asked){ .by = i, .action = NOTE_ADMIT, .who = whom });
	let_in(whom);
	return "";
}

static const char *expect_turn_away(int i, int whom)
{
	const char *error = expect_at_the_door(i, whom);

	if (*error)
		return error;
	model[whom].waiting = false;
	if (model[whom].phase == LOBBY)
		model[whom].phase = AWAY;
	return "";
}

static const char *expect_leave(int i)
{
	if (model[i].phase < OUTSIDE)
		return "wrong-phase";
	fall_silent(i);
	model[i].phase = AWAY;
	model[i].inside = model[i].aside = model[i].waiting = false;
	return "";
}

static const char *expect_end(int i)
{
	return model[i].phase != INSIDE ? "wrong-phase" : !leads(i) ? "not-allowed" :
		expect_request((struct asked){ .by = i, .action = NOTE_END, .who = -1 });
}

static void forget_request(int k)
{
	n_requests--;
	memmove(&requests[k], &requests[k + 1], (size_t)(n_requests - k) * sizeof(requests[0]));
}

/* `k`: which request, n_requests for one that is none. */
static const char *expect_of_request(int i, int k)
{
	if (model[i].phase != INSIDE)
		return "wrong-phase";
	if (!leads(i))
		return "not-allowed";
	return k == n_requests ? "no-request" : "";
}

static const char *expect_refusal(int i, int k)
{
	const char *error = expect_of_request(i, k);

	if (!*error)
		forget_request(k);
	return error;
}

static const char *expect_confirmation(int i, int k)
{
	const char *error = expect_of_request(i, k);
	struct asked asked;

	if (*error)
		return error;
	asked = requests[k];
	if (asked.by == i)
		return "own-request";
	if (asked.action == NOTE_ADMIT && !model[asked.who].waiting)
		return "not-waiting";
	if (asked.action == NOTE_DOORS_OPEN && (asked.item != open_item || doors_opening))
		return "wrong-phase";
	forget_request(k);
	if (asked.action == NOTE_ADMIT)
		let_in(asked.who);
	else
		doors_opening = true;
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
	for (int i = 0; i < PEOPLE; i++) {
		if ((model[i].inside || model[i].aside) && !is_convened(i, item))
			put_out(i);
		model[i].alone = false;
		if (open_item)
			model[i].withdrawn = false;
	}
	if (open_item)
		items[open_item] = ITEM_DONE;
	if (item)
		items[item] = ITEM_OPEN;
	open_item = item;
	doors_opening = false;
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

/* Who declared to be alone has to do so again. */
static const char *expect_closing(void)
{
	if (!doors_opening)
		return "wrong-phase";
	doors_opening = false;
	for (int i = 0; i < PEOPLE; i++)
		model[i].alone = false;
	return "";
}

static const char *expect_doors(int i, int item, bool opens)
{
	const char *error = expect_of_item(i, item, true);

	if (*error)
		return error;
	if (open_item != item)
		return "wrong-phase";
	if (!opens)
		return expect_closing();
	return expect_request((struct asked){ .by = i, .action = NOTE_DOORS_OPEN, .item = item, .who = -1 });
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

/* Chair and clerk, to somebody who is inside. */
static const char *expect_to(int i, int whom, bool may, bool another)
{
	if (model[i].phase != INSIDE)
		return "wrong-phase";
	if (!may)
		return "not-allowed";
	if (whom >= PEOPLE || !model[whom].inside)
		return "not-inside";
	return another && whom == i ? "is-self" : "";
}

static const char *expect_hand(int i, bool raised)
{
	if (model[i].phase != INSIDE)
		return "wrong-phase";
	if (!raised)
		unlist(i);
	else if (place_of(i) < 0)
		speakers[n_speakers++] = i;
	return "";
}

static const char *expect_floor(int i, int whom)
{
	const char *error = expect_to(i, whom, leads(i), false);

	if (*error)
		return error;
	if (floor_of == whom)
		return "wrong-phase";
	model[whom].withdrawn = false;
	unlist(whom);
	floor_of = whom;
	return "";
}

static const char *expect_floor_end(int i)
{
	if (model[i].phase != INSIDE)
		return "wrong-phase";
	if (!leads(i) && floor_of != i)
		return "not-allowed";
	if (floor_of < 0)
		return "wrong-phase";
	floor_of = -1;
	return "";
}

/* `whole`: all of them, the last first. */
static const char *expect_order(int i, bool whole)
{
	if (model[i].phase != INSIDE)
		return "wrong-phase";
	if (!leads(i))
		return "not-allowed";
	if (!n_speakers)
		return "wrong-phase";
	if (!whole)
		return "wrong-field";
	for (int k = 0; k < n_speakers / 2; k++) {
		int swapped = speakers[k];

		speakers[k] = speakers[n_speakers - 1 - k];
		speakers[n_speakers - 1 - k] = swapped;
	}
	return "";
}

static const char *expect_withdrawal(int i, int whom)
{
	const char *error = expect_to(i, whom, i == CHAIR, true);

	if (*error)
		return error;
	if (model[whom].withdrawn)
		return "wrong-phase";
	model[whom].withdrawn = true;
	if (floor_of == whom)
		floor_of = -1;
	return "";
}

static const char *expect_restoring(int i, int whom)
{
	const char *error = expect_to(i, whom, leads(i), false);

	if (*error)
		return error;
	if (!model[whom].withdrawn)
		return "wrong-phase";
	model[whom].withdrawn = false;
	return "";
}

static const char *expect_mute(int i, int whom)
{
	const char *error = expect_to(i, whom, leads(i), true);

	if (*error)
		return error;
	if (!model[whom].microphone)
		return "not-on";
	model[whom].microphone = false;
	return "";
}

/* Nobody but themselves ever switches it on. */
static const char *expect_sources(int i, bool on)
{
	if (model[i].phase != INSIDE)
		return "wrong-phase";
	model[i].microphone = on;
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

static void say_to(int i, const char *type, int whom, const char *expected)
{
	char text[160];

	snprintf(text, sizeof(text), "{\"type\":\"%s\",\"person\":%d,\"reason\":{\"code\":\"agreed\"}}", type, whom + 1);
	say(i, text, expected, type);
}

static void say_order(int i, bool whole)
{
	char text[128];
	struct writer w = writer(text, sizeof(text));

	write_string(&w, "{\"type\":\"order\",\"people\":[");
	for (int k = n_speakers; k-- > !whole;)
		write_format(&w, "%d%s", speakers[k] + 1, k > !whole ? "," : "");
	write_string(&w, "]}");
	write_u8(&w, 0);
	check(w.ok);
	say(i, text, expect_order(i, whole), "order");
}

static void step_of_floor(int i, int whom, unsigned which)
{
	bool yes = random_below(&dice, 2);
	char text[160];

	switch (which) {
	case 0:
	case 1:
		snprintf(text, sizeof(text), "{\"type\":\"hand\",\"raised\":%s}", yes ? "true" : "false");
		return say(i, text, expect_hand(i, yes), "hand");
	case 2:
		snprintf(text, sizeof(text), "{\"type\":\"floor\",\"person\":%d}", whom + 1);
		return say(i, text, expect_floor(i, whom), "floor");
	case 3:
		return say(i, "{\"type\":\"floor-end\"}", expect_floor_end(i), "floor-end");
	case 4:
		return say_order(i, yes);
	case 5:
		return say_to(i, "withdraw-floor", whom, expect_withdrawal(i, whom));
	case 6:
		snprintf(text, sizeof(text), "{\"type\":\"restore-floor\",\"person\":%d}", whom + 1);
		return say(i, text, expect_restoring(i, whom), "restore-floor");
	case 7:
		return say_to(i, "mute", whom, expect_mute(i, whom));
	case 8:
		snprintf(text, sizeof(text), "{\"type\":\"sources\",\"microphone\":%s,\"camera\":false,\"screen\":false,"
			"\"screen_sound\":false}", yes ? "true" : "false");
		return say(i, text, expect_sources(i, yes), "sources");
	}
}

/* Of one that stands, or of none. To end the meeting nobody confirms here: it would be over. */
static void step_of_request(int i, bool confirms)
{
	int k = (int)random_below(&dice, (uint32_t)n_requests + 1);
	char text[64];

	if (confirms && k < n_requests && requests[k].action == NOTE_END)
		k = n_requests;
	snprintf(text, sizeof(text), "{\"type\":\"%s\",\"request\":%u}", confirms ? "confirm" : "refuse",
		k < n_requests ? the_meeting()->fold->requests[k].id : 77777);
	say(i, text, confirms ? expect_confirmation(i, k) : expect_refusal(i, k), confirms ? "confirm" : "refuse");
}

#define SAY_HELLO 2
#define SAY_JOIN 3

static void step(int i, int whom)
{
	uint32_t which = random_below(&dice, 34);
	char text[256];

	/* Most go in before they do anything else: there is more to do inside. */
	if (model[i].phase == OPENED && random_below(&dice, 4))
		which = SAY_HELLO;
	else if (model[i].phase == OUTSIDE && random_below(&dice, 4))
		which = SAY_JOIN;
	if (which > 24)
		return step_of_floor(i, whom, which - 25);
	if (which > 16)
		return step_of_item(i, whom, which - 17);
	switch (which) {
	case 0:
		return come(i);
	case 1:
		actor_disconnect(&s.actors[i]);
		model[i].phase = AWAY;
		return;
	case SAY_HELLO:
		snprintf(text, sizeof(text), "{\"type\":\"hello\",\"version\":1,\"seat\":\"%s\"}", s.actors[i].seat);
		return say(i, text, expect_hello(i), "hello");
	case SAY_JOIN:
	case SAY_JOIN + 1:
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
		return say_to(i, "admit", whom, expect_admission(i, whom));
	case 8:
		snprintf(text, sizeof(text), "{\"type\":\"turn-away\",\"person\":%d,\"reason\":{\"code\":\"unrecognised\"}}",
			whom + 1);
		return say(i, text, expect_turn_away(i, whom), "turn-away");
	case 9:
		return say(i, "{\"type\":\"leave\"}", expect_leave(i), "leave");
	case 10:
		return say(i, "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}", expect_end(i), "end");
	case 11:
		return step_of_request(i, false);
	case 15:
	case 16:
		return step_of_request(i, true);
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
	int steps = is_long_form() ? LONG_STEPS : STEPS;

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
	for (int i = 0; i < CLIENT_N; i++)
		if ((taken[i] == 0) != (refused[i] == 0))
			fail_msg("%s: %u taken, %u refused", protocol_client[i].name, taken[i], refused[i]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_hall_does_what_the_model_does),
};

RUN_TESTS(tests)
