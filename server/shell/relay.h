/* SPDX-License-Identifier: EUPL-1.2 */
/* The relay of the configuration, with its secret. In conclaved.
 * Invariant: a secret that others than its owner could read is refused. */
#pragma once

#include "auth/turn.h"
#include "server/shell/config.h"

/* 0; -EBADMSG: the file is not for its owner alone, or holds no line of 16 to TURN_SECRET_SIZE - 1 letters; another
 * negative errno. With no relay in the configuration ret->n is 0. */
int relay_load(struct turn *ret, const struct config *c);
