/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading, comparing and writing the list of files. In conclavectl. */
#include "server/ctl/manifest.h"

#include <errno.h>

#include "server/wire/base64.h"
#include "server/wire/text.h"

static bool is_path(const char *path)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";

	return path && path[0] == '/' && path[1] && path[strspn(path, letters)] == '\0' && !strstr(path, "..") &&
		!strstr(path, "//");
}

static bool read_entry(struct manifest_file *f, const struct answer *entry)
{
	int64_t bytes = answer_number(entry, "bytes");

	*f = (struct manifest_file){
		.path = answer_text(entry, "path"), .sha256 = answer_text(entry, "sha256"),
		.integrity = answer_text(entry, "integrity"), .bytes = (size_t)bytes,
	};
	return is_path(f->path) && bytes >= 0 && f->sha256 && strlen(f->sha256) == RELEASE_HASH_SIZE - 1 &&
		f->integrity && strlen(f->integrity) < MANIFEST_INTEGRITY_SIZE;
}

static bool read_document(struct manifest *m)
{
	const struct answer *files = answer_get(m->document, "files");

	if (answer_number(m->document, "version") != 1 || answer_count(files) == 0 ||
	    answer_count(files) > MANIFEST_FILES)
		return false;
	m->server = answer_text(m->document, "server");
	if (m->server && !config_is_origin(m->server))
		return false;
	for (; m->n < answer_count(files); m->n++)
		if (!read_entry(&m->files[m->n], answer_item(files, m->n)) || manifest_find(m, m->files[m->n].path))
			return false;
	return manifest_find(m, MANIFEST_INDEX);
}

bool manifest_read(struct manifest *ret, struct bytes text)
{
	*ret = (struct manifest){ .document = answer_parse(text) };
	if (ret->document && read_document(ret))
		return true;
	manifest_done(ret);
	return false;
}

void manifest_done(struct manifest *m)
{
	m->document = answer_free(m->document);
	m->n = 0;
}

const struct manifest_file *manifest_find(const struct manifest *m, const char *path)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->files[i].path, path) == 0)
			return &m->files[i];
	return NULL;
}

const char *manifest_differs(const struct manifest_file *f, struct bytes content)
{
	char hash[RELEASE_HASH_SIZE];

	if (content.size != f->bytes)
		return "has another size than the list says";
	if (release_hash(content, hash) < 0)
		return "cannot be hashed: there is not enough memory";
	return strcmp(hash, f->sha256) == 0 ? NULL : "has another content than the list says";
}

static int write_entry(struct writer *w, const char *path, size_t bytes, const char *sha256, const char *integrity)
{
	write_format(w, "  {\n   \"path\": \"%s\",\n   \"bytes\": %zu,\n   \"sha256\": \"%s\",\n   \"integrity\": \"%s\"\n  }",
		path, bytes, sha256, integrity);
	return w->ok ? 0 : -EMSGSIZE;
}

static int write_index(struct writer *w, struct bytes index)
{
	char sha256[RELEASE_HASH_SIZE], integrity[MANIFEST_INTEGRITY_SIZE];
	struct writer i = writer(integrity, sizeof(integrity));
	uint8_t hash[DIGEST_384_SIZE];
	int r = release_hash(index, sha256);

	if (r == 0)
		r = digest_sha384(index, hash);
	if (r < 0)
		return r;
	write_string(&i, "sha384-");
	base64_write(&i, bytes_make(hash, sizeof(hash)));
	write_u8(&i, 0);
	return write_entry(w, MANIFEST_INDEX, index.size, sha256, integrity);
}

int manifest_write(struct writer *w, const struct manifest *m, const char *server, struct bytes index)
{
	int r = 0;

	write_format(w, "{\n \"version\": 1,\n \"server\": \"%s\",\n \"files\": [\n", server);
	for (size_t i = 0; r == 0 && i < m->n; i++) {
		const struct manifest_file *f = &m->files[i];

		if (i)
			write_string(w, ",\n");
		r = strcmp(f->path, MANIFEST_INDEX) == 0 ? write_index(w, index) :
			write_entry(w, f->path, f->bytes, f->sha256, f->integrity);
	}
	write_string(w, "\n ]\n}\n");
	return r < 0 ? r : w->ok ? 0 : -EMSGSIZE;
}
