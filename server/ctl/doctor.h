/* SPDX-License-Identifier: EUPL-1.2 */
/* Checks what a server needs. In conclavectl. Invariant: changes nothing. */
#pragma once

#include <stdio.h>

#include "base/clock.h"
#include "server/ctl/finding.h"
#include "server/ctl/options.h"
#include "server/ctl/place.h"

#define DOCTOR_CHECKS 10

bool doctor_knows(const char *check);
/* Every check, or the one that is named. Returns how many findings were written to `ret`, or a negative errno. */
int doctor_look(struct finding ret[static DOCTOR_CHECKS], const struct place *place, const char *only, usec_t wall);
