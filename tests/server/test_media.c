/* SPDX-License-Identifier: EUPL-1.2 */
/* What the hall asks of media workers and makes of their reports. In tests only.
 * Invariant: a worker is only ever asked for a peer of somebody inside. */
#include "tests/server/stage.h"

#define SOURCES(mic, cam) "{\"type\":\"sources\",\"microphone\":" mic ",\"camera\":" cam \
	",\"screen\":false,\"screen_sound\":false}"

static struct stage s;
static struct hall_answer answer;

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

static void event(enum media_event_kind kind, struct peer_id peer, bool on, const char *word)
{
	struct media_event e = { .kind = kind, .peer = peer, .on = on };

	if (word)
		memcpy(e.word, word, strlen(word));
	stage_media_event(&s, &e);
}

static void slot(struct peer_id peer, const char *mid, struct peer_id from, enum source_kind source)
{
	struct media_event e = { .kind = MEDIA_SLOT, .peer = peer, .from = from, .source = source };

	memcpy(e.mid, mid, strlen(mid));
	stage_media_event(&s, &e);
}

TEST(a_worker_is_configured_first)
{
	struct stage other;

	stage_open(&other, NULL);
	stage_media_up(&other);
	check_eq(other.media[0].kind, MEDIA_CONFIGURE);
	check_eq(other.n_media, 1);
	stage_close(&other);
}

TEST(an_offer_becomes_a_peer_and_an_answer)
{
	struct actor *jan = &s.actors[JAN];
	struct media_event e = { .kind = MEDIA_ANSWER, .sdp = bytes_of_string("v=0\r\n") };
	struct stage_media m;
	char expected[64];

	actor_say(jan, SOURCES("true", "false"));
	check(!s.n_media);
	actor_say(jan, STAGE_OFFER);
	m = stage_media_hears(&s, MEDIA_ADD_PEER);
	check(m.peer.value && m.meeting.value == 1 && m.seat);
	check_eq(m.sources, SOURCE_BIT(SOURCE_MICROPHONE));
	check_eq(m.rank, 1);
	check_eq(m.n_lines, 2);
	check_eq(m.sdp_size, 5);
	e.peer = m.peer;
	stage_media_event(&s, &e);
	snprintf(expected, sizeof(expected), "\"media\":\"%08x\",\"sdp\":\"v=0\\r\\n\"", m.peer.value);
	actor_hears(jan, "answer", expected);
}

TEST(a_new_offer_ends_the_connection_before_and_a_restart_does_not)
{
	struct actor *jan = &s.actors[JAN];
	struct peer_id first = actor_offers(jan).peer, second = actor_offers(jan).peer;
	char text[256];

	check(first.value != second.value);
	actor_say(jan, STAGE_OFFER);
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, second.value);
	second = stage_media_hears(&s, MEDIA_ADD_PEER).peer;
	snprintf(text, sizeof(text), "{\"type\":\"offer\",\"sdp\":\"v=0\",\"roles\":{},\"restart\":true,\"media\":\"%08x\"}",
		second.value);
	actor_say(jan, text);
	check_eq(stage_media_hears(&s, MEDIA_RESTART_ICE).peer.value, second.value);
	snprintf(text, sizeof(text), "{\"type\":\"offer\",\"sdp\":\"v=0\",\"roles\":{},\"restart\":true,\"media\":\"%08x\"}",
		first.value);
	actor_say(jan, text);
	actor_error(jan, "offer-refused", "offer", "media");
	actor_say(&s.actors[MARLEEN], text);		/* nor another's */
	actor_error(&s.actors[MARLEEN], "offer-refused", "offer", "media");
	check_eq(s.n_media, 0);
	event(MEDIA_REFUSED, second, false, "ice");
	actor_error(jan, "offer-refused", "offer", "ice");
	event(MEDIA_ANSWER, second, false, NULL);
	check(!actor_has(jan, "answer"));
}

TEST(nobody_outside_or_waiting_gets_a_peer)
{
	struct actor *jan = &s.actors[JAN];

	actor_say(jan, "{\"type\":\"leave\"}");
	check_eq(actor_resume(jan, &answer), 200);
	actor_connect(jan);
	actor_say(jan, STAGE_OFFER);
	check_eq(jan->closed, 1008);
	actor_connect(jan);
	actor_hello(jan);
	actor_say(jan, STAGE_OFFER);
	actor_error(jan, "wrong-phase", "offer", NULL);
	actor_say(jan, "{\"type\":\"join\"}");
	actor_say(jan, STAGE_OFFER);
	actor_error(jan, "wrong-phase", "offer", NULL);
	check_eq(s.n_media, 0);
}

TEST(sources_and_their_order_reach_the_worker)
{
	struct actor *chair = &s.actors[CHAIR], *jan = &s.actors[JAN], *marleen = &s.actors[MARLEEN];
	struct peer_id peer = actor_offers(jan).peer;
	uint32_t rank;

	(void)actor_offers(chair);
	(void)actor_offers(marleen);
	actor_say(chair, SOURCES("true", "false"));
	rank = stage_media_hears(&s, MEDIA_SET_RANK).rank;
	actor_say(jan, SOURCES("true", "true"));
	check_eq(s.media[0].sources, SOURCE_BIT(SOURCE_MICROPHONE) | SOURCE_BIT(SOURCE_CAMERA));
	check_eq(s.media[0].peer.value, peer.value);
	check(s.media[1].rank < rank);			/* the chair over others */
	rank = stage_media_hears(&s, MEDIA_SET_RANK).rank;
	actor_say(marleen, SOURCES("true", "false"));
	check(stage_media_hears(&s, MEDIA_SET_RANK).rank > rank);	/* then who opened last */
	actor_hears(marleen, "person", "\"sources\":{\"microphone\":true,\"camera\":true,\"screen\":false");
	actor_say(jan, SOURCES("true", "true"));		/* nothing new: nothing said */
	check_eq(s.n_media, 0);
	actor_say(jan, SOURCES("false", "false"));
	check_eq(stage_media_hears(&s, MEDIA_SET_SOURCES).sources, 0);
}

TEST(slots_are_named_by_person)
{
	struct actor *jan = &s.actors[JAN], *marleen = &s.actors[MARLEEN];
	struct peer_id of_jan = actor_offers(jan).peer, of_marleen = actor_offers(marleen).peer;

	slot(of_jan, "7", of_marleen, SOURCE_CAMERA);
	actor_hears(jan, "slots", "\"slots\":[{\"mid\":\"7\",\"person\":3,\"source\":\"camera\"}]");
	slot(of_jan, "8", of_jan, SOURCE_SCREEN_SOUND);
	actor_hears(jan, "slots", "{\"mid\":\"8\",\"person\":4,\"source\":\"screen-sound\"}]");
	slot(of_jan, "7", (struct peer_id){ 0 }, SOURCE_CAMERA);
	actor_hears(jan, "slots", "\"slots\":[{\"mid\":\"8\"");
	slot(of_jan, "9", (struct peer_id){ 77 }, SOURCE_CAMERA);	/* a peer that nobody knows */
	actor_hears(jan, "slots", "\"slots\":[{\"mid\":\"8\"");
	check(!actor_has(marleen, "slots"));
	for (int i = 0; i < 2 * LIMIT_SLOTS; i++) {
		char mid[8];

		snprintf(mid, sizeof(mid), "m%d", i);
		slot(of_jan, mid, of_marleen, SOURCE_CAMERA);
	}
}

TEST(heard_is_what_the_worker_says)
{
	struct actor *jan = &s.actors[JAN], *marleen = &s.actors[MARLEEN];
	struct peer_id peer = actor_offers(jan).peer;

	event(MEDIA_HEARD, peer, true, NULL);
	actor_hears(marleen, "person", "\"id\":4,\"name\":\"Jan Peeters\",\"office\":\"member\",\"party\":\"Lindebeke Vooruit\","
		"\"connection\":\"connected\",\"sources\":{\"microphone\":false,\"camera\":false,\"screen\":false,"
		"\"screen_sound\":false},\"heard\":true");
	event(MEDIA_HEARD, peer, true, NULL);
	check(!actor_has(marleen, "person"));
	event(MEDIA_GONE, peer, false, "closed");
	actor_hears(marleen, "person", "\"heard\":false");
	check(!actor_has(jan, "media-lost"));
}

TEST(a_peer_that_the_worker_gave_up_is_made_anew)
{
	struct actor *jan = &s.actors[JAN];

	event(MEDIA_GONE, actor_offers(jan).peer, false, "timeout");
	actor_hears(jan, "media-lost", NULL);
	event(MEDIA_GONE, actor_offers(jan).peer, false, "fingerprint");
	actor_error(jan, "offer-refused", "offer", "fingerprint");
	event(MEDIA_REFUSED, actor_offers(jan).peer, false, "no-ice");
	actor_error(jan, "offer-refused", "offer", "no-ice");
	(void)actor_offers(jan);
	check(!stage_media_has(&s, MEDIA_REMOVE_PEER));	/* the worker has none of them any more */
}

TEST(leaving_ends_media)
{
	struct peer_id peer = actor_offers(&s.actors[JAN]).peer;

	actor_say(&s.actors[JAN], "{\"type\":\"leave\"}");
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, peer.value);
	event(MEDIA_HEARD, peer, true, NULL);		/* too late to mean anything */
	check(!actor_has(&s.actors[MARLEEN], "person"));
}

TEST(transport_is_freed_after_a_minute_without_both)
{
	struct actor *jan = &s.actors[JAN];
	struct peer_id peer = actor_offers(jan).peer;

	actor_disconnect(jan);
	stage_pass(&s, MINUTES(10));			/* its media still flows */
	check(!stage_media_has(&s, MEDIA_REMOVE_PEER));
	event(MEDIA_SILENT, peer, true, NULL);
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, peer.value);

	peer = actor_offers(&s.actors[MARLEEN]).peer;
	event(MEDIA_SILENT, peer, true, NULL);		/* its WebSocket still answers */
	stage_pass(&s, MINUTES(10));
	check(!stage_media_has(&s, MEDIA_REMOVE_PEER));
	actor_disconnect(&s.actors[MARLEEN]);
	stage_pass(&s, SECONDS(59));
	check(!stage_media_has(&s, MEDIA_REMOVE_PEER));
	stage_pass(&s, SECONDS(1));
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, peer.value);
}

TEST(a_dead_worker_is_told_to_those_it_carried)
{
	struct actor *jan = &s.actors[JAN], *marleen = &s.actors[MARLEEN];

	event(MEDIA_HEARD, actor_offers(jan).peer, true, NULL);
	actor_forget(marleen);
	hall_media_down(s.hall, 0);
	stage_drain(&s);
	actor_hears(jan, "media-lost", NULL);
	actor_hears(marleen, "entry", "\"kind\":\"media-restarted\",\"by\":null");
	actor_hears(marleen, "person", "\"heard\":false");
	check(!actor_has(marleen, "media-lost"));
	actor_say(jan, STAGE_OFFER);
	actor_error(jan, "media-unavailable", "offer", NULL);
	stage_media_up(&s);
	s.n_media = 0;
	(void)actor_offers(jan);
	check_eq(s.n_media, 0);				/* nobody tells the new one about peers of the old */
}

TEST(a_restarted_hall_adopts_who_is_still_inside)
{
	struct actor *jan = &s.actors[JAN], *marleen = &s.actors[MARLEEN];
	struct stage_media of_jan, of_marleen;
	struct media_event e = { .kind = MEDIA_PRESENT, .on = true, .sources = SOURCE_BIT(SOURCE_MICROPHONE) };

	actor_say(jan, STAGE_OFFER);
	of_jan = stage_media_hears(&s, MEDIA_ADD_PEER);
	actor_say(marleen, STAGE_OFFER);
	of_marleen = stage_media_hears(&s, MEDIA_ADD_PEER);
	actor_say(marleen, "{\"type\":\"leave\"}");
	stage_restart(&s);
	stage_media_up(&s);
	s.n_media = 0;
	e.peer = of_jan.peer;
	e.meeting = of_jan.meeting;
	e.seat = of_jan.seat;
	stage_media_event(&s, &e);
	check_eq(stage_media_hears(&s, MEDIA_SET_RANK).peer.value, of_jan.peer.value);
	check(!stage_media_has(&s, MEDIA_REMOVE_PEER));
	slot(of_jan.peer, "3", of_jan.peer, SOURCE_CAMERA);

	e.peer = of_marleen.peer;
	e.seat = of_marleen.seat;
	stage_media_event(&s, &e);
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, of_marleen.peer.value);
	e.peer.value = 4711;				/* a second one of the same seat */
	e.seat = of_jan.seat;
	stage_media_event(&s, &e);
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, 4711);
	e.peer.value = 4712;
	e.seat = 999;
	stage_media_event(&s, &e);
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, 4712);

	check_eq(actor_resume(jan, &answer), 200);
	actor_connect(jan);
	actor_hello(jan);
	char expected[256];
	snprintf(expected, sizeof(expected), "\"slots\":[{\"mid\":\"3\",\"person\":4,\"source\":\"camera\"}],\"media\":\"%08x\","
		"\"sources\":{\"microphone\":true,", of_jan.peer.value);
	actor_hears(jan, "state", expected);
}

TEST(a_worker_can_break_nothing)
{
	struct media_event e = { .kind = MEDIA_PRESENT };

	(void)actor_offers(&s.actors[JAN]);
	for (int kind = 0; kind < 40; kind++) {
		for (unsigned worker = 0; worker < 40; worker++) {
			e.kind = (enum media_event_kind)kind;
			e.peer.value = worker;
			e.source = (enum source_kind)kind;
			memset(e.mid, 'x', sizeof(e.mid) - 1);
			hall_media_event(s.hall, worker, &e);
			stage_drain(&s);
		}
	}
	hall_media_down(s.hall, 99);
	hall_media_up(s.hall, 99);
	actor_say(&s.actors[JAN], SOURCES("true", "true"));
	actor_hears(&s.actors[JAN], "person", "\"camera\":true");
}

TEST(peers_are_capped)
{
	struct media_event e = { .kind = MEDIA_PRESENT };

	for (unsigned i = 0; i < LIMIT_PEERS + 10; i++) {
		hall_set_time(s.hall, s.now, s.wall);
		e.peer.value = i + 1;
		hall_media_event(s.hall, 0, &e);
	}
	actor_say(&s.actors[JAN], STAGE_OFFER);
	actor_error(&s.actors[JAN], "media-unavailable", "offer", NULL);
	actor_say(&s.actors[JAN], STAGE_OFFER);		/* the orphans were removed at the commit */
	check(stage_media_has(&s, MEDIA_ADD_PEER));
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_worker_is_configured_first),
	ON_STAGE(an_offer_becomes_a_peer_and_an_answer),
	ON_STAGE(a_new_offer_ends_the_connection_before_and_a_restart_does_not),
	ON_STAGE(nobody_outside_or_waiting_gets_a_peer),
	ON_STAGE(sources_and_their_order_reach_the_worker),
	ON_STAGE(slots_are_named_by_person),
	ON_STAGE(heard_is_what_the_worker_says),
	ON_STAGE(a_peer_that_the_worker_gave_up_is_made_anew),
	ON_STAGE(leaving_ends_media),
	ON_STAGE(transport_is_freed_after_a_minute_without_both),
	ON_STAGE(a_dead_worker_is_told_to_those_it_carried),
	ON_STAGE(a_restarted_hall_adopts_who_is_still_inside),
	ON_STAGE(a_worker_can_break_nothing),
	ON_STAGE(peers_are_capped),
};

RUN_TESTS(tests)
