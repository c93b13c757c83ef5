/* SPDX-License-Identifier: EUPL-1.2 */
/* The made-up voice: what is like it, and what is not. */
#include "server/ctl/voice.h"

#include "tests/support/check.h"

static struct voice *voice;

static int setup(void **state __attribute__((unused)))
{
	return voice_new(&voice);
}

static int teardown(void **state __attribute__((unused)))
{
	voice = voice_free(voice);
	return 0;
}

TEST(whole_it_is_itself)
{
	for (unsigned i = 0; i < VOICE_FRAMES; i++)
		voice_heard(voice, i, voice_packet(voice, i));
	check(voice_likeness(voice) > 0.9);
}

TEST(one_lost_in_fifty_is_still_like_it)
{
	for (unsigned i = 0; i < VOICE_FRAMES; i++)
		if (i % 50 != 25)
			voice_heard(voice, i, voice_packet(voice, i));
	check(voice_likeness(voice) > 0.85);
}

TEST(silence_is_not_like_it)
{
	check(voice_likeness(voice) < 0.1);
}

/* Each packet is good Opus of the same voice, in another's place. */
TEST(shuffled_it_is_not_like_itself)
{
	for (unsigned i = 0; i < VOICE_FRAMES; i++)
		voice_heard(voice, i, voice_packet(voice, (i * 7 + 40) % VOICE_FRAMES));
	check(voice_likeness(voice) < 0.3);
}

TEST(spoilt_it_is_not_like_itself)
{
	uint8_t data[VOICE_PACKET];

	for (unsigned i = 0; i < VOICE_FRAMES; i++) {
		struct bytes packet = voice_packet(voice, i);

		for (size_t n = 0; n < packet.size; n++)
			data[n] = packet.data[n] ^ (n ? 0x5a : 0);
		voice_heard(voice, i, bytes_make(data, packet.size));
	}
	check(voice_likeness(voice) < 0.5);
}

TEST(what_has_no_place_is_not_heard)
{
	static const uint8_t large[VOICE_PACKET + 1];

	voice_heard(voice, VOICE_FRAMES, voice_packet(voice, 0));
	voice_heard(voice, UINT32_MAX, voice_packet(voice, 0));
	voice_heard(voice, 0, bytes_make(large, sizeof(large)));
	voice_heard(voice, 0, bytes_make(NULL, 0));
	check(voice_likeness(voice) < 0.1);
}

#define SPOKEN(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
	SPOKEN(whole_it_is_itself),
	SPOKEN(one_lost_in_fifty_is_still_like_it),
	SPOKEN(silence_is_not_like_it),
	SPOKEN(shuffled_it_is_not_like_itself),
	SPOKEN(spoilt_it_is_not_like_itself),
	SPOKEN(what_has_no_place_is_not_heard),
};

RUN_TESTS(tests)
