/* SPDX-License-Identifier: EUPL-1.2 */
/* The doctor's participant with nobody at the other end, in virtual time. (With a server: tests/ctl/sound.py.) */
#include "server/ctl/sound_client.h"

#include <errno.h>

#include "tests/support/check.h"

#define FINGERPRINT "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"
#define ANSWER(fingerprint) "v=0\r\na=ice-ufrag:abcdefgh\r\na=ice-pwd:0123456789abcdef01234567\r\n" \
	"a=fingerprint:sha-256 " fingerprint "\r\n"

static struct sound_client *client;

static int setup(void **state __attribute__((unused)))
{
	return sound_client_new(&client);
}

static int teardown(void **state __attribute__((unused)))
{
	client = sound_client_free(client);
	return 0;
}

TEST(offer_is_of_sound_alone)
{
	char text[SOUND_OFFER + 1] = "";
	struct writer w = writer(text, SOUND_OFFER);

	sound_client_offer(client, &w);
	check(w.ok);
	check(strstr(text, "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"));
	check(!strstr(text, "m=video"));
	check(strstr(text, "a=sendrecv\r\n"));
	check(strstr(text, "opus/48000/2\r\n"));
}

TEST(what_is_no_answer_begins_nothing)
{
	static const char *const texts[] = {
		"", "v=0\r\n", ANSWER(""), ANSWER("00:11"), ANSWER(FINGERPRINT ":00"),
		ANSWER("0g:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"),
		ANSWER("00-11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"),
		"a=ice-ufrag:\r\na=ice-pwd:x\r\na=fingerprint:sha-256 " FINGERPRINT "\r\n",
		"x a=ice-ufrag:a\r\na=ice-pwd:x\r\na=fingerprint:sha-256 " FINGERPRINT "\r\n",
	};
	struct bytes data;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		check(!sound_client_begin(client, 0, texts[i]));
	check_eq(sound_client_deadline(client), USEC_NEVER);
	check(!sound_client_poll(client, 0, &data));
}

TEST(nobody_there_is_unreachable_after_three_seconds)
{
	struct bytes data;
	unsigned checks = 0;
	usec_t now = 0;

	check(sound_client_begin(client, now, ANSWER(FINGERPRINT)));
	while (sound_client_end(client) == SOUND_GOES_ON) {
		while (sound_client_poll(client, now, &data))
			checks++;
		check(sound_client_deadline(client) > now);
		now = sound_client_deadline(client);
		sound_client_timeout(client, now);
	}
	check_eq(sound_client_end(client), SOUND_UNREACHABLE);
	check_eq(now, SECONDS(3));
	check(checks >= 10);
}

/* Whatever comes from strangers is not taken for an answer. */
TEST(strangers_are_not_heard)
{
	uint8_t stun[20] = { 1, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 }, rtp[40] = { 0x80, 111 };

	check(sound_client_begin(client, 0, ANSWER(FINGERPRINT)));
	sound_client_receive(client, 0, stun, sizeof(stun));
	sound_client_receive(client, 0, rtp, sizeof(rtp));
	sound_client_timeout(client, SECONDS(3));
	check_eq(sound_client_end(client), SOUND_UNREACHABLE);
}

TEST(without_memory_there_is_none)
{
	struct sound_client *c = NULL;
	unsigned long n = 0;
	int r;

	do {
		mem_fail_at(++n, false);
		r = sound_client_new(&c);
		mem_fail_at(0, false);
		check(r == 0 ? c != NULL : r == -ENOMEM && !c);
	} while (r < 0);
	check(n > 3);
	sound_client_free(c);
}

#define WITH_CLIENT(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
	WITH_CLIENT(offer_is_of_sound_alone),
	WITH_CLIENT(what_is_no_answer_begins_nothing),
	WITH_CLIENT(nobody_there_is_unreachable_after_three_seconds),
	WITH_CLIENT(strangers_are_not_heard),
	cmocka_unit_test(without_memory_there_is_none),
};

RUN_TESTS(tests)
