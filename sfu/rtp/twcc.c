/* SPDX-License-Identifier: EUPL-1.2 */
/* Packets' fates in two bits each, by chunks, then a time for each that came. In conclave-media.
 * Invariant: a status is 0 (did not come), 1 (came) or 2 (came): the time that goes with it has as many bytes. */
#include "sfu/rtp/twcc.h"

#include <assert.h>

#include "base/mem.h"
#include "sfu/rtp/rtcp.h"
#include "sfu/rtp/rtcp_type.h"
#include "sfu/rtp/seq.h"

#define STATUS_LOST 0
#define STATUS_SMALL 1
#define STATUS_LARGE 2

#define RUN_MAX 0x1fff
#define ONE_BIT_STATUSES 14
#define TWO_BIT_STATUSES 7
#define VECTOR 0x8000
#define VECTOR_TWO_BIT 0x4000

#define TICKS_PER_REFERENCE (TWCC_REFERENCE / TWCC_TICK)
#define TRAILING_ZEROS_MAX 3	/* some senders fill the last word without saying so in the header */

#define FEEDBACK_SIZE (20 + 2 * ((TWCC_FEEDBACK_PACKETS + 6) / 7) + 2 * TWCC_FEEDBACK_PACKETS + 3)
_Static_assert(FEEDBACK_SIZE <= 1200, "a feedback fits one datagram");
_Static_assert((TWCC_WINDOW & (TWCC_WINDOW - 1)) == 0, "a mask finds the slot");

static unsigned chunk_size(uint16_t chunk)
{
	if (!(chunk & VECTOR))
		return chunk & RUN_MAX;
	return chunk & VECTOR_TWO_BIT ? TWO_BIT_STATUSES : ONE_BIT_STATUSES;
}

static unsigned chunk_status(uint16_t chunk, unsigned i)
{
	unsigned bits = chunk;

	if (!(bits & VECTOR))
		return bits >> 13 & 3;
	return bits & VECTOR_TWO_BIT ? bits >> (12 - 2 * i) & 3 : bits >> (13 - i) & 1;
}

/* How many of the first n came, and how many bytes their times take. False: a status that does not exist. */
static bool chunk_sum(uint16_t chunk, unsigned n, uint32_t *received, size_t *size)
{
	unsigned status = chunk_status(chunk, 0);
	bool run = !(chunk & VECTOR);

	if (run && status != STATUS_LOST)
		*received += n;
	if (run)
		*size += (size_t)n * status;
	if (run)
		return status <= STATUS_LARGE;
	for (unsigned i = 0; i < n; i++) {
		status = chunk_status(chunk, i);
		if (status > STATUS_LARGE)
			return false;
		*received += status != STATUS_LOST;
		*size += status;
	}
	return true;
}

bool twcc_parse(struct reader items, struct twcc_feedback *ret)
{
	struct reader r = items;
	struct twcc_feedback f = { 0 };
	uint32_t received = 0;
	size_t size = 0;
	unsigned left;

	f.first = read_u16(&r);
	f.count = read_u16(&r);
	f.time = (int64_t)read_u24(&r) * (int64_t)TICKS_PER_REFERENCE;
	f.number = read_u8(&r);
	f.chunks = r;
	for (left = f.count; left && r.ok;) {
		uint16_t chunk = read_u16(&r);
		unsigned n = MIN(chunk_size(chunk), left);

		if (n == 0 || !chunk_sum(chunk, n, &received, &size))
			return false;
		left -= n;
	}
	f.received = (uint16_t)received;
	f.deltas = r;
	read_skip(&r, size);
	if (!r.ok || f.count == 0 || read_left(&r) > TRAILING_ZEROS_MAX)
		return false;
	*ret = f;
	return true;
}

static void take_chunk(struct twcc_feedback *f)
{
	unsigned left = (unsigned)(f->count - f->at);

	f->chunk = read_u16(&f->chunks);
	f->chunk_size = (uint16_t)MIN(chunk_size(f->chunk), left);
	f->chunk_at = 0;
}

bool twcc_take(struct twcc_feedback *f, struct twcc_arrival *ret)
{
	uint16_t before = f->at;

	while (f->at < f->count) {
		unsigned status, n = 1;

		if (f->chunk_at == f->chunk_size)
			take_chunk(f);
		status = chunk_status(f->chunk, f->chunk_at);
		if (status == STATUS_LOST && !(f->chunk & VECTOR))
			n = f->chunk_size;	/* a run of lost ones in one step */
		f->chunk_at = (uint16_t)(f->chunk_at + n);
		f->at = (uint16_t)(f->at + n);
		if (status == STATUS_LOST)
			continue;
		f->time += status == STATUS_SMALL ? read_u8(&f->deltas) : (int16_t)read_u16(&f->deltas);
		ret->sequence = (uint16_t)(f->first + f->at - 1);
		ret->lost_before = (uint16_t)(f->at - 1 - before);
		ret->time = f->time * TWCC_TICK;
		return true;
	}
	return false;
}

static usec_t *arrival_slot(struct twcc_recorder *t, int64_t seq)
{
	return &t->arrivals[(uint64_t)seq & (TWCC_WINDOW - 1)];
}

void twcc_recorder_init(struct twcc_recorder *t)
{
	memset(t, 0, sizeof(*t));
}

static void move_window(struct twcc_recorder *t, int64_t newest)
{
	int64_t oldest = newest - TWCC_WINDOW + 1;

	for (int64_t seq = MAX(t->newest + 1, oldest); seq <= newest; seq++)
		*arrival_slot(t, seq) = 0;
	t->newest = newest;
	t->next = MAX(t->next, oldest);
}

void twcc_recorder_note(struct twcc_recorder *t, uint16_t sequence, usec_t now)
{
	int64_t seq;

	if (!t->started) {
		t->started = true;
		t->newest = t->next = SEQ_START + sequence;
	}
	seq = seq_unwrap(t->newest, sequence);
	if (seq > t->newest)
		move_window(t, seq);
	if (seq <= t->newest - TWCC_WINDOW || *arrival_slot(t, seq))
		return;		/* too old, or a second time */
	*arrival_slot(t, seq) = now + 1;
	t->next = MIN(t->next, seq);
}

bool twcc_recorder_pending(const struct twcc_recorder *t)
{
	return t->started && t->next <= t->newest;
}

struct report {
	int64_t reference;
	uint16_t count;
	uint8_t status[TWCC_FEEDBACK_PACKETS];
	int16_t delta[TWCC_FEEDBACK_PACKETS];
};

/* Ends early where two arrivals are further apart than a delta can say: 8.2 s. */
static void report_collect(struct twcc_recorder *t, struct report *ret)
{
	int64_t most = MIN(t->newest - t->next + 1, (int64_t)TWCC_FEEDBACK_PACKETS);
	int64_t first = t->next;
	int64_t tick;

	while (!*arrival_slot(t, first))	/* the newest came, so this ends */
		first++;
	ret->reference = (int64_t)((*arrival_slot(t, first) - 1) / TWCC_REFERENCE);
	tick = ret->reference * (int64_t)TICKS_PER_REFERENCE;
	for (ret->count = 0; ret->count < most; ret->count++) {
		usec_t arrival = *arrival_slot(t, t->next + ret->count);
		int64_t delta = arrival ? (int64_t)((arrival - 1) / TWCC_TICK) - tick : 0;

		if (delta < INT16_MIN || delta > INT16_MAX)
			return;
		tick += delta;
		ret->delta[ret->count] = (int16_t)delta;
		ret->status[ret->count] = !arrival ? STATUS_LOST :
			delta >= 0 && delta <= UINT8_MAX ? STATUS_SMALL : STATUS_LARGE;
	}
}

static unsigned run_length(const struct report *r, unsigned at)
{
	unsigned end = at;

	while (end < r->count && r->status[end] == r->status[at])
		end++;
	return end - at;
}

static unsigned write_vector(struct writer *w, const struct report *r, unsigned at, unsigned bits)
{
	unsigned chunk = VECTOR | (bits == 2 ? VECTOR_TWO_BIT : 0);
	unsigned n = MIN(ONE_BIT_STATUSES / bits, r->count - at);

	for (unsigned i = 0; i < n; i++)
		chunk |= (unsigned)r->status[at + i] << (14 - bits * (i + 1));
	write_u16(w, (uint16_t)chunk);
	return n;
}

static bool fits_one_bit(const struct report *r, unsigned at)
{
	for (unsigned i = at; i < r->count && i < at + ONE_BIT_STATUSES; i++) {
		if (r->status[i] == STATUS_LARGE)
			return false;
	}
	return true;
}

/* The chunk that says most from here on; the number of packets it covers. */
static unsigned write_chunk(struct writer *w, const struct report *r, unsigned at)
{
	unsigned run = run_length(r, at);
	bool one_bit = fits_one_bit(r, at);

	if (run >= ONE_BIT_STATUSES || at + run == r->count || (run >= TWO_BIT_STATUSES && !one_bit)) {
		write_u16(w, (uint16_t)((unsigned)r->status[at] << 13 | run));
		return run;
	}
	return write_vector(w, r, at, one_bit ? 1 : 2);
}

void twcc_recorder_write(struct twcc_recorder *t, struct writer *w, uint32_t sender, uint32_t media)
{
	uint8_t *begin = rtcp_write_begin(w, RTCP_RTPFB_TWCC, RTCP_TYPE_RTPFB);
	struct report r;
	size_t padding;

	assert(twcc_recorder_pending(t));
	report_collect(t, &r);
	write_u32(w, sender);
	write_u32(w, media);
	write_u16(w, (uint16_t)t->next);
	write_u16(w, r.count);
	write_u24(w, (uint32_t)r.reference & 0xffffff);
	write_u8(w, t->number++);
	for (unsigned at = 0; at < r.count;)
		at += write_chunk(w, &r, at);
	for (unsigned i = 0; i < r.count; i++)
		write_be(w, (uint64_t)r.delta[i], r.status[i]);
	padding = w->ok ? -(size_t)(w->at - begin) % 4 : 0;
	if (padding) {
		begin[0] |= 0x20;
		write_be(w, padding, padding);
	}
	rtcp_write_end(w, begin);
	t->next += r.count;
}
