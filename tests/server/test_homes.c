/* SPDX-License-Identifier: EUPL-1.2 */
/* Meetings on several media workers: where each lives, what one worker's death is to the others, and draining. In tests
 * only. Invariant: the people of a meeting are on one worker. */
#include "tests/server/stage.h"

#include "base/limits.h"
#include "server/hall/inside.h"

#define OTHER_CLERK 5		/* actors of a second meeting */
#define OTHER_CHAIR 6

static struct stage s;

/* Two meetings, everyone inside, two workers. */
static int open_stage(void **state)
{
	char link[256];

	(void)state;
	stage_open(&s, NULL);
	stage_demo(&s);
	stage_worker_up(&s, 0);
	stage_worker_up(&s, 1);
	stage_everyone_in(&s);
	check(stage_made(&s, "{\"verb\":\"demo\"}"));
	for (unsigned i = 0; i < 2; i++) {
		check(stage_field(s.answer, "link", i, link, sizeof(link)));
		memcpy(s.actors[OTHER_CLERK + i].link, strchr(link, '#') + 1, 44);
		actor_arrive(&s.actors[OTHER_CLERK + i]);
	}
	s.n_media = 0;
	return 0;
}

static int close_stage(void **state)
{
	(void)state;
	stage_close(&s);
	return 0;
}

static struct stage_media offer(unsigned actor)
{
	return actor_offers(&s.actors[actor]);
}

static void presented(unsigned worker)
{
	stage_worker_event(&s, worker, &(struct media_event){ .kind = MEDIA_PRESENT_END });
}

TEST(a_meeting_goes_to_the_least_loaded_worker_and_stays_there)
{
	check_eq(offer(CLERK).worker, 0);
	check_eq(offer(OTHER_CLERK).worker, 1);
	check_eq(offer(OTHER_CHAIR).worker, 1);
	/* Worker 1 has more people now; the first meeting stays where it is all the same, and comes back there. */
	for (unsigned i = CHAIR; i <= FATIMA; i++)
		check_eq(offer(i).worker, 0);
	check_eq(offer(CLERK).worker, 0);
	for (unsigned i = CLERK; i <= FATIMA; i++)
		actor_say(&s.actors[i], "{\"type\":\"leave\"}");
	check_eq(offer(OTHER_CLERK).worker, 1);
}

TEST(a_meeting_whose_people_are_gone_may_begin_elsewhere)
{
	struct hall_answer answer;

	check_eq(offer(CLERK).worker, 0);
	actor_say(&s.actors[CLERK], "{\"type\":\"leave\"}");
	check_eq(offer(OTHER_CLERK).worker, 0);
	check_eq(actor_resume(&s.actors[CLERK], &answer), 200);
	actor_connect(&s.actors[CLERK]);
	actor_hello(&s.actors[CLERK]);
	actor_say(&s.actors[CLERK], "{\"type\":\"join\"}");
	check_eq(offer(CLERK).worker, 1);
}

TEST(the_death_of_one_worker_is_nothing_to_the_meetings_of_others)
{
	uint64_t entries;

	offer(CLERK);
	offer(OTHER_CLERK);
	actor_forget(&s.actors[CLERK]);
	actor_forget(&s.actors[OTHER_CLERK]);
	stage_worker_down(&s, 0);
	actor_hears(&s.actors[CLERK], "media-lost", NULL);
	check_eq(s.actors[OTHER_CLERK].n_messages, 0);
	/* At once on the other one, until that is down as well. */
	check_eq(offer(CLERK).worker, 1);
	stage_worker_up(&s, 0);
	check_eq(offer(CHAIR).worker, 1);
	entries = s.hall->numbers.kinds[EVENT_MEDIA_RESTARTED];
	check_eq(entries, 1);
	stage_worker_down(&s, 1);
	check_eq(s.hall->numbers.kinds[EVENT_MEDIA_RESTARTED], entries + 2);
	actor_hears(&s.actors[OTHER_CLERK], "media-lost", NULL);
	check_eq(offer(OTHER_CLERK).worker, 0);
	stage_worker_down(&s, 0);
	actor_say(&s.actors[CLERK], STAGE_OFFER);
	actor_error(&s.actors[CLERK], "media-unavailable", "offer", NULL);
}

TEST(the_server_is_healthy_while_one_worker_is_ready)
{
	char why[128];
	struct writer w = writer(why, sizeof(why));

	stage_worker_down(&s, 0);
	check(hall_healthy(s.hall, &w));
	stage_worker_down(&s, 1);
	check(!hall_healthy(s.hall, &w));
	stage_worker_up(&s, 1);
	check(hall_healthy(s.hall, &w));
}

/* After a restart of ours, one of them was moved already: nobody is left where nobody else is. */
TEST(people_of_one_meeting_are_never_adopted_on_two_workers)
{
	struct stage_media of_clerk = offer(CLERK), of_chair = offer(CHAIR);
	struct media_event e = { .kind = MEDIA_PRESENT, .on = true, .meeting = of_clerk.meeting };

	stage_restart(&s);
	stage_worker_up(&s, 0);
	stage_worker_up(&s, 1);
	s.n_media = 0;
	e.peer = of_clerk.peer;
	e.seat = of_clerk.seat;
	stage_worker_event(&s, 0, &e);
	e.peer = of_chair.peer;
	e.seat = of_chair.seat;
	stage_worker_event(&s, 1, &e);
	check_eq(stage_media_hears(&s, MEDIA_REMOVE_PEER).peer.value, of_chair.peer.value);
	check(!stage_media_has(&s, MEDIA_REMOVE_PEER));
}

TEST(a_drained_worker_gets_no_new_meeting_and_ends_when_it_is_empty)
{
	check_eq(offer(CLERK).worker, 0);
	presented(0);
	presented(1);
	check(stage_made(&s, "{\"verb\":\"worker-drain\",\"worker\":0}"));
	check(strstr(s.answer, "\"meetings\":1,\"people\":1"));
	/* Worker 0 has as many as worker 1 will have, and yet … */
	check_eq(offer(OTHER_CLERK).worker, 1);
	check_eq(offer(OTHER_CHAIR).worker, 1);
	check_eq(offer(CHAIR).worker, 0);
	check(!stage_media_has(&s, MEDIA_END));
	check(stage_made(&s, "{\"verb\":\"worker-list\"}"));
	check(strstr(s.answer, "{\"number\":0,\"state\":\"draining\",\"ready\":true,\"port\":8443,\"meetings\":1,\"people\":2"));
	check(strstr(s.answer, "{\"number\":1,\"state\":\"ready\",\"ready\":true,\"port\":8443,\"meetings\":1,\"people\":2"));
	actor_say(&s.actors[CLERK], "{\"type\":\"leave\"}");
	check(!stage_media_has(&s, MEDIA_END));
	actor_say(&s.actors[CHAIR], "{\"type\":\"leave\"}");
	stage_drain(&s);
	check_eq(stage_media_hears(&s, MEDIA_END).worker, 0);
	check(!stage_media_has(&s, MEDIA_END));
	/* Nothing goes to one that ends; the fresh one is like any other. */
	stage_worker_down(&s, 0);
	stage_worker_up(&s, 0);
	presented(0);
	check(!stage_media_has(&s, MEDIA_END));
	check_eq(offer(JAN).worker, 0);
}

TEST(the_only_worker_is_drained_between_meetings)
{
	stage_worker_down(&s, 1);
	offer(CLERK);
	presented(0);
	check(stage_made(&s, "{\"verb\":\"worker-drain\",\"worker\":0}"));
	check_eq(offer(OTHER_CLERK).worker, 0);
	actor_say(&s.actors[CLERK], "{\"type\":\"leave\"}");
	stage_drain(&s);
	check(!stage_media_has(&s, MEDIA_END));
	actor_say(&s.actors[OTHER_CLERK], "{\"type\":\"leave\"}");
	stage_drain(&s);
	check_eq(stage_media_hears(&s, MEDIA_END).worker, 0);
	actor_say(&s.actors[CHAIR], STAGE_OFFER);
	actor_error(&s.actors[CHAIR], "media-unavailable", "offer", NULL);
}

/* It may know of people that it has not told of yet. */
TEST(a_worker_that_was_just_found_is_not_taken_for_empty)
{
	check(stage_made(&s, "{\"verb\":\"worker-drain\",\"worker\":1}"));
	stage_drain(&s);
	check(!stage_media_has(&s, MEDIA_END));
	presented(1);
	check_eq(stage_media_hears(&s, MEDIA_END).worker, 1);
}

TEST(what_is_not_running_is_not_drained)
{
	check(!stage_made(&s, "{\"verb\":\"worker-drain\",\"worker\":2}"));
	check(!stage_made(&s, "{\"verb\":\"worker-drain\",\"worker\":16}"));
	check(!stage_made(&s, "{\"verb\":\"worker-drain\",\"worker\":-1}"));
}

TEST(joining_is_measured_once)
{
	struct media_event e = { .kind = MEDIA_CONNECTED, .word = "AEAD_AES_128_GCM" };
	struct hall_numbers n;

	e.peer = offer(CLERK).peer;
	stage_pass(&s, MSEC(700));
	stage_worker_event(&s, 0, &e);
	e.peer = offer(CLERK).peer;
	stage_worker_event(&s, 0, &e);
	hall_count(s.hall, &n);
	for (int i = 0; i < HALL_JOIN_N; i++)
		check_eq(n.joining[i], i == 3);		/* over 0.5 s, up to 1 s */
	check_ge(n.joining_usec, MSEC(700));
	check_le(n.joining_usec, SECONDS(1));
	check_eq(n.kinds[EVENT_ENTERED] + n.kinds[EVENT_ADMITTED], n.joins);
}

#define T(name) cmocka_unit_test_setup_teardown(name, open_stage, close_stage)
static const struct CMUnitTest tests[] = {
	T(a_meeting_goes_to_the_least_loaded_worker_and_stays_there),
	T(a_meeting_whose_people_are_gone_may_begin_elsewhere),
	T(the_death_of_one_worker_is_nothing_to_the_meetings_of_others),
	T(the_server_is_healthy_while_one_worker_is_ready),
	T(people_of_one_meeting_are_never_adopted_on_two_workers),
	T(a_drained_worker_gets_no_new_meeting_and_ends_when_it_is_empty),
	T(the_only_worker_is_drained_between_meetings),
	T(a_worker_that_was_just_found_is_not_taken_for_empty),
	T(what_is_not_running_is_not_drained),
	T(joining_is_measured_once),
};

RUN_TESTS(tests)
