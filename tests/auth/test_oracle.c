/* SPDX-License-Identifier: EUPL-1.2 */
/* auth/passkey.c against libfido2's verification, over good ceremonies and mutations of them. In tests only.
 * Invariant: what we accept the library accepts; where we refuse what it accepts, we name one of the stricter rules. */
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include <openssl/evp.h>
#include <sys/resource.h>

#include "base/random.h"
#include "tests/auth/ceremony.h"
#include "tests/support/check.h"

#define ROUNDS 2000
#define RSA_ROUNDS 400		/* to sign takes a millisecond */

/* The library lets libcbor allocate whatever a map says it holds, and copes when that fails: it must fail soon. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1:max_allocation_size_mb=64";
}

static int bound_memory(void **state __attribute__((unused)))
{
#if !defined(__SANITIZE_ADDRESS__)
	const struct rlimit limit = { 256ul * 1024 * 1024, 256ul * 1024 * 1024 };

	return setrlimit(RLIMIT_AS, &limit);
#else
	return 0;	/* the line above did it */
#endif
}

struct tally {
	unsigned accepted;	/* by both */
	unsigned refused;	/* by both */
	unsigned stricter;	/* by us only */
};

static void client_hash(const struct ceremony *c, uint8_t ret[static 32])
{
	check(EVP_Digest(c->said.client.data, c->said.client.size, ret, NULL, EVP_sha256(), NULL));
}

static bool library_registers(const struct ceremony *c)
{
	fido_cred_t *cred = fido_cred_new();
	uint8_t hash[32];
	bool accepted;

	check(cred);
	client_hash(c, hash);
	check_eq(fido_cred_set_type(cred, c->device.algorithm), FIDO_OK);
	check_eq(fido_cred_set_rp(cred, "council.example", NULL), FIDO_OK);
	check_eq(fido_cred_set_clientdata_hash(cred, hash, sizeof(hash)), FIDO_OK);
	check_eq(fido_cred_set_uv(cred, FIDO_OPT_TRUE), FIDO_OK);
	/* The library verifies a signature or nothing: so that of the new key itself. */
	check_eq(fido_cred_set_fmt(cred, "packed"), FIDO_OK);
	check_eq(fido_cred_set_sig(cred, c->said.signature.data, c->said.signature.size), FIDO_OK);
	if (c->device.flags & DEVICE_ED) {
		/* The library wants to know what it will find. */
		check_eq(fido_cred_set_extensions(cred, FIDO_EXT_CRED_PROTECT), FIDO_OK);
		check_eq(fido_cred_set_prot(cred, 2), FIDO_OK);
	}
	accepted = fido_cred_set_authdata_raw(cred, c->said.data.data, c->said.data.size) == FIDO_OK &&
		fido_cred_verify_self(cred) == FIDO_OK;
	fido_cred_free(&cred);
	return accepted;
}

static int library_verify(fido_assert_t *assertion, const struct device *d)
{
	es256_pk_t *es256 = NULL;
	eddsa_pk_t *eddsa = NULL;
	rs256_pk_t *rs256 = NULL;
	int r;

	switch (d->algorithm) {
	case COSE_ES256:
		es256 = es256_pk_new();
		check(es256 && es256_pk_from_EVP_PKEY(es256, d->key) == FIDO_OK);
		r = fido_assert_verify(assertion, 0, COSE_ES256, es256);
		break;
	case COSE_EDDSA:
		eddsa = eddsa_pk_new();
		check(eddsa && eddsa_pk_from_EVP_PKEY(eddsa, d->key) == FIDO_OK);
		r = fido_assert_verify(assertion, 0, COSE_EDDSA, eddsa);
		break;
	default:
		rs256 = rs256_pk_new();
		check(rs256 && rs256_pk_from_EVP_PKEY(rs256, d->key) == FIDO_OK);
		r = fido_assert_verify(assertion, 0, COSE_RS256, rs256);
	}
	es256_pk_free(&es256);
	eddsa_pk_free(&eddsa);
	rs256_pk_free(&rs256);
	return r;
}

static bool library_signs_in(const struct ceremony *c)
{
	fido_assert_t *a = fido_assert_new();
	uint8_t hash[32];
	bool accepted;

	check(a);
	client_hash(c, hash);
	check_eq(fido_assert_set_count(a, 1), FIDO_OK);
	check_eq(fido_assert_set_rp(a, "council.example"), FIDO_OK);
	check_eq(fido_assert_set_clientdata_hash(a, hash, sizeof(hash)), FIDO_OK);
	check_eq(fido_assert_set_up(a, FIDO_OPT_TRUE), FIDO_OK);
	check_eq(fido_assert_set_uv(a, FIDO_OPT_TRUE), FIDO_OK);
	accepted = fido_assert_set_authdata_raw(a, 0, c->said.data.data, c->said.data.size) == FIDO_OK &&
		fido_assert_set_sig(a, 0, c->said.signature.data, c->said.signature.size) == FIDO_OK &&
		library_verify(a, &c->device) == FIDO_OK;
	fido_assert_free(&a);
	return accepted;
}

static size_t mutate(struct random *r, uint8_t *bytes, size_t size)
{
	size_t at = random_below(r, (uint32_t)size);

	switch (random_below(r, 5)) {
	case 0:
		bytes[at] = (uint8_t)random_next(r);
		return size;
	case 1:
		memmove(bytes + at, bytes + at + 1, size - at - 1);
		return size - 1;
	case 2:
		memmove(bytes + at + 1, bytes + at, size - at);
		return size + 1;
	default:
		bytes[at] ^= (uint8_t)(1u << random_below(r, 8));
		return size;
	}
}

/* Whoever takes other extensions than the device wrote may do so: the library wants those that it was told of, and we
 * want them to be CBOR. */
static bool has_its_extensions(const struct ceremony *c)
{
	struct bytes data = c->said.data, wanted = c->device.extensions;

	return data.size >= wanted.size && !(data.data[32] & DEVICE_ED) == !wanted.size &&
		bytes_equal(bytes_make(data.data + data.size - wanted.size, wanted.size), wanted);
}

/* Flags, counter and extensions as they may come; the hash of the party and so on are left to mutations. */
static void vary(struct random *r, struct device *d)
{
	d->flags = DEVICE_UP | DEVICE_UV;
	d->extensions = bytes_make(NULL, 0);
	if (random_below(r, 8) == 0)
		d->flags ^= (uint8_t)(1u << random_below(r, 5));
	if (random_below(r, 4) == 0) {
		d->flags |= DEVICE_ED;
		d->extensions = bytes_of_string("\xa1\x6b" "credProtect" "\x02");
	}
}

/* `plain`: nothing is in it that only one of the two looks at. */
static void judge(struct tally *t, enum passkey_why why, bool library, bool plain)
{
	if (why == PASSKEY_OK && library) {
		t->accepted++;
	} else if (why != PASSKEY_OK && !library) {
		t->refused++;
	} else if (why == PASSKEY_OK) {
		check(!plain);
	} else {
		check(why == PASSKEY_MALFORMED || why == PASSKEY_BACKUP || why == PASSKEY_ID || why == PASSKEY_COUNTER);
		t->stricter++;
	}
}

static void check_tally(const char *what, const struct tally *t, unsigned rounds)
{
	print_message("# %s: both accept %u, both refuse %u, only we refuse %u\n", what, t->accepted, t->refused,
		t->stricter);
	check(t->accepted > rounds / 8);
	check(t->refused > rounds / 8);
	check(t->stricter < rounds / 8);
	check(t->accepted + t->refused + t->stricter > rounds * 3 / 4);
}

static void compare_registrations(int algorithm, unsigned rounds)
{
	struct tally tally = { 0 };
	struct passkey first;
	struct ceremony c;
	struct random r;

	ceremony_init(&c, algorithm);
	check_eq(ceremony_register(&c), PASSKEY_OK);
	first = c.passkey;
	random_seed(&r, (uint64_t)(1000 - algorithm));
	for (unsigned i = 0; i < rounds; i++) {
		enum passkey_why why;

		vary(&r, &c.device);
		ceremony_begin(&c, CHALLENGE_REGISTER);
		device_register(&c.device, c.challenge.text, &c.said);
		if (random_below(&r, 2))
			c.said.data.size = mutate(&r, c.said.data_bytes, c.said.data.size);
		device_sign(&c.device, &c.said);
		device_attest(&c.device, c.said.data, &c.said);
		why = ceremony_register_said(&c);
		/* To us nothing is signed here: another key is that other key, if it is one. */
		judge(&tally, why, library_registers(&c), has_its_extensions(&c) &&
			c.passkey.key_size == first.key_size &&
			memcmp(c.passkey.key, first.key, first.key_size) == 0);
	}
	check_tally("registrations", &tally, rounds);
	ceremony_done(&c);
}

static void compare_assertions(int algorithm, unsigned rounds)
{
	struct tally tally = { 0 };
	struct ceremony c;
	struct random r;

	ceremony_init(&c, algorithm);
	check_eq(ceremony_register(&c), PASSKEY_OK);
	random_seed(&r, (uint64_t)(2000 - algorithm));
	for (unsigned i = 0; i < rounds; i++) {
		uint32_t how = random_below(&r, 4);

		vary(&r, &c.device);
		c.passkey.counter = c.device.counter;
		ceremony_begin(&c, CHALLENGE_SIGN_IN);
		device_assert(&c.device, c.challenge.text, &c.said);
		if (how < 2)
			c.said.data.size = mutate(&r, c.said.data_bytes, c.said.data.size);
		if (how == 0)		/* the form alone is judged */
			device_sign(&c.device, &c.said);
		if (how == 2)
			c.said.signature.size = mutate(&r, c.said.signature_bytes, c.said.signature.size);
		judge(&tally, ceremony_sign_in_said(&c), library_signs_in(&c), has_its_extensions(&c));
	}
	check_tally("assertions", &tally, rounds);
	ceremony_done(&c);
}

TEST(agrees_on_registrations)
{
	compare_registrations(-7, ROUNDS);
	compare_registrations(-8, ROUNDS);
	compare_registrations(-257, RSA_ROUNDS);
}

TEST(agrees_on_assertions)
{
	compare_assertions(-7, ROUNDS);
	compare_assertions(-8, ROUNDS);
	compare_assertions(-257, RSA_ROUNDS);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup(agrees_on_registrations, bound_memory),
	cmocka_unit_test_setup(agrees_on_assertions, bound_memory),
};

RUN_TESTS(tests)
