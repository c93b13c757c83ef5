/* SPDX-License-Identifier: EUPL-1.2 */
/* Bounded reading and writing of bytes, in network order. In every process.
 * Invariant: no function here touches a byte outside the span it was given; a short read or write
 * clears `ok`, yields zeros, and stays cleared, so that a parser tests it once, at its end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A view; never owns. `data` may be NULL only when `size` is 0. */
struct bytes {
	const uint8_t *data;
	size_t size;
};

struct reader {
	const uint8_t *at;
	const uint8_t *end;
	bool ok;
};

struct writer {
	uint8_t *start;
	uint8_t *at;
	uint8_t *end;
	bool ok;
};

static inline struct bytes bytes_make(const void *data, size_t size)
{
	return (struct bytes){ .data = data, .size = size };
}

static inline struct bytes bytes_of_string(const char *s)
{
	return bytes_make(s, strlen(s));
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool bytes_equal_string(struct bytes a, const char *s)
{
	return bytes_equal(a, bytes_of_string(s));
}

static inline struct reader reader(struct bytes in)
{
	return (struct reader){ .at = in.data, .end = in.data ? in.data + in.size : NULL, .ok = true };
}

static inline size_t read_left(const struct reader *r)
{
	return r->at ? (size_t)(r->end - r->at) : 0;
}

static inline struct bytes read_bytes(struct reader *r, size_t n)
{
	struct bytes b = { 0 };

	if (!r->ok || read_left(r) < n) {
		r->ok = false;
		return b;
	}
	b = bytes_make(r->at, n);
	if (n)
		r->at += n;
	return b;
}

static inline struct bytes read_rest(struct reader *r)
{
	return read_bytes(r, read_left(r));
}

static inline uint64_t read_be(struct reader *r, size_t n)
{
	struct bytes b = read_bytes(r, n);
	uint64_t v = 0;

	for (size_t i = 0; i < b.size; i++)
		v = v << 8 | b.data[i];
	return v;
}

static inline uint8_t read_u8(struct reader *r) { return (uint8_t)read_be(r, 1); }
static inline uint16_t read_u16(struct reader *r) { return (uint16_t)read_be(r, 2); }
static inline uint32_t read_u24(struct reader *r) { return (uint32_t)read_be(r, 3); }
static inline uint32_t read_u32(struct reader *r) { return (uint32_t)read_be(r, 4); }
static inline uint64_t read_u64(struct reader *r) { return read_be(r, 8); }
static inline void read_skip(struct reader *r, size_t n) { (void)read_bytes(r, n); }

static inline struct writer writer(void *start, size_t size)
{
	uint8_t *p = start;

	return (struct writer){ .start = p, .at = p, .end = p ? p + size : NULL, .ok = true };
}

static inline size_t write_room(const struct writer *w)
{
	return w->at ? (size_t)(w->end - w->at) : 0;
}

static inline void write_bytes(struct writer *w, struct bytes b)
{
	if (!w->ok || write_room(w) < b.size) {
		w->ok = false;
		return;
	}
	if (b.size) {
		memcpy(w->at, b.data, b.size);
		w->at += b.size;
	}
}

static inline void write_be(struct writer *w, uint64_t v, size_t n)
{
	uint8_t b[8];

	for (size_t i = 0; i < n; i++)
		b[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
	write_bytes(w, bytes_make(b, n));
}

static inline void write_u8(struct writer *w, uint8_t v) { write_be(w, v, 1); }
static inline void write_u16(struct writer *w, uint16_t v) { write_be(w, v, 2); }
static inline void write_u24(struct writer *w, uint32_t v) { write_be(w, v, 3); }
static inline void write_u32(struct writer *w, uint32_t v) { write_be(w, v, 4); }
static inline void write_u64(struct writer *w, uint64_t v) { write_be(w, v, 8); }
static inline void write_string(struct writer *w, const char *s) { write_bytes(w, bytes_of_string(s)); }

/* What was written so far; meaningless unless w->ok. */
static inline struct bytes written(const struct writer *w)
{
	return bytes_make(w->start, w->at ? (size_t)(w->at - w->start) : 0);
}

/* printf into a writer; no terminating zero is counted. */
void write_format(struct writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
