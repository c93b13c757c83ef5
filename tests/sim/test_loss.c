/* SPDX-License-Identifier: EUPL-1.2 */
/* What is lost on the way in or out is sent again, and a bad line is the business of its owner only. In tests only.
 * Invariant: the bounds are those of TARGETS.md where it names one. */
#include "tests/support/check.h"
#include "tests/support/sim.h"

struct pair {
	struct sim *s;
	struct sim_person *anna, *ben;
	struct sim_slot *picture, *sound;
};

static struct pair pair_of(struct sim *s)
{
	struct pair p = { .s = s };

	p.anna = sim_join(p.s);
	p.ben = sim_join(p.s);
	sim_open(p.s, p.anna, SOURCE_CAMERA);
	sim_open(p.s, p.anna, SOURCE_MICROPHONE);
	sim_run(p.s, SECONDS(2));
	p.picture = sim_sees(p.ben, p.anna, SOURCE_CAMERA);
	p.sound = sim_sees(p.ben, p.anna, SOURCE_MICROPHONE);
	check_eq(p.picture->layer, 2);
	p.picture->longest_freeze = 0;
	p.picture->decoded = p.picture->keys = p.picture->recovered = p.picture->given_up = p.picture->packets = 0;
	p.picture->out_octets = p.picture->resent_octets = 0;
	p.sound->decoded = p.sound->recovered = p.sound->given_up = p.sound->packets = 0;
	p.sound->out_octets = p.sound->resent_octets = p.sound->out_gaps = p.sound->resent = 0;
	return p;
}

static struct pair pair_new(uint64_t seed)
{
	return pair_of(sim_new(seed));
}

/* Both browsers send sound again and ask for it. */
static struct pair pair_repeating(uint64_t seed)
{
	struct sim *s = sim_new(seed);

	s->repeats = true;
	return pair_of(s);
}

static uint64_t resent(const struct sim_person *p)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < ROOM_RIDS; i++)
		n += p->sender.sources[SOURCE_CAMERA].streams[i].resent;
	return n;
}

TEST(a_packet_lost_on_the_way_out_is_sent_again)
{
	struct pair p = pair_new(11);

	/* Of the six media packets of 40 ms one is lost; ask until it was one of the picture. */
	for (unsigned i = 0; !p.picture->recovered && i < 20; i++) {
		p.ben->down.lose_nth = 3;
		sim_run(p.s, MSEC(200));
	}
	check_eq(p.picture->recovered, 1);
	check_eq(p.picture->given_up, 0);
	check_eq(p.picture->keys, 0);
	/* A frame's time, 10 ms of patience, and the way to the server and back. */
	check_le(p.picture->longest_freeze, MSEC(40 + 10 + 10 + 40 + 10));
	sim_free(p.s);
}

TEST(a_packet_lost_on_the_way_in_is_asked_for_again)
{
	struct pair p = pair_new(12);

	for (unsigned i = 0; !resent(p.anna) && i < 20; i++) {
		p.anna->up.lose_nth = 6;
		sim_run(p.s, MSEC(200));
	}
	sim_run(p.s, MSEC(200));
	check_eq(resent(p.anna), 1);
	check_eq(p.picture->given_up, 0);
	check_eq(p.picture->out_gaps, 0);
	check_eq(p.picture->keys, 0);
	check_le(p.picture->longest_freeze, MSEC(40 + 10 + 10 + 40 + 10));
	sim_free(p.s);
}

/* The share, in thousandths, of the slot's packets that never came. */
static uint64_t never_came(const struct sim_slot *slot)
{
	return slot->given_up * 1000 / (slot->packets + slot->given_up);
}

static struct pair bad_way_out(uint64_t seed, uint32_t loss, uint64_t bound)
{
	struct pair p = pair_new(seed);

	p.ben->down.loss = p.ben->up.loss = loss;
	sim_run(p.s, SECONDS(30));
	print_message("# out, loss %u: %llu of 1000 never came, longest freeze %llu ms, %llu frames\n", loss,
		(unsigned long long)never_came(p.picture), (unsigned long long)p.picture->longest_freeze / 1000,
		(unsigned long long)p.picture->decoded);
	check_le(never_came(p.picture), bound);
	/* ATTACKS B09: a fifth of what is sent, and the burst. */
	check_le(p.picture->resent_octets, p.picture->out_octets / 5 + 16384);
	return p;
}

TEST(what_a_bad_line_loses_on_the_way_out_is_mended)
{
	struct pair p = bad_way_out(13, 50, 1);

	check_le(p.picture->longest_freeze, MSEC(300));
	sim_free(p.s);
	p = bad_way_out(14, 100, 5);
	check_le(p.picture->longest_freeze, MSEC(600));
	sim_free(p.s);
}

/* A fifth of the packets is more than may be sent again (B09), and key frames are rationed (B10): sound goes on, the
 * picture stands still at times and comes back. */
TEST(a_line_too_bad_to_mend_heals)
{
	struct pair p = bad_way_out(15, 200, 60);

	check_ge(p.picture->keys, 5);
	check_eq(p.picture->layer, 0);
	check_le(p.picture->longest_freeze, SECONDS(6));
	p.ben->down.loss = p.ben->up.loss = 0;
	sim_run(p.s, SECONDS(10));
	check_eq(p.picture->layer, 2);
	p.picture->decoded = 0;
	p.picture->longest_freeze = 0;
	sim_run(p.s, SECONDS(2));
	check_ge(p.picture->decoded, 49);
	check_le(p.picture->longest_freeze, MSEC(80));
	sim_free(p.s);
}

static void bad_way_in(uint64_t seed, uint32_t loss, uint64_t bound, usec_t freeze)
{
	struct pair p = pair_new(seed);

	p.anna->up.loss = p.anna->down.loss = loss;
	sim_run(p.s, SECONDS(30));
	print_message("# in, loss %u: %llu of 1000 never came, longest freeze %llu ms, %llu frames\n", loss,
		(unsigned long long)never_came(p.picture), (unsigned long long)p.picture->longest_freeze / 1000,
		(unsigned long long)p.picture->decoded);
	check_le(never_came(p.picture), bound);
	check_le(p.picture->longest_freeze, freeze);
	sim_free(p.s);
}

TEST(what_a_bad_line_loses_on_the_way_in_is_mended)
{
	bad_way_in(16, 50, 1, MSEC(400));
	bad_way_in(17, 100, 2, MSEC(600));
	bad_way_in(18, 200, 20, SECONDS(2));
}

TEST(an_overtaken_packet_is_not_a_lost_one)
{
	struct pair p = pair_new(19);

	/* ATTACKS G03: within the grace of a NACK nothing is asked for, and nothing is forwarded twice. */
	p.anna->up.jitter = MSEC(8);
	p.anna->up.duplicate = 50;
	sim_run(p.s, SECONDS(10));
	check_eq(resent(p.anna), 0);
	check_eq(p.picture->duplicates + p.sound->duplicates, 0);
	check_eq(p.picture->out_gaps, 0);
	check_ge(p.picture->decoded, 245);
	/* The harness sees a duplicate where there is one. */
	p.ben->down.duplicate = 50;
	sim_run(p.s, SECONDS(1));
	check(p.picture->duplicates > 0);
	sim_free(p.s);
}

TEST(a_bad_line_is_nobody_elses)
{
	struct pair p = pair_new(20);
	struct sim_person *clara = sim_join(p.s);
	struct sim_slot *good;

	sim_run(p.s, SECONDS(1));
	good = sim_sees(clara, p.anna, SOURCE_CAMERA);
	good->longest_freeze = 0;
	good->keys = good->duplicates = 0;
	p.ben->down.loss = p.ben->up.loss = 300;
	sim_run(p.s, SECONDS(10));
	check_eq(good->out_gaps, 0);
	check_eq(good->resent_octets, 0);
	check_le(good->longest_freeze, MSEC(40));
	/* Key frames that ben needs are for all, but few (ATTACKS B10). */
	check_le(good->keys, 4);
	sim_free(p.s);
}

static uint8_t told_of_loss(const struct sim_person *p, enum source_kind kind)
{
	return p->sender.sources[kind].streams[0].fraction_lost;
}

/* Opus repeats frames for whom it is told of; the sender's own way is clean. A liar gets no more than a fifth. */
TEST(a_voice_is_told_what_its_worst_listener_loses)
{
	struct pair p = pair_new(22);
	struct sim_person *clara = sim_join(p.s);

	sim_run(p.s, SECONDS(5));
	check_eq(told_of_loss(p.anna, SOURCE_MICROPHONE), 0);
	p.ben->down.loss = 100;
	sim_run(p.s, SECONDS(2));
	for (unsigned i = 0; i < 30; i++) {
		sim_run(p.s, SECONDS(1));
		check_eq(told_of_loss(p.anna, SOURCE_MICROPHONE), 51);
		/* Pictures are mended otherwise, and their sender's rate is none of his business. */
		check_eq(told_of_loss(p.anna, SOURCE_CAMERA), 0);
	}
	p.ben->down.loss = 0;
	sim_run(p.s, SECONDS(3));
	check_eq(told_of_loss(p.anna, SOURCE_MICROPHONE), 0);
	clara->receiver.claims_loss = 255;
	sim_run(p.s, SECONDS(3));
	check_eq(told_of_loss(p.anna, SOURCE_MICROPHONE), 51);
	check_eq(told_of_loss(p.anna, SOURCE_CAMERA), 0);
	sim_leave(p.s, clara);
	sim_run(p.s, SECONDS(2));
	check_eq(told_of_loss(p.anna, SOURCE_MICROPHONE), 0);
	sim_free(p.s);
}

/* For so many of 30 seconds `p.anna` is told of a fifth. */
static unsigned told_of_a_fifth(const struct pair *p)
{
	unsigned n = 0;

	for (unsigned i = 0; i < 30; i++) {
		sim_run(p->s, SECONDS(1));
		n += told_of_loss(p->anna, SOURCE_MICROPHONE) == 51;
	}
	return n;
}

/* Of a twentieth Opus would repeat nothing; of next to none there is nothing to repeat. */
TEST(a_little_loss_is_told_as_a_fifth)
{
	struct pair p = pair_new(34);

	p.ben->down.loss = 50;
	sim_run(p.s, SECONDS(3));
	check_ge(told_of_a_fifth(&p), 28);
	p.ben->down.loss = 1;
	sim_run(p.s, SECONDS(3));
	check_le(told_of_a_fifth(&p), 10);
	p.ben->down.loss = 0;
	sim_run(p.s, SECONDS(3));
	check_eq(told_of_a_fifth(&p), 0);
	sim_free(p.s);
}

/* Of sound a browser reports every 5 s; of what else came this way, more than ten times a second. */
TEST(loss_of_sound_is_known_by_the_loss_of_pictures)
{
	struct pair p = pair_new(35);

	p.ben->receiver.claims_loss = 1;
	sim_run(p.s, SECONDS(3));
	check_eq(told_of_loss(p.anna, SOURCE_MICROPHONE), 1);
	p.ben->down.loss = 50;
	sim_run(p.s, SECONDS(3));
	check_eq(told_of_loss(p.anna, SOURCE_MICROPHONE), 51);
	p.ben->down.loss = 0;
	sim_run(p.s, SECONDS(5));
	check_eq(told_of_loss(p.anna, SOURCE_MICROPHONE), 1);
	sim_free(p.s);
}

TEST(the_numbers_wrap_under_loss)
{
	struct pair p = pair_new(21);
	int64_t start = p.picture->out_newest;

	/* ATTACKS A27, at the room: the way in wraps within seconds, the way out after 11 minutes. */
	p.anna->up.loss = p.anna->down.loss = 200;
	sim_run(p.s, SECONDS(680));
	check_ge(p.picture->out_newest - start, 65536);
	check_ge(p.picture->decoded, 680 * 25 * 8 / 10);
	check_le(never_came(p.picture), 20);
	sim_free(p.s);
}

static const struct sim_stream *voice_of(const struct sim_person *p)
{
	return &p->sender.sources[SOURCE_MICROPHONE].streams[0];
}

/* That what is sent again are the same bytes is checked wherever it is. */
TEST(lost_sound_is_sent_again_on_the_way_out)
{
	struct pair p = pair_repeating(23);

	for (unsigned i = 0; !p.sound->recovered && i < 20; i++) {
		p.ben->down.lose_nth = 1 + i;
		sim_run(p.s, MSEC(200));
	}
	check_eq(p.sound->recovered, 1);
	check_eq(p.sound->resent, 1);
	check_eq(p.sound->given_up, 0);
	check_eq(voice_of(p.anna)->nacked, 0);
	sim_free(p.s);
}

TEST(lost_sound_is_asked_for_on_the_way_in)
{
	struct pair p = pair_repeating(24);

	for (unsigned i = 0; !voice_of(p.anna)->resent && i < 20; i++) {
		p.anna->up.lose_nth = 1 + i;
		sim_run(p.s, MSEC(200));
	}
	sim_run(p.s, MSEC(200));
	check_eq(voice_of(p.anna)->nacked, 1);
	check_eq(voice_of(p.anna)->resent, 1);
	check_eq(p.sound->given_up, 0);
	check_eq(p.sound->out_gaps, 0);
	/* Ben asked for it too, of us who had it not. */
	check_eq(p.sound->resent, 0);
	sim_free(p.s);
}

/* Of 1000 that came in 200 ms of their time neither at once nor sent again. Opus repeats most of what is left. */
static void bad_way_of_sound(uint64_t seed, uint32_t loss, bool out, uint64_t bound)
{
	struct pair p = pair_repeating(seed);
	struct sim_person *sufferer = out ? p.ben : p.anna;
	unsigned told = 0;

	sufferer->down.loss = sufferer->up.loss = loss;
	for (unsigned i = 0; i < 60; i++) {
		sim_run(p.s, SECONDS(1));
		told += told_of_loss(p.anna, SOURCE_MICROPHONE);
	}
	print_message("# sound %s, loss %u: %llu of 1000 never came, %llu sent again, %llu asked for in\n",
		out ? "out" : "in", loss, (unsigned long long)never_came(p.sound), (unsigned long long)p.sound->resent,
		(unsigned long long)voice_of(p.anna)->nacked);
	check_le(never_came(p.sound), bound);
	/* ATTACKS B09. */
	check_le(p.sound->resent_octets, p.sound->out_octets / 5 + 16384);
	/* Three times for each that is lost, at the most. */
	check_le(voice_of(p.anna)->nacked, out ? 0 : 60 * 50 * loss / 1000 * 4);
	/* Its sender goes on to hear of the loss, whatever was sent again, so that Opus repeats its frames. */
	check_ge(told / 60, loss * 256 / 1000 / 2);
	sim_free(p.s);
}

TEST(sound_on_a_bad_line_is_mended)
{
	bad_way_of_sound(25, 50, true, 1);
	bad_way_of_sound(26, 100, true, 4);
	bad_way_of_sound(27, 200, true, 20);
	bad_way_of_sound(28, 50, false, 1);
	bad_way_of_sound(29, 100, false, 4);
	bad_way_of_sound(30, 200, false, 20);
}

/* Without it as much as the line loses never comes: the harness sees it. */
TEST(sound_that_nobody_may_ask_for_is_lost)
{
	struct pair p = pair_new(31);

	p.ben->down.loss = 100;
	sim_run(p.s, SECONDS(60));
	check_ge(never_came(p.sound), 80);
	check_eq(p.sound->resent, 0);
	sim_free(p.s);
}

/* What is sent again tells nothing of the way: the picture stays as large as without. */
TEST(sound_sent_again_narrows_no_way)
{
	struct pair p = pair_repeating(32);

	p.ben->down.loss = p.ben->up.loss = 50;
	sim_run(p.s, SECONDS(20));
	check_ge(p.sound->recovered, 30);
	check_eq(p.picture->layer, 2);
	p.ben->down.loss = p.ben->up.loss = 0;
	sim_run(p.s, SECONDS(5));
	check_eq(p.picture->layer, 2);
	sim_free(p.s);
}

/* A voice that stops and another that takes its line: what was of the first is not sent again for it. */
TEST(sound_of_who_went_is_not_sent_again)
{
	struct pair p = pair_repeating(33);

	p.ben->down.loss = p.ben->up.loss = 200;
	for (unsigned i = 0; i < 50; i++) {
		sim_close(p.s, p.anna, SOURCE_MICROPHONE);
		sim_run(p.s, MSEC(100));
		sim_open(p.s, p.anna, SOURCE_MICROPHONE);
		sim_run(p.s, MSEC(400));
	}
	check_ge(p.sound->resent, 50);
	sim_free(p.s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_packet_lost_on_the_way_out_is_sent_again),
	cmocka_unit_test(a_packet_lost_on_the_way_in_is_asked_for_again),
	cmocka_unit_test(what_a_bad_line_loses_on_the_way_out_is_mended),
	cmocka_unit_test(a_line_too_bad_to_mend_heals),
	cmocka_unit_test(what_a_bad_line_loses_on_the_way_in_is_mended),
	cmocka_unit_test(an_overtaken_packet_is_not_a_lost_one),
	cmocka_unit_test(a_bad_line_is_nobody_elses),
	cmocka_unit_test(a_voice_is_told_what_its_worst_listener_loses),
	cmocka_unit_test(a_little_loss_is_told_as_a_fifth),
	cmocka_unit_test(loss_of_sound_is_known_by_the_loss_of_pictures),
	cmocka_unit_test(the_numbers_wrap_under_loss),
	cmocka_unit_test(lost_sound_is_sent_again_on_the_way_out),
	cmocka_unit_test(lost_sound_is_asked_for_on_the_way_in),
	cmocka_unit_test(sound_on_a_bad_line_is_mended),
	cmocka_unit_test(sound_that_nobody_may_ask_for_is_lost),
	cmocka_unit_test(sound_sent_again_narrows_no_way),
	cmocka_unit_test(sound_of_who_went_is_not_sent_again),
};

RUN_TESTS(tests)
