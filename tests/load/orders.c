/* SPDX-License-Identifier: EUPL-1.2 */
/* Three or four words with blanks between. In impair and its test. Invariant: see orders.h. */
#include "tests/load/orders.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* Without a queue of its own a narrow line would drop all that does not come evenly. */
#define ORDER_QUEUE MSEC(200)
#define ORDER_MS_MOST 60000.0
#define ORDER_RATE_MOST 10e6

static bool as_time(double ms, usec_t *ret)
{
	*ret = (usec_t)(ms * 1000.0 + 0.5);
	return ms >= 0 && ms <= ORDER_MS_MOST;
}

static bool as_chance(double percent, uint32_t *ret)
{
	*ret = (uint32_t)(percent * 10000.0 + 0.5);
	return percent >= 0 && percent <= 100;
}

static bool order_set(struct lane_conditions *c, const char *key, double a, double b, bool second)
{
	if (strcmp(key, "burst") == 0) {
		c->burst_length = (uint32_t)b;
		return second && b >= 1 && b <= 10000 && as_chance(a, &c->burst);
	}
	if (strcmp(key, "reorder") == 0)
		return second && as_chance(a, &c->reorder) && as_time(b, &c->reorder_by);
	if (second)
		return false;
	if (strcmp(key, "delay") == 0)
		return as_time(a, &c->delay);
	if (strcmp(key, "jitter") == 0)
		return as_time(a, &c->jitter);
	if (strcmp(key, "queue") == 0)
		return as_time(a, &c->queue);
	if (strcmp(key, "loss") == 0)
		return as_chance(a, &c->loss);
	if (strcmp(key, "duplicate") == 0)
		return as_chance(a, &c->duplicate);
	if (strcmp(key, "rate") != 0 || a < 0 || a > ORDER_RATE_MOST)
		return false;
	c->rate = (uint64_t)(a * 1000.0);
	c->queue = c->queue ?: ORDER_QUEUE;
	return true;
}

static bool order_ways(const char *word, bool ways[static LANE_WAYS])
{
	ways[LANE_UP] = strcmp(word, "up") == 0 || strcmp(word, "both") == 0;
	ways[LANE_DOWN] = strcmp(word, "down") == 0 || strcmp(word, "both") == 0;
	return ways[LANE_UP] || ways[LANE_DOWN];
}

enum order order_read(const char *line, struct lane_conditions c[static LANE_WAYS])
{
	struct lane_conditions copy[LANE_WAYS] = { c[LANE_UP], c[LANE_DOWN] };
	char way[8] = "", key[16] = "", rest[2];
	bool ways[LANE_WAYS];
	double a = 0, b = 0;
	int n = sscanf(line, "%7s %15s %lf %lf %1s", way, key, &a, &b, rest);

	if (n == 1)
		return strcmp(way, "counts") == 0 ? ORDER_COUNTS : strcmp(way, "rebind") == 0 ? ORDER_REBIND :
			strcmp(way, "strand") == 0 ? ORDER_STRAND : ORDER_WRONG;
	if (n < 2 || n > 4 || !order_ways(way, ways))
		return ORDER_WRONG;
	for (unsigned i = 0; i < LANE_WAYS; i++) {
		if (!ways[i])
			continue;
		if (n == 2 && strcmp(key, "clear") == 0)
			copy[i] = (struct lane_conditions){ 0 };
		else if (n == 2 || !order_set(&copy[i], key, a, b, n == 4))
			return ORDER_WRONG;
	}
	memcpy(c, copy, sizeof(copy));
	return ORDER_CONDITION;
}
