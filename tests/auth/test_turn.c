/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/turn.c. In tests only. Invariant: the expected tag was computed by another program (Python's hmac). */
#include "auth/turn.h"

#include "tests/support/check.h"

TEST(a_login_is_the_relays_convention)
{
	static const uint8_t tag[HMAC_SHA1_SIZE] = {
		0x52, 0xd2, 0x05, 0xdb, 0x18, 0x3b, 0x71, 0x06, 0xcf, 0x8a, 0xcf, 0x7c, 0x5f, 0x07, 0xa6, 0xf5,
		0xf9, 0x96, 0xf0, 0xfc,
	};
	struct turn t = { .secret = "north and south, east and west", .secret_size = 30 };
	struct turn_login login, later;

	check(turn_login(&t, SECONDS(1111111109), 7, 3, &login));
	check_text(login.username, "1111197509:7-3");		/* a day on; no name */
	assert_memory_equal(login.tag, tag, sizeof(tag));
	check(turn_login(&t, SECONDS(1111111110), 7, 3, &later));
	check(memcmp(login.tag, later.tag, sizeof(tag)) != 0);
	check(turn_login(&t, UINT64_MAX - TURN_LASTS, UINT32_MAX, UINT32_MAX, &later));
	check(strlen(later.username) < TURN_USERNAME_SIZE);
}

TEST(urls)
{
	static const char *const good[] = {
		"turn:192.0.2.1", "turn:turn.example.org:3478", "turns:turn.example.org:443?transport=tcp",
		"turn:[2001:db8::1]:3478?transport=udp",
	};
	static const char *const bad[] = {
		"", "turn:", "turns:", "stun:a", "https://a", "turn:a?transport=sctp", "turn:a?x", "turn:a b",
		"turn:a\"", "turn://a", "turn:a?transport=tcp ", "Turn:a",
	};
	char longest[TURN_URL_SIZE + 1] = "turn:";

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		check(turn_is_url(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check(!turn_is_url(bad[i]));
	memset(longest + 5, 'a', TURN_URL_SIZE - 5);
	check(!turn_is_url(longest));
	longest[TURN_URL_SIZE - 1] = 0;
	check(turn_is_url(longest));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_login_is_the_relays_convention),
	cmocka_unit_test(urls),
};

RUN_TESTS(tests)
