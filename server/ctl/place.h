/* SPDX-License-Identifier: EUPL-1.2 */
/* Which server is meant, and how to ask it. In conclavectl.
 * Invariant: no more than one server is considered: what was named is not silently replaced by another. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/bytes.h"
#include "server/shell/config.h"

#define PLACE_WHY_SIZE (CONFIG_ERROR_SIZE + CONFIG_PATH_SIZE)

struct place {
	struct config config;
	bool configured;	/* else only `socket` is known */
	char file[CONFIG_PATH_SIZE];	/* of the configuration */
	char socket[CONFIG_PATH_SIZE];
};

/* `config` is the path from the command line, or NULL; `state` the value of CONCLAVE_STATE, or NULL. On false `why` is
 * one plain line. */
bool place_find(struct place *ret, const char *config, const char *state, char why[static PLACE_WHY_SIZE]);
/* One request, one answer in `buffer` (of LIMIT_CHANNEL_MESSAGE), within 10 s. 0 or a negative errno. */
int place_ask(const struct place *p, struct bytes request, uint8_t *buffer, struct bytes *ret);
/* The process that listens there. 0 or a negative errno. */
struct place_owner {
	pid_t pid;
	uid_t uid;
};
int place_owner(const struct place *p, struct place_owner *ret);
/* A negative errno of place_ask() as a sentence about what to do. */
void place_explain(const struct place *p, int r, char why[static PLACE_WHY_SIZE]);
