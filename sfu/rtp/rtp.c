/* SPDX-License-Identifier: EUPL-1.2 */
/* The RTP header, bit by bit. In conclave-media.
 * Invariant: nothing is copied; views point into the packet that was given. */
#include "sfu/rtp/rtp.h"

/* RFC 8285, 4.2 */
#define ONE_BYTE_ID_MAX 14
#define ONE_BYTE_VALUE_MAX 16

struct rtp_extension_walk rtp_extension_walk(const struct rtp *p)
{
	bool two_byte = (p->profile & 0xfff0) == RTP_PROFILE_TWO_BYTE;
	bool known = two_byte || p->profile == RTP_PROFILE_ONE_BYTE;

	return (struct rtp_extension_walk){
		.r = reader(known ? p->extension : (struct bytes){ 0 }),
		.two_byte = two_byte,
	};
}

bool rtp_extension_next(struct rtp_extension_walk *w, struct rtp_extension *ret)
{
	struct rtp_extension e;
	uint8_t head = 0;
	size_t size;

	while (head == 0) {		/* bytes of zero are padding, anywhere */
		if (read_left(&w->r) == 0)
			return false;
		head = read_u8(&w->r);
	}
	if (w->two_byte) {
		e.id = head;
		size = read_u8(&w->r);
		if (size == 0)
			w->r.ok = false;
	} else {
		e.id = head >> 4;
		size = (head & 0xfu) + 1;
		if (e.id == 0 || e.id > ONE_BYTE_ID_MAX)
			w->r.ok = false;
	}
	e.value = read_bytes(&w->r, size);
	if (!w->r.ok)
		return false;
	*ret = e;
	return true;
}

static bool extensions_are_sound(const struct rtp *p)
{
	struct rtp_extension_walk w = rtp_extension_walk(p);
	struct rtp_extension e;

	while (rtp_extension_next(&w, &e))
		;
	return w.r.ok;
}

static bool take_padding(struct rtp *p)
{
	uint8_t padding;

	if (p->payload.size == 0)
		return false;
	padding = p->payload.data[p->payload.size - 1];
	if (padding == 0 || padding > p->payload.size)
		return false;
	p->padding = padding;
	p->payload.size -= padding;
	return true;
}

bool rtp_parse(struct bytes in, struct rtp *ret)
{
	struct reader r = reader(in);
	struct rtp p = { 0 };
	uint8_t b0 = read_u8(&r);
	uint8_t b1 = read_u8(&r);

	if (b0 >> 6 != RTP_VERSION)
		return false;
	p.csrc_count = b0 & 0xf;
	p.marker = b1 & 0x80;
	p.payload_type = b1 & 0x7f;
	p.sequence = read_u16(&r);
	p.timestamp = read_u32(&r);
	p.ssrc = read_u32(&r);
	read_skip(&r, p.csrc_count * 4u);
	if (b0 & 0x10) {
		p.profile = read_u16(&r);
		p.extension = read_bytes(&r, read_u16(&r) * 4u);
	}
	p.payload = read_rest(&r);
	if (!r.ok || !extensions_are_sound(&p))
		return false;
	if (b0 & 0x20 && !take_padding(&p))
		return false;
	*ret = p;
	return true;
}

bool rtp_unwrap_rtx(struct rtp *p, uint16_t *ret_sequence)
{
	struct reader r = reader(p->payload);
	uint16_t sequence = read_u16(&r);

	if (!r.ok)
		return false;
	*ret_sequence = sequence;
	p->payload = read_rest(&r);
	return true;
}

static void write_extensions(struct writer *w, const struct rtp_extension *extensions, size_t n)
{
	size_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += 1 + extensions[i].value.size;
	write_u16(w, RTP_PROFILE_ONE_BYTE);
	write_u16(w, (uint16_t)((size + 3) / 4));
	for (size_t i = 0; i < n; i++) {
		const struct rtp_extension *e = &extensions[i];

		if (e->id == 0 || e->id > ONE_BYTE_ID_MAX || e->value.size == 0 || e->value.size > ONE_BYTE_VALUE_MAX)
			w->ok = false;
		write_u8(w, (uint8_t)((unsigned)e->id << 4 | ((e->value.size - 1) & 0xf)));
		write_bytes(w, e->value);
	}
	for (; size % 4; size++)
		write_u8(w, 0);
}

void rtp_write_header(struct writer *w, const struct rtp *p, const struct rtp_extension *extensions, size_t n)
{
	write_u8(w, (uint8_t)(RTP_VERSION << 6 | (p->padding ? 0x20 : 0) | (n ? 0x10 : 0)));
	write_u8(w, (uint8_t)((p->marker ? 0x80 : 0) | (p->payload_type & 0x7f)));
	write_u16(w, p->sequence);
	write_u32(w, p->timestamp);
	write_u32(w, p->ssrc);
	if (n)
		write_extensions(w, extensions, n);
}

void rtp_write_padding(struct writer *w, uint8_t n)
{
	static const uint8_t zeros[UINT8_MAX];

	if (n == 0)
		return;
	write_bytes(w, bytes_make(zeros, n - 1u));
	write_u8(w, n);
}

void rtp_write(struct writer *w, const struct rtp *p, const struct rtp_extension *extensions, size_t n)
{
	rtp_write_header(w, p, extensions, n);
	write_bytes(w, p->payload);
	rtp_write_padding(w, p->padding);
}
