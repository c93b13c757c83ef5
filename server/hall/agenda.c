/* SPDX-License-Identifier: EUPL-1.2 */
/* The agenda as its events tell it. In conclaved. */
#include "server/hall/agenda.h"

struct agenda_item *agenda_item(struct agenda *a, uint32_t item)
{
	return item >= 1 && item <= a->n_items ? &a->items[item - 1] : NULL;
}

const struct agenda_item *agenda_look(const struct agenda *a, uint32_t item)
{
	return item >= 1 && item <= a->n_items ? &a->items[item - 1] : NULL;
}

void agenda_create(struct agenda *a, const struct event *e)
{
	struct agenda_item *item;

	if (e->item != a->n_items + 1 || e->item > LIMIT_ITEMS)
		return;
	item = &a->items[a->n_items++];
	item->for_audience = e->note == NOTE_AS_OPEN;
	for (uint32_t i = 0; i < e->n_people; i++) {
		people_add(&item->guests, e->people[i]);
		people_add(&a->named, e->people[i]);
	}
}

void agenda_close_doors(struct agenda *a)
{
	struct agenda_item *item = agenda_item(a, a->open);

	a->doors = DOORS_CLOSED;
	a->doors_at = 0;
	if (item)
		item->alone = (struct people){ 0 };
}

void agenda_open(struct agenda *a, uint32_t item)
{
	struct agenda_item *opened = agenda_item(a, item);

	agenda_close(a);
	if (!opened)
		return;
	opened->phase = ITEM_OPEN;
	a->open = item;
}

void agenda_close(struct agenda *a)
{
	struct agenda_item *item = agenda_item(a, a->open);

	agenda_close_doors(a);
	if (item)
		item->phase = ITEM_DONE;
	a->open = 0;
}

void agenda_announce_doors(struct agenda *a, usec_t when)
{
	if (!a->open)
		return;
	a->doors = DOORS_OPENING;
	a->doors_at = when + DOORS_TIME;
}

void agenda_open_doors(struct agenda *a)
{
	if (!a->open)
		return;
	a->doors = DOORS_OPEN;
	a->doors_at = 0;
}

void agenda_declare_alone(struct agenda *a, const struct event *e)
{
	struct agenda_item *item = agenda_item(a, e->item);

	if (item)
		people_add(&item->alone, e->by);
}

static void note(struct agenda *a, const struct event *e)
{
	struct recusal *r = &a->noted[a->n_noted];
	size_t size = e->text ? MIN(strlen(e->text), sizeof(r->text) - 1) : 0;

	if (a->n_noted == LIMIT_RECUSALS_NOTED)
		return;
	a->n_noted++;
	*r = (struct recusal){ .item = e->item, .who = e->who, .by = e->by, .reason = e->reason,
		.contested = e->kind == EVENT_RECUSAL_CONTESTED };
	if (size)
		memcpy(r->text, e->text, size);
}

void agenda_recuse(struct agenda *a, const struct event *e)
{
	struct agenda_item *item = agenda_item(a, e->item);

	if (!item || people_has(&item->recused, e->who))
		return;
	people_add(&item->recused, e->who);
	a->n_recusals++;
	if (e->by != e->who)
		note(a, e);
}

bool agenda_is_out(const struct agenda *a, uint32_t person)
{
	const struct agenda_item *item = agenda_look(a, a->open);

	return item && people_has(&item->recused, person);
}

const struct recusal *agenda_noted(const struct agenda *a, uint32_t item, uint32_t who)
{
	for (uint32_t i = 0; i < a->n_noted; i++)
		if (a->noted[i].item == item && a->noted[i].who == who)
			return &a->noted[i];
	return NULL;
}

bool agenda_would_admit_guest(const struct agenda *a, uint32_t person, uint32_t item)
{
	const struct agenda_item *next = agenda_look(a, item);

	return a->n_items == 0 || (next && people_has(&next->guests, person));
}

bool agenda_admits_guest(const struct agenda *a, uint32_t person)
{
	return agenda_would_admit_guest(a, person, a->open) ||
		(a->open && a->doors == DOORS_OPEN && !people_has(&a->named, person));
}
