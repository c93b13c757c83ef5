/* SPDX-License-Identifier: EUPL-1.2 */
/* What a datagram is, by its first bytes (RFC 7983, 7; RFC 5761, 4). In conclave-media.
 * Invariant: who is named a kind has at least that kind's header; what has no branch is DEMUX_NOTHING. */
#pragma once

#include "base/bytes.h"

enum demux_kind {
	DEMUX_NOTHING,
	DEMUX_STUN,
	DEMUX_DTLS,
	DEMUX_RTP,
	DEMUX_RTCP,
};

enum demux_kind demux(struct bytes datagram);
