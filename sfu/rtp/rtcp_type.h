/* SPDX-License-Identifier: EUPL-1.2 */
/* RTCP's numbers, for those who read and those who write it. In conclave-media.
 * Invariant: only sfu/rtp includes this; others speak in enum rtcp_kind. */
#pragma once

/* RFC 3550, 12.1; RFC 4585, 6.1 */
enum {
	RTCP_TYPE_FIRST = 192,		/* RFC 5761, 4: what can be told from RTP */
	RTCP_TYPE_SR = 200,
	RTCP_TYPE_RR = 201,
	RTCP_TYPE_SDES = 202,
	RTCP_TYPE_BYE = 203,
	RTCP_TYPE_RTPFB = 205,
	RTCP_TYPE_PSFB = 206,
	RTCP_TYPE_LAST = 223,
};

enum {
	RTCP_RTPFB_NACK = 1,
	RTCP_RTPFB_TWCC = 15,
	RTCP_PSFB_PLI = 1,
	RTCP_PSFB_FIR = 4,
	RTCP_PSFB_APPLICATION = 15,
};

#define RTCP_VERSION 2
#define RTCP_SDES_CNAME 1
#define RTCP_REPORT_SIZE 24
#define RTCP_COUNT_MAX 31
