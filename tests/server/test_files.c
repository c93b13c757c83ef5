/* SPDX-License-Identifier: EUPL-1.2 */
/* The client's folder: what of it can be fetched, and what cannot (ATTACKS C13). */
#include "server/shell/files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"

static char folder[64];

static void put(const char *name, const char *text)
{
	char path[256];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	check(fd >= 0);
	check_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	check_eq(close(fd), 0);
}

static int remove_one(const char *path, const struct stat *st __attribute__((unused)),
		int type __attribute__((unused)), struct FTW *ftw __attribute__((unused)))
{
	return remove(path);
}

static int setup(void **state __attribute__((unused)))
{
	char path[128];

	(void)snprintf(folder, sizeof(folder), "/tmp/conclave-files-XXXXXX");
	check(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/assets", folder);
	check_eq(mkdir(path, 0700), 0);
	put("index.html", "<!doctype html>");
	put("assets/index-B1c2_3-4.js", "let a;");
	put("assets/plain.css", "a{}");
	put(".secret", "no");
	return 0;
}

static int teardown(void **state __attribute__((unused)))
{
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

TEST(files_are_found_by_their_path_alone)
{
	struct files f;
	const struct file *index, *script;

	check_eq(files_load(&f, folder), 0);
	check_eq(f.n, 3);
	index = files_find(&f, "/index.html");
	check(index);
	check_text(index->type, "text/html; charset=utf-8");
	check(!index->immutable);
	check_bytes(bytes_make(index->data, index->size), "<!doctype html>", 15);
	script = files_find(&f, "/assets/index-B1c2_3-4.js");
	check(script);
	check_text(script->type, "text/javascript; charset=utf-8");
	check(script->immutable);
	check(!files_find(&f, "/assets/plain.css")->immutable);
	check(strcmp(index->tag, script->tag) != 0);
	check(index->tag[0] == '"' && index->tag[strlen(index->tag) - 1] == '"');
	check(!files_find(&f, "/.secret"));
	check(!files_find(&f, "/assets"));
	check(!files_find(&f, "index.html"));
	check(!files_find(&f, "/assets/../index.html"));
	files_done(&f);
}

TEST(compressed_form_belongs_to_its_file)
{
	const struct file *script;
	struct files f;

	put("assets/index-B1c2_3-4.js.gz", "zipped");
	put("assets/index-B1c2_3-4.js-map", "between the two");
	put("alone.gz", "of nothing");
	put("alone.gz.gz", "of that");
	check_eq(files_load(&f, folder), 0);
	check_eq(f.n, 5);
	check(!files_find(&f, "/assets/index-B1c2_3-4.js.gz"));
	script = files_find(&f, "/assets/index-B1c2_3-4.js");
	check(script);
	check_bytes(bytes_make(script->data, script->size), "let a;", 6);
	check_bytes(bytes_make(script->gzip, script->gzip_size), "zipped", 6);
	check(strcmp(script->tag, script->gzip_tag) != 0);
	check(files_find(&f, "/alone.gz")->gzip);
	check(!files_find(&f, "/index.html")->gzip);
	files_done(&f);
}

TEST(links_and_pipes_are_left_out)
{
	struct files f;
	char path[128], target[128];

	(void)snprintf(path, sizeof(path), "%s/passwd", folder);
	check_eq(symlink("/etc/passwd", path), 0);
	(void)snprintf(path, sizeof(path), "%s/etc", folder);
	check_eq(symlink("/etc", path), 0);
	(void)snprintf(path, sizeof(path), "%s/pipe", folder);
	check_eq(mkfifo(path, 0600), 0);
	(void)snprintf(target, sizeof(target), "%s/self", folder);
	check_eq(symlink(folder, target), 0);
	check_eq(files_load(&f, folder), 0);
	check_eq(f.n, 3);
	files_done(&f);
}

/* A change of one byte anywhere is a change of the tag; the same content keeps it. */
TEST(tags_follow_the_content)
{
	struct files f;
	char first[FILES_TAG_SIZE];

	check_eq(files_load(&f, folder), 0);
	memcpy(first, files_find(&f, "/assets/plain.css")->tag, sizeof(first));
	files_done(&f);
	put("assets/plain.css", "b{}");
	check_eq(files_load(&f, folder), 0);
	check(strcmp(first, files_find(&f, "/assets/plain.css")->tag) != 0);
	files_done(&f);
	put("assets/plain.css", "a{}");
	check_eq(files_load(&f, folder), 0);
	check_text(files_find(&f, "/assets/plain.css")->tag, first);
	files_done(&f);
}

TEST(folder_without_a_page_is_refused)
{
	struct files f;
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/index.html", folder);
	check_eq(unlink(path), 0);
	check_eq(files_load(&f, folder), -ENOENT);
	check_eq(files_load(&f, "/nonexistent"), -ENOENT);
}

TEST(depth_is_bounded)
{
	struct files f;
	char path[256];

	(void)snprintf(path, sizeof(path), "%s", folder);
	for (int i = 0; i < 12; i++) {
		size_t n = strlen(path);

		(void)snprintf(path + n, sizeof(path) - n, "/d");
		check_eq(mkdir(path, 0700), 0);
	}
	check_eq(files_load(&f, folder), -ELOOP);
}

TEST(no_memory_leaves_nothing_behind)
{
	unsigned long n = 0;
	int r = -ENOMEM;

	while (r == -ENOMEM) {
		struct files f;

		mem_fail_at(++n, 0);
		r = files_load(&f, folder);
		mem_fail_at(0, 0);
		if (r == 0)
			files_done(&f);
	}
	check_eq(r, 0);
	check_ge(n, 9);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(files_are_found_by_their_path_alone, setup, teardown),
	cmocka_unit_test_setup_teardown(compressed_form_belongs_to_its_file, setup, teardown),
	cmocka_unit_test_setup_teardown(links_and_pipes_are_left_out, setup, teardown),
	cmocka_unit_test_setup_teardown(tags_follow_the_content, setup, teardown),
	cmocka_unit_test_setup_teardown(folder_without_a_page_is_refused, setup, teardown),
	cmocka_unit_test_setup_teardown(depth_is_bounded, setup, teardown),
	cmocka_unit_test_setup_teardown(no_memory_leaves_nothing_behind, setup, teardown),
};

RUN_TESTS(tests)
