/* SPDX-License-Identifier: EUPL-1.2 */
/* Five people come, speak, show, change and go, on a good network and on a bad one. In tests only.
 * Invariant: everybody sees and hears everybody who may be seen and heard; who comes or goes disturbs nobody. */
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/sim.h"

enum { ANNA, BEN, CLARA, DIRK, EMMA, FIVE };

static void five_join(struct sim *s, struct sim_person *five[FIVE])
{
	for (unsigned i = 0; i < FIVE; i++) {
		five[i] = sim_join(s);
		sim_open(s, five[i], SOURCE_MICROPHONE);
		sim_open(s, five[i], SOURCE_CAMERA);
		sim_run(s, MSEC(130));
	}
}

/* From here on only what happens now counts. */
static void forget_the_past(struct sim *s)
{
	for (uint32_t i = 0; i < s->n_people; i++)
		for (uint32_t k = 0; k < s->people[i]->setup.n_slots; k++) {
			struct sim_slot *slot = &s->people[i]->receiver.slots[k];

			slot->longest_gap = slot->longest_freeze = 0;
			slot->decoded = slot->packets = slot->keys = slot->out_gaps = slot->given_up = 0;
			slot->worst_sync = slot->synced = 0;
		}
}

/* Each of them, at each other: sound and picture without a hitch for the last `span`. */
static void check_all_well(struct sim_person *const *people, unsigned n, usec_t span)
{
	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = 0; k < n; k++) {
			const struct sim_slot *picture, *sound;

			if (i == k)
				continue;
			picture = sim_sees(people[i], people[k], SOURCE_CAMERA);
			sound = sim_sees(people[i], people[k], SOURCE_MICROPHONE);
			check_ge(picture->decoded, span / MSEC(40) - 2);
			check_le(picture->longest_freeze, MSEC(80));
			check_eq(picture->out_gaps, 0);
			check_ge(sound->packets, span / MSEC(20) - 2);
			check_le(sound->longest_gap, MSEC(20));
			check_eq(sound->out_gaps, 0);
		}
	}
}

TEST(five_people_see_and_hear_each_other)
{
	struct sim *s = sim_new(1);
	struct sim_person *five[FIVE];

	five_join(s, five);
	sim_run(s, SECONDS(1));
	forget_the_past(s);
	sim_run(s, SECONDS(5));
	check_all_well(five, FIVE, SECONDS(5));
	for (unsigned i = 0; i < FIVE; i++) {
		check(five[i]->heard);
		check_eq(five[i]->heard_changes, 1);
	}
	sim_free(s);
}

TEST(who_comes_and_goes_disturbs_nobody)
{
	struct sim *s = sim_new(2);
	struct sim_person *five[FIVE], *three[3];
	uint64_t facts;

	five_join(s, five);
	sim_run(s, SECONDS(1));
	three[0] = five[ANNA], three[1] = five[DIRK], three[2] = five[EMMA];
	forget_the_past(s);
	sim_run(s, SECONDS(1));
	facts = s->facts;
	sim_leave(s, five[CLARA]);
	/* At each of the four others two slots become free, and that is all. */
	check_eq(s->facts - facts, 8);
	sim_run(s, SECONDS(1));
	five[CLARA] = sim_join(s);
	sim_open(s, five[CLARA], SOURCE_CAMERA);
	sim_run(s, SECONDS(1));
	sim_close(s, five[BEN], SOURCE_CAMERA);
	sim_run(s, SECONDS(1));
	sim_leave(s, five[BEN]);
	sim_run(s, SECONDS(1));
	check_all_well(three, 3, SECONDS(5));
	sim_free(s);
}

TEST(the_muted_are_not_forwarded_and_not_heard)
{
	struct sim *s = sim_new(3);
	struct sim_person *anna = sim_join(s), *ben = sim_join(s);
	const struct sim_slot *sound;
	uint64_t packets;

	sim_open(s, anna, SOURCE_MICROPHONE);
	sim_run(s, SECONDS(1));
	sound = sim_sees(ben, anna, SOURCE_MICROPHONE);
	packets = sound->out_packets;
	check_ge(packets, 45);
	check(anna->heard);
	/* Her client goes on sending (ATTACKS B15). */
	room_set_sources(s->room, s->now, anna->setup.id, 0);
	sim_drain(s);
	check(!sim_slot_of(&ben->receiver, anna->id, SOURCE_MICROPHONE));
	sim_run(s, MSEC(1200));
	check_eq(sound->out_packets, packets);
	check(!anna->heard);
	check_eq(anna->heard_changes, 2);
	room_set_sources(s->room, s->now, anna->setup.id, SOURCE_BIT(SOURCE_MICROPHONE));
	sim_drain(s);
	sim_run(s, SECONDS(1));
	check_ge(sim_sees(ben, anna, SOURCE_MICROPHONE)->out_packets, packets + 45);
	check(anna->heard);
	sim_free(s);
}

TEST(a_screen_with_its_sound_is_shared_and_handed_on)
{
	struct sim *s = sim_new(4);
	struct sim_person *five[FIVE];
	const struct sim_slot *screen;

	five_join(s, five);
	sim_open(s, five[EMMA], SOURCE_SCREEN);
	sim_open(s, five[EMMA], SOURCE_SCREEN_SOUND);
	sim_run(s, SECONDS(2));
	screen = sim_sees(five[ANNA], five[EMMA], SOURCE_SCREEN);
	check_ge(screen->decoded, 45);
	check_ge(sim_sees(five[ANNA], five[EMMA], SOURCE_SCREEN_SOUND)->packets, 95);
	/* The last to share is shown; when he stops, the one before is again. */
	sim_open(s, five[BEN], SOURCE_SCREEN);
	check(screen == sim_sees(five[ANNA], five[BEN], SOURCE_SCREEN));
	sim_run(s, SECONDS(1));
	check_ge(screen->decoded, 65);
	check_eq(screen->last.mark.person, five[BEN]->id);
	sim_close(s, five[BEN], SOURCE_SCREEN);
	sim_run(s, SECONDS(1));
	check(screen == sim_sees(five[ANNA], five[EMMA], SOURCE_SCREEN));
	check_eq(screen->last.mark.person, five[EMMA]->id);
	check_eq(screen->out_gaps, 0);
	sim_free(s);
}

TEST(sound_and_picture_carry_the_same_clock)
{
	struct sim *s = sim_new(5);
	struct sim_person *five[FIVE];

	five_join(s, five);
	sim_run(s, SECONDS(2));
	/* A fourth layer of difficulty: four people left, so all pictures change layer. */
	sim_leave(s, five[EMMA]);
	sim_run(s, SECONDS(3));
	for (unsigned i = 0; i < EMMA; i++)
		for (unsigned k = 0; k < EMMA; k++) {
			if (i == k)
				continue;
			check_ge(sim_sees(five[i], five[k], SOURCE_CAMERA)->synced, 50);
			check_le(sim_sees(five[i], five[k], SOURCE_CAMERA)->worst_sync, MSEC(2));
			check_ge(sim_sees(five[i], five[k], SOURCE_MICROPHONE)->synced, 100);
			check_le(sim_sees(five[i], five[k], SOURCE_MICROPHONE)->worst_sync, MSEC(2));
		}
	sim_free(s);
}

TEST(senders_learn_how_their_packets_arrive)
{
	struct sim *s = sim_new(6);
	struct sim_person *anna = sim_join(s), *ben = sim_join(s);
	const struct sim_source *camera = &anna->sender.sources[SOURCE_CAMERA];

	sim_open(s, anna, SOURCE_CAMERA);
	sim_run(s, SECONDS(2));
	check(ben->heard_changes == 0 && sim_sees(ben, anna, SOURCE_CAMERA)->decoded);
	/* Transport-wide feedback for all but what is still under way; receiver reports for every layer. */
	check_ge(anna->sender.transport_acknowledged + 40, anna->sender.transport_packets);
	check_le(anna->sender.transport_acknowledged, anna->sender.transport_packets);
	for (uint32_t i = 0; i < camera->n_streams; i++)
		check(camera->streams[i].confirmed && camera->streams[i].fraction_lost == 0);
	anna->up.loss = 100;
	sim_run(s, SECONDS(5));
	for (uint32_t i = 0; i < camera->n_streams; i++)
		check(camera->streams[i].fraction_lost > 0);
	sim_free(s);
}

TEST(a_broken_line_goes_on_in_the_same_numbers)
{
	struct sim *s = sim_new(8);
	struct sim_person *anna = sim_join(s), *ben = sim_join(s);
	struct sim_slot *sound, *picture;

	sim_open(s, anna, SOURCE_CAMERA);
	sim_open(s, anna, SOURCE_MICROPHONE);
	sim_run(s, SECONDS(2));
	sound = sim_sees(ben, anna, SOURCE_MICROPHONE);
	picture = sim_sees(ben, anna, SOURCE_CAMERA);
	/* The receiver's line is silent: its slots stay, and nothing is sent into the void. */
	room_set_ready(s->room, s->now, ben->setup.id, false);
	sim_drain(s);
	picture->decoded = sound->packets = 0;
	sim_run(s, SECONDS(20));
	check_le(sound->packets, 2);
	room_set_ready(s->room, s->now, ben->setup.id, true);
	sim_drain(s);
	check(sound == sim_sees(ben, anna, SOURCE_MICROPHONE));
	sim_run(s, SECONDS(1));
	check_ge(sound->packets, 48);
	check_ge(picture->decoded, 20);
	check_eq(sound->out_gaps + picture->out_gaps, 0);
	sim_free(s);
}

TEST(five_people_on_bad_lines)
{
	struct sim *s = sim_new(7);
	struct sim_person *five[FIVE];

	five_join(s, five);
	for (unsigned i = 0; i < FIVE; i++) {
		five[i]->up.loss = five[i]->down.loss = 20;
		five[i]->up.jitter = five[i]->down.jitter = MSEC(30);
		five[i]->up.duplicate = five[i]->down.duplicate = 20;
	}
	sim_run(s, SECONDS(1));
	forget_the_past(s);
	sim_run(s, SECONDS(20));
	for (unsigned i = 0; i < FIVE; i++)
		for (unsigned k = 0; k < FIVE; k++) {
			const struct sim_slot *picture, *sound;

			if (i == k)
				continue;
			picture = sim_sees(five[i], five[k], SOURCE_CAMERA);
			sound = sim_sees(five[i], five[k], SOURCE_MICROPHONE);
			check_ge(picture->decoded, 480);
			check_le(picture->longest_freeze, MSEC(700));
			check_ge(sound->packets, 940);
			check_le(sound->longest_gap, MSEC(150));
		}
	sim_free(s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(five_people_see_and_hear_each_other),
	cmocka_unit_test(who_comes_and_goes_disturbs_nobody),
	cmocka_unit_test(the_muted_are_not_forwarded_and_not_heard),
	cmocka_unit_test(a_screen_with_its_sound_is_shared_and_handed_on),
	cmocka_unit_test(sound_and_picture_carry_the_same_clock),
	cmocka_unit_test(senders_learn_how_their_packets_arrive),
	cmocka_unit_test(a_broken_line_goes_on_in_the_same_numbers),
	cmocka_unit_test(five_people_on_bad_lines),
};

RUN_TESTS(tests)
