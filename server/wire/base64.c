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

static bool read_letter(uint8_t letter, uint32_t *bits)
{
	const char *at = letter ? strchr(alphabet, letter) : NULL;

	if (!at)
		return false;
	*bits = *bits << 6 | (uint32_t)(at - alphabet);
	return true;
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
