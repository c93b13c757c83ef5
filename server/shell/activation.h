/* SPDX-License-Identifier: EUPL-1.2 */
/* Sockets that a service manager opened for us (sd_listen_fds(3)), so that we need no right to open them. In conclaved
 * and in the spawner. Invariant: one is found by what it is, type, address and port, never by its place in a list. */
#pragma once

#include "base/address.h"

/* Reads LISTEN_FDS and LISTEN_PID, and takes them out of the environment. Call it first, before anything is opened. */
void activation_open(void);
/* A copy of one of this type and port (and, where `at` names one, of this address); -ENOENT when there is none. */
int activation_take(int type, const struct address *at, uint16_t port);
/* Closes those of this type. How many of them nobody had asked for. */
unsigned activation_close(int type);
/* Closes every descriptor from 3 on but them and this one, which moves behind them: its new number, or a negative
 * errno. */
int activation_keep_one(int fd);
