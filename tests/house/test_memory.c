/* SPDX-License-Identifier: EUPL-1.2 */
/* ATTACKS G15, through both processes: somebody comes, speaks, reloads, leaves and returns while the n-th allocation
 * fails, for each n until none is left to fail. No crash, no leak (the sanitizers watch); the two who met before are
 * heard without a gap all the while, and afterwards all three are. In tests only. */
#include "base/mem.h"
#include "tests/support/sim_house.h"

static const unsigned three[] = { CLERK, CHAIR, MARLEEN };

/* Whose connection conclaved had no memory for opens another, as clients do at once. */
static void pass(struct house *h, usec_t span)
{
	for (usec_t passed = 0; passed < span; passed += MSEC(50)) {
		for (unsigned i = 0; i < ARRAY_SIZE(three); i++) {
			struct house_person *p = &h->people[three[i]];

			if (p->actor->seat[0] && !p->actor->connection && strcmp(p->over, "left") != 0)
				house_return(p);
		}
		house_run(h, MSEC(50));
	}
}

static void enter(struct house_person *p)
{
	house_arrive(p);
	house_offer(p);
	house_set_sources(p, HOUSE_SOURCES);
	house_run(p->house, MSEC(300));
}

/* Nothing is checked here: while memory fails, anything may be refused. */
static void come_and_go(struct house *h)
{
	struct house_person *marleen = &h->people[MARLEEN];

	house_arrive(marleen);
	house_admit(&h->people[CLERK], marleen);
	house_offer(marleen);
	house_set_sources(marleen, HOUSE_SOURCES);
	pass(h, MSEC(400));
	house_hang_up(marleen);
	house_return(marleen);
	house_offer(marleen);
	pass(h, MSEC(300));
	house_say(marleen, "{\"type\":\"leave\"}");
	pass(h, MSEC(200));
	house_return(marleen);
	house_say(marleen, "{\"type\":\"join\"}");
	house_admit(&h->people[CHAIR], marleen);
	pass(h, MSEC(100));
}

/* Whoever was thrown out, or was refused something, does what a client does then. */
static void go_on(struct house *h)
{
	struct house_person *marleen = &h->people[MARLEEN];

	pass(h, SECONDS(2));	/* the records are tried anew */
	for (unsigned i = 0; i < ARRAY_SIZE(three); i++) {
		struct house_person *p = &h->people[three[i]];

		if (!p->actor->seat[0])
			house_arrive(p);
		else if (!p->actor->connection)
			house_return(p);
		if (!p->inside)
			house_say(p, "{\"type\":\"join\"}");
	}
	if (!marleen->inside)
		house_admit(&h->people[CLERK], marleen);
	check(marleen->inside);
	house_offer(marleen);
	house_set_sources(marleen, HOUSE_SOURCES);
	house_run(h, SECONDS(2));
}

static struct sim_slot *hears(struct house *h, unsigned who, unsigned whom)
{
	struct sim_slot *slot = sim_browser_sees(h->people[who].browser, h->people[whom].id, SOURCE_MICROPHONE);

	check(slot);
	return slot;
}

static unsigned long run(unsigned long nth)
{
	struct house *h = house_new(31);
	unsigned long asked, left;

	enter(&h->people[CLERK]);
	enter(&h->people[CHAIR]);
	house_run(h, SECONDS(1));
	house_forget_past(h);
	asked = h->asked;
	print_message("# allocation %lu fails\n", nth);
	h->fail_at = nth;
	h->failing = h->stage.lenient = true;
	come_and_go(h);
	left = h->fail_at;
	h->fail_at = 0;
	h->failing = h->stage.lenient = false;
	asked = h->asked - asked;
	check(nth > asked || left == 0);	/* it did fail */
	go_on(h);
	check_le(hears(h, CLERK, CHAIR)->longest_gap, MSEC(21));
	check_le(hears(h, CHAIR, CLERK)->longest_gap, MSEC(21));
	check_ge(hears(h, CLERK, CHAIR)->packets, 245);
	for (unsigned i = 0; i < ARRAY_SIZE(three); i++)
		for (unsigned k = 0; k < ARRAY_SIZE(three); k++)
			if (i != k)
				check(hears(h, three[i], three[k])->packets > 50);
	house_free(h);
	return asked;
}

TEST(each_allocation_fails_once_and_the_others_meeting_goes_on)
{
	unsigned long asked = run(0);

	check_ge(asked, 100u);
	for (unsigned long n = 1; n <= asked; n++)
		(void)run(n);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_allocation_fails_once_and_the_others_meeting_goes_on),
};

RUN_TESTS(tests)
