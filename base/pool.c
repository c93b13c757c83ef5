/* SPDX-License-Identifier: EUPL-1.2 */
/* A fixed array of packets in blocks. The next packet comes from the lowest block that has one, so that the blocks
 * behind those which are usually needed fall idle as a whole; of a block, the free ones are a stack: the next is likely
 * still in the cache. In conclave-media.
 * Invariant: a packet is untouched (never handed out since its pages were last given back), free (in its block's list),
 * or referenced; bit i of `open` says that block i has one that is not referenced. */
#include "base/pool.h"

#include <assert.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"

#define POOL_BLOCK 256u
#define POOL_BLOCKS 64u

_Static_assert(POOL_BLOCK * POOL_BLOCKS == LIMIT_POOL_PACKETS, "a bit for each block");

struct pool_block {
	struct list free;
	uint32_t touched;	/* packets behind this one have no pages */
	uint32_t referenced;
	bool used;		/* since the last pool_trim() */
};

struct pool {
	/* owned */
	struct packet *packets;

	/* state */
	struct pool_block blocks[POOL_BLOCKS];
	uint64_t open;
	size_t size;
	size_t free_count;
};

DEFINE_CLEANUP(struct pool *, pool_free)

static size_t pool_block_size(const struct pool *p, size_t block)
{
	size_t before = block * POOL_BLOCK;

	return p->size > before ? MIN(p->size - before, (size_t)POOL_BLOCK) : 0;
}

int pool_new(struct pool **ret, size_t packets)
{
	_cleanup_(pool_freep) struct pool *p = mem_new(struct pool);

	if (!p || packets > LIMIT_POOL_PACKETS)
		return -ENOMEM;
	p->packets = mem_new_array(struct packet, packets);
	if (!p->packets)
		return -ENOMEM;
	p->size = p->free_count = packets;
	for (size_t i = 0; i < POOL_BLOCKS; i++) {
		list_init(&p->blocks[i].free);
		if (pool_block_size(p, i))
			p->open |= UINT64_C(1) << i;
	}
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
	struct pool_block *b;
	size_t block;

	if (!p->open)
		return NULL;
	block = (size_t)__builtin_ctzll(p->open);
	b = &p->blocks[block];
	packet = list_first(&b->free, struct packet, in_pool);
	if (packet) {
		list_remove(&packet->in_pool);
	} else {
		packet = &p->packets[block * POOL_BLOCK + b->touched++];
		list_init(&packet->in_pool);
		packet->pool = p;
	}
	b->used = true;
	if (++b->referenced == pool_block_size(p, block))
		p->open &= ~(UINT64_C(1) << block);
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

static void pool_take_back(struct pool *p, struct packet *packet)
{
	size_t block = (size_t)(packet - p->packets) / POOL_BLOCK;

	list_push_front(&p->blocks[block].free, &packet->in_pool);
	p->blocks[block].referenced--;
	p->open |= UINT64_C(1) << block;
	p->free_count++;
}

struct packet *packet_unref(struct packet *p)
{
	if (!p)
		return NULL;
	assert(p->references > 0);
	if (--p->references == 0)
		pool_take_back(p->pool, p);
	return NULL;
}

/* The pages that are this block's alone; the kernel gives empty ones when they are touched again. If it will not take
 * them, nothing is lost but memory. */
static void pool_give_back(struct pool *p, size_t block)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	struct packet *first = &p->packets[block * POOL_BLOCK];
	uintptr_t from = ((uintptr_t)first + page - 1) & ~(page - 1);
	uintptr_t to = (uintptr_t)(first + p->blocks[block].touched) & ~(page - 1);

	list_init(&p->blocks[block].free);
	p->blocks[block].touched = 0;
	if (from < to)
		(void)madvise((void *)from, to - from, MADV_DONTNEED);
}

bool pool_trim(struct pool *p)
{
	bool more = false;

	for (size_t i = 0; i < POOL_BLOCKS; i++) {
		struct pool_block *b = &p->blocks[i];

		if (!b->touched)
			continue;
		if (!b->used && !b->referenced)
			pool_give_back(p, i);
		else
			more = more || b->used;
		b->used = b->referenced;
	}
	return more;
}

size_t pool_free_count(const struct pool *p)
{
	return p->free_count;
}
