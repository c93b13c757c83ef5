/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing what RFC 7515, 7517 and 7518 prescribe, and what they forbid. In tests only. */
#include "tests/support/issuer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "auth/base64url.h"
#include "tests/support/check.h"

void issuer_init(struct issuer *i, enum oidc_algorithm algorithm)
{
	*i = (struct issuer){ .algorithm = algorithm };
	i->key = algorithm == OIDC_ES256 ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048);
	check(i->key);
	issuer_reset(i);
}

void issuer_done(struct issuer *i)
{
	EVP_PKEY_free(i->key);
}

void issuer_reset(struct issuer *i)
{
	i->way = ISSUER_RIGHT;
	snprintf(i->header, sizeof(i->header), "{\"alg\":\"%s\",\"kid\":\"first\",\"typ\":\"JWT\"}",
		oidc_algorithm_word(i->algorithm));
	snprintf(i->claims, sizeof(i->claims), "{\"iss\":\"https://login.example\",\"sub\":\"77\",\"aud\":\"conclave\","
		"\"exp\":1800000300,\"iat\":1799999999,\"nonce\":\"n-once\",\"email\":\"An.Peeters@council.example\","
		"\"email_verified\":true}");
}

void issuer_swap(char *text, size_t size, const char *what, const char *with)
{
	char *at = strstr(text, what), rest[4096];

	check(at);
	check(strlen(text) - strlen(what) + strlen(with) < size);
	snprintf(rest, sizeof(rest), "%s", at + strlen(what));
	snprintf(at, size - (size_t)(at - text), "%s%s", with, rest);
}

static void write_number(struct writer *w, const EVP_PKEY *key, const char *name, int size)
{
	uint8_t room[512];
	BIGNUM *n = NULL;

	check(EVP_PKEY_get_bn_param(key, name, &n));
	if (size == 0)
		size = BN_num_bytes(n);
	check_eq(BN_bn2binpad(n, room, size), size);
	base64url_write(w, bytes_make(room, (size_t)size));
	BN_free(n);
}

const char *issuer_jwk(struct issuer *i, const char *name, const char *more)
{
	struct writer w = writer(i->text, sizeof(i->text) - 1);

	write_format(&w, "{\"kid\":\"%s\"%s,", name, more);
	if (i->algorithm == OIDC_ES256) {
		write_string(&w, "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"");
		write_number(&w, i->key, OSSL_PKEY_PARAM_EC_PUB_X, 32);
		write_string(&w, "\",\"y\":\"");
		write_number(&w, i->key, OSSL_PKEY_PARAM_EC_PUB_Y, 32);
	} else {
		write_string(&w, "\"kty\":\"RSA\",\"n\":\"");
		write_number(&w, i->key, OSSL_PKEY_PARAM_RSA_N, 0);
		write_string(&w, "\",\"e\":\"");
		write_number(&w, i->key, OSSL_PKEY_PARAM_RSA_E, 0);
	}
	write_string(&w, "\"}");
	check(w.ok);
	*w.at = 0;
	return i->text;
}

struct oidc_keys *issuer_keys(struct issuer *i)
{
	char set[4096];
	int n = snprintf(set, sizeof(set), "{\"keys\":[%s]}", issuer_jwk(i, "first", ",\"use\":\"sig\""));

	return oidc_keys_read(i->algorithm, bytes_make(set, (size_t)n));
}

static size_t sign(const struct issuer *i, struct bytes message, uint8_t room[static 600])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how;
	size_t size = 600;

	check(EVP_DigestSignInit(context, &how, EVP_sha256(), NULL, i->key) == 1);
	if (i->algorithm == OIDC_PS256)
		check(EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
			EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1);
	check(EVP_DigestSign(context, room, &size, message.data, message.size) == 1);
	EVP_MD_CTX_free(context);
	return size;
}

/* From ASN.1 to r and s side by side. */
static size_t flatten(uint8_t room[static 600], size_t size)
{
	const uint8_t *at = room;
	ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &at, (long)size);

	check(s);
	check_eq(BN_bn2binpad(ECDSA_SIG_get0_r(s), room, 32), 32);
	check_eq(BN_bn2binpad(ECDSA_SIG_get0_s(s), room + 32, 32), 32);
	ECDSA_SIG_free(s);
	return 64;
}

/* D16: the key that everybody has, used as if it were a secret. */
static size_t sign_shared(const struct issuer *i, struct bytes message, uint8_t room[static 600])
{
	uint8_t der[600], *at = der;
	int n = i2d_PUBKEY(i->key, &at);
	unsigned size = 0;

	check(n > 0 && HMAC(EVP_sha256(), der, n, message.data, message.size, room, &size));
	return size;
}

struct bytes issuer_token(struct issuer *i)
{
	struct writer w = writer(i->text, sizeof(i->text));
	uint8_t room[600];
	size_t size = 0;

	base64url_write(&w, bytes_of_string(i->header));
	write_u8(&w, '.');
	base64url_write(&w, bytes_of_string(i->claims));
	if (i->way == ISSUER_SHARED_SECRET)
		size = sign_shared(i, written(&w), room);
	else if (i->way != ISSUER_UNSIGNED)
		size = sign(i, written(&w), room);
	if (i->way == ISSUER_RIGHT && i->algorithm == OIDC_ES256)
		size = flatten(room, size);
	write_u8(&w, '.');
	base64url_write(&w, bytes_make(room, size));
	check(w.ok);
	return written(&w);
}

struct oidc_wanted issuer_wanted(void)
{
	return (struct oidc_wanted){ .issuer = "https://login.example", .client = "conclave", .nonce = "n-once",
		.verified = "email_verified", .now = ISSUER_NOW };
}
