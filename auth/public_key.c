/* SPDX-License-Identifier: EUPL-1.2 */
/* The door to libcrypto's keys of several kinds. In conclaved. Invariant: what leaves as DER was checked whole. */
#include "auth/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/mem.h"

#define COORDINATE_SIZE 32
#define RSA_BITS_LEAST 2048
#define RSA_BITS_MOST 4096
#define RSA_EXPONENT_LEAST 65537	/* FIPS 186-5, 5.1; every authenticator's is just that */
#define RSA_EXPONENT_BYTES 4

DEFINE_CLEANUP(BIGNUM *, BN_free)
DEFINE_CLEANUP(EVP_PKEY *, EVP_PKEY_free)
DEFINE_CLEANUP(EVP_PKEY_CTX *, EVP_PKEY_CTX_free)
DEFINE_CLEANUP(EVP_MD_CTX *, EVP_MD_CTX_free)
DEFINE_CLEANUP(OSSL_PARAM *, OSSL_PARAM_free)
DEFINE_CLEANUP(OSSL_PARAM_BLD *, OSSL_PARAM_BLD_free)

static EVP_PKEY *key_from_parameters(const char *type, OSSL_PARAM_BLD *build)
{
	_cleanup_(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	_cleanup_(OSSL_PARAM_freep) OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY *key = NULL;

	if (!context || !parameters || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
		return NULL;
	return key;
}

static EVP_PKEY *key_on_p256(const struct cose_key *key)
{
	_cleanup_(OSSL_PARAM_BLD_freep) OSSL_PARAM_BLD *build = NULL;
	uint8_t point[1 + 2 * COORDINATE_SIZE];
	struct writer w = writer(point, sizeof(point));

	if (key->type != COSE_TYPE_EC2 || key->curve != COSE_CURVE_P256 || key->x.size != COORDINATE_SIZE ||
	    key->y.size != COORDINATE_SIZE)
		return NULL;
	write_u8(&w, POINT_CONVERSION_UNCOMPRESSED);
	write_bytes(&w, key->x);
	write_bytes(&w, key->y);
	build = OSSL_PARAM_BLD_new();
	if (!build || !OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) ||
	    !OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)))
		return NULL;
	return key_from_parameters("EC", build);
}

static EVP_PKEY *key_on_ed25519(const struct cose_key *key)
{
	if (key->type != COSE_TYPE_OKP || key->curve != COSE_CURVE_ED25519 || key->x.size != COORDINATE_SIZE ||
	    key->y.size != 0)
		return NULL;
	return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->x.data, key->x.size);
}

static EVP_PKEY *key_of_rsa(const struct cose_key *key)
{
	_cleanup_(OSSL_PARAM_BLD_freep) OSSL_PARAM_BLD *build = NULL;
	_cleanup_(BN_freep) BIGNUM *modulus = NULL, *exponent = NULL;

	if (key->type != COSE_TYPE_RSA || key->modulus.size > RSA_BITS_MOST / 8 || key->y.size != 0 ||
	    key->x.size == 0 || key->x.size > RSA_EXPONENT_BYTES || key->modulus.size == 0)
		return NULL;
	modulus = BN_bin2bn(key->modulus.data, (int)key->modulus.size, NULL);
	exponent = BN_bin2bn(key->x.data, (int)key->x.size, NULL);
	build = OSSL_PARAM_BLD_new();
	if (!modulus || !exponent || !build || !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) ||
	    !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent))
		return NULL;
	return key_from_parameters("RSA", build);
}

static bool is_rsa_fine(const EVP_PKEY *key)
{
	_cleanup_(BN_freep) BIGNUM *exponent = NULL;
	int bits = EVP_PKEY_get_bits(key);

	if (bits < RSA_BITS_LEAST || bits > RSA_BITS_MOST ||
	    !EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent))
		return false;
	return BN_is_odd(exponent) && BN_num_bytes(exponent) <= RSA_EXPONENT_BYTES &&
		BN_get_word(exponent) >= RSA_EXPONENT_LEAST;
}

static bool is_p256(const EVP_PKEY *key)
{
	char name[32];
	size_t size;

	return EVP_PKEY_get_group_name(key, name, sizeof(name), &size) == 1 && strcmp(name, "prime256v1") == 0;
}

/* One of the three, and of a size that we take. */
static bool is_ours(const EVP_PKEY *key)
{
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_EC:
		return is_p256(key);
	case EVP_PKEY_RSA:
		return is_rsa_fine(key);
	case EVP_PKEY_ED25519:
		return true;
	default:
		return false;
	}
}

/* Is the point on the curve, the modulus no prime and without small factors? */
static bool is_sound(EVP_PKEY *key)
{
	_cleanup_(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	return context && EVP_PKEY_public_check(context) == 1;
}

static EVP_PKEY *key_from_cose(const struct cose_key *key)
{
	switch (key->algorithm) {
	case COSE_ES256:
		return key->modulus.size ? NULL : key_on_p256(key);
	case COSE_EDDSA:
		return key->modulus.size ? NULL : key_on_ed25519(key);
	case COSE_RS256:
		return key_of_rsa(key);
	default:
		return NULL;
	}
}

bool public_key_from_cose(const struct cose_key *cose, uint8_t *ret, size_t *size)
{
	_cleanup_(EVP_PKEY_freep) EVP_PKEY *key = key_from_cose(cose);
	uint8_t *at = ret;
	int need = key && is_ours(key) && is_sound(key) ? i2d_PUBKEY(key, NULL) : -1;

	ERR_clear_error();	/* TLS in the same thread reads this queue */
	if (need <= 0 || (size_t)need > *size || i2d_PUBKEY(key, &at) != need)
		return false;
	*size = (size_t)need;
	return true;
}

/* RFC 7518, 3.5: the salt is as long as the hash, whose function is MGF1's, too. */
static bool use_pss(EVP_PKEY_CTX *context)
{
	return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
		EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static bool verify(struct bytes der, struct bytes message, struct bytes signature, bool pss)
{
	const uint8_t *at = der.data;
	_cleanup_(EVP_PKEY_freep) EVP_PKEY *key = der.size ? d2i_PUBKEY(NULL, &at, (long)der.size) : NULL;
	_cleanup_(EVP_MD_CTX_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool valid = false;

	if (key && context && at == der.data + der.size && is_ours(key)) {
		const EVP_MD *hash = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? NULL : EVP_sha256();
		EVP_PKEY_CTX *how;	/* the context's */

		valid = EVP_DigestVerifyInit(context, &how, hash, NULL, key) == 1 && (!pss || use_pss(how)) &&
			EVP_DigestVerify(context, signature.data, signature.size, message.data, message.size) == 1;
	}
	ERR_clear_error();
	return valid;
}

bool public_key_verify(struct bytes der, struct bytes message, struct bytes signature)
{
	return verify(der, message, signature, false);
}

bool public_key_verify_pss(struct bytes der, struct bytes message, struct bytes signature)
{
	return verify(der, message, signature, true);
}
