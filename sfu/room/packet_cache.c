/* SPDX-License-Identifier: EUPL-1.2 */
/* A ring with hash chains through it. Positions only grow, so an entry that left needs no unlinking: whoever follows a
 * chain stops where it goes below the tail. In conclave-media. Invariant: see packet_cache.h. */
#include "sfu/room/packet_cache.h"

static uint32_t cache_chain(uint8_t slot, uint16_t sequence)
{
	return (sequence + slot * 37u) % CACHE_CHAINS;
}

static void cache_drop_oldest(struct packet_cache *c)
{
	struct cached *oldest = &c->entries[c->tail % LIMIT_CACHE_PACKETS];

	c->bytes -= oldest->item.packet->size;
	oldest->item.packet = packet_unref(oldest->item.packet);
	c->tail++;
}

void packet_cache_put(struct packet_cache *c, usec_t now, const struct egress_item *item)
{
	uint64_t *chain = &c->chains[cache_chain(item->slot, item->sequence)];

	while (c->tail < c->head && (c->head - c->tail == LIMIT_CACHE_PACKETS ||
	       c->bytes + item->packet->size > LIMIT_CACHE_BYTES))
		cache_drop_oldest(c);
	c->entries[c->head % LIMIT_CACHE_PACKETS] = (struct cached){ .item = *item, .next = *chain, .sent = now };
	c->bytes += item->packet->size;
	*chain = ++c->head;
}

struct cached *packet_cache_find(struct packet_cache *c, uint8_t slot, uint16_t sequence)
{
	uint64_t at = c->chains[cache_chain(slot, sequence)];

	while (at > c->tail) {
		struct cached *entry = &c->entries[(at - 1) % LIMIT_CACHE_PACKETS];

		if (entry->item.slot == slot && entry->item.sequence == sequence)
			return entry;
		at = entry->next;
	}
	return NULL;
}

void packet_cache_expire(struct packet_cache *c, usec_t now)
{
	while (c->tail < c->head && c->entries[c->tail % LIMIT_CACHE_PACKETS].sent + CACHE_AGE <= now)
		cache_drop_oldest(c);
}

void packet_cache_clear(struct packet_cache *c)
{
	while (c->tail < c->head)
		cache_drop_oldest(c);
}
