/* SPDX-License-Identifier: EUPL-1.2 */
/* JSON text, piece by piece, without memory of its own. In conclaved. */
#include "server/wire/json.h"

#include <inttypes.h>

#include "server/wire/text.h"

static void json_escape(struct writer *w, struct bytes text)
{
	static const char names[] = "btn?fr";	/* from 0x08 on; 0x0b has none */
	size_t plain = 0;

	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		write_bytes(w, bytes_make(text.data + plain, i - plain));
		plain = i + 1;
		if (c == '"' || c == '\\')
			write_format(w, "\\%c", c);
		else if (c >= '\b' && c <= '\r' && c != '\v')
			write_format(w, "\\%c", names[c - '\b']);
		else
			write_format(w, "\\u%04x", c);
	}
	write_bytes(w, bytes_make(text.data + plain, text.size - plain));
}

static void json_quote(struct writer *w, struct bytes text)
{
	write_u8(w, '"');
	json_escape(w, text);
	write_u8(w, '"');
}

static void json_key(struct json *j, const char *key)
{
	if (j->comma)
		write_u8(j->w, ',');
	j->comma = true;
	if (!key)
		return;
	json_quote(j->w, bytes_of_string(key));
	write_u8(j->w, ':');
}

static void json_open(struct json *j, const char *key, char bracket)
{
	json_key(j, key);
	write_u8(j->w, (uint8_t)bracket);
	j->comma = false;
}

static void json_close(struct json *j, char bracket)
{
	write_u8(j->w, (uint8_t)bracket);
	j->comma = true;
}

void json_open_object(struct json *j, const char *key) { json_open(j, key, '{'); }
void json_close_object(struct json *j) { json_close(j, '}'); }
void json_open_list(struct json *j, const char *key) { json_open(j, key, '['); }
void json_close_list(struct json *j) { json_close(j, ']'); }

void json_text(struct json *j, const char *key, const char *text)
{
	if (text)
		json_bytes(j, key, bytes_of_string(text));
	else
		json_null(j, key);
}

void json_bytes(struct json *j, const char *key, struct bytes text)
{
	json_key(j, key);
	json_quote(j->w, text);
}

void json_number(struct json *j, const char *key, int64_t n)
{
	json_key(j, key);
	write_format(j->w, "%" PRId64, n);
}

void json_boolean(struct json *j, const char *key, bool b)
{
	json_key(j, key);
	write_string(j->w, b ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	json_key(j, key);
	write_string(j->w, "null");
}

void json_time(struct json *j, const char *key, usec_t wall)
{
	char text[TEXT_TIME_SIZE];

	text_print_time(wall, text);
	json_text(j, key, text);
}
