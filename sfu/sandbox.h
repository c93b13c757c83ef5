/* SPDX-License-Identifier: EUPL-1.2 */
/* What a media worker gives up before it reads the first packet. In conclave-media.
 * Invariant: called once, after every library is initialised and every descriptor is open; a layer that the machine
 * refuses is named in the log, never passed over in silence. */
#pragma once

#include <stdbool.h>

/* Lets go of terminal, files, network, user and system calls. 0, or a negative errno when a privilege that was there
 * could not be given up: the caller must then not go on. */
int sandbox_enter(void);
