/* SPDX-License-Identifier: EUPL-1.2 */
/* What the IT department took away from the rights table. In conclaved.
 * Invariant: a policy can only take away or ask for a second person, never add. */
#pragma once

#include <stdbool.h>

#include "auth/rights.h"

struct policy {
	enum verdict ceilings[ACT_N];
};

void policy_init(struct policy *p);	/* takes nothing away */
/* False, and nothing changed, for what no policy may touch and for what would give back. */
bool policy_lower(struct policy *p, enum action action, enum verdict ceiling);
/* The lower of the two. With `alone` a second person cannot be asked for, and is not: only `never` still counts. */
enum verdict policy_limit(const struct policy *p, enum action action, enum verdict verdict, bool alone);
