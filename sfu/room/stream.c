/* SPDX-License-Identifier: EUPL-1.2 */
/* Sequence numbers are unwrapped once, here; everybody behind counts in 64 bits. In conclave-media.
 * Invariant: see stream.h. */
#include "sfu/room/stream.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "sfu/room/track.h"
#include "sfu/rtp/ntp.h"
#include "sfu/rtp/seq.h"

/* How long a rate is counted over; the first is wanted soon. */
#define STREAM_RATE_SPAN SECONDS(1)
#define STREAM_RATE_FIRST MSEC(400)
/* bit/s, until it is known: what the client asks its encoders for, and headers. */
#define STREAM_USUAL_SOUND 60000u
#define STREAM_USUAL_SMALL 180000u
#define STREAM_USUAL_MIDDLE 350000u
#define STREAM_USUAL_WHOLE 900000u

void stream_init(struct stream *s, struct track *track, uint8_t layer)
{
	*s = (struct stream){ .track = track, .layer = layer, .newest = SEQ_START, .expected_next = -1 };
	list_init(&s->in_needy);
}

void stream_done(struct stream *s)
{
	stream_drop_early(s);
	list_remove(&s->in_needy);
}

static bool stream_was_seen(const struct stream *s, int64_t index)
{
	return s->seen[(index % STREAM_WINDOW) / 64] >> (index % 64) & 1;
}

static void stream_set_seen(struct stream *s, int64_t index, bool seen)
{
	uint64_t bit = UINT64_C(1) << (index % 64);
	uint64_t *word = &s->seen[(index % STREAM_WINDOW) / 64];

	*word = seen ? *word | bit : *word & ~bit;
}

/* The numbers begin anew, ahead of all that were. */
static void stream_restart(struct stream *s, uint16_t sequence)
{
	s->newest += STREAM_WINDOW;
	s->newest += (uint16_t)(sequence - (uint16_t)s->newest);
	memset(s->seen, 0, sizeof(s->seen));
	stream_set_seen(s, s->newest, true);
	s->missing.count = 0;
	stream_drop_early(s);
	s->generation++;
	s->started = true;
	s->expected_next = -1;
	s->base = s->newest;
	s->wraps_from = s->newest & ~INT64_C(0xffff);
	s->received = s->received_before = s->expected_before = 0;
	s->transit = s->jitter = 0;
}

void stream_rebind(struct stream *s, uint32_t ssrc)
{
	if (s->ssrc == ssrc)
		return;
	s->ssrc = ssrc;
	s->started = false;
	s->reported = false;
	/* Nothing can be asked of an SSRC that is no more. */
	s->missing.count = 0;
	s->key_wanted = false;
}

static void stream_advance(struct stream *s, int64_t index)
{
	int64_t from = s->newest + 1;

	if (index - from >= STREAM_WINDOW)
		from = index - STREAM_WINDOW + 1;
	for (int64_t i = from; i < index; i++)
		stream_set_seen(s, i, false);
	stream_set_seen(s, index, true);
	s->newest = index;
}

static enum stream_verdict stream_take_late(struct stream *s, int64_t index)
{
	bool again;

	if (index <= s->newest - STREAM_WINDOW || stream_was_seen(s, index))
		return STREAM_REFUSED;
	stream_set_seen(s, index, true);
	/* One that was overtaken by the very first; a jump leaves a whole window free for these. */
	s->base = MIN(s->base, index);
	again = missing_asked(&s->missing, index);
	missing_remove(&s->missing, index);
	return again ? STREAM_AGAIN : STREAM_LATE;
}

enum stream_verdict stream_take(struct stream *s, uint16_t sequence, int64_t *ret_index, int64_t *ret_gap)
{
	int64_t index;

	*ret_gap = 0;
	if (!s->started) {
		stream_restart(s, sequence);
		*ret_index = s->newest;
		return STREAM_NEXT;
	}
	index = seq_unwrap(s->newest, sequence);
	if (index > s->newest + STREAM_DROPOUT || index < s->newest - STREAM_DROPOUT) {
		/* Two in a row say that the sender began anew; one alone says nothing. */
		if (s->expected_next != sequence) {
			s->expected_next = (uint16_t)(sequence + 1);
			return STREAM_REFUSED;
		}
		stream_restart(s, sequence);
		*ret_index = s->newest;
		return STREAM_NEXT;
	}
	s->expected_next = -1;
	*ret_index = index;
	if (index <= s->newest)
		return stream_take_late(s, index);
	*ret_gap = index - s->newest - 1;
	stream_advance(s, index);
	return STREAM_NEXT;
}

enum stream_verdict stream_take_again(struct stream *s, uint16_t sequence, int64_t *ret_index)
{
	int64_t index = seq_unwrap(s->newest, sequence);

	if (!s->started || index > s->newest)
		return STREAM_REFUSED;
	*ret_index = index;
	return stream_take_late(s, index);
}

void stream_measure(struct stream *s, usec_t now, uint32_t timestamp, uint32_t clock)
{
	uint32_t transit = (uint32_t)(now / 1000 * (clock / 1000) + now % 1000 * clock / SECONDS(1)) - timestamp;

	s->received++;
	if (s->received > 1) {
		int32_t step = stamp_distance(s->transit, transit);
		uint32_t size = step < 0 ? 0u - (uint32_t)step : (uint32_t)step;

		/* A step of more than a second is a new clock, not jitter. */
		if (size < clock)
			s->jitter += size - ((s->jitter + 8) >> 4);
	}
	s->transit = transit;
}

static uint32_t stream_average(const struct stream *s, uint32_t before, uint32_t bytes, usec_t now)
{
	/* A screen that stands has slides still to come. */
	uint32_t weight = s->track->kind == SOURCE_SCREEN ? 4 : 2;
	uint32_t rate = (uint32_t)(bytes * 8 * SECONDS(1) / (now - s->weighed));

	return s->rates[TEMPORAL_ALL] ? (uint32_t)(((uint64_t)before * (weight - 1) + rate) / weight) : rate;
}

void stream_settle_rate(struct stream *s, usec_t now)
{
	if (!s->weighed || now < s->weighed + (s->rates[TEMPORAL_ALL] ? STREAM_RATE_SPAN : STREAM_RATE_FIRST))
		return;
	/* The whole last: it says whether there was a rate before. */
	for (unsigned i = 0; i < TEMPORAL_LAYERS && s->bytes[TEMPORAL_ALL]; i++)
		s->rates[i] = stream_average(s, s->rates[i], s->bytes[i], now);
	memset(s->bytes, 0, sizeof(s->bytes));
	s->weighed = now;
}

uint32_t stream_rate(const struct stream *s)
{
	if (s->rates[TEMPORAL_ALL])
		return s->rates[TEMPORAL_ALL];
	if (s->track->kind == SOURCE_MICROPHONE || s->track->kind == SOURCE_SCREEN_SOUND)
		return STREAM_USUAL_SOUND;
	if (s->layer + 1u == s->track->n_streams)
		return STREAM_USUAL_WHOLE;
	return s->layer ? STREAM_USUAL_MIDDLE : STREAM_USUAL_SMALL;
}

uint32_t stream_rate_up_to(const struct stream *s, uint8_t temporal)
{
	return s->rates[temporal] < s->rates[TEMPORAL_ALL] / 10 * 9 ? s->rates[temporal] : 0;
}

void stream_report(struct stream *s, usec_t now, struct rtcp_report *ret, uint32_t *ret_lost)
{
	uint64_t expected = s->started ? (uint64_t)(s->newest - s->base) + 1 : 0;
	uint64_t expected_now = expected - s->expected_before;
	uint64_t received_now = s->received - s->received_before;
	uint64_t lost_now = expected_now > received_now ? expected_now - received_now : 0;
	int64_t lost = MIN((int64_t)expected - (int64_t)s->received, INT64_C(0x7fffff));

	*ret = (struct rtcp_report){
		.ssrc = s->ssrc,
		.fraction_lost = expected_now ? (uint8_t)MIN(lost_now * 256 / expected_now, UINT64_C(255)) : 0,
		.lost = (int32_t)MAX(lost, INT64_C(-0x800000)),
		.highest = (uint32_t)(s->newest - s->wraps_from),
		.jitter = s->jitter >> 4,
	};
	if (s->reported) {
		ret->last_report = ntp_middle(s->report.ntp);
		ret->delay = (uint32_t)MIN((now - s->report_at) * 65536 / SECONDS(1), (usec_t)UINT32_MAX);
	}
	s->expected_before = expected;
	s->received_before = s->received;
	*ret_lost = (uint32_t)lost_now;
}

bool stream_to_wall(const struct stream *s, uint32_t timestamp, uint32_t clock, int64_t *ret)
{
	if (!s->reported)
		return false;
	*ret = (int64_t)ntp_to_wall(s->report.ntp) +
		(int64_t)stamp_distance(s->report.timestamp, timestamp) * (int64_t)SECONDS(1) / (int64_t)clock;
	return true;
}

bool stream_from_wall(const struct stream *s, int64_t wall, uint32_t clock, uint32_t *ret)
{
	int64_t since;

	if (!s->reported)
		return false;
	since = wall - (int64_t)ntp_to_wall(s->report.ntp);
	/* Beyond this the product would not fit, and no two layers of one camera are hours apart. */
	if (since > (int64_t)MINUTES(60) || since < -(int64_t)MINUTES(60))
		return false;
	*ret = s->report.timestamp + (uint32_t)(since * (int64_t)clock / (int64_t)SECONDS(1));
	return true;
}

void stream_keep_early(struct stream *s, const struct arrival *a)
{
	if (s->early_head - s->early_tail == LIMIT_EARLY)
		packet_unref(s->early[s->early_tail++ % LIMIT_EARLY].packet);
	packet_ref(a->packet);
	s->early[s->early_head++ % LIMIT_EARLY] = *a;
}

void stream_drop_early(struct stream *s)
{
	while (s->early_tail != s->early_head)
		packet_unref(s->early[s->early_tail++ % LIMIT_EARLY].packet);
}
