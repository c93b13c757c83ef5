/* SPDX-License-Identifier: EUPL-1.2 */
/* clientDataJSON (WebAuthn 5.8.1): what the browser says that it was asked, and by which page. In conclaved.
 * Invariant: read by a strict parser; a field that is missing or too long to be ours reads as an empty one. */
#pragma once

#include <stdbool.h>

#include "auth/challenge.h"
#include "base/bytes.h"

#define CLIENT_DATA_TYPE 32
#define CLIENT_DATA_ORIGIN 300	/* a host's name has 253 letters */

struct client_data {
	char type[CLIENT_DATA_TYPE];
	char challenge[CHALLENGE_LETTERS + 1];
	char origin[CLIENT_DATA_ORIGIN];
	bool framed;		/* the page stood inside of one of another origin */
};

bool client_data_read(struct bytes json, struct client_data *ret);
