/* SPDX-License-Identifier: EUPL-1.2 */
/* The sockets that strangers reach. In conclaved.
 * Invariant: a socket for "every address" takes IPv6 and IPv4 both, or IPv4 alone where the kernel has no IPv6. */
#pragma once

#include "base/address.h"

/* The one that a service manager handed us for this (server/shell/activation.h), or a new one: non-blocking,
 * close-on-exec and bound, a TCP socket also listening; `type` is SOCK_STREAM or SOCK_DGRAM. `at` with family 0 is
 * every address. Returns the descriptor or a negative errno. */
int socket_open(int type, const struct address *at, uint16_t port);
/* For _cleanup_: closes what is not negative. */
void socket_close(int *fd);
