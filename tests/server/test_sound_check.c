/* SPDX-License-Identifier: EUPL-1.2 */
/* Sound checks on their way through the hall. In tests only.
 * Invariant: what a worker is asked for is an echo, in no meeting; nobody but who asked hears a word of it. */
#include "tests/server/stage.h"

#include "base/limits.h"
#include "server/hall/sound_check.h"

#define CHECK "{\"type\":\"sound-check\",\"sdp\":\"v=0\\r\\n\"}"
#define VERB_CHECK(worker) "{\"verb\":\"sound-check\",\"worker\":" worker ",\"sdp\":\"v=0\\r\\n\"}"

static struct stage s;
static struct actor *const jan = &s.actors[JAN], *const clerk = &s.actors[CLERK];

/* The clerk is inside, Jan waits. */
static int open_stage(void **state)
{
	(void)state;
	memset(&s, 0, sizeof(s));
	stage_open(&s, NULL);
	stage_demo(&s);
	stage_media_up(&s);
	actor_arrive(clerk);
	actor_arrive(jan);
	actor_forget(clerk);
	s.n_media = 0;
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

static void answer(struct peer_id peer)
{
	stage_media_event(&s, &(struct media_event){ .kind = MEDIA_ANSWER, .peer = peer,
		.sdp = bytes_of_string("v=0\r\na=echo\r\n") });
}

static void gone(struct peer_id peer, const char *word)
{
	struct media_event e = { .kind = MEDIA_GONE, .peer = peer };

	memcpy(e.word, word, strlen(word));
	stage_media_event(&s, &e);
}

static struct peer_id begins(struct actor *a)
{
	actor_say(a, CHECK);
	return stage_media_hears(&s, MEDIA_ADD_PEER).peer;
}

TEST(who_waits_hears_themselves)
{
	uint32_t entries = the_meeting()->fold->seq;
	struct stage_media m;

	actor_say(jan, CHECK);
	m = stage_media_hears(&s, MEDIA_ADD_PEER);
	check(m.echo);
	check_eq(m.meeting.value, 0);
	check_eq(m.seat, 0);
	check_eq(m.sources, SOURCE_BIT(SOURCE_MICROPHONE));
	check_eq(m.sdp_size, 5);
	answer(m.peer);
	actor_hears(jan, "sound-check-answer", "a=echo");
	/* Of what the worker tells besides, nobody hears. */
	stage_media_event(&s, &(struct media_event){ .kind = MEDIA_CONNECTED, .peer = m.peer });
	stage_media_event(&s, &(struct media_event){ .kind = MEDIA_HEARD, .peer = m.peer, .on = true });
	stage_media_event(&s, &(struct media_event){ .kind = MEDIA_SLOT, .peer = m.peer, .from = m.peer, .mid = "0" });
	gone(m.peer, "over");
	check_eq(jan->n_messages, 0);
	check_eq(clerk->n_messages, 0);
	check_eq(the_meeting()->fold->seq, entries);
	check_eq(feed_count(s.hall, 0), 0);
	check_eq(feed_home(s.hall, the_meeting()), -1);
	check_eq(sound_check_count(s.hall, 0), 0);
}

TEST(who_is_inside_has_none)
{
	actor_say(clerk, CHECK);
	actor_error(clerk, "wrong-phase", "sound-check", NULL);
	check(!stage_media_has(&s, MEDIA_ADD_PEER));
}

TEST(it_goes_with_the_lobby)
{
	struct peer_id peer = begins(jan);

	actor_say(clerk, "{\"type\":\"admit\",\"person\":4}");
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, peer.value);
	actor_hears(jan, "state", NULL);
	answer(peer);			/* it crossed */
	check(!actor_has(jan, "sound-check-answer"));
	check(!stage_media_has(&s, MEDIA_REMOVE_PEER));
}

TEST(it_goes_with_its_connection)
{
	struct peer_id peer = begins(jan);

	actor_disconnect(jan);
	stage_drain(&s);
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, peer.value);
}

TEST(a_seat_has_one)
{
	struct peer_id first = begins(jan);
	struct stage_media m;

	actor_say(jan, CHECK);
	m = stage_media_hears(&s, MEDIA_REMOVE_PEER);
	check_eq(m.peer.value, first.value);
	m = stage_media_hears(&s, MEDIA_ADD_PEER);
	check(m.peer.value != first.value);
	answer(first);
	check(!actor_has(jan, "sound-check-answer"));
	answer(m.peer);
	actor_hears(jan, "sound-check-answer", NULL);
	check_eq(sound_check_count(s.hall, 0), 1);
}

TEST(it_has_a_pace)
{
	struct hall_answer unused;

	for (int i = 0; i < LIMIT_SOUND_CHECKS_BURST; i++)
		(void)begins(jan);
	actor_say(jan, CHECK);
	actor_error(jan, "too-many", "sound-check", NULL);
	check_eq(jan->closed, 0);
	actor_disconnect(jan);		/* coming back begins nothing anew */
	check_eq(actor_resume(jan, &unused), 200);
	actor_connect(jan);
	actor_hello(jan);
	actor_say(jan, CHECK);
	actor_error(jan, "too-many", "sound-check", NULL);
	stage_pass(&s, SECONDS(60) / LIMIT_SOUND_CHECKS_PER_MINUTE);
	s.n_media = 0;
	(void)begins(jan);
}

TEST(a_worker_has_so_many)
{
	for (int i = 0; i < LIMIT_ECHOES; i++)
		check(stage_made(&s, VERB_CHECK("0")));
	check(!stage_made(&s, VERB_CHECK("0")));
	actor_say(jan, CHECK);
	actor_error(jan, "too-many", "sound-check", NULL);
	stage_pass(&s, SECONDS(LIMIT_ECHO_SECONDS + 5));	/* whatever its worker says */
	s.n_media = 0;
	(void)begins(jan);
	check_eq(sound_check_count(s.hall, 0), 1);
}

TEST(trouble_is_told)
{
	struct peer_id peer = begins(jan);

	stage_media_event(&s, &(struct media_event){ .kind = MEDIA_REFUSED, .peer = peer, .word = "echo-lines" });
	actor_error(jan, "offer-refused", "sound-check", "echo-lines");
	gone(begins(jan), "handshake");
	actor_error(jan, "offer-refused", "sound-check", "handshake");
	(void)begins(jan);
	stage_worker_down(&s, 0);
	actor_error(jan, "media-unavailable", "sound-check", "down");
	check_eq(sound_check_count(s.hall, 0), 0);
	stage_pass(&s, SECONDS(60));
	actor_say(jan, CHECK);
	actor_error(jan, "media-unavailable", "sound-check", NULL);
}

TEST(a_commit_that_fails_ends_it)
{
	struct peer_id peer = begins(jan);

	db_refuse_commits(s.db, 1);
	actor_say(clerk, "{\"type\":\"end\",\"reason\":{\"code\":\"agreed\"}}");
	actor_error(jan, "media-unavailable", "sound-check", NULL);
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, peer.value);
	db_refuse_commits(s.db, 0);
	check_eq(sound_check_count(s.hall, 0), 0);
}

/* The removal that was thrown away is said again. */
TEST(an_admission_that_fails_ends_it)
{
	struct peer_id peer = begins(jan);

	db_refuse_commits(s.db, 1);
	actor_say(clerk, "{\"type\":\"admit\",\"person\":4}");
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, peer.value);
	check(!stage_media_has(&s, MEDIA_REMOVE_PEER));
	db_refuse_commits(s.db, 0);
}

/* A worker that outlived conclaved may have one: nobody knows it any more. */
TEST(one_of_before_is_removed)
{
	stage_media_event(&s, &(struct media_event){ .kind = MEDIA_PRESENT, .peer = { 77 }, .on = true });
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, 77);
}

TEST(a_drained_worker_waits_for_it)
{
	struct peer_id peer = begins(jan);

	stage_media_event(&s, &(struct media_event){ .kind = MEDIA_PRESENT_END });
	check(stage_made(&s, "{\"verb\":\"worker-drain\",\"worker\":0}"));
	check(!stage_media_has(&s, MEDIA_END));
	gone(peer, "over");
	check(stage_media_has(&s, MEDIA_END));
}

TEST(conclavectl_fetches_its_own)
{
	char id[MEDIA_ID_SIZE], request[96];
	struct stage_media m;

	check(stage_made(&s, VERB_CHECK("0")));
	check(strstr(s.answer, "\"port\":8443"));
	check(stage_field(s.answer, "check", 0, id, sizeof(id)));
	m = stage_media_hears(&s, MEDIA_ADD_PEER);
	check(m.echo);
	(void)snprintf(request, sizeof(request), "{\"verb\":\"sound-check-answer\",\"check\":\"%s\"}", id);
	check(stage_made(&s, request));
	check(strstr(s.answer, "\"sdp\":null,\"over\":null"));
	answer(m.peer);
	check(stage_made(&s, request));
	check(strstr(s.answer, "a=echo"));
	gone(m.peer, "over");
	check(stage_made(&s, request));
	check(strstr(s.answer, "\"over\":\"over\""));
	stage_pass(&s, SECONDS(LIMIT_ECHO_SECONDS + 5));
	check(!stage_made(&s, request));
	check(!stage_made(&s, VERB_CHECK("3")));
	check(!stage_made(&s, VERB_CHECK("16")));
}

TEST(conclavectl_has_nobody_elses)
{
	struct peer_id peer = begins(jan);
	char id[MEDIA_ID_SIZE], request[96];

	feed_print_id(peer, id);
	(void)snprintf(request, sizeof(request), "{\"verb\":\"sound-check-answer\",\"check\":\"%s\"}", id);
	answer(peer);
	check(!stage_made(&s, request));
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

static const struct CMUnitTest tests[] = {
	ON_STAGE(who_waits_hears_themselves),
	ON_STAGE(who_is_inside_has_none),
	ON_STAGE(it_goes_with_the_lobby),
	ON_STAGE(it_goes_with_its_connection),
	ON_STAGE(a_seat_has_one),
	ON_STAGE(it_has_a_pace),
	ON_STAGE(a_worker_has_so_many),
	ON_STAGE(trouble_is_told),
	ON_STAGE(a_commit_that_fails_ends_it),
	ON_STAGE(an_admission_that_fails_ends_it),
	ON_STAGE(one_of_before_is_removed),
	ON_STAGE(a_drained_worker_waits_for_it),
	ON_STAGE(conclavectl_fetches_its_own),
	ON_STAGE(conclavectl_has_nobody_elses),
};

RUN_TESTS(tests)
