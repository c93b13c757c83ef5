/* SPDX-License-Identifier: EUPL-1.2 */
/* The numbers of pictures, which stand in the descriptors of VP8 (RFC 7741, 4.2) and VP9 (RFC 9628, 4.2) in the same
 * form. In conclave-media. Invariant: a number is written in as many bits as it was read from. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* Where the rewritable fields stand in a payload; 0 = absent, since neither descriptor has one in its first byte. */
struct picture_places {
	size_t id;
	size_t tl0_index;
	bool long_id;			/* 15 bits instead of 7 */
};

/* Of the reader of `in`, which stands before the picture id. */
uint16_t picture_read_id(struct reader *r, struct bytes in, struct picture_places *at);
uint8_t picture_read_tl0_index(struct reader *r, struct bytes in, struct picture_places *at);
/* Puts these in the place of the packet's own, as far as it has them. */
void picture_rewrite(uint8_t *payload, const struct picture_places *at, uint16_t id, uint8_t tl0_index);
