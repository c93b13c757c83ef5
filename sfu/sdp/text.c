/* SPDX-License-Identifier: EUPL-1.2 */
/* Scanning text without the locale and without a terminating zero. In conclave-media.
 * Invariant: nothing outside the view is read. */
#include "sfu/sdp/text.h"

#define COLON_HEX_MAX 64

static struct bytes cut(struct bytes *rest, size_t size, size_t gap)
{
	struct bytes b = bytes_make(rest->data, size);

	*rest = bytes_make(rest->data + size + gap, rest->size - size - gap);
	return b;
}

bool text_take_line(struct bytes *rest, struct bytes *ret)
{
	const uint8_t *end = rest->size ? memchr(rest->data, '\n', rest->size) : NULL;

	if (!end)
		return false;
	*ret = cut(rest, (size_t)(end - rest->data), 1);
	if (ret->size && ret->data[ret->size - 1] == '\r')
		ret->size--;
	return true;
}

struct bytes text_take(struct bytes *rest, char separator)
{
	const uint8_t *end = rest->size ? memchr(rest->data, separator, rest->size) : NULL;

	if (!rest->size)
		return *rest;
	return end ? cut(rest, (size_t)(end - rest->data), 1) : cut(rest, rest->size, 0);
}

bool text_take_word(struct bytes *rest, struct bytes *ret)
{
	while (rest->size) {
		struct bytes word = text_take(rest, ' ');

		if (!word.size)
			continue;
		*ret = word;
		return true;
	}
	return false;
}

bool text_number(struct bytes text, uint64_t most, uint64_t *ret)
{
	uint64_t v = 0;

	if (!text.size)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		uint8_t digit = (uint8_t)(text.data[i] - '0');

		if (digit > 9 || digit > most || v > (most - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*ret = v;
	return true;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

bool text_same(struct bytes a, const char *b)
{
	if (a.size != strlen(b))
		return false;
	for (size_t i = 0; i < a.size; i++) {
		if (lower(a.data[i]) != lower((uint8_t)b[i]))
			return false;
	}
	return true;
}

bool text_ends_with(struct bytes text, const char *end)
{
	size_t size = strlen(end);

	return text.size >= size && memcmp(text.data + text.size - size, end, size) == 0;
}

bool text_is_visible(struct bytes text, size_t most)
{
	if (!text.size || text.size > most)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] <= ' ' || text.data[i] > '~')
			return false;
	}
	return true;
}

bool text_is_name(struct bytes text, size_t most, const char *also)
{
	if (!text_is_visible(text, most))
		return false;
	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = lower(text.data[i]);
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (!plain && !strchr(also, c))
			return false;
	}
	return true;
}

static int hex_digit(uint8_t c)
{
	c = lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool text_colon_hex(struct bytes text, uint8_t *ret, size_t size)
{
	uint8_t bytes[COLON_HEX_MAX];

	if (size == 0 || size > sizeof(bytes) || text.size != size * 3 - 1)
		return false;
	for (size_t i = 0; i < size; i++) {
		int high = hex_digit(text.data[i * 3]);
		int low = hex_digit(text.data[i * 3 + 1]);

		if (high < 0 || low < 0 || (i + 1 < size && text.data[i * 3 + 2] != ':'))
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	memcpy(ret, bytes, size);
	return true;
}
