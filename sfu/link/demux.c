/* SPDX-License-Identifier: EUPL-1.2 */
/* The first two bytes decide. In conclave-media. Invariant: pure. */
#include "sfu/link/demux.h"

#define STUN_HEADER 20
#define DTLS_HEADER 13
#define RTP_HEADER 12
#define RTCP_HEADER 8

enum demux_kind demux(struct bytes datagram)
{
	const uint8_t *b = datagram.data;
	size_t size = datagram.size;

	if (size < RTCP_HEADER)
		return DEMUX_NOTHING;
	if (b[0] <= 3)
		return size >= STUN_HEADER ? DEMUX_STUN : DEMUX_NOTHING;
	if (b[0] >= 20 && b[0] <= 63)
		return size >= DTLS_HEADER ? DEMUX_DTLS : DEMUX_NOTHING;
	if (b[0] < 128 || b[0] > 191)
		return DEMUX_NOTHING;	/* ZRTP, TURN channels, and what nobody has given a meaning */
	if (b[1] >= 192 && b[1] <= 223)
		return DEMUX_RTCP;
	return size >= RTP_HEADER ? DEMUX_RTP : DEMUX_NOTHING;
}
