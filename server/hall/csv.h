/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines of cells, as spreadsheets write them (RFC 4180; a semicolon where there are more of them than commas). In
 * conclaved. Invariant: pure; every line yields CSV_CELLS texts, the missing ones empty, or is broken. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"

#define CSV_CELLS 5
#define CSV_LINE 4096			/* bytes of one line */

struct csv {
	struct bytes rest;
	char comma;
	unsigned line;			/* of the last one, from 1; a quoted cell holds no line's end */
	bool broken;			/* that line: too long, too many cells, or a quote where none may stand */
};

struct csv csv_reader(struct bytes text);
/* The next line that is not empty, its cells in `room` without the spaces around them. */
bool csv_next(struct csv *c, char room[static CSV_LINE], char *cells[static CSV_CELLS]);
