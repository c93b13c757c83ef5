/* SPDX-License-Identifier: EUPL-1.2 */
/* The addresses of this machine. In conclaved. Invariant: each is named once. */
#pragma once

#include <stdint.h>

#include "base/address.h"
#include "server/shell/config.h"

/* What a browser could reach us at, loopback last; link-local IPv6 is left out, since nobody else knows its scope.
 * The number found, at most `most`; a negative errno. */
int addresses_find(struct address *ret, uint32_t most);
/* What the answers list: media_addresses, else those that are listened to, else all of the machine's. 0 or a negative
 * errno. */
int addresses_offered(const struct config *c, struct address ret[static MSG_ADDRESSES], uint32_t *n);
