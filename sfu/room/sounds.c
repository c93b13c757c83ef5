/* SPDX-License-Identifier: EUPL-1.2 */
/* A packet stands where its number says, so that finding it costs the same whoever asks for what. In conclave-media.
 * Invariant: see sounds.h. */
#include "sfu/room/sounds.h"

#include <assert.h>
#include <string.h>

#include "sfu/rtp/seq.h"

_Static_assert(LIMIT_SOUNDS == 16, "the bits of `due`; a power of two, so that numbers may wrap");

void sounds_keep(struct sounds *s, usec_t now, uint16_t sequence, uint16_t number, uint16_t cost, struct bytes sealed)
{
	struct sound *sound = &s->kept[sequence % LIMIT_SOUNDS];
	bool late = s->begun && seq_newer(s->newest, sequence);

	if (!late)
		s->newest = sequence;
	s->begun = true;
	s->due &= (uint16_t)~(1u << sequence % LIMIT_SOUNDS);
	sound->size = 0;
	if (sealed.size == 0 || sealed.size > LIMIT_SOUND_SIZE)
		return;
	sound->sent = now;
	sound->sequence = sequence;
	sound->number = number;
	sound->cost = cost;
	sound->size = (uint16_t)sealed.size;
	sound->late = late;
	sound->asked = false;
	sound->resends = 0;
	memcpy(sound->sealed, sealed.data, sealed.size);
}

struct sound *sounds_find(struct sounds *s, usec_t now, uint16_t sequence)
{
	struct sound *sound = &s->kept[sequence % LIMIT_SOUNDS];

	return sound->size && sound->sequence == sequence && now < sound->sent + SOUNDS_AGE ? sound : NULL;
}

void sounds_owe(struct sounds *s, usec_t now, struct sound *sound)
{
	assert(sound->size);
	sound->resends++;
	sound->sent_again = now;
	s->due |= (uint16_t)(1u << sound->sequence % LIMIT_SOUNDS);
}

bool sounds_take(struct sounds *s, struct writer *w)
{
	unsigned at = 0;

	if (!s->due)
		return false;
	while (!(s->due >> at & 1))
		at++;
	s->due &= (uint16_t)(s->due - 1);	/* without its lowest bit */
	write_bytes(w, bytes_make(s->kept[at].sealed, s->kept[at].size));
	return true;
}

void sounds_clear(struct sounds *s)
{
	s->due = 0;
	s->begun = false;
	for (unsigned i = 0; i < LIMIT_SOUNDS; i++)
		s->kept[i].size = 0;
}
