/* SPDX-License-Identifier: EUPL-1.2 */
/* Who stands in whose slots, as the room tells it. In tests only.
 * Invariant: `lines` is what a controller knows who hears only the facts. */
#include "base/mem.h"
#include "sfu/room/room.h"
#include "tests/support/check.h"
#include "tests/support/room_fixture.h"

#define PEOPLE 12
#define LINES 8

static struct pool *pool;
static struct room *room;
static struct { uint32_t from; enum source_kind source; } lines[PEOPLE][LIMIT_SLOTS];
static unsigned facts;

static int set_up(void **state)
{
	(void)state;
	memset(lines, 0, sizeof(lines));
	facts = 0;
	return pool_new(&pool, 16) < 0 || room_new(&room, pool, 1) < 0;
}

static int tear_down(void **state)
{
	(void)state;
	room_free(room);
	pool_free(pool);
	return 0;
}

static void drain(void)
{
	uint8_t buffer[LIMIT_DATAGRAM];
	struct room_out out;

	for (;;) {
		struct writer w = writer(buffer, sizeof(buffer));
		unsigned line;

		if (!room_poll(room, &w, &out))
			return;
		if (out.kind != ROOM_SLOT)
			continue;
		check_eq(sscanf(out.mid, "r%u", &line), 1);
		lines[out.peer.value][line].from = out.from.value;
		lines[out.peer.value][line].source = out.source;
		facts++;
	}
}

/* Two lines of sound (0, 1), one of screen sound (2), three pictures (3, 4, 5), a screen (6). */
static void join(uint32_t id)
{
	struct room_peer_setup setup = fixture_setup(id, 2, 3);

	check_eq(room_add_peer(room, 0, &setup), 0);
	room_set_ready(room, 0, setup.id, true);
	drain();
}

static void allow(uint32_t id, uint32_t sources)
{
	room_set_sources(room, 0, (struct peer_id){ id }, sources);
	drain();
}

static void check_lines(uint32_t id, unsigned first, unsigned n, const uint32_t *expected)
{
	for (unsigned i = 0; i < n; i++)
		check_eq(lines[id][first + i].from, expected[i]);
}

#define SOUNDS(id, a, b) check_lines((id), 0, 2, (const uint32_t[]){ (a), (b) })
#define PICTURES(id, a, b, c) check_lines((id), 3, 3, (const uint32_t[]){ (a), (b), (c) })

#define MIC SOURCE_BIT(SOURCE_MICROPHONE)
#define CAM SOURCE_BIT(SOURCE_CAMERA)
#define SCREEN SOURCE_BIT(SOURCE_SCREEN)

TEST(nobody_receives_himself)
{
	for (uint32_t id = 1; id <= 3; id++) {
		join(id);
		allow(id, MIC | CAM);
	}
	SOUNDS(1, 2, 3);
	SOUNDS(2, 1, 3);
	SOUNDS(3, 2, 1);
	PICTURES(1, 2, 3, 0);
	PICTURES(3, 2, 1, 0);
}

TEST(the_latest_voices_are_heard)
{
	for (uint32_t id = 1; id <= 5; id++)
		join(id);
	for (uint32_t id = 2; id <= 4; id++)
		allow(id, MIC);
	/* Of three, the last two; the one that stays keeps its line. */
	SOUNDS(1, 4, 3);
	allow(3, 0);
	SOUNDS(1, 4, 2);
	allow(3, MIC);
	SOUNDS(1, 4, 3);
}

TEST(rank_goes_before_the_latest)
{
	for (uint32_t id = 1; id <= 5; id++)
		join(id);
	for (uint32_t id = 2; id <= 5; id++)
		allow(id, MIC);
	SOUNDS(1, 4, 5);
	room_set_rank(room, 0, (struct peer_id){ 2 }, 10);
	drain();
	SOUNDS(1, 2, 5);
	room_set_rank(room, 0, (struct peer_id){ 3 }, 20);
	drain();
	SOUNDS(1, 2, 3);
	/* Of equal rank the latest again. */
	room_set_rank(room, 0, (struct peer_id){ 2 }, 0);
	room_set_rank(room, 0, (struct peer_id){ 3 }, 0);
	drain();
	SOUNDS(1, 5, 4);
}

TEST(a_picture_keeps_its_line)
{
	for (uint32_t id = 1; id <= 6; id++)
		join(id);
	allow(2, CAM);
	allow(3, CAM);
	allow(4, CAM);
	PICTURES(1, 2, 3, 4);
	facts = 0;
	allow(5, CAM);
	/* At 2, 3 and 4 a line was free; at 6 and at 1 it was not. */
	PICTURES(1, 2, 3, 4);
	PICTURES(6, 2, 3, 4);
	PICTURES(2, 3, 4, 5);
	check_eq(facts, 3);
	allow(6, CAM);
	allow(3, 0);
	/* Into the free line comes the latest of those that are not shown. */
	PICTURES(1, 2, 6, 4);
	room_remove_peer(room, 0, (struct peer_id){ 4 });
	drain();
	PICTURES(1, 2, 6, 5);
}

TEST(the_last_screen_is_shown)
{
	for (uint32_t id = 1; id <= 3; id++)
		join(id);
	allow(2, SCREEN | SOURCE_BIT(SOURCE_SCREEN_SOUND));
	check_eq(lines[1][6].from, 2);
	check_eq(lines[1][2].from, 2);
	check_eq(lines[1][2].source, SOURCE_SCREEN_SOUND);
	allow(3, SCREEN);
	check_eq(lines[1][6].from, 3);
	check_eq(lines[3][6].from, 2);
	check_eq(lines[1][2].from, 2);
	allow(3, 0);
	check_eq(lines[1][6].from, 2);
}

TEST(only_the_ready_are_shown)
{
	struct room_peer_setup setup = fixture_setup(2, 2, 3);

	join(1);
	setup.allowed = MIC | CAM;
	check_eq(room_add_peer(room, 0, &setup), 0);
	drain();
	SOUNDS(1, 0, 0);
	room_set_ready(room, 0, setup.id, true);
	drain();
	SOUNDS(1, 2, 0);
	PICTURES(1, 2, 0, 0);
	room_set_ready(room, 0, setup.id, false);
	drain();
	SOUNDS(1, 0, 0);
	PICTURES(1, 0, 0, 0);
}

TEST(what_was_not_offered_is_not_shown)
{
	struct room_peer_setup setup = fixture_setup(2, 0, 0);

	join(1);
	setup.sources[SOURCE_CAMERA].offered = false;
	setup.n_slots = 0;
	check_eq(room_add_peer(room, 0, &setup), 0);
	room_set_ready(room, 0, setup.id, true);
	allow(2, MIC | CAM);
	SOUNDS(1, 2, 0);
	PICTURES(1, 0, 0, 0);
}

TEST(a_newcomer_is_told_all)
{
	join(1);
	join(2);
	allow(1, MIC | CAM | SCREEN);
	allow(2, MIC);
	facts = 0;
	join(3);
	check_eq(facts, 4);
	SOUNDS(3, 2, 1);
	PICTURES(3, 1, 0, 0);
	check_eq(lines[3][6].from, 1);
}

TEST(a_controller_that_adopts_is_told_all)
{
	typeof(lines) before;

	for (uint32_t id = 1; id <= 4; id++) {
		join(id);
		allow(id, MIC | CAM);
	}
	memcpy(before, lines, sizeof(lines));
	memset(lines, 0, sizeof(lines));
	facts = 0;
	room_repeat_slots(room);
	room_repeat_slots(room);
	drain();
	/* Each of four: two voices and three pictures. */
	check_eq(facts, 20);
	assert_memory_equal(before, lines, sizeof(lines));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(nobody_receives_himself, set_up, tear_down),
	cmocka_unit_test_setup_teardown(the_latest_voices_are_heard, set_up, tear_down),
	cmocka_unit_test_setup_teardown(rank_goes_before_the_latest, set_up, tear_down),
	cmocka_unit_test_setup_teardown(a_picture_keeps_its_line, set_up, tear_down),
	cmocka_unit_test_setup_teardown(the_last_screen_is_shown, set_up, tear_down),
	cmocka_unit_test_setup_teardown(only_the_ready_are_shown, set_up, tear_down),
	cmocka_unit_test_setup_teardown(what_was_not_offered_is_not_shown, set_up, tear_down),
	cmocka_unit_test_setup_teardown(a_newcomer_is_told_all, set_up, tear_down),
	cmocka_unit_test_setup_teardown(a_controller_that_adopts_is_told_all, set_up, tear_down),
};

RUN_TESTS(tests)
