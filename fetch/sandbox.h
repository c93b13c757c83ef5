/* SPDX-License-Identifier: EUPL-1.2 */
/* What conclave-fetch gives up before it asks anybody. In conclave-fetch.
 * Invariant: called once; what is left is sockets outwards, and reading how names are found. */
#pragma once

/* 0, or a negative errno when a privilege that was there could not be given up: the caller must then not go on. */
int sandbox_enter(void);
