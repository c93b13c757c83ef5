/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/throttle.c: how far a thousand guesses come (ATTACKS D03). In tests only. Invariant: time is only counted. */
#include "auth/throttle.h"

#include <errno.h>

#include "base/limits.h"
#include "base/mem.h"
#include "tests/support/check.h"

#define START SECONDS(1000)

static struct address source_of(unsigned n)
{
	char text[ADDRESS_TEXT_SIZE];
	struct address a;

	(void)snprintf(text, sizeof(text), "10.%u.%u.%u", n >> 16 & 255, n >> 8 & 255, n & 255);
	check(address_parse_ip(&a, text));
	return a;
}

static struct bytes account_of(unsigned n, char text[static 32])
{
	(void)snprintf(text, 32, "member-%u@council.example", n);
	return bytes_of_string(text);
}

static struct throttle *throttle(void)
{
	struct throttle *t = NULL;

	check_eq(throttle_new(&t), 0);
	return t;
}

/* Tries until each of n attempts was let through; the time that took. What varies is numbered from 0 on. */
static usec_t time_for(struct throttle *t, unsigned n, bool many_accounts, bool many_sources)
{
	usec_t now = START, wait;
	char text[32];

	for (unsigned i = 0; i < n; i++) {
		struct address source = source_of(many_sources ? i : 0);
		struct bytes account = account_of(many_accounts ? i : 0, text);

		while ((wait = throttle_ask(t, now, account, &source)) > 0) {
			check_eq(throttle_ask(t, now + wait - 1, account, &source), 1);	/* not a microsecond early */
			now += wait;
		}
	}
	return now - START;
}

TEST(D03_a_thousand_guesses_on_one_account)
{
	struct throttle *t = throttle();

	/* From as many sources: all but the burst wait a minute each. */
	check_eq(time_for(t, 1000, false, true), (1000 - THROTTLE_ACCOUNT_BURST) * THROTTLE_ACCOUNT_EVERY);
	throttle_free(t);
}

TEST(D03_a_thousand_accounts_from_one_source)
{
	struct throttle *t = throttle();

	check_eq(time_for(t, 1000, true, false), (1000 - THROTTLE_SOURCE_BURST) * THROTTLE_SOURCE_EVERY);
	throttle_free(t);
}

TEST(D03_a_thousand_accounts_from_as_many_sources)
{
	struct throttle *t = throttle();

	check_eq(time_for(t, 1000, true, true), (1000 - THROTTLE_ALL_BURST) * THROTTLE_ALL_EVERY);
	throttle_free(t);
}

TEST(D06_the_sixth_guess_waits)
{
	struct throttle *t = throttle();
	struct address source = source_of(1);
	struct bytes account = bytes_of_string("an@council.example");

	for (int i = 0; i < 5; i++)
		check_eq(throttle_ask(t, START, account, &source), 0);
	check_eq(throttle_ask(t, START, account, &source), THROTTLE_ACCOUNT_EVERY);
	throttle_free(t);
}

TEST(who_is_right_waits_for_nobody_at_home)
{
	struct throttle *t = throttle();
	struct address hall = source_of(1);
	char text[32];

	/* Fifty members of one town hall, over and over, within a second. */
	for (unsigned i = 0; i < 5000; i++) {
		struct bytes account = account_of(i % 50, text);

		check_eq(throttle_ask(t, START, account, &hall), 0);
		throttle_forgive(t, START, account, &hall);
	}
	throttle_free(t);
}

TEST(fifty_at_once_from_one_source)
{
	struct throttle *t = throttle();
	struct address hall = source_of(1);
	char text[32];

	for (unsigned i = 0; i < 50; i++)
		check_eq(throttle_ask(t, START, account_of(i, text), &hall), 0);
	throttle_free(t);
}

TEST(being_right_does_not_wash_away_what_was_wrong)
{
	struct throttle *t = throttle();
	struct address source = source_of(1);
	struct bytes account = bytes_of_string("an@council.example");
	int guesses = 0;

	while (throttle_ask(t, START, account, &source) == 0) {
		guesses++;
		check_eq(throttle_ask(t, START, bytes_of_string("own@council.example"), &source), 0);
		throttle_forgive(t, START, bytes_of_string("own@council.example"), &source);
	}
	check_eq(guesses, THROTTLE_ACCOUNT_BURST);
	throttle_free(t);
}

TEST(nobody_saves_up)
{
	struct throttle *t = throttle();
	struct address source = source_of(1);
	struct bytes account = bytes_of_string("an@council.example");
	int guesses = 0;

	for (int i = 0; i < 100; i++)
		throttle_forgive(t, START, account, &source);
	while (throttle_ask(t, START + SECONDS(86400), account, &source) == 0)
		guesses++;
	check_eq(guesses, THROTTLE_ACCOUNT_BURST);
	throttle_free(t);
}

TEST(what_is_refused_is_not_counted)
{
	struct throttle *t = throttle();
	struct address source = source_of(1), other = source_of(2);
	struct bytes account = bytes_of_string("an@council.example");
	char text[32];

	for (int i = 0; i < 5; i++)
		check_eq(throttle_ask(t, START, account, &source), 0);
	for (int i = 0; i < 10000; i++)
		check(throttle_ask(t, START, account, &other) > 0);
	check_eq(throttle_ask(t, START + THROTTLE_ACCOUNT_EVERY, account, &source), 0);
	/* The other source has all of its burst yet. */
	for (unsigned i = 0; i < THROTTLE_SOURCE_BURST; i++)
		check_eq(throttle_ask(t, START + THROTTLE_ACCOUNT_EVERY, account_of(i, text), &other), 0);
	throttle_free(t);
}

TEST(one_ipv6_network_is_one_source)
{
	struct throttle *t = throttle();
	struct address source;
	char text[64], account[32];
	unsigned let = 0;

	for (unsigned i = 0; i < 200; i++) {
		(void)snprintf(text, sizeof(text), "2001:db8:0:1::%x", i + 1);
		check(address_parse_ip(&source, text));
		let += throttle_ask(t, START, account_of(i, account), &source) == 0;
	}
	check_eq(let, THROTTLE_SOURCE_BURST);
	check(address_parse_ip(&source, "2001:db8:0:2::1"));
	check_eq(throttle_ask(t, START, bytes_of_string("x"), &source), 0);
	throttle_free(t);
}

TEST(the_tables_are_bounded_and_the_oldest_goes_first)
{
	struct throttle *t = throttle();
	usec_t now = START;
	char text[32];

	(void)mem_fail_at(0, 0);
	for (unsigned i = 0; i < 3 * LIMIT_THROTTLE_KEYS; i++, now += THROTTLE_ALL_EVERY) {
		struct address source = source_of(i);

		check_eq(throttle_ask(t, now, account_of(i, text), &source), 0);
	}
	check_eq(mem_fail_at(0, 0), 0);
	throttle_free(t);
}

TEST(a_flood_of_names_frees_nobody_early)
{
	struct throttle *t = throttle();
	struct address source = source_of(1);
	struct bytes account = bytes_of_string("an@council.example");
	usec_t now = START, wait;
	unsigned others = 0;
	char text[32];

	for (int i = 0; i < 5; i++)
		check_eq(throttle_ask(t, now, account, &source), 0);
	/* To push it out of the table takes longer than all of its waits together. */
	while (now < START + THROTTLE_ACCOUNT_BURST * THROTTLE_ACCOUNT_EVERY) {
		struct address another = source_of(1000 + others);

		wait = throttle_ask(t, now, account_of(others++, text), &another);
		now += wait;
	}
	check(others < LIMIT_THROTTLE_KEYS);
	throttle_free(t);
}

TEST(long_names_differ_by_their_beginning_and_length)
{
	struct throttle *t = throttle();
	struct address source = source_of(1);
	char name[LIMIT_EMAIL + 100];

	memset(name, 'a', sizeof(name));
	for (int i = 0; i < 5; i++)
		check_eq(throttle_ask(t, START, bytes_make(name, sizeof(name)), &source), 0);
	check(throttle_ask(t, START, bytes_make(name, sizeof(name)), &source) > 0);
	check_eq(throttle_ask(t, START, bytes_make(name, LIMIT_EMAIL), &source), 0);
	check_eq(throttle_ask(t, START, bytes_make(NULL, 0), &source), 0);
	throttle_free(t);
}

/* By a seat or by who is signed in, whose numbers are not the same people's; nothing that was refused is counted. */
TEST(what_costs_is_rationed_to_each_for_themselves)
{
	struct throttle *t = throttle();
	usec_t now = START;

	for (unsigned i = 0; i < THROTTLE_COSTLY_BURST; i++)
		check_eq(throttle_ask_costly(t, now, THROTTLE_SEAT, 7), 0);
	for (unsigned i = 0; i < 100; i++)
		check_eq(throttle_ask_costly(t, now, THROTTLE_SEAT, 7), THROTTLE_COSTLY_EVERY);
	check_eq(throttle_ask_costly(t, now, THROTTLE_SEAT, 8), 0);
	check_eq(throttle_ask_costly(t, now, THROTTLE_SIGNED_IN, 7), 0);
	now += THROTTLE_COSTLY_EVERY - 1;
	check_eq(throttle_ask_costly(t, now, THROTTLE_SEAT, 7), 1);
	check_eq(throttle_ask_costly(t, now + 1, THROTTLE_SEAT, 7), 0);
	check_eq(throttle_ask_costly(t, now + 1, THROTTLE_SEAT, 7), THROTTLE_COSTLY_EVERY);
	for (unsigned i = 0; i < THROTTLE_RESUME_BURST; i++)
		check_eq(throttle_ask_costly(t, now, THROTTLE_RESUMING, 7), 0);
	check_eq(throttle_ask_costly(t, now, THROTTLE_RESUMING, 7), THROTTLE_RESUME_EVERY);
	check_eq(throttle_ask_costly(t, now, THROTTLE_RESUMING, 8), 0);
	throttle_free(t);
}

TEST(says_so_when_memory_is_short)
{
	struct throttle *t = NULL;

	for (unsigned long n = 1; n <= 7; n++) {
		(void)mem_fail_at(n, 0);
		check_eq(throttle_new(&t), -ENOMEM);
	}
	(void)mem_fail_at(0, 0);
	check(!t);
	check(!throttle_free(NULL));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(D03_a_thousand_guesses_on_one_account),
	cmocka_unit_test(D03_a_thousand_accounts_from_one_source),
	cmocka_unit_test(D03_a_thousand_accounts_from_as_many_sources),
	cmocka_unit_test(D06_the_sixth_guess_waits),
	cmocka_unit_test(who_is_right_waits_for_nobody_at_home),
	cmocka_unit_test(fifty_at_once_from_one_source),
	cmocka_unit_test(being_right_does_not_wash_away_what_was_wrong),
	cmocka_unit_test(nobody_saves_up),
	cmocka_unit_test(what_is_refused_is_not_counted),
	cmocka_unit_test(one_ipv6_network_is_one_source),
	cmocka_unit_test(the_tables_are_bounded_and_the_oldest_goes_first),
	cmocka_unit_test(a_flood_of_names_frees_nobody_early),
	cmocka_unit_test(long_names_differ_by_their_beginning_and_length),
	cmocka_unit_test(what_costs_is_rationed_to_each_for_themselves),
	cmocka_unit_test(says_so_when_memory_is_short),
};

RUN_TESTS(tests)
