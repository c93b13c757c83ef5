/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading a spreadsheet's lines. In conclaved. Invariant: `room` is never written beyond its line. */
#include "server/hall/csv.h"

#include <string.h>

static size_t count(struct bytes b, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < b.size; i++)
		n += b.data[i] == (uint8_t)c;
	return n;
}

static struct bytes take_line(struct bytes *rest)
{
	const uint8_t *end = rest->size ? memchr(rest->data, '\n', rest->size) : NULL;
	size_t size = end ? (size_t)(end - rest->data) : rest->size;
	struct bytes line = bytes_make(rest->data, size);

	*rest = end ? bytes_make(end + 1, rest->size - size - 1) : bytes_make(NULL, 0);
	if (line.size && line.data[line.size - 1] == '\r')
		line.size--;
	return line;
}

struct csv csv_reader(struct bytes text)
{
	struct bytes rest, first;

	/* What spreadsheets put before UTF-8. */
	if (text.size >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
		text = bytes_make(text.data + 3, text.size - 3);
	rest = text;
	first = take_line(&rest);
	return (struct csv){ .rest = text, .comma = count(first, ';') > count(first, ',') ? ';' : ',' };
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* One cell from *at into *to; both move behind it. False: a quote where none may stand. */
static bool take_cell(char **at, char **to, char comma)
{
	char *in = *at, *out = *to;

	while (is_blank(*in))
		in++;
	if (*in == '"') {
		for (in++; *in && (*in != '"' || in[1] == '"'); in++) {
			in += *in == '"';
			*out++ = *in;
		}
		if (*in++ != '"')
			return false;
		while (is_blank(*in))
			in++;
		if (*in && *in != comma)
			return false;
	} else {
		while (*in && *in != comma) {
			if (*in == '"')
				return false;
			*out++ = *in++;
		}
		while (out > *to && is_blank(out[-1]))
			out--;
	}
	*at = in;
	*to = out;
	return true;
}

/* In place: a cell never takes more room than it had. */
static bool split(char *line, char comma, char *cells[static CSV_CELLS])
{
	size_t n = 0;
	char *at = line;
	bool more = true;

	while (more) {
		char *to = at, *start = at;

		if (n == CSV_CELLS || !take_cell(&at, &to, comma))
			return false;
		more = *at == comma;
		at += more;
		*to = '\0';
		cells[n++] = start;
	}
	while (n < CSV_CELLS)
		cells[n++] = line + strlen(line);
	return true;
}

bool csv_next(struct csv *c, char room[static CSV_LINE], char *cells[static CSV_CELLS])
{
	struct bytes line;

	do {
		if (!c->rest.size)
			return false;
		line = take_line(&c->rest);
		c->line++;
	} while (!line.size);
	c->broken = line.size >= CSV_LINE || memchr(line.data, '\0', line.size);
	if (!c->broken) {
		memcpy(room, line.data, line.size);
		room[line.size] = '\0';
		c->broken = !split(room, c->comma, cells);
	}
	return true;
}
