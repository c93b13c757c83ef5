/* SPDX-License-Identifier: EUPL-1.2 */
/* What the IT department took away from the rights table. In conclaved.
 * Invariant: a policy can only take away or ask for a second person, never add. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "auth/rights.h"
#include "base/bytes.h"

#define POLICY_ERROR_SIZE 128

struct policy {
	enum verdict ceilings[ACT_N];
};

void policy_init(struct policy *p);	/* takes nothing away */
/* False, and nothing changed, for what no policy may touch and for what would give back. */
bool policy_lower(struct policy *p, enum action action, enum verdict ceiling);
/* Lowers what the lines of a file say: `ACTION = two` or `ACTION = never`, empty lines, and comments behind #. False,
 * nothing changed and one plain sentence in `error` when a line is none of these: an unknown action, one that no policy
 * may touch, one that stands there twice, or `two` where nobody can be asked to confirm. */
bool policy_read(struct policy *p, struct bytes text, char error[static POLICY_ERROR_SIZE]);
/* How the file calls it; NULL for what no policy may touch. */
const char *policy_word(enum action action);
/* Can a second person be asked for? */
bool policy_knows_second(enum action action);
/* The lower of the two. With `alone` a second person cannot be asked for, and is not: only `never` still counts. */
enum verdict policy_limit(const struct policy *p, enum action action, enum verdict verdict, bool alone);
