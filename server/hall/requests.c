/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables of the requests over HTTPS, one row a field. In conclaved.
 * Invariant: by the enum request_kind; nothing but what stands here is answered. */
#include "server/hall/fields.h"
#include "server/hall/protocol.h"

#include "base/limits.h"
#include "server/proof/event.h"
#include "server/records/store.h"

#define TOKEN_MOST LIMIT_REQUEST_BODY	/* a malformed token must look like an unknown one: looked at later */

#define REQUEST(p, ...) { .path = "/api/" p, .type = { { p, __VA_ARGS__ }, { NULL, NULL } } }

const struct protocol_request protocol_requests[REQUEST_N] = {
	[REQUEST_LINK] = REQUEST("link", FIELDS(TEXT("token", TOKEN_MOST))),
	[REQUEST_RESUME] = REQUEST("resume", FIELDS(LETTERS_IF("seat", WIRE_OPTIONAL, SEAT_LETTERS),
		LETTERS_IF("meeting", WIRE_OPTIONAL, MEETING_LETTERS))),
};
