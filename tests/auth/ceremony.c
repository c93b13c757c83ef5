/* SPDX-License-Identifier: EUPL-1.2 */
/* Both ceremonies from their beginning. In tests only. */
#include "tests/auth/ceremony.h"

#include "tests/support/check.h"

static const char *const origins[] = { "https://council.example", "https://council.example:8443", NULL };

void ceremony_init(struct ceremony *c, int algorithm)
{
	static const uint8_t key[CHALLENGE_KEY_SIZE] = { 1, 2, 3 };

	*c = (struct ceremony){ 0 };
	check_eq(passkey_party_init(&c->party, "council.example", origins, key), 0);
	device_init(&c->device, algorithm, 2048);
	c->expected = (struct passkey_ceremony){
		.binding = bytes_of_string("session"), .now = SECONDS(1000), .verify = true,
	};
}

void ceremony_done(struct ceremony *c)
{
	passkey_party_done(&c->party);
	device_done(&c->device);
}

void ceremony_begin(struct ceremony *c, enum challenge_purpose purpose)
{
	c->expected.purpose = purpose;
	check_eq(passkey_begin(&c->party, purpose, c->expected.binding, c->expected.now, &c->challenge), 0);
}

enum passkey_why ceremony_register_said(struct ceremony *c)
{
	return passkey_register(&c->party, &c->expected, c->said.client, c->said.attestation, &c->passkey);
}

enum passkey_why ceremony_sign_in_said(struct ceremony *c)
{
	const struct passkey_assertion assertion = {
		.id = bytes_make(c->device.id, c->device.id_size), .client_data = c->said.client,
		.authenticator_data = c->said.data, .signature = c->said.signature,
		.user_handle = bytes_of_string(CEREMONY_USER),
	};

	return passkey_assert(&c->party, &c->expected, &assertion, bytes_of_string(CEREMONY_USER), &c->passkey);
}

enum passkey_why ceremony_register(struct ceremony *c)
{
	ceremony_begin(c, CHALLENGE_REGISTER);
	device_register(&c->device, c->challenge.text, &c->said);
	return ceremony_register_said(c);
}

enum passkey_why ceremony_sign_in(struct ceremony *c)
{
	ceremony_begin(c, CHALLENGE_SIGN_IN);
	device_assert(&c->device, c->challenge.text, &c->said);
	return ceremony_sign_in_said(c);
}
