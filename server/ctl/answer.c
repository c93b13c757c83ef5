/* SPDX-License-Identifier: EUPL-1.2 */
/* The door to jansson. In conclavectl. */
#include "server/ctl/answer.h"

#include <jansson.h>

/* A `struct answer` is a json_t under a name that no library's header is needed for. */

static json_t *of(const struct answer *a)
{
	return (json_t *)(uintptr_t)a;
}

struct answer *answer_parse(struct bytes text)
{
	json_t *root = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(root)) {
		json_decref(root);
		return NULL;
	}
	return (struct answer *)root;
}

struct answer *answer_free(struct answer *root)
{
	json_decref(of(root));
	return NULL;
}

const struct answer *answer_get(const struct answer *a, const char *key)
{
	return (const struct answer *)json_object_get(of(a), key);
}

size_t answer_count(const struct answer *list)
{
	return json_array_size(of(list));
}

const struct answer *answer_item(const struct answer *list, size_t i)
{
	return (const struct answer *)json_array_get(of(list), i);
}

const char *answer_text(const struct answer *a, const char *key)
{
	return json_string_value(of(answer_get(a, key)));
}

int64_t answer_number(const struct answer *a, const char *key)
{
	return json_integer_value(of(answer_get(a, key)));
}

bool answer_boolean(const struct answer *a, const char *key)
{
	return json_is_true(of(answer_get(a, key)));
}
