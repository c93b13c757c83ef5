/* SPDX-License-Identifier: EUPL-1.2 */
/* How large a picture is drawn decides which layer of it is sent, and which layers its sender makes. In tests only.
 * Invariant: every change is seen in one line of numbers and time (the simulated receiver checks it). */
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/sim.h"

/* Of `to`'s line that carries `from`'s picture. */
static void draw(struct sim *s, struct sim_person *to, const struct sim_person *from, enum source_kind kind,
	uint16_t width, uint16_t height)
{
	struct room_wish wish = { .width = width, .height = height };

	snprintf(wish.mid, sizeof(wish.mid), "%s", sim_sees(to, from, kind)->setup->mid);
	room_set_layout(s->room, s->now, to->setup.id, &wish, 1);
	sim_drain(s);
}

TEST(a_tile_gets_the_layer_of_its_size)
{
	static const struct { uint16_t width, height; int layer; } sizes[] = {
		{ 240, 135, 0 }, { 480, 270, 1 }, { 960, 540, 2 }, { 160, 90, 0 }, { 1920, 1080, 2 },
	};
	struct sim *s = sim_new(90);
	struct sim_person *anna = sim_join(s), *ben = sim_join(s), *clara = sim_join(s);
	struct sim_slot *picture;

	sim_open(s, anna, SOURCE_CAMERA);
	sim_run(s, SECONDS(2));
	picture = sim_sees(ben, anna, SOURCE_CAMERA);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		draw(s, ben, anna, SOURCE_CAMERA, sizes[i].width, sizes[i].height);
		sim_run(s, SECONDS(5));
		check_eq(picture->layer, sizes[i].layer);
		check_eq(sim_sees(clara, anna, SOURCE_CAMERA)->layer, 2);
	}
	check_eq(picture->out_gaps, 0);
	check_le(picture->longest_freeze, MSEC(80));
	sim_free(s);
}

TEST(what_is_not_drawn_is_not_sent)
{
	struct sim *s = sim_new(91);
	struct sim_person *anna = sim_join(s), *ben = sim_join(s), *clara = sim_join(s);
	struct sim_slot *picture;
	uint64_t sent;

	sim_open(s, anna, SOURCE_CAMERA);
	sim_run(s, SECONDS(1));
	picture = sim_sees(ben, anna, SOURCE_CAMERA);
	draw(s, ben, anna, SOURCE_CAMERA, 0, 0);
	sent = picture->out_packets;
	sim_run(s, SECONDS(2));
	check_eq(picture->out_packets, sent);
	check_eq(picture->person, anna->id);
	check_ge(sim_sees(clara, anna, SOURCE_CAMERA)->decoded, 70);
	draw(s, ben, anna, SOURCE_CAMERA, 1280, 720);
	sim_run(s, MSEC(200));
	check_ge(picture->out_packets, sent + 16);
	check_eq(picture->out_gaps, 0);
	sim_free(s);
}

TEST(lines_that_are_not_named_keep_what_they_had)
{
	struct sim *s = sim_new(92);
	struct sim_person *anna = sim_join(s), *ben = sim_join(s), *clara = sim_join(s);
	struct room_wish none = { .mid = "nowhere", .width = 1 }, sound = { .width = 0 };

	sim_open(s, anna, SOURCE_CAMERA);
	sim_open(s, clara, SOURCE_CAMERA);
	sim_open(s, clara, SOURCE_MICROPHONE);
	sim_run(s, SECONDS(3));
	draw(s, ben, anna, SOURCE_CAMERA, 160, 90);
	room_set_layout(s->room, s->now, ben->setup.id, &none, 1);
	/* Sound has no size. */
	snprintf(sound.mid, sizeof(sound.mid), "%s", sim_sees(ben, clara, SOURCE_MICROPHONE)->setup->mid);
	room_set_layout(s->room, s->now, ben->setup.id, &sound, 1);
	room_set_layout(s->room, s->now, (struct peer_id){ 999 }, &sound, 1);
	sim_run(s, SECONDS(2));
	check_eq(sim_sees(ben, anna, SOURCE_CAMERA)->layer, 0);
	check_eq(sim_sees(ben, clara, SOURCE_CAMERA)->layer, 2);
	check_ge(sim_sees(ben, clara, SOURCE_MICROPHONE)->packets, 245);
	sim_free(s);
}

/* A line is drawn, not a person: who comes next into it is as large. */
TEST(a_wish_outlives_whom_it_showed)
{
	struct sim *s = sim_new(93);
	struct sim_person *ben, *anna = sim_join(s), *clara = sim_join(s);

	s->video_slots = 1;
	ben = sim_join(s);
	sim_open(s, anna, SOURCE_CAMERA);
	sim_run(s, SECONDS(1));
	draw(s, ben, anna, SOURCE_CAMERA, 160, 90);
	sim_close(s, anna, SOURCE_CAMERA);
	sim_open(s, clara, SOURCE_CAMERA);
	sim_run(s, SECONDS(1));
	check_eq(sim_sees(ben, clara, SOURCE_CAMERA)->layer, 0);
	sim_free(s);
}

TEST(a_layer_that_nobody_watches_is_not_made)
{
	struct sim *s = sim_new(94);
	struct sim_person *anna = sim_join(s), *ben = sim_join(s);
	const struct sim_stream *layers = anna->sender.sources[SOURCE_CAMERA].streams;
	struct sim_slot *picture;
	uint64_t changes;

	anna->obeys = true;
	sim_open(s, anna, SOURCE_CAMERA);
	sim_open(s, anna, SOURCE_MICROPHONE);
	sim_run(s, SECONDS(2));
	picture = sim_sees(ben, anna, SOURCE_CAMERA);
	/* All may be wanted until three seconds have shown that they are not. */
	check_eq(anna->watched_changes, 0);
	draw(s, ben, anna, SOURCE_CAMERA, 160, 90);
	sim_run(s, SECONDS(2));
	check_eq(anna->watched_changes, 0);
	sim_run(s, MSEC(1200));
	check_eq(anna->watched[SOURCE_CAMERA], 1);
	check(layers[1].paused && layers[2].paused);
	draw(s, ben, anna, SOURCE_CAMERA, 0, 0);
	sim_run(s, SECONDS(5));
	check_eq(anna->watched[SOURCE_CAMERA], 0);
	changes = anna->watched_changes;
	/* Who adopts the worker is told what stands. */
	room_repeat_slots(s->room);
	sim_drain(s);
	check_eq(anna->watched_changes, changes + 1);
	/* Back at once: a tick, the word to the sender, and its key frame. */
	picture->decoded = 0;
	draw(s, ben, anna, SOURCE_CAMERA, 1280, 720);
	sim_run(s, MSEC(400));
	check_eq(anna->watched[SOURCE_CAMERA] & 5, 5);
	check_ge(picture->decoded, 1);
	sim_run(s, SECONDS(2));
	check_eq(picture->layer, 2);
	check_eq(picture->out_gaps, 0);
	sim_free(s);
}

TEST(a_sender_is_told_once_a_second_at_most)
{
	struct sim *s = sim_new(95);
	struct sim_person *anna = sim_join(s), *ben = sim_join(s);

	sim_open(s, anna, SOURCE_CAMERA);
	sim_open(s, anna, SOURCE_SCREEN);
	sim_run(s, SECONDS(2));
	/* Ten changes a second; a line that is back within three seconds was never gone. */
	for (unsigned i = 0; i < 200; i++) {
		draw(s, ben, anna, SOURCE_CAMERA, i % 2 ? 1280 : 0, i % 2 ? 720 : 0);
		sim_run(s, MSEC(100));
	}
	check_le(anna->watched_changes, 20);
	draw(s, ben, anna, SOURCE_SCREEN, 0, 0);
	sim_run(s, SECONDS(5));
	check_eq(anna->watched[SOURCE_SCREEN], 0);
	/* Switched off and on, the sender hears again what stands. */
	sim_close(s, anna, SOURCE_SCREEN);
	anna->watched[SOURCE_SCREEN] = 1;
	sim_open(s, anna, SOURCE_SCREEN);
	sim_run(s, MSEC(200));
	check_eq(anna->watched[SOURCE_SCREEN], 0);
	sim_free(s);
}

TEST(who_is_alone_makes_the_smallest)
{
	struct sim *s = sim_new(96);
	struct sim_person *anna = sim_join(s), *ben;

	anna->obeys = true;
	sim_open(s, anna, SOURCE_CAMERA);
	sim_run(s, SECONDS(6));
	check_eq(anna->watched[SOURCE_CAMERA], 1);
	ben = sim_join(s);
	sim_run(s, MSEC(200));
	/* A picture at once, a larger one soon. */
	check_ge(sim_sees(ben, anna, SOURCE_CAMERA)->decoded, 1);
	sim_run(s, SECONDS(3));
	check_eq(sim_sees(ben, anna, SOURCE_CAMERA)->layer, 2);
	sim_free(s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_tile_gets_the_layer_of_its_size),
	cmocka_unit_test(what_is_not_drawn_is_not_sent),
	cmocka_unit_test(lines_that_are_not_named_keep_what_they_had),
	cmocka_unit_test(a_wish_outlives_whom_it_showed),
	cmocka_unit_test(a_layer_that_nobody_watches_is_not_made),
	cmocka_unit_test(a_sender_is_told_once_a_second_at_most),
	cmocka_unit_test(who_is_alone_makes_the_smallest),
};

RUN_TESTS(tests)
