/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading RTCP. In conclave-media.
 * Invariant: each part is read within its own length; the work is linear in the bytes (ATTACKS B08). */
#include "sfu/rtp/rtcp.h"

#include <assert.h>

#include "sfu/rtp/rtcp_type.h"

#define HEADER_SIZE 4
#define FIR_ENTRY_SIZE 8
#define REMB_NAME 0x52454d42u		/* "REMB" */

struct rtcp_walk rtcp_walk(struct bytes compound)
{
	struct rtcp_walk w = { .r = reader(compound) };

	w.r.ok = compound.size >= HEADER_SIZE;
	return w;
}

static bool parse_reports(struct rtcp *p, struct reader body)
{
	p->sender = read_u32(&body);
	if (p->kind == RTCP_SENDER_REPORT) {
		p->info.ntp = read_u64(&body);
		p->info.timestamp = read_u32(&body);
		p->info.packets = read_u32(&body);
		p->info.octets = read_u32(&body);
	}
	/* What follows the reports belongs to a profile (RFC 3550, 6.4.3). */
	p->items = reader(read_bytes(&body, p->count * (size_t)RTCP_REPORT_SIZE));
	return body.ok;
}

/* One chunk of a source description (RFC 3550, 6.5): an SSRC, items, and zeros up to a word. */
static void read_chunk(struct reader *r, uint32_t *ssrc, struct bytes *name)
{
	size_t before = read_left(r);
	uint8_t type;

	*ssrc = read_u32(r);
	*name = (struct bytes){ 0 };
	while ((type = read_u8(r)) != 0 && r->ok) {
		struct bytes text = read_bytes(r, read_u8(r));

		if (type == RTCP_SDES_CNAME)
			*name = text;
	}
	read_skip(r, (before - read_left(r)) % 4 ? 4 - (before - read_left(r)) % 4 : 0);
}

static bool parse_description(struct rtcp *p, struct reader body)
{
	uint32_t ssrc;
	struct bytes name;

	p->items = body;
	for (unsigned i = 0; i < p->count && body.ok; i++)
		read_chunk(&body, &ssrc, &name);
	return body.ok && read_left(&body) == 0;
}

static bool parse_bye(struct rtcp *p, struct reader body)
{
	p->items = reader(read_bytes(&body, p->count * 4u));
	if (read_left(&body))
		read_skip(&body, read_u8(&body));	/* the reason, in words */
	return body.ok;
}

static bool parse_transport_feedback(struct rtcp *p, struct reader body)
{
	p->sender = read_u32(&body);
	p->media = read_u32(&body);
	p->items = body;
	if (p->count == RTCP_RTPFB_NACK) {
		p->kind = RTCP_NACK;
		return body.ok && read_left(&body) > 0 && read_left(&body) % 4 == 0;
	}
	if (p->count == RTCP_RTPFB_TWCC)
		p->kind = RTCP_TRANSPORT_FEEDBACK;
	return body.ok;
}

static bool parse_remb(struct rtcp *p, struct reader body)
{
	uint8_t sources = read_u8(&body);
	uint32_t rate = read_u24(&body);
	unsigned exponent = rate >> 18;
	uint64_t mantissa = rate & 0x3ffff;

	p->kind = RTCP_REMB;
	/* 18 bits shifted by up to 63: a claim beyond 64 bits is as good as the largest. */
	p->bitrate = exponent > 46 && mantissa >> (64 - exponent) ? UINT64_MAX : mantissa << exponent;
	p->items = body;
	return body.ok && read_left(&body) == sources * 4u;
}

static bool parse_payload_feedback(struct rtcp *p, struct reader body)
{
	p->sender = read_u32(&body);
	p->media = read_u32(&body);
	p->items = body;
	if (p->count == RTCP_PSFB_PLI) {
		p->kind = RTCP_PLI;
		return body.ok && read_left(&body) == 0;
	}
	if (p->count == RTCP_PSFB_FIR) {
		p->kind = RTCP_FIR;
		return body.ok && read_left(&body) > 0 && read_left(&body) % FIR_ENTRY_SIZE == 0;
	}
	if (p->count == RTCP_PSFB_APPLICATION && read_u32(&body) == REMB_NAME)
		return parse_remb(p, body);
	return p->items.ok;
}

static bool parse_body(struct rtcp *p, uint8_t type, struct bytes body)
{
	struct reader r = reader(body);

	p->kind = RTCP_OTHER;
	p->items = r;
	switch (type) {
	case RTCP_TYPE_SR:
		p->kind = RTCP_SENDER_REPORT;
		return parse_reports(p, r);
	case RTCP_TYPE_RR:
		p->kind = RTCP_RECEIVER_REPORT;
		return parse_reports(p, r);
	case RTCP_TYPE_SDES:
		p->kind = RTCP_SOURCE_DESCRIPTION;
		return parse_description(p, r);
	case RTCP_TYPE_BYE:
		p->kind = RTCP_BYE;
		return parse_bye(p, r);
	case RTCP_TYPE_RTPFB:
		return parse_transport_feedback(p, r);
	case RTCP_TYPE_PSFB:
		return parse_payload_feedback(p, r);
	default:
		return type >= RTCP_TYPE_FIRST && type <= RTCP_TYPE_LAST;
	}
}

/* RFC 3550 allows padding in the last part only and in fours; libwebrtc pads each transport feedback by 1 to 3 and
 * sends several in one compound. What is kept of the rule is that it fits. */
static bool drop_padding(struct bytes *body)
{
	uint8_t n;

	if (body->size == 0)
		return false;
	n = body->data[body->size - 1];
	if (n == 0 || n > body->size)
		return false;
	body->size -= n;
	return true;
}

bool rtcp_next(struct rtcp_walk *w, struct rtcp *ret)
{
	struct rtcp p = { 0 };
	struct bytes body;
	uint8_t b0, type;

	if (!w->r.ok || read_left(&w->r) == 0)
		return false;
	b0 = read_u8(&w->r);
	type = read_u8(&w->r);
	p.count = b0 & 0x1f;
	body = read_bytes(&w->r, read_u16(&w->r) * 4u);
	if (w->r.ok && b0 >> 6 == RTCP_VERSION && (!(b0 & 0x20) || drop_padding(&body)) && parse_body(&p, type, body)) {
		*ret = p;
		return true;
	}
	w->r.ok = false;
	return false;
}

bool rtcp_take_report(struct rtcp *p, struct rtcp_report *ret)
{
	uint32_t lost;

	assert(p->kind == RTCP_SENDER_REPORT || p->kind == RTCP_RECEIVER_REPORT);
	if (read_left(&p->items) == 0)
		return false;
	ret->ssrc = read_u32(&p->items);
	ret->fraction_lost = read_u8(&p->items);
	lost = read_u24(&p->items);
	ret->lost = lost & 0x800000 ? (int32_t)lost - 0x1000000 : (int32_t)lost;
	ret->highest = read_u32(&p->items);
	ret->jitter = read_u32(&p->items);
	ret->last_report = read_u32(&p->items);
	ret->delay = read_u32(&p->items);
	return true;
}

bool rtcp_take_name(struct rtcp *p, uint32_t *ret_ssrc, struct bytes *ret_name)
{
	assert(p->kind == RTCP_SOURCE_DESCRIPTION);
	while (read_left(&p->items)) {
		struct bytes name;
		uint32_t ssrc;

		read_chunk(&p->items, &ssrc, &name);
		if (name.size == 0)
			continue;
		*ret_ssrc = ssrc;
		*ret_name = name;
		return true;
	}
	return false;
}

bool rtcp_take_source(struct rtcp *p, uint32_t *ret_ssrc)
{
	assert(p->kind == RTCP_BYE || p->kind == RTCP_REMB);
	if (read_left(&p->items) == 0)
		return false;
	*ret_ssrc = read_u32(&p->items);
	return true;
}

bool rtcp_take_lost(struct rtcp *p, uint16_t *ret_sequence)
{
	unsigned bit;

	assert(p->kind == RTCP_NACK);
	if (!p->lost_mask) {
		if (read_left(&p->items) == 0)
			return false;
		p->lost = read_u16(&p->items);
		p->lost_mask = (uint32_t)read_u16(&p->items) << 1 | 1;
	}
	bit = (unsigned)__builtin_ctz(p->lost_mask);
	p->lost_mask &= p->lost_mask - 1;
	*ret_sequence = (uint16_t)(p->lost + bit);
	return true;
}

bool rtcp_take_fir(struct rtcp *p, uint32_t *ret_ssrc, uint8_t *ret_number)
{
	assert(p->kind == RTCP_FIR);
	if (read_left(&p->items) == 0)
		return false;
	*ret_ssrc = read_u32(&p->items);
	*ret_number = read_u8(&p->items);
	read_skip(&p->items, 3);
	return true;
}
