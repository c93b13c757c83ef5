/* SPDX-License-Identifier: EUPL-1.2 */
/* What a new meeting is made of. In conclaved. Invariant: there is room for whoever is invited. */
#pragma once

#include "server/hall/inside.h"

struct convocation {
	struct meeting_row row;
	struct invitation_row *people;
	uint32_t n_people;
	uint32_t substitute;		/* 0 = nobody */
};

/* A text into a field of its size, cut there: it was measured before. */
void line_copy(char *to, size_t size, const char *from);
void convocation_invite(struct convocation *c, const char *name, const char *email, enum office office,
	const char *party);
/* Whose address this is, from 1; 0 = nobody's. */
uint32_t convocation_find(const struct convocation *c, const char *email);
/* The new meeting, not committed; or NULL with why. */
struct meeting *convocation_record(struct hall *h, struct convocation *c, const char **why);
