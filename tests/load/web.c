/* SPDX-License-Identifier: EUPL-1.2 */
/* RFC 9112 and RFC 6455, as little of them as two friendly servers need. In the load tool. Invariant: see web.h. */
#include "tests/load/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/mem.h"
#include "base/random.h"

#define WEB_TEXT 1
#define WEB_CLOSE 8
#define WEB_PING 9
#define WEB_PONG 10

static void on_conn(void *user, usec_t now);

static int web_begin(struct web *w, enum web_phase phase, struct bytes request)
{
	int r;

	conn_close(&w->conn);
	r = conn_open(&w->conn, w->loop, w->server, w->tls, on_conn, w);
	if (r < 0)
		return r;
	w->phase = phase;
	conn_write(&w->conn, request);
	return 0;
}

/* Our own page's headers: the server asks for them. */
static void write_head(struct web *w, struct writer *to, const char *method, const char *path)
{
	write_format(to, "%s %s HTTP/1.1\r\nHost: localhost:%u\r\nOrigin: http%s://localhost:%u\r\n", method, path,
		w->server->port, w->tls ? "s" : "", w->server->port);
	write_string(to, "Sec-Fetch-Site: same-origin\r\n");
}

int web_post(struct web *w, const char *path, const char *json)
{
	uint8_t text[4096];
	struct writer to = writer(text, sizeof(text));

	write_head(w, &to, "POST", path);
	write_format(&to, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(json), json);
	return web_begin(w, WEB_ASKING, written(&to));
}

int web_upgrade(struct web *w, const char *path, const char *protocol, const char *cookie)
{
	uint8_t text[4096];
	struct writer to = writer(text, sizeof(text));

	write_head(w, &to, "GET", path);
	write_format(&to, "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: %s\r\n", protocol);
	if (cookie)
		write_format(&to, "Cookie: %s\r\n", cookie);
	write_string(&to, "\r\n");
	return web_begin(w, WEB_UPGRADING, written(&to));
}

static void web_frame(struct web *w, uint8_t opcode, struct bytes data)
{
	uint8_t head[14], piece[1024], mask[4];
	struct writer to = writer(head, sizeof(head));

	random_bytes(mask, sizeof(mask));
	write_u8(&to, 0x80 | opcode);
	if (data.size < 126) {
		write_u8(&to, (uint8_t)(0x80 | data.size));
	} else if (data.size < 65536) {
		write_u8(&to, 0x80 | 126);
		write_u16(&to, (uint16_t)data.size);
	} else {
		write_u8(&to, 0x80 | 127);
		write_u64(&to, data.size);
	}
	write_bytes(&to, bytes_make(mask, sizeof(mask)));
	conn_write(&w->conn, written(&to));
	for (size_t done = 0; done < data.size; done += sizeof(piece)) {
		size_t n = MIN(data.size - done, sizeof(piece));

		for (size_t i = 0; i < n; i++)
			piece[i] = data.data[done + i] ^ mask[(done + i) % 4];
		conn_write(&w->conn, bytes_make(piece, n));
	}
}

void web_send(struct web *w, struct bytes text)
{
	if (w->phase == WEB_OPEN)
		web_frame(w, WEB_TEXT, text);
}

void web_close(struct web *w)
{
	conn_close(&w->conn);
	mem_free(w->message);
	w->message = NULL;
	w->message_size = 0;
	w->phase = WEB_CLOSED;
}

static void web_over(struct web *w, usec_t now, const char *why)
{
	web_close(w);
	w->on_over(w->user, now, why);
}

bool web_header(struct bytes head, const char *name, char *ret, size_t size)
{
	size_t n = strlen(name);

	for (size_t i = 0; i + n + 4 < head.size; i++) {
		const char *at = (const char *)head.data + i;
		size_t length;

		if (strncmp(at, "\r\n", 2) != 0 || strncasecmp(at + 2, name, n) != 0 || at[2 + n] != ':')
			continue;
		at += 3 + n + (at[3 + n] == ' ');
		length = strcspn(at, "\r");	/* the head ends with one */
		if (length >= size)
			return false;
		memcpy(ret, at, length);
		ret[length] = 0;
		return true;
	}
	return false;
}

static size_t content_length(struct bytes head)
{
	char text[24];

	return web_header(head, "content-length", text, sizeof(text)) ? strtoul(text, NULL, 10) : 0;
}

/* False: it is not whole yet. The answer's bytes stay where they are. */
static bool read_answer(struct web *w, struct web_answer *ret)
{
	struct bytes in = conn_input(&w->conn);
	const uint8_t *end;
	size_t head;

	if (!in.data || in.size < 12)
		return false;
	end = memmem(in.data, in.size, "\r\n\r\n", 4);
	if (!end)
		return false;
	head = (size_t)(end - in.data) + 4;
	ret->status = (int)strtol((const char *)in.data + 9, NULL, 10);
	ret->head = bytes_make(in.data, head);
	ret->body = bytes_make(in.data + head, ret->status == 101 ? 0 : content_length(ret->head));
	return in.size >= head + ret->body.size;
}

/* One frame off the input; false when there is no whole one. */
static bool read_frame(struct web *w, uint8_t *opcode, struct bytes *data, size_t *size)
{
	struct reader r = reader(conn_input(&w->conn));
	uint64_t length;

	*opcode = read_u8(&r);
	length = read_u8(&r) & 0x7f;
	if (length == 126)
		length = read_u16(&r);
	else if (length == 127)
		length = read_u64(&r);
	*data = read_bytes(&r, length);
	if (r.ok)
		*size = conn_input(&w->conn).size - read_left(&r);
	return r.ok;
}

/* A message may come in pieces (RFC 6455, 5.4): Janus cuts at 2,800 bytes. */
static void take_text(struct web *w, usec_t now, bool last, struct bytes data)
{
	uint8_t *whole = NULL;
	size_t size;

	if (last && !w->message_size) {
		w->on_message(w->user, now, data);
		return;
	}
	whole = mem_grow(w->message, w->message_size, w->message_size + data.size);
	if (!whole) {
		web_over(w, now, "no memory");
		return;
	}
	memcpy(whole + w->message_size, data.data, data.size);
	w->message = whole;
	w->message_size += data.size;
	if (!last)
		return;
	w->message = NULL;
	size = w->message_size;
	w->message_size = 0;
	w->on_message(w->user, now, bytes_make(whole, size));
	mem_free(whole);
}

static void take_frames(struct web *w, usec_t now)
{
	struct bytes data;
	uint8_t opcode;
	size_t size;

	while (w->phase == WEB_OPEN && read_frame(w, &opcode, &data, &size)) {
		if ((opcode & 0x0f) == WEB_CLOSE) {
			web_over(w, now, "closed");
			return;
		}
		if ((opcode & 0x0f) == WEB_PING)
			web_frame(w, WEB_PONG, data);
		else if ((opcode & 0x0f) <= WEB_TEXT)
			take_text(w, now, opcode & 0x80, data);
		if (w->phase == WEB_OPEN)
			conn_consume(&w->conn, size);
	}
}

static void on_conn(void *user, usec_t now)
{
	struct web *w = user;
	struct web_answer a;

	if (w->phase == WEB_ASKING && read_answer(w, &a)) {
		w->on_answer(w->user, now, &a);
		return;
	}
	if (w->phase == WEB_UPGRADING && read_answer(w, &a)) {
		if (a.status != 101) {
			web_over(w, now, "no WebSocket");
			return;
		}
		conn_consume(&w->conn, a.head.size);
		w->phase = WEB_OPEN;
		w->on_open(w->user, now);
	}
	if (w->phase == WEB_OPEN)
		take_frames(w, now);
	if (w->phase != WEB_CLOSED && w->conn.over)
		web_over(w, now, "broken");
}
