/* SPDX-License-Identifier: EUPL-1.2 */
/* What a new meeting is made of. In conclaved. Invariant: there is room for whoever is invited, and for the
 * agenda. */
#pragma once

#include "server/hall/inside.h"

struct convened_item {
	struct item_row row;
	bool for_audience;
	struct people guests;
};

struct convocation {
	struct meeting_row row;
	struct invitation_row *people;
	uint32_t n_people;
	uint32_t substitute;		/* 0 = nobody */
	struct convened_item *items;	/* room for LIMIT_ITEMS */
	uint32_t n_items;
};

/* A text into a field of its size, cut there: it was measured before. */
void line_copy(char *to, size_t size, const char *from);
void convocation_invite(struct convocation *c, const char *name, const char *email, enum office office,
	const char *party);
/* Whose address this is, from 1; 0 = nobody's. */
uint32_t convocation_find(const struct convocation *c, const char *email);
void convocation_add_item(struct convocation *c, const char *title, bool for_audience);
/* From the message's `items`, once everybody is invited. Why this agenda cannot be, or NULL. */
const char *convocation_take_items(struct convocation *c, const struct wire_node *message);
/* The new meeting, not committed; or NULL with why: convocation_not_recorded is nobody's mistake. */
extern const char convocation_not_recorded[];
struct meeting *convocation_record(struct hall *h, struct convocation *c, const char **why);
