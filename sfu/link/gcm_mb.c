/* SPDX-License-Identifier: EUPL-1.2 */
/* The door of intel-ipsec-mb. In conclave-media.
 * Invariant: the manager is made once, before the sandbox; a packet only runs its direct calls, which allocate
 * and lock nothing. What has failed its tag is an error, whatever was written meanwhile. */
#include "sfu/link/gcm_mb.h"

#include <string.h>

#include <intel-ipsec-mb.h>
#include <openssl/crypto.h>
#include <srtp2/cipher.h>

#include "base/mem.h"

#define TAG 16		/* RFC 7714, 5.1 */
#define TAG_SHORT 8	/* in libsrtp's self test only */
#define NONCE 12
/* What libsrtp authenticates without enciphering: an RTP header with its extensions, or 12 bytes of RTCP. */
#define AAD_MAX 512
#define KEY_ALIGNMENT 64	/* as the library's own build has it; its header leaves that out */

static struct {
	/* owned */
	IMB_MGR *manager;

	/* borrowed */
	uint64_t *runs;

	/* state */
	srtp_cipher_type_t type;

	/* Of the packet in hand: libsrtp finishes one before it begins the next, and one place for all keys stays in
	 * the processor's first cache. */
	struct gcm_context_data run;
	uint8_t tag[TAG];
	uint8_t nonce[NONCE];
	size_t aad_size;
	uint8_t aad[AAD_MAX];
} mb;

struct gcm {
	srtp_cipher_t head;

	/* state */
	struct gcm_key_data *key;	/* within `room` */
	size_t tag_size;
	uint8_t room[sizeof(struct gcm_key_data) + KEY_ALIGNMENT - 1];
};

static srtp_err_status_t gcm_alloc(srtp_cipher_t **ret, int key_size, int tag_size)
{
	struct gcm *g;
	uintptr_t at;

	if (key_size != SRTP_AES_GCM_128_KEY_LEN_WSALT || (tag_size != TAG && tag_size != TAG_SHORT))
		return srtp_err_status_bad_param;
	g = mem_new(struct gcm);
	if (!g)
		return srtp_err_status_alloc_fail;
	at = (uintptr_t)g->room;
	at += -at % KEY_ALIGNMENT;
	g->key = (struct gcm_key_data *)at;
	g->head = (srtp_cipher_t){ .type = &mb.type, .state = g, .key_len = key_size, .algorithm = (int)mb.type.id };
	g->tag_size = (size_t)tag_size;
	*ret = &g->head;
	return srtp_err_status_ok;
}

static srtp_err_status_t gcm_dealloc(srtp_cipher_t *head)
{
	struct gcm *g = (struct gcm *)head;

	mem_wipe(g, sizeof(*g));
	mem_free(g);
	return srtp_err_status_ok;
}

static srtp_err_status_t gcm_init(void *state, const uint8_t *key)
{
	struct gcm *g = state;

	IMB_AES128_GCM_PRE(mb.manager, key, g->key);
	return srtp_err_status_ok;
}

static srtp_err_status_t gcm_set_iv(void *state, uint8_t *iv, srtp_cipher_direction_t direction)
{
	(void)state;
	(void)direction;
	memcpy(mb.nonce, iv, NONCE);
	mb.aad_size = 0;
	return srtp_err_status_ok;
}

/* libsrtp gives that of RTCP in two parts. */
static srtp_err_status_t gcm_set_aad(void *state, const uint8_t *aad, uint32_t size)
{
	(void)state;
	if (size > AAD_MAX - mb.aad_size)
		return srtp_err_status_bad_param;
	memcpy(mb.aad + mb.aad_size, aad, size);
	mb.aad_size += size;
	return srtp_err_status_ok;
}

/* The tag comes with it, and waits for gcm_get_tag(). */
static srtp_err_status_t gcm_encrypt(void *state, uint8_t *data, unsigned int *size)
{
	struct gcm *g = state;

	(*mb.runs)++;
	IMB_AES128_GCM_ENC(mb.manager, g->key, &mb.run, data, data, *size, mb.nonce, mb.aad, mb.aad_size, mb.tag,
			   g->tag_size);
	return srtp_err_status_ok;
}

static srtp_err_status_t gcm_get_tag(void *state, uint8_t *tag, uint32_t *size)
{
	struct gcm *g = state;

	memcpy(tag, mb.tag, g->tag_size);
	*size = (uint32_t)g->tag_size;
	return srtp_err_status_ok;
}

static srtp_err_status_t gcm_decrypt(void *state, uint8_t *data, unsigned int *size)
{
	struct gcm *g = state;
	size_t plain;

	if (*size < g->tag_size)
		return srtp_err_status_bad_param;
	plain = *size - g->tag_size;
	(*mb.runs)++;
	IMB_AES128_GCM_DEC(mb.manager, g->key, &mb.run, data, data, plain, mb.nonce, mb.aad, mb.aad_size, mb.tag,
			   g->tag_size);
	if (CRYPTO_memcmp(mb.tag, data + plain, g->tag_size) != 0)
		return srtp_err_status_auth_fail;
	*size = (unsigned)plain;
	return srtp_err_status_ok;
}

const struct srtp_cipher_type_t *gcm_mb_open(const struct srtp_cipher_test_case_t *known, uint64_t *runs)
{
	IMB_ARCH arch = IMB_ARCH_NONE;

	mb.manager = alloc_mb_mgr(0);
	if (!mb.manager)
		return NULL;
	init_mb_mgr_auto(mb.manager, &arch);
	/* Without the instructions it would emulate them: slow, and by tables. */
	if (arch < IMB_ARCH_SSE || !(mb.manager->features & IMB_FEATURE_AESNI)) {
		gcm_mb_close();
		return NULL;
	}
	mb.runs = runs;
	mb.type = (srtp_cipher_type_t){
		.alloc = gcm_alloc, .dealloc = gcm_dealloc, .init = gcm_init, .set_aad = gcm_set_aad,
		.encrypt = gcm_encrypt, .decrypt = gcm_decrypt, .set_iv = gcm_set_iv, .get_tag = gcm_get_tag,
		.description = "AES-128 GCM, " GCM_MB_NAME, .test_data = known, .id = SRTP_AES_GCM_128,
	};
	return &mb.type;
}

void gcm_mb_close(void)
{
	if (mb.manager)
		free_mb_mgr(mb.manager);
	mem_wipe(&mb, sizeof(mb));
}
