/* SPDX-License-Identifier: EUPL-1.2 */
/* The one door to jansson. In conclaved.
 * Invariant: nothing deeper than LIMIT_JSON_DEPTH reaches the library, and nothing while memory is short. */
#include "server/wire/wire.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/limits.h"
#include "server/wire/base64.h"
#include "server/wire/text.h"

struct wire {
	/* owned */
	json_t *root;

	/* borrowed: a table, which is constant */
	const struct wire_type *type;
};

/* Where in the message a check is, for the answer. */
struct wire_path {
	const struct wire_path *above;
	const char *name;
};

static bool check_fields(struct wire_problem *p, const struct wire_path *above, json_t *object,
	const struct wire_field *fields, const char *key);

static void path_write(struct writer *w, const struct wire_path *path)
{
	if (path->above) {
		path_write(w, path->above);
		write_u8(w, '.');
	}
	write_string(w, path->name);
}

static bool blame(struct wire_problem *p, const char *code, const struct wire_path *path)
{
	struct writer w = writer(p->field, sizeof(p->field));

	p->code = code;
	path_write(&w, path);
	write_u8(&w, 0);
	if (!w.ok)
		p->field[0] = '\0';
	return false;
}

static struct bytes string_bytes(const json_t *j)
{
	return bytes_make(json_string_value(j), json_string_length(j));
}

int word_index(const char *word, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	return -1;
}

static bool is_word(const json_t *j, const char *const *words)
{
	return json_is_string(j) && word_index(json_string_value(j), words) >= 0;
}

static bool is_key(const char *key)
{
	size_t size = strlen(key);

	for (size_t i = 0; i < size; i++)
		if (key[i] <= ' ' || key[i] > '~')
			return false;
	return size >= 1 && size <= WIRE_KEY;
}

static bool is_map(json_t *j, const struct wire_field *f)
{
	const char *key;
	json_t *value;

	if (!json_is_object(j) || json_object_size(j) > (size_t)f->most)
		return false;
	json_object_foreach(j, key, value)
		if (!is_key(key) || !is_word(value, f->words))
			return false;
	return true;
}

static bool is_base64(const json_t *j, size_t least, size_t most)
{
	struct bytes text = string_bytes(j);

	return json_is_string(j) && text.size >= least && text.size <= most && base64_is(text);
}

static bool is_base64s(json_t *j, const struct wire_field *f)
{
	size_t n = json_array_size(j), left = (size_t)f->least;

	if (!json_is_array(j) || n > (size_t)f->most)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_base64(json_array_get(j, i), 4, left))
			return false;
		left -= json_string_length(json_array_get(j, i));
	}
	return true;
}

static bool is_numbers(json_t *j, const struct wire_field *f)
{
	size_t n = json_array_size(j);

	if (!json_is_array(j) || n < (size_t)f->least || n > (size_t)f->most)
		return false;
	for (size_t i = 0; i < n; i++) {
		json_int_t number = json_integer_value(json_array_get(j, i));	/* 0 for what is none */

		if (number < 1 || number > WIRE_ID_MOST)
			return false;
		for (size_t k = 0; k < i; k++)
			if (json_integer_value(json_array_get(j, k)) == number)
				return false;
	}
	return true;
}

static bool is_simple(json_t *j, const struct wire_field *f)
{
	usec_t wall;

	switch (f->kind) {
	case WIRE_INTEGER:
		return json_is_integer(j) && json_integer_value(j) >= f->least && json_integer_value(j) <= f->most;
	case WIRE_BOOLEAN:
		return json_is_boolean(j);
	case WIRE_LINE:
		return json_is_string(j) && (f->flags & WIRE_NAME ? text_is_proper_name : text_is_line)(string_bytes(j),
			(size_t)f->least, (size_t)f->most);
	case WIRE_TEXT:
		return json_is_string(j) && text_json_size(string_bytes(j)) <= (size_t)f->most;
	case WIRE_LETTERS:
		return json_is_string(j) && text_is_letters(string_bytes(j), (size_t)f->most);
	case WIRE_TIME:
		return json_is_string(j) && text_parse_time(string_bytes(j), &wall);
	case WIRE_WORD:
		return is_word(j, f->words);
	case WIRE_BASE64:
		return is_base64(j, (size_t)f->least, (size_t)f->most);
	case WIRE_BASE64S:
		return is_base64s(j, f);
	case WIRE_NUMBERS:
		return is_numbers(j, f);
	case WIRE_MAP:
		return is_map(j, f);
	case WIRE_OBJECT:
		return json_is_object(j);
	case WIRE_LIST:
		return json_is_array(j) && json_array_size(j) >= (size_t)f->least &&
			json_array_size(j) <= (size_t)f->most;
	}
	return false;
}

static bool check_items(struct wire_problem *p, const struct wire_path *path, json_t *list,
	const struct wire_field *fields)
{
	size_t i;
	json_t *item;

	json_array_foreach(list, i, item)
		if (!json_is_object(item))
			return blame(p, "wrong-field", path);
		else if (!check_fields(p, path, item, fields, NULL))
			return false;
	return true;
}

static bool check_field(struct wire_problem *p, const struct wire_path *above, json_t *value,
	const struct wire_field *f)
{
	const struct wire_path path = { .above = above, .name = f->name };

	if (!value)
		return f->flags & WIRE_OPTIONAL || blame(p, "missing-field", &path);
	if (json_is_null(value))
		return f->flags & WIRE_NULLABLE || blame(p, "wrong-field", &path);
	if (!is_simple(value, f))
		return blame(p, "wrong-field", &path);
	if (f->kind == WIRE_OBJECT)
		return check_fields(p, &path, value, f->fields, NULL);
	if (f->kind == WIRE_LIST)
		return check_items(p, &path, value, f->fields);
	return true;
}

static bool is_field(const char *name, const struct wire_field *fields)
{
	for (; fields->name; fields++)
		if (strcmp(name, fields->name) == 0)
			return true;
	return false;
}

static bool check_fields(struct wire_problem *p, const struct wire_path *above, json_t *object,
	const struct wire_field *fields, const char *key)
{
	const char *name;
	json_t *value;

	for (const struct wire_field *f = fields; f->name; f++)
		if (!check_field(p, above, json_object_get(object, f->name), f))
			return false;
	json_object_foreach(object, name, value)
		if ((!key || strcmp(name, key) != 0) && !is_field(name, fields))
			return blame(p, "wrong-field", &(struct wire_path){ .above = above, .name = name });
	return true;
}

/* The library recurses, so depth is counted before it sees the text. */
static bool is_shallow(struct bytes text)
{
	bool quoted = false;
	size_t depth = 0;

	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '[' || c == '{') && ++depth > LIMIT_JSON_DEPTH)
			return false;
		else if (!quoted && (c == ']' || c == '}') && depth)
			depth--;
	}
	return true;
}

static const struct wire_type *find_type(struct wire_problem *p, json_t *root, const char *key,
	const struct wire_type *types)
{
	const struct wire_path path = { .name = key };
	const json_t *name;

	if (!key)
		return types;
	name = json_object_get(root, key);
	if (!name) {
		(void)blame(p, "missing-field", &path);
		return NULL;
	}
	if (!json_is_string(name)) {
		(void)blame(p, "wrong-field", &path);
		return NULL;
	}
	for (; types->name; types++)
		if (strcmp(types->name, json_string_value(name)) == 0)
			return types;
	p->code = "unknown-type";
	return NULL;
}

/* The library's lexer does not check whether its buffer could grow (2.14, strbuffer_append_byte in lex_save) and
 * writes past it when it could not. So it is asked beforehand whether there is memory for the worst that a text
 * can become. */
#define WORST_PER_BYTE 128
#define WORST_AT_LEAST 4096

static bool has_memory(size_t size)
{
	void *p = mem_alloc(WORST_AT_LEAST + size * WORST_PER_BYTE);

	mem_free(p);
	return p;
}

/* What is not JSON and what is no object gets one answer; no memory is no fault of the sender's. */
static int load(json_t **ret, struct bytes text)
{
	json_error_t error;
	json_t *root;

	if (!is_shallow(text))
		return -EBADMSG;
	if (!has_memory(text.size))
		return -ENOMEM;
	root = json_loadb(text.data ? (const char *)text.data : "", text.size, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		return json_error_code(&error) == json_error_out_of_memory ? -ENOMEM : -EBADMSG;
	if (!json_is_object(root)) {
		json_decref(root);
		return -EBADMSG;
	}
	*ret = root;
	return 0;
}

int wire_parse(struct wire **ret, struct bytes text, const char *key, const struct wire_type *types,
	struct wire_problem *problem)
{
	_cleanup_(wire_freep) struct wire *w = mem_new(struct wire);
	int r;

	*problem = (struct wire_problem){ .code = "bad-json" };
	if (!w)
		return -ENOMEM;
	r = load(&w->root, text);
	if (r < 0)
		return r;
	w->type = problem->type = find_type(problem, w->root, key, types);
	if (!w->type || !check_fields(problem, NULL, w->root, w->type->fields, key))
		return -EBADMSG;
	*ret = take(w);
	return 0;
}

struct wire *wire_free(struct wire *w)
{
	if (w) {
		json_decref(w->root);
		mem_free(w);
	}
	return NULL;
}

const struct wire_type *wire_type(const struct wire *w)
{
	return w->type;
}

const struct wire_node *wire_root(const struct wire *w)
{
	return (const struct wire_node *)w->root;
}

static json_t *field_of(const struct wire_node *n, const char *name)
{
	return json_object_get((const json_t *)n, name);
}

const char *wire_text(const struct wire_node *n, const char *name)
{
	return json_string_value(field_of(n, name));
}

int64_t wire_integer(const struct wire_node *n, const char *name)
{
	return json_integer_value(field_of(n, name));
}

bool wire_boolean(const struct wire_node *n, const char *name)
{
	return json_is_true(field_of(n, name));
}

usec_t wire_time(const struct wire_node *n, const char *name)
{
	const json_t *j = field_of(n, name);
	usec_t wall = 0;

	if (json_is_string(j))
		(void)text_parse_time(string_bytes(j), &wall);
	return wall;
}

int wire_word(const struct wire_node *n, const char *name, const char *const *words)
{
	const char *word = wire_text(n, name);

	return word ? word_index(word, words) : -1;
}

const struct wire_node *wire_object(const struct wire_node *n, const char *name)
{
	json_t *j = field_of(n, name);

	return json_is_object(j) ? (const struct wire_node *)j : NULL;
}

size_t wire_count(const struct wire_node *n, const char *name)
{
	const json_t *j = field_of(n, name);

	return json_is_array(j) ? json_array_size(j) : json_object_size(j);
}

const struct wire_node *wire_item(const struct wire_node *n, const char *name, size_t i)
{
	return (const struct wire_node *)json_array_get(field_of(n, name), i);
}

const char *wire_text_at(const struct wire_node *n, const char *name, size_t i)
{
	return json_string_value(json_array_get(field_of(n, name), i));
}

int64_t wire_number(const struct wire_node *n, const char *name, size_t i)
{
	return json_integer_value(json_array_get(field_of(n, name), i));
}

bool wire_pair(const struct wire_node *n, const char *name, size_t i, const char **key, const char **value)
{
	json_t *map = field_of(n, name);
	void *at = json_object_iter(map);

	while (at && i--)
		at = json_object_iter_next(map, at);
	if (!at)
		return false;
	*key = json_object_iter_key(at);
	*value = json_string_value(json_object_iter_value(at));
	return true;
}
