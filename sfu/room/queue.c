/* SPDX-License-Identifier: EUPL-1.2 */
/* Whoever took hardly longer than the quickest did not wait; nor for one of ours, who left when the last of them had
 * come through. In conclave-media. Invariant: see queue.h. */
#include "sfu/room/queue.h"

#include "base/mem.h"

/* Clocks part and ways change: what was quickest is known for one to two ages. */
#define QUEUE_AGE ((int64_t)MSEC(1500))
#define QUEUE_NO_WAIT ((int64_t)MSEC(4))
/* Fewer come together by chance. */
#define QUEUE_STRETCH_LEAST ((int64_t)MSEC(20))
#define QUEUE_STRETCH_MOST ((int64_t)MSEC(400))
#define QUEUE_BYTES_LEAST 2500

static void queue_begin(struct queue *q, int64_t came)
{
	q->came_from = q->came_to = came;
	q->bytes = 0;
}

static void queue_learn(struct queue *q, int64_t took, int64_t came)
{
	if (!q->known || came < q->age || came > q->age + 4 * QUEUE_AGE) {
		q->known = true;
		q->least = q->least_before = took;
		q->age = came;
		queue_begin(q, came);
	} else if (came > q->age + QUEUE_AGE) {
		q->least_before = q->least;
		q->least = took;
		q->age = came;
	}
	q->least = MIN(q->least, took);
}

static uint32_t queue_stretch_rate(const struct queue *q)
{
	return (uint32_t)((uint64_t)q->bytes * 8 * SECONDS(1) / (uint64_t)(q->came_to - q->came_from));
}

void queue_take(struct queue *q, usec_t sent, int64_t came, uint32_t size)
{
	int64_t took = came - (int64_t)sent, least;

	queue_learn(q, took, came);
	least = MIN(q->least, q->least_before);
	q->wait = took - least;
	if (q->wait <= QUEUE_NO_WAIT || (int64_t)sent + least >= q->came_to) {
		q->rate = 0;
		q->full = false;
		q->came_to = came;
		return;
	}
	if (!q->full) {
		q->full = true;
		queue_begin(q, came);	/* from here on, whatever the way does besides */
		return;
	}
	q->bytes += size;
	q->came_to = MAX(q->came_to, came);
	if (q->came_to < q->came_from + QUEUE_STRETCH_MOST)
		return;
	q->rate = queue_stretch_rate(q);
	queue_begin(q, q->came_to);
}

uint32_t queue_rate(const struct queue *q)
{
	if (!q->full || q->came_to < q->came_from + QUEUE_STRETCH_LEAST || q->bytes < QUEUE_BYTES_LEAST)
		return q->rate;
	return queue_stretch_rate(q);
}
