/* SPDX-License-Identifier: EUPL-1.2 */
/* sfu/rtp/rtcp.c and twcc.c: the input as a compound packet. A fuzz target.
 * Invariant: what can be taken from a part is bounded by its bytes, whatever counts it claims (ATTACKS B08). */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "sfu/rtp/rtcp.h"
#include "sfu/rtp/twcc.h"

static size_t take_feedback(const struct rtcp *p)
{
	struct twcc_feedback f;
	struct twcc_arrival a;
	size_t n = 0, lost = 0;

	if (!twcc_parse(p->items, &f))
		return 0;
	for (; twcc_take(&f, &a); n++)
		lost += a.lost_before;
	assert(n == f.received && n + lost <= f.count);
	return n;
}

static size_t take_all(struct rtcp *p)
{
	struct rtcp_report report;
	struct bytes name;
	uint32_t ssrc;
	uint16_t sequence;
	uint8_t number;
	size_t n = 0;

	switch (p->kind) {
	case RTCP_SENDER_REPORT:
	case RTCP_RECEIVER_REPORT:
		for (; rtcp_take_report(p, &report); n++)
			assert(report.lost >= -0x800000 && report.lost <= 0x7fffff);
		assert(n == p->count);
		return n;
	case RTCP_SOURCE_DESCRIPTION:
		for (; rtcp_take_name(p, &ssrc, &name); n++)
			assert(name.size);
		return n;
	case RTCP_BYE:
	case RTCP_REMB:
		while (rtcp_take_source(p, &ssrc))
			n++;
		return n;
	case RTCP_NACK:
		while (rtcp_take_lost(p, &sequence))
			n++;
		return n / 17;
	case RTCP_FIR:
		while (rtcp_take_fir(p, &ssrc, &number))
			n++;
		return n;
	case RTCP_TRANSPORT_FEEDBACK:
		return take_feedback(p) / 7;	/* a status in two bits, and its time */
	case RTCP_PLI:
	case RTCP_OTHER:
		break;
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rtcp_walk w = rtcp_walk(bytes_make(data, size));
	size_t parts = 0, items = 0;
	struct rtcp p;

	for (; rtcp_next(&w, &p); parts++)
		items += take_all(&p);
	assert(parts <= size / 4 && items <= size / 4);
	return 0;
}
