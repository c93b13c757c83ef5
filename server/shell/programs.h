/* SPDX-License-Identifier: EUPL-1.2 */
/* The programs that conclaved has started. In conclaved.
 * Invariant: what was found can be executed; it is found once, at the start, by nothing that came from outside. */
#pragma once

#include "server/shell/config.h"

#define PROGRAMS_ARGUMENTS 20

struct programs {
	char media[CONFIG_PATH_SIZE];
	char helper[CONFIG_PATH_SIZE];
	char fetch[CONFIG_PATH_SIZE];	/* "" = not wanted */
	char redirect[CONFIG_REDIRECT_SIZE];
	char *fetch_arguments[PROGRAMS_ARGUMENTS];	/* of fetch; into the configuration and this */
	unsigned helpers;		/* how many of those this machine stands */
};

/* Where the configuration says, or beside our own executable. On failure `why` is a sentence. */
int programs_find(struct programs *ret, const struct config *c, const char **why);
