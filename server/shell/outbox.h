/* SPDX-License-Identifier: EUPL-1.2 */
/* What is to leave once its reason is recorded. In conclaved.
 * Invariant: in the order in which the hall said it. */
#pragma once

#include "base/bytes.h"
#include "base/list.h"
#include "server/hall/hall.h"
#include "server/shell/control.h"
#include "server/shell/peer.h"

enum output_kind {
	OUTPUT_SEND,		/* to a WebSocket */
	OUTPUT_CLOSE,
	OUTPUT_MEDIA,		/* to a media worker; encoded */
	OUTPUT_ANSWER,		/* of HTTP */
	OUTPUT_CONTROL,		/* to conclavectl */
	OUTPUT_LATE,		/* of HTTP, to a request that waited: `ticket` says whose */
	OUTPUT_HELPER,		/* a frame to a helper; holds a password */
	OUTPUT_HELPER_END,
	OUTPUT_FETCH,		/* a frame to conclave-fetch; holds a code */
	OUTPUT_SEATED,		/* whoever spoke was not refused: no stranger any more */
};

struct output {
	/* borrowed */
	struct peer *peer;
	struct asker *asker;

	/* state */
	struct list in_outbox;
	enum output_kind kind;
	unsigned number;	/* CLOSE: the code; MEDIA, HELPER: the worker; ANSWER, LATE: the status */
	unsigned wait;		/* ANSWER: for Retry-After */
	bool plain;		/* ANSWER: a text */
	uint32_t ticket;	/* LATE */
	size_t size;
	size_t cookie;		/* ANSWER: where in `data`, after the body, Set-Cookie begins; a string */
	uint8_t data[];
};

/* NULL when there is no memory. */
struct output *outbox_add(struct list *outbox, enum output_kind kind, struct bytes data);
struct output *outbox_add_answer(struct list *outbox, struct peer *peer, const struct hall_answer *a);
/* A copy of what the hall said; `scratch` has room for an encoded command. Likewise NULL. */
struct output *outbox_keep(struct list *outbox, const struct hall_out *out, struct writer *scratch);
/* An ANSWER, which must outlive it. */
void output_print_answer(const struct output *o, struct http_response *ret);
struct output *output_free(struct output *o);
