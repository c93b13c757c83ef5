/* SPDX-License-Identifier: EUPL-1.2 */
/* Base64, both ways. In conclaved and conclavectl. */
#include "server/wire/base64.h"

static const char alphabet[64 + 1] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_write(struct writer *w, struct bytes in)
{
	for (size_t i = 0; i < in.size; i += 3) {
		size_t n = in.size - i < 3 ? in.size - i : 3;
		uint32_t bits = 0;

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < n ? in.data[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			write_u8(w, k <= n ? (uint8_t)alphabet[bits >> (18 - 6 * k) & 63] : '=');
	}
}

/* 64 for what is no letter. */
static uint32_t value_of(uint8_t letter)
{
	if (letter >= 'A' && letter <= 'Z')
		return letter - (uint32_t)'A';
	if (letter >= 'a' && letter <= 'z')
		return letter - (uint32_t)'a' + 26;
	if (letter >= '0' && letter <= '9')
		return letter - (uint32_t)'0' + 52;
	return letter == '+' ? 62 : letter == '/' ? 63 : 64;
}

static bool read_letter(uint8_t letter, uint32_t *bits)
{
	uint32_t value = value_of(letter);

	*bits = *bits << 6 | value;
	return value < 64;
}

bool base64_is(struct bytes text)
{
	size_t letters = text.size;

	if (text.size % 4)
		return false;
	while (letters && text.size - letters < 2 && text.data[letters - 1] == '=')
		letters--;
	for (size_t i = 0; i < letters; i++)
		if (value_of(text.data[i]) == 64)
			return false;
	/* What the last letter holds beyond the last byte must be nothing. */
	return letters == text.size || !(value_of(text.data[letters - 1]) & (text.size - letters == 1 ? 3u : 15u));
}

bool base64_read(struct bytes text, uint8_t *ret, size_t size)
{
	if (text.size != BASE64_SIZE(size))
		return false;
	for (size_t i = 0, at = 0; at < size; i += 4, at += 3) {
		size_t n = size - at < 3 ? size - at : 3;
		uint32_t bits = 0;

		for (size_t k = 0; k < 4; k++)
			if (k > n ? text.data[i + k] != '=' : !read_letter(text.data[i + k], &bits))
				return false;
		/* What the last letter holds beyond the last byte must be nothing. */
		if (bits & (n == 1 ? 15u : n == 2 ? 3u : 0u))
			return false;
		bits <<= 6 * (3 - n);
		for (size_t k = 0; k < n; k++)
			ret[at + k] = (uint8_t)(bits >> (16 - 8 * k));
	}
	return true;
}
