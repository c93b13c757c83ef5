/* SPDX-License-Identifier: EUPL-1.2 */
/* RTP packets (RFC 3550) and their header extensions in both forms (RFC 8285), read and written. In conclave-media.
 * Invariant: a packet that rtp_parse() took is well formed to its last byte, its extension elements included. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

#define RTP_VERSION 2
#define RTP_HEADER_SIZE 12
#define RTP_PROFILE_ONE_BYTE 0xbede
#define RTP_PROFILE_TWO_BYTE 0x1000	/* its low four bits belong to the application (RFC 8285, 4.3) */

struct rtp {
	bool marker;
	uint8_t payload_type;
	uint8_t csrc_count;
	uint8_t padding;		/* bytes, the one that counts them included; 0 = none */
	uint16_t sequence;
	uint16_t profile;		/* of the extension block; 0 = none */
	uint32_t timestamp;
	uint32_t ssrc;
	struct bytes extension;		/* the block without its four bytes of header */
	struct bytes payload;		/* without padding; may be empty */
};

struct rtp_extension {
	uint8_t id;
	struct bytes value;
};

struct rtp_extension_walk {
	struct reader r;		/* !r.ok: an element was malformed */
	bool two_byte;
};

/* Drops what ATTACKS B04 lists: also ids 0 and 15 of the one-byte form, and two-byte elements of no length. */
bool rtp_parse(struct bytes in, struct rtp *ret);

/* Elements in their order; none of a block whose profile is neither form. */
struct rtp_extension_walk rtp_extension_walk(const struct rtp *p);
bool rtp_extension_next(struct rtp_extension_walk *w, struct rtp_extension *ret);

/* The payload of a retransmission (RFC 4588, 4): takes the original sequence number off its front. False: it has none,
 * as the padding that browsers send on such streams. */
bool rtp_unwrap_rtx(struct rtp *p, uint16_t *ret_sequence);

/* The header with p's fields and these elements (one-byte form: ids 1 to 14, 1 to 16 bytes each) instead of p's own;
 * without CSRCs. The payload follows, then rtp_write_padding(w, p->padding). */
void rtp_write_header(struct writer *w, const struct rtp *p, const struct rtp_extension *extensions, size_t n);
void rtp_write_padding(struct writer *w, uint8_t n);
void rtp_write(struct writer *w, const struct rtp *p, const struct rtp_extension *extensions, size_t n);
