/* SPDX-License-Identifier: EUPL-1.2 */
/* The half of conclaved that has sockets: feeds the hall with what comes, and carries out what it says.
 * In conclaved. Invariant: nothing that the hall said leaves before hall_commit() made its reason durable. */
#pragma once

#include "server/shell/config.h"
#include "server/shell/notify.h"
#include "server/shell/spawner.h"

struct shell;

/* Everything but the loop: opens the records, binds the ports, makes what will start or adopt the media workers. On
 * failure one line in the log says what is wrong, and how to mend it where that is known. All that is given is
 * borrowed. */
int shell_new(struct shell **ret, const struct config *config, struct spawner *spawner, unsigned helpers,
	struct notify *notify);
struct shell *shell_free(struct shell *s);
/* Until SIGTERM or SIGINT; then the media workers have been asked to end. Until SIGUSR1: then they have not. */
int shell_run(struct shell *s);
