/* SPDX-License-Identifier: EUPL-1.2 */
/* In tests only. Invariant: what is missing is asked for at the right moments and not for ever. */
#include "sfu/room/missing.h"
#include "tests/support/check.h"

static uint16_t asked[LIMIT_MISSING];

TEST(a_gap_is_asked_for_after_a_grace)
{
	struct missing m = { 0 };

	check_eq(missing_deadline(&m), USEC_NEVER);
	check(missing_add(&m, 65535, 65538, 1000));
	check_eq(missing_deadline(&m), 1000 + MISSING_GRACE);
	check_eq(missing_take(&m, 1000 + MISSING_GRACE - 1, MSEC(50), asked), 0);
	check_eq(missing_take(&m, 1000 + MISSING_GRACE, MSEC(50), asked), 3);
	check_eq(asked[0], 65535);
	check_eq(asked[1], 0);
	check_eq(asked[2], 1);
	check_eq(missing_deadline(&m), 1000 + MISSING_GRACE + MSEC(50));
}

TEST(what_comes_is_asked_for_no_more)
{
	struct missing m = { 0 };

	check(missing_add(&m, 10, 13, 0));
	check(missing_remove(&m, 11));
	check(!missing_remove(&m, 11));
	check(!missing_remove(&m, 13));
	check_eq(missing_take(&m, MSEC(10), 0, asked), 2);
	check_eq(asked[0], 10);
	check_eq(asked[1], 12);
}

TEST(ten_times_a_round_trip_apart)
{
	static const usec_t round_trips[] = { 0, MSEC(5), MSEC(20), MSEC(40) };

	for (size_t i = 0; i < sizeof(round_trips) / sizeof(round_trips[0]); i++) {
		struct missing m = { 0 };
		usec_t last = 0;
		unsigned n = 0;

		check(missing_add(&m, 7, 8, 0));
		for (usec_t now = 0; now < MISSING_PATIENCE; now += MSEC(1)) {
			if (!missing_take(&m, now, round_trips[i], asked))
				continue;
			check(!n || now - last >= round_trips[i]);
			check(!n || now - last >= MISSING_PACE);
			last = now;
			n++;
		}
		check_eq(n, LIMIT_NACK_TRIES);
		check_eq(missing_deadline(&m), MISSING_PATIENCE);
		check_eq(missing_give_up(&m, MISSING_PATIENCE - 1), 0);
		check_eq(missing_give_up(&m, MISSING_PATIENCE), 1);
		check_eq(missing_deadline(&m), USEC_NEVER);
	}
}

TEST(too_large_a_gap_is_given_up_whole)
{
	struct missing m = { 0 };

	check(missing_add(&m, 0, LIMIT_MISSING - 1, 0));
	check(missing_add(&m, LIMIT_MISSING, LIMIT_MISSING + 1, 0));
	check_eq(m.count, LIMIT_MISSING);
	check(!missing_add(&m, 1000, 1001, 0));
	check_eq(m.count, 0);
	check(!missing_add(&m, 0, INT64_C(1) << 40, 0));
}

TEST(sound_is_forgotten_sooner)
{
	struct missing m = { .sound = true };

	check(missing_add(&m, 7, 8, 0));
	check(!missing_asked(&m, 7));
	check_eq(missing_take(&m, MISSING_GRACE, MSEC(60), asked), 1);
	check(missing_asked(&m, 7));
	check(!missing_asked(&m, 8));
	check_eq(missing_give_up(&m, MISSING_PATIENCE_SOUND - 1), 0);
	/* Asked for three times: at 10, 70 and 130 ms. */
	check_eq(missing_take(&m, MSEC(70), MSEC(60), asked), 1);
	check_eq(missing_take(&m, MSEC(130), MSEC(60), asked), 1);
	check_eq(missing_take(&m, MSEC(189), MSEC(60), asked), 0);
	check_eq(missing_give_up(&m, MISSING_PATIENCE_SOUND), 1);
	check_eq(missing_deadline(&m), USEC_NEVER);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_gap_is_asked_for_after_a_grace),
	cmocka_unit_test(what_comes_is_asked_for_no_more),
	cmocka_unit_test(ten_times_a_round_trip_apart),
	cmocka_unit_test(too_large_a_gap_is_given_up_whole),
	cmocka_unit_test(sound_is_forgotten_sooner),
};

RUN_TESTS(tests)
