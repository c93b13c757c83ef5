/* SPDX-License-Identifier: EUPL-1.2 */
/* Where conclavectl asks. In conclaved.
 * Invariant: only root and our own user are heard; one request, one answer, and the connection ends. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/loop.h"

struct control;
struct asker;

/* `loop` is borrowed; `path` is the socket, mode 0600. */
int control_new(struct control **ret, struct loop *loop, const char *path);
/* Removes the path too. */
struct control *control_free(struct control *c);
/* After a round of the loop, until false; `request` is valid until the next poll. */
bool control_poll(struct control *c, struct asker **ret, struct bytes *request);
/* Answers, and forgets the asker. */
void control_answer(struct asker *a, struct bytes answer);
usec_t control_deadline(const struct control *c);
void control_timeout(struct control *c, usec_t now);
