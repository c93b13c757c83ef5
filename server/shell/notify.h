/* SPDX-License-Identifier: EUPL-1.2 */
/* What a service manager is told (sd_notify(3)): that we are ready, that we live, that we end. In conclaved.
 * Invariant: only the loop says that it lives, so that a hang is noticed (ATTACKS G18); where nobody listens, nothing
 * is said. */
#pragma once

#include "base/clock.h"

struct notify {
	/* owned */
	int fd;			/* -1 = nobody listens; connected, so that no new socket is needed later on */

	/* state */
	usec_t every;		/* 0 = nobody waits for a sign of life */
	usec_t due;
};

/* Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment, so that no child believes them its own.
 * A negative errno when what is named there cannot be reached. */
int notify_open(struct notify *ret);
void notify_done(struct notify *n);
/* One line, as sd_notify(3) has them; nobody is waited for. */
void notify_say(const struct notify *n, const char *text);
usec_t notify_deadline(const struct notify *n);
/* In every turn of the loop. */
void notify_timeout(struct notify *n, usec_t now);
