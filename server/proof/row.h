/* SPDX-License-Identifier: EUPL-1.2 */
/* A meeting, an item and an invitation as values: what stands beside the proceedings, in the records and in an export.
 * In conclaved and conclavectl. Invariant: every text is terminated and fits on one line. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "auth/rights.h"
#include "base/clock.h"
#include "base/limits.h"
#include "server/proof/event.h"

#define MEETING_LETTERS 10
#define LINE_SIZE(characters) (4 * (characters) + 1)	/* UTF-8 */

struct meeting_row {
	uint32_t number;
	char id[MEETING_LETTERS + 1];
	char title[LINE_SIZE(LIMIT_NAME)];
	char body[LINE_SIZE(LIMIT_NAME)];	/* "" for none */
	char language[3];
	usec_t starts;				/* wall */
	uint8_t salt[EVENT_SALT_SIZE];
	bool ended;
	bool links_for_everyone;		/* a link alone makes a seat, for a member too */
	uint32_t of_body;			/* whose members it was convened of; 0 = of none */
	bool exported;
	usec_t exported_at;			/* wall; its retention runs from then */
};

struct item_row {
	uint32_t item;				/* 1 to LIMIT_ITEMS, without gaps */
	char title[LINE_SIZE(LIMIT_NAME)];
	uint8_t salt[EVENT_SALT_SIZE];
};

struct invitation_row {
	uint32_t person;			/* 1 to LIMIT_PEOPLE_PER_MEETING, without gaps */
	char name[LINE_SIZE(LIMIT_NAME)];
	char email[LINE_SIZE(LIMIT_EMAIL)];
	enum office office;
	char party[LINE_SIZE(LIMIT_NAME)];	/* "" for none */
	uint8_t salt[EVENT_SALT_SIZE];
};
