/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing RTCP. In conclave-media.
 * Invariant: each part is a whole number of words, and its length field says so. */
#include <assert.h>

#include "sfu/rtp/rtcp.h"
#include "sfu/rtp/rtcp_type.h"
#include "sfu/rtp/seq.h"

#define NACK_SPAN 16		/* RFC 4585, 6.2.1: an entry names a packet and up to 16 that follow it */

uint8_t *rtcp_write_begin(struct writer *w, unsigned count, uint8_t type)
{
	uint8_t *begin = w->at;

	assert(count <= RTCP_COUNT_MAX);
	write_u8(w, (uint8_t)(RTCP_VERSION << 6 | count));
	write_u8(w, type);
	write_u16(w, 0);
	return begin;
}

void rtcp_write_end(struct writer *w, uint8_t *begin)
{
	size_t words;

	if (!w->ok)
		return;
	assert((w->at - begin) % 4 == 0);
	words = (size_t)(w->at - begin) / 4 - 1;
	assert(words <= UINT16_MAX);
	begin[2] = (uint8_t)(words >> 8);
	begin[3] = (uint8_t)words;
}

static void write_reports(struct writer *w, const struct rtcp_report *reports, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct rtcp_report *r = &reports[i];

		write_u32(w, r->ssrc);
		write_u8(w, r->fraction_lost);
		write_u24(w, (uint32_t)r->lost & 0xffffff);
		write_u32(w, r->highest);
		write_u32(w, r->jitter);
		write_u32(w, r->last_report);
		write_u32(w, r->delay);
	}
}

void rtcp_write_sender_report(struct writer *w, uint32_t sender, const struct rtcp_sender_info *info,
	const struct rtcp_report *reports, size_t n)
{
	uint8_t *begin = rtcp_write_begin(w, (unsigned)n, RTCP_TYPE_SR);

	write_u32(w, sender);
	write_u64(w, info->ntp);
	write_u32(w, info->timestamp);
	write_u32(w, info->packets);
	write_u32(w, info->octets);
	write_reports(w, reports, n);
	rtcp_write_end(w, begin);
}

void rtcp_write_receiver_report(struct writer *w, uint32_t sender, const struct rtcp_report *reports, size_t n)
{
	uint8_t *begin = rtcp_write_begin(w, (unsigned)n, RTCP_TYPE_RR);

	write_u32(w, sender);
	write_reports(w, reports, n);
	rtcp_write_end(w, begin);
}

void rtcp_write_name(struct writer *w, uint32_t ssrc, struct bytes name)
{
	uint8_t *begin = rtcp_write_begin(w, 1, RTCP_TYPE_SDES);

	assert(name.size <= UINT8_MAX);
	write_u32(w, ssrc);
	write_u8(w, RTCP_SDES_CNAME);
	write_u8(w, (uint8_t)name.size);
	write_bytes(w, name);
	/* At least one zero ends the list, then zeros up to a word. */
	write_be(w, 0, 4 - (name.size + 2) % 4);
	rtcp_write_end(w, begin);
}

void rtcp_write_nack(struct writer *w, uint32_t sender, uint32_t media, const uint16_t *lost, size_t n)
{
	uint8_t *begin = rtcp_write_begin(w, RTCP_RTPFB_NACK, RTCP_TYPE_RTPFB);
	size_t i = 0;

	assert(n > 0);
	write_u32(w, sender);
	write_u32(w, media);
	while (i < n) {
		uint16_t first = lost[i++];
		uint16_t mask = 0;

		for (; i < n; i++) {
			int distance = seq_distance(first, lost[i]);

			if (distance < 0 || distance > NACK_SPAN)
				break;
			if (distance > 0)
				mask |= (uint16_t)(1u << (distance - 1));
		}
		write_u16(w, first);
		write_u16(w, mask);
	}
	rtcp_write_end(w, begin);
}

void rtcp_write_pli(struct writer *w, uint32_t sender, uint32_t media)
{
	uint8_t *begin = rtcp_write_begin(w, RTCP_PSFB_PLI, RTCP_TYPE_PSFB);

	write_u32(w, sender);
	write_u32(w, media);
	rtcp_write_end(w, begin);
}
