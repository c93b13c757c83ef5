/* SPDX-License-Identifier: EUPL-1.2 */
/* base/pool.c. Invariant: every pool is freed, which asserts that every packet came back. */
#include "tests/support/check.h"

#include <errno.h>

#include "base/mem.h"
#include "base/pool.h"

#define PACKETS 8
#define BLOCK 256	/* as in base/pool.c */

static struct pool *new_pool(void)
{
	struct pool *p = NULL;

	check_eq(pool_new(&p, PACKETS), 0);
	return p;
}

TEST(an_empty_pool_gives_none)
{
	struct pool *p = new_pool();
	struct packet *all[PACKETS];

	for (int i = 0; i < PACKETS; i++) {
		check_eq(pool_free_count(p), PACKETS - i);
		all[i] = packet_new(p);
		check(all[i]);
		for (int j = 0; j < i; j++)
			check(all[j] != all[i]);
	}
	check(!packet_new(p));
	check_eq(pool_free_count(p), 0);
	check(!packet_unref(all[3]));
	check(packet_new(p) == all[3]);
	for (int i = 0; i < PACKETS; i++)
		packet_unref(all[i]);
	check_eq(pool_free_count(p), PACKETS);
	check(!pool_free(p));
}

TEST(the_last_reference_returns_it)
{
	struct pool *p = new_pool();
	struct packet *packet = packet_new(p);

	check(packet_ref(packet) == packet);
	packet_unref(packet);
	check_eq(pool_free_count(p), PACKETS - 1);
	packet_unref(packet);
	check_eq(pool_free_count(p), PACKETS);
	pool_free(p);
}

TEST(a_packet_comes_back_empty_and_all_its_bytes_are_ours)
{
	struct pool *p = new_pool();

	for (int round = 0; round < 2 * PACKETS; round++) {
		struct packet *packet = packet_new(p);

		check_eq(packet->size, 0);
		check_eq(packet->references, 1);
		memset(packet->data, 0xff, sizeof(packet->data));
		packet->size = sizeof(packet->data);
		packet_unref(packet);
	}
	pool_free(p);
}

TEST(nothing_is_allocated_after_the_start)
{
	struct pool *p = new_pool();

	mem_fail_at(1, 1);
	for (int round = 0; round < 3; round++) {
		struct packet *a = packet_new(p), *b = packet_new(p);

		check(a && b);
		packet_unref(a);
		packet_unref(b);
	}
	check_eq(mem_fail_at(0, 0), 0);
	pool_free(p);
}

TEST(every_allocation_may_fail)
{
	struct pool *p = NULL;
	unsigned long n;

	for (n = 1; ; n++) {
		mem_fail_at(n, 0);
		if (pool_new(&p, PACKETS) == 0)
			break;
		check(!p);
	}
	mem_fail_at(0, 0);
	check_eq(n, 3);
	check(!pool_free(p));
	p = NULL;
	check_eq(pool_new(&p, SIZE_MAX / 2), -ENOMEM);
	check(!p);
}

/* What stands in the middle of the packet, in a page that is this block's alone. */
static uint8_t mark(const struct packet *p)
{
	return p->data[LIMIT_DATAGRAM / 2];
}

static void take_and_mark(struct pool *p, struct packet **ret, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ret[i] = packet_new(p);
		check(ret[i]);
		memset(ret[i]->data, 0xaa, sizeof(ret[i]->data));
	}
}

static void give_back(struct packet **packets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		packet_unref(packets[i]);
}

TEST(what_a_burst_needed_goes_back_to_the_system)
{
	struct packet *all[4 * BLOCK];
	struct pool *p = NULL;

	check_eq(pool_new(&p, 4 * BLOCK), 0);
	take_and_mark(p, all, 3 * BLOCK);
	give_back(all + 1, 3 * BLOCK - 1);
	check(pool_trim(p));		/* they were used since the last time, which was never */
	check_eq(mark(all[2 * BLOCK - 5]), 0xaa);
	check(pool_trim(p));		/* the first block is in use */
	check_eq(mark(all[2 * BLOCK - 5]), 0);
	check_eq(mark(all[3 * BLOCK - 5]), 0);
	check_eq(mark(all[0]), 0xaa);
	check_eq(mark(all[1]), 0xaa);	/* of a block in use nothing is given back */
	check_eq(pool_free_count(p), 4 * BLOCK - 1);

	packet_unref(all[0]);
	check(pool_trim(p));
	check(!pool_trim(p));
	check_eq(mark(all[5]), 0);
	check(!pool_trim(p));
	take_and_mark(p, all, 4 * BLOCK);	/* and all of it can be had again */
	check(!packet_new(p));
	give_back(all, 4 * BLOCK);
	pool_free(p);
}

TEST(the_lowest_block_is_used_first)
{
	struct packet *all[2 * BLOCK], *again;
	struct pool *p = NULL;

	check_eq(pool_new(&p, 2 * BLOCK), 0);
	take_and_mark(p, all, 2 * BLOCK);
	packet_unref(all[7]);
	packet_unref(all[BLOCK + 7]);
	again = packet_new(p);
	check(again == all[7]);
	check(packet_new(p) == all[BLOCK + 7]);
	check(!packet_new(p));
	give_back(all, 2 * BLOCK);
	check_eq(pool_free_count(p), 2 * BLOCK);
	pool_free(p);
}

TEST(a_block_that_is_used_again_is_kept)
{
	struct packet *all[2 * BLOCK];
	struct pool *p = NULL;

	check_eq(pool_new(&p, 2 * BLOCK), 0);
	for (int i = 0; i < 5; i++) {
		take_and_mark(p, all, 2 * BLOCK);
		give_back(all, 2 * BLOCK);
		check(pool_trim(p));
		check_eq(mark(all[BLOCK + 7]), 0xaa);
	}
	pool_free(p);
}

TEST(no_more_than_the_limit)
{
	struct pool *p = NULL;

	check_eq(pool_new(&p, LIMIT_POOL_PACKETS + 1), -ENOMEM);
	check(!p);
	check_eq(pool_new(&p, LIMIT_POOL_PACKETS), 0);
	check_eq(pool_free_count(p), LIMIT_POOL_PACKETS);
	pool_free(p);
}

TEST(none_is_fine)
{
	check(!packet_unref(NULL));
	check(!pool_free(NULL));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(an_empty_pool_gives_none),
	cmocka_unit_test(the_last_reference_returns_it),
	cmocka_unit_test(a_packet_comes_back_empty_and_all_its_bytes_are_ours),
	cmocka_unit_test(nothing_is_allocated_after_the_start),
	cmocka_unit_test(every_allocation_may_fail),
	cmocka_unit_test(what_a_burst_needed_goes_back_to_the_system),
	cmocka_unit_test(the_lowest_block_is_used_first),
	cmocka_unit_test(a_block_that_is_used_again_is_kept),
	cmocka_unit_test(no_more_than_the_limit),
	cmocka_unit_test(none_is_fine),
};

RUN_TESTS(tests)
