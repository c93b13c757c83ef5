/* SPDX-License-Identifier: EUPL-1.2 */
/* Starting, watching and ending another process. In the spawner, which starts and ends, and in conclaved, which
 * watches. Invariant: a process is held by a pidfd, so that a signal never reaches a stranger who got its number. */
#pragma once

#include <stdbool.h>

#define PROCESS_FIRST_FD 3

/* Starts `program` with `arguments` (which begin with its name and end with NULL) in a session of its own, so that no
 * terminal's Ctrl-C reaches it. It has our standard error, and `fds` from descriptor 3 on; nothing else. A listening
 * socket among them is listened to anew, so that SO_PEERCRED names it. It becomes a child of our own parent's, who
 * collects it. Returns its pidfd or a negative errno. */
int process_start(const char *program, char *const arguments[], const int *fds, unsigned n);
/* Whoever listens at the other end of a local socket. A pidfd, or a negative errno. */
int process_behind(int socket);
bool process_lives(int pidfd);
/* Has it ended, or does it so within so many ms? Collects it if it was our child. */
bool process_ended(int pidfd, int patience);
int process_signal(int pidfd, int signal);
