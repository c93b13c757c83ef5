/* SPDX-License-Identifier: EUPL-1.2 */
/* What the helper gives up before it reads the first password. In conclave-helper.
 * Invariant: called once; a layer that the machine refuses is named in the log, never passed over in silence. */
#pragma once

/* Lets go of terminal, files, network, user, processes and system calls, and bounds memory. 0, or a negative errno
 * when a privilege that was there could not be given up: the caller must then not go on. */
int sandbox_enter(void);
