/* SPDX-License-Identifier: EUPL-1.2 */
/* The door to libargon2. In conclave-helper. Invariant: the library parses nothing that was not parsed here before. */
#include "helper/argon.h"

#include <argon2.h>
#include <errno.h>

#include "base/mem.h"
#include "base/random.h"

#define SALT_SIZE 16
#define SALT_LETTERS 22		/* in base64 without padding */
#define HASH_SIZE 32
#define HASH_LETTERS 43

struct argon_costs {
	uint32_t memory;
	uint32_t passes;
};

int argon_hash(struct bytes password, char ret[static PASSWORD_STORED + 1])
{
	char text[PASSWORD_STORED + 1];
	uint8_t salt[SALT_SIZE];

	random_bytes(salt, sizeof(salt));
	if (argon2id_hash_encoded(ARGON_PASSES, ARGON_MEMORY, ARGON_LANES, password.data, password.size, salt,
			sizeof(salt), HASH_SIZE, text, sizeof(text)) != ARGON2_OK)
		return -ENOMEM;		/* every other error would be one of these constants */
	memcpy(ret, text, sizeof(text));
	return 0;
}

static bool read_word(struct reader *r, const char *word)
{
	return bytes_equal_string(read_bytes(r, strlen(word)), word);
}

/* Decimal, without zeros in front, 1 … most, up to the letter that ends it. */
static bool read_number(struct reader *r, uint32_t most, char end, uint32_t *ret)
{
	uint32_t value = 0;

	while (r->ok) {
		uint8_t c = read_u8(r);

		if (r->ok && c == (uint8_t)end && value > 0) {
			*ret = value;
			return true;
		}
		if (c < '0' || c > '9' || (c == '0' && value == 0))
			return false;
		value = value * 10 + c - '0';
		if (value > most)
			return false;
	}
	return false;
}

static bool read_base64(struct reader *r, size_t letters)
{
	struct bytes text = read_bytes(r, letters);

	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
		      c == '/'))
			return false;
	}
	return r->ok;
}

static bool parse(struct bytes stored, struct argon_costs *ret)
{
	struct reader r = reader(stored);

	return read_word(&r, "$argon2id$v=19$m=") && read_number(&r, ARGON_MEMORY_MOST, ',', &ret->memory) &&
		read_word(&r, "t=") && read_number(&r, ARGON_PASSES_MOST, ',', &ret->passes) &&
		read_word(&r, "p=1$") && read_base64(&r, SALT_LETTERS) && read_word(&r, "$") &&
		read_base64(&r, HASH_LETTERS) && read_left(&r) == 0;
}

enum password_result argon_check(struct bytes password, struct bytes stored)
{
	char text[PASSWORD_STORED + 1] = { 0 };
	struct argon_costs costs;

	if (stored.size > PASSWORD_STORED || !parse(stored, &costs))
		return PASSWORD_UNREADABLE;
	memcpy(text, stored.data, stored.size);
	switch (argon2id_verify(text, password.data, password.size)) {
	case ARGON2_OK:
		return costs.memory == ARGON_MEMORY && costs.passes == ARGON_PASSES ? PASSWORD_RIGHT :
			PASSWORD_RIGHT_STALE;
	case ARGON2_VERIFY_MISMATCH:
		return PASSWORD_WRONG;
	case ARGON2_MEMORY_ALLOCATION_ERROR:
		return PASSWORD_FAILED;
	default:
		return PASSWORD_UNREADABLE;	/* costs too small, bits behind the last byte */
	}
}
