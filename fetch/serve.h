/* SPDX-License-Identifier: EUPL-1.2 */
/* Answering conclaved, and looking for the provider meanwhile. In conclave-fetch; its one loop.
 * Invariant: one request at a time; what comes meanwhile waits in the socket. */
#pragma once

#include "fetch/party.h"

/* Until the other end closes (0), or something breaks (a negative errno). The descriptor stays the caller's. */
int serve(int fd, struct party *p);
