/* SPDX-License-Identifier: EUPL-1.2 */
/* What is told of security: its numbers, which do not change, and what waits to leave. In conclaved.
 * Invariant: nothing leaves that was not committed; of what people wrote nothing leaves at all. */
#pragma once

#include "server/hall/inside.h"

/* Into the security log and, once committed, out of the house; never a secret. */
void note_security(struct hall *h, const char *kind, const char *who, const char *about);
/* From the proceedings, where it stands already: out of the house. */
void note_entry(struct hall *h, const struct meeting *m, const struct event *e);
/* 0 or -ENOMEM: all that it will ever need, so that want of memory undoes nobody's act. */
int security_new(struct hall *h);
void security_free(struct hall *h);
/* After a commit, and when one failed. */
void security_keep(struct hall *h);
void security_restore(struct hall *h);
