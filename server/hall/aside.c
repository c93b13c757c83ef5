/* SPDX-License-Identifier: EUPL-1.2 */
/* Stepping aside for an item and back, and guests put back into the lobby. In conclaved.
 * Invariant: carried out before anybody is told of the act: who is out learns nothing of it but that, and has no media
 * from then on. */
#include "server/hall/delivery.h"
#include "server/hall/inside.h"

/* Whatever was about to be told is of a meeting that they are no longer in. */
static void forget_told(const struct person *p)
{
	if (p->live.connection)
		p->live.connection->tell = 0;
}

static void step_aside(struct hall *h, struct person *p)
{
	person_part(h, p, "aside");
	delivery_aside(h, p);
	forget_told(p);
	p->live.aside = true;
	if (p->live.connection)
		connection_tell(h, p->live.connection, TELL_ASIDE);
}

static void step_back(struct hall *h, struct person *p)
{
	p->live.aside = false;
	if (person_is_inside(p))
		person_enter(h, p);
}

static void put_out(struct hall *h, struct person *p)
{
	person_exit(h, p, "guest-out", true);
	forget_told(p);
	if (p->live.connection)
		person_wait(h, p, true);
}

void aside_settle(struct hall *h, struct meeting *m)
{
	struct person *p;

	meeting_for_each(p, m) {
		const struct fold_person *f = person_fold(p);

		if (f->put_out && (p->live.here || p->live.aside))
			put_out(h, p);
		else if (f->aside && !p->live.aside)
			step_aside(h, p);
		else if (!f->aside && p->live.aside)
			step_back(h, p);
	}
}
