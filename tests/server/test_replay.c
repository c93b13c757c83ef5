/* SPDX-License-Identifier: EUPL-1.2 */
/* The proceedings are the meeting: after each of 12,000 random steps, the fold that lives and the fold of the
 * records are the same, and so is what a restarted hall makes of them. In tests only. The seed is printed. */
#include <inttypes.h>

#include "base/mem.h"
#include "base/random.h"
#include "server/inside.h"
#include "tests/server/stage.h"

#define STEPS 12000
#define STEPS_OF_ONE 200

static struct stage s;
static struct random dice;
static unsigned seen[EVENT_N];		/* in the proceedings of all these meetings */

/* Everything that the records decide; times as they were written. */
static void dump(const struct fold *f, char *ret, size_t size)
{
	struct writer w = writer(ret, size - 1);

	write_format(&w, "%s seq %u request %u by %u %d %s\n", meeting_phase_word(f->phase), f->seq, f->request.id,
		f->request.by, (int)f->request.reason, f->request.text);
	for (int i = 0; i <= LIMIT_PEOPLE_PER_MEETING; i++) {
		const struct fold_person *p = &f->people[i];

		if (p->invited || p->inside || p->lost || p->seat || p->links)
			write_format(&w, "%d: %d %d %d %u %u\n", i, p->invited, p->inside, p->lost, p->seat, p->links);
	}
	for (uint32_t seq = f->seq > FOLD_ENTRIES ? f->seq - FOLD_ENTRIES + 1 : 1; seq <= f->seq; seq++) {
		const struct event *e = fold_entry(f, seq);

		check(e);
		write_format(&w, "%u %" PRIu64 " %s %u %u %u %d %d %s %d\n", e->seq, e->wall, event_words[e->kind],
			e->by, e->who, e->number, (int)e->reason, (int)e->note, e->text ? e->text : "-", e->detailed);
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
	char text[256];

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

static void step(void)
{
	struct actor *a = &s.actors[one_of(5)];
	const struct meeting *m = list_first(&s.hall->meetings, struct meeting, in_hall);
	struct hall_answer answer;

	switch (one_of(24)) {
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
		say(a, "admit", "person", 1 + one_of(6), "");
		break;
	case 11:
		say(&s.actors[one_of(2)], "turn-away", "person", 1 + one_of(6), REASON);
		break;
	case 12:
		actor_say(a, "{\"type\":\"leave\"}");
		break;
	case 13:
		actor_say(&s.actors[one_of(3)], "{\"type\":\"end\"" REASON "}");
		break;
	case 14:
		say(&s.actors[one_of(3)], "confirm", "request", m->fold->request.id, "");
		break;
	case 15:
		say(&s.actors[one_of(4)], "refuse", "request", m->fold->request.id + one_of(2), "");
		break;
	case 16:
		actor_say(a, "{\"type\":\"stop-waiting\"}");
		break;
	case 17:
		actor_say(a, "{\"type\":\"offer\",\"sdp\":\"v=0\",\"roles\":{},\"restart\":false,\"media\":null}");
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
			new_link(m, one_of(5));
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
		say(a, "admit", "person", 1 + one_of(5), "");
		actor_say(&s.actors[one_of(5)], "{\"type\":\"join\"}");
		db_refuse_commits(s.db, 0);
		db_refuse_writes(s.db, 0);
		break;
	}
}

static void count_kinds(const struct fold *f)
{
	for (uint32_t seq = 1; seq <= f->seq; seq++)
		if (fold_entry(f, seq))
			seen[fold_entry(f, seq)->kind]++;
}

/* The number of steps it took. */
static unsigned hold_a_meeting(void)
{
	struct meeting_row row;
	struct meeting *m;
	unsigned n = 0;

	stage_open(&s, NULL);
	stage_demo(&s);
	stage_media_up(&s);
	do {
		step();
		m = list_first(&s.hall->meetings, struct meeting, in_hall);
		if (m)
			check_same(m);
	} while (++n < STEPS_OF_ONE && m);
	check_eq(store_meeting_find(s.db, s.meeting, &row), 1);
	check_eq(meeting_load(&m, s.db, &row, s.now, s.wall), 0);
	count_kinds(m->fold);
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
