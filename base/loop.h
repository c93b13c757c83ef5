/* SPDX-License-Identifier: EUPL-1.2 */
/* An epoll loop. In conclave-media its whole life; in conclaved its descriptor is watched by libwebsockets' loop.
 * Invariant: after a source is removed its callback is not called again, not even in the same round. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct loop;
struct loop_source;

enum { LOOP_READ = 1, LOOP_WRITE = 2, LOOP_HANGUP = 4 };

typedef void (*loop_callback)(void *user, unsigned events, usec_t now);

int loop_new(struct loop **ret);
struct loop *loop_free(struct loop *l);
/* Readable when a round would do something. Borrowed. */
int loop_fd(const struct loop *l);
/* The descriptor stays the caller's; remove the source before closing it. */
int loop_add(struct loop *l, struct loop_source **ret, int fd, unsigned events, loop_callback callback, void *user);
int loop_change(struct loop_source *s, unsigned events);
struct loop_source *loop_remove(struct loop_source *s);
/* One round: waits until `deadline` at most (0 = does not wait, USEC_NEVER = no limit), reads the clock, calls back.
 * The number of callbacks made, or a negative errno. */
int loop_run_once(struct loop *l, usec_t deadline);
