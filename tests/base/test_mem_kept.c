/* SPDX-License-Identifier: EUPL-1.2 */
/* base/mem.c: what glibc keeps of memory that was freed. Its own program: sanitizers and valgrind have another heap.
 * Invariant: shows first that glibc keeps it, then that it no longer does. */
#include "tests/support/check.h"

#include <malloc.h>

#include "base/mem.h"

/* Of 4 MiB in small blocks that were freed, what is still held at the end of the heap. */
static size_t kept_of_a_moment(void)
{
	void *blocks[64];

	mem_free(mem_alloc(8 << 20));		/* from which glibc learns to keep more */
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		check(blocks[i] = mem_alloc(64 << 10));
	for (size_t i = ARRAY_SIZE(blocks); i-- > 0;)
		mem_free(blocks[i]);
	return mallinfo2().keepcost;
}

TEST(little_is_kept)
{
	check_ge(kept_of_a_moment(), 4 << 20);
	mem_keep_little();
	check_le(kept_of_a_moment(), 64 << 10);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(little_is_kept),
};

RUN_TESTS(tests)
