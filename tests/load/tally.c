/* SPDX-License-Identifier: EUPL-1.2 */
/* Counting by the numbers that the sender wrote. In the load tool. Invariant: see tally.h. */
#include "tests/load/tally.h"

#include <errno.h>

#include "base/mem.h"
#include "sfu/rtp/ntp.h"
#include "sfu/rtp/rtcp.h"
#include "sfu/rtp/rtp.h"

#define TIMES_FINE 2048u
#define TIMES_FIRST_POWER 11

static unsigned times_cell(usec_t v)
{
	unsigned power, cell;

	if (v < TIMES_FINE)
		return (unsigned)v / 2;
	power = 63u - (unsigned)__builtin_clzll(v);
	cell = 1024 + (power - TIMES_FIRST_POWER) * 64 + (unsigned)(v >> (power - 6) & 63);
	return MIN(cell, TIMES_CELLS - 1u);
}

static double times_middle(unsigned cell)
{
	unsigned power;

	if (cell < 1024)
		return cell * 2 + 1;
	power = (cell - 1024) / 64 + TIMES_FIRST_POWER;
	return (double)((UINT64_C(64) + (cell - 1024) % 64) << (power - 6)) + (double)(UINT64_C(1) << (power - 7));
}

void times_add(struct times *t, usec_t value)
{
	t->cells[times_cell(value)]++;
	t->count++;
}

double times_quantile(const struct times *t, double part)
{
	uint64_t wanted = (uint64_t)((double)t->count * part), seen = 0;

	for (unsigned i = 0; i < TIMES_CELLS; i++) {
		seen += t->cells[i];
		if (seen > wanted || (seen && seen == t->count))
			return times_middle(i);
	}
	return 0;
}

int tally_init(struct tally *t, unsigned people, struct times *latency, const struct window *window)
{
	*t = (struct tally){ .latency = latency, .window = window, .people = people };
	t->sources = mem_new_array(struct tally_source, (size_t)people * 2 * TALLY_LAYERS);
	t->first_picture = mem_new_array(usec_t, people);
	return t->sources && t->first_picture ? 0 : -ENOMEM;
}

void tally_done(struct tally *t)
{
	mem_free(t->sources);
	mem_free(t->first_picture);
}

void tally_begin(struct tally *t)
{
	for (unsigned i = 0; i < t->people * 2 * TALLY_LAYERS; i++)
		t->sources[i].unique = 0;
	t->unique = t->duplicates = t->strange = t->reordered = t->bytes = 0;
}

/* People count from 1; of their sources only microphone and camera. */
static struct tally_source *tally_source(const struct tally *t, uint32_t person, enum source_kind source,
	unsigned layer)
{
	if (!person || person > t->people || source > SOURCE_CAMERA || layer >= TALLY_LAYERS)
		return NULL;
	return &t->sources[((person - 1) * 2 + source) * TALLY_LAYERS + layer];
}

/* Whether it is new. A packet that is older than all that is remembered counts as a duplicate. */
static bool tally_take(struct tally *t, struct tally_source *s, uint32_t number)
{
	uint32_t from = s->any ? s->newest + 1 : number, behind = s->newest - number;

	if (!s->any || number > s->newest) {
		if (!s->any || number - s->newest >= TALLY_RECENT)
			memset(s->recent, 0, sizeof(s->recent));
		else
			for (uint32_t n = from; n != number + 1; n++)
				s->recent[n / 64 % (TALLY_RECENT / 64)] &= ~(UINT64_C(1) << n % 64);
		s->newest = number;
		s->any = true;
	} else if (behind >= TALLY_RECENT || s->recent[number / 64 % (TALLY_RECENT / 64)] >> number % 64 & 1) {
		t->duplicates++;
		return false;
	} else {
		t->reordered++;
	}
	s->recent[number / 64 % (TALLY_RECENT / 64)] |= UINT64_C(1) << number % 64;
	return true;
}

static void tally_picture(struct tally *t, usec_t now, struct tally_source *s, const struct mark *m)
{
	if (!m->key || t->first_picture[m->person - 1])
		return;
	if (s->key_frame != m->frame || !s->key_parts) {
		s->key_frame = m->frame;
		s->key_parts = 0;
	}
	if (++s->key_parts == m->parts)
		t->first_picture[m->person - 1] = now;
}

static struct tally_stream *tally_stream(struct tally *t, const struct rtp *p)
{
	for (unsigned i = 0; i < t->n_streams; i++)
		if (t->streams[i].ssrc == p->ssrc)
			return &t->streams[i];
	if (t->n_streams == TALLY_STREAMS)
		return NULL;
	t->streams[t->n_streams] = (struct tally_stream){ .ssrc = p->ssrc, .newest = p->sequence };
	return &t->streams[t->n_streams++];
}

static void tally_sequence(struct tally *t, const struct rtp *p, bool picture, uint32_t person)
{
	struct tally_stream *s = tally_stream(t, p);

	if (!s)
		return;
	s->picture = picture;
	s->person = person;
	if ((uint16_t)(p->sequence - s->newest) < 0x8000) {
		s->cycles += p->sequence < s->newest;
		s->newest = p->sequence;
	}
}

void tally_rtp(struct tally *t, usec_t now, usec_t at, struct bytes packet, uint8_t audio_type)
{
	struct tally_source *s = NULL;
	struct mark m;
	struct rtp p;
	bool picture;

	if (!rtp_parse(packet, &p)) {
		t->strange++;
		return;
	}
	picture = p.payload_type != audio_type;
	if (p.payload.size == 0)	/* padding, by which a server probes */
		return;
	if (mark_read(p.payload, picture, &m))
		s = tally_source(t, m.person, m.source, m.layer);
	if (!s) {
		t->strange++;
		return;
	}
	tally_sequence(t, &p, picture, m.person);
	if (!tally_take(t, s, m.number))
		return;
	if (picture)
		tally_picture(t, now, s, &m);
	if (m.sent < t->window->begin || m.sent >= t->window->end)
		return;
	s->unique++;
	t->unique++;
	t->bytes += packet.size;
	times_add(t->latency, at > m.sent ? at - m.sent : 0);
}

void tally_rtcp(struct tally *t, usec_t now, struct bytes packet)
{
	struct rtcp_walk walk = rtcp_walk(packet);
	struct rtcp part;

	while (rtcp_next(&walk, &part))
		for (unsigned i = 0; part.kind == RTCP_SENDER_REPORT && i < t->n_streams; i++) {
			if (t->streams[i].ssrc != part.sender)
				continue;
			t->streams[i].report_middle = ntp_middle(part.info.ntp);
			t->streams[i].report_at = now;
		}
}

static struct rtcp_report report_on(const struct tally_stream *s, usec_t now)
{
	return (struct rtcp_report){
		.ssrc = s->ssrc, .highest = s->cycles << 16 | s->newest, .last_report = s->report_middle,
		.delay = s->report_middle ? (uint32_t)((now - s->report_at) * 65536 / SECONDS(1)) : 0,
	};
}

bool tally_report(const struct tally *t, usec_t now, uint32_t own, unsigned from, struct writer *w)
{
	struct rtcp_report reports[TALLY_REPORTS];
	unsigned n = 0;

	for (unsigned i = from; i < t->n_streams && n < TALLY_REPORTS; i++)
		reports[n++] = report_on(&t->streams[i], now);
	if (!n)
		return false;
	rtcp_write_receiver_report(w, own, reports, n);
	return w->ok;
}

bool tally_request(const struct tally *t, usec_t now, uint32_t own, unsigned *at, struct writer *w)
{
	for (; *at < t->n_streams; ++*at) {
		const struct tally_stream *s = &t->streams[*at];
		struct rtcp_report report = report_on(s, now);

		if (!s->picture || t->first_picture[s->person - 1])
			continue;
		rtcp_write_receiver_report(w, own, &report, 1);
		rtcp_write_pli(w, own, s->ssrc);
		++*at;
		return w->ok;
	}
	return false;
}

uint64_t tally_unique(const struct tally *t, uint32_t person, enum source_kind source, unsigned layer)
{
	const struct tally_source *s = tally_source(t, person, source, layer);

	return s ? s->unique : 0;
}

bool tally_heard(const struct tally *t, uint32_t person, enum source_kind source, unsigned layer)
{
	const struct tally_source *s = tally_source(t, person, source, layer);

	return s && s->any;
}
