/* SPDX-License-Identifier: EUPL-1.2 */
/* A look at the tags of index.html. In conclavectl. */
#include "server/ctl/page_scripts.h"

#include <stdio.h>
#include <strings.h>

#define ATTRIBUTE_SIZE 256

static char unlisted[ATTRIBUTE_SIZE + 1];

/* NAME="VALUE" within the tag; "" when it is not there. */
static void attribute(struct bytes tag, const char *name, char value[static ATTRIBUTE_SIZE])
{
	char start[32];
	int n = snprintf(start, sizeof(start), " %s=\"", name);
	const uint8_t *at = memmem(tag.data, tag.size, start, (size_t)n), *end;
	size_t left = at ? tag.size - (size_t)(at - tag.data) - (size_t)n : 0;

	value[0] = '\0';
	at = at ? at + n : NULL;
	end = left ? memchr(at, '"', left) : NULL;
	if (end && (size_t)(end - at) < ATTRIBUTE_SIZE) {
		memcpy(value, at, (size_t)(end - at));
		value[end - at] = '\0';
	}
}

static bool is_listed(struct bytes tag, const char *name, const struct manifest *m)
{
	char path[ATTRIBUTE_SIZE], integrity[ATTRIBUTE_SIZE];
	const struct manifest_file *f;

	attribute(tag, name, path);
	attribute(tag, "integrity", integrity);
	f = manifest_find(m, path);
	if (f && strcmp(f->integrity, integrity) == 0)
		return true;
	(void)snprintf(unlisted, sizeof(unlisted), path[0] ? " %s" : "%s", path);
	return false;
}

static bool starts(struct bytes text, const char *word)
{
	size_t n = strlen(word);

	return text.size >= n && strncasecmp((const char *)text.data, word, n) == 0;
}

static bool tag_is_ours(struct bytes tag, struct bytes behind, const struct manifest *m)
{
	char rel[ATTRIBUTE_SIZE];

	if (starts(tag, "<script"))
		return starts(behind, "</script>") && is_listed(tag, "src", m);
	if (!starts(tag, "<link"))
		return true;
	attribute(tag, "rel", rel);
	return strcmp(rel, "icon") == 0 || is_listed(tag, "href", m);
}

bool page_scripts_are_listed(struct bytes html, const struct manifest *m, const char **which)
{
	const uint8_t *at = html.data, *stop = html.data + html.size;

	unlisted[0] = '\0';
	*which = unlisted;
	while (at < stop && (at = memchr(at, '<', (size_t)(stop - at)))) {
		const uint8_t *end = memchr(at, '>', (size_t)(stop - at));

		if (!end)
			return false;
		if (!tag_is_ours(bytes_make(at, (size_t)(end - at)), bytes_make(end + 1, (size_t)(stop - end - 1)), m))
			return false;
		at++;
	}
	return true;
}

bool page_connects_plainly(struct bytes sources)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]";
	static const char scheme[] = " wss://";
	struct reader r = reader(sources);

	while (read_left(&r)) {
		size_t n = 0;

		if (!bytes_equal_string(read_bytes(&r, strlen(scheme)), scheme) || !r.ok)
			return false;
		while (n < read_left(&r) && r.at[n] && strchr(letters, r.at[n]))
			n++;
		if (n == 0)
			return false;
		read_skip(&r, n);
	}
	return true;
}
