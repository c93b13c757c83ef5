/* SPDX-License-Identifier: EUPL-1.2 */
/* Ten thousand turns of a meeting that knows no order, and memory that runs out at every single point. In tests only.
 * Invariant: whatever happens, no number is used twice, slots carry whom they say, and every packet comes back. */
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/sim.h"

#define CHURN_PEOPLE 12

static struct sim_person *anybody(struct sim *s)
{
	return s->people[random_below(&s->random, s->n_people)];
}

static void churn_line(struct sim *s, struct sim_line *line)
{
	line->loss = random_below(&s->random, 4) ? 0 : random_below(&s->random, 300);
	line->jitter = random_below(&s->random, 4) ? 0 : MSEC(random_below(&s->random, 60));
	line->duplicate = random_below(&s->random, 4) ? 0 : random_below(&s->random, 100);
}

static void churn_new_ssrc(struct sim *s, struct sim_person *p)
{
	struct sim_stream *stream = &p->sender.sources[SOURCE_CAMERA].streams[random_below(&s->random, ROOM_RIDS)];

	p->sender.rebound = true;
	stream->ssrc = (uint32_t)random_next(&s->random) | 1;
	stream->sequence = (uint16_t)random_next(&s->random);
	stream->timestamp_base = (uint32_t)random_next(&s->random);
	stream->confirmed = false;
	stream->key_due = true;
	for (unsigned i = 0; i < SIM_HISTORY; i++)
		stream->history[i].valid = false;
}

static void churn_turn(struct sim *s)
{
	struct sim_person *p = anybody(s);
	enum source_kind kind = (enum source_kind)random_below(&s->random, SOURCE_N);

	switch (random_below(&s->random, 12)) {
	case 0:
		if (s->n_people < CHURN_PEOPLE)
			sim_join(s);
		break;
	case 1:
		if (s->n_people > 2)
			sim_leave(s, p);
		break;
	case 2: case 3: case 4:
		sim_open(s, p, kind);
		break;
	case 5: case 6:
		sim_close(s, p, kind);
		break;
	case 7:
		room_set_rank(s->room, s->now, p->setup.id, random_below(&s->random, 4));
		sim_drain(s);
		break;
	case 8:
		room_set_ready(s->room, s->now, p->setup.id, false);
		sim_drain(s);
		sim_run(s, MSEC(random_below(&s->random, 300)));
		room_set_ready(s->room, s->now, p->setup.id, true);
		sim_drain(s);
		break;
	case 9:
		churn_line(s, &p->up);
		churn_line(s, &p->down);
		break;
	case 10:
		churn_new_ssrc(s, p);
		break;
	case 11:
		p->sender.sources[SOURCE_CAMERA].streams[random_below(&s->random, ROOM_RIDS)].paused ^= true;
		break;
	}
}

TEST(ten_thousand_turns)
{
	struct sim *s;
	uint64_t forwarded = 0;

	for (uint64_t seed = 41; seed < 45; seed++) {
		struct room_numbers numbers;

		s = sim_new(seed);
		s->audio_slots = 4;
		s->video_slots = 5;
		sim_join(s);
		sim_join(s);
		for (unsigned i = 0; i < 2500; i++) {
			churn_turn(s);
			sim_run(s, MSEC(random_below(&s->random, 20)));
		}
		room_count(s->room, &numbers);
		forwarded += numbers.packets_out;
		/* When peace returns all is well again: nothing of the past sticks. */
		for (uint32_t i = 0; i < s->n_people; i++) {
			for (unsigned k = 0; k < ROOM_RIDS; k++)
				s->people[i]->sender.sources[SOURCE_CAMERA].streams[k].paused = false;
			s->people[i]->up = s->people[i]->down = (struct sim_line){ .delay = MSEC(20) };
			sim_close(s, s->people[i], SOURCE_CAMERA);
		}
		sim_run(s, SECONDS(11));
		sim_open(s, s->people[0], SOURCE_CAMERA);
		sim_run(s, SECONDS(1));
		for (uint32_t i = 1; i < s->n_people; i++)
			check_ge(sim_sees(s->people[i], s->people[0], SOURCE_CAMERA)->decoded, 20);
		sim_free(s);
	}
	check_ge(forwarded, 100000);
}

/* A little meeting; how far it came. */
static unsigned scenario(struct sim *s)
{
	struct sim_person *people[3];

	for (unsigned i = 0; i < 3; i++) {
		people[i] = sim_try_join(s);
		if (!people[i])
			return i;
		sim_open(s, people[i], SOURCE_CAMERA);
		sim_run(s, MSEC(100));
	}
	return 3;
}

TEST(memory_that_runs_out_refuses_one_and_harms_nobody)
{
	unsigned long n = 0;
	unsigned came;

	do {
		struct pool *pool;
		struct room *room;
		struct sim *s = sim_new(46);

		/* The simulated browsers allocate too, before the room does; their failures are not meant. */
		s->fail_at = ++n;
		came = scenario(s);
		mem_fail_at(0, 0);
		if (came < 3)
			check(sim_try_join(s));
		check_eq(room_peers(s->room), s->n_people);
		sim_run(s, MSEC(300));
		if (s->n_people > 1)
			check(sim_sees(s->people[1], s->people[0], SOURCE_CAMERA)->decoded);
		sim_free(s);
		check_eq(pool_new(&pool, 16), 0);
		mem_fail_at(n, 1);
		if (room_new(&room, pool, 1) == 0)
			room_free(room);
		mem_fail_at(0, 0);
		pool_free(pool);
	} while (came < 3);
	/* Room, slots and four tracks of each of three: every one was the one that failed. */
	check_ge(n, 18);
}

TEST(the_packet_path_allocates_nothing)
{
	struct sim *s = sim_new(47);
	struct sim_person *anna, *ben;

	anna = sim_join(s);
	ben = sim_join(s);
	sim_open(s, anna, SOURCE_CAMERA);
	sim_open(s, anna, SOURCE_MICROPHONE);
	ben->down.loss = anna->up.loss = 50;
	mem_fail_at(0, 0);
	sim_run(s, SECONDS(5));
	check_eq(mem_fail_at(0, 0), 0);
	check_ge(sim_sees(ben, anna, SOURCE_CAMERA)->decoded, 100);
	sim_free(s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(ten_thousand_turns),
	cmocka_unit_test(memory_that_runs_out_refuses_one_and_harms_nobody),
	cmocka_unit_test(the_packet_path_allocates_nothing),
};

RUN_TESTS(tests)
