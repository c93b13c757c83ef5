/* SPDX-License-Identifier: EUPL-1.2 */
/* Checks what a server needs. In conclavectl. Invariant: changes nothing that lasts. */
#pragma once

#include <stdio.h>

#include "base/clock.h"
#include "server/ctl/finding.h"
#include "server/ctl/options.h"
#include "server/ctl/place.h"

#define DOCTOR_CHECKS 39	/* at most */

bool doctor_knows(const char *check);
struct doctor_question {
	const struct place *place;
	const char *only;	/* or NULL */
	bool media;		/* sound as well, which takes seconds */
	bool dutch;
	usec_t wall;
};
/* Every check, or the one that is named. Returns how many findings were written to `ret`, or a negative errno. */
int doctor_look(struct finding ret[static DOCTOR_CHECKS], const struct doctor_question *q);
/* What the environment asks for, as locale(7) has it. Any of the three may be NULL. */
bool doctor_is_dutch(const char *lc_all, const char *lc_messages, const char *lang);
