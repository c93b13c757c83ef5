/* SPDX-License-Identifier: EUPL-1.2 */
/* The proceedings are the meeting: after each of 36,000 random steps, the fold that lives and the fold of the
 * records are the same, and so is what a restarted hall makes of them. In tests only. The seed is printed. */
#include <inttypes.h>

#include "base/mem.h"
#include "base/random.h"
#include "server/hall/inside.h"
#include "tests/server/stage.h"

#define STEPS 36000
#define STEPS_OF_ONE 300
#define PEOPLE 7

static struct stage s;
static struct random dice;
static unsigned seen[EVENT_N];		/* in the proceedings of all these meetings */

/* Everything that the records decide; times as they were written. */
static void dump(const struct fold *f, char *ret, size_t size)
{
	struct writer w = writer(ret, size - 1);

	write_format(&w, "%s seq %u floor %u since %" PRIu64 " substitute %u acting %u\n",
		meeting_phase_word(f->phase), f->seq, f->floor, f->floor_wall, f->substitute, f->acting);
	write_format(&w, "suspended %d by %u at %" PRIu64 " %d %s\n", f->suspension.on, f->suspension.by,
		f->suspension.wall, (int)f->suspension.reason, f->suspension.text);
	for (int i = 0; i < LIMIT_REQUESTS; i++)
		write_format(&w, "request %u %d by %u who %u item %u %d %d %s\n", f->requests[i].id,
			(int)f->requests[i].action, f->requests[i].by, f->requests[i].who, f->requests[i].item,
			f->requests[i].as_chair, (int)f->requests[i].reason,
			f->requests[i].text);
	for (int i = 0; i < LIMIT_FAULTS; i++)
		write_format(&w, "fault %u by %u at %" PRIu64 " %s\n", f->faults[i].id, f->faults[i].by,
			f->faults[i].wall, f->faults[i].text);
	write_format(&w, "item %u doors %d recusals %u noted %u\n", f->agenda.open, (int)f->agenda.doors,
		f->agenda.n_recusals, f->agenda.n_noted);
	for (uint32_t i = 0; i < f->agenda.n_items; i++) {
		const struct agenda_item *item = &f->agenda.items[i];

		write_format(&w, "item %u: %d %d %" PRIx64 " %" PRIx64 " %" PRIx64 "\n", i + 1,
			(int)item->phase, item->for_audience, item->guests.words[0], item->recused.words[0],
			item->alone.words[0]);
	}
	for (uint32_t i = 0; i < f->agenda.n_noted; i++)
		write_format(&w, "noted %u %u by %u %d %d %s\n", f->agenda.noted[i].item, f->agenda.noted[i].who,
			f->agenda.noted[i].by, f->agenda.noted[i].contested, (int)f->agenda.noted[i].reason,
			f->agenda.noted[i].text);
	for (uint32_t i = 0; i < f->n_speakers; i++)
		write_format(&w, "speaker %u\n", f->speakers[i]);
	for (int i = 0; i <= LIMIT_PEOPLE_PER_MEETING; i++) {
		const struct fold_person *p = &f->people[i];

		if (p->invited || p->inside || p->lost || p->seat || p->links || p->entered || p->withdrawn ||
		    p->aside || p->put_out)
			write_format(&w, "%d: %d %d %d %u %u %d %d %d %" PRIu64 " %d %d %u %u\n", i,
				p->invited, p->inside, p->lost, p->seat, p->links, p->entered, p->withdrawn,
				p->aside, p->aside_wall, p->put_out, p->by_two, p->muted, p->unshared);
	}
	for (uint32_t seq = f->seq > FOLD_ENTRIES ? f->seq - FOLD_ENTRIES + 1 : 1; seq <= f->seq; seq++) {
		const struct event *e = fold_entry(f, seq);

		check(e);
		write_format(&w, "%u %" PRIu64 " %s %u %u %u %u %d %d %s %d\n", e->seq, e->wall, event_words[e->kind],
			e->by, e->who, e->number, e->item, (int)e->reason, (int)e->note, e->text ? e->text : "-",
			e->detailed);
	}
	write_u8(&w, 0);
	check(w.ok);
}

static void check_same(const struct meeting *m)
{
	static char live[64 * 1024], recorded[64 * 1024];
	struct meeting copy = { .row = m->row, .backlog = m->backlog };

	check_eq(meeting_replay(&copy, s.db, s.now, s.wall), 0);
	dump(m->fold, live, sizeof(live));
	dump(copy.fold, recorded, sizeof(recorded));
	fold_free(copy.fold);
	if (strcmp(live, recorded) != 0)
		fail_msg("live:\n%s\nrecorded:\n%s", live, recorded);
}

static uint32_t one_of(uint32_t n)
{
	return random_below(&dice, n);
}

static void say(struct actor *a, const char *type, const char *field, unsigned number, const char *more)
{
	char text[512];

	snprintf(text, sizeof(text), "{\"type\":\"%s\",\"%s\":%u%s}", type, field, number, more);
	actor_say(a, text);
}

static void new_link(const struct meeting *m, uint32_t i)
{
	char text[256];

	snprintf(text, sizeof(text), "{\"verb\":\"invite\",\"meeting\":\"%s\",\"email\":\"%s\"}", s.meeting,
		m->people[i].email);
	if (!stage_made(&s, text))
		return;
	check(stage_field(s.answer, "link", 0, text, sizeof(text)));
	memcpy(s.actors[i].link, strchr(text, '#') + 1, 44);
}

#define REASON ",\"reason\":{\"code\":\"written\",\"text\":\"omdat \\\"het\\\" moet\"}"

/* Any of the host's rights, to anybody, by anybody, most often by those who have them. */
static void use_a_right(const struct meeting *m)
{
	static const char *const over[] = { "mute", "stop-share", "remove", "remove", "withdraw-floor", "floor",
		"floor", "restore-floor", "new-link" };
	struct actor *a = &s.actors[one_of(one_of(2) ? 2 : PEOPLE)], *anybody = &s.actors[one_of(PEOPLE)];
	const char *type = over[one_of(ARRAY_SIZE(over))];
	const struct fold *f = m->fold;
	char text[256];

	switch (one_of(15)) {
	case 0:
	case 1:
		actor_say(anybody, one_of(3) ? "{\"type\":\"hand\",\"raised\":true}" :
			"{\"type\":\"hand\",\"raised\":false}");
		break;
	case 2:
		actor_say(anybody, "{\"type\":\"sources\",\"microphone\":true,\"camera\":true,\"screen\":true,\"screen_sound\":true}");
		say(a, one_of(2) ? "mute" : "stop-share", "person", 1 + (uint32_t)(anybody - s.actors), REASON);
		break;
	case 3:
		actor_say(a, "{\"type\":\"floor-end\"}");
		break;
	case 4:
		if (f->n_speakers < 2)
			actor_say(anybody, "{\"type\":\"hand\",\"raised\":true}");
		if (f->n_speakers == 2) {
			snprintf(text, sizeof(text), "{\"type\":\"order\",\"people\":[%u,%u]}", f->speakers[1],
				f->speakers[0]);
			actor_say(a, text);
		}
		break;
	case 5:
		actor_say(a, one_of(2) ? "{\"type\":\"suspend\"" REASON "}" : "{\"type\":\"resume\"}");
		break;
	case 6:
		actor_say(anybody, one_of(2) ? "{\"type\":\"fault\",\"note\":\"geen \\\"klank\\\"\"}" :
			"{\"type\":\"object\",\"note\":\"motie van orde\"}");
		break;
	case 7:
		say(a, "clear-fault", "fault", MAX(f->faults[one_of(2)].id, 1u), REASON);
		break;
	case 8:
		snprintf(text, sizeof(text), "{\"type\":\"invite\",\"name\":\"Gast\",\"email\":\"gast%u@x.example\",\"office\":\"guest\""
			REASON "}", one_of(100));
		actor_say(a, text);
		break;
	case 9:
		snprintf(text, sizeof(text), ",\"source\":\"camera\"" REASON);
		say(a, "ask-on", "person", 1 + one_of(PEOPLE), text);
		break;
	case 10:
		say(&s.actors[CHAIR], "withdraw-floor", "person", 3 + one_of(3), REASON);
		say(a, one_of(2) ? "restore-floor" : "floor", "person", 3 + one_of(3), "");
		break;
	default:
		say(a, type, "person", 1 + one_of(PEOPLE), strstr(type, "floor") && type[0] != 'w' ? "" : REASON);
		break;
	}
}

/* The agenda, moved along by anybody; most often by those who may. */
static void use_the_agenda(const struct meeting *m)
{
	struct actor *a = &s.actors[one_of(one_of(3) ? 2 : PEOPLE)], *anybody = &s.actors[one_of(PEOPLE)];
	uint32_t item = m->fold->agenda.open && one_of(4) ? m->fold->agenda.open : 1 + one_of(2);
	char more[256];

	switch (one_of(12)) {
	case 0:
	case 1:
	case 2:
		say(a, "item-open", "item", 1 + one_of(2), "");
		break;
	case 3:
		say(a, "item-close", "item", item, "");
		break;
	case 4:
	case 5:
		if (m->fold->agenda.doors != DOORS_CLOSED) {
			say(&s.actors[one_of(2)], "doors-close", "item", item, "");
			break;
		}
		say(a, "doors-open", "item", item, REASON);
		if (m->fold->requests[0].id)
			say(&s.actors[one_of(2)], "confirm", "request", m->fold->requests[0].id, "");
		break;
	case 6:
		say(a, one_of(3) ? "doors-close" : "item-open", "item", item, "");
		stage_pass(&s, SECONDS(one_of(12)));
		break;
	case 7:
		say(anybody, "declare-alone", "item", item, "");
		break;
	case 8:
		if (one_of(8) == 0)
			say(anybody, "recuse", "item", item, "");
		break;
	case 9:
		snprintf(more, sizeof(more), ",\"person\":%u,\"contested\":%s" REASON, 3 + one_of(PEOPLE - 2),
			one_of(2) ? "true" : "false");
		if (one_of(4) == 0)
			say(a, "note-recusal", "item", item, more);
		break;
	case 10:
		say(a, "note-presence", "person", 1 + one_of(PEOPLE), one_of(2) ? ",\"present\":true" REASON :
			",\"present\":false" REASON);
		break;
	default:
		say(a, "admit", "person", 6 + one_of(2), one_of(2) ? REASON : "");
		break;
	}
}

static void step(void)
{
	struct actor *a = &s.actors[one_of(PEOPLE)];
	const struct meeting *m = list_first(&s.hall->meetings, struct meeting, in_hall);
	struct hall_answer answer;

	switch (one_of(36)) {
	case 30:
	case 31:
	case 32:
	case 33:
	case 34:
	case 35:
		use_the_agenda(m);
		break;
	case 0:
		actor_link(a, a->link, &answer);
		break;
	case 1:
	case 2:
	case 3:
		if (a->seat[0])
			actor_resume(a, &answer);
		actor_connect(a);
		actor_hello(a);
		break;
	case 4:
		actor_disconnect(a);
		break;
	case 5:
	case 6:
	case 7:
		actor_say(a, "{\"type\":\"join\"}");
		break;
	case 8:
	case 9:
	case 10:
		say(a, "admit", "person", 1 + one_of(PEOPLE), "");
		break;
	case 11:
		say(&s.actors[one_of(2)], "turn-away", "person", 1 + one_of(PEOPLE), REASON);
		break;
	case 12:
		actor_say(a, "{\"type\":\"leave\"}");
		break;
	case 13:
		actor_say(&s.actors[one_of(3)], "{\"type\":\"end\"" REASON "}");
		break;
	case 14:
		say(&s.actors[one_of(2)], "confirm", "request", m->fold->requests[0].id, "");
		m = list_first(&s.hall->meetings, struct meeting, in_hall);
		if (!m)
			break;
		say(&s.actors[one_of(3)], "confirm", "request", m->fold->requests[one_of(2)].id, "");
		break;
	case 15:
		say(&s.actors[one_of(4)], "refuse", "request", m->fold->requests[0].id + one_of(2), "");
		break;
	case 16:
		actor_say(a, "{\"type\":\"stop-waiting\"}");
		break;
	case 17:
		actor_say(a, "{\"type\":\"offer\",\"sdp\":\"v=0\",\"roles\":{},\"restart\":false,\"media\":null}");
		actor_say(a, "{\"type\":\"code-read\"}");
		break;
	case 18:
		stage_pass(&s, SECONDS(1 + one_of(3)));
		break;
	case 19:
		stage_pass(&s, one_of(3) ? 1 : MINUTES(1 + one_of(3)));
		break;
	case 20:
		if (one_of(4) == 0)
			stage_restart(&s);
		break;
	case 21:
		if (one_of(4) == 0)
			new_link(m, one_of(m->n_people));
		break;
	case 22:
		hall_media_down(s.hall, 0);
		stage_drain(&s);
		stage_media_up(&s);
		break;
	case 23:
		if (one_of(2))
			db_refuse_commits(s.db, 1);
		else
			db_refuse_writes(s.db, 1 + one_of(3));
		say(a, "admit", "person", 1 + one_of(PEOPLE), "");
		actor_say(&s.actors[one_of(PEOPLE)], "{\"type\":\"join\"}");
		db_refuse_commits(s.db, 0);
		db_refuse_writes(s.db, 0);
		break;
	default:
		use_a_right(m);
		break;
	}
}

/* Those that came since. */
static void count_kinds(const struct fold *f, uint32_t *counted)
{
	for (uint32_t seq = *counted + 1; seq <= f->seq; seq++)
		if (fold_entry(f, seq))
			seen[fold_entry(f, seq)->kind]++;
	*counted = f->seq;
}

/* The number of steps it took. */
static unsigned hold_a_meeting(void)
{
	struct meeting_row row;
	struct meeting *m;
	uint32_t counted = 0;
	struct policy policy;
	unsigned n = 0;

	stage_open(&s, NULL);
	policy_init(&policy);
	if (one_of(2)) {
		check(policy_lower(&policy, ACT_MUTE, VERDICT_SECOND));
		s.policy = &policy;
		stage_restart(&s);
	}
	if (one_of(4))
		stage_convene_items(&s);
	else
		stage_convene(&s);
	stage_media_up(&s);
	if (one_of(3))
		stage_everyone_in(&s);
	do {
		step();
		m = list_first(&s.hall->meetings, struct meeting, in_hall);
		if (m) {
			check_same(m);
			count_kinds(m->fold, &counted);
		}
	} while (++n < STEPS_OF_ONE && m);
	check_eq(store_meeting_find(s.db, s.meeting, &row), 1);
	check_eq(meeting_load(&m, s.db, log_key_server(s.key), &row, s.now, s.wall), 0);
	count_kinds(m->fold, &counted);
	meeting_free(m);
	stage_close(&s);
	return n;
}

TEST(live_and_replayed_are_the_same)
{
	const char *given = getenv("CONCLAVE_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) : 20260312;

	print_message("# seed %" PRIu64 "\n", seed);
	random_seed(&dice, seed);
	for (unsigned n = 0; n < STEPS; n += hold_a_meeting())
		continue;
	for (int kind = 0; kind < EVENT_N; kind++)
		if (!given && !seen[kind])
			fail_msg("%s never happened", event_words[kind]);
}

/* The comparison itself finds a difference: a fact that changed the fold behind the records' back. */
TEST(a_difference_would_be_seen)
{
	static char live[64 * 1024], recorded[64 * 1024];
	struct meeting *m, copy = { 0 };

	stage_open(&s, NULL);
	stage_demo(&s);
	stage_everyone_in(&s);
	m = list_first(&s.hall->meetings, struct meeting, in_hall);
	check_same(m);
	fold_apply(m->fold, &(struct event){ .kind = EVENT_LEFT, .by = 4 }, s.now);
	copy.row = m->row;
	check_eq(meeting_replay(&copy, s.db, s.now, s.wall), 0);
	dump(m->fold, live, sizeof(live));
	dump(copy.fold, recorded, sizeof(recorded));
	fold_free(copy.fold);
	check(strcmp(live, recorded) != 0);
	stage_close(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(live_and_replayed_are_the_same),
	cmocka_unit_test(a_difference_would_be_seen),
};

RUN_TESTS(tests)
