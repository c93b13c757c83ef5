/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/link/cipher: known answers, that it is ours that runs, that a refusal stops everything, that packets cost no
 * memory. In tests only. Stands before libsrtp in the search for srtp_replace_*(), to see what is installed and to
 * refuse it. */
#include <dlfcn.h>
#include <errno.h>

#include <openssl/crypto.h>
#include <srtp2/auth.h>
#include <srtp2/cipher.h>

#include "base/mem.h"
#include "sfu/link/cipher.h"
#include "sfu/link/gcm_mb.h"
#include "sfu/link/link.h"
#include "sfu/link/srtp_session.h"
#include "tests/support/check.h"

static struct {
	const srtp_cipher_type_t *icm, *gcm;
	const srtp_auth_type_t *hmac;
	srtp_cipher_type_id_t refuse_cipher;	/* 0: none */
	bool refuse_mb;
	bool refuse_auth;
} seen;

static unsigned long allocations;

static void *counted_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	allocations++;
	return malloc(n);
}

static void *counted_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	allocations++;
	return realloc(p, n);
}

static void counted_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

/* OpenSSL takes these only before it has allocated anything. */
static void __attribute__((constructor)) count_openssl(void)
{
	if (CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free) != 1)
		abort();
}

srtp_err_status_t srtp_replace_cipher_type(const srtp_cipher_type_t *type, srtp_cipher_type_id_t id)
{
	srtp_err_status_t (*real)(const srtp_cipher_type_t *, srtp_cipher_type_id_t);

	if (id == SRTP_AES_ICM_128)
		seen.icm = type;
	else
		seen.gcm = type;
	if (id == seen.refuse_cipher || (seen.refuse_mb && strstr(type->description, GCM_MB_NAME)))
		return srtp_err_status_bad_param;
	*(void **)&real = dlsym(RTLD_NEXT, "srtp_replace_cipher_type");
	return real(type, id);
}

srtp_err_status_t srtp_replace_auth_type(const srtp_auth_type_t *type, srtp_auth_type_id_t id)
{
	srtp_err_status_t (*real)(const srtp_auth_type_t *, srtp_auth_type_id_t);

	seen.hmac = type;
	if (seen.refuse_auth)
		return srtp_err_status_bad_param;
	*(void **)&real = dlsym(RTLD_NEXT, "srtp_replace_auth_type");
	return real(type, id);
}

/* RFC 7714: 16.1.1 for SRTP, 17.1 for SRTCP. */
struct vector {
	uint8_t nonce[12];
	uint8_t aad[12];
	size_t plain_size;
	uint8_t plain[64];
	uint8_t sealed[80];	/* with the tag */
};

static const uint8_t gcm_key[28] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static const struct vector vectors[] = {
	{
		{ 0x51, 0x75, 0x3c, 0x65, 0x80, 0xc2, 0x72, 0x6f, 0x20, 0x71, 0x84, 0x14 },
		{ 0x80, 0x40, 0xf1, 0x7b, 0x80, 0x41, 0xf8, 0xd3, 0x55, 0x01, 0xa0, 0xb2 },
		38,
		"Gallia est omnis divisa in partes tres",
		{ 0xf2, 0x4d, 0xe3, 0xa3, 0xfb, 0x34, 0xde, 0x6c, 0xac, 0xba, 0x86, 0x1c, 0x9d, 0x7e, 0x4b, 0xca,
		  0xbe, 0x63, 0x3b, 0xd5, 0x0d, 0x29, 0x4e, 0x6f, 0x42, 0xa5, 0xf4, 0x7a, 0x51, 0xc7, 0xd1, 0x9b,
		  0x36, 0xde, 0x3a, 0xdf, 0x88, 0x33, 0x89, 0x9d, 0x7f, 0x27, 0xbe, 0xb1, 0x6a, 0x91, 0x52, 0xcf,
		  0x76, 0x5e, 0xe4, 0x39, 0x0c, 0xce },
	},
	{
		{ 0x51, 0x75, 0x24, 0x05, 0x52, 0x03, 0x72, 0x6f, 0x20, 0x71, 0x70, 0xbb },
		{ 0x81, 0xc8, 0x00, 0x0d, 0x4d, 0x61, 0x72, 0x73, 0x80, 0x00, 0x05, 0xd4 },
		48,
		{ 0x4e, 0x54, 0x50, 0x31, 0x4e, 0x54, 0x50, 0x32, 0x52, 0x54, 0x50, 0x20, 0x00, 0x00, 0x04, 0x2a,
		  0x00, 0x00, 0xe9, 0x30, 0x4c, 0x75, 0x6e, 0x61, 0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef,
		  0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef, },
		{ 0x63, 0xe9, 0x48, 0x85, 0xdc, 0xda, 0xb6, 0x7c, 0xa7, 0x27, 0xd7, 0x66, 0x2f, 0x6b, 0x7e, 0x99,
		  0x7f, 0xf5, 0xc0, 0xf7, 0x6c, 0x06, 0xf3, 0x2d, 0xc6, 0x76, 0xa5, 0xf1, 0x73, 0x0d, 0x6f, 0xda,
		  0x4c, 0xe0, 0x9b, 0x46, 0x86, 0x30, 0x3d, 0xed, 0x0b, 0xb9, 0x27, 0x5b, 0xc8, 0x4a, 0xa4, 0x58,
		  0x96, 0xcf, 0x4d, 0x2f, 0xc5, 0xab, 0xf8, 0x72, 0x45, 0xd9, 0xea, 0xde },
	},
};

static void check_vector(const struct vector *v, size_t plain_size)
{
	uint8_t data[80], nonce[12];
	srtp_cipher_t *c = NULL;
	unsigned size = (unsigned)plain_size;
	uint32_t tag = 0;

	memcpy(data, v->plain, plain_size);
	memcpy(nonce, v->nonce, sizeof(nonce));
	check_eq(seen.gcm->alloc(&c, sizeof(gcm_key), 16), srtp_err_status_ok);
	check_eq(seen.gcm->init(c->state, gcm_key), srtp_err_status_ok);
	check_eq(seen.gcm->set_iv(c->state, nonce, srtp_direction_encrypt), srtp_err_status_ok);
	check_eq(seen.gcm->set_aad(c->state, v->aad, sizeof(v->aad)), srtp_err_status_ok);
	check_eq(seen.gcm->encrypt(c->state, data, &size), srtp_err_status_ok);
	check_eq(seen.gcm->get_tag(c->state, data + size, &tag), srtp_err_status_ok);
	check_eq(size + tag, plain_size + 16);
	assert_memory_equal(data, v->sealed, size + tag);

	for (int flip = 0; flip < 2; flip++) {
		size = (unsigned)plain_size + 16;
		memcpy(data, v->sealed, size);
		data[0] ^= (uint8_t)flip;
		check_eq(seen.gcm->set_iv(c->state, nonce, srtp_direction_decrypt), srtp_err_status_ok);
		check_eq(seen.gcm->set_aad(c->state, v->aad, sizeof(v->aad)), srtp_err_status_ok);
		check_eq(seen.gcm->decrypt(c->state, data, &size),
			 flip ? srtp_err_status_auth_fail : srtp_err_status_ok);
	}
	seen.gcm->dealloc(c);
}

static void rfc_7714_vectors(void)
{
	check_eq(srtp_library_open(), 0);
	check_vector(&vectors[0], 38);
	check_vector(&vectors[1], 44);
	srtp_library_close();
}

static void rejects_other_sizes(void)
{
	srtp_cipher_t *c = NULL;
	srtp_auth_t *a = NULL;
	uint8_t tag[16] = { 0 };
	unsigned size = sizeof(tag) - 1;

	check_eq(srtp_library_open(), 0);
	check_eq(seen.gcm->alloc(&c, 44, 16), srtp_err_status_bad_param);
	check_eq(seen.gcm->alloc(&c, 28, 12), srtp_err_status_bad_param);
	check_eq(seen.icm->alloc(&c, 46, 0), srtp_err_status_bad_param);
	check_eq(seen.hmac->alloc(&a, 65, 10), srtp_err_status_bad_param);
	check_eq(seen.hmac->alloc(&a, 20, 21), srtp_err_status_bad_param);
	check(!c && !a);
	check_eq(seen.gcm->alloc(&c, 28, 16), srtp_err_status_ok);
	check_eq(seen.gcm->init(c->state, gcm_key), srtp_err_status_ok);
	check_eq(seen.gcm->set_iv(c->state, tag, srtp_direction_decrypt), srtp_err_status_ok);
	check_eq(seen.gcm->decrypt(c->state, tag, &size), srtp_err_status_bad_param);	/* shorter than a tag */
	seen.gcm->dealloc(c);
	srtp_library_close();
}

/* Whole packets that libsrtp's own tests have known for years: key derivation, cipher and tag at once. */
static const struct {
	uint8_t master[SRTP_MASTER_MAX];
	uint8_t sealed[44];
	size_t size;
} packets[SRTP_SUITE_N] = {
	[SRTP_SUITE_AEAD_AES_128_GCM] = {
		{ 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
		  0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab },
		{ 0x80, 0x0f, 0x12, 0x34, 0xde, 0xca, 0xfb, 0xad, 0xca, 0xfe, 0xba, 0xbe, 0xc5, 0x00, 0x2e, 0xde,
		  0x04, 0xcf, 0xdd, 0x2e, 0xb9, 0x11, 0x59, 0xe0, 0x88, 0x0a, 0xa0, 0x6e, 0xd2, 0x97, 0x68, 0x26,
		  0xf7, 0x96, 0xb2, 0x01, 0xdf, 0x31, 0x31, 0xa1, 0x27, 0xe8, 0xa3, 0x92 },
		44,
	},
	[SRTP_SUITE_AES128_CM_SHA1_80] = {
		{ 0xe1, 0xf9, 0x7a, 0x0d, 0x3e, 0x01, 0x8b, 0xe0, 0xd6, 0x4f, 0xa3, 0x2c, 0x06, 0xde, 0x41, 0x39,
		  0x0e, 0xc6, 0x75, 0xad, 0x49, 0x8a, 0xfe, 0xeb, 0xb6, 0x96, 0x0b, 0x3a, 0xab, 0xe6 },
		{ 0x80, 0x0f, 0x12, 0x34, 0xde, 0xca, 0xfb, 0xad, 0xca, 0xfe, 0xba, 0xbe, 0x4e, 0x55, 0xdc, 0x4c,
		  0xe7, 0x99, 0x78, 0xd8, 0x8c, 0xa4, 0xd2, 0x15, 0x94, 0x9d, 0x24, 0x02, 0xb7, 0x8d, 0x6a, 0xcc,
		  0x99, 0xea, 0x17, 0x9b, 0x8d, 0xbb },
		38,
	},
};

static struct srtp_session *session(enum srtp_suite suite)
{
	struct srtp_keys keys = { .suite = suite };
	struct srtp_session *s = NULL;

	memcpy(keys.inbound, packets[suite].master, SRTP_MASTER_MAX);
	memcpy(keys.outbound, packets[suite].master, SRTP_MASTER_MAX);
	check_eq(srtp_session_new(&s, &keys), 0);
	return s;
}

static size_t plain(uint8_t *data, uint16_t sequence)
{
	static const uint8_t head[] = { 0x80, 0x0f, 0x12, 0x34, 0xde, 0xca, 0xfb, 0xad, 0xca, 0xfe, 0xba, 0xbe };

	memcpy(data, head, sizeof(head));
	data[2] = (uint8_t)(sequence >> 8);
	data[3] = (uint8_t)sequence;
	memset(data + sizeof(head), 0xab, 16);
	return sizeof(head) + 16;
}

static void known_packets(void)
{
	check_eq(srtp_library_open(), 0);
	for (enum srtp_suite suite = 0; suite < SRTP_SUITE_N; suite++) {
		struct srtp_session *s = session(suite);
		struct cipher_numbers before, after;
		struct srtp_in in;
		uint8_t data[80];
		size_t size = plain(data, 0x1234);

		cipher_count(&before);
		check_eq(srtp_session_protect_rtp(s, 0, data, &size), 0);
		check_eq(size, packets[suite].size);
		assert_memory_equal(data, packets[suite].sealed, size);
		check(srtp_session_unprotect_rtp(s, data, &size, &in));
		cipher_count(&after);
		/* Twice each: out and in. None of NSS, or these would not have moved. */
		check_eq(after.gcm - before.gcm, suite == SRTP_SUITE_AEAD_AES_128_GCM ? 2 : 0);
		check_eq(after.icm - before.icm, suite == SRTP_SUITE_AES128_CM_SHA1_80 ? 2 : 0);
		check_eq(after.hmac - before.hmac, suite == SRTP_SUITE_AES128_CM_SHA1_80 ? 2 : 0);
		srtp_session_free(s);
	}
	srtp_library_close();
}

TEST(keys_are_derived_by_us)
{
	struct cipher_numbers before, after;

	check_eq(srtp_library_open(), 0);
	cipher_count(&before);
	srtp_session_free(session(SRTP_SUITE_AEAD_AES_128_GCM));
	cipher_count(&after);
	check(after.icm > before.icm);
	srtp_library_close();
}

static void a_packet_costs_no_memory(void)
{
	check_eq(srtp_library_open(), 0);
	for (enum srtp_suite suite = 0; suite < SRTP_SUITE_N; suite++) {
		struct srtp_session *s = session(suite);
		unsigned long before = 0;

		for (uint16_t i = 1; i < 1000; i++) {
			uint8_t data[80];
			size_t size = plain(data, i);
			struct srtp_in in;

			if (i == 2) {	/* the first made the stream */
				before = allocations;
				mem_fail_at(1, true);
			}
			check_eq(srtp_session_protect_rtp(s, 0, data, &size), 0);
			check(srtp_session_unprotect_rtp(s, data, &size, &in));
		}
		check_eq(mem_fail_at(0, false), 0);
		check_eq(allocations, before);
		srtp_session_free(s);
	}
	check(allocations > 0);		/* the counter does count */
	srtp_library_close();
}

TEST(a_refusal_stops_the_start)
{
	static const srtp_cipher_type_id_t ids[] = { SRTP_AES_ICM_128, SRTP_AES_GCM_128, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		struct links *l = NULL;

		seen.refuse_cipher = ids[i];
		seen.refuse_auth = ids[i] == 0;
		check_eq(links_new(&l), -ENOTSUP);
		check(!l);
	}
	seen.refuse_cipher = 0;
	seen.refuse_auth = false;
	check_eq(srtp_library_open(), 0);	/* and nothing is left half done */
	srtp_library_close();
}

static void no_memory(void)
{
	unsigned long n;
	int r = -ENOMEM;

	for (n = 1; r < 0; n++) {
		mem_fail_at(n, false);
		r = srtp_library_open();
		mem_fail_at(0, false);
		check(r == 0 || r == -ENOMEM || r == -ENOTSUP);
	}
	check(n > 3);
	for (enum srtp_suite suite = 0; suite < SRTP_SUITE_N; suite++) {
		struct srtp_keys keys = { .suite = suite };
		struct srtp_session *s = NULL;

		r = -ENOMEM;
		for (n = 1; r < 0; n++) {
			mem_fail_at(n, false);
			r = srtp_session_new(&s, &keys);
			mem_fail_at(0, false);
			/* libsrtp says init_fail when it could not make the cipher that derives the keys. */
			check(r == 0 ? s != NULL : (r == -ENOMEM || r == -EIO) && !s);
		}
		check(n > 6);
		srtp_session_free(s);
	}
	srtp_library_close();
}

/* What the processor lets be chosen, and OpenSSL, to which the same is done when the other is refused. */
static void with_each(void (*body)(void))
{
	for (int i = 0; i < 2; i++) {
		seen.refuse_mb = i;
		body();
	}
	seen.refuse_mb = false;
}

TEST(vectors_hold) { with_each(rfc_7714_vectors); }
TEST(sizes_hold) { with_each(rejects_other_sizes); }
TEST(packets_are_known) { with_each(known_packets); }
TEST(packets_cost_no_memory) { with_each(a_packet_costs_no_memory); }
TEST(no_memory_is_an_error) { with_each(no_memory); }

#define LONGEST 1500

/* Seals `size` zeroes behind `aad_size` bytes in two parts; what comes out, with its tag, is left in `data`. */
static void seal(uint8_t *data, unsigned size, uint32_t aad_size)
{
	static const uint8_t aad[400] = { 0x80, 0x60 };
	uint8_t nonce[12] = { (uint8_t)size, (uint8_t)(size >> 8) };
	srtp_cipher_t *c = NULL;
	uint32_t tag;

	memset(data, 0, size);
	check_eq(seen.gcm->alloc(&c, sizeof(gcm_key), 16), srtp_err_status_ok);
	check_eq(seen.gcm->init(c->state, gcm_key), srtp_err_status_ok);
	check_eq(seen.gcm->set_iv(c->state, nonce, srtp_direction_encrypt), srtp_err_status_ok);
	check_eq(seen.gcm->set_aad(c->state, aad, aad_size / 2), srtp_err_status_ok);
	check_eq(seen.gcm->set_aad(c->state, aad + aad_size / 2, aad_size - aad_size / 2), srtp_err_status_ok);
	check_eq(seen.gcm->encrypt(c->state, data, &size), srtp_err_status_ok);
	check_eq(seen.gcm->get_tag(c->state, data + size, &tag), srtp_err_status_ok);
	seen.gcm->dealloc(c);
}

/* Every length of payload, with headers of many lengths: the same bytes from either. */
TEST(both_seal_alike)
{
	static uint8_t sealed[2][LONGEST + 1][LONGEST + 16];

	for (int i = 0; i < 2; i++) {
		seen.refuse_mb = i;
		check_eq(srtp_library_open(), 0);
		for (unsigned size = 0; size <= LONGEST; size++)
			seal(sealed[i][size], size, 12 + size % 380);
		srtp_library_close();
	}
	seen.refuse_mb = false;
	assert_memory_equal(sealed[0], sealed[1], sizeof(sealed[0]));
}

TEST(the_faster_is_taken_and_named)
{
	static const uint8_t header[600];
	bool faster;

	check_eq(srtp_library_open(), 0);
	faster = strcmp(cipher_name(), GCM_MB_NAME) == 0;
	check(faster || strcmp(cipher_name(), CIPHER_EVP_NAME) == 0);
	printf("# AES-GCM of this machine: %s\n", cipher_name());
	if (faster) {	/* what it has no room for is refused */
		srtp_cipher_t *c = NULL;

		check_eq(seen.gcm->alloc(&c, 28, 16), srtp_err_status_ok);
		check_eq(seen.gcm->set_aad(c->state, header, sizeof(header)), srtp_err_status_bad_param);
		seen.gcm->dealloc(c);
	}
	srtp_library_close();
	seen.refuse_mb = true;
	check_eq(srtp_library_open(), 0);
	assert_string_equal(cipher_name(), CIPHER_EVP_NAME);
	srtp_library_close();
	seen.refuse_mb = false;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(vectors_hold),
	cmocka_unit_test(sizes_hold),
	cmocka_unit_test(packets_are_known),
	cmocka_unit_test(both_seal_alike),
	cmocka_unit_test(the_faster_is_taken_and_named),
	cmocka_unit_test(keys_are_derived_by_us),
	cmocka_unit_test(packets_cost_no_memory),
	cmocka_unit_test(a_refusal_stops_the_start),
	cmocka_unit_test(no_memory_is_an_error),
};

RUN_TESTS(tests)
