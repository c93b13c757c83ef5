/* SPDX-License-Identifier: EUPL-1.2 */
/* An SDP offer (RFC 8866, 3264, 8829), as far as we use it. In conclave-media.
 * Invariant: everything is a view into the text or has a fixed place; what was not refused can be answered. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/limits.h"

#define SDP_NAME_MAX 16			/* of a mid or rid: what a one-byte header extension holds */
#define SDP_RIDS 3
#define SDP_SSRCS 12			/* of one m-line */
#define SDP_FINGERPRINT_SIZE 32		/* SHA-256 */
#define SDP_NO_PAYLOAD_TYPE 0xff

enum sdp_verdict {
	SDP_FINE,
	SDP_TOO_LONG,
	SDP_NUL_BYTE,
	SDP_MALFORMED,
	SDP_TOO_MANY_LINES,	/* m-lines */
	SDP_TOO_MANY_PARTS,	/* candidates, rids, SSRCs */
	SDP_NO_MEDIA,
	SDP_BAD_MID,		/* missing, or not 1 to 16 letters, digits and a few signs */
	SDP_DUPLICATE_MID,
	SDP_NOT_BUNDLED,	/* not one BUNDLE group that holds every m-line */
	SDP_NO_RTCP_MUX,
	SDP_NO_FINGERPRINT,	/* none of SHA-256 */
	SDP_BAD_FINGERPRINT,	/* of another hash, not hex, or two that differ */
	SDP_NO_ICE,
	SDP_BAD_ICE,
	SDP_BAD_SETUP,		/* neither actpass nor active */
	SDP_VERDICT_N,
};

enum sdp_kind { SDP_AUDIO, SDP_VIDEO, SDP_APPLICATION, SDP_OTHER };

/* In bits: who has SDP_SENDONLY sends, who has SDP_RECVONLY receives. */
enum sdp_direction { SDP_INACTIVE = 0, SDP_SENDONLY = 1, SDP_RECVONLY = 2, SDP_SENDRECV = 3 };

enum sdp_codec_kind { SDP_OPUS, SDP_VP8, SDP_VP9, SDP_CODEC_N };	/* VP9 of profile 0 */

enum sdp_extension_kind { SDP_EXT_MID, SDP_EXT_RID, SDP_EXT_REPAIRED_RID, SDP_EXT_TRANSPORT_CC, SDP_EXT_N };

/* Of a codec, what feedback was offered (RFC 4585). */
enum { SDP_FB_NACK = 1, SDP_FB_PLI = 2, SDP_FB_FIR = 4, SDP_FB_TRANSPORT_CC = 8 };

struct sdp_codec {
	uint8_t payload_type;		/* SDP_NO_PAYLOAD_TYPE: not offered */
	uint8_t rtx;			/* its retransmissions, or SDP_NO_PAYLOAD_TYPE */
	uint8_t feedback;		/* SDP_FB_ bits */
};

struct sdp_extension {
	uint8_t id;			/* 1 to 14; 0 = not offered */
	enum sdp_direction direction;	/* as its offerer wrote it; SDP_SENDRECV when not written */
};

struct sdp_ssrc {
	uint32_t ssrc;
	uint32_t rtx;			/* of the same FID group; 0 = none */
};

struct sdp_media {
	enum sdp_kind kind;
	enum sdp_direction direction;	/* the offerer's */
	bool rejected;			/* port 0, and not for being bundle-only */
	bool rtcp_reduced;		/* a=rtcp-rsize */
	bool allow_mixed;		/* a=extmap-allow-mixed here */
	struct bytes kind_word;		/* of the m-line, for its rejection */
	struct bytes protocol;
	struct bytes formats;
	struct bytes mid;
	struct sdp_codec codecs[SDP_CODEC_N];
	uint8_t preferred[SDP_CODEC_N];	/* enum sdp_codec_kind of those, the offerer's first choice first */
	uint32_t n_preferred;
	struct sdp_extension extensions[SDP_EXT_N];
	struct bytes rids[SDP_RIDS];	/* that the offerer sends, in the order of its simulcast line */
	uint32_t n_rids;
	struct sdp_ssrc ssrcs[SDP_SSRCS];	/* first streams of FID groups, and those in no group */
	uint32_t n_ssrcs;
};

struct sdp_offer {
	/* of the transport that all share: from BUNDLE's first m-line, else from the session */
	struct bytes ufrag;
	struct bytes pwd;
	uint8_t fingerprint[SDP_FINGERPRINT_SIZE];
	bool allow_mixed;		/* a=extmap-allow-mixed for the session */
	uint32_t n_media;
	struct sdp_media media[LIMIT_SLOTS];
};

/* `ret` means something only after SDP_FINE, and as long as the text stands. */
enum sdp_verdict sdp_offer_parse(struct bytes text, struct sdp_offer *ret);
/* For `field` of an error and for the log: "no-fingerprint". */
const char *sdp_verdict_word(enum sdp_verdict v);

/* The other side's view of a direction. */
static inline enum sdp_direction sdp_mirrored(enum sdp_direction d)
{
	return (enum sdp_direction)((d & SDP_SENDONLY ? SDP_RECVONLY : 0) | (d & SDP_RECVONLY ? SDP_SENDONLY : 0));
}
