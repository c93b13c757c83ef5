/* SPDX-License-Identifier: EUPL-1.2 */
/* A certificate with its chain, and the key it was made for, put in the place of those shown so far. In conclaved.
 * Invariant: what new connections are greeted with changes as a whole or not at all; those that stand keep theirs. */
#pragma once

#include "base/clock.h"

struct pair;

/* `connections` is the library's own context of connections; what is shown there at first stays until pair_show(). It
 * is borrowed, and must be gone, with all that came of it, before pair_free(). NULL for want of memory. */
struct pair *pair_new(void *connections);
struct pair *pair_free(struct pair *p);
/* When what is shown runs out, wall; 0 when it cannot be told. (The library's own answer is a day early, in 4.1.6 at
 * least.) */
usec_t pair_ends(const struct pair *p);
/* Two open files of PEM, borrowed. `host` is whom the certificate must stand for. 0, or a negative errno with `why`, a
 * sentence of ours. */
int pair_show(struct pair *p, const int files[static 2], const char *host, usec_t wall, const char **why);
