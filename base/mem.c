/* SPDX-License-Identifier: EUPL-1.2 */
/* The only file that calls the allocator. In every process.
 * Invariant: every allocation passes mem_refuses(), so that a test can make any one of them fail. */
#include "base/mem.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>

/* Set by mem_fail_at(); a process has one thread. */
static struct {
	unsigned long asked;
	unsigned long fail_at;
	bool forever;
} testing;

static bool mem_refuses(void)
{
	testing.asked++;
	if (!testing.fail_at || testing.asked < testing.fail_at)
		return false;
	return testing.forever || testing.asked == testing.fail_at;
}

unsigned long mem_fail_at(unsigned long n, int forever)
{
	unsigned long asked = testing.asked;

	testing.asked = 0;
	testing.fail_at = n;
	testing.forever = forever;
	return asked;
}

void *mem_alloc(size_t size)
{
	return mem_alloc_array(1, size);
}

void *mem_alloc_array(size_t n, size_t size)
{
	size_t all;

	/* Asked here and not left to calloc(), on which the sanitizers end the process instead of returning NULL. */
	if (mem_refuses() || __builtin_mul_overflow(n, size, &all))
		return NULL;
	/* calloc() of nothing may return NULL, which would read as "no memory". */
	return calloc(1, all ? all : 1);
}

void *mem_grow(void *old, size_t old_size, size_t new_size)
{
	uint8_t *p;

	if (mem_refuses())
		return NULL;
	p = realloc(old, new_size ? new_size : 1);
	if (p && new_size > old_size)
		memset(p + old_size, 0, new_size - old_size);
	return p;
}

char *mem_copy_string(const char *s)
{
	size_t size = strlen(s) + 1;
	char *copy = mem_alloc(size);

	return copy ? memcpy(copy, s, size) : NULL;
}

void mem_free(void *p)
{
	free(p);
}

/* Left alone, glibc keeps twice the largest block that was ever freed. */
void mem_keep_little(void)
{
	(void)mallopt(M_TRIM_THRESHOLD, 64 * 1024);
	(void)mallopt(M_TOP_PAD, 16 * 1024);
}

void mem_wipe(void *p, size_t size)
{
	if (size)
		explicit_bzero(p, size);
}
