/* SPDX-License-Identifier: EUPL-1.2 */
/* base64url both ways and the hash under which a token is stored. In conclaved.
 * Invariant: one token has exactly one spelling. */
#include "auth/token.h"

#include "base/mem.h"
#include "base/random.h"

#define TOKEN_BYTES 32

static const char alphabet[64 + 1] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void token_print(const uint8_t raw[static TOKEN_BYTES], struct token *ret)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t at = 0;

	for (size_t i = 0; i < TOKEN_BYTES; i++) {
		bits = bits << 8 | raw[i];
		for (held += 8; held >= 6; held -= 6)
			ret->text[at++] = alphabet[bits >> (held - 6) & 63];
	}
	ret->text[at++] = alphabet[bits << (6 - held) & 63];
	ret->text[at] = '\0';
}

/* -1 for what is no letter of the alphabet. */
static int letter_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

static bool token_parse(struct bytes text, uint8_t raw[static TOKEN_BYTES])
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t at = 0;

	if (text.size != TOKEN_LETTERS)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		int value = letter_value(text.data[i]);

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		held += 6;
		if (held >= 8) {
			held -= 8;
			raw[at++] = (uint8_t)(bits >> held);
		}
	}
	return (bits & ((1u << held) - 1)) == 0;	/* 43 letters hold 258 bits: the last two must be 0 */
}

int token_new(struct token *ret, struct digest *hash)
{
	uint8_t raw[TOKEN_BYTES];
	struct digest d;
	int r;

	random_bytes(raw, sizeof(raw));
	r = digest_sha256(bytes_make(raw, sizeof(raw)), &d);
	if (r == 0) {
		token_print(raw, ret);
		*hash = d;
	}
	mem_wipe(raw, sizeof(raw));
	return r;
}

bool token_hash(struct bytes text, struct digest *ret)
{
	uint8_t raw[TOKEN_BYTES];
	bool ok = token_parse(text, raw) && digest_sha256(bytes_make(raw, sizeof(raw)), ret) == 0;

	mem_wipe(raw, sizeof(raw));
	return ok;
}
