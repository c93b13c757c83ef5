/* SPDX-License-Identifier: EUPL-1.2 */
/* The two programs that conclaved has started. In conclaved.
 * Invariant: what was found can be executed; it is found once, at the start, by nothing that came from outside. */
#pragma once

#include "server/shell/config.h"

struct programs {
	char media[CONFIG_PATH_SIZE];
	char helper[CONFIG_PATH_SIZE];
	unsigned helpers;		/* how many of those this machine stands */
};

/* Where the configuration says, or beside our own executable. On failure `why` is a sentence. */
int programs_find(struct programs *ret, const struct config *c, const char **why);
