/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files behind POST /api/… share: the request as they see it, and how it is answered. In conclaved.
 * Invariant: a function that answers is called with a body that its table allowed, and by somebody whom its row in
 * request.c lets ask. */
#pragma once

#include "server/hall/inside.h"
#include "server/wire/json.h"

struct request {
	/* borrowed */
	const struct hall_request *http;
	const struct wire_node *body;
	struct hall_answer *answer;
};

/* An answer of 200 with room for so many bytes; false: out of memory, and answered so. End it with request_end(). */
bool request_begin(struct hall *h, const struct request *q, size_t size, struct writer *w);
/* An answer that did not fit into its room is a 503. */
void request_end(struct hall *h, const struct request *q, const struct writer *w);
/* 200 and {}. */
void request_done(struct hall *h, const struct request *q);
void request_refuse(struct hall *h, const struct request *q, unsigned status, const char *code);

/* One function a row of protocol_requests. */
void ask_link(struct hall *h, struct request *q);
void ask_resume(struct hall *h, struct request *q);
