/* SPDX-License-Identifier: EUPL-1.2 */
/* What came of it, as JSON. In the load tool.
 * Invariant: a figure stands for all participants, never for a chosen one. */
#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "tests/load/play.h"

#define CROWD 20	/* a join among fewer is another thing */

struct sums {
	uint64_t unique, duplicates, strange, reordered, refused, failed, overflown, bytes, plis, sent, wanted, missing;
	unsigned absent;	/* pairs of a receiver and a source that was never heard of */
};

/* Of everything that the receiver had of this source, what is missing. Where layers are chosen for it, a layer may
 * begin and end, so that only what is wholly absent can be told. */
static void add_missing(struct sums *s, const struct play *p, const struct participant *to,
	const struct participant *from)
{
	for (unsigned i = 0; i < from->sender.n_streams; i++) {
		const struct sender_stream *t = &from->sender.streams[i];
		uint64_t came = tally_unique(&to->tally, from->number, t->source, t->layer);

		if (!tally_heard(&to->tally, from->number, t->source, t->layer)) {
			s->absent += !p->options.simulcast;
			continue;
		}
		if (p->options.simulcast && t->source == SOURCE_CAMERA)
			continue;
		s->wanted += t->in_window;
		s->missing += t->in_window - MIN(t->in_window, came);
	}
}

static struct sums add_up(const struct play *p)
{
	struct sums s = { 0 };

	for (unsigned i = 0; i < p->options.people; i++) {
		const struct participant *one = &p->people[i];

		s.unique += one->tally.unique;
		s.bytes += one->tally.bytes;
		s.duplicates += one->tally.duplicates;
		s.strange += one->tally.strange;
		s.reordered += one->tally.reordered;
		s.plis += one->sender.plis;
		for (unsigned n = 0; n < ARRAY_SIZE(one->paths); n++) {
			s.refused += one->paths[n].refused;
			s.failed += one->paths[n].failed;
			s.overflown += one->paths[n].overflown;
		}
		for (unsigned n = 0; n < one->sender.n_streams; n++)
			s.sent += one->sender.streams[n].in_window;
		for (unsigned n = 0; n < p->options.people; n++)
			if (n != i)
				add_missing(&s, p, one, &p->people[n]);
	}
	return s;
}

static void sort(usec_t *values, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		usec_t value = values[i];
		unsigned at = i;

		for (; at && values[at - 1] > value; at--)
			values[at] = values[at - 1];
		values[at] = value;
	}
}

/* From the press to the last of the first pictures of those who were there already, as many as have a tile; of those
 * who found at least so many there. */
static bool join_time(const struct play *p, const struct participant *one, unsigned least, usec_t *ret)
{
	usec_t times[PLAY_PEOPLE];
	unsigned n = 0, there = 0;

	for (unsigned i = 0; i < p->options.people; i++) {
		const struct participant *other = &p->people[i];
		usec_t at = one->tally.first_picture[i];

		if (other == one || other->inside > one->pressed)
			continue;
		there++;
		if (at)
			times[n++] = at > one->pressed ? at - one->pressed : 0;
	}
	sort(times, n);
	if (there < least)
		return false;
	there = MIN(there, p->options.tiles);
	if (n < there)
		return false;
	*ret = times[there - 1];
	return true;
}

static double ms_at(const usec_t *values, unsigned n, double part)
{
	return n ? (double)values[MIN((unsigned)(n * part), n - 1)] / 1000 : 0;
}

static void print_joining(const struct play *p)
{
	usec_t seen[PLAY_PEOPLE], crowd[PLAY_PEOPLE], inside[PLAY_PEOPLE];
	unsigned n_seen = 0, n_crowd = 0, n = p->options.people;

	for (unsigned i = 0; i < n; i++) {
		n_seen += join_time(p, &p->people[i], 1, &seen[n_seen]);
		n_crowd += join_time(p, &p->people[i], CROWD, &crowd[n_crowd]);
		inside[i] = p->people[i].inside - p->people[i].pressed;
	}
	sort(seen, n_seen);
	sort(crowd, n_crowd);
	sort(inside, n);
	printf("\"connected_p50_ms\":%.1f,\"connected_p95_ms\":%.1f,", ms_at(inside, n, 0.5), ms_at(inside, n, 0.95));
	printf("\"join_p50_ms\":%.1f,\"join_p95_ms\":%.1f,\"join_last_ms\":%.1f,", ms_at(seen, n_seen, 0.5),
		ms_at(seen, n_seen, 0.95), ms_at(seen, n_seen, 1));
	printf("\"crowd_joins\":%u,\"crowd_p95_ms\":%.1f,", n_crowd, ms_at(crowd, n_crowd, 0.95));
}

void play_print(const struct play *p)
{
	struct sums s = add_up(p);
	struct times late = { 0 };
	double seconds = (double)p->options.window / 1e6, cpu = p->cpu[1] - p->cpu[0];

	for (unsigned i = 0; i < p->options.people; i++)
		for (unsigned cell = 0; cell < TIMES_CELLS; cell++) {
			late.cells[cell] += p->people[i].sender.late.cells[cell];
			late.count += p->people[i].sender.late.cells[cell];
		}
	printf("{\"server\":\"%s\",\"people\":%u,\"microphones\":%u,\"seconds\":%.1f,", p->options.side->name,
		p->options.people, p->options.microphones, seconds);
	printf("\"sent\":%" PRIu64 ",\"delivered\":%" PRIu64 ",\"wanted\":%" PRIu64 ",\"missing\":%" PRIu64 ",", s.sent,
		s.unique, s.wanted, s.missing);
	printf("\"absent\":%u,\"duplicates\":%" PRIu64 ",\"reordered\":%" PRIu64 ",\"strange\":%" PRIu64 ",", s.absent,
		s.duplicates, s.reordered, s.strange);
	printf("\"refused\":%" PRIu64 ",\"send_failed\":%" PRIu64 ",\"overflown\":%" PRIu64 ",\"plis\":%" PRIu64 ",",
		s.refused, s.failed, s.overflown, s.plis);
	printf("\"delivered_mbit_s\":%.1f,", (double)s.bytes * 8 / 1e6 / seconds);
	printf("\"cpu_s\":%.2f,\"cpu_per_million\":%.3f,\"cores\":%.3f,\"own_cores\":%.3f,", cpu,
		s.unique ? cpu * 1e6 / (double)s.unique : 0, cpu / seconds, (p->own[1] - p->own[0]) / seconds);
	printf("\"latency_p50_us\":%.0f,\"latency_p99_us\":%.0f,", times_quantile(&p->latency, 0.5),
		times_quantile(&p->latency, 0.99));
	print_joining(p);
	printf("\"pss_before_kib\":%" PRIu64 ",\"pss_kib\":%" PRIu64 ",", p->pss_before, p->pss_after);
	printf("\"late_p99_us\":%.0f,\"profile\":\"%s\"}\n", times_quantile(&late, 0.99),
		dtls_client_profile(p->people[0].paths[0].dtls) ?: "");
	fflush(stdout);
}

void play_explain(const struct play *p)
{
	for (unsigned i = 0; i < p->options.people; i++) {
		const struct participant *one = &p->people[i];
		unsigned faces = 0;

		for (unsigned n = 0; n < p->options.people; n++)
			faces += one->tally.first_picture[n] != 0;
		fprintf(stderr, "%u: %s%s%s, %u streams, %u faces, %" PRIu64 " sent, %" PRIu64 " strange", one->number,
			one->ready ? "ready" : "not ready", one->paths[0].connected ? ", sends" : "",
			one->paths[1].connected ? ", receives" : "", one->tally.n_streams, faces, one->sender.sent,
			one->tally.strange);
		fprintf(stderr, ", %" PRIu64 " and %" PRIu64 " refused, %" PRIu64 " asked for\n", one->paths[0].refused,
			one->paths[1].refused, one->sender.plis);
	}
}
