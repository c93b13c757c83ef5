/* SPDX-License-Identifier: EUPL-1.2 */
/* A fixed array of packets; the free ones are a stack: the next is likely still in the cache. In conclave-media.
 * Invariant: a packet is untouched (never yet handed out), free (in the list), or referenced. */
#include "base/pool.h"

#include <assert.h>
#include <errno.h>

#include "base/mem.h"

struct pool {
	/* owned */
	struct packet *packets;

	/* state */
	struct list free;
	size_t size;
	size_t touched;		/* packets behind this one have never been used, so their pages do not exist yet */
	size_t free_count;
};

DEFINE_CLEANUP(struct pool *, pool_free)

int pool_new(struct pool **ret, size_t packets)
{
	_cleanup_(pool_freep) struct pool *p = mem_new(struct pool);

	if (!p)
		return -ENOMEM;
	list_init(&p->free);
	p->packets = mem_new_array(struct packet, packets);
	if (!p->packets)
		return -ENOMEM;
	p->size = p->free_count = packets;
	*ret = take(p);
	return 0;
}

struct pool *pool_free(struct pool *p)
{
	if (!p)
		return NULL;
	assert(p->free_count == p->size);
	mem_free(p->packets);
	mem_free(p);
	return NULL;
}

struct packet *packet_new(struct pool *p)
{
	struct packet *packet;

	if (!p->free_count)
		return NULL;
	packet = list_first(&p->free, struct packet, in_pool);
	if (packet) {
		list_remove(&packet->in_pool);
	} else {
		packet = &p->packets[p->touched++];
		list_init(&packet->in_pool);
		packet->pool = p;
	}
	p->free_count--;
	packet->references = 1;
	packet->size = 0;
	return packet;
}

struct packet *packet_ref(struct packet *p)
{
	assert(p->references > 0 && p->references < UINT32_MAX);
	p->references++;
	return p;
}

struct packet *packet_unref(struct packet *p)
{
	if (!p)
		return NULL;
	assert(p->references > 0);
	if (--p->references == 0) {
		list_push_front(&p->pool->free, &p->in_pool);
		p->pool->free_count++;
	}
	return NULL;
}

size_t pool_free_count(const struct pool *p)
{
	return p->free_count;
}
