/* SPDX-License-Identifier: EUPL-1.2 */
/* Sound checks: whoever holds a seat and is not inside yet hears through the server how they sound; so does
 * conclavectl. In conclaved.
 * Invariant: it belongs to no meeting, is recorded nowhere, and nobody else is told of it. */
#pragma once

#include "server/hall/inside.h"

/* `sound-check`: an earlier one of this seat ends. */
void sound_check_begin(struct hall *h, struct connection *c, const struct wire_node *message);
/* What a worker says of a peer that is no feed. */
void sound_check_event(struct hall *h, unsigned worker, const struct media_event *e);
void sound_check_down(struct hall *h, unsigned worker);
/* The connection goes. */
void sound_check_forget(struct hall *h, const struct connection *c);
/* After a commit, and after one that failed. */
void sound_check_keep(struct hall *h);
void sound_check_restore(struct hall *h);
void sound_check_free_all(struct hall *h);
bool sound_check_has(const struct hall *h, struct peer_id id);
/* That run on this worker. */
uint32_t sound_check_count(const struct hall *h, unsigned worker);
bool sound_check_poll(struct hall *h, struct hall_out *ret);
usec_t sound_check_deadline(const struct hall *h);
void sound_check_timeout(struct hall *h);
/* conclavectl's: begins one on a worker; asks how it stands. */
void sound_check_ask(struct hall *h, const struct wire_node *request, struct writer *w);
void sound_check_fetch(struct hall *h, const struct wire_node *request, struct writer *w);
