/* SPDX-License-Identifier: EUPL-1.2 */
/* Runs a fuzz target over its corpus without a fuzzer: each file, its truncations, and mutations of it, as TAP.
 * In fuzz targets only. Invariant: each input stands in a block of exactly its size, so that the sanitizers see the
 * first byte read behind it; the mutations are seeded by the file's name, so that a failure repeats. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/random.h"
#include "tests/fuzz/fuzz.h"

#define MUTATIONS 400
#define TRUNCATIONS 2048	/* of a longer file every n-th, so that a minute is enough for all */
#define FILE_MOST (1024 * 1024)

static void run(struct bytes in)
{
	uint8_t *exact = mem_alloc(in.size);

	assert(exact);
	if (in.size)
		memcpy(exact, in.data, in.size);
	(void)LLVMFuzzerTestOneInput(exact, in.size);
	mem_free(exact);
}

static void run_truncations(struct bytes in)
{
	size_t step = in.size / TRUNCATIONS + 1;

	for (size_t size = 0; size < in.size; size += step)
		run(bytes_make(in.data, size));
	for (size_t skipped = 1; skipped < in.size; skipped += step)
		run(bytes_make(in.data + skipped, in.size - skipped));
}

static size_t below(struct random *r, size_t limit)
{
	return limit ? random_below(r, (uint32_t)limit) : 0;
}

/* The values at which lengths and counts break. */
static void put_border(struct random *r, uint8_t *data, size_t size)
{
	static const uint8_t borders[] = { 0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff };
	uint8_t value = borders[below(r, ARRAY_SIZE(borders))];

	memset(data + below(r, size), value, 1);
}

/* Changes `data` (of at most size + 16 bytes) in one way; returns its new size. */
static size_t mutate(struct random *r, uint8_t *data, size_t size)
{
	size_t at = below(r, size), n = below(r, MIN(size - at, 16u) + 1);

	switch (size ? below(r, 6) : 4) {
	case 0:
		data[at] ^= (uint8_t)(1u << below(r, 8));
		return size;
	case 1:
		put_border(r, data, size);
		return size;
	case 2:
		data[at] = (uint8_t)random_next(r);
		return size;
	case 3:		/* a piece is missing */
		memmove(data + at, data + at + n, size - at - n);
		return size - n;
	case 4:		/* a piece comes twice, or, of nothing, noise */
		if (!n) {
			data[size] = (uint8_t)random_next(r);
			return size + 1;
		}
		memmove(data + at + n, data + at, size - at);
		return size + n;
	default:	/* a piece stands elsewhere */
		memmove(data + below(r, size - n + 1), data + at, n);
		return size;
	}
}

static void run_mutations(struct bytes in, uint64_t seed)
{
	uint8_t *data = mem_alloc(in.size + 64);
	struct random r;

	assert(data);
	random_seed(&r, seed);
	for (int i = 0; i < MUTATIONS; i++) {
		size_t size = in.size;

		if (size)
			memcpy(data, in.data, size);
		for (size_t n = 1 + below(&r, 4); n; n--)
			size = mutate(&r, data, size);
		run(bytes_make(data, size));
	}
	mem_free(data);
}

static uint64_t seed_of(const char *name)
{
	uint64_t seed = 0;

	for (; *name; name++)
		seed = hash_words(seed, &(uint64_t){ (uint8_t)*name }, 1);
	return seed;
}

static bool read_file(const char *path, uint8_t *buffer, size_t size, struct bytes *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t have = 0;
	ssize_t n = 0;

	if (fd < 0)
		return false;
	while (have < size && (n = read(fd, buffer + have, size - have)) > 0)
		have += (size_t)n;
	(void)close(fd);
	*ret = bytes_make(buffer, have);
	return n == 0;		/* to its end, and it fitted */
}

static bool run_file(const char *folder, const char *name)
{
	static uint8_t buffer[FILE_MOST + 1];
	char path[PATH_MAX];
	struct bytes in;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path) ||
	    !read_file(path, buffer, sizeof(buffer), &in))
		return false;
	run(in);
	run_truncations(in);
	run_mutations(in, seed_of(name));
	return true;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	struct dirent **files = NULL;
	int n, failed = 0;

	assert(argc == 2);
	n = scandir(argv[1], &files, is_visible, alphasort);
	if (n <= 0) {
		printf("1..1\nnot ok 1 - %s holds no file\n", argv[1]);
		return 1;
	}
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		bool ok = run_file(argv[1], files[i]->d_name);

		printf("%s %d - %s\n", ok ? "ok" : "not ok", i + 1, files[i]->d_name);
		(void)fflush(stdout);
		failed += !ok;
		free(files[i]);
	}
	free(files);
	return failed ? 1 : 0;
}
