/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/rtp/ntp.h. Invariant: every value of the wire is tried at its ends (ATTACKS B18). */
#include "tests/support/check.h"

#include "sfu/rtp/ntp.h"

TEST(known_moments)
{
	check_eq(ntp_from_wall(0), (uint64_t)NTP_1970 << 32);
	check_eq(ntp_from_wall(500000), (uint64_t)NTP_1970 << 32 | 0x80000000);
	/* 7 February 2036, 06:28:16: the seconds of the first era are over */
	check_eq(ntp_from_wall(SECONDS(2085978496)), 0);
	check_eq(ntp_to_wall(0), SECONDS(2085978496));
}

TEST(there_and_back_loses_at_most_a_microsecond)
{
	for (usec_t wall = 1; wall < SECONDS(4200000000); wall = wall * 3 + 7) {
		usec_t back = ntp_to_wall(ntp_from_wall(wall));

		check(back == wall || back + 1 == wall);
	}
}

TEST(the_middle_is_seconds_and_fraction)
{
	check_eq(ntp_middle(0x0123456789abcdef), 0x456789ab);
	check_eq(ntp_middle_to_usec(0x10000), SECONDS(1));
	check_eq(ntp_middle_to_usec(0x8000), 500000);
	check_eq(ntp_middle_to_usec(UINT32_MAX), SECONDS(65536) - 16);
}

TEST(round_trips)
{
	usec_t trip = 42;

	check(ntp_round_trip(0x00050000, 0x00020000, 0x00028000, &trip));
	check_eq(trip, 500000);
	/* across the wrap of 18 hours */
	check(ntp_round_trip(0x00000100, 0xffffff00, 0x100, &trip));
	check_eq(trip, ntp_middle_to_usec(0x100));
	/* rounding may bring it below zero */
	check(ntp_round_trip(1000, 900, 101, &trip));
	check_eq(trip, 0);
}

TEST(lies_measure_nothing)
{
	static const uint32_t ends[] = { 0, 1, 0x7fffffff, 0x80000000, UINT32_MAX };
	usec_t trip = 42;

	check(!ntp_round_trip(1000, 0, 0, &trip));
	check(!ntp_round_trip(1000, 900, 100 + NTP_ROUNDING + 1, &trip));
	check_eq(trip, 42);
	for (unsigned i = 0; i < 5 * 5 * 5; i++) {
		if (ntp_round_trip(ends[i % 5], ends[i / 5 % 5], ends[i / 25], &trip))
			check_le(trip, SECONDS(32768));
	}
	for (unsigned i = 0; i < 5; i++)
		(void)ntp_to_wall((uint64_t)ends[i] << 32 | ends[4 - i]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(known_moments),
	cmocka_unit_test(there_and_back_loses_at_most_a_microsecond),
	cmocka_unit_test(the_middle_is_seconds_and_fraction),
	cmocka_unit_test(round_trips),
	cmocka_unit_test(lies_measure_nothing),
};

RUN_TESTS(tests)
