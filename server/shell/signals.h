/* SPDX-License-Identifier: EUPL-1.2 */
/* What a service manager or a terminal wants. In conclaved. Invariant: no signal interrupts anything; each is read. */
#pragma once

/* LEAVE: stop, while media go on. */
enum signals_wish { SIGNALS_NOTHING, SIGNALS_STOP, SIGNALS_LEAVE, SIGNALS_RELOAD };

/* Blocks SIGTERM, SIGINT, SIGUSR1 and SIGHUP. A descriptor that is readable when one came, or a negative errno. */
int signals_open(void);
enum signals_wish signals_read(int fd);
