/* SPDX-License-Identifier: EUPL-1.2 */
/* What of a person is forwarded, and who is heard first when more speak than there are places. In conclaved.
 * Invariant: a worker knows what is declared, less what is withdrawn or suspended, in the drain of the act itself; only
 * the person's own word ever adds to what they declare. */
#include "server/hall/inside.h"

#define RANK_FLOOR (1u << 31)
#define RANK_CHAIR (1u << 30)
#define SOUND (SOURCE_BIT(SOURCE_MICROPHONE) | SOURCE_BIT(SOURCE_SCREEN_SOUND))

uint32_t mask_sources(const struct person *p)
{
	if (p->meeting->fold->suspension.on)
		return 0;
	return p->live.sources & ~(person_fold(p)->withdrawn ? SOUND : 0);
}

/* Who has the floor, then the chair, then who opened theirs last. */
uint32_t mask_rank(const struct person *p)
{
	uint32_t floor = p->meeting->fold->floor == p->id ? RANK_FLOOR : 0;

	return floor | (person_office(p) == OFFICE_CHAIR ? RANK_CHAIR : 0) | (p->live.opened & (RANK_CHAIR - 1));
}

void mask_settle(struct hall *h, struct meeting *m)
{
	struct person *p;

	meeting_for_each(p, m) {
		struct feed *f = p->live.feed;

		if (!f || !f->known)
			continue;
		f->tell_sources |= f->sources != mask_sources(p);
		f->tell_rank |= f->rank != mask_rank(p);
		if (f->tell_sources || f->tell_rank)
			feed_change(h, f);
	}
}
