/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files behind hall_control() share. In conclaved. Invariant: every answer says whether it was done. */
#pragma once

#include "server/hall/inside.h"
#include "server/wire/json.h"

/* {"ok":true … to be closed by the caller. */
struct json control_begin(struct writer *w);
/* Those about media workers; and, for the status too, how each of them is. */
void verbs_worker(struct hall *h, enum control_verb verb, const struct wire_node *request, struct writer *w);
void verbs_write_workers(struct hall *h, struct json *j);
/* Those about bodies, people and administrators. */
void verbs_people(struct hall *h, enum control_verb verb, const struct wire_node *request, struct writer *w);
