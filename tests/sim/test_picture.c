/* SPDX-License-Identifier: EUPL-1.2 */
/* Key frames and layers: how soon a picture comes, how it changes size, who may ask for how much. In tests only.
 * Invariant: a picture begins with a key frame and goes on in one line of numbers and time. */
#include "base/mem.h"
#include "sfu/rtp/rtcp.h"
#include "tests/support/check.h"
#include "tests/support/sim.h"

static uint32_t plis(const struct sim_person *p, enum source_kind kind)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->sender.sources[kind].n_streams; i++)
		n += p->sender.sources[kind].streams[i].n_plis;
	return n;
}

/* The most requests that this sender saw in any span of that length. */
static uint32_t most_plis(const struct sim_person *p, usec_t span)
{
	usec_t times[4 * SIM_PLI_TIMES];
	uint32_t n = 0, most = 0;

	for (unsigned kind = 0; kind < SOURCE_N; kind++)
		for (uint32_t i = 0; i < p->sender.sources[kind].n_streams; i++) {
			const struct sim_stream *stream = &p->sender.sources[kind].streams[i];

			for (uint32_t k = 0; k < stream->n_plis; k++) {
				check(n < ARRAY_SIZE(times));
				times[n++] = stream->plis[k];
			}
		}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t within = 0;

		for (uint32_t k = 0; k < n; k++)
			within += times[k] >= times[i] && times[k] < times[i] + span;
		most = MAX(most, within);
	}
	return most;
}

TEST(a_newcomer_sees_everybody_after_one_round_trip)
{
	struct sim *s = sim_new(31);
	struct sim_person *there[4], *late;

	for (unsigned i = 0; i < 4; i++) {
		there[i] = sim_join(s);
		sim_open(s, there[i], SOURCE_CAMERA);
	}
	sim_run(s, SECONDS(3));
	late = sim_join(s);
	sim_run(s, MSEC(200));
	for (unsigned i = 0; i < 4; i++) {
		/* The request, the sender's next frame, and the way through the server. */
		check(sim_sees(late, there[i], SOURCE_CAMERA)->first_decoded > 0);
		check_le(sim_sees(late, there[i], SOURCE_CAMERA)->first_decoded, MSEC(20 + 40 + 20 + 20));
		check_eq(sim_sees(late, there[i], SOURCE_CAMERA)->keys, 1);
	}
	sim_free(s);
}

TEST(a_newcomer_on_a_lossy_line_does_not_wait_long)
{
	usec_t sum = 0;

	for (uint64_t seed = 320; seed < 340; seed++) {
		struct sim *s = sim_new(seed);
		struct sim_person *anna = sim_join(s), *late;
		usec_t first;

		anna->up.loss = anna->down.loss = 100;
		anna->up.jitter = MSEC(20);
		sim_open(s, anna, SOURCE_CAMERA);
		sim_run(s, SECONDS(2));
		late = sim_join(s);
		sim_run(s, SECONDS(3));
		first = sim_sees(late, anna, SOURCE_CAMERA)->first_decoded;
		check(first > 0);
		check_le(first, SECONDS(1));
		sum += first;
		sim_free(s);
	}
	check_le(sum / 20, MSEC(300));
}

TEST(requests_of_many_become_one)
{
	struct sim *s = sim_new(33);
	struct sim_person *anna = sim_join(s);
	uint32_t before;

	sim_open(s, anna, SOURCE_CAMERA);
	sim_run(s, SECONDS(1));
	before = plis(anna, SOURCE_CAMERA);
	for (unsigned i = 0; i < 20; i++)
		sim_join(s);
	sim_run(s, SECONDS(1));
	/* All came before the answer could: one request, and at most one more for those who came too late for it. */
	check(plis(anna, SOURCE_CAMERA) > before);
	check_le(plis(anna, SOURCE_CAMERA), before + 2);
	sim_free(s);
}

TEST(the_more_pictures_the_smaller_each)
{
	struct sim *s = sim_new(34);
	struct sim_person *people[10];

	for (unsigned i = 0; i < 10; i++) {
		people[i] = sim_join(s);
		sim_open(s, people[i], SOURCE_CAMERA);
		sim_run(s, SECONDS(1));
		if (i)
			check_eq(sim_sees(people[0], people[1], SOURCE_CAMERA)->layer, i < 4 ? 2 : i < 9 ? 1 : 0);
	}
	for (unsigned i = 9; i > 1; i--) {
		sim_leave(s, people[i]);
		sim_run(s, SECONDS(1));
		check_eq(sim_sees(people[0], people[1], SOURCE_CAMERA)->layer, i <= 4 ? 2 : i <= 9 ? 1 : 0);
	}
	check_le(sim_sees(people[0], people[1], SOURCE_CAMERA)->longest_freeze, MSEC(80));
	check_eq(sim_sees(people[0], people[1], SOURCE_CAMERA)->out_gaps, 0);
	sim_free(s);
}

TEST(a_layer_that_stops_is_replaced_and_comes_back)
{
	struct sim *s = sim_new(35);
	struct sim_person *anna = sim_join(s), *ben = sim_join(s);
	struct sim_stream *layers = anna->sender.sources[SOURCE_CAMERA].streams;
	struct sim_slot *picture;

	sim_open(s, anna, SOURCE_CAMERA);
	sim_run(s, SECONDS(1));
	picture = sim_sees(ben, anna, SOURCE_CAMERA);
	check_eq(picture->layer, 2);
	layers[2].paused = true;
	sim_run(s, SECONDS(1));
	check_eq(picture->layer, 1);
	/* Half a second to notice, a tick, and a round trip. */
	check_le(picture->longest_freeze, MSEC(500 + 80 + 40 + 100));
	layers[1].paused = true;
	sim_run(s, SECONDS(1));
	check_eq(picture->layer, 0);
	layers[2].paused = false;
	sim_run(s, SECONDS(1));
	check_eq(picture->layer, 2);
	/* All pause, as when the window of a shared tab is hidden, and come back. */
	layers[2].paused = layers[0].paused = true;
	sim_run(s, SECONDS(5));
	layers[0].paused = layers[1].paused = layers[2].paused = false;
	picture->decoded = 0;
	sim_run(s, SECONDS(1));
	check_eq(picture->layer, 2);
	check_ge(picture->decoded, 20);
	sim_free(s);
}

TEST(a_flood_of_requests_reaches_the_sender_as_a_trickle)
{
	struct sim *s = sim_new(36);
	struct sim_person *anna = sim_join(s), *ben = sim_join(s);
	uint8_t buffer[12];
	uint32_t before;

	sim_open(s, anna, SOURCE_CAMERA);
	sim_run(s, SECONDS(2));
	before = plis(anna, SOURCE_CAMERA);
	for (unsigned i = 0; i < 20000; i++) {	/* ATTACKS B10: 1,000 a second */
		struct writer w = writer(buffer, sizeof(buffer));

		rtcp_write_pli(&w, 1, sim_sees(ben, anna, SOURCE_CAMERA)->setup->ssrc);
		room_receive_rtcp(s->room, s->now, ben->setup.id, written(&w));
		sim_drain(s);
		sim_run(s, MSEC(1));
	}
	check_ge(plis(anna, SOURCE_CAMERA), before + 4);
	check_le(plis(anna, SOURCE_CAMERA), before + 6);
	check_le(most_plis(anna, SECONDS(10)), before + 3);
	sim_free(s);
}

TEST(a_crowd_that_asks_stays_under_five_a_second)
{
	struct sim *s = sim_new(37);
	struct sim_person *anna = sim_join(s), *crowd[30];
	uint8_t buffer[24];

	sim_open(s, anna, SOURCE_CAMERA);
	sim_open(s, anna, SOURCE_SCREEN);
	for (unsigned i = 0; i < 30; i++)
		crowd[i] = sim_join(s);
	sim_run(s, SECONDS(2));
	for (unsigned i = 0; i < 300; i++) {
		struct sim_person *one = crowd[i % 30];
		struct writer w = writer(buffer, sizeof(buffer));

		rtcp_write_pli(&w, 1, sim_sees(one, anna, SOURCE_CAMERA)->setup->ssrc);
		rtcp_write_pli(&w, 1, sim_sees(one, anna, SOURCE_SCREEN)->setup->ssrc);
		room_receive_rtcp(s->room, s->now, one->setup.id, written(&w));
		sim_drain(s);
		sim_run(s, MSEC(10));
	}
	check_ge(plis(anna, SOURCE_CAMERA), 5);
	check_ge(plis(anna, SOURCE_SCREEN), 5);
	check_le(most_plis(anna, SECONDS(1)), 5);
	sim_free(s);
}

TEST(who_never_makes_a_key_frame_is_asked_less_and_less)
{
	struct sim *s = sim_new(38);
	struct sim_person *anna = sim_join(s), *ben;
	uint32_t before;

	sim_open(s, anna, SOURCE_SCREEN);
	sim_run(s, SECONDS(1));
	before = plis(anna, SOURCE_SCREEN);
	ben = sim_join(s);
	for (unsigned i = 0; i < 1000; i++) {
		sim_run(s, MSEC(10));
		anna->sender.sources[SOURCE_SCREEN].streams[0].key_due = false;
	}
	check_ge(plis(anna, SOURCE_SCREEN), before + 5);
	check_le(plis(anna, SOURCE_SCREEN), before + 9);
	check_eq(sim_sees(ben, anna, SOURCE_SCREEN)->out_packets, 0);
	anna->sender.sources[SOURCE_SCREEN].streams[0].key_due = true;
	sim_run(s, MSEC(200));
	check(sim_sees(ben, anna, SOURCE_SCREEN)->out_packets > 0);
	sim_free(s);
}

TEST(a_picture_that_stood_still_is_shown_to_who_came_meanwhile)
{
	struct sim *s = sim_new(39);
	struct sim_person *anna = sim_join(s), *late;
	struct sim_stream *screen = &anna->sender.sources[SOURCE_SCREEN].streams[0];

	sim_open(s, anna, SOURCE_SCREEN);
	sim_run(s, SECONDS(1));
	screen->paused = true;
	sim_run(s, SECONDS(1));
	late = sim_join(s);
	sim_run(s, SECONDS(2));
	/* The browser forgot that it was asked. */
	screen->key_due = false;
	screen->paused = false;
	sim_run(s, MSEC(300));
	check(sim_sees(late, anna, SOURCE_SCREEN)->decoded > 0);
	sim_free(s);
}

TEST(layers_are_told_apart_by_their_packets)
{
	struct sim *s = sim_new(40);
	struct sim_person *ben, *anna = sim_join(s);
	struct room_source_setup *camera = &anna->setup.sources[SOURCE_CAMERA];
	uint32_t lowest = camera->ssrcs[0], rtx = camera->rtx_ssrcs[0];

	/* She joins once more, and announces her SSRCs in another order than her layers. */
	check(lowest);
	room_remove_peer(s->room, s->now, anna->setup.id);
	camera->ssrcs[0] = camera->ssrcs[2];
	camera->rtx_ssrcs[0] = camera->rtx_ssrcs[2];
	camera->ssrcs[2] = lowest;
	camera->rtx_ssrcs[2] = rtx;
	check_eq(room_add_peer(s->room, s->now, &anna->setup), 0);
	room_set_ready(s->room, s->now, anna->setup.id, true);
	ben = sim_join(s);
	anna->up.loss = 50;
	sim_open(s, anna, SOURCE_CAMERA);
	sim_run(s, SECONDS(3));
	check_eq(sim_sees(ben, anna, SOURCE_CAMERA)->layer, 2);
	check_ge(sim_sees(ben, anna, SOURCE_CAMERA)->decoded, 70);
	sim_free(s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_newcomer_sees_everybody_after_one_round_trip),
	cmocka_unit_test(a_newcomer_on_a_lossy_line_does_not_wait_long),
	cmocka_unit_test(requests_of_many_become_one),
	cmocka_unit_test(the_more_pictures_the_smaller_each),
	cmocka_unit_test(a_layer_that_stops_is_replaced_and_comes_back),
	cmocka_unit_test(a_flood_of_requests_reaches_the_sender_as_a_trickle),
	cmocka_unit_test(a_crowd_that_asks_stays_under_five_a_second),
	cmocka_unit_test(who_never_makes_a_key_frame_is_asked_less_and_less),
	cmocka_unit_test(a_picture_that_stood_still_is_shown_to_who_came_meanwhile),
	cmocka_unit_test(layers_are_told_apart_by_their_packets),
};

RUN_TESTS(tests)
