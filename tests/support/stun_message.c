/* SPDX-License-Identifier: EUPL-1.2 */
/* RFC 8489, section 5 and 14. In tests only. Invariant: as in the header. */
#include "tests/support/stun_message.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define COOKIE 0x2112a442u
#define HEADER 20

static void stun_set_size(struct stun_message *m, size_t attributes)
{
	m->data[2] = (uint8_t)(attributes >> 8);
	m->data[3] = (uint8_t)attributes;
}

void stun_begin(struct stun_message *m, uint16_t type)
{
	m->w = writer(m->data, sizeof(m->data));
	write_u16(&m->w, type);
	write_u16(&m->w, 0);
	write_u32(&m->w, COOKIE);
	write_string(&m->w, "transaction!");
}

void stun_attribute(struct stun_message *m, uint16_t type, const void *value, size_t size)
{
	write_u16(&m->w, type);
	write_u16(&m->w, (uint16_t)size);
	write_bytes(&m->w, bytes_make(value, size));
	write_be(&m->w, 0, -size & 3);
	stun_set_size(m, stun_bytes(m).size - HEADER);
}

static void stun_hash(const uint8_t *data, size_t size, const char *pwd, uint8_t ret[static 20])
{
	unsigned n = 20;

	(void)HMAC(EVP_sha1(), pwd, (int)strlen(pwd), data, size, ret, &n);
}

void stun_integrity(struct stun_message *m, const char *pwd)
{
	size_t before = stun_bytes(m).size;
	uint8_t hash[20];

	stun_set_size(m, before + 24 - HEADER);		/* the length as it will be with this attribute */
	stun_hash(m->data, before, pwd, hash);
	stun_attribute(m, STUN_MESSAGE_INTEGRITY, hash, sizeof(hash));
}

static uint32_t stun_crc(const uint8_t *data, size_t size)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < size; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
	}
	return ~crc ^ 0x5354554eu;
}

void stun_fingerprint(struct stun_message *m)
{
	size_t before = stun_bytes(m).size;
	uint8_t value[4];
	struct writer w = writer(value, sizeof(value));

	stun_set_size(m, before + 8 - HEADER);
	write_u32(&w, stun_crc(m->data, before));
	stun_attribute(m, STUN_FINGERPRINT, value, sizeof(value));
}

void stun_check(struct stun_message *m, const char *ufrag, const char *pwd, bool nominate)
{
	static const uint8_t priority[4] = { 0x6e, 0x7f, 0x1e, 0xff }, tie[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	char username[64];
	struct writer w = writer(username, sizeof(username));

	write_format(&w, "%s:%s", ufrag, "abcd");
	stun_begin(m, 0x0001);
	stun_attribute(m, STUN_USERNAME, username, written(&w).size);
	stun_attribute(m, STUN_ICE_CONTROLLING, tie, sizeof(tie));
	if (nominate)
		stun_attribute(m, STUN_USE_CANDIDATE, NULL, 0);
	stun_attribute(m, STUN_PRIORITY, priority, sizeof(priority));
	stun_integrity(m, pwd);
	stun_fingerprint(m);
}

bool stun_find(struct bytes message, uint16_t type, struct bytes *ret)
{
	struct reader r = reader(message);

	read_skip(&r, HEADER);
	while (r.ok && read_left(&r)) {
		uint16_t found = read_u16(&r);
		struct bytes value = read_bytes(&r, read_u16(&r));

		read_skip(&r, -value.size & 3);
		if (r.ok && found == type) {
			*ret = value;
			return true;
		}
	}
	return false;
}

bool stun_is_success(struct bytes message, const char *pwd)
{
	struct stun_message copy = { 0 };
	struct bytes integrity, fingerprint;
	size_t at;
	uint8_t hash[20];

	if (message.size > sizeof(copy.data) || message.size < HEADER || message.data[0] != 1 || message.data[1] != 1 ||
	    !stun_find(message, STUN_MESSAGE_INTEGRITY, &integrity) || integrity.size != 20 ||
	    !stun_find(message, STUN_FINGERPRINT, &fingerprint) || fingerprint.size != 4)
		return false;
	memcpy(copy.data, message.data, message.size);
	at = (size_t)(integrity.data - message.data) - 4;
	stun_set_size(&copy, at + 24 - HEADER);
	stun_hash(copy.data, at, pwd, hash);
	if (memcmp(hash, integrity.data, 20) != 0)
		return false;
	copy.w = writer(copy.data, sizeof(copy.data));
	copy.w.at += at + 24;
	stun_fingerprint(&copy);
	return bytes_equal(stun_bytes(&copy), message);
}

int stun_error(struct bytes message)
{
	struct bytes value;

	if (message.size < HEADER || message.data[0] != 1 || message.data[1] != 0x11 ||
	    !stun_find(message, STUN_ERROR_CODE, &value) || value.size < 4)
		return 0;
	return value.data[2] * 100 + value.data[3];
}

bool stun_mapped(struct bytes message, struct address *ret)
{
	struct bytes value;
	struct reader r;
	struct address a = { 0 };
	uint8_t mask[16];
	size_t size;

	if (!stun_find(message, STUN_XOR_MAPPED_ADDRESS, &value))
		return false;
	memcpy(mask, message.data + 4, sizeof(mask));	/* the cookie, then the transaction */
	r = reader(value);
	read_skip(&r, 1);
	a.family = read_u8(&r) == 1 ? 4 : 6;
	a.port = read_u16(&r) ^ (COOKIE >> 16);
	size = a.family == 4 ? 4 : 16;
	for (size_t i = 0; i < size; i++)
		a.ip[i] = read_u8(&r) ^ mask[i];
	*ret = a;
	return r.ok && read_left(&r) == 0;
}
