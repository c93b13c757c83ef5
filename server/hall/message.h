/* SPDX-License-Identifier: EUPL-1.2 */
/* A message to a client while it is being written. In conclaved.
 * Invariant: begun in the hall's scratch and ended as bytes there, before the next one is begun. */
#pragma once

#include "server/hall/inside.h"
#include "server/wire/json.h"

struct message {
	struct writer w;
	struct json j;
};

static inline void message_begin(struct hall *h, struct message *m, const char *type)
{
	m->w = writer(h->scratch, SCRATCH_SIZE);
	m->j = json_writer(&m->w);
	json_open_object(&m->j, NULL);
	json_text(&m->j, "type", type);
}

/* The field `roster`: what the clerk of the meeting's body signed, or null. */
void roster_write(struct hall *h, struct json *j, const struct meeting *m);
/* To everyone inside: there is another. */
void tell_roster(struct hall *h, struct meeting *m);

/* Empty when there was no room. */
static inline struct bytes message_end(struct message *m)
{
	json_close_object(&m->j);
	return m->w.ok ? written(&m->w) : bytes_make(NULL, 0);
}
