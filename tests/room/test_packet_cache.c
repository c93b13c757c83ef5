/* SPDX-License-Identifier: EUPL-1.2 */
/* In tests only. Invariant: the cache holds what is young and small enough, finds it, and gives everything back. */
#include "base/mem.h"
#include "sfu/room/packet_cache.h"
#include "tests/support/check.h"

#define PACKETS 1024

static struct pool *pool;
static struct packet_cache *cache;

static int set_up(void **state)
{
	(void)state;
	cache = mem_new(struct packet_cache);
	return cache ? pool_new(&pool, PACKETS) : -1;
}

static int tear_down(void **state)
{
	(void)state;
	packet_cache_clear(cache);
	mem_free(cache);
	check_eq(pool_free_count(pool), PACKETS);
	pool_free(pool);
	return 0;
}

static void put(uint8_t slot, uint16_t sequence, uint32_t size, usec_t now)
{
	struct egress_item item = { .packet = packet_new(pool), .slot = slot, .sequence = sequence };

	check(item.packet);
	item.packet->size = size;
	packet_cache_put(cache, now, &item);
}

static size_t kept(void)
{
	return PACKETS - pool_free_count(pool);
}

TEST(what_was_put_is_found)
{
	for (uint8_t slot = 0; slot < 4; slot++)
		for (uint16_t i = 0; i < 20; i++)
			put(slot, (uint16_t)(65530 + i), 1000, 0);
	for (uint8_t slot = 0; slot < 4; slot++)
		for (uint16_t i = 0; i < 20; i++) {
			struct cached *c = packet_cache_find(cache, slot, (uint16_t)(65530 + i));

			check(c && c->item.slot == slot && c->item.sequence == (uint16_t)(65530 + i));
		}
	check(!packet_cache_find(cache, 0, 65529));
	check(!packet_cache_find(cache, 4, 65530));
}

TEST(the_bytes_are_bounded)
{
	for (uint16_t i = 0; i < 500; i++) {
		put(1, i, 1000, 0);
		check_le(cache->bytes, LIMIT_CACHE_BYTES);
		check(packet_cache_find(cache, 1, i));
	}
	check_eq(kept(), LIMIT_CACHE_BYTES / 1000);
	check(!packet_cache_find(cache, 1, 500 - LIMIT_CACHE_BYTES / 1000 - 1));
	check(packet_cache_find(cache, 1, 500 - LIMIT_CACHE_BYTES / 1000));
}

TEST(the_number_is_bounded)
{
	for (unsigned i = 0; i < 3 * LIMIT_CACHE_PACKETS; i++)
		put((uint8_t)(i % 3), (uint16_t)i, 10, 0);
	check_eq(kept(), LIMIT_CACHE_PACKETS);
	for (unsigned i = 0; i < 3 * LIMIT_CACHE_PACKETS; i++)
		check_eq(packet_cache_find(cache, (uint8_t)(i % 3), (uint16_t)i) != NULL, i >= 2 * LIMIT_CACHE_PACKETS);
}

TEST(the_old_leave)
{
	put(0, 1, 100, 1000);
	put(0, 2, 100, 2000);
	packet_cache_expire(cache, 1000 + CACHE_AGE - 1);
	check(packet_cache_find(cache, 0, 1));
	packet_cache_expire(cache, 1000 + CACHE_AGE);
	check(!packet_cache_find(cache, 0, 1));
	check(packet_cache_find(cache, 0, 2));
	packet_cache_clear(cache);
	check(!packet_cache_find(cache, 0, 2));
	check_eq(cache->bytes, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(what_was_put_is_found, set_up, tear_down),
	cmocka_unit_test_setup_teardown(the_bytes_are_bounded, set_up, tear_down),
	cmocka_unit_test_setup_teardown(the_number_is_bounded, set_up, tear_down),
	cmocka_unit_test_setup_teardown(the_old_leave, set_up, tear_down),
};

RUN_TESTS(tests)
