/* SPDX-License-Identifier: EUPL-1.2 */
/* A heap of what is under way. In tests only. Invariant: see sim_network.h. */
#include "tests/support/sim_network.h"

#include "base/mem.h"
#include "tests/support/check.h"

void sim_network_init(struct sim_network *n, uint64_t seed)
{
	n->datagrams = mem_new_array(struct sim_datagram, SIM_DATAGRAMS);
	check(n->datagrams);
	for (uint32_t i = 0; i < SIM_DATAGRAMS; i++)
		n->free[i] = (uint16_t)i;
	n->n_free = SIM_DATAGRAMS;
	n->n_heap = 0;
	random_seed(&n->random, seed);
}

void sim_network_done(struct sim_network *n)
{
	mem_free(n->datagrams);
}

static bool sim_earlier(const struct sim_network *n, uint16_t a, uint16_t b)
{
	const struct sim_datagram *x = &n->datagrams[a], *y = &n->datagrams[b];

	return x->at != y->at ? x->at < y->at : x->order < y->order;
}

static void sim_heap_swap(struct sim_network *n, uint32_t a, uint32_t b)
{
	uint16_t kept = n->heap[a];

	n->heap[a] = n->heap[b];
	n->heap[b] = kept;
}

static void sim_heap_push(struct sim_network *n, uint16_t which)
{
	uint32_t at = n->n_heap++;

	n->heap[at] = which;
	while (at && sim_earlier(n, n->heap[at], n->heap[(at - 1) / 2])) {
		sim_heap_swap(n, at, (at - 1) / 2);
		at = (at - 1) / 2;
	}
}

static uint16_t sim_heap_pop(struct sim_network *n)
{
	uint16_t first = n->heap[0];
	uint32_t at = 0;

	n->heap[0] = n->heap[--n->n_heap];
	for (;;) {
		uint32_t least = at;

		for (uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < n->n_heap; child++)
			if (sim_earlier(n, n->heap[child], n->heap[least]))
				least = child;
		if (least == at)
			return first;
		sim_heap_swap(n, at, least);
		at = least;
	}
}

static void sim_network_put(struct sim_network *n, usec_t now, const struct sim_line *line, void *person, bool to_room,
	bool rtcp, struct bytes data)
{
	uint16_t which;
	struct sim_datagram *d;

	check(n->n_free > 0);
	check_le(data.size, LIMIT_DATAGRAM);
	which = n->free[--n->n_free];
	d = &n->datagrams[which];
	d->at = MAX(now, line->busy_until) + line->delay;
	if (line->jitter)
		d->at += random_below(&n->random, (uint32_t)line->jitter);
	d->order = n->order++;
	d->person = person;
	d->to_room = to_room;
	d->rtcp = rtcp;
	d->size = (uint32_t)data.size;
	memcpy(d->data, data.data, data.size);
	sim_heap_push(n, which);
}

/* The time on the wire, behind all that waits; false: the queue is full. */
static bool sim_network_queue(usec_t now, struct sim_line *line, size_t size)
{
	usec_t wait = line->busy_until > now ? line->busy_until - now : 0;

	if (!line->rate)
		return true;
	if (wait > (line->queue ? line->queue : SIM_QUEUE))
		return false;
	line->longest_wait = MAX(line->longest_wait, wait);
	line->busy_until = now + wait + (size + SIM_WIRE) * 8 * SECONDS(1) / line->rate;
	return true;
}

void sim_network_send(struct sim_network *n, usec_t now, struct sim_line *line, void *person, bool to_room, bool rtcp,
	struct bytes data)
{
	line->sent++;
	if (!rtcp && line->lose_nth && --line->lose_nth == 0) {
		line->lost++;
		return;
	}
	if ((line->loss && random_below(&n->random, 1000) < line->loss) ||
	    !sim_network_queue(now, line, data.size)) {
		line->lost++;
		return;
	}
	sim_network_put(n, now, line, person, to_room, rtcp, data);
	if (line->duplicate && random_below(&n->random, 1000) < line->duplicate)
		sim_network_put(n, now, line, person, to_room, rtcp, data);
}

usec_t sim_network_next(const struct sim_network *n)
{
	return n->n_heap ? n->datagrams[n->heap[0]].at : USEC_NEVER;
}

struct sim_datagram *sim_network_take(struct sim_network *n, usec_t now)
{
	if (sim_network_next(n) > now)
		return NULL;
	return &n->datagrams[sim_heap_pop(n)];
}

void sim_network_give_back(struct sim_network *n, struct sim_datagram *d)
{
	n->free[n->n_free++] = (uint16_t)(d - n->datagrams);
}

void sim_network_forget(struct sim_network *n, const void *person)
{
	uint16_t kept[SIM_DATAGRAMS];
	uint32_t n_kept = 0, all = n->n_heap;

	for (uint32_t i = 0; i < all; i++) {
		if (n->datagrams[n->heap[i]].person == person)
			n->free[n->n_free++] = n->heap[i];
		else
			kept[n_kept++] = n->heap[i];
	}
	n->n_heap = 0;
	for (uint32_t i = 0; i < n_kept; i++)
		sim_heap_push(n, kept[i]);
}
