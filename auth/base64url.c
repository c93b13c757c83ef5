/* SPDX-License-Identifier: EUPL-1.2 */
/* Six bits a letter, the highest first. In conclaved. */
#include "auth/base64url.h"

static const char alphabet[64 + 1] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64url_write(struct writer *w, struct bytes in)
{
	uint32_t bits = 0;
	unsigned held = 0;

	for (size_t i = 0; i < in.size; i++) {
		bits = bits << 8 | in.data[i];
		for (held += 8; held >= 6; held -= 6)
			write_u8(w, (uint8_t)alphabet[bits >> (held - 6) & 63]);
	}
	if (held)
		write_u8(w, (uint8_t)alphabet[bits << (6 - held) & 63]);
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

bool base64url_read(struct bytes text, uint8_t *ret, size_t size)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t at = 0;

	if (text.size != BASE64URL_LETTERS(size))
		return false;
	for (size_t i = 0; i < text.size; i++) {
		int value = letter_value(text.data[i]);

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		held += 6;
		if (held >= 8) {
			held -= 8;
			ret[at++] = (uint8_t)(bits >> held);
		}
	}
	return (bits & ((1u << held) - 1)) == 0;	/* the letters hold up to four bits more than the bytes */
}
