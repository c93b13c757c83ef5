/* SPDX-License-Identifier: EUPL-1.2 */
/* Answering whoever is at the other end. In conclave-helper; its one loop.
 * Invariant: nothing is read while an answer waits, so that a flood waits in the sender's socket and not here. */
#pragma once

/* Until the other end closes (0), or something breaks (a negative errno). The descriptor stays the caller's. */
int serve(int fd);
