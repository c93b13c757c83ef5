/* SPDX-License-Identifier: EUPL-1.2 */
/* A heap of datagrams under way, and the dice. In impair and its test. Invariant: see lane.h. */
#include "tests/load/lane.h"

#include <errno.h>

#include "base/mem.h"

int lane_init(struct lane *l, uint64_t seed)
{
	*l = (struct lane){ .heap = mem_new_array(struct lane_datagram *, LANE_MOST) };
	if (!l->heap)
		return -ENOMEM;
	random_seed(&l->random, seed);
	return 0;
}

void lane_done(struct lane *l)
{
	for (size_t i = 0; i < l->count; i++)
		mem_free(l->heap[i]);
	mem_free(l->heap);
	*l = (struct lane){ 0 };
}

void lane_set(struct lane *l, const struct lane_conditions *c)
{
	l->conditions = *c;
	if (!c->burst)
		l->in_burst = false;
}

static bool lane_chance(struct lane *l, uint32_t of_a_million)
{
	return of_a_million && random_below(&l->random, LANE_MILLION) < of_a_million;
}

static bool lane_earlier(const struct lane_datagram *a, const struct lane_datagram *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void lane_push(struct lane *l, struct lane_datagram *d)
{
	size_t at = l->count++;

	while (at && lane_earlier(d, l->heap[(at - 1) / 2])) {
		l->heap[at] = l->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	l->heap[at] = d;
}

static struct lane_datagram *lane_pop(struct lane *l)
{
	struct lane_datagram *first = l->heap[0], *last = l->heap[--l->count];
	size_t at = 0;

	for (;;) {
		size_t least = 2 * at + 1;

		if (least >= l->count)
			break;
		if (least + 1 < l->count && lane_earlier(l->heap[least + 1], l->heap[least]))
			least++;
		if (!lane_earlier(l->heap[least], last))
			break;
		l->heap[at] = l->heap[least];
		at = least;
	}
	l->heap[at] = last;
	return first;
}

/* Gilbert: a burst begins by one chance and ends, before each further datagram, by the inverse of its mean length. */
static bool lane_loses(struct lane *l)
{
	const struct lane_conditions *c = &l->conditions;

	if (l->in_burst && c->burst_length)
		l->in_burst = !lane_chance(l, LANE_MILLION / c->burst_length);
	else
		l->in_burst = false;
	if (!l->in_burst && c->burst_length)
		l->in_burst = lane_chance(l, c->burst);
	return l->in_burst || lane_chance(l, c->loss);
}

/* When it has left the bottleneck; false when the queue before it is too long. */
static bool lane_pass_bottleneck(struct lane *l, usec_t now, size_t size, usec_t *ret)
{
	const struct lane_conditions *c = &l->conditions;
	usec_t begin = l->busy_until > now ? l->busy_until : now;

	*ret = now;
	if (!c->rate)
		return true;
	if (begin - now > c->queue)
		return false;
	*ret = l->busy_until = begin + size * 8 * SECONDS(1) / c->rate;
	return true;
}

static int lane_put(struct lane *l, usec_t at, struct bytes datagram)
{
	struct lane_datagram *d;

	if (l->count == LANE_MOST || datagram.size > LANE_DATAGRAM) {
		l->numbers.dropped++;
		return 0;
	}
	d = mem_alloc(sizeof(*d) + datagram.size);
	if (!d)
		return -ENOMEM;
	d->at = at;
	d->order = l->order++;
	d->size = datagram.size;
	if (datagram.size)
		memcpy(d->data, datagram.data, datagram.size);
	lane_push(l, d);
	return 0;
}

static usec_t lane_arrival(struct lane *l, usec_t leaves)
{
	const struct lane_conditions *c = &l->conditions;
	usec_t at = leaves + c->delay;

	if (c->jitter)
		at += random_below(&l->random, (uint32_t)c->jitter + 1);
	if (lane_chance(l, c->reorder)) {
		l->numbers.reordered++;
		return at + c->reorder_by;
	}
	return l->newest = MAX(l->newest, at);
}

int lane_send(struct lane *l, usec_t now, struct bytes datagram)
{
	usec_t leaves, at;
	int r;

	l->numbers.sent++;
	if (lane_loses(l)) {
		l->numbers.lost++;
		return 0;
	}
	if (!lane_pass_bottleneck(l, now, datagram.size, &leaves)) {
		l->numbers.dropped++;
		return 0;
	}
	at = lane_arrival(l, leaves);
	r = lane_put(l, at, datagram);
	if (r < 0 || !lane_chance(l, l->conditions.duplicate))
		return r;
	l->numbers.duplicated++;
	return lane_put(l, at, datagram);
}

usec_t lane_deadline(const struct lane *l)
{
	return l->count ? l->heap[0]->at : USEC_NEVER;
}

struct lane_datagram *lane_take(struct lane *l, usec_t now)
{
	if (lane_deadline(l) > now)
		return NULL;
	l->numbers.delivered++;
	return lane_pop(l);
}
