/* SPDX-License-Identifier: EUPL-1.2 */
/* JSON from strangers: parsed, and checked against a table, before anybody reads a field. In conclaved.
 * Invariant: a message that parses has every field of its table with a value the table allows, and no other. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"

struct wire;		/* a parsed message */
struct wire_node;	/* an object inside one; borrowed from it */

enum wire_kind {
	WIRE_INTEGER,	/* least … most */
	WIRE_BOOLEAN,
	WIRE_LINE,	/* text_is_line() of least … most characters */
	WIRE_TEXT,	/* any text of at most `most` bytes, JSON-encoded */
	WIRE_LETTERS,	/* exactly `most` letters a-z */
	WIRE_TIME,
	WIRE_WORD,	/* one of `words` */
	WIRE_OBJECT,	/* of `fields` */
	WIRE_LIST,	/* least … most objects of `fields` */
	WIRE_BASE64,	/* least … most letters, padding included */
	WIRE_BASE64S,	/* at most `most` of them, none empty, together at most `least` letters */
	WIRE_NUMBERS,	/* least … most whole numbers from 1 to WIRE_ID_MOST, no two of them equal */
	WIRE_MAP,	/* at most `most` keys of 1 to WIRE_KEY printable letters, each value one of `words` */
};

#define WIRE_KEY 16
#define WIRE_ID_MOST INT32_MAX

enum { WIRE_OPTIONAL = 1, WIRE_NULLABLE = 2, WIRE_NAME = 4 /* of a LINE: text_is_proper_name() */ };

/* A table of these ends with a row without a name. */
struct wire_field {
	const char *name;
	enum wire_kind kind;
	unsigned flags;
	int64_t least;
	int64_t most;
	const char *const *words;		/* ends with NULL */
	const struct wire_field *fields;
};

struct wire_type {
	const char *name;
	const struct wire_field *fields;
};

struct wire_problem {
	const char *code;			/* of PROTOCOL.md, Errors */
	const struct wire_type *type;		/* NULL when it did not get so far */
	char field[64];				/* "" when no field is to blame, or its name is too long to repeat */
};

/* One of `types` (which ends with a row without a name), told apart by the field `key`; or, when `key` is NULL,
 * the only one. 0; -EBADMSG with *problem; -ENOMEM. */
int wire_parse(struct wire **ret, struct bytes text, const char *key, const struct wire_type *types,
	struct wire_problem *problem);
struct wire *wire_free(struct wire *w);
const struct wire_type *wire_type(const struct wire *w);
const struct wire_node *wire_root(const struct wire *w);

/* Absent and null read as NULL, 0, false. The name and kind must stand in the table. */
const char *wire_text(const struct wire_node *n, const char *name);
int64_t wire_integer(const struct wire_node *n, const char *name);
bool wire_boolean(const struct wire_node *n, const char *name);
usec_t wire_time(const struct wire_node *n, const char *name);
/* The place of the word among `words`; -1 when absent. */
int wire_word(const struct wire_node *n, const char *name, const char *const *words);
const struct wire_node *wire_object(const struct wire_node *n, const char *name);
size_t wire_count(const struct wire_node *n, const char *name);
const struct wire_node *wire_item(const struct wire_node *n, const char *name, size_t i);
/* The i-th of a list of texts; NULL behind the last. */
const char *wire_text_at(const struct wire_node *n, const char *name, size_t i);
/* The i-th of a list of numbers; 0 behind the last. */
int64_t wire_number(const struct wire_node *n, const char *name, size_t i);
/* The i-th pair of a map; at `i` of wire_count() and beyond false. */
bool wire_pair(const struct wire_node *n, const char *name, size_t i, const char **key, const char **value);

int word_index(const char *word, const char *const *words);

DEFINE_CLEANUP(struct wire *, wire_free)
