/* SPDX-License-Identifier: EUPL-1.2 */
/* Codes in Crockford's base32, which has no letters that look alike. In conclaved. */
#include "auth/recovery.h"

#include "base/mem.h"
#include "base/random.h"

#define RECOVERY_BYTES 10
#define RECOVERY_VALUES 16	/* letters that count */
#define RECOVERY_GROUP 4
#define RECOVERY_TYPED 64	/* bytes of what is typed, at most */

static const char alphabet[32 + 1] = "0123456789abcdefghjkmnpqrstvwxyz";

static void code_print(const uint8_t raw[static RECOVERY_BYTES], struct recovery_code *ret)
{
	size_t at = 0;

	for (unsigned i = 0; i < RECOVERY_VALUES; i++) {
		struct reader r = reader(bytes_make(raw + i / 8 * 5, 5));	/* five bytes are eight letters */

		if (i && i % RECOVERY_GROUP == 0)
			ret->text[at++] = '-';
		ret->text[at++] = alphabet[read_be(&r, 5) >> (35 - i % 8 * 5) & 31];
	}
	ret->text[at] = '\0';
}

int recovery_new(struct recovery_code codes[static RECOVERY_CODES], struct digest stored[static RECOVERY_CODES])
{
	uint8_t raw[RECOVERY_BYTES];
	int r = 0;

	for (size_t i = 0; r == 0 && i < RECOVERY_CODES; i++) {
		random_bytes(raw, sizeof(raw));
		r = digest_sha256(bytes_make(raw, sizeof(raw)), &stored[i]);
		code_print(raw, &codes[i]);
	}
	mem_wipe(raw, sizeof(raw));
	return r;
}

/* -1 for what is no letter of the alphabet; O, I and L are read as what they were taken for. */
static int letter_value(uint8_t c)
{
	const char *at;

	if (c >= 'A' && c <= 'Z')
		c = (uint8_t)(c - 'A' + 'a');
	if (c == 'o')
		c = '0';
	if (c == 'i' || c == 'l')
		c = '1';
	at = c ? strchr(alphabet, c) : NULL;
	return at ? (int)(at - alphabet) : -1;
}

static bool code_parse(struct bytes typed, uint8_t raw[static RECOVERY_BYTES])
{
	uint64_t bits = 0;
	unsigned n = 0;

	if (typed.size > RECOVERY_TYPED)
		return false;
	for (size_t i = 0; i < typed.size; i++) {
		int value = letter_value(typed.data[i]);

		if (typed.data[i] == '-' || typed.data[i] == ' ')
			continue;
		if (value < 0 || n == RECOVERY_VALUES)
			return false;
		bits = bits << 5 | (unsigned)value;
		if (++n % 8 == 0) {
			struct writer w = writer(raw + (n / 8 - 1) * 5, 5);

			write_be(&w, bits, 5);
		}
	}
	return n == RECOVERY_VALUES;
}

int recovery_find(const struct digest *stored, size_t n, struct bytes typed)
{
	uint8_t raw[RECOVERY_BYTES];
	struct digest shown;
	int found = -1;

	if (code_parse(typed, raw) && digest_sha256(bytes_make(raw, sizeof(raw)), &shown) == 0)
		for (size_t i = 0; i < n; i++)
			found = digest_equal(&stored[i], &shown) ? (int)i : found;
	mem_wipe(raw, sizeof(raw));
	return found;
}
