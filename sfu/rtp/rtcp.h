/* SPDX-License-Identifier: EUPL-1.2 */
/* RTCP: a walk over a compound packet (RFC 3550, 6; reduced size too, RFC 5506), and the packets we write.
 * In conclave-media.
 * Invariant: a part that rtcp_next() yields was checked whole; what is taken from it afterwards cannot fail. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum rtcp_kind {
	RTCP_SENDER_REPORT,
	RTCP_RECEIVER_REPORT,
	RTCP_SOURCE_DESCRIPTION,
	RTCP_BYE,
	RTCP_NACK,			/* RFC 4585, 6.2.1 */
	RTCP_PLI,			/* RFC 4585, 6.3.1 */
	RTCP_FIR,			/* RFC 5104, 4.3.1 */
	RTCP_REMB,			/* draft-alvestrand-rmcat-remb-03 */
	RTCP_TRANSPORT_FEEDBACK,	/* its items are for twcc_parse() */
	RTCP_OTHER,			/* well formed, and of no use to us */
};

struct rtcp_sender_info {
	uint64_t ntp;
	uint32_t timestamp;
	uint32_t packets;
	uint32_t octets;
};

struct rtcp_report {
	uint32_t ssrc;
	uint8_t fraction_lost;		/* of 256 */
	int32_t lost;			/* 24 bits, signed: duplicates make it negative */
	uint32_t highest;		/* sequence number, its wraps in the upper half */
	uint32_t jitter;
	uint32_t last_report;		/* the middle of the NTP time of the last sender report; 0 = none came */
	uint32_t delay;			/* since then, in 1/65536 s */
};

struct rtcp {
	enum rtcp_kind kind;
	uint8_t count;			/* the header's five bits */
	uint32_t sender;		/* who wrote it; 0 in RTCP_SOURCE_DESCRIPTION, RTCP_BYE and RTCP_OTHER */
	uint32_t media;			/* of feedback: the SSRC that it is about */
	uint64_t bitrate;		/* of RTCP_REMB, in bit/s */
	struct rtcp_sender_info info;	/* of RTCP_SENDER_REPORT */
	struct reader items;		/* what the rtcp_take_*() below take from */
	uint16_t lost;			/* the NACK entry in hand: a sequence number … */
	uint32_t lost_mask;		/* … and which of it and the 16 after it are still to be taken */
};

struct rtcp_walk {
	struct reader r;		/* !r.ok: from here on the packet was malformed */
};

struct rtcp_walk rtcp_walk(struct bytes compound);
bool rtcp_next(struct rtcp_walk *w, struct rtcp *ret);

/* Each takes one item of a part, false when none is left; each asserts the kinds that it is for. */
bool rtcp_take_report(struct rtcp *p, struct rtcp_report *ret);		/* SENDER_REPORT, RECEIVER_REPORT */
bool rtcp_take_name(struct rtcp *p, uint32_t *ret_ssrc, struct bytes *ret_name);	/* SOURCE_DESCRIPTION: CNAMEs */
bool rtcp_take_source(struct rtcp *p, uint32_t *ret_ssrc);		/* BYE, REMB */
bool rtcp_take_lost(struct rtcp *p, uint16_t *ret_sequence);		/* NACK */
bool rtcp_take_fir(struct rtcp *p, uint32_t *ret_ssrc, uint8_t *ret_number);	/* FIR */

/* Written one after the other into one writer, they are a compound packet. At most 31 reports; a name of at most 255
 * bytes. A NACK's numbers should ascend: up to 17 share an entry. */
void rtcp_write_sender_report(struct writer *w, uint32_t sender, const struct rtcp_sender_info *info,
	const struct rtcp_report *reports, size_t n);
void rtcp_write_receiver_report(struct writer *w, uint32_t sender, const struct rtcp_report *reports, size_t n);
void rtcp_write_name(struct writer *w, uint32_t ssrc, struct bytes name);
void rtcp_write_nack(struct writer *w, uint32_t sender, uint32_t media, const uint16_t *lost, size_t n);
void rtcp_write_pli(struct writer *w, uint32_t sender, uint32_t media);

/* For writers of other feedback: the header now, its length when the part is complete. */
uint8_t *rtcp_write_begin(struct writer *w, unsigned count, uint8_t type);
void rtcp_write_end(struct writer *w, uint8_t *begin);
