/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/passkey.c: signing in with a passkey, and every way in which it must not succeed (ATTACKS D07). In tests only.
 * Invariant: each refusal differs from an accepted ceremony in one thing. */
#include "tests/auth/ceremony.h"
#include "tests/support/check.h"

static const int algorithms[] = { -7, -8, -257 };

static void begin(struct ceremony *c)
{
	ceremony_init(c, -7);
	check_eq(ceremony_register(c), PASSKEY_OK);
}

TEST(each_algorithm_registers_and_signs_in)
{
	struct ceremony c;

	for (size_t i = 0; i < 3; i++) {
		ceremony_init(&c, algorithms[i]);
		check_eq(passkey_algorithms[i], algorithms[i]);
		check_eq(ceremony_register(&c), PASSKEY_OK);
		check_bytes(bytes_make(c.passkey.id, c.passkey.id_size), c.device.id, c.device.id_size);
		check_eq(c.passkey.counter, 1);
		check(!c.passkey.backup_eligible && !c.passkey.backed_up);
		check_eq(ceremony_sign_in(&c), PASSKEY_OK);
		check_eq(c.passkey.counter, 2);
		check_eq(ceremony_sign_in(&c), PASSKEY_OK);
		ceremony_done(&c);
	}
}

TEST(a_second_port_is_an_origin_of_its_own)
{
	struct ceremony c;

	begin(&c);
	c.device.origin = "https://council.example:8443";
	check_eq(ceremony_sign_in(&c), PASSKEY_OK);
	ceremony_done(&c);
}

TEST(D07_wrong_origin)
{
	static const char *const origins[] = {
		"https://evil.example", "http://council.example", "https://council.example.evil.example", "null", "",
		"https://council.example:443", "https://council.exampl", "https://council.example/",
		"https://Council.example",
	};
	struct ceremony c;

	begin(&c);
	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
		c.device.origin = origins[i];
		check_eq(ceremony_sign_in(&c), PASSKEY_ORIGIN);
	}
	ceremony_done(&c);
}

TEST(D07_inside_of_anothers_frame)
{
	struct ceremony c;

	begin(&c);
	c.device.more = ",\"crossOrigin\":true";
	check_eq(ceremony_sign_in(&c), PASSKEY_ORIGIN);
	c.device.more = ",\"crossOrigin\":false,\"topOrigin\":\"https://evil.example\"";
	check_eq(ceremony_sign_in(&c), PASSKEY_ORIGIN);
	c.device.more = "";
	check_eq(ceremony_sign_in(&c), PASSKEY_OK);
	ceremony_done(&c);
}

TEST(D07_wrong_type)
{
	struct ceremony c;

	begin(&c);
	c.device.type = "webauthn.create";
	check_eq(ceremony_sign_in(&c), PASSKEY_TYPE);
	c.device.type = "payment.get";
	check_eq(ceremony_sign_in(&c), PASSKEY_TYPE);
	ceremony_done(&c);
}

TEST(D07_challenge_reused)
{
	struct ceremony c;

	begin(&c);
	check_eq(ceremony_sign_in(&c), PASSKEY_OK);
	check_eq(ceremony_sign_in_said(&c), PASSKEY_COUNTER);
	/* And without a counter to tell, or with a later count under the same challenge. */
	device_assert(&c.device, c.challenge.text, &c.said);
	check_eq(ceremony_sign_in_said(&c), PASSKEY_USED);
	ceremony_done(&c);
}

TEST(a_refused_ceremony_uses_nothing_up)
{
	struct ceremony c;

	begin(&c);
	c.device.flags = 0;
	check_eq(ceremony_sign_in(&c), PASSKEY_NOT_PRESENT);
	c.device.flags = DEVICE_UP | DEVICE_UV;
	device_assert(&c.device, c.challenge.text, &c.said);
	check_eq(ceremony_sign_in_said(&c), PASSKEY_OK);
	ceremony_done(&c);
}

TEST(D07_challenge_of_another_session_purpose_or_server)
{
	struct ceremony c;

	begin(&c);
	ceremony_begin(&c, CHALLENGE_SIGN_IN);
	device_assert(&c.device, c.challenge.text, &c.said);
	c.expected.binding = bytes_of_string("another");
	check_eq(ceremony_sign_in_said(&c), PASSKEY_CHALLENGE);
	c.expected.binding = bytes_of_string("session");
	c.expected.purpose = CHALLENGE_CONFIRM;
	check_eq(ceremony_sign_in_said(&c), PASSKEY_CHALLENGE);
	c.expected.purpose = CHALLENGE_SIGN_IN;
	c.party.key[0] ^= 1;
	check_eq(ceremony_sign_in_said(&c), PASSKEY_CHALLENGE);
	c.party.key[0] ^= 1;
	check_eq(ceremony_sign_in_said(&c), PASSKEY_OK);
	ceremony_done(&c);
}

TEST(D07_challenge_expired)
{
	struct ceremony c;

	begin(&c);
	ceremony_begin(&c, CHALLENGE_SIGN_IN);
	device_assert(&c.device, c.challenge.text, &c.said);
	c.expected.now += CHALLENGE_LIFE;
	check_eq(ceremony_sign_in_said(&c), PASSKEY_EXPIRED);
	c.expected.now -= 1;
	check_eq(ceremony_sign_in_said(&c), PASSKEY_OK);
	ceremony_done(&c);
}

TEST(D07_wrong_party)
{
	struct ceremony c;

	begin(&c);
	c.device.party = "evil.example";
	check_eq(ceremony_sign_in(&c), PASSKEY_PARTY);
	ceremony_done(&c);
}

TEST(D07_nobody_present_or_not_verified)
{
	struct ceremony c;

	begin(&c);
	c.device.flags = DEVICE_UV;
	check_eq(ceremony_sign_in(&c), PASSKEY_NOT_PRESENT);
	c.device.flags = DEVICE_UP;
	check_eq(ceremony_sign_in(&c), PASSKEY_NOT_VERIFIED);
	c.expected.verify = false;
	check_eq(ceremony_sign_in(&c), PASSKEY_OK);
	ceremony_done(&c);
}

TEST(D07_every_bit_of_the_signature_counts)
{
	struct ceremony c;

	for (size_t a = 0; a < 3; a++) {
		ceremony_init(&c, algorithms[a]);
		check_eq(ceremony_register(&c), PASSKEY_OK);
		ceremony_begin(&c, CHALLENGE_SIGN_IN);
		device_assert(&c.device, c.challenge.text, &c.said);
		for (size_t i = 0; i < c.said.signature.size * 8; i++) {
			c.said.signature_bytes[i / 8] ^= (uint8_t)(1u << i % 8);
			check_eq(ceremony_sign_in_said(&c), PASSKEY_SIGNATURE);
			c.said.signature_bytes[i / 8] ^= (uint8_t)(1u << i % 8);
		}
		for (size_t n = 0; n < c.said.signature.size; n++) {
			struct device_said cut = c.said;

			c.said.signature.size = n;
			check_eq(ceremony_sign_in_said(&c), PASSKEY_SIGNATURE);
			c.said.signature = cut.signature;
		}
		check_eq(ceremony_sign_in_said(&c), PASSKEY_OK);
		ceremony_done(&c);
	}
}

TEST(D07_every_bit_of_what_is_signed_counts)
{
	struct ceremony c;

	begin(&c);
	ceremony_begin(&c, CHALLENGE_SIGN_IN);
	device_assert(&c.device, c.challenge.text, &c.said);
	for (size_t i = 0; i < c.said.data.size * 8; i++) {
		c.said.data_bytes[i / 8] ^= (uint8_t)(1u << i % 8);
		check(ceremony_sign_in_said(&c) != PASSKEY_OK);
		c.said.data_bytes[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (size_t i = 0; i < c.said.client.size * 8; i++) {
		c.said.client_bytes[i / 8] ^= (uint8_t)(1u << i % 8);
		check(ceremony_sign_in_said(&c) != PASSKEY_OK);
		c.said.client_bytes[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	check_eq(ceremony_sign_in_said(&c), PASSKEY_OK);
	ceremony_done(&c);
}

TEST(D07_unknown_credential)
{
	struct ceremony c;

	begin(&c);
	c.device.id[0] ^= 1;
	check_eq(ceremony_sign_in(&c), PASSKEY_ID);
	c.device.id[0] ^= 1;
	c.device.id_size--;
	check_eq(ceremony_sign_in(&c), PASSKEY_ID);
	ceremony_done(&c);
}

TEST(D07_another_users_credential)
{
	struct passkey_assertion a;
	struct ceremony c;

	begin(&c);
	ceremony_begin(&c, CHALLENGE_SIGN_IN);
	device_assert(&c.device, c.challenge.text, &c.said);
	a = (struct passkey_assertion){
		.id = bytes_make(c.device.id, c.device.id_size), .client_data = c.said.client,
		.authenticator_data = c.said.data, .signature = c.said.signature,
		.user_handle = bytes_of_string("user-2"),
	};
	check_eq(passkey_assert(&c.party, &c.expected, &a, bytes_of_string(CEREMONY_USER), &c.passkey), PASSKEY_USER);
	a.user_handle = bytes_make(NULL, 0);	/* a key without a screen keeps no names */
	check_eq(passkey_assert(&c.party, &c.expected, &a, bytes_of_string(CEREMONY_USER), &c.passkey), PASSKEY_OK);
	ceremony_done(&c);
}

TEST(D07_counter_goes_back)
{
	struct ceremony c;

	begin(&c);
	c.device.counter = 8;
	check_eq(ceremony_sign_in(&c), PASSKEY_OK);
	check_eq(c.passkey.counter, 9);
	c.device.counter = 8;		/* it says 9 again */
	check_eq(ceremony_sign_in(&c), PASSKEY_COUNTER);
	c.device.counter = UINT32_MAX;	/* it says 0 */
	check_eq(ceremony_sign_in(&c), PASSKEY_COUNTER);
	check_eq(c.passkey.counter, 9);
	ceremony_done(&c);
}

TEST(who_does_not_count_is_not_asked_to)
{
	struct ceremony c;

	ceremony_init(&c, -7);
	c.device.counter = 0;
	check_eq(ceremony_register(&c), PASSKEY_OK);
	for (int i = 0; i < 3; i++) {
		c.device.counter = UINT32_MAX;
		check_eq(ceremony_sign_in(&c), PASSKEY_OK);
	}
	c.device.counter = 4;		/* begins to count: from now on it must */
	check_eq(ceremony_sign_in(&c), PASSKEY_OK);
	c.device.counter = UINT32_MAX;
	check_eq(ceremony_sign_in(&c), PASSKEY_COUNTER);
	ceremony_done(&c);
}

TEST(D07_backed_up_though_it_cannot_be)
{
	struct ceremony c;

	begin(&c);
	c.device.flags |= DEVICE_BS;
	check_eq(ceremony_sign_in(&c), PASSKEY_BACKUP);
	c.device.flags |= DEVICE_BE;	/* it was registered as one that cannot */
	check_eq(ceremony_sign_in(&c), PASSKEY_BACKUP);
	ceremony_done(&c);
	ceremony_init(&c, -7);
	c.device.flags |= DEVICE_BE;
	check_eq(ceremony_register(&c), PASSKEY_OK);
	check(c.passkey.backup_eligible && !c.passkey.backed_up);
	c.device.flags |= DEVICE_BS;
	check_eq(ceremony_sign_in(&c), PASSKEY_OK);
	check(c.passkey.backed_up);
	ceremony_done(&c);
}

TEST(client_data_is_read_strictly)
{
	static const char *const wrong[] = {
		",\"type\":\"webauthn.get\"", ",\"origin\":\"https://council.example\"", ",\"crossOrigin\":1",
		",\"crossOrigin\":\"false\"", ",\"a\":\"\\u0000\"", ",\"a\":", ",\"a\":1}x", ",\"a\":\"\xff\"",
	};
	struct ceremony c;

	begin(&c);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		c.device.more = wrong[i];
		check_eq(ceremony_sign_in(&c), PASSKEY_CLIENT_DATA);
	}
	c.device.more = ",\"other_keys_can_be_added_here\":\"do not compare clientDataJSON against a template\"";
	check_eq(ceremony_sign_in(&c), PASSKEY_OK);
	ceremony_done(&c);
}

TEST(client_data_that_is_long_or_deep_is_refused)
{
	static char deep[LIMIT_CLIENT_DATA + 2];
	struct ceremony c;

	begin(&c);
	ceremony_begin(&c, CHALLENGE_SIGN_IN);
	device_assert(&c.device, c.challenge.text, &c.said);
	memset(deep, '[', sizeof(deep));
	c.said.client = bytes_make(deep, LIMIT_CLIENT_DATA);
	check_eq(ceremony_sign_in_said(&c), PASSKEY_CLIENT_DATA);
	memset(deep, ' ', sizeof(deep));
	memcpy(deep, c.said.client_bytes, 100);
	c.said.client = bytes_make(deep, LIMIT_CLIENT_DATA + 1);
	check_eq(ceremony_sign_in_said(&c), PASSKEY_CLIENT_DATA);
	c.said.client = bytes_make(NULL, 0);
	check_eq(ceremony_sign_in_said(&c), PASSKEY_CLIENT_DATA);
	ceremony_done(&c);
}

TEST(an_assertion_brings_no_key)
{
	struct ceremony c;

	begin(&c);
	c.device.flags |= DEVICE_AT;
	check_eq(ceremony_sign_in(&c), PASSKEY_MALFORMED);
	ceremony_done(&c);
}

TEST(every_answer_has_a_word_of_its_own)
{
	for (enum passkey_why i = PASSKEY_OK; i < PASSKEY_WHY_N; i++)
		for (enum passkey_why k = PASSKEY_OK; k < i; k++)
			check(strcmp(passkey_why_word(i), passkey_why_word(k)) != 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_algorithm_registers_and_signs_in),
	cmocka_unit_test(a_second_port_is_an_origin_of_its_own),
	cmocka_unit_test(D07_wrong_origin),
	cmocka_unit_test(D07_inside_of_anothers_frame),
	cmocka_unit_test(D07_wrong_type),
	cmocka_unit_test(D07_challenge_reused),
	cmocka_unit_test(a_refused_ceremony_uses_nothing_up),
	cmocka_unit_test(D07_challenge_of_another_session_purpose_or_server),
	cmocka_unit_test(D07_challenge_expired),
	cmocka_unit_test(D07_wrong_party),
	cmocka_unit_test(D07_nobody_present_or_not_verified),
	cmocka_unit_test(D07_every_bit_of_the_signature_counts),
	cmocka_unit_test(D07_every_bit_of_what_is_signed_counts),
	cmocka_unit_test(D07_unknown_credential),
	cmocka_unit_test(D07_another_users_credential),
	cmocka_unit_test(D07_counter_goes_back),
	cmocka_unit_test(who_does_not_count_is_not_asked_to),
	cmocka_unit_test(D07_backed_up_though_it_cannot_be),
	cmocka_unit_test(client_data_is_read_strictly),
	cmocka_unit_test(client_data_that_is_long_or_deep_is_refused),
	cmocka_unit_test(an_assertion_brings_no_key),
	cmocka_unit_test(every_answer_has_a_word_of_its_own),
};

RUN_TESTS(tests)
