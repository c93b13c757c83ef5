/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads the client's folder once. In conclaved.
 * Invariant: every path begins with '/', and has no empty part, no "." and no "..": readdir() made it, not a client. */
#include "server/shell/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"

#define FILES_MOST 4096
#define FILES_BYTES (64u * 1024 * 1024)
#define FILES_PATH 512
#define FILES_DEPTH 8
#define FILES_HASH_LETTERS 8	/* Vite's */

struct files_loading {
	struct files files;
	size_t bytes;
};

static const struct { const char *ending, *type; } types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".mjs", "text/javascript; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".json", "application/json" },
	{ ".webmanifest", "application/manifest+json" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".ico", "image/x-icon" },
	{ ".webp", "image/webp" },
	{ ".woff2", "font/woff2" },
	{ ".wasm", "application/wasm" },
	{ ".mp3", "audio/mpeg" },
	{ ".wav", "audio/wav" },
	{ ".txt", "text/plain; charset=utf-8" },
	{ ".sig", "text/plain; charset=utf-8" },
};

static const char *type_of(const char *path)
{
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot && i < ARRAY_SIZE(types); i++)
		if (strcmp(dot, types[i].ending) == 0)
			return types[i].type;
	return "application/octet-stream";
}

static bool is_hash_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* /assets/NAME-XXXXXXXX.ending: the build gives such a name to one content only. */
static bool is_immutable(const char *path)
{
	const char *dot = strrchr(path, '.');
	const char *hash;

	if (strncmp(path, "/assets/", 8) != 0 || !dot || dot - path < 8 + FILES_HASH_LETTERS + 2)
		return false;
	hash = dot - FILES_HASH_LETTERS;
	for (const char *c = hash; c < dot; c++)
		if (!is_hash_letter(*c))
			return false;
	return hash[-1] == '-';
}

/* The same content has the same tag after a restart, so the keys are fixed. 128 bits by two keys: nobody gains by
 * making two files of ours collide. */
static void tag_of(struct file *f)
{
	uint64_t a = 0x636f6e636c617665u, b = 0x66696c6573746167u, words[512];

	for (size_t at = 0; at < f->size; at += sizeof(words)) {
		size_t n = MIN(f->size - at, sizeof(words));

		memset(words, 0, sizeof(words));
		memcpy(words, f->data + at, n);
		a = hash_words(a, words, (n + 7) / 8);
		b = hash_words(b, words, (n + 7) / 8);
	}
	(void)snprintf(f->tag, sizeof(f->tag), "\"%016" PRIx64 "%04" PRIx64 "\"", a ^ f->size, b & 0xffff);
}

static void file_done(struct file *f)
{
	mem_free(f->path);
	mem_free(f->data);
	mem_free(f->gzip);
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static int file_read(struct file *f, int fd)
{
	size_t at = 0;

	while (at < f->size) {
		ssize_t n = read(fd, f->data + at, f->size - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;	/* it shrank while we read it */
		at += (size_t)n;
	}
	return 0;
}

static int files_add(struct files_loading *l, int fd, const char *path, size_t size)
{
	struct file f = { .size = size, .type = type_of(path), .immutable = is_immutable(path) };
	struct file *grown;
	int r = -ENOMEM;

	if (l->files.n == FILES_MOST || size > FILES_BYTES - l->bytes)
		return -EFBIG;
	f.path = mem_copy_string(path);
	f.data = mem_alloc(size ? size : 1);
	grown = mem_grow(l->files.list, l->files.n * sizeof(f), (l->files.n + 1) * sizeof(f));
	if (grown)
		l->files.list = grown;
	if (f.path && f.data && grown)
		r = file_read(&f, fd);
	if (r < 0) {
		file_done(&f);
		return r;
	}
	tag_of(&f);
	l->files.list[l->files.n++] = f;
	l->bytes += size;
	return 0;
}

static int files_walk(struct files_loading *l, int folder, const char *at, unsigned depth);

static int files_visit(struct files_loading *l, int folder, const char *at, const char *name, unsigned depth)
{
	_cleanup_(fd_close) int fd = -1;
	char path[FILES_PATH];
	struct stat st;
	int n;

	if (name[0] == '.')
		return 0;		/* also "." and ".." */
	n = snprintf(path, sizeof(path), "%s/%s", at, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno == ELOOP || errno == ENXIO ? 0 : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISREG(st.st_mode))
		return files_add(l, fd, path, (size_t)st.st_size);
	return S_ISDIR(st.st_mode) ? files_walk(l, fd, path, depth + 1) : 0;
}

static void directory_close(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}

static int files_walk(struct files_loading *l, int folder, const char *at, unsigned depth)
{
	_cleanup_(directory_close) DIR *d = NULL;
	int fd = openat(folder, ".", O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	struct dirent *entry;
	int r = 0;

	if (fd < 0)
		return -errno;
	d = depth > FILES_DEPTH ? NULL : fdopendir(fd);
	if (!d) {
		(void)close(fd);
		return depth > FILES_DEPTH ? -ELOOP : -errno;
	}
	while (r == 0) {
		errno = 0;
		entry = readdir(d);
		if (!entry)
			return -errno;
		r = files_visit(l, folder, at, entry->d_name, depth);
	}
	return r;
}

static int file_compare(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static int file_compare_path(const void *path, const void *file)
{
	return strcmp(path, ((const struct file *)file)->path);
}

/* In the sorted list PATH.gz stands somewhere behind PATH, whose other form it is from now on: no file of its own. */
static void files_pair(struct files *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		struct file *one = &f->list[i], *plain = NULL;
		size_t size = strlen(one->path);

		if (size > 3 && strcmp(one->path + size - 3, ".gz") == 0) {
			one->path[size - 3] = '\0';
			plain = bsearch(one->path, f->list, n, sizeof(*one), file_compare_path);
			one->path[size - 3] = '.';
		}
		if (!plain || plain->gzip) {
			f->list[n++] = *one;
			continue;
		}
		plain->gzip = take(one->data);
		plain->gzip_size = one->size;
		memcpy(plain->gzip_tag, one->tag, sizeof(one->tag));
		file_done(one);
	}
	f->n = n;
}

int files_load(struct files *ret, const char *folder)
{
	_cleanup_(fd_close) int fd = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	struct files_loading l = { 0 };
	int r;

	if (fd < 0)
		return -errno;
	r = files_walk(&l, fd, "", 0);
	if (r == 0 && l.files.n)
		qsort(l.files.list, l.files.n, sizeof(*l.files.list), file_compare);
	if (r == 0)
		files_pair(&l.files);
	if (r == 0 && !files_find(&l.files, "/index.html"))
		r = -ENOENT;
	if (r < 0) {
		files_done(&l.files);
		return r;
	}
	*ret = l.files;
	return 0;
}

void files_done(struct files *f)
{
	for (size_t i = 0; i < f->n; i++)
		file_done(&f->list[i]);
	mem_free(f->list);
	*f = (struct files){ 0 };
}

const struct file *files_find(const struct files *f, const char *path)
{
	return f->n ? bsearch(path, f->list, f->n, sizeof(*f->list), file_compare_path) : NULL;
}
