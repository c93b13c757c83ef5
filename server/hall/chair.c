/* SPDX-License-Identifier: EUPL-1.2 */
/* The substitute of the chair: named in the convocation, nobody else, and only while the chair is away. In conclaved.
 * Invariant: the hall observes both changes and records them; nobody asks for them. */
#include "server/hall/inside.h"

static struct person *find_chair(struct meeting *m)
{
	struct person *p;

	meeting_for_each(p, m)
		if (p->office == OFFICE_CHAIR)
			return p;
	return NULL;
}

/* When the substitute takes over; USEC_NEVER while there is no reason to. */
static usec_t due(const struct meeting *m, const struct person *chair)
{
	const struct fold *f = m->fold;

	if (!chair || f->phase != PHASE_OPEN || f->acting || !f->substitute || !fold_is_present(f, f->substitute) ||
	    !person_fold(chair)->entered || fold_is_present(f, chair->id))
		return USEC_NEVER;
	return person_fold(chair)->absent_since + SUBSTITUTE_TIME;
}

usec_t chair_deadline(const struct meeting *m)
{
	const struct person *p;

	meeting_for_each(p, m)
		if (p->office == OFFICE_CHAIR)
			return due(m, p);
	return USEC_NEVER;
}

/* Their office is another one now: so is what they are told of the lobby. */
static void tell_office(struct hall *h, struct person *p)
{
	struct connection *c = p->live.connection;

	person_change(h, p);
	if (c && c->live.informed)
		connection_tell(h, c, TELL_WAITING);
}

void chair_watch(struct hall *h, struct meeting *m)
{
	struct event e = { .kind = EVENT_CHAIR_RETURNED };
	struct person *chair = find_chair(m), *substitute;

	if (chair && m->fold->acting && fold_is_present(m->fold, chair->id)) {
		substitute = meeting_person(m, m->fold->acting);
		e.who = chair->id;
	} else if (h->now >= due(m, chair)) {
		substitute = meeting_person(m, m->fold->substitute);
		e = (struct event){ .kind = EVENT_CHAIR_SUBSTITUTED, .who = m->fold->substitute };
	} else {
		return;
	}
	hall_observe(h, m, &e);
	if (substitute)
		tell_office(h, substitute);
}
