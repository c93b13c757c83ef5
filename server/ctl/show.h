/* SPDX-License-Identifier: EUPL-1.2 */
/* An answer for people to read. In conclavectl. Invariant: columns align whatever the names are. */
#pragma once

#include <stdio.h>

#include "server/ctl/answer.h"
#include "server/ctl/options.h"

/* `a` is an answer that says ok to `o`; `out` is borrowed. */
void show_answer(FILE *out, const struct options *o, const struct answer *a);
/* Of a file that was refused: each wrong line, and what is wrong with it. */
void show_bad_lines(FILE *out, const struct answer *a);
