/* SPDX-License-Identifier: EUPL-1.2 */
/* The door to libcbor: its decoder of one head at a time, which neither allocates nor recurses. In conclaved.
 * Invariant: what CTAP2's form does not know ends the walk. */
#include "auth/cbor_walk.h"

#include <cbor.h>

#include "base/limits.h"

struct cbor_note {
	struct cbor_head head;
	bool known;
};

static void note(void *context, struct cbor_head head)
{
	*(struct cbor_note *)context = (struct cbor_note){ .head = head, .known = true };
}

static void note_integer(void *context, uint64_t value)
{
	if (value <= INT64_MAX)
		note(context, (struct cbor_head){ .kind = CBOR_KIND_INTEGER, .integer = (int64_t)value });
}

static void note_negative(void *context, uint64_t value)
{
	if (value <= INT64_MAX)
		note(context, (struct cbor_head){ .kind = CBOR_KIND_INTEGER, .integer = -1 - (int64_t)value });
}

static void note_u8(void *context, uint8_t value) { note_integer(context, value); }
static void note_u16(void *context, uint16_t value) { note_integer(context, value); }
static void note_u32(void *context, uint32_t value) { note_integer(context, value); }
static void note_n8(void *context, uint8_t value) { note_negative(context, value); }
static void note_n16(void *context, uint16_t value) { note_negative(context, value); }
static void note_n32(void *context, uint32_t value) { note_negative(context, value); }

/* libcbor says size_t before 0.10 and uint64_t since: one and the same type where pointers have 64 bits. */
static void note_bytes(void *context, cbor_data data, size_t size)
{
	note(context, (struct cbor_head){ .kind = CBOR_KIND_BYTES, .bytes = bytes_make(data, size) });
}

static void note_text(void *context, cbor_data data, size_t size)
{
	note(context, (struct cbor_head){ .kind = CBOR_KIND_TEXT, .bytes = bytes_make(data, size) });
}

static void note_array(void *context, size_t count)
{
	note(context, (struct cbor_head){ .kind = CBOR_KIND_ARRAY, .count = count });
}

static void note_map(void *context, size_t count)
{
	note(context, (struct cbor_head){ .kind = CBOR_KIND_MAP, .count = count });
}

static void note_null(void *context) { note(context, (struct cbor_head){ .kind = CBOR_KIND_SIMPLE }); }

static void note_boolean(void *context, bool value __attribute__((unused)))
{
	note_null(context);
}

static void ignore(void *context __attribute__((unused))) { }
static void ignore_u64(void *context __attribute__((unused)), uint64_t value __attribute__((unused))) { }
static void ignore_float(void *context __attribute__((unused)), float value __attribute__((unused))) { }
static void ignore_double(void *context __attribute__((unused)), double value __attribute__((unused))) { }

static const struct cbor_callbacks callbacks = {
	.uint8 = note_u8, .uint16 = note_u16, .uint32 = note_u32, .uint64 = note_integer,
	.negint8 = note_n8, .negint16 = note_n16, .negint32 = note_n32, .negint64 = note_negative,
	.byte_string = note_bytes, .string = note_text, .array_start = note_array, .map_start = note_map,
	.null = note_null, .boolean = note_boolean,
	/* none of CTAP2's */
	.byte_string_start = ignore, .string_start = ignore, .indef_array_start = ignore, .indef_map_start = ignore,
	.indef_break = ignore, .undefined = ignore, .tag = ignore_u64,
	.float2 = ignore_float, .float4 = ignore_float, .float8 = ignore_double,
};

struct cbor_head cbor_walk_next(struct cbor_walk *w)
{
	struct cbor_note said = { 0 };
	struct cbor_decoder_result result;

	if (!w->ok || w->left.size == 0) {
		w->ok = false;
		return said.head;
	}
	result = cbor_stream_decode(w->left.data, w->left.size, &callbacks, &said);
	if (result.status != CBOR_DECODER_FINISHED || !said.known || result.read > w->left.size) {
		w->ok = false;
		return (struct cbor_head){ 0 };
	}
	w->left = bytes_make(w->left.data + result.read, w->left.size - result.read);
	return said.head;
}

struct cbor_head cbor_walk_expect(struct cbor_walk *w, enum cbor_kind kind)
{
	struct cbor_head head = cbor_walk_next(w);

	if (!w->ok || head.kind != kind) {
		w->ok = false;
		return (struct cbor_head){ 0 };
	}
	return head;
}

/* What is left to skip, in all. */
struct cbor_budget {
	unsigned items;
	unsigned depth;
};

static void skip(struct cbor_walk *w, struct cbor_budget *budget);

static void skip_map(struct cbor_walk *w, struct cbor_budget *budget, uint64_t count)
{
	struct bytes keys[LIMIT_CBOR_ITEMS / 2];

	if (count > LIMIT_CBOR_ITEMS / 2)
		w->ok = false;
	for (uint64_t i = 0; w->ok && i < count; i++) {
		const uint8_t *start = w->left.data;

		skip(w, budget);
		if (!w->ok)
			return;
		keys[i] = bytes_make(start, (size_t)(w->left.data - start));
		for (uint64_t k = 0; k < i; k++)
			w->ok = w->ok && !bytes_equal(keys[k], keys[i]);
		skip(w, budget);
	}
}

static void skip(struct cbor_walk *w, struct cbor_budget *budget)
{
	struct cbor_head head = cbor_walk_next(w);

	if (!w->ok || budget->items == 0 || budget->depth == 0) {
		w->ok = false;
		return;
	}
	budget->items--;
	budget->depth--;
	if (head.kind == CBOR_KIND_MAP)
		skip_map(w, budget, head.count);
	for (uint64_t i = 0; w->ok && head.kind == CBOR_KIND_ARRAY && i < head.count; i++)
		skip(w, budget);
	budget->depth++;
}

void cbor_walk_skip(struct cbor_walk *w)
{
	struct cbor_budget budget = { .items = LIMIT_CBOR_ITEMS, .depth = LIMIT_CBOR_DEPTH + 1 };

	skip(w, &budget);
}
