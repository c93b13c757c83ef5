/* SPDX-License-Identifier: EUPL-1.2 */
/* Packet buffers, counted. In conclave-media.
 * Invariant: allocates at init only; a packet returns to its pool when the last reference goes; of what a burst needed
 * once, nothing is kept for good. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/list.h"

struct pool;

struct packet {
	struct list in_pool;
	struct pool *pool;
	uint32_t references;
	uint32_t size;			/* bytes used of data */
	uint8_t data[LIMIT_DATAGRAM + 36];	/* + 36: tail for SRTP's tag while it is still protected */
};

/* At most LIMIT_POOL_PACKETS. */
int pool_new(struct pool **ret, size_t packets);
/* All packets must be back. */
struct pool *pool_free(struct pool *p);
/* One reference, size 0; NULL when the pool is empty (the caller drops and counts). */
struct packet *packet_new(struct pool *p);
struct packet *packet_ref(struct packet *p);
/* NULL is fine; returns NULL. */
struct packet *packet_unref(struct packet *p);
size_t pool_free_count(const struct pool *p);
/* Gives memory back to the system that no packet has used since the last call; true: another call may find more. */
bool pool_trim(struct pool *p);
