/* SPDX-License-Identifier: EUPL-1.2 */
/* A few notes that become figures when what they stand for has left. In conclave-media. */
#include "sfu/forward_time.h"

#include "base/mem.h"

static const usec_t limits[] = MEDIA_FORWARD_LIMITS;
_Static_assert(ARRAY_SIZE(limits) + 1 == MEDIA_FORWARD_N, "one bucket more than limits");

void forward_time_add(struct forward_time *f, usec_t arrived)
{
	unsigned i = f->n;

	/* Mostly what the last one was of. */
	while (i && f->notes[i - 1].arrived != arrived)
		i--;
	if (i) {
		f->notes[i - 1].datagrams++;
	} else if (f->n < FORWARD_TIMES) {
		f->notes[f->n++] = (struct forward_note){ .arrived = arrived, .datagrams = 1 };
	} else {
		f->notes[0].datagrams++;
	}
}

static unsigned bucket_of(usec_t span)
{
	unsigned i = 0;

	while (i < ARRAY_SIZE(limits) && span > limits[i])
		i++;
	return i;
}

void forward_time_sent(struct forward_time *f, usec_t now)
{
	for (unsigned i = 0; i < f->n; i++) {
		const struct forward_note *note = &f->notes[i];
		usec_t span = now > note->arrived ? now - note->arrived : 0;

		f->usec += span * note->datagrams;
		f->buckets[bucket_of(span)] += note->datagrams;
	}
	f->n = 0;
}

void forward_time_count(const struct forward_time *f, uint64_t counts[static COUNT_N])
{
	counts[COUNT_FORWARD_USEC] += f->usec;
	for (unsigned i = 0; i < MEDIA_FORWARD_N; i++)
		counts[COUNT_FORWARD + i] += f->buckets[i];
}
