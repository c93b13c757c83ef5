/* SPDX-License-Identifier: EUPL-1.2 */
/* Asking senders for key frames. In conclave-media.
 * Invariant: all wishes for one stream become one request, repeated until the key frame comes; a sender sees at most
 * LIMIT_PLI_PER_SECOND, and at most LIMIT_PLI_PER_RECEIVER in 10 s that one receiver asked for (ATTACKS B10). */
#pragma once

#include "base/clock.h"

struct peer;
struct slot;
struct stream;
struct track;
struct writer;

/* For receivers of this track that do not have their target layer yet. */
void keyframe_want_target(struct track *t, usec_t now);
/* For this one, which is to get another layer by its own doing. */
void keyframe_want_switch(struct slot *slot, usec_t now);
void keyframe_want(struct stream *s, usec_t now);
/* A receiver lost the picture. */
void keyframe_want_again(struct slot *slot, usec_t now);
/* A key frame of this stream begins. */
void keyframe_came(struct stream *s, usec_t now);
/* Nobody awaits one any more. */
void keyframe_forget(struct stream *s);
/* Writes the request for this stream if it is due and the sender may be asked. */
void keyframe_write(struct peer *sender, struct stream *s, usec_t now, struct writer *w);
