/* SPDX-License-Identifier: EUPL-1.2 */
/* The agenda as clients read it. In conclaved.
 * Invariant: whole at each change; only those inside receive it. */
#include "server/hall/inside.h"
#include "server/wire/json.h"

static void write_people(struct json *j, const char *key, const struct meeting *m, const struct people *people)
{
	json_open_list(j, key);
	for (uint32_t id = 1; id <= m->n_people; id++)
		if (people_has(people, id))
			json_number(j, NULL, id);
	json_close_list(j);
}

void agenda_write_recused(struct json *j, const struct meeting *m, const struct agenda *a, uint32_t item)
{
	const struct people *recused = &agenda_look(a, item)->recused;

	json_open_list(j, "recused");
	for (uint32_t id = 1; id <= m->n_people; id++) {
		const struct recusal *noted = agenda_noted(a, item, id);

		if (!people_has(recused, id))
			continue;
		json_open_object(j, NULL);
		json_number(j, "id", id);
		if (noted)
			json_number(j, "by", noted->by);
		else
			json_null(j, "by");
		json_boolean(j, "contested", noted && noted->contested);
		json_close_object(j);
	}
	json_close_list(j);
}

static void write_item(struct json *j, const struct meeting *m, uint32_t id)
{
	static const char *const phases[] = { [ITEM_AHEAD] = "ahead", [ITEM_OPEN] = "open", [ITEM_DONE] = "done" };
	const struct agenda_item *item = agenda_look(&m->fold->agenda, id);

	json_open_object(j, NULL);
	json_number(j, "id", id);
	json_text(j, "title", meeting_item(m, id)->title);
	json_text(j, "convened", item->for_audience ? "open" : "closed");
	json_text(j, "phase", phases[item->phase]);
	write_people(j, "guests", m, &item->guests);
	agenda_write_recused(j, m, &m->fold->agenda, id);
	write_people(j, "alone", m, &item->alone);
	json_close_object(j);
}

static void write_session(struct json *j, const struct agenda *a, usec_t now)
{
	static const char *const doors[] = { [DOORS_CLOSED] = "closed", [DOORS_OPENING] = "opening",
		[DOORS_OPEN] = "open" };
	usec_t left = a->doors_at > now ? a->doors_at - now : 0;

	json_open_object(j, "session");
	if (a->open)
		json_number(j, "item", a->open);
	else
		json_null(j, "item");
	json_text(j, "doors", doors[a->doors]);
	if (a->doors == DOORS_OPENING)
		json_number(j, "seconds", (int64_t)(MIN(left + SECONDS(1) - 1, DOORS_TIME) / SECONDS(1)));
	else
		json_null(j, "seconds");
	json_close_object(j);
}

void agenda_write(struct json *j, const struct meeting *m, usec_t now)
{
	json_open_list(j, "items");
	for (uint32_t id = 1; id <= MIN(m->fold->agenda.n_items, m->n_items); id++)
		write_item(j, m, id);
	json_close_list(j);
	write_session(j, &m->fold->agenda, now);
}
