/* SPDX-License-Identifier: EUPL-1.2 */
/* Presence as a fold over the fold. In conclaved.
 * Invariant: a span begins and ends with an entry. */
#include "server/hall/presence.h"

#include <errno.h>

#define FIRST_ROOM 64

void presence_done(struct presence *p)
{
	mem_free(p->spans);
	p->spans = NULL;
}

static int begin(struct presence *p, enum span_kind kind, uint32_t of, usec_t wall)
{
	if (p->n_spans == p->room) {
		size_t room = p->room ? 2 * p->room : FIRST_ROOM;
		struct span *grown = mem_grow(p->spans, p->room * sizeof(*grown), room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		p->spans = grown;
		p->room = room;
	}
	p->spans[p->n_spans++] = (struct span){ .kind = kind, .of = of, .from = wall };
	p->open[kind][of] = (uint32_t)p->n_spans;
	return 0;
}

static int set(struct presence *p, enum span_kind kind, uint32_t of, bool on, usec_t wall)
{
	uint32_t *open = &p->open[kind][of];

	if (on == (*open != 0))
		return 0;
	if (on)
		return begin(p, kind, of, wall);
	p->spans[*open - 1].to = wall;
	*open = 0;
	return 0;
}

/* Time that passed with the item open, for those who were there all of it. */
static void count(struct presence *p, usec_t wall)
{
	for (uint32_t i = 1; p->item && i <= LIMIT_PEOPLE_PER_MEETING; i++)
		if (p->open[SPAN_PERSON][i] && wall > p->last)
			p->milliseconds[p->item][i] += (wall - p->last) / MSEC(1);
	p->last = wall;
}

int presence_take(struct presence *p, const struct fold *f, usec_t wall)
{
	int r = 0;

	count(p, wall);
	for (uint32_t i = 1; r == 0 && i <= LIMIT_PEOPLE_PER_MEETING; i++)
		r = set(p, SPAN_PERSON, i, fold_is_present(f, i), wall);
	for (uint32_t i = 1; r == 0 && i <= f->agenda.n_items; i++) {
		r = set(p, SPAN_ITEM, i, f->agenda.open == i, wall);
		if (r == 0)
			r = set(p, SPAN_DOORS, i, f->agenda.open == i && f->agenda.doors == DOORS_OPEN, wall);
	}
	p->item = f->agenda.open;
	return r;
}
