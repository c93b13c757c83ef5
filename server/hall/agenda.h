/* SPDX-License-Identifier: EUPL-1.2 */
/* The items of a meeting: which one is open, to whom, and who is out for it. In conclaved.
 * Invariant: part of the fold: neither allocates nor fails, and no item or person is trusted to exist. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/limits.h"
#include "server/proof/event.h"
#include "server/proof/row.h"

#define DOORS_TIME SECONDS(10)	/* RIGHTS.md: everyone sees and hears it before it takes effect */

/* Of people, by number. */
#define PEOPLE_WORDS (LIMIT_PEOPLE_PER_MEETING / 64 + 1)
struct people {
	uint64_t words[PEOPLE_WORDS];
};

static inline bool people_has(const struct people *p, uint32_t person)
{
	return person <= LIMIT_PEOPLE_PER_MEETING && p->words[person / 64] >> person % 64 & 1;
}

static inline void people_add(struct people *p, uint32_t person)
{
	if (person && person <= LIMIT_PEOPLE_PER_MEETING)
		p->words[person / 64] |= (uint64_t)1 << person % 64;
}

enum item_phase { ITEM_AHEAD, ITEM_OPEN, ITEM_DONE };
enum doors { DOORS_CLOSED, DOORS_OPENING, DOORS_OPEN };

struct agenda_item {
	enum item_phase phase;
	bool for_audience;		/* as the convocation says; the doors are what counts */
	struct people guests;
	struct people recused;
	struct people alone;		/* who declared that nobody listens along, in the present opening */
};

/* A recusal that an office noted. */
struct recusal {
	uint32_t item;
	uint32_t who;
	uint32_t by;
	bool contested;
	enum reason_code reason;
	char text[LINE_SIZE(LIMIT_REASON)];
};

struct agenda {
	struct agenda_item items[LIMIT_ITEMS];	/* the one with id n stands at n - 1 */
	uint32_t n_items;
	uint32_t open;			/* the one that is, or 0 */
	enum doors doors;		/* its */
	usec_t doors_at;		/* when they open, while they are opening */
	struct people named;		/* guests of any item */
	struct recusal noted[LIMIT_RECUSALS_NOTED];	/* oldest first */
	uint32_t n_noted;
	uint32_t n_recusals;
};

struct agenda_item *agenda_item(struct agenda *a, uint32_t item);	/* NULL when there is none */
const struct agenda_item *agenda_look(const struct agenda *a, uint32_t item);
void agenda_create(struct agenda *a, const struct event *e);
void agenda_open(struct agenda *a, uint32_t item);
void agenda_close(struct agenda *a);
void agenda_announce_doors(struct agenda *a, usec_t when);
void agenda_open_doors(struct agenda *a);
void agenda_close_doors(struct agenda *a);
void agenda_declare_alone(struct agenda *a, const struct event *e);
/* `recused` or `recusal-contested`; the second of the two for the same person and item changes nothing. */
void agenda_recuse(struct agenda *a, const struct event *e);

/* Are they out for the item that is open? */
bool agenda_is_out(const struct agenda *a, uint32_t person);
/* What an office noted of it; NULL when it was by oneself, or is none. */
const struct recusal *agenda_noted(const struct agenda *a, uint32_t item, uint32_t who);
/* Whether a guest may be inside at this moment, but for being admitted by two; and in the next moment, when `item` is
 * open behind closed doors (0 = none). */
bool agenda_admits_guest(const struct agenda *a, uint32_t person);
bool agenda_would_admit_guest(const struct agenda *a, uint32_t person, uint32_t item);
