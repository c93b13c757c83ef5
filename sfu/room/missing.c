/* SPDX-License-Identifier: EUPL-1.2 */
/* A short sorted array: gaps are rare and small. In conclave-media. Invariant: see missing.h. */
#include "sfu/room/missing.h"

#include <string.h>

#include "base/mem.h"

static usec_t missing_patience(const struct missing *m)
{
	return m->sound ? MISSING_PATIENCE_SOUND : MISSING_PATIENCE;
}

bool missing_add(struct missing *m, int64_t from, int64_t to, usec_t now)
{
	if (to - from > LIMIT_MISSING - (int64_t)m->count) {
		m->count = 0;
		return false;
	}
	for (int64_t index = from; index < to; index++)
		m->packets[m->count++] = (struct missing_packet){
			.index = index, .since = now, .due = now + MISSING_GRACE,
		};
	return true;
}

bool missing_asked(const struct missing *m, int64_t index)
{
	for (uint32_t i = 0; i < m->count; i++)
		if (m->packets[i].index == index)
			return m->packets[i].tries > 0;
	return false;
}

bool missing_remove(struct missing *m, int64_t index)
{
	for (uint32_t i = 0; i < m->count; i++) {
		if (m->packets[i].index != index)
			continue;
		m->count--;
		memmove(&m->packets[i], &m->packets[i + 1], (m->count - i) * sizeof(m->packets[0]));
		return true;
	}
	return false;
}

size_t missing_take(struct missing *m, usec_t now, usec_t round_trip, uint16_t ret[static LIMIT_MISSING])
{
	size_t n = 0;

	for (uint32_t i = 0; i < m->count; i++) {
		struct missing_packet *p = &m->packets[i];

		if (p->due > now || p->tries >= LIMIT_NACK_TRIES)
			continue;
		p->due = now + MAX(round_trip, MISSING_PACE);
		p->tries++;
		ret[n++] = (uint16_t)p->index;
	}
	return n;
}

uint32_t missing_give_up(struct missing *m, usec_t now)
{
	uint32_t kept = 0, given_up;

	for (uint32_t i = 0; i < m->count; i++)
		if (m->packets[i].since + missing_patience(m) > now)
			m->packets[kept++] = m->packets[i];
	given_up = m->count - kept;
	m->count = kept;
	return given_up;
}

usec_t missing_deadline(const struct missing *m)
{
	usec_t deadline = USEC_NEVER;

	for (uint32_t i = 0; i < m->count; i++) {
		const struct missing_packet *p = &m->packets[i];
		deadline = MIN(deadline, p->since + missing_patience(m));
		if (p->tries < LIMIT_NACK_TRIES)
			deadline = MIN(deadline, p->due);
	}
	return deadline;
}
