/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclaved gives up before it hears from anybody. In conclaved.
 * Invariant: called once, after every port, file and library is open; no key of the configuration switches it off. */
#pragma once

#include "server/shell/config.h"

/* 0, or a negative errno when a privilege that was there could not be given up: the caller must then not go on. */
int sandbox_enter(const struct config *c);
