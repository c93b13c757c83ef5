/* SPDX-License-Identifier: EUPL-1.2 */
/* A participant of a sound check, for the doctor: sends a made-up voice and hears what comes back. In conclavectl.
 * Invariant: reads no clock and has no socket; what is counted came back under the keys of this handshake. Nothing of
 * it is end-to-end encrypted: nobody else could hear it, and nobody speaks. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"

#define SOUND_OFFER 1024	/* bytes that it takes at most */

struct sound_client;

enum sound_end {
	SOUND_GOES_ON,
	SOUND_HEARD,		/* sound_client_result() says how */
	SOUND_UNREACHABLE,	/* no check was answered */
	SOUND_UNSECURED,	/* the handshake failed, or went on for too long */
};

struct sound_result {
	unsigned sent, back;	/* packets */
	usec_t delay;		/* the median of those that came back */
	double likeness;	/* 0 to 1 */
};

/* -ENOMEM or -EIO. */
int sound_client_new(struct sound_client **ret);
struct sound_client *sound_client_free(struct sound_client *c);
DEFINE_CLEANUP(struct sound_client *, sound_client_free)

void sound_client_offer(const struct sound_client *c, struct writer *w);
/* False: that is not an answer. */
bool sound_client_begin(struct sound_client *c, usec_t now, const char *answer);
void sound_client_receive(struct sound_client *c, usec_t now, uint8_t *data, size_t size);
void sound_client_timeout(struct sound_client *c, usec_t now);
/* The next datagram to send; valid until the next call. */
bool sound_client_poll(struct sound_client *c, usec_t now, struct bytes *ret);
usec_t sound_client_deadline(const struct sound_client *c);
enum sound_end sound_client_end(const struct sound_client *c);
/* Says goodbye, to be polled. */
void sound_client_close(struct sound_client *c);
void sound_client_result(struct sound_client *c, struct sound_result *ret);
