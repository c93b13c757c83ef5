/* SPDX-License-Identifier: EUPL-1.2 */
/* A door to jansson, as auth/ may not call up to server/wire. In conclaved.
 * Invariant: at most LIMIT_CLIENT_DATA bytes reach the library, so that it nests less deep than its own limit. */
#include "auth/client_data.h"

#include <assert.h>
#include <jansson.h>

#include "base/limits.h"
#include "base/mem.h"

static_assert(LIMIT_CLIENT_DATA <= 2048, "jansson refuses what is 2048 deep, and recurses until then");

/* False when it is there and no text, or not there at all. */
static bool copy_text(const json_t *object, const char *key, char *ret, size_t size)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return false;
	if (json_string_length(value) < size)
		memcpy(ret, json_string_value(value), json_string_length(value));
	return true;
}

bool client_data_read(struct bytes json, struct client_data *ret)
{
	_cleanup_(json_decrefp) json_t *root = NULL;
	struct client_data d = { 0 };
	const json_t *framed;
	json_error_t error;

	if (json.size == 0 || json.size > LIMIT_CLIENT_DATA)
		return false;
	root = json_loadb((const char *)json.data, json.size, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_object(root) || !copy_text(root, "type", d.type, sizeof(d.type)) ||
	    !copy_text(root, "challenge", d.challenge, sizeof(d.challenge)) ||
	    !copy_text(root, "origin", d.origin, sizeof(d.origin)))
		return false;
	framed = json_object_get(root, "crossOrigin");
	if (framed && !json_is_boolean(framed))
		return false;
	d.framed = json_is_true(framed) || json_object_get(root, "topOrigin");
	*ret = d;
	return true;
}
