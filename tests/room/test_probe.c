/* SPDX-License-Identifier: EUPL-1.2 */
/* In tests only. Invariant: each probe is sent in steps, as the room does. */
#include "sfu/room/probe.h"
#include "tests/support/check.h"

#define SIZE 300

static usec_t now;

/* Sends it whole; over a line of `line` bit/s, losing every n-th (0 = none). How many were sent. */
static unsigned run(struct probe *p, uint32_t rate, uint64_t line, unsigned nth)
{
	int64_t free_at = 0;
	unsigned n = 0;

	probe_begin(p, now, rate);
	for (usec_t end = now + 2 * PROBE_SPAN; now < end; now += PROBE_STEP)
		while (probe_owes(p, now) >= SIZE) {
			probe_sent(p, now, SIZE);
			free_at = free_at > (int64_t)now ? free_at : (int64_t)now;
			free_at += (int64_t)(SIZE * 8 * SECONDS(1) / line);
			if (nth && n % nth == nth - 1)
				probe_lost(p);
			else
				probe_came(p, SIZE, free_at);
			n++;
		}
	return n;
}

TEST(it_is_sent_at_its_rate)
{
	struct probe p = { 0 };
	uint32_t found;
	unsigned sent;

	now = SECONDS(5);
	/* A hundred, and what the last step cannot split. */
	sent = run(&p, 2400000, 100000000, 0);
	check_ge(sent, 98);
	check_le(sent, 106);
	check(!p.sending);
	check_eq(probe_owes(&p, now), 0);
	check_eq(probe_end(&p, now, MSEC(50), 0, &found), PROBE_MORE);
	check_ge(found, 2200000);
	check_le(found, 2600000);
	/* Once. */
	check_eq(probe_end(&p, now, MSEC(50), 0, &found), PROBE_NOTHING);
}

TEST(a_full_line_says_what_it_carries)
{
	struct probe p = { 0 };
	uint32_t found;
	usec_t wait;

	now = SECONDS(5);
	run(&p, 2400000, 1200000, 0);
	check_eq(probe_end(&p, now, MSEC(50), 0, &found), PROBE_FULL);
	check_ge(found, 1150000);
	check_le(found, 1250000);
	wait = p.next - now;
	run(&p, 2400000, 1200000, 0);
	check_eq(probe_end(&p, now, MSEC(50), 0, &found), PROBE_FULL);
	check_eq(p.next - now, 2 * wait);
	/* After a good one soon. */
	run(&p, 1000000, 100000000, 0);
	check_eq(probe_end(&p, now, MSEC(50), 0, &found), PROBE_MORE);
	check(p.next - now < wait);
}

TEST(what_is_always_lost_is_no_sign_of_a_full_line)
{
	struct probe p = { 0 };
	uint32_t found;

	now = SECONDS(5);
	run(&p, 2400000, 100000000, 5);
	check_eq(probe_end(&p, now, MSEC(50), 0, &found), PROBE_FULL);
	run(&p, 2400000, 100000000, 5);
	check_eq(probe_end(&p, now, MSEC(50), 200, &found), PROBE_MORE);
	check_le(found, 2600000);
	/* Nothing came, or too little to tell. */
	run(&p, 2400000, 100000000, 1);
	check_eq(probe_end(&p, now, MSEC(50), 0, &found), PROBE_NOTHING);
	check(!p.open);
}

TEST(an_answer_that_never_comes_is_not_awaited_for_ever)
{
	struct probe p = { 0 };
	uint32_t found;

	now = SECONDS(5);
	probe_begin(&p, now, 1000000);
	probe_sent(&p, now, SIZE);
	now += PROBE_SPAN;
	check_eq(probe_owes(&p, now), 0);
	check_eq(probe_end(&p, now, MSEC(50), 0, &found), PROBE_NOTHING);
	check(p.open);
	check_eq(probe_end(&p, now + SECONDS(1), MSEC(50), 0, &found), PROBE_NOTHING);
	check(!p.open);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(it_is_sent_at_its_rate),
	cmocka_unit_test(a_full_line_says_what_it_carries),
	cmocka_unit_test(what_is_always_lost_is_no_sign_of_a_full_line),
	cmocka_unit_test(an_answer_that_never_comes_is_not_awaited_for_ever),
};

RUN_TESTS(tests)
