/* SPDX-License-Identifier: EUPL-1.2 */
/* Three seconds of made-up speech in Opus, and how much what came back is like it. In conclavectl.
 * Invariant: what is compared was decoded: a packet that is not what left is heard in the likeness. */
#pragma once

#include <stdint.h>

#include "base/bytes.h"
#include "base/mem.h"

#define VOICE_RATE 48000
#define VOICE_FRAME 960		/* 20 ms */
#define VOICE_FRAMES 150
#define VOICE_PACKET 400	/* bytes that one takes at most */

struct voice;

/* -ENOMEM or -EIO. */
int voice_new(struct voice **ret);
struct voice *voice_free(struct voice *v);
DEFINE_CLEANUP(struct voice *, voice_free)
/* What is to be sent for this one of VOICE_FRAMES. */
struct bytes voice_packet(const struct voice *v, unsigned frame);
/* What came back in its place; what never comes is concealed, as a listener's decoder does. */
void voice_heard(struct voice *v, unsigned frame, struct bytes packet);
/* 0 to 1: the correlation of what was heard with what was said, where they match best. */
double voice_likeness(struct voice *v);
