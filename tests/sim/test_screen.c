/* SPDX-License-Identifier: EUPL-1.2 */
/* A shared screen in VP9 with three layers in time: a line that is too narrow for all of its pictures gets a half of
 * them or a quarter, without a key frame on the way down or up. In tests only.
 * Invariant: what a decoder goes by, references and numbers, leads it to the picture that was meant (sim_receiver). */
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/sim.h"

#define PICTURES_A_SECOND 25

struct share {
	struct sim *s;
	struct sim_person *anna;	/* shows her screen, and speaks */
	struct sim_person *ben;		/* whose line is narrow at times */
	struct sim_person *clara;	/* whose is not */
};

static struct share share_new(uint64_t seed, uint32_t loss_in)
{
	struct share c = { .s = sim_new(seed) };

	c.anna = sim_join(c.s);
	c.ben = sim_join(c.s);
	c.clara = sim_join(c.s);
	c.anna->sender.vp9 = true;
	c.anna->up.loss = loss_in;
	sim_open(c.s, c.anna, SOURCE_MICROPHONE);
	sim_open(c.s, c.anna, SOURCE_SCREEN);
	return c;
}

static struct sim_slot *sees(const struct share *c, struct sim_person *who)
{
	return sim_sees(who, c->anna, SOURCE_SCREEN);
}

/* Pictures a second that ben sees, once the line is so wide (bit/s). */
static unsigned seen_at(struct share *c, uint32_t rate, unsigned seconds)
{
	uint64_t before;

	c->ben->down.rate = rate;
	sim_run(c->s, SECONDS(20));
	before = sees(c, c->ben)->decoded;
	sim_run(c->s, SECONDS(seconds));
	return (unsigned)((sees(c, c->ben)->decoded - before) / seconds);
}

static void narrow(uint32_t loss_in)
{
	struct share c = share_new(90 + loss_in, loss_in);
	unsigned whole = seen_at(&c, 0, 10), half, quarter, again;
	uint64_t keys = sees(&c, c.ben)->keys, clara;

	clara = sees(&c, c.clara)->decoded;
	half = seen_at(&c, 165000, 20);
	quarter = seen_at(&c, 120000, 20);
	again = seen_at(&c, 0, 10);
	clara = sees(&c, c.clara)->decoded - clara;
	print_message("# loss %u: %u, %u, %u, %u pictures a second; %llu key frames, %llu empty packets\n", loss_in,
		whole, half, quarter, again, (unsigned long long)(sees(&c, c.ben)->keys - keys),
		(unsigned long long)sees(&c, c.ben)->empty);
	check_ge(whole, PICTURES_A_SECOND - 1);
	check_le(half, PICTURES_A_SECOND / 2 + 2);
	check_ge(half, PICTURES_A_SECOND / 2 - 2);
	check_le(quarter, PICTURES_A_SECOND / 4 + 1);
	check_ge(quarter, PICTURES_A_SECOND / 4 - 2);
	check_ge(again, PICTURES_A_SECOND - 1);
	check_eq(sees(&c, c.ben)->out_gaps, 0);
	check_eq(sees(&c, c.ben)->keys, keys);
	check(loss_in ? sees(&c, c.ben)->empty > 0 : sees(&c, c.ben)->empty == 0);
	/* Nobody else is thinned for him. */
	check_ge(clara, (loss_in ? 105 : 108) * PICTURES_A_SECOND);
	sim_free(c.s);
}

TEST(a_narrow_line_gets_fewer_pictures_of_a_screen)
{
	narrow(0);
	narrow(20);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_narrow_line_gets_fewer_pictures_of_a_screen),
};

RUN_TESTS(tests)
