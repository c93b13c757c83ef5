/* SPDX-License-Identifier: EUPL-1.2 */
/* What a forwarded packet costs in a small meeting and in a large one, counted in branches of sfu/room. In tests only.
 * Invariant: no clock is read; the same seed gives the same count. */
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/sim.h"

static uint64_t branches;

void __sanitizer_cov_trace_pc(void);

/* The compiler calls it at every branch of the room, and of nothing else. */
void __sanitizer_cov_trace_pc(void)
{
	branches++;
}

struct cost {
	uint64_t packets;
	uint64_t branches;
};

/* N people with cameras on and four microphones open, each with nine lines of picture, in one second. */
static struct cost measure(unsigned people)
{
	struct sim *s = sim_new(61);
	struct room_numbers before, after;
	struct cost cost;

	s->audio_slots = 8;
	s->video_slots = 9;
	for (unsigned i = 0; i < people; i++) {
		struct sim_person *p = sim_join(s);

		sim_open(s, p, SOURCE_CAMERA);
		if (i < 4)
			sim_open(s, p, SOURCE_MICROPHONE);
	}
	sim_run(s, SECONDS(2));
	room_count(s->room, &before);
	branches = 0;
	sim_run(s, SECONDS(1));
	room_count(s->room, &after);
	cost = (struct cost){ .packets = after.packets_out - before.packets_out, .branches = branches };
	print_message("# %u people: %llu packets, %llu branches each\n", people, (unsigned long long)cost.packets,
		(unsigned long long)(cost.branches / cost.packets));
	sim_free(s);
	return cost;
}

TEST(the_cost_of_a_packet_is_flat)
{
	static const unsigned sizes[] = { 55, 100 };
	struct cost small = measure(10);

	check(small.branches > 0);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct cost large = measure(sizes[i]);

		check_ge(large.packets, small.packets * sizes[i] / 10 * 9 / 10);
		/* TARGETS: within a fifth. */
		check_le(large.branches * small.packets, small.branches * large.packets * 6 / 5);
	}
}

/* One voice, more and more ears: the way in is paid once. */
TEST(another_receiver_costs_the_same_as_the_last)
{
	uint64_t cost[3];

	for (unsigned i = 0; i < 3; i++) {
		struct sim *s = sim_new(62);
		struct sim_person *anna = sim_join(s);

		for (unsigned n = 0; n < (unsigned[]){ 1, 50, 99 }[i]; n++)
			sim_join(s);
		sim_open(s, anna, SOURCE_MICROPHONE);
		sim_run(s, MSEC(500));
		branches = 0;
		sim_run(s, SECONDS(1));
		cost[i] = branches;
		sim_free(s);
	}
	/* 49 more each time. */
	check_le(cost[2] - cost[1], (cost[1] - cost[0]) * 11 / 10);
	check_ge(cost[2] - cost[1], (cost[1] - cost[0]) * 9 / 10);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_cost_of_a_packet_is_flat),
	cmocka_unit_test(another_receiver_costs_the_same_as_the_last),
};

RUN_TESTS(tests)
