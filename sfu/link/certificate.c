/* SPDX-License-Identifier: EUPL-1.2 */
/* A self-signed P-256 certificate that says nothing of its machine. In conclave-media.
 * Invariant: key, certificate and fingerprint belong together from new() on. */
#include "sfu/link/certificate.h"

#include <errno.h>
#include <stdbool.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/mem.h"
#include "base/random.h"

struct certificate {
	/* owned */
	EVP_PKEY *key;
	X509 *x509;

	/* state */
	uint8_t fingerprint[CERTIFICATE_FINGERPRINT_SIZE];
};

DEFINE_CLEANUP(struct certificate *, certificate_free)

/* 63 random bits: positive, as RFC 5280, 4.1.2.2 asks. */
static bool certificate_number(X509 *x)
{
	uint64_t number = (uint64_t)random_u32() << 31 | random_u32() >> 1 | 1;

	return ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), number) == 1;
}

/* Valid always: the fingerprint is what peers trust, and no clock is told (RFC 5280, 4.1.2.5: no well-defined end). */
static bool certificate_date(X509 *x)
{
	return ASN1_TIME_set_string_X509(X509_getm_notBefore(x), "20000101000000Z") == 1 &&
		ASN1_TIME_set_string_X509(X509_getm_notAfter(x), "99991231235959Z") == 1;
}

static bool certificate_name(X509 *x)
{
	static const unsigned char text[] = "conclave";
	X509_NAME *name = X509_get_subject_name(x);

	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1 &&
		X509_set_issuer_name(x, name) == 1;
}

int certificate_digest(const X509 *x, uint8_t ret[static CERTIFICATE_FINGERPRINT_SIZE])
{
	unsigned size = CERTIFICATE_FINGERPRINT_SIZE;

	return X509_digest(x, EVP_sha256(), ret, &size) == 1 ? 0 : -EIO;
}

int certificate_new(struct certificate **ret)
{
	_cleanup_(certificate_freep) struct certificate *c = mem_new(struct certificate);

	if (!c)
		return -ENOMEM;
	c->key = EVP_EC_gen("P-256");
	c->x509 = X509_new();
	if (!c->key || !c->x509 || X509_set_version(c->x509, X509_VERSION_3) != 1 || !certificate_number(c->x509) ||
	    !certificate_date(c->x509) || !certificate_name(c->x509) || X509_set_pubkey(c->x509, c->key) != 1 ||
	    X509_sign(c->x509, c->key, EVP_sha256()) == 0 || certificate_digest(c->x509, c->fingerprint) < 0)
		return -EIO;
	*ret = take(c);
	return 0;
}

struct certificate *certificate_free(struct certificate *c)
{
	if (!c)
		return NULL;
	X509_free(c->x509);
	EVP_PKEY_free(c->key);
	mem_free(c);
	return NULL;
}

const uint8_t *certificate_fingerprint(const struct certificate *c)
{
	return c->fingerprint;
}

int certificate_use(const struct certificate *c, SSL_CTX *context)
{
	if (SSL_CTX_use_certificate(context, c->x509) != 1 || SSL_CTX_use_PrivateKey(context, c->key) != 1)
		return -EIO;
	return 0;
}
