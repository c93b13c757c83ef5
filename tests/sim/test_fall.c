/* SPDX-License-Identifier: EUPL-1.2 */
/* Three large cameras, and a line that becomes too narrow for them from one moment to the next: sound goes on. In
 * tests only. Invariant: the bounds are those of TARGETS.md. */
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/sim.h"

#define SPEAKERS 3
#define RUNS 4

struct plenum {
	struct sim *s;
	struct sim_person *ben, *speakers[SPEAKERS];
};

static struct plenum plenum_new(uint64_t seed, bool firefox, usec_t apart)
{
	struct plenum m = { .s = sim_new(seed) };
	struct sim_person *first = sim_join(m.s), *second = sim_join(m.s);

	m.ben = firefox ? first : second;
	for (unsigned i = 0; i < SPEAKERS; i++) {
		m.speakers[i] = sim_join(m.s);
		sim_open(m.s, m.speakers[i], SOURCE_CAMERA);
		sim_open(m.s, m.speakers[i], SOURCE_MICROPHONE);
		sim_run(m.s, apart);
	}
	return m;
}

static struct sim_slot *of(const struct plenum *m, unsigned i, enum source_kind kind)
{
	return sim_sees(m->ben, m->speakers[i], kind);
}

static usec_t gap_of(const struct plenum *m)
{
	usec_t gap = 0;

	for (unsigned i = 0; i < SPEAKERS; i++) {
		gap = MAX(gap, of(m, i, SOURCE_MICROPHONE)->longest_gap);
		of(m, i, SOURCE_MICROPHONE)->longest_gap = 0;
	}
	return gap;
}

/* `apart`: in time, of the three cameras' pictures. */
static void fall(uint64_t seed, bool firefox, usec_t apart, usec_t most)
{
	struct plenum m = plenum_new(seed, firefox, apart);
	usec_t gap, after;

	m.ben->down.rate = 4000000;
	sim_run(m.s, SECONDS(15) + MSEC(13) * (seed % 8));
	/* No key frame of one was taken for a line that is full. */
	for (unsigned i = 0; i < SPEAKERS; i++)
		check_eq(of(&m, i, SOURCE_CAMERA)->layer, 2);
	(void)gap_of(&m);
	m.ben->down.rate = 400000;
	sim_run(m.s, SECONDS(1));
	gap = gap_of(&m);
	sim_run(m.s, SECONDS(10));
	after = gap_of(&m);
	print_message("# %s, %llu ms apart: %llu ms without sound, then %llu\n", firefox ? "firefox" : "chromium",
		(unsigned long long)apart / 1000, (unsigned long long)gap / 1000, (unsigned long long)after / 1000);
	check_le(gap, most);
	check_le(after, MSEC(200));
	sim_free(m.s);
}

TEST(sound_goes_on_while_pictures_fall)
{
	for (unsigned i = 0; i < RUNS; i++) {
		fall(820 + i, false, MSEC(13), MSEC(200));
		fall(820 + i, true, MSEC(13), MSEC(200));
	}
}

/* Three pictures of the same moment fill the line's queue at once: who stands behind them waits as long as it is. */
TEST(pictures_of_one_moment_cost_no_more_than_their_queue)
{
	fall(830, false, 0, SIM_QUEUE);
	fall(831, true, 0, SIM_QUEUE);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(sound_goes_on_while_pictures_fall),
	cmocka_unit_test(pictures_of_one_moment_cost_no_more_than_their_queue),
};

RUN_TESTS(tests)
