/* SPDX-License-Identifier: EUPL-1.2 */
/* Codes on paper, for when everything else is lost. In conclaved.
 * Invariant: a code has 80 random bits; outside the hands of its holder only the SHA-256 of it exists. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/digest.h"
#include "base/bytes.h"

#define RECOVERY_CODES 10
#define RECOVERY_LETTERS 19	/* "k3f7-9mzq-0a1b-x2yw": 16 letters of Crockford's base32, in fours */

struct recovery_code {
	char text[RECOVERY_LETTERS + 1];
};

/* A new set, which replaces an older one. The caller shows the codes once and wipes them. 0 or -ENOMEM. */
int recovery_new(struct recovery_code codes[static RECOVERY_CODES], struct digest stored[static RECOVERY_CODES]);
/* Which of the n stored ones was typed; -1 if none. However it was typed: hyphens, spaces and capitals do not count, O
 * is 0, I and L are 1. In a time that does not depend on which. The caller removes it before anything is granted. */
int recovery_find(const struct digest *stored, size_t n, struct bytes typed);
