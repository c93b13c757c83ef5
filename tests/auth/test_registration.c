/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/passkey.c: registering a passkey, and every way in which it must not succeed (ATTACKS D08). In tests only.
 * Invariant: each refusal differs from an accepted ceremony in one thing. */
#include <openssl/evp.h>

#include "tests/auth/ceremony.h"
#include "tests/support/check.h"

/* 32 of the party, flags, counter, model, size of the id, id. */
#define KEY_AT(device) (32u + 1 + 4 + 16 + 2 + (device)->id_size)
#define KEY_SIZE 77u		/* of ES256 in COSE */

static void begin(struct ceremony *c, int algorithm)
{
	ceremony_init(c, algorithm);
	ceremony_begin(c, CHALLENGE_REGISTER);
	device_register(&c->device, c->challenge.text, &c->said);
}

/* Says the same again with other authenticator data. */
static enum passkey_why try_data(struct ceremony *c, struct bytes data)
{
	device_attest(&c->device, data, &c->said);
	return ceremony_register_said(c);
}

/* With another key in COSE. */
static enum passkey_why try_key(struct ceremony *c, struct bytes key)
{
	uint8_t data[DEVICE_DATA_MOST];
	struct writer w = writer(data, sizeof(data));

	write_bytes(&w, bytes_make(c->said.data_bytes, KEY_AT(&c->device)));
	write_bytes(&w, key);
	check(w.ok);
	return try_data(c, written(&w));
}

static struct bytes key_of(const struct ceremony *c)
{
	return bytes_make(c->said.data_bytes + KEY_AT(&c->device), c->said.data.size - KEY_AT(&c->device));
}

TEST(D08_truncated_anywhere)
{
	struct ceremony c;

	begin(&c, -7);
	for (size_t n = 0; n < c.said.attestation.size; n++) {
		struct bytes whole = c.said.attestation;

		c.said.attestation.size = n;
		check_eq(ceremony_register_said(&c), PASSKEY_MALFORMED);
		c.said.attestation = whole;
	}
	for (size_t n = 0; n < c.said.data.size; n++)
		check_eq(try_data(&c, bytes_make(c.said.data_bytes, n)), PASSKEY_MALFORMED);
	check_eq(try_data(&c, c.said.data), PASSKEY_OK);
	ceremony_done(&c);
}

TEST(D08_something_behind_the_end)
{
	struct ceremony c;

	begin(&c, -7);
	c.said.data_bytes[c.said.data.size] = 0;
	check_eq(try_data(&c, bytes_make(c.said.data_bytes, c.said.data.size + 1)), PASSKEY_MALFORMED);
	device_attest(&c.device, c.said.data, &c.said);
	c.said.attestation_bytes[c.said.attestation.size] = 0;
	c.said.attestation.size++;
	check_eq(ceremony_register_said(&c), PASSKEY_MALFORMED);
	ceremony_done(&c);
}

/* The attestation object by hand: `n` members are announced, those of the text "fsd…" follow. */
static struct bytes attestation_of(struct ceremony *c, uint64_t n, const char *members)
{
	struct writer w = writer(c->said.attestation_bytes, sizeof(c->said.attestation_bytes));

	device_write_head(&w, 5, n);
	for (; *members; members++) {
		const char *name = *members == 'f' ? "fmt" : *members == 's' ? "attStmt" : "authData";

		device_write_head(&w, 3, strlen(name));
		write_string(&w, name);
		if (*members == 'f') {
			device_write_head(&w, 3, 4);
			write_string(&w, "none");
		} else if (*members == 's') {
			device_write_head(&w, 5, 0);
		} else {
			device_write_head(&w, 2, c->said.data.size);
			write_bytes(&w, c->said.data);
		}
	}
	check(w.ok);
	return written(&w);
}

TEST(D08_members_missing_or_twice)
{
	static const struct { uint64_t n; const char *members; enum passkey_why why; } cases[] = {
		{ 0, "", PASSKEY_MALFORMED }, { 2, "fd", PASSKEY_MALFORMED }, { 3, "ffd", PASSKEY_MALFORMED },
		{ 3, "fdd", PASSKEY_MALFORMED }, { 3, "fss", PASSKEY_MALFORMED }, { 4, "fsdd", PASSKEY_MALFORMED },
		{ 4, "fsd", PASSKEY_MALFORMED }, { 2, "fsd", PASSKEY_MALFORMED },
		{ UINT64_MAX, "fsd", PASSKEY_MALFORMED }, { 1ull << 40, "fsd", PASSKEY_MALFORMED },
		{ 3, "dsf", PASSKEY_OK },
	};
	struct ceremony c;

	begin(&c, -7);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		c.said.attestation = attestation_of(&c, cases[i].n, cases[i].members);
		check_eq(ceremony_register_said(&c), cases[i].why);
	}
	ceremony_done(&c);
}

TEST(D08_duplicate_labels_in_the_key)
{
	uint8_t twice[KEY_SIZE + 32];
	struct bytes key;
	struct ceremony c;

	begin(&c, -7);
	key = key_of(&c);
	check_eq(key.size, KEY_SIZE);
	/* 3: -7 once more; and 3 in two bytes, which is the same label. */
	memcpy(twice, key.data, key.size);
	twice[0] = 0xa6;
	memcpy(twice + key.size, "\x03\x26", 2);
	check_eq(try_key(&c, bytes_make(twice, key.size + 2)), PASSKEY_MALFORMED);
	memcpy(twice + key.size, "\x18\x03\x26", 3);
	check_eq(try_key(&c, bytes_make(twice, key.size + 3)), PASSKEY_MALFORMED);
	ceremony_done(&c);
}

TEST(D08_parameters_that_no_key_has)
{
	static const struct { const char *bytes; size_t size; } more[] = {
		{ "\x04\x81\x02", 3 },		/* key_ops */
		{ "\x02\x41\x01", 3 },		/* kid */
		{ "\x61\x61\x01", 3 },		/* a label that is text */
		{ "\x23\x41\x01", 3 },		/* -4, a private key */
		{ "\x18\x20\x01", 3 },		/* 32 */
		{ "\x1b\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10 },
		{ "\x3b\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10 },
		{ "\x1b\x80\x00\x00\x00\x00\x00\x00\x03\x26", 10 },
	};
	uint8_t key[KEY_SIZE + 32];
	struct ceremony c;

	begin(&c, -7);
	memcpy(key, key_of(&c).data, KEY_SIZE);
	key[0] = 0xa6;
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		memcpy(key + KEY_SIZE, more[i].bytes, more[i].size);
		check_eq(try_key(&c, bytes_make(key, KEY_SIZE + more[i].size)), PASSKEY_MALFORMED);
	}
	ceremony_done(&c);
}

static enum passkey_why try_extensions(struct ceremony *c, struct bytes extensions)
{
	ceremony_begin(c, CHALLENGE_REGISTER);
	c->device.extensions = extensions;
	c->device.flags |= DEVICE_ED;
	device_register(&c->device, c->challenge.text, &c->said);
	return ceremony_register_said(c);
}

TEST(D08_deep_or_endless_extensions)
{
	static const struct { const char *bytes; size_t size; enum passkey_why why; } cases[] = {
		{ "\xa0", 1, PASSKEY_OK },
		{ "\xa1\x6b" "credProtect" "\x02", 14, PASSKEY_OK },
		{ "\xa1\x61\x61\xa1\x61\x62\x81\xf5", 8, PASSKEY_OK },
		{ "\xa2\x61\x61\x01\x61\x61\x01", 7, PASSKEY_MALFORMED },		/* a key twice */
		{ "\xa1\x61\x61\xa2\x01\x01\x01\x02", 8, PASSKEY_MALFORMED },	/* inside of another */
		{ "\xbf\xff", 2, PASSKEY_MALFORMED },				/* of indefinite length */
		{ "\xa1\x61\x61\x5f\x41\x61\xff", 7, PASSKEY_MALFORMED },
		{ "\xa1\x61\x61\xc0\x61\x61", 6, PASSKEY_MALFORMED },		/* a tag */
		{ "\xa1\x61\x61\xfb\0\0\0\0\0\0\0\0", 12, PASSKEY_MALFORMED },	/* a float */
		{ "\xbb\xff\xff\xff\xff\xff\xff\xff\xff", 9, PASSKEY_MALFORMED },
		{ "\xa1\x61\x61\x9b\xff\xff\xff\xff\xff\xff\xff\xff", 12, PASSKEY_MALFORMED },
		{ "\xa1\x61\x61\x7b\xff\xff\xff\xff\xff\xff\xff\xff", 12, PASSKEY_MALFORMED },
		{ "\x80", 1, PASSKEY_MALFORMED },				/* no map */
		{ "", 0, PASSKEY_MALFORMED },
	};
	uint8_t deep[512];
	struct ceremony c;

	begin(&c, -7);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_eq(try_extensions(&c, bytes_make(cases[i].bytes, cases[i].size)), cases[i].why);
	/* A map around so many arrays around a number. */
	for (size_t arrays = 0; arrays < sizeof(deep) - 3; arrays++) {
		memcpy(deep, "\xa1\x01", 2);
		memset(deep + 2, 0x81, arrays);
		deep[2 + arrays] = 0;
		check_eq(try_extensions(&c, bytes_make(deep, 3 + arrays)),
			arrays + 1 <= LIMIT_CBOR_DEPTH ? PASSKEY_OK : PASSKEY_MALFORMED);
	}
	ceremony_done(&c);
}

TEST(D08_wide_extensions)
{
	uint8_t wide[2 + 4 * LIMIT_CBOR_ITEMS];
	struct ceremony c;

	begin(&c, -7);
	for (unsigned pairs = 0; pairs <= LIMIT_CBOR_ITEMS; pairs++) {
		struct writer w = writer(wide, sizeof(wide));

		device_write_head(&w, 5, pairs);
		for (unsigned i = 0; i < pairs; i++) {
			device_write_head(&w, 0, i);
			device_write_head(&w, 0, 0);
		}
		/* The map itself is an item, too. */
		check_eq(try_extensions(&c, written(&w)),
			pairs * 2 < LIMIT_CBOR_ITEMS ? PASSKEY_OK : PASSKEY_MALFORMED);
	}
	ceremony_done(&c);
}

TEST(D08_unlisted_algorithm)
{
	static const int unlisted[] = { -6, -35, -36, -37, -46, -47, -258, -65535, 0, 5, 7 };
	struct bytes key;
	uint8_t other[KEY_SIZE + 8];
	struct ceremony c;

	begin(&c, -7);
	key = key_of(&c);
	check_eq(key.data[4], 0x26);	/* -7, behind "map of 5; 1: 2; 3:" */
	for (size_t i = 0; i < sizeof(unlisted) / sizeof(unlisted[0]); i++) {
		struct writer w = writer(other, sizeof(other));

		write_bytes(&w, bytes_make(key.data, 4));
		device_write_head(&w, unlisted[i] < 0, (uint64_t)(unlisted[i] < 0 ? -1 - unlisted[i] : unlisted[i]));
		write_bytes(&w, bytes_make(key.data + 5, key.size - 5));
		check(w.ok);
		check_eq(try_key(&c, written(&w)), PASSKEY_ALGORITHM);
	}
	check_eq(try_key(&c, key), PASSKEY_OK);
	ceremony_done(&c);
}

TEST(D08_key_off_the_curve)
{
	uint8_t other[KEY_SIZE];
	struct ceremony c;

	begin(&c, -7);
	for (size_t i = 0; i < 64; i += 3) {
		memcpy(other, key_of(&c).data, KEY_SIZE);
		other[i < 32 ? 10 + i : 13 + i] ^= 1;	/* x stands from 10 on, y from 45 on */
		check_eq(try_key(&c, bytes_make(other, KEY_SIZE)), PASSKEY_KEY);
	}
	memset(other + 10, 0, 32);
	memset(other + 45, 0, 32);
	check_eq(try_key(&c, bytes_make(other, KEY_SIZE)), PASSKEY_KEY);
	memset(other + 10, 0xff, 32);
	memset(other + 45, 0xff, 32);
	check_eq(try_key(&c, bytes_make(other, KEY_SIZE)), PASSKEY_KEY);
	ceremony_done(&c);
}

TEST(D08_key_of_another_type_or_curve)
{
	static const struct { size_t at; uint8_t value; } changes[] = {
		{ 2, 0x01 }, { 2, 0x03 }, { 2, 0x04 },		/* kty */
		{ 6, 0x02 }, { 6, 0x06 }, { 6, 0x08 },		/* crv: P-384, Ed25519, secp256k1 */
	};
	uint8_t other[KEY_SIZE];
	struct ceremony c;

	begin(&c, -7);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		memcpy(other, key_of(&c).data, KEY_SIZE);
		other[changes[i].at] = changes[i].value;
		check_eq(try_key(&c, bytes_make(other, KEY_SIZE)), PASSKEY_KEY);
	}
	ceremony_done(&c);
}

TEST(D08_point_without_its_second_half)
{
	uint8_t other[KEY_SIZE];
	struct ceremony c;

	begin(&c, -7);
	memcpy(other, key_of(&c).data, KEY_SIZE);
	other[0] = 0xa4;
	check_eq(try_key(&c, bytes_make(other, 42)), PASSKEY_KEY);
	other[0] = 0xa5;
	memcpy(other + 42, "\x22\xf5", 2);		/* y: true, a compressed point */
	check_eq(try_key(&c, bytes_make(other, 44)), PASSKEY_MALFORMED);
	ceremony_done(&c);
}

TEST(D08_rsa_of_other_sizes)
{
	static const struct { int bits; enum passkey_why why; } cases[] = {
		{ 1024, PASSKEY_KEY }, { 2040, PASSKEY_KEY }, { 3072, PASSKEY_OK }, { 4096, PASSKEY_OK },
	};
	struct ceremony c;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ceremony_init(&c, -257);
		device_done(&c.device);
		device_init(&c.device, -257, cases[i].bits);
		check_eq(ceremony_register(&c), cases[i].why);
		if (cases[i].why == PASSKEY_OK)
			check_eq(ceremony_sign_in(&c), PASSKEY_OK);
		ceremony_done(&c);
	}
}

/* An RSA key in COSE; the modulus is the device's own unless another is given. */
static enum passkey_why try_rsa(struct ceremony *c, const uint8_t *modulus, size_t size, uint64_t exponent)
{
	uint8_t key[1024];
	struct writer w = writer(key, sizeof(key));

	write_bytes(&w, bytes_make("\xa4\x01\x03\x03\x39\x01\x00\x20", 8));
	device_write_head(&w, 2, size);
	write_bytes(&w, bytes_make(modulus, size));
	write_u8(&w, 0x21);
	device_write_head(&w, 2, exponent > UINT32_MAX ? 5 : 4);
	write_be(&w, exponent, exponent > UINT32_MAX ? 5 : 4);
	check(w.ok);
	return try_key(c, written(&w));
}

TEST(D08_rsa_with_a_bad_modulus_or_exponent)
{
	uint8_t modulus[256];
	struct ceremony c;

	begin(&c, -257);
	/* map of 4; 1: 3; 3: -257; -1: 256 bytes */
	memcpy(modulus, key_of(&c).data + 11, sizeof(modulus));
	check_eq(try_rsa(&c, modulus, 256, 65536), PASSKEY_KEY);
	check_eq(try_rsa(&c, modulus, 256, 3), PASSKEY_KEY);
	check_eq(try_rsa(&c, modulus, 256, 1), PASSKEY_KEY);
	check_eq(try_rsa(&c, modulus, 256, 0), PASSKEY_KEY);
	check_eq(try_rsa(&c, modulus, 256, (1ull << 32) + 1), PASSKEY_KEY);
	check_eq(try_rsa(&c, modulus, 255, 65537), PASSKEY_KEY);
	modulus[255] ^= 1;		/* even */
	check_eq(try_rsa(&c, modulus, 256, 65537), PASSKEY_KEY);
	modulus[255] ^= 1;
	check_eq(try_rsa(&c, modulus, 256, 65537), PASSKEY_OK);
	ceremony_done(&c);
}

TEST(D08_credential_id_sizes)
{
	static const struct { uint16_t size; enum passkey_why why; } cases[] = {
		{ 0, PASSKEY_ID }, { 1, PASSKEY_OK }, { 1023, PASSKEY_OK }, { 1024, PASSKEY_ID }, { 2000, PASSKEY_ID },
	};
	struct ceremony c;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ceremony_init(&c, -7);
		c.device.id_size = cases[i].size;
		check_eq(ceremony_register(&c), cases[i].why);
		if (cases[i].why == PASSKEY_OK)
			check_eq(ceremony_sign_in(&c), PASSKEY_OK);
		ceremony_done(&c);
	}
}

TEST(other_attestations_are_refused)
{
	struct ceremony c;

	ceremony_init(&c, -7);
	c.device.format = "packed";
	check_eq(ceremony_register(&c), PASSKEY_ATTESTATION);
	c.device.format = "none ";
	check_eq(ceremony_register(&c), PASSKEY_ATTESTATION);
	c.device.format = "none";
	ceremony_begin(&c, CHALLENGE_REGISTER);
	device_register(&c.device, c.challenge.text, &c.said);
	/* A statement that says something. */
	for (size_t i = 0; i + 8 < c.said.attestation.size; i++) {
		if (memcmp(c.said.attestation_bytes + i, "attStmt\xa0", 8) != 0)
			continue;
		memmove(c.said.attestation_bytes + i + 10, c.said.attestation_bytes + i + 8,
			c.said.attestation.size - i - 8);
		memcpy(c.said.attestation_bytes + i + 7, "\xa1\x01\x01", 3);
		c.said.attestation.size += 2;
		break;
	}
	check_eq(ceremony_register_said(&c), PASSKEY_ATTESTATION);
	ceremony_done(&c);
}

TEST(registering_checks_what_signing_in_checks)
{
	struct ceremony c;

	ceremony_init(&c, -7);
	c.device.origin = "https://evil.example";
	check_eq(ceremony_register(&c), PASSKEY_ORIGIN);
	c.device.origin = "https://council.example";
	c.device.type = "webauthn.get";
	check_eq(ceremony_register(&c), PASSKEY_TYPE);
	c.device.type = NULL;
	c.device.party = "evil.example";
	check_eq(ceremony_register(&c), PASSKEY_PARTY);
	c.device.party = "council.example";
	c.device.flags = DEVICE_UV;
	check_eq(ceremony_register(&c), PASSKEY_NOT_PRESENT);
	c.device.flags = DEVICE_UP;
	check_eq(ceremony_register(&c), PASSKEY_NOT_VERIFIED);
	c.device.flags = DEVICE_UP | DEVICE_UV | DEVICE_BS;
	check_eq(ceremony_register(&c), PASSKEY_BACKUP);
	c.device.flags = DEVICE_UP | DEVICE_UV;
	check_eq(ceremony_register(&c), PASSKEY_OK);
	check_eq(ceremony_register_said(&c), PASSKEY_USED);
	ceremony_begin(&c, CHALLENGE_SIGN_IN);
	device_register(&c.device, c.challenge.text, &c.said);
	c.expected.purpose = CHALLENGE_REGISTER;
	check_eq(ceremony_register_said(&c), PASSKEY_CHALLENGE);
	ceremony_done(&c);
}

TEST(a_refusal_leaves_the_output_alone)
{
	struct passkey before;
	struct ceremony c;

	ceremony_init(&c, -7);
	memset(&c.passkey, 0x77, sizeof(c.passkey));
	before = c.passkey;
	c.device.flags = DEVICE_UP;
	check_eq(ceremony_register(&c), PASSKEY_NOT_VERIFIED);
	assert_memory_equal(&before, &c.passkey, sizeof(before));
	ceremony_done(&c);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(D08_truncated_anywhere),
	cmocka_unit_test(D08_something_behind_the_end),
	cmocka_unit_test(D08_members_missing_or_twice),
	cmocka_unit_test(D08_duplicate_labels_in_the_key),
	cmocka_unit_test(D08_parameters_that_no_key_has),
	cmocka_unit_test(D08_deep_or_endless_extensions),
	cmocka_unit_test(D08_wide_extensions),
	cmocka_unit_test(D08_unlisted_algorithm),
	cmocka_unit_test(D08_key_off_the_curve),
	cmocka_unit_test(D08_key_of_another_type_or_curve),
	cmocka_unit_test(D08_point_without_its_second_half),
	cmocka_unit_test(D08_rsa_of_other_sizes),
	cmocka_unit_test(D08_rsa_with_a_bad_modulus_or_exponent),
	cmocka_unit_test(D08_credential_id_sizes),
	cmocka_unit_test(other_attestations_are_refused),
	cmocka_unit_test(registering_checks_what_signing_in_checks),
	cmocka_unit_test(a_refusal_leaves_the_output_alone),
};

RUN_TESTS(tests)
