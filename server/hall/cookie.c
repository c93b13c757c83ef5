/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading and writing the cookies of seats (RFC 6265, 4.1.1, 4.2.1). In conclaved. */
#include "server/hall/cookie.h"

#include "server/wire/text.h"

/* A browser forgets a seat after a day without a renewal; the end of its meeting ends it earlier. */
#define COOKIE_AGE 86400

static struct bytes trim(struct bytes b)
{
	while (b.size && (b.data[0] == ' ' || b.data[0] == '\t'))
		b = bytes_make(b.data + 1, b.size - 1);
	while (b.size && (b.data[b.size - 1] == ' ' || b.data[b.size - 1] == '\t'))
		b.size--;
	return b;
}

/* Up to the next `end`, which is skipped. */
static struct bytes cut(struct bytes *rest, char end)
{
	const uint8_t *at = rest->size ? memchr(rest->data, end, rest->size) : NULL;
	size_t size = at ? (size_t)(at - rest->data) : rest->size;
	struct bytes part = bytes_make(rest->data, size);

	*rest = at ? bytes_make(at + 1, rest->size - size - 1) : bytes_make(NULL, 0);
	return part;
}

static bool parse_name(struct bytes name, char seat[static SEAT_LETTERS + 1])
{
	size_t prefix = strlen(COOKIE_PREFIX);

	if (name.size != prefix + SEAT_LETTERS || memcmp(name.data, COOKIE_PREFIX, prefix) != 0 ||
	    !text_is_letters(bytes_make(name.data + prefix, SEAT_LETTERS), SEAT_LETTERS))
		return false;
	memcpy(seat, name.data + prefix, SEAT_LETTERS);
	seat[SEAT_LETTERS] = '\0';
	return true;
}

bool cookie_next(struct bytes *rest, struct cookie *ret)
{
	while (rest->size) {
		struct bytes pair = trim(cut(rest, ';'));
		struct bytes name = trim(cut(&pair, '='));

		if (parse_name(name, ret->seat)) {
			ret->secret = trim(pair);
			return true;
		}
	}
	return false;
}

bool cookie_named(const char *header, const char *name, struct bytes *ret)
{
	struct bytes rest = bytes_of_string(header);

	while (rest.size) {
		struct bytes pair = trim(cut(&rest, ';'));

		if (bytes_equal_string(trim(cut(&pair, '=')), name)) {
			*ret = trim(pair);
			return true;
		}
	}
	return false;
}

bool cookie_find(const char *header, const char *seat, struct bytes *ret)
{
	struct bytes rest = bytes_of_string(header);
	struct cookie c;

	while (cookie_next(&rest, &c)) {
		if (strcmp(c.seat, seat) == 0) {
			*ret = c.secret;
			return true;
		}
	}
	return false;
}

bool cookie_print(struct writer *w, const char *seat, const struct token *secret)
{
	write_format(w, COOKIE_PREFIX "%s=%s; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=%d", seat, secret->text,
		COOKIE_AGE);
	write_u8(w, 0);
	return w->ok;
}
