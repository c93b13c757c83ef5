/* SPDX-License-Identifier: EUPL-1.2 */
/* The three algorithms of our two SRTP profiles, as libsrtp wants them, over OpenSSL. In conclave-media.
 * Invariant: every object of OpenSSL is made in alloc() or cipher_install(); a packet only sets a nonce and runs.
 * The signatures, and their lack of const, are libsrtp's. */
#include "sfu/link/cipher.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define OPENSSL_SUPPRESS_DEPRECATED	/* for SHA1_Update() and its like, see struct hmac */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <srtp2/auth.h>
#include <srtp2/cipher.h>

#include "base/mem.h"
#include "sfu/link/gcm_mb.h"

#define GCM_TAG 16		/* RFC 7714, 5.1 */
#define GCM_TAG_SHORT 8		/* libsrtp's self test has such vectors; we never offer that profile */

static struct {
	/* owned */
	EVP_CIPHER *ctr;
	EVP_CIPHER *gcm;

	/* state */
	const char *name;
	struct cipher_numbers numbers;
} installed;

static const srtp_cipher_type_t icm_type;
static const srtp_cipher_type_t gcm_type;
static const srtp_auth_type_t hmac_type;

/* One allocation for what libsrtp sees and what we keep. */
struct cipher {
	srtp_cipher_t head;

	/* owned */
	EVP_CIPHER_CTX *evp;

	/* state */
	uint8_t offset[16];	/* ICM: the salt, shifted by 16 bits (RFC 3711, 4.1.1) */
	size_t tag_size;	/* GCM */
};

/* OpenSSL says 1 when it could. */
static srtp_err_status_t srtp_status(int openssl, srtp_err_status_t otherwise)
{
	return openssl == 1 ? srtp_err_status_ok : otherwise;
}

static srtp_err_status_t cipher_dealloc(srtp_cipher_t *head)
{
	struct cipher *c = (struct cipher *)head;

	EVP_CIPHER_CTX_free(c->evp);
	mem_wipe(c, sizeof(*c));
	mem_free(c);
	return srtp_err_status_ok;
}

static srtp_err_status_t cipher_new(srtp_cipher_t **ret, const srtp_cipher_type_t *type, const EVP_CIPHER *evp,
				    int key_size, size_t tag_size)
{
	struct cipher *c = mem_new(struct cipher);

	if (!c)
		return srtp_err_status_alloc_fail;
	c->head = (srtp_cipher_t){ .type = type, .state = c, .key_len = key_size, .algorithm = (int)type->id };
	c->tag_size = tag_size;
	c->evp = EVP_CIPHER_CTX_new();
	if (!c->evp || EVP_EncryptInit_ex2(c->evp, evp, NULL, NULL, NULL) != 1) {
		cipher_dealloc(&c->head);
		return srtp_err_status_alloc_fail;
	}
	*ret = &c->head;
	return srtp_err_status_ok;
}

/* AES in counter mode. */

static srtp_err_status_t icm_alloc(srtp_cipher_t **ret, int key_size, int tag_size)
{
	(void)tag_size;
	if (key_size != SRTP_AES_ICM_128_KEY_LEN_WSALT)
		return srtp_err_status_bad_param;
	return cipher_new(ret, &icm_type, installed.ctr, key_size, 0);
}

static srtp_err_status_t icm_init(void *state, const uint8_t *key)
{
	struct cipher *c = state;

	memset(c->offset, 0, sizeof(c->offset));
	memcpy(c->offset, key + SRTP_AES_128_KEY_LEN, SRTP_SALT_LEN);
	return srtp_status(EVP_EncryptInit_ex2(c->evp, NULL, key, NULL, NULL), srtp_err_status_init_fail);
}

static srtp_err_status_t icm_set_iv(void *state, uint8_t *iv, srtp_cipher_direction_t direction)
{
	struct cipher *c = state;
	uint8_t counter[16];

	(void)direction;	/* the same key stream both ways */
	for (size_t i = 0; i < sizeof(counter); i++)
		counter[i] = iv[i] ^ c->offset[i];
	return srtp_status(EVP_EncryptInit_ex2(c->evp, NULL, NULL, counter, NULL), srtp_err_status_cipher_fail);
}

static srtp_err_status_t icm_run(void *state, uint8_t *data, unsigned int *size)
{
	struct cipher *c = state;
	int n = 0;

	installed.numbers.icm++;
	if (EVP_EncryptUpdate(c->evp, data, &n, data, (int)*size) != 1)
		return srtp_err_status_cipher_fail;
	*size = (unsigned)n;
	return srtp_err_status_ok;
}

/* AES-GCM. */

static srtp_err_status_t gcm_alloc(srtp_cipher_t **ret, int key_size, int tag_size)
{
	if (key_size != SRTP_AES_GCM_128_KEY_LEN_WSALT || (tag_size != GCM_TAG && tag_size != GCM_TAG_SHORT))
		return srtp_err_status_bad_param;
	return cipher_new(ret, &gcm_type, installed.gcm, key_size, (size_t)tag_size);
}

static srtp_err_status_t gcm_init(void *state, const uint8_t *key)
{
	struct cipher *c = state;

	return srtp_status(EVP_CipherInit_ex2(c->evp, NULL, key, NULL, 1, NULL), srtp_err_status_init_fail);
}

static srtp_err_status_t gcm_set_iv(void *state, uint8_t *iv, srtp_cipher_direction_t direction)
{
	struct cipher *c = state;
	int encrypt = direction == srtp_direction_encrypt;

	return srtp_status(EVP_CipherInit_ex2(c->evp, NULL, NULL, iv, encrypt, NULL), srtp_err_status_cipher_fail);
}

static srtp_err_status_t gcm_set_aad(void *state, const uint8_t *aad, uint32_t size)
{
	struct cipher *c = state;
	int n;

	return srtp_status(EVP_CipherUpdate(c->evp, NULL, &n, aad, (int)size), srtp_err_status_cipher_fail);
}

static srtp_err_status_t gcm_encrypt(void *state, uint8_t *data, unsigned int *size)
{
	struct cipher *c = state;
	int n = 0;

	installed.numbers.gcm++;
	if (*size && EVP_EncryptUpdate(c->evp, data, &n, data, (int)*size) != 1)
		return srtp_err_status_cipher_fail;
	*size = (unsigned)n;
	return srtp_err_status_ok;
}

static srtp_err_status_t gcm_get_tag(void *state, uint8_t *tag, uint32_t *size)
{
	struct cipher *c = state;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag, c->tag_size),
		OSSL_PARAM_construct_end(),
	};
	int n;

	if (EVP_EncryptFinal_ex(c->evp, tag, &n) != 1 || EVP_CIPHER_CTX_get_params(c->evp, params) != 1)
		return srtp_err_status_cipher_fail;
	*size = (uint32_t)c->tag_size;
	return srtp_err_status_ok;
}

static srtp_err_status_t gcm_decrypt(void *state, uint8_t *data, unsigned int *size)
{
	struct cipher *c = state;
	OSSL_PARAM params[2];
	int plain, n = 0, last;

	installed.numbers.gcm++;
	if (*size < c->tag_size)
		return srtp_err_status_bad_param;
	plain = (int)(*size - c->tag_size);
	params[0] = OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, data + plain, c->tag_size);
	params[1] = OSSL_PARAM_construct_end();
	if (EVP_CIPHER_CTX_set_params(c->evp, params) != 1)
		return srtp_err_status_cipher_fail;
	if (plain && EVP_DecryptUpdate(c->evp, data, &n, data, plain) != 1)
		return srtp_err_status_cipher_fail;
	if (EVP_DecryptFinal_ex(c->evp, data + n, &last) != 1)
		return srtp_err_status_auth_fail;
	*size = (unsigned)n;
	return srtp_err_status_ok;
}

/* HMAC-SHA1 (RFC 2104) from states that have the padded keys in them already. EVP would allocate: it makes a new
 * state for each digest, and EVP_MAC copies one. The functions below are marked as old in OpenSSL 3 and work as
 * ever. */

struct hmac {
	srtp_auth_t head;

	/* state */
	SHA_CTX inner;
	SHA_CTX outer;
	SHA_CTX running;
};

static srtp_err_status_t hmac_dealloc(srtp_auth_t *head)
{
	struct hmac *h = (struct hmac *)head;

	mem_wipe(h, sizeof(*h));
	mem_free(h);
	return srtp_err_status_ok;
}

static srtp_err_status_t hmac_alloc(srtp_auth_t **ret, int key_size, int tag_size)
{
	struct hmac *h;

	if (key_size < 0 || key_size > SHA_CBLOCK || tag_size < 0 || tag_size > SHA_DIGEST_LENGTH)
		return srtp_err_status_bad_param;
	h = mem_new(struct hmac);
	if (!h)
		return srtp_err_status_alloc_fail;
	h->head = (srtp_auth_t){ .type = &hmac_type, .state = h, .out_len = tag_size, .key_len = key_size };
	*ret = &h->head;
	return srtp_err_status_ok;
}

static bool hmac_begin(SHA_CTX *sha, const uint8_t *key, size_t key_size, uint8_t pad)
{
	uint8_t block[SHA_CBLOCK];
	bool ok;

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (i < key_size ? key[i] : 0) ^ pad;
	ok = SHA1_Init(sha) == 1 && SHA1_Update(sha, block, sizeof(block)) == 1;
	mem_wipe(block, sizeof(block));
	return ok;
}

static srtp_err_status_t hmac_start(void *state)
{
	struct hmac *h = state;

	h->running = h->inner;
	return srtp_err_status_ok;
}

static srtp_err_status_t hmac_init(void *state, const uint8_t *key, int key_size)
{
	struct hmac *h = state;

	if (key_size < 0 || key_size > SHA_CBLOCK || !hmac_begin(&h->inner, key, (size_t)key_size, 0x36) ||
	    !hmac_begin(&h->outer, key, (size_t)key_size, 0x5c))
		return srtp_err_status_bad_param;
	return hmac_start(h);
}

static srtp_err_status_t hmac_update(void *state, const uint8_t *data, int size)
{
	struct hmac *h = state;

	return srtp_status(SHA1_Update(&h->running, data, (size_t)size), srtp_err_status_auth_fail);
}

static srtp_err_status_t hmac_compute(void *state, const uint8_t *data, int size, int tag_size, uint8_t *tag)
{
	struct hmac *h = state;
	uint8_t digest[SHA_DIGEST_LENGTH];

	installed.numbers.hmac++;
	if (tag_size < 0 || tag_size > SHA_DIGEST_LENGTH)
		return srtp_err_status_bad_param;
	if (SHA1_Update(&h->running, data, (size_t)size) != 1 || SHA1_Final(digest, &h->running) != 1)
		return srtp_err_status_auth_fail;
	h->running = h->outer;
	if (SHA1_Update(&h->running, digest, sizeof(digest)) != 1 || SHA1_Final(digest, &h->running) != 1)
		return srtp_err_status_auth_fail;
	memcpy(tag, digest, (size_t)tag_size);
	return srtp_err_status_ok;
}

/* The known answers that libsrtp demands of a new cipher; it adds those of the one that is replaced. */

/* RFC 3711, B.2: key, salt, and the first blocks of key stream. */
static const uint8_t icm_key[SRTP_AES_ICM_128_KEY_LEN_WSALT] = {
	0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c,
	0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd,
};
static uint8_t icm_nonce[16];
static const uint8_t icm_plain[32];
static const uint8_t icm_cipher[32] = {
	0xe0, 0x3e, 0xad, 0x09, 0x35, 0xc9, 0x5e, 0x80, 0xe1, 0x66, 0xb1, 0x6d, 0xd9, 0x2b, 0x4e, 0xb4,
	0xd2, 0x35, 0x13, 0x16, 0x2b, 0x02, 0xd0, 0xf7, 0x2a, 0x43, 0xa2, 0xfe, 0x4a, 0x5f, 0x97, 0xab,
};
static const srtp_cipher_test_case_t icm_test = {
	.key_length_octets = sizeof(icm_key), .key = icm_key, .idx = icm_nonce,
	.plaintext_length_octets = sizeof(icm_plain), .plaintext = icm_plain,
	.ciphertext_length_octets = sizeof(icm_cipher), .ciphertext = icm_cipher,
};

/* RFC 7714, 16.1.1: the salt is part of the nonce already. */
static const uint8_t gcm_key[SRTP_AES_GCM_128_KEY_LEN_WSALT] = {
	0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
};
static uint8_t gcm_nonce[12] = { 0x51, 0x75, 0x3c, 0x65, 0x80, 0xc2, 0x72, 0x6f, 0x20, 0x71, 0x84, 0x14 };
static const uint8_t gcm_aad[] = { 0x80, 0x40, 0xf1, 0x7b, 0x80, 0x41, 0xf8, 0xd3, 0x55, 0x01, 0xa0, 0xb2 };
static const uint8_t gcm_plain[] = {
	0x47, 0x61, 0x6c, 0x6c, 0x69, 0x61, 0x20, 0x65, 0x73, 0x74, 0x20, 0x6f, 0x6d, 0x6e, 0x69, 0x73,
	0x20, 0x64, 0x69, 0x76, 0x69, 0x73, 0x61, 0x20, 0x69, 0x6e, 0x20, 0x70, 0x61, 0x72, 0x74, 0x65,
	0x73, 0x20, 0x74, 0x72, 0x65, 0x73,
};
static const uint8_t gcm_cipher[] = {
	0xf2, 0x4d, 0xe3, 0xa3, 0xfb, 0x34, 0xde, 0x6c, 0xac, 0xba, 0x86, 0x1c, 0x9d, 0x7e, 0x4b, 0xca,
	0xbe, 0x63, 0x3b, 0xd5, 0x0d, 0x29, 0x4e, 0x6f, 0x42, 0xa5, 0xf4, 0x7a, 0x51, 0xc7, 0xd1, 0x9b,
	0x36, 0xde, 0x3a, 0xdf, 0x88, 0x33, 0x89, 0x9d, 0x7f, 0x27, 0xbe, 0xb1, 0x6a, 0x91, 0x52, 0xcf,
	0x76, 0x5e, 0xe4, 0x39, 0x0c, 0xce,
};
static const srtp_cipher_test_case_t gcm_test = {
	.key_length_octets = sizeof(gcm_key), .key = gcm_key, .idx = gcm_nonce,
	.plaintext_length_octets = sizeof(gcm_plain), .plaintext = gcm_plain,
	.ciphertext_length_octets = sizeof(gcm_cipher), .ciphertext = gcm_cipher,
	.aad_length_octets = sizeof(gcm_aad), .aad = gcm_aad, .tag_length_octets = GCM_TAG,
};

/* RFC 2202, 3, case 1. */
static const uint8_t hmac_key[SHA_DIGEST_LENGTH] = {
	0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b,
	0x0b, 0x0b, 0x0b, 0x0b,
};
static const uint8_t hmac_data[] = { 'H', 'i', ' ', 'T', 'h', 'e', 'r', 'e' };
static const uint8_t hmac_tag[SHA_DIGEST_LENGTH] = {
	0xb6, 0x17, 0x31, 0x86, 0x55, 0x05, 0x72, 0x64, 0xe2, 0x8b, 0xc0, 0xb6, 0xfb, 0x37, 0x8c, 0x8e,
	0xf1, 0x46, 0xbe, 0x00,
};
static const srtp_auth_test_case_t hmac_test = {
	.key_length_octets = sizeof(hmac_key), .key = hmac_key,
	.data_length_octets = sizeof(hmac_data), .data = hmac_data,
	.tag_length_octets = sizeof(hmac_tag), .tag = hmac_tag,
};

static const srtp_cipher_type_t icm_type = {
	.alloc = icm_alloc, .dealloc = cipher_dealloc, .init = icm_init, .encrypt = icm_run, .decrypt = icm_run,
	.set_iv = icm_set_iv,
	.description = "AES-128 counter mode, EVP", .test_data = &icm_test, .id = SRTP_AES_ICM_128,
};
static const srtp_cipher_type_t gcm_type = {
	.alloc = gcm_alloc, .dealloc = cipher_dealloc, .init = gcm_init, .set_aad = gcm_set_aad, .encrypt = gcm_encrypt,
	.decrypt = gcm_decrypt, .set_iv = gcm_set_iv, .get_tag = gcm_get_tag,
	.description = "AES-128 GCM, EVP", .test_data = &gcm_test, .id = SRTP_AES_GCM_128,
};
static const srtp_auth_type_t hmac_type = {
	.alloc = hmac_alloc, .dealloc = hmac_dealloc, .init = hmac_init, .compute = hmac_compute, .update = hmac_update,
	.start = hmac_start, .description = "HMAC-SHA1, OpenSSL", .test_data = &hmac_test, .id = SRTP_HMAC_SHA1,
};

/* The faster of the two that libsrtp takes. */
static srtp_err_status_t install_gcm(void)
{
	const srtp_cipher_type_t *mb = gcm_mb_open(&gcm_test, &installed.numbers.gcm);

	if (mb && srtp_replace_cipher_type(mb, SRTP_AES_GCM_128) == srtp_err_status_ok) {
		installed.name = GCM_MB_NAME;
		return srtp_err_status_ok;
	}
	gcm_mb_close();
	installed.name = CIPHER_EVP_NAME;
	return srtp_replace_cipher_type(&gcm_type, SRTP_AES_GCM_128);
}

int cipher_install(void)
{
	int r = -ENOTSUP;

	installed.ctr = EVP_CIPHER_fetch(NULL, "AES-128-CTR", NULL);
	installed.gcm = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	if (!installed.ctr || !installed.gcm)
		goto refused;
	switch (srtp_replace_cipher_type(&icm_type, SRTP_AES_ICM_128) ?: install_gcm() ?:
		srtp_replace_auth_type(&hmac_type, SRTP_HMAC_SHA1)) {
	case srtp_err_status_ok:
		return 0;
	case srtp_err_status_alloc_fail:
		r = -ENOMEM;
		break;
	default:	/* libsrtp's enum, of which any other value is a refusal */
		break;
	}
refused:
	cipher_uninstall();
	return r;
}

void cipher_uninstall(void)
{
	EVP_CIPHER_free(installed.ctr);
	EVP_CIPHER_free(installed.gcm);
	installed.ctr = installed.gcm = NULL;
	gcm_mb_close();
	installed.name = NULL;
}

const char *cipher_name(void)
{
	return installed.name;
}

void cipher_count(struct cipher_numbers *ret)
{
	*ret = installed.numbers;
}
