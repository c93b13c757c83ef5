/* SPDX-License-Identifier: EUPL-1.2 */
/* A door to jansson, as auth/ may not call up to server/wire. In conclave-fetch. */
#include "auth/oidc_json.h"

#include <assert.h>
#include <jansson.h>

struct oidc_json *oidc_json_read(struct bytes text, size_t most)
{
	json_error_t error;
	json_t *root;

	assert(most <= OIDC_JSON_MOST);
	if (text.size == 0 || text.size > most)
		return NULL;
	/* It refuses a text with a zero in it, and what is nested deeper than 2048. */
	root = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, &error);
	if (json_is_object(root))
		return (struct oidc_json *)root;
	json_decref(root);
	return NULL;
}

struct oidc_json *oidc_json_free(struct oidc_json *o)
{
	json_decref((json_t *)o);
	return NULL;
}

static const json_t *member(const struct oidc_json *o, const char *key)
{
	return json_object_get((const json_t *)o, key);
}

bool oidc_json_has(const struct oidc_json *o, const char *key)
{
	return member(o, key);
}

const char *oidc_json_text(const struct oidc_json *o, const char *key)
{
	return json_string_value(member(o, key));
}

bool oidc_json_is(const struct oidc_json *o, const char *key, const char *text)
{
	const char *value = oidc_json_text(o, key);

	return value && strcmp(value, text) == 0;
}

bool oidc_json_is_true(const struct oidc_json *o, const char *key)
{
	return json_is_true(member(o, key));
}

bool oidc_json_number(const struct oidc_json *o, const char *key, int64_t *ret)
{
	const json_t *value = member(o, key);

	if (!json_is_integer(value))
		return false;
	*ret = json_integer_value(value);
	return true;
}

size_t oidc_json_count(const struct oidc_json *o, const char *key)
{
	return json_array_size(member(o, key));
}

const struct oidc_json *oidc_json_at(const struct oidc_json *o, const char *key, size_t place)
{
	const json_t *value = json_array_get(member(o, key), place);

	return json_is_object(value) ? (const struct oidc_json *)value : NULL;
}

bool oidc_json_lists(const struct oidc_json *o, const char *key, const char *text)
{
	const json_t *list = member(o, key);

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *value = json_string_value(json_array_get(list, i));

		if (value && strcmp(value, text) == 0)
			return true;
	}
	return false;
}
