/* SPDX-License-Identifier: EUPL-1.2 */
/* The TCP ports of the configuration. In conclaved. Invariant: none is open that the configuration does not name. */
#pragma once

#include "server/shell/config.h"
#include "server/shell/listener.h"

/* 0, or a negative errno with `what`, a sentence of ours. */
int ports_open(struct listener *l, const struct config *c, const char **what);
