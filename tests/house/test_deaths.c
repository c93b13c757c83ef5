/* SPDX-License-Identifier: EUPL-1.2 */
/* Processes die under a meeting of five, and come back. In tests only.
 * Invariant: media does not notice that conclaved died; after conclave-media died everyone who offers anew is seen
 * and heard again. */
#include "tests/support/sim_house.h"

static struct sim_slot *sees(struct house_person *p, const struct house_person *who, enum source_kind kind)
{
	struct sim_slot *slot = sim_browser_sees(p->browser, who->id, kind);

	check(slot);
	return slot;
}

/* Sound at everybody of everybody, without a gap, for the last `span`. */
static void check_sound_went_on(struct house *h, usec_t span)
{
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		for (unsigned k = 0; k < HOUSE_PEOPLE; k++) {
			const struct sim_slot *sound, *picture;

			if (i == k)
				continue;
			sound = sees(&h->people[i], &h->people[k], SOURCE_MICROPHONE);
			picture = sees(&h->people[i], &h->people[k], SOURCE_CAMERA);
			check_ge(sound->packets, span / MSEC(20) - 2);
			check_le(sound->longest_gap, MSEC(21));
			check_ge(picture->decoded, span / MSEC(40) - 2);
			check_le(picture->longest_freeze, MSEC(80));
		}
}

/* Which line of whom shows whom. */
struct plan {
	uint32_t person[HOUSE_PEOPLE][LIMIT_SLOTS];
	enum source_kind source[HOUSE_PEOPLE][LIMIT_SLOTS];
	char media[HOUSE_PEOPLE][16];
};

static void plan_of(const struct house *h, struct plan *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++) {
		const struct sim_browser *b = h->people[i].browser;

		snprintf(ret->media[i], sizeof(ret->media[i]), "%s", b->media);
		for (uint32_t k = 0; k < b->setup.n_slots; k++)
			if (b->plates[k].person) {
				ret->person[i][k] = b->plates[k].person;
				ret->source[i][k] = b->plates[k].source;
			}
	}
}

static void check_same_plan(const struct house *h, const struct plan *before)
{
	struct plan now;

	plan_of(h, &now);
	check(memcmp(&now, before, sizeof(now)) == 0);
}

static void conclaved_dies(uint64_t seed, bool media_first)
{
	struct house *h = house_new(seed);
	struct plan plan;
	uint64_t answers[HOUSE_PEOPLE];

	house_open(h);
	plan_of(h, &plan);
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		answers[i] = h->people[i].answers;
	house_forget_past(h);
	house_run(h, MSEC(500));
	house_hall_dies(h);
	house_run(h, SECONDS(4));
	house_hall_comes(h);
	if (media_first)
		house_hall_adopts(h);
	house_run(h, MSEC(500));
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++) {
		house_return(&h->people[i]);
		check(h->people[i].inside);
		house_run(h, MSEC(200));
	}
	if (!media_first)
		house_hall_adopts(h);
	house_run(h, SECONDS(2));
	check_same_plan(h, &plan);
	check_sound_went_on(h, SECONDS(8));
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++) {
		check_text(h->people[i].state_media, plan.media[i]);
		check_eq(h->people[i].state_sources, HOUSE_SOURCES);
		check_eq(h->people[i].answers, answers[i]);
		check(!h->people[i].media_lost);
	}
	/* The new one leads what it adopted: who is muted is heard no more, who leaves is gone. */
	house_set_sources(&h->people[JAN], SOURCE_BIT(SOURCE_CAMERA));
	house_say(&h->people[FATIMA], "{\"type\":\"leave\"}");
	house_run(h, SECONDS(1));
	check(!sim_browser_sees(h->people[CLERK].browser, h->people[JAN].id, SOURCE_MICROPHONE));
	check(!sim_browser_sees(h->people[CLERK].browser, h->people[FATIMA].id, SOURCE_CAMERA));
	check(sees(&h->people[CLERK], &h->people[JAN], SOURCE_CAMERA));
	house_free(h);
}

TEST(conclaved_dies_and_the_next_finds_the_worker_first)
{
	conclaved_dies(11, true);
}

TEST(conclaved_dies_and_the_next_finds_the_people_first)
{
	conclaved_dies(12, false);
}

/* Who was removed while nobody listened: the next conclaved does not know, and is told by the worker. */
TEST(conclaved_dies_and_one_does_not_come_back)
{
	struct house *h = house_new(13);
	struct house_person *fatima = &h->people[FATIMA];

	house_open(h);
	house_hall_dies(h);
	house_hang_up(fatima);		/* her machine fell asleep */
	house_run(h, SECONDS(3));
	house_hall_comes(h);
	house_hall_adopts(h);
	for (unsigned i = CLERK; i <= JAN; i++)
		house_return(&h->people[i]);
	house_forget_past(h);
	house_run(h, SECONDS(70));	/* past the 60 s after which the transport is freed */
	check(!sim_browser_sees(h->people[CLERK].browser, fatima->id, SOURCE_CAMERA));
	check_le(sees(&h->people[CLERK], &h->people[JAN], SOURCE_MICROPHONE)->longest_gap, MSEC(21));
	house_return(fatima);		/* her seat is hers */
	check(fatima->inside);
	check_text(fatima->state_media, "");
	house_offer(fatima);
	house_set_sources(fatima, HOUSE_SOURCES);
	house_run(h, SECONDS(2));
	check(sees(&h->people[CLERK], fatima, SOURCE_CAMERA)->decoded > 25);
	check(sees(fatima, &h->people[CLERK], SOURCE_CAMERA)->decoded > 25);
	house_free(h);
}

TEST(the_worker_dies_and_everyone_offers_anew)
{
	struct house *h = house_new(14);
	uint64_t strays;

	house_open(h);
	house_media_dies(h);
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++)
		check(h->people[i].media_lost && h->people[i].inside);
	house_offer(&h->people[CLERK]);
	check_text(h->people[CLERK].last_error, "media-unavailable");
	house_run(h, SECONDS(1));
	house_media_comes(h);
	strays = h->strays;
	house_run(h, SECONDS(1));
	check_eq(h->strays, strays);
	for (unsigned i = 0; i < HOUSE_PEOPLE; i++) {
		check_eq(h->people[i].sending, i != CLERK);	/* the others speak to a worker that is gone */
		house_offer(&h->people[i]);
		check_text(h->people[i].last_error, "");
		house_run(h, MSEC(100));
	}
	house_run(h, SECONDS(2));
	house_forget_past(h);
	house_run(h, SECONDS(3));
	check_sound_went_on(h, SECONDS(3));
	house_free(h);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(conclaved_dies_and_the_next_finds_the_worker_first),
	cmocka_unit_test(conclaved_dies_and_the_next_finds_the_people_first),
	cmocka_unit_test(conclaved_dies_and_one_does_not_come_back),
	cmocka_unit_test(the_worker_dies_and_everyone_offers_anew),
};

RUN_TESTS(tests)
