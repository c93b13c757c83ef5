/* SPDX-License-Identifier: EUPL-1.2 */
/* How large somebody draws what they receive, and which layers of one's own somebody watches: on its way through the
 * hall. In tests only. Invariant: no word of it stands in the proceedings, nor reaches anybody else. */
#include "tests/server/stage.h"

#include "base/limits.h"
#include "server/hall/inside.h"

#define LAYOUT(lines) "{\"type\":\"layout\",\"lines\":[" lines "]}"
#define LARGE "{\"mid\":\"12\",\"width\":1920,\"height\":1080}"
#define HIDDEN "{\"mid\":\"13\",\"width\":0,\"height\":0}"

static struct stage s;

static int open_stage(void **state)
{
	(void)state;
	stage_open_inside(&s);
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&s);
	return 0;
}

static const struct meeting *the_meeting(void)
{
	return list_first(&s.hall->meetings, struct meeting, in_hall);
}

static void watched(struct peer_id peer, enum source_kind source, uint32_t layers)
{
	stage_media_event(&s, &(struct media_event){ .kind = MEDIA_WATCHED, .peer = peer, .source = source,
		.layers = layers });
}

TEST(a_layout_reaches_the_worker_and_nobody_else)
{
	struct peer_id peer = actor_offers(&s.actors[JAN]).peer;
	uint32_t entries = the_meeting()->fold->seq;
	struct stage_media m;

	for (int i = CLERK; i <= FATIMA; i++)
		actor_forget(&s.actors[i]);
	actor_say(&s.actors[JAN], LAYOUT(LARGE "," HIDDEN));
	m = stage_media_hears(&s, MEDIA_SET_LAYOUT);
	check_eq(m.peer.value, peer.value);
	check_eq(m.n_wishes, 2);
	check_text(m.wishes[0].mid, "12");
	check_eq(m.wishes[0].width, 1920);
	check_eq(m.wishes[0].height, 1080);
	check_text(m.wishes[1].mid, "13");
	check_eq(m.wishes[1].width, 0);
	check_eq(the_meeting()->fold->seq, entries);
	for (int i = CLERK; i <= FATIMA; i++)
		check_eq(s.actors[i].n_messages, 0);
}

TEST(without_a_media_connection_a_layout_means_nothing)
{
	actor_say(&s.actors[JAN], LAYOUT(LARGE));
	check_eq(s.n_media, 0);
	check_eq(s.actors[JAN].n_messages, 0);
	(void)actor_offers(&s.actors[JAN]);
	check_eq(s.n_media, 0);		/* it is not kept for the next one */
}

TEST(who_is_not_inside_has_no_layout)
{
	struct hall_answer answer;

	actor_say(&s.actors[JAN], "{\"type\":\"leave\"}");
	check_eq(actor_resume(&s.actors[JAN], &answer), 200);
	actor_connect(&s.actors[JAN]);
	actor_hello(&s.actors[JAN]);
	actor_say(&s.actors[JAN], LAYOUT(LARGE));
	actor_error(&s.actors[JAN], "wrong-phase", "layout", NULL);
	check(!stage_media_has(&s, MEDIA_SET_LAYOUT));
}

TEST(layouts_have_a_pace)
{
	struct actor *jan = &s.actors[JAN];

	(void)actor_offers(jan);
	for (int i = 0; i < LIMIT_LAYOUTS_BURST; i++)
		actor_say(jan, LAYOUT(LARGE));
	check_eq(jan->closed, 0);
	check_eq(s.n_media, LIMIT_LAYOUTS_BURST);
	stage_pass(&s, SECONDS(1));
	s.n_media = 0;
	for (int i = 0; i < LIMIT_LAYOUTS_PER_SECOND; i++)
		actor_say(jan, LAYOUT(LARGE));
	check_eq(jan->closed, 0);
	check_eq(s.n_media, LIMIT_LAYOUTS_PER_SECOND);
	actor_say(jan, LAYOUT(LARGE));
	check_eq(s.n_media, LIMIT_LAYOUTS_PER_SECOND);
	actor_error(jan, "slow-down", NULL, NULL);
	check_eq(jan->closed, 1008);
}

TEST(the_sender_alone_is_told_which_layers_are_watched)
{
	struct actor *jan = &s.actors[JAN];
	struct peer_id peer = actor_offers(jan).peer;

	for (int i = CLERK; i <= FATIMA; i++)
		actor_forget(&s.actors[i]);
	watched(peer, SOURCE_CAMERA, 5);
	check_text(actor_hears(jan, "watched", NULL), "{\"type\":\"watched\",\"camera\":[1,3],\"screen\":[1,2,3]}");
	watched(peer, SOURCE_CAMERA, 5);		/* that is known */
	check_eq(jan->n_messages, 0);
	watched(peer, SOURCE_SCREEN, 0);
	check_text(actor_hears(jan, "watched", NULL), "{\"type\":\"watched\",\"camera\":[1,3],\"screen\":[]}");
	watched((struct peer_id){ 4711 }, SOURCE_SCREEN, 1);
	for (int i = CLERK; i <= FATIMA; i++)
		check_eq(s.actors[i].n_messages, 0);
}

TEST(who_comes_back_is_told_again_and_who_connects_anew_starts_with_all)
{
	struct actor *jan = &s.actors[JAN];
	struct hall_answer answer;

	watched(actor_offers(jan).peer, SOURCE_CAMERA, 1);
	check_eq(actor_resume(jan, &answer), 200);
	actor_connect(jan);
	actor_hello(jan);
	check(strstr(actor_hears(jan, "state", NULL), "\"media\":\""));
	check_text(actor_hears(jan, "watched", NULL), "{\"type\":\"watched\",\"camera\":[1],\"screen\":[1,2,3]}");
	watched(actor_offers(jan).peer, SOURCE_CAMERA, 2);
	check_text(actor_hears(jan, "watched", NULL), "{\"type\":\"watched\",\"camera\":[2],\"screen\":[1,2,3]}");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(a_layout_reaches_the_worker_and_nobody_else, open_stage, close_stage),
	cmocka_unit_test_setup_teardown(without_a_media_connection_a_layout_means_nothing, open_stage, close_stage),
	cmocka_unit_test_setup_teardown(who_is_not_inside_has_no_layout, open_stage, close_stage),
	cmocka_unit_test_setup_teardown(layouts_have_a_pace, open_stage, close_stage),
	cmocka_unit_test_setup_teardown(the_sender_alone_is_told_which_layers_are_watched, open_stage, close_stage),
	cmocka_unit_test_setup_teardown(who_comes_back_is_told_again_and_who_connects_anew_starts_with_all, open_stage,
		close_stage),
};

RUN_TESTS(tests)
