/* SPDX-License-Identifier: EUPL-1.2 */
/* server/hall/presence.c: spans and seconds, as the events make them. In tests only. */
#include "server/hall/presence.h"

#include <errno.h>

#include "tests/support/check.h"

#define JAN 3
#define ELS 4
#define START SECONDS(1000000)

static struct fold *fold;
static struct presence presence;
static usec_t now;

/* So many seconds after the last. */
static void happens(unsigned seconds, struct event e)
{
	now += SECONDS(seconds);
	e.seq = fold->seq + 1;
	e.wall = now;
	fold_apply(fold, &e, now);
	check_eq(presence_take(&presence, fold, now), 0);
}

static int set_up(void **state)
{
	(void)state;
	check_eq(fold_new(&fold), 0);
	memset(&presence, 0, sizeof(presence));
	now = START;
	happens(0, (struct event){ .kind = EVENT_MEETING_CREATED });
	for (uint32_t i = 1; i <= ELS; i++)
		happens(0, (struct event){ .kind = EVENT_INVITED, .who = i });
	happens(0, (struct event){ .kind = EVENT_ITEM_CREATED, .item = 1, .note = NOTE_AS_CLOSED });
	happens(0, (struct event){ .kind = EVENT_ITEM_CREATED, .item = 2, .note = NOTE_AS_CLOSED });
	happens(0, (struct event){ .kind = EVENT_MEETING_OPENED, .by = 1 });
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	presence_done(&presence);
	fold = fold_free(fold);
	return 0;
}

static void check_span(size_t n, enum span_kind kind, uint32_t of, unsigned from, unsigned to)
{
	const struct span *span = &presence.spans[n];

	check_ge(presence.n_spans, n + 1);
	check_eq(span->kind, kind);
	check_eq(span->of, of);
	check_eq(span->from, START + SECONDS(from));
	check_eq(span->to, to ? START + SECONDS(to) : 0);
}

TEST(who_comes_and_goes_has_a_span_for_each_time)
{
	happens(10, (struct event){ .kind = EVENT_ENTERED, .by = 1 });
	happens(10, (struct event){ .kind = EVENT_ADMITTED, .by = 1, .who = JAN });
	happens(10, (struct event){ .kind = EVENT_LOST, .who = JAN });
	happens(5, (struct event){ .kind = EVENT_RETURNED, .who = JAN });
	happens(5, (struct event){ .kind = EVENT_LEFT, .by = JAN });
	check_eq(presence.n_spans, 3);
	check_span(0, SPAN_PERSON, 1, 10, 0);
	check_span(1, SPAN_PERSON, JAN, 20, 30);
	check_span(2, SPAN_PERSON, JAN, 35, 40);
}

/* Only while both were so: the item open, and they there. */
TEST(an_item_counts_who_was_there_while_it_was_open)
{
	happens(0, (struct event){ .kind = EVENT_ENTERED, .by = 1 });
	happens(0, (struct event){ .kind = EVENT_ADMITTED, .by = 1, .who = JAN });
	happens(100, (struct event){ .kind = EVENT_ITEM_OPENED, .by = 1, .item = 1 });
	happens(20, (struct event){ .kind = EVENT_ADMITTED, .by = 1, .who = ELS });
	happens(10, (struct event){ .kind = EVENT_LOST, .who = JAN });
	happens(30, (struct event){ .kind = EVENT_ITEM_CLOSED, .by = 1, .item = 1 });
	happens(200, (struct event){ .kind = EVENT_ITEM_OPENED, .by = 1, .item = 2 });
	happens(7, (struct event){ .kind = EVENT_ITEM_CLOSED, .by = 1, .item = 2 });
	check_eq(presence.milliseconds[1][1], 60000);
	check_eq(presence.milliseconds[1][JAN], 30000);
	check_eq(presence.milliseconds[1][ELS], 40000);
	check_eq(presence.milliseconds[2][1], 7000);
	check_eq(presence.milliseconds[2][JAN], 0);
	check_eq(presence.milliseconds[2][ELS], 7000);
}

TEST(who_is_out_for_an_item_is_not_there)
{
	happens(0, (struct event){ .kind = EVENT_ENTERED, .by = 1 });
	happens(0, (struct event){ .kind = EVENT_ADMITTED, .by = 1, .who = JAN });
	happens(0, (struct event){ .kind = EVENT_RECUSED, .by = JAN, .who = JAN, .item = 1 });
	happens(10, (struct event){ .kind = EVENT_ITEM_OPENED, .by = 1, .item = 1 });
	happens(50, (struct event){ .kind = EVENT_ITEM_CLOSED, .by = 1, .item = 1 });
	check_eq(presence.milliseconds[1][1], 50000);
	check_eq(presence.milliseconds[1][JAN], 0);
	check_span(1, SPAN_PERSON, JAN, 0, 10);
	check_eq(presence.spans[presence.n_spans - 1].of, JAN);
	check_span(presence.n_spans - 1, SPAN_PERSON, JAN, 60, 0);
}

TEST(doors_have_spans_of_their_own)
{
	happens(0, (struct event){ .kind = EVENT_ENTERED, .by = 1 });
	happens(10, (struct event){ .kind = EVENT_ITEM_OPENED, .by = 1, .item = 1 });
	happens(5, (struct event){ .kind = EVENT_DOORS_ANNOUNCED, .by = 1, .item = 1 });
	happens(10, (struct event){ .kind = EVENT_DOORS_OPENED, .item = 1 });
	happens(20, (struct event){ .kind = EVENT_DOORS_CLOSED, .by = 1, .item = 1 });
	happens(5, (struct event){ .kind = EVENT_ITEM_CLOSED, .by = 1, .item = 1 });
	check_eq(presence.n_spans, 3);
	check_span(1, SPAN_ITEM, 1, 10, 50);
	check_span(2, SPAN_DOORS, 1, 25, 45);
}

TEST(no_memory_is_said_and_many_spans_are_kept)
{
	mem_fail_at(1, 0);
	now += SECONDS(1);
	fold->people[JAN].inside = true;
	check_eq(presence_take(&presence, fold, now), -ENOMEM);
	(void)mem_fail_at(0, 0);
	for (int i = 0; i < 300; i++) {
		fold->people[JAN].inside = i % 2 == 0;
		check_eq(presence_take(&presence, fold, now += SECONDS(1)), 0);
	}
	check_eq(presence.n_spans, 150);
	for (size_t i = 0; i < presence.n_spans; i++)
		check_eq(presence.spans[i].to - presence.spans[i].from, SECONDS(1));
}

#define TEST_UP(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	TEST_UP(who_comes_and_goes_has_a_span_for_each_time),
	TEST_UP(an_item_counts_who_was_there_while_it_was_open),
	TEST_UP(who_is_out_for_an_item_is_not_there),
	TEST_UP(doors_have_spans_of_their_own),
	TEST_UP(no_memory_is_said_and_many_spans_are_kept),
};

RUN_TESTS(tests)
