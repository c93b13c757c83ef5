/* SPDX-License-Identifier: EUPL-1.2 */
/* Each report moves the rate at once; loss is judged once a second. In conclave-media. Invariant: see bandwidth.h. */
#include "sfu/room/bandwidth.h"

#include "base/mem.h"

/* Who negotiated to report and then does not, is not bounded by it. */
#define BANDWIDTH_PATIENCE SECONDS(3)
#define BANDWIDTH_REMB_AGE SECONDS(10)
/* Arrivals are counted over this long at least. */
#define BANDWIDTH_SPAN MSEC(150)
/* draft-ietf-rmcat-gcc-02, 5.5: beta, and eta of a second */
#define BANDWIDTH_BETA 85
#define BANDWIDTH_ETA 8
#define BANDWIDTH_WAIT MSEC(60)
#define BANDWIDTH_FAR_BELOW 70	/* hundredths of the rate */
#define BANDWIDTH_ADDED_BITS (1200 * 8)
/* 6: in thousandths; a tenth lost at random is to be borne (TARGETS), so the draft's 100 are a little more */
#define BANDWIDTH_LOSS_FINE 20
#define BANDWIDTH_LOSS_BAD 120
#define BANDWIDTH_LOSS_SEVERE 250
#define BANDWIDTH_LOSS_HALF 500
#define BANDWIDTH_LOSS_MOST 400
#define BANDWIDTH_LOSS_SPAN SECONDS(1)
#define BANDWIDTH_LOSS_PACKETS 50
#define BANDWIDTH_PROBE_AFTER_CUT SECONDS(2)
/* What a full line carried is believed, unless much more comes. */
#define BANDWIDTH_CEILING_AGE SECONDS(30)
#define BANDWIDTH_SILENCE SECONDS(1)
#define BANDWIDTH_NEW SECONDS(1)
#define BANDWIDTH_BURST MSEC(100)
#define BANDWIDTH_BURST_LEAST 6000

_Static_assert((BANDWIDTH_HISTORY & (BANDWIDTH_HISTORY - 1)) == 0, "a mask finds the packet");

void bandwidth_init(struct bandwidth *b, bool expected)
{
	*b = (struct bandwidth){ .expected = expected, .rate = BANDWIDTH_START };
	trend_init(&b->trend);
}

static uint32_t bandwidth_within(uint64_t rate)
{
	return (uint32_t)MIN(MAX(rate, (uint64_t)BANDWIDTH_LEAST), (uint64_t)BANDWIDTH_MOST);
}

void bandwidth_sent(struct bandwidth *b, usec_t now, size_t size)
{
	struct bandwidth_packet *p = &b->sent[b->next % BANDWIDTH_HISTORY];

	*p = (struct bandwidth_packet){
		.at = (uint32_t)now, .size = (uint16_t)(size + BANDWIDTH_WIRE), .fate = FATE_SENT,
		.probe = b->probe.sending ? b->probe.number : 0,
	};
	if (p->probe)
		probe_sent(&b->probe, now, p->size);
	if (!b->first_sent)
		b->first_sent = now;
	b->next++;
}

/* NULL: never sent, or too long ago to be known. */
static struct bandwidth_packet *bandwidth_find(struct bandwidth *b, uint16_t number)
{
	struct bandwidth_packet *p = &b->sent[number % BANDWIDTH_HISTORY];
	uint16_t back = (uint16_t)(b->next - number);

	return back == 0 || back > BANDWIDTH_HISTORY || p->fate == FATE_NONE ? NULL : p;
}

static usec_t bandwidth_sent_at(const struct bandwidth_packet *p, usec_t now)
{
	return now - (uint32_t)((uint32_t)now - p->at);
}

static void bandwidth_note_lost(struct bandwidth *b, usec_t now, uint16_t number)
{
	struct bandwidth_packet *p = bandwidth_find(b, number);

	if (!p || p->fate != FATE_SENT)
		return;
	p->fate = FATE_LOST;
	if (bandwidth_sent_at(p, now) >= b->settled)
		b->lost++;
	if (p->probe && p->probe == b->probe.number)
		probe_lost(&b->probe);
}

void bandwidth_repeated(struct bandwidth *b, usec_t now, uint16_t number)
{
	struct bandwidth_packet *p = bandwidth_find(b, number);

	bandwidth_note_lost(b, now, number);
	if (p && p->fate == FATE_LOST)
		p->fate = FATE_REPEATED;
}

/* The work is bounded by the history, whatever count is claimed (ATTACKS B08). */
static void bandwidth_note_run_lost(struct bandwidth *b, usec_t now, uint16_t first, uint16_t n)
{
	if (n <= BANDWIDTH_HISTORY) {
		for (uint16_t i = 0; i < n; i++)
			bandwidth_note_lost(b, now, (uint16_t)(first + i));
		return;
	}
	for (uint16_t back = 1; back <= BANDWIDTH_HISTORY; back++) {
		uint16_t number = (uint16_t)(b->next - back);

		if ((uint16_t)(number - first) < n)
			bandwidth_note_lost(b, now, number);
	}
}

static void bandwidth_span_begin(struct bandwidth_span *s, usec_t sent, int64_t came)
{
	*s = (struct bandwidth_span){
		.begun = true, .sent_from = sent, .sent_to = sent, .came_from = came, .came_to = came,
	};
}

/* Counted over the longer of the two times: arrivals closer together than the packets were sent prove nothing. */
static void bandwidth_count(struct bandwidth *b, usec_t sent, int64_t came, uint32_t size)
{
	struct bandwidth_span *s = &b->span;
	uint64_t length;

	if (!s->begun || came < s->came_from || sent < s->sent_from || sent > s->sent_from + SECONDS(5)) {
		bandwidth_span_begin(s, sent, came);
		return;
	}
	s->bytes += size;
	s->sent_to = MAX(s->sent_to, sent);
	s->came_to = MAX(s->came_to, came);
	length = MAX(s->sent_to - s->sent_from, (uint64_t)(s->came_to - s->came_from));
	if (length < BANDWIDTH_SPAN)
		return;
	b->arriving = (uint32_t)((uint64_t)s->bytes * 8 * SECONDS(1) / length);
	bandwidth_span_begin(s, sent, came);
}

static void bandwidth_note_came(struct bandwidth *b, usec_t now, const struct twcc_arrival *a)
{
	struct bandwidth_packet *p = bandwidth_find(b, a->sequence);
	usec_t sent;

	if (!p || p->fate == FATE_CAME || p->fate == FATE_REPEATED)
		return;
	sent = bandwidth_sent_at(p, now);
	if (sent >= b->settled) {
		if (p->fate == FATE_LOST && b->lost)
			b->lost--;
		b->came++;
		b->came_bytes += p->size;
	}
	bandwidth_count(b, sent, a->time, p->size);
	queue_take(&b->queue, sent, a->time, p->size);
	if (p->probe && p->probe == b->probe.number && p->fate == FATE_SENT)
		probe_came(&b->probe, p->size, a->time);
	p->fate = FATE_CAME;
	if (!p->probe && sent >= b->settled)
		trend_take(&b->trend, sent, a->time);
}

/* What comes out of a full line now: since packets began to wait, else the span in hand, if one is long enough to say
 * so. */
static uint32_t bandwidth_arriving(const struct bandwidth *b)
{
	const struct bandwidth_span *s = &b->span;
	uint64_t length = (uint64_t)(s->came_to - s->came_from);
	uint32_t full = queue_rate(&b->queue);

	if (full)
		return full;
	if (!s->begun || length < BANDWIDTH_SPAN / 3)
		return b->arriving;
	return MIN(b->arriving, (uint32_t)((uint64_t)s->bytes * 8 * SECONDS(1) / length));
}

/* Whatever is under way was sent at the old rate, and says nothing of the new one. */
static void bandwidth_fall(struct bandwidth *b, usec_t now, uint64_t rate, usec_t round_trip)
{
	b->rate = MIN(b->rate, bandwidth_within(rate));
	b->cut = b->grown = now;
	b->settled = now + round_trip + MSEC(100);
	b->lost_since = b->settled;
	b->lost = b->came = b->came_bytes = 0;
	b->loss_usual = b->loss_borne;
	trend_restart(&b->trend);
	/* What was tried on the line as it was says little of it as it is. */
	b->probe.next = MIN(b->probe.next, now + 2 * BANDWIDTH_PROBE_AFTER_CUT);
}

/* What comes now comes out of a line that is full. */
static bool bandwidth_waits(const struct bandwidth *b)
{
	return b->queue.wait > (int64_t)BANDWIDTH_WAIT && queue_rate(&b->queue);
}

/* More is lost than what no rate mends, by so many thousandths. */
static bool bandwidth_is_lossy(const struct bandwidth *b, uint32_t margin)
{
	return b->loss_usual > b->loss_borne * 3 / 2 + margin;
}

/* Enough is known of a stretch: sooner of one in which much was lost. */
static bool bandwidth_stretch_ends(const struct bandwidth *b, usec_t now)
{
	uint32_t all = b->lost + b->came;

	if (all < BANDWIDTH_LOSS_PACKETS)
		return false;
	return now >= b->lost_since + BANDWIDTH_LOSS_SPAN ||
		(now >= b->lost_since + BANDWIDTH_LOSS_SPAN / 3 && b->lost * 1000 / all > BANDWIDTH_LOSS_HALF);
}

/* Loss that the last stretch had too, though more was sent then, is not made by the rate. */
static void bandwidth_judge_borne(struct bandwidth *b, uint64_t sent)
{
	if (sent < b->loss_sent / 10 * 9 && b->loss_last > BANDWIDTH_LOSS_BAD && b->loss * 4 > b->loss_last * 3)
		b->loss_borne = MIN(b->loss, (uint32_t)BANDWIDTH_LOSS_MOST);
	else if (b->loss_usual < b->loss_borne)
		b->loss_borne = b->loss_usual;
}

static void bandwidth_judge_loss(struct bandwidth *b, usec_t now, usec_t round_trip)
{
	bool again = b->loss_cut;
	uint64_t sent;

	if (!b->lost_since)
		b->lost_since = now;
	if (!bandwidth_stretch_ends(b, now))
		return;
	b->loss_last = b->loss;
	b->loss = b->lost * 1000 / (b->lost + b->came);
	/* If what was lost was as large as what came. */
	sent = (uint64_t)b->came_bytes * 8 * SECONDS(1) / (now - b->lost_since) * 1000 / MAX(1000 - b->loss, 1u);
	b->lost = b->came = b->came_bytes = 0;
	b->lost_since = now;
	bandwidth_judge_borne(b, sent);
	b->loss_sent = sent;
	b->loss_usual = (b->loss_usual * 3 + b->loss) / 4;
	/* A full queue is level; what it loses is too much, and no rate that nothing mends. */
	if (b->loss > b->loss_borne * 3 / 2 + BANDWIDTH_LOSS_FINE && bandwidth_waits(b)) {
		b->loss_cut = true;
		bandwidth_fall(b, now, (uint64_t)queue_rate(&b->queue) * BANDWIDTH_BETA / 100, round_trip);
		return;
	}
	b->loss_cut = bandwidth_is_lossy(b, BANDWIDTH_LOSS_BAD) ||
		b->loss > b->loss_borne * 3 / 2 + BANDWIDTH_LOSS_SEVERE;
	/* Far below the rate as it is, what is sent is not to be cut at the first sign. */
	if (b->loss_cut)
		bandwidth_fall(b, now, MIN(again ? sent : sent * 3 / 2, (uint64_t)b->rate) * (2000 - b->loss) / 2000,
			round_trip);
}

/* What a second adds: as much again, until something spoke against it; little where over-use was before. */
static uint64_t bandwidth_step(const struct bandwidth *b, usec_t round_trip)
{
	if (!b->cut)
		return b->rate;
	if (b->ceiling && b->rate > b->ceiling / 10 * 8 && b->rate < b->ceiling / 10 * 12)
		return BANDWIDTH_ADDED_BITS * SECONDS(1) / (2 * (round_trip + MSEC(100)));
	return (uint64_t)b->rate * BANDWIDTH_ETA / 100;
}

static void bandwidth_grow(struct bandwidth *b, usec_t now, usec_t round_trip)
{
	usec_t passed = b->grown ? MIN(now - b->grown, SECONDS(1)) : 0;
	/* 5.5: more than half again of what arrives is a guess that nothing has tried. */
	uint64_t most = (uint64_t)b->arriving * 3 / 2 + 10000;

	b->grown = now;
	if (b->arriving > b->ceiling / 4 * 5 || now > b->cut + BANDWIDTH_CEILING_AGE)
		b->ceiling = 0;
	if (b->ceiling)
		most = MIN(most, (uint64_t)b->ceiling);
	if (bandwidth_is_lossy(b, BANDWIDTH_LOSS_FINE) || bandwidth_waits(b) || b->rate >= most)
		return;
	/* What came without waiting is no guess. */
	if (!b->cut)
		b->rate = MAX(b->rate, bandwidth_within(b->arriving));
	b->rate = bandwidth_within(MIN(b->rate + bandwidth_step(b, round_trip) * passed / SECONDS(1), most));
}

/* A queue that grew may be a key frame's: it is gone, or as much as the rate comes out of it. */
static void bandwidth_over_use(struct bandwidth *b, usec_t now, usec_t round_trip)
{
	uint32_t full = queue_rate(&b->queue), arriving = bandwidth_arriving(b);

	if (!b->queue.full || full / 100 * BANDWIDTH_BETA >= b->rate)
		return;
	b->ceiling = full;
	bandwidth_fall(b, now, (uint64_t)(arriving ? arriving : b->rate) * BANDWIDTH_BETA / 100, round_trip);
}

/* Who waits so long while so little comes needs no trend to tell. */
static bool bandwidth_is_choked(const struct bandwidth *b)
{
	return bandwidth_waits(b) && queue_rate(&b->queue) < b->rate / 100 * BANDWIDTH_FAR_BELOW;
}

static void bandwidth_judge(struct bandwidth *b, usec_t now, usec_t round_trip)
{
	uint32_t found;

	switch (probe_end(&b->probe, now, round_trip, b->loss_borne, &found)) {
	case PROBE_MORE:
		b->rate = MAX(b->rate, bandwidth_within(found));
		break;
	case PROBE_FULL:
		if (found < b->ceiling / 4 * 5)
			found = MIN(found, b->ceiling);		/* which was measured for longer */
		b->rate = MAX(b->rate, bandwidth_within((uint64_t)found * 9 / 10));
		break;
	case PROBE_NOTHING:
		break;
	}
	bandwidth_judge_loss(b, now, round_trip);
	if (bandwidth_is_choked(b)) {
		bandwidth_over_use(b, now, round_trip);
		return;
	}
	switch (b->trend.way) {
	case TREND_RISING:
		bandwidth_over_use(b, now, round_trip);
		break;
	case TREND_EVEN:
		bandwidth_grow(b, now, round_trip);
		break;
	case TREND_FALLING:
		break;		/* until the queue is gone */
	}
}

void bandwidth_receive(struct bandwidth *b, usec_t now, struct twcc_feedback *f, usec_t round_trip)
{
	uint16_t next = f->first;
	struct twcc_arrival a;

	if (!b->expected)
		return;
	b->reported = now;
	while (twcc_take(f, &a)) {
		bandwidth_note_run_lost(b, now, next, a.lost_before);
		bandwidth_note_came(b, now, &a);
		next = (uint16_t)(a.sequence + 1);
	}
	bandwidth_note_run_lost(b, now, next, (uint16_t)(f->first + f->count - next));
	bandwidth_judge(b, now, round_trip);
}

void bandwidth_receive_remb(struct bandwidth *b, usec_t now, uint64_t bits)
{
	b->remb = bandwidth_within(bits);
	b->remb_at = now;
}

uint32_t bandwidth_loss(const struct bandwidth *b, usec_t now)
{
	return now < b->lost_since + 3 * BANDWIDTH_LOSS_SPAN ? (b->loss + b->loss_last) / 2 : 0;
}

uint32_t bandwidth_rate(const struct bandwidth *b, usec_t now)
{
	if (b->expected && !b->reported && b->first_sent && b->first_sent + BANDWIDTH_PATIENCE <= now)
		return BANDWIDTH_UNBOUNDED;
	if (b->expected)
		return b->rate;
	return b->remb && now < b->remb_at + BANDWIDTH_REMB_AGE ? b->remb : BANDWIDTH_UNBOUNDED;
}

bool bandwidth_is_new(const struct bandwidth *b, usec_t now)
{
	return b->expected && !b->cut && (!b->first_sent || now < b->first_sent + BANDWIDTH_NEW);
}

bool bandwidth_may_probe(const struct bandwidth *b, usec_t now, usec_t round_trip)
{
	/* What stands still says nothing, for or against. */
	bool silent = now >= b->reported + BANDWIDTH_SILENCE;

	return b->reported && (!b->probe.open || probe_is_lost(&b->probe, now, round_trip)) &&
		now >= b->probe.next && now >= b->settled &&
		(!b->cut || now >= b->cut + BANDWIDTH_PROBE_AFTER_CUT) &&
		(silent || (b->trend.way == TREND_EVEN && !bandwidth_is_lossy(b, BANDWIDTH_LOSS_BAD)));
}

void bandwidth_probe(struct bandwidth *b, usec_t now, uint64_t rate)
{
	probe_begin(&b->probe, now, bandwidth_within(rate));
	/* The queue that it may make is its own. */
	b->settled = now + PROBE_SPAN + MSEC(100);
	trend_restart(&b->trend);
}

bool bandwidth_take_burst(struct bandwidth *b, usec_t now, size_t size)
{
	uint32_t rate = bandwidth_rate(b, now);
	int64_t most = MAX((int64_t)rate * (int64_t)BANDWIDTH_BURST / 8 / (int64_t)SECONDS(1),
		(int64_t)BANDWIDTH_BURST_LEAST);
	usec_t passed = MIN(now - b->burst_at, SECONDS(1));

	if (rate == BANDWIDTH_UNBOUNDED)
		return true;
	b->burst = MIN(b->burst + (int64_t)(passed * rate / 8 / SECONDS(1)), most);
	b->burst_at = now;
	if (b->burst < (int64_t)size)
		return false;
	b->burst -= (int64_t)size;
	return true;
}
