/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines that carry less than everything: what is sent to them gives way, sound last, and nobody else notices. In tests
 * only.
 * Invariant: the bounds are those of TARGETS.md and ATTACKS.md where they name one. */
#include <stdlib.h>

#include "base/mem.h"
#include "sfu/rtp/seq.h"
#include "tests/support/check.h"
#include "tests/support/sim.h"

#define SPEAKERS_MOST 3
#define FRAMES_A_SECOND 50

struct council {
	struct sim *s;
	struct sim_person *ben;		/* whose line is the bad one */
	struct sim_person *clara;	/* whose is not */
	struct sim_person *speakers[SPEAKERS_MOST];
	unsigned n;
};

/* `firefox`: ben's browser reports on pictures only. */
static struct council council_new(uint64_t seed, unsigned speakers, bool firefox)
{
	struct council c = { .s = sim_new(seed), .n = speakers };
	struct sim_person *first = sim_join(c.s), *second = sim_join(c.s);

	c.ben = firefox ? first : second;
	c.clara = firefox ? second : first;
	check_eq(c.ben->setup.opus == 109, firefox);
	for (unsigned i = 0; i < speakers; i++) {
		c.speakers[i] = sim_join(c.s);
		sim_open(c.s, c.speakers[i], SOURCE_CAMERA);
		sim_open(c.s, c.speakers[i], SOURCE_MICROPHONE);
	}
	return c;
}

static struct sim_slot *sees(const struct council *c, unsigned i)
{
	return sim_sees(c->ben, c->speakers[i], SOURCE_CAMERA);
}

static struct sim_slot *hears(const struct council *c, unsigned i)
{
	return sim_sees(c->ben, c->speakers[i], SOURCE_MICROPHONE);
}

static void forget(struct sim_slot *slot)
{
	slot->longest_gap = slot->longest_freeze = 0;
	slot->decoded = slot->keys = 0;
}

static void forget_all(struct council *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		forget(sees(c, i));
		forget(hears(c, i));
		forget(sim_sees(c->clara, c->speakers[i], SOURCE_CAMERA));
	}
	c->ben->receiver.octets = c->ben->down.sent = c->ben->down.lost = 0;
	c->ben->down.longest_wait = 0;
}

static bool came(const struct sim_slot *slot, int64_t index)
{
	return slot->seen[index % SIM_NUMBERS / 64] >> (index % 64) & 1;
}

/* Of the last frames, in thousandths: lost together with the next one, which carries it a second time (Opus' in-band
 * FEC). */
static unsigned unrecovered(const struct sim_slot *slot, unsigned seconds)
{
	int64_t n = seconds * FRAMES_A_SECOND;
	unsigned lost = 0;

	check_le(n, SIM_NUMBERS - 2);
	for (int64_t i = slot->newest - n; i < slot->newest; i++)
		lost += !came(slot, i) && !came(slot, i + 1);
	return lost * 1000 / (unsigned)n;
}

TEST(sound_under_loss_is_whole_enough)
{
	static const struct { uint32_t loss; unsigned bound; } cases[] = { { 50, 10 }, { 100, 21 }, { 200, 65 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct council c = council_new(70 + i, 1, i % 2);

		sim_run(c.s, SECONDS(2));
		c.ben->down.loss = c.ben->up.loss = cases[i].loss;
		sim_run(c.s, SECONDS(60));
		print_message("# loss %u: %u of 1000 unrecovered\n", cases[i].loss, unrecovered(hears(&c, 0), 50));
		check_le(unrecovered(hears(&c, 0), 50), cases[i].bound);
		check(unrecovered(hears(&c, 0), 50) > 0 || cases[i].loss < 100);	/* it is seen where it is */
		sim_free(c.s);
	}
}

/* What clara sees of everybody, while ben's line is good or bad. */
static uint64_t neighbour(bool bad, usec_t *ret_freeze, uint64_t *ret_keys)
{
	struct council c = council_new(80, 2, false);
	uint64_t decoded = 0;

	*ret_freeze = *ret_keys = 0;
	sim_run(c.s, SECONDS(5));
	if (bad) {
		c.ben->down.rate = 300000;
		c.ben->up.rate = 100000;
		c.ben->down.delay = c.ben->up.delay = MSEC(150);
		c.ben->down.loss = c.ben->up.loss = 50;
	}
	forget_all(&c);
	sim_run(c.s, SECONDS(40));
	for (unsigned i = 0; i < c.n; i++) {
		const struct sim_slot *picture = sim_sees(c.clara, c.speakers[i], SOURCE_CAMERA);

		decoded += picture->decoded;
		*ret_keys += picture->keys;
		*ret_freeze = MAX(*ret_freeze, picture->longest_freeze);
		check_eq(picture->layer, 2);
	}
	sim_free(c.s);
	return decoded;
}

TEST(nobody_else_notices)
{
	usec_t freeze, without;
	uint64_t keys, decoded = neighbour(false, &without, &keys);

	check_ge(neighbour(true, &freeze, &keys), decoded - 2);
	check_le(freeze, without);
	/* Those that ben needs are for all, but few (ATTACKS B10). */
	check_le(keys, 2 * 3 * 4);
}

/* 300 kbit/s down, 100 up, 150 ms, 5 %. */
static void narrow(bool firefox)
{
	struct council c = council_new(81, 2, firefox);

	sim_open(c.s, c.ben, SOURCE_MICROPHONE);
	sim_run(c.s, SECONDS(2));
	c.ben->down.rate = 300000;
	c.ben->up.rate = 100000;
	c.ben->down.delay = c.ben->up.delay = MSEC(150);
	c.ben->down.loss = c.ben->up.loss = 50;
	sim_run(c.s, SECONDS(10));
	forget_all(&c);
	sim_run(c.s, SECONDS(50));
	print_message("# %s: %u and %u of 1000 unrecovered, gap %llu ms, %llu and %llu frames, %llu bit/s\n",
		firefox ? "firefox" : "chromium", unrecovered(hears(&c, 0), 50), unrecovered(hears(&c, 1), 50),
		(unsigned long long)MAX(hears(&c, 0)->longest_gap, hears(&c, 1)->longest_gap) / 1000,
		(unsigned long long)sees(&c, 0)->decoded, (unsigned long long)sees(&c, 1)->decoded,
		(unsigned long long)c.ben->receiver.octets * 8 / 50);
	for (unsigned i = 0; i < c.n; i++)
		check_le(unrecovered(hears(&c, i), 50), 20);
	check_le(c.ben->receiver.octets * 8 / 50, 330000);
	/* Between the two pictures there is room for about one. */
	check_ge(sees(&c, 0)->decoded + sees(&c, 1)->decoded, 300);
	check_le(unrecovered(sim_sees(c.clara, c.ben, SOURCE_MICROPHONE), 50), 10);
	sim_free(c.s);
}

TEST(speech_goes_on_over_three_hundred_kilobits)
{
	narrow(false);
	narrow(true);
}

static usec_t until_layer(struct council *c, bool down, usec_t patience)
{
	usec_t begin = c->s->now;

	while (c->s->now < begin + patience) {
		uint64_t octets = c->ben->receiver.octets;

		sim_run(c->s, MSEC(200));
		if (down && (c->ben->receiver.octets - octets) * 8 * 5 <= c->ben->down.rate)
			break;
		if (!down && sees(c, 0)->layer == 2)
			break;
	}
	return c->s->now - begin;
}

static void fall_and_rise(unsigned speakers, bool firefox)
{
	struct council c = council_new(82, speakers, firefox);
	usec_t fell, rose;

	c.ben->down.rate = 3000000;
	sim_run(c.s, SECONDS(15));
	for (unsigned i = 0; i < c.n; i++)
		check_eq(sees(&c, i)->layer, 2);
	forget_all(&c);
	c.ben->down.rate = 400000;
	fell = until_layer(&c, true, SECONDS(5));
	sim_run(c.s, SECONDS(20));
	c.ben->receiver.octets = 0;
	sim_run(c.s, SECONDS(10));
	check_le(c.ben->receiver.octets * 8 / 10, 420000);
	check_ge(sees(&c, 0)->decoded, 100);
	c.ben->down.rate = 3000000;
	rose = until_layer(&c, false, SECONDS(20));
	print_message("# %u speakers, %s: down in %llu ms, up in %llu ms, sound's longest gap %llu ms\n", speakers,
		firefox ? "firefox" : "chromium", (unsigned long long)fell / 1000, (unsigned long long)rose / 1000,
		(unsigned long long)hears(&c, 0)->longest_gap / 1000);
	check_le(fell, SECONDS(3));
	check_le(rose, SECONDS(15));
	for (unsigned i = 0; i < c.n; i++)
		check_le(hears(&c, i)->longest_gap, MSEC(200));
	sim_free(c.s);
}

TEST(layers_follow_the_rate_down_and_up)
{
	fall_and_rise(1, false);
	fall_and_rise(1, true);
	fall_and_rise(2, false);
	fall_and_rise(2, true);
}

/* Half of the pictures of a layer go before all of a smaller one; numbers stay whole, also where packets that are left
 * out come late. */
static void half(uint32_t loss_in)
{
	struct council c = council_new(88, 1, false);
	uint64_t decoded, empty;

	c.speakers[0]->sender.temporal = true;
	c.speakers[0]->up.loss = loss_in;
	c.ben->down.rate = 3000000;
	sim_run(c.s, SECONDS(10));
	check_eq(sees(&c, 0)->layer, 2);
	c.ben->down.rate = 720000;
	sim_run(c.s, SECONDS(20));
	decoded = sees(&c, 0)->decoded;
	sim_run(c.s, SECONDS(20));
	decoded = sees(&c, 0)->decoded - decoded;
	empty = sees(&c, 0)->empty;
	print_message("# layer %d: %llu frames in 20 s, %llu empty packets\n", sees(&c, 0)->layer,
		(unsigned long long)decoded, (unsigned long long)empty);
	check_eq(sees(&c, 0)->layer, 2);
	check_ge(decoded, 240);
	check_le(decoded, 400);
	check_eq(sees(&c, 0)->out_gaps, 0);
	check(loss_in ? empty > 0 : empty == 0);
	c.ben->down.rate = 3000000;
	sim_run(c.s, SECONDS(15));
	decoded = sees(&c, 0)->decoded;
	sim_run(c.s, SECONDS(4));
	check_ge(sees(&c, 0)->decoded - decoded, 95);
	check_eq(sees(&c, 0)->out_gaps, 0);
	sim_free(c.s);
}

TEST(half_of_the_pictures_go_before_a_smaller_one)
{
	half(0);
	half(30);
}

TEST(the_narrowest_line_has_one_microphone)
{
	struct council c = council_new(83, 3, false);
	uint64_t loud, quiet;

	room_set_rank(c.s->room, c.s->now, c.speakers[1]->setup.id, 5);
	sim_run(c.s, SECONDS(2));
	c.ben->down.rate = 100000;
	sim_run(c.s, SECONDS(15));
	forget_all(&c);
	loud = hears(&c, 1)->packets;
	quiet = hears(&c, 0)->packets + hears(&c, 2)->packets;
	sim_run(c.s, SECONDS(10));
	check_ge(hears(&c, 1)->packets - loud, 480);
	check_le(hears(&c, 1)->longest_gap, MSEC(200));
	check_eq(hears(&c, 0)->packets + hears(&c, 2)->packets, quiet);
	for (unsigned i = 0; i < c.n; i++)
		check_eq(sees(&c, i)->decoded, 0);
	/* And all come back. */
	c.ben->down.rate = 0;
	sim_run(c.s, SECONDS(15));
	for (unsigned i = 0; i < c.n; i++) {
		check_eq(sees(&c, i)->layer, 2);
		check_ge(hears(&c, i)->packets, 300);
	}
	sim_free(c.s);
}

enum lie { LIE_NONE, LIE_LITTLE, LIE_MUCH, LIE_SILENCE, LIE_REMB };

static struct council liar(enum lie lie)
{
	struct council c = council_new(84, 2, false);

	sim_run(c.s, SECONDS(3));
	c.ben->receiver.lie = lie == LIE_LITTLE ? 1000 : lie == LIE_MUCH ? 4000000000u : 0;
	c.ben->receiver.mute = lie == LIE_SILENCE;
	c.ben->receiver.remb = lie == LIE_REMB ? 1000 : 0;
	forget_all(&c);
	sim_run(c.s, SECONDS(20));
	return c;
}

/* ATTACKS B11. */
TEST(b11_lies_about_arrivals_touch_the_liar_only)
{
	static const enum lie lies[] = { LIE_NONE, LIE_LITTLE, LIE_MUCH, LIE_SILENCE, LIE_REMB };
	uint64_t honest = 0, seen[ARRAY_SIZE(lies)], got[ARRAY_SIZE(lies)];

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		struct council c = liar(lies[i]);

		seen[i] = sim_sees(c.clara, c.speakers[0], SOURCE_CAMERA)->decoded;
		got[i] = c.ben->receiver.octets * 8 / 20;
		print_message("# lie %u: ben gets %llu bit/s, clara sees %llu frames\n", (unsigned)lies[i],
			(unsigned long long)got[i], (unsigned long long)seen[i]);
		check_eq(sim_sees(c.clara, c.speakers[0], SOURCE_CAMERA)->layer, 2);
		check_le(sim_sees(c.clara, c.speakers[0], SOURCE_CAMERA)->longest_freeze, MSEC(80));
		check_le(sim_sees(c.clara, c.speakers[0], SOURCE_CAMERA)->keys, 6);
		honest = i == 0 ? seen[i] : honest;
		check_ge(seen[i] + 1, honest);
		sim_free(c.s);
	}
	/* 1 kbit/s: one microphone, no picture; 10 Gbit/s: everything, and little beside it. */
	check_le(got[1], 200000);
	check_le(got[2], got[0] * 12 / 10);
	check_ge(got[2], got[0] * 8 / 10);
	/* REMB has no say where each packet is reported on. */
	check_ge(got[4], got[0] * 9 / 10);
}

TEST(who_reports_in_sums_is_bounded_by_them)
{
	struct sim *s = sim_new(85);
	struct sim_person *anna = sim_join(s), *ben;

	s->no_reports = true;
	ben = sim_join(s);
	sim_open(s, anna, SOURCE_CAMERA);
	sim_open(s, anna, SOURCE_MICROPHONE);
	sim_run(s, SECONDS(3));
	check_eq(sim_sees(ben, anna, SOURCE_CAMERA)->layer, 2);
	check_eq(ben->receiver.filling, 0);
	ben->receiver.remb = 300000;
	sim_run(s, SECONDS(3));
	check_eq(sim_sees(ben, anna, SOURCE_CAMERA)->layer, 0);
	ben->receiver.remb = 5000000;
	sim_run(s, SECONDS(6));
	check_eq(sim_sees(ben, anna, SOURCE_CAMERA)->layer, 2);
	/* What was said once does not hold for ever. */
	ben->receiver.remb = 300000;
	sim_run(s, SECONDS(3));
	ben->receiver.remb = 0;
	sim_run(s, SECONDS(14));
	check_eq(sim_sees(ben, anna, SOURCE_CAMERA)->layer, 2);
	sim_free(s);
}

TEST(who_says_nothing_after_all_is_not_bounded)
{
	struct council c = council_new(86, 3, false);

	c.ben->receiver.mute = true;
	sim_run(c.s, SECONDS(6));
	for (unsigned i = 0; i < c.n; i++)
		check_eq(sees(&c, i)->layer, 2);
	sim_free(c.s);
}

/* A day of meeting: the numbers of RTP wrap every 11 minutes or faster, the time of pictures after 13 hours. The short
 * form starts a minute before both. */
TEST(fourteen_hours)
{
	usec_t span = is_long_form() ? MINUTES(14 * 60) : MINUTES(3);
	struct sim *s = sim_new(87);
	struct sim_person *anna = sim_join(s), *ben = sim_join(s);
	struct sim_stream *layers = anna->sender.sources[SOURCE_CAMERA].streams;
	struct sim_slot *picture, *sound;

	for (unsigned i = 0; i < ROOM_RIDS; i++)
		layers[i].timestamp_base = 0u - (uint32_t)((s->now + SECONDS(60)) * 90000 / SECONDS(1));
	layers[1].paused = layers[2].paused = true;
	sim_open(s, anna, SOURCE_CAMERA);
	sim_open(s, anna, SOURCE_MICROPHONE);
	for (usec_t i = 0; i < span / MINUTES(1); i++)
		sim_run(s, MINUTES(1));
	picture = sim_sees(ben, anna, SOURCE_CAMERA);
	sound = sim_sees(ben, anna, SOURCE_MICROPHONE);
	check_eq(picture->out_gaps + sound->out_gaps, 0);
	check_eq(picture->keys, 1);
	check_ge(picture->decoded, span / SECONDS(1) * 25 - 10);
	check_le(picture->longest_freeze, MSEC(80));
	check_le(sound->longest_gap, MSEC(40));
	check_le(picture->worst_sync + sound->worst_sync, MSEC(2));
	sim_free(s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(sound_under_loss_is_whole_enough),
	cmocka_unit_test(nobody_else_notices),
	cmocka_unit_test(speech_goes_on_over_three_hundred_kilobits),
	cmocka_unit_test(layers_follow_the_rate_down_and_up),
	cmocka_unit_test(half_of_the_pictures_go_before_a_smaller_one),
	cmocka_unit_test(the_narrowest_line_has_one_microphone),
	cmocka_unit_test(b11_lies_about_arrivals_touch_the_liar_only),
	cmocka_unit_test(who_reports_in_sums_is_bounded_by_them),
	cmocka_unit_test(who_says_nothing_after_all_is_not_bounded),
	cmocka_unit_test(fourteen_hours),
};

RUN_TESTS(tests)
