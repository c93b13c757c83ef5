/* SPDX-License-Identifier: EUPL-1.2 */
/* Sent at an even pace, so that the queue it makes on a full line is short. In conclave-media. Invariant: see
 * probe.h. */
#include "sfu/room/probe.h"

#include "base/mem.h"

/* Fewer say nothing of a rate. */
#define PROBE_LEAST_PACKETS 4
#define PROBE_WAIT SECONDS(2)
#define PROBE_WAIT_MOST SECONDS(8)
#define PROBE_PAUSE MSEC(200)
#define PROBE_PATIENCE MSEC(500)

void probe_begin(struct probe *p, usec_t now, uint32_t rate)
{
	*p = (struct probe){
		.number = (uint8_t)(p->number == UINT8_MAX ? 1 : p->number + 1),
		.sending = true, .open = true, .rate = rate, .step = now + PROBE_STEP, .begun = now,
		.wait = MAX(p->wait, PROBE_WAIT),
	};
}

size_t probe_owes(struct probe *p, usec_t now)
{
	uint64_t due;

	if (p->sending && now >= p->begun + PROBE_SPAN)
		p->sending = false;
	if (!p->sending)
		return 0;
	due = (now - p->begun + PROBE_STEP) * p->rate / 8 / SECONDS(1);
	return due > p->bytes ? (size_t)(due - p->bytes) : 0;
}

void probe_sent(struct probe *p, usec_t now, uint32_t size)
{
	if (!p->packets) {
		p->sent_from = now;
		p->first_size = size;
	}
	p->sent_to = now;
	p->bytes += size;
	p->packets++;
}

void probe_came(struct probe *p, uint32_t size, int64_t came)
{
	if (!p->came_packets) {
		p->came_from = came;
		p->came_first_size = size;
	}
	p->came_from = MIN(p->came_from, came);
	p->came_to = MAX(p->came_packets ? p->came_to : came, came);
	p->came_bytes += size;
	p->came_packets++;
	p->answered++;
}

void probe_lost(struct probe *p)
{
	p->answered++;
}

static uint32_t probe_rate(uint32_t bytes, uint64_t span)
{
	return (uint32_t)MIN((uint64_t)bytes * 8 * SECONDS(1) / MAX(span, (uint64_t)1), (uint64_t)UINT32_MAX);
}

/* What came slower than it was sent, or not at all, was more than the line carries. */
static enum probe_result probe_judge(const struct probe *p, uint32_t loss, uint32_t *ret)
{
	uint32_t sent, came;

	if (p->came_packets < PROBE_LEAST_PACKETS || p->came_packets * 2 < p->packets || p->sent_to <= p->sent_from)
		return PROBE_NOTHING;
	sent = probe_rate(p->bytes - p->first_size, p->sent_to - p->sent_from);
	came = probe_rate(p->came_bytes - p->came_first_size, (uint64_t)(p->came_to - p->came_from));
	came = (uint32_t)MIN((uint64_t)came * 1000 / (1000 - loss), (uint64_t)UINT32_MAX);
	*ret = MIN(sent, came);
	return came >= sent / 20 * 17 ? PROBE_MORE : PROBE_FULL;
}

bool probe_is_lost(const struct probe *p, usec_t now, usec_t round_trip)
{
	return now >= p->begun + PROBE_SPAN + 2 * PROBE_PATIENCE + round_trip;
}

enum probe_result probe_end(struct probe *p, usec_t now, usec_t round_trip, uint32_t loss, uint32_t *ret)
{
	enum probe_result result;

	if (!p->open || p->sending ||
	    (p->answered < p->packets && now < p->begun + PROBE_SPAN + PROBE_PATIENCE + round_trip))
		return PROBE_NOTHING;
	p->open = false;
	result = probe_judge(p, loss, ret);
	if (result == PROBE_MORE) {
		p->wait = PROBE_WAIT;
		p->next = now + PROBE_PAUSE;
	} else {
		p->next = now + p->wait;
		p->wait = MIN(p->wait * 2, PROBE_WAIT_MOST);
	}
	return result;
}
