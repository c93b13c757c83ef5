/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether a server serves the published client: its list, who signed it, every file and header. In conclavectl.
 * Invariant: the first difference ends it and is named. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "server/ctl/disk.h"
#include "server/ctl/https.h"
#include "server/ctl/manifest.h"
#include "server/ctl/page_scripts.h"
#include "server/ctl/web.h"
#include "server/shell/page.h"
#include "server/wire/json.h"

#define FILE_MOST (64u * 1024 * 1024)
#define CONNECT "connect-src 'self'"
#define CONNECT_SIZE 2048
#define KEY_MOST 1024

struct verifying {
	/* owned */
	struct https *server;
	struct manifest manifest;

	/* state */
	char origin[CONFIG_ORIGIN_SIZE];
	char hash[RELEASE_HASH_SIZE];	/* of the list */
	char connect[CONNECT_SIZE];	/* what the page may talk to besides its own origin */
	size_t bytes;
	bool is_signed;
	char *why;
};

static bool differs(struct verifying *v, const char *path, const char *what, const char *which)
{
	(void)snprintf(v->why, WEB_WHY_SIZE, "%.200s %.150s%.200s", path, what, which);
	return false;
}

static bool fetch(struct verifying *v, const char *path, size_t most, struct https_answer *ret)
{
	char why[HTTPS_WHY_SIZE];

	if (!https_get(v->server, path, most, ret, why))
		return differs(v, "it cannot be compared:", why, "");
	if (ret->status == 200)
		return true;
	https_answer_done(ret);
	return differs(v, path, "is missing", "");
}

/* The policy is ours but for what stands behind connect-src 'self', which may name exact hosts only. */
static bool check_policy(struct verifying *v, const char *path, struct bytes policy)
{
	const uint8_t *at = memmem(policy.data, policy.size, CONNECT, strlen(CONNECT));
	const uint8_t *start = at ? at + strlen(CONNECT) : NULL, *end = start;
	char expected[PAGE_POLICY_SIZE + CONNECT_SIZE], wanted[4 * CONFIG_ORIGIN_SIZE];
	struct writer e = writer(expected, sizeof(expected)), w = writer(wanted, sizeof(wanted));
	struct bytes connect;

	while (end && end < policy.data + policy.size && *end != ';')
		end++;
	connect = bytes_make(start, start ? (size_t)(end - start) : 0);
	page_write_policy(&e, connect);
	if (!start || !e.ok || connect.size >= CONNECT_SIZE || !bytes_equal(written(&e), policy))
		return differs(v, path, "has another Content-Security-Policy", "");
	if (v->manifest.server)
		write_format(&w, " %s wss%s", v->manifest.server, v->manifest.server + strlen("https"));
	if (v->manifest.server ? !bytes_equal(connect, written(&w)) : !page_connects_plainly(connect))
		return differs(v, path, "may talk to others: ", "its Content-Security-Policy names them");
	memcpy(v->connect, connect.data, connect.size);
	v->connect[connect.size] = '\0';
	return true;
}

static bool check_headers(struct verifying *v, const char *path, const struct https_answer *a)
{
	struct bytes value = { 0 };

	for (size_t i = 0; i < PAGE_HEADERS; i++) {
		size_t n = https_header(a, page_headers[i].name, &value);

		if (n != 1)
			return differs(v, path, n ? "has twice the header " : "lacks the header ",
				page_headers[i].name);
		if (!bytes_equal_string(value, page_headers[i].value))
			return differs(v, path, "has another value of the header ", page_headers[i].name);
	}
	if (https_header(a, "Content-Security-Policy", &value) != 1)
		return differs(v, path, "lacks the header ", "Content-Security-Policy");
	return check_policy(v, path, value);
}

/* A script that is not called one would not be run; a page that is not called one would be shown as text. */
static bool check_type(struct verifying *v, const char *path, const char *ending, const struct https_answer *a)
{
	static const struct { const char *ending, *type; } types[] = {
		{ ".html", "text/html" }, { ".js", "text/javascript" }, { ".css", "text/css" },
	};
	struct bytes value;

	for (size_t i = 0; ending && i < ARRAY_SIZE(types); i++) {
		size_t n = strlen(types[i].type);

		if (strcmp(ending, types[i].ending) != 0)
			continue;
		if (https_header(a, "Content-Type", &value) != 1 || value.size < n ||
		    strncasecmp((const char *)value.data, types[i].type, n) != 0)
			return differs(v, path, "is not served as ", types[i].type);
	}
	return true;
}

/* What is served at `path`, which ought to be `f`. */
static bool check_file(struct verifying *v, const char *path, const struct manifest_file *f)
{
	struct https_answer a = { 0 };
	const char *difference, *script = "";
	bool same;

	if (!fetch(v, path, FILE_MOST, &a))
		return false;
	difference = manifest_differs(f, a.body);
	same = !difference || differs(v, path, difference, "");
	same = same && check_headers(v, path, &a) && check_type(v, path, strrchr(f->path, '.'), &a);
	if (same && strcmp(f->path, MANIFEST_INDEX) == 0 && !page_scripts_are_listed(a.body, &v->manifest, &script))
		same = differs(v, path, "runs a script that is not in the list, or without its hash", script);
	v->bytes += a.body.size;
	https_answer_done(&a);
	return same;
}

static bool check_pages(struct verifying *v)
{
	static const char *const meetings[] = { "/m/abcdefghij", "/m/abcdefghij/report" };
	const struct manifest_file *index = manifest_find(&v->manifest, MANIFEST_INDEX);

	for (size_t i = 0; i < PAGE_PATHS; i++)
		if (!check_file(v, page_paths[i], index))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(meetings); i++)
		if (!check_file(v, meetings[i], index))
			return false;
	return true;
}

/* As a text, or from a file that holds it. */
static bool read_key(struct verifying *v, const char *given, struct signature_key *ret)
{
	_cleanup_(mem_freep) uint8_t *text = NULL;
	size_t size = 0;

	if (note_read_key(ret, bytes_of_string(given), RELEASE_KEY_NAME) > 0)
		return true;
	if (disk_read(given, KEY_MOST, &text, &size) == 0) {
		while (size && (text[size - 1] == '\n' || text[size - 1] == '\r'))
			size--;
		if (note_read_key(ret, bytes_make(text, size), RELEASE_KEY_NAME) > 0)
			return true;
	}
	return differs(v, given, "is no public release key, nor a file with one", "");
}

static bool check_signature(struct verifying *v, const char *key, struct bytes list)
{
	struct signature_key public;
	struct https_answer a = { 0 };
	bool valid;

	if (!key)
		return true;
	if (!read_key(v, key, &public) || !fetch(v, MANIFEST_NOTE_PATH, RELEASE_NOTE_SIZE * 16, &a))
		return false;
	valid = release_check(list, a.body, &public) > 0;
	https_answer_done(&a);
	v->is_signed = valid;
	return valid || differs(v, MANIFEST_PATH, "is not signed with that key", "");
}

static bool check_list(struct verifying *v, const char *key)
{
	struct https_answer a = { 0 };
	bool good;

	if (!fetch(v, MANIFEST_PATH, MANIFEST_MOST, &a))
		return false;
	good = manifest_read(&v->manifest, a.body) || differs(v, MANIFEST_PATH, "is no list of a client's files", "");
	if (good && release_hash(a.body, v->hash) < 0)
		good = differs(v, MANIFEST_PATH, "cannot be hashed: there is not enough memory", "");
	good = good && check_signature(v, key, a.body);
	https_answer_done(&a);
	return good;
}

static bool check_all(struct verifying *v, const struct web_wanted *wanted)
{
	char why[HTTPS_WHY_SIZE];

	if (!https_new(&v->server, v->origin, wanted->ca, why))
		return differs(v, why, "", "");
	if (!check_list(v, wanted->key) || !check_pages(v))
		return false;
	for (size_t i = 0; i < v->manifest.n; i++)
		if (!check_file(v, v->manifest.files[i].path, &v->manifest.files[i]))
			return false;
	(void)snprintf(v->why, WEB_WHY_SIZE, "%.100s serves this client: %zu files, manifest.json has the SHA-256 %s, %s; "
		"it may talk to itself%s%.200s", v->origin, v->manifest.n, v->hash,
		v->is_signed ? "signed with that key" : "and whose it is was not looked at (--key)",
		v->connect[0] ? " and" : "", v->connect);
	return true;
}

static void write_finding(struct writer *w, const struct verifying *v, bool same)
{
	struct json j = json_writer(w);

	json_open_object(&j, NULL);
	json_boolean(&j, "ok", same);
	json_text(&j, "error", same ? NULL : v->why);
	json_number(&j, "files", (int64_t)v->manifest.n);
	json_text(&j, "manifest", v->hash[0] ? v->hash : NULL);
	json_boolean(&j, "signed", v->is_signed);
	json_text(&j, "server", v->manifest.server);
	json_text(&j, "connect", v->connect[0] ? v->connect + 1 : NULL);
	json_close_object(&j);
}

bool web_verify(const struct web_wanted *wanted, struct writer *json, char why[static WEB_WHY_SIZE])
{
	_cleanup_(mem_freep) struct verifying *v = mem_new(struct verifying);
	size_t size = strlen(wanted->url);
	bool same;

	if (!v) {
		(void)snprintf(why, WEB_WHY_SIZE, "there is not enough memory");
		return false;
	}
	v->why = why;
	while (size && wanted->url[size - 1] == '/')
		size--;
	(void)snprintf(v->origin, sizeof(v->origin), "%.*s", (int)MIN(size, sizeof(v->origin)), wanted->url);
	same = check_all(v, wanted);
	if (json)
		write_finding(json, v, same);
	manifest_done(&v->manifest);
	https_free(v->server);
	return same;
}
