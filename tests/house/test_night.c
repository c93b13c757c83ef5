/* SPDX-License-Identifier: EUPL-1.2 */
/* Five people fall silent and let the night pass, past midnight, and are all there in the morning. In tests only.
 * Invariant: time alone makes nothing grow and nobody go. */
#include <malloc.h>

#include "tests/support/sim_house.h"

#define HOUR MINUTES(60)
#define HOURS 14	/* from 18:30 to 8:30 */

struct size {
	size_t packets;		/* free in the pool */
	size_t heap;		/* in use; 0 where a sanitizer keeps it */
};

static struct size size_of(const struct house *h)
{
	return (struct size){ pool_free_count(h->pool), mallinfo2().uordblks };
}

TEST(fourteen_idle_hours_change_nothing)
{
	struct house *h = house_new(41);
	struct size early, late;
	unsigned long asked;
	uint64_t messages[HOUSE_PEOPLE], came;

	house_open(h);
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++) {
		house_set_sources(&h->people[i], 0);
		sim_browser_set_idle(h->people[i].browser, h->now, true);
	}
	house_run(h, HOUR);
	early = size_of(h);
	asked = h->asked;
	came = h->people[JAN].browser->datagrams;
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		messages[i] = h->people[i].messages;
	house_run(h, (HOURS - 1) * HOUR);
	late = size_of(h);
	print_message("# allocations %lu, heap %zu before and %zu after, datagrams to one %llu\n", h->asked - asked,
		early.heap, late.heap, (unsigned long long)(h->people[JAN].browser->datagrams - came));
	check_eq(late.packets, early.packets);
	check_le(late.heap, early.heap + 4096);
	check_eq(h->asked, asked);
	check_eq(h->strays, 0);
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++) {
		check(h->people[i].inside && h->people[i].actor->connection);
		check_eq(h->people[i].messages, messages[i]);
	}
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++) {
		sim_browser_set_idle(h->people[i].browser, h->now, false);
		house_set_sources(&h->people[i], HOUSE_SOURCES);
	}
	house_run(h, SECONDS(2));
	house_forget_past(h);
	house_run(h, SECONDS(2));
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		for (unsigned k = 0; k < HOUSE_PEOPLE; k++) {
			const struct sim_slot *sound, *picture;

			if (i == k)
				continue;
			sound = sim_browser_sees(h->people[i].browser, h->people[k].id, SOURCE_MICROPHONE);
			picture = sim_browser_sees(h->people[i].browser, h->people[k].id, SOURCE_CAMERA);
			check(sound && sound->packets >= 98 && sound->longest_gap <= MSEC(21));
			check(picture && picture->decoded >= 48);
		}
	house_free(h);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(fourteen_idle_hours_change_nothing),
};

RUN_TESTS(tests)
