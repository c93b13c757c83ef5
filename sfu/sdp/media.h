/* SPDX-License-Identifier: EUPL-1.2 */
/* One m-line of an offer while it is read. In conclave-media; for sfu/sdp/offer.c only.
 * Invariant: lines come in any order (Firefox sorts them, fmtp before rtpmap), so they are made sense of at the end. */
#pragma once

#include "sfu/sdp/offer.h"

#define SDP_FORMATS 128		/* payload types have seven bits */
#define SDP_SSRC_LINES (2 * SDP_SSRCS)

enum sdp_format_kind { SDP_FORMAT_OTHER, SDP_FORMAT_OPUS, SDP_FORMAT_VP8, SDP_FORMAT_VP9, SDP_FORMAT_RTX };

struct sdp_format {
	bool listed;		/* on the m-line; only then do other lines about it count */
	bool other_profile;
	uint8_t kind;		/* enum sdp_format_kind */
	uint8_t feedback;
	uint8_t repairs;	/* apt */
};

struct sdp_media_reader {
	/* borrowed */
	struct sdp_media *media;

	/* state */
	struct sdp_format formats[SDP_FORMATS];
	uint8_t feedback;	/* for all formats: a=rtcp-fb:* */
	bool port_zero;
	bool bundle_only;
	struct bytes simulcast;
	struct { uint32_t ssrc, repairs; } ssrcs[SDP_SSRC_LINES];
	uint32_t n_ssrcs;
};

/* `line` is what follows "m=". */
enum sdp_verdict sdp_media_begin(struct sdp_media_reader *r, struct sdp_media *media, struct bytes line);
/* Attributes that are not of a codec, an extension or a stream are passed over. */
enum sdp_verdict sdp_media_attribute(struct sdp_media_reader *r, struct bytes name, struct bytes value);
void sdp_media_end(struct sdp_media_reader *r);
