/* SPDX-License-Identifier: EUPL-1.2 */
/* How soon one who comes sees everybody, on a wide line and on a narrow one. In tests only.
 * Invariant: the bounds follow from the ways there and back, and from TARGETS.md where it names one. */
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/sim.h"

#define CAMERAS_MOST 39

struct hall {
	struct sim *s;
	struct sim_person *here[CAMERAS_MOST];
	unsigned n;
	struct sim_person *newcomer;
};

/* `rate`: of the newcomer's line, bit/s; 0 = as wide as need be. `whole`: one layer, of 840 kbit/s. */
static struct hall hall_new(uint64_t seed, unsigned cameras, bool whole, uint32_t rate)
{
	struct hall h = { .s = sim_new(seed), .n = cameras };

	check_le(cameras, CAMERAS_MOST);
	h.s->whole = whole;
	if (whole)
		h.s->video_slots = 1;	/* who is here looks at one of them: the newcomer is who is looked at */
	for (unsigned i = 0; i < cameras; i++) {
		h.here[i] = sim_join(h.s);
		sim_open(h.s, h.here[i], SOURCE_CAMERA);
		if (i < 2)
			sim_open(h.s, h.here[i], SOURCE_MICROPHONE);
	}
	sim_run(h.s, SECONDS(5));
	h.s->video_slots = CAMERAS_MOST;
	h.newcomer = sim_join(h.s);
	h.newcomer->down.rate = rate;
	return h;
}

static usec_t last_first_picture(const struct hall *h)
{
	usec_t last = 0;

	for (unsigned i = 0; i < h->n; i++) {
		const struct sim_slot *slot = sim_sees(h->newcomer, h->here[i], SOURCE_CAMERA);

		last = MAX(last, slot->first_decoded ?: SECONDS(3600));
	}
	return last;
}

static usec_t longest_freeze(const struct hall *h)
{
	usec_t longest = 0;

	for (unsigned i = 0; i < h->n; i++) {
		const struct sim_slot *slot = sim_sees(h->newcomer, h->here[i], SOURCE_CAMERA);

		longest = MAX(longest, MAX(slot->longest_freeze, h->s->now - slot->last_decoded));
	}
	return longest;
}

/* A request, a frame's time, a key frame: nobody waits for the estimate (TARGETS: 0.5 s), nor is anybody lost to it
 * afterwards. */
static void wide(unsigned cameras, bool whole)
{
	struct hall h = hall_new(90, cameras, whole, 0);

	sim_run(h.s, SECONDS(3));
	print_message("# %u cameras%s: the last is seen after %llu ms; no picture for %llu ms at most\n", cameras,
		whole ? ", whole" : "", (unsigned long long)last_first_picture(&h) / 1000,
		(unsigned long long)longest_freeze(&h) / 1000);
	check_le(last_first_picture(&h), MSEC(20 + 20 + 40 + 20 + 20));
	check_le(longest_freeze(&h), MSEC(100));
	sim_free(h.s);
}

TEST(all_are_seen_at_once)
{
	wide(4, false);
	wide(9, false);
	wide(20, false);
}

/* As the load tool has it, and TARGETS: everybody receives everybody, 40 people. */
TEST(all_are_seen_at_once_without_layers)
{
	wide(20, true);
	wide(39, true);
}

/* Where not all of it fits, sound is not the price: a second after, it comes as on any line. */
static void narrow(uint32_t rate, usec_t most)
{
	struct hall h = hall_new(95, 9, false, rate);
	struct sim_slot *sound = sim_sees(h.newcomer, h.here[0], SOURCE_MICROPHONE);
	usec_t first;

	sim_run(h.s, SECONDS(1));
	first = sound->longest_gap;
	sound->longest_gap = 0;
	sim_run(h.s, SECONDS(9));
	print_message("# %u bit/s: the last is seen after %llu ms; %llu ms without sound, then %llu\n", rate,
		(unsigned long long)last_first_picture(&h) / 1000, (unsigned long long)first / 1000,
		(unsigned long long)sound->longest_gap / 1000);
	check_le(last_first_picture(&h), most);
	check_le(first, SIM_QUEUE);
	check_le(sound->longest_gap, MSEC(100));
	sim_free(h.s);
}

TEST(a_narrow_line_is_no_worse_for_it)
{
	narrow(600000, MSEC(500));
	narrow(1000000, MSEC(400));
	narrow(2000000, MSEC(300));
	narrow(4000000, MSEC(200));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(all_are_seen_at_once),
	cmocka_unit_test(all_are_seen_at_once_without_layers),
	cmocka_unit_test(a_narrow_line_is_no_worse_for_it),
};

RUN_TESTS(tests)
