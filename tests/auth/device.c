/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing what WebAuthn 5.8.1, 6.1 and 6.5 prescribe. In tests only. */
#include "tests/auth/device.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "tests/support/check.h"

void device_init(struct device *d, int algorithm, int bits)
{
	*d = (struct device){
		.algorithm = algorithm, .party = "council.example", .origin = "https://council.example",
		.format = "none", .more = ",\"crossOrigin\":false", .flags = DEVICE_UP | DEVICE_UV, .id_size = 32,
		.counter = 1,
	};
	memset(d->id, 0x5a, sizeof(d->id));
	if (algorithm == -7)
		d->key = EVP_EC_gen("P-256");
	else if (algorithm == -8)
		d->key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	else
		d->key = EVP_RSA_gen((unsigned)bits);
	check(d->key);
}

void device_done(struct device *d)
{
	EVP_PKEY_free(d->key);
}

void device_write_head(struct writer *w, unsigned major, uint64_t value)
{
	size_t n = value < 24 ? 0 : value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 0x100000000 ? 4 : 8;

	write_u8(w, (uint8_t)(major << 5 | (n == 0 ? value : n == 1 ? 24u : n == 2 ? 25u : n == 4 ? 26u : 27u)));
	if (n)
		write_be(w, value, n);
}

static void write_integer(struct writer *w, int value)
{
	device_write_head(w, value < 0 ? 1u : 0u, (uint64_t)(value < 0 ? -1 - value : value));
}

static void write_blob(struct writer *w, struct bytes b)
{
	device_write_head(w, 2, b.size);
	write_bytes(w, b);
}

static void write_text(struct writer *w, const char *text)
{
	device_write_head(w, 3, strlen(text));
	write_string(w, text);
}

static void write_number_of(const EVP_PKEY *key, const char *name, int size, struct writer *w)
{
	uint8_t bytes[1024];
	BIGNUM *n = NULL;

	check(EVP_PKEY_get_bn_param(key, name, &n));
	if (!size)
		size = BN_num_bytes(n);
	check_eq(BN_bn2binpad(n, bytes, size), size);
	write_blob(w, bytes_make(bytes, (size_t)size));
	BN_free(n);
}

void device_write_key(const struct device *d, struct writer *w)
{
	uint8_t raw[32];
	size_t size = sizeof(raw);

	device_write_head(w, 5, d->algorithm == -7 ? 5 : 4);
	write_integer(w, 1);
	write_integer(w, d->algorithm == -7 ? 2 : d->algorithm == -8 ? 1 : 3);
	write_integer(w, 3);
	write_integer(w, d->algorithm);
	write_integer(w, -1);
	switch (d->algorithm) {
	case -7:
		write_integer(w, 1);
		write_integer(w, -2);
		write_number_of(d->key, OSSL_PKEY_PARAM_EC_PUB_X, 32, w);
		write_integer(w, -3);
		write_number_of(d->key, OSSL_PKEY_PARAM_EC_PUB_Y, 32, w);
		break;
	case -8:
		write_integer(w, 6);
		write_integer(w, -2);
		check(EVP_PKEY_get_raw_public_key(d->key, raw, &size));
		write_blob(w, bytes_make(raw, size));
		break;
	default:
		write_number_of(d->key, OSSL_PKEY_PARAM_RSA_N, 0, w);
		write_integer(w, -2);
		write_number_of(d->key, OSSL_PKEY_PARAM_RSA_E, 0, w);
	}
}

static void write_data(const struct device *d, bool attested, struct device_said *ret)
{
	struct writer w = writer(ret->data_bytes, sizeof(ret->data_bytes));
	static const uint8_t aaguid[16] = { 0 };
	uint8_t hash[32];

	check(EVP_Digest(d->party, strlen(d->party), hash, NULL, EVP_sha256(), NULL));
	write_bytes(&w, bytes_make(hash, sizeof(hash)));
	write_u8(&w, d->flags | (attested ? DEVICE_AT : 0));
	write_u32(&w, d->counter);
	if (attested) {
		write_bytes(&w, bytes_make(aaguid, sizeof(aaguid)));
		write_u16(&w, d->id_size);
		write_bytes(&w, bytes_make(d->id, d->id_size));
		device_write_key(d, &w);
	}
	write_bytes(&w, d->extensions);
	check(w.ok);
	ret->data = written(&w);
}

static void write_client(const struct device *d, const char *type, const char *challenge, struct device_said *ret)
{
	struct writer w = writer(ret->client_bytes, sizeof(ret->client_bytes));

	write_format(&w, "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}", d->type ? d->type : type, challenge,
		d->origin, d->more);
	check(w.ok);
	ret->client = written(&w);
}

void device_attest(const struct device *d, struct bytes data, struct device_said *said)
{
	struct writer w = writer(said->attestation_bytes, sizeof(said->attestation_bytes));

	device_write_head(&w, 5, 3);
	write_text(&w, "fmt");
	write_text(&w, d->format);
	write_text(&w, "attStmt");
	device_write_head(&w, 5, 0);
	write_text(&w, "authData");
	write_blob(&w, data);
	check(w.ok);
	said->attestation = written(&w);
}

void device_register(struct device *d, const char *challenge, struct device_said *ret)
{
	write_client(d, "webauthn.create", challenge, ret);
	write_data(d, true, ret);
	device_attest(d, ret->data, ret);
}

void device_assert(struct device *d, const char *challenge, struct device_said *ret)
{
	d->counter++;
	write_client(d, "webauthn.get", challenge, ret);
	write_data(d, false, ret);
	device_sign(d, ret);
}

void device_sign(const struct device *d, struct device_said *said)
{
	uint8_t message[DEVICE_DATA_MOST + 32];
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t size = sizeof(said->signature_bytes);

	memcpy(message, said->data.data, said->data.size);
	check(EVP_Digest(said->client.data, said->client.size, message + said->data.size, NULL, EVP_sha256(), NULL));
	check(EVP_DigestSignInit(context, NULL, d->algorithm == -8 ? NULL : EVP_sha256(), NULL, d->key) == 1);
	check(EVP_DigestSign(context, said->signature_bytes, &size, message, said->data.size + 32) == 1);
	said->signature = bytes_make(said->signature_bytes, size);
	EVP_MD_CTX_free(context);
}
