/* SPDX-License-Identifier: EUPL-1.2 */
/* How commands and events stand in bytes. In conclaved and conclave-media.
 * Invariant: what read() accepts, write() wrote: every cap and every enum is checked on the way in. */
#include "sfu/msg.h"

#include <string.h>

static void write_address(struct writer *w, const struct address *a)
{
	write_u8(w, a->family);
	write_bytes(w, bytes_make(a->ip, sizeof(a->ip)));
	write_u16(w, a->port);
	write_u32(w, a->scope);
}

static bool read_address(struct reader *r, struct address *ret)
{
	struct bytes ip;

	ret->family = read_u8(r);
	ip = read_bytes(r, sizeof(ret->ip));
	if (ip.size)
		memcpy(ret->ip, ip.data, ip.size);
	ret->port = read_u16(r);
	ret->scope = read_u32(r);
	return r->ok && (ret->family == 4 || ret->family == 6);
}

/* A short text: one byte of length, then the bytes without a zero. */
static void write_short(struct writer *w, const char *text, size_t size)
{
	size_t n = strnlen(text, size);

	if (n == size)
		w->ok = false;
	write_u8(w, (uint8_t)n);
	write_bytes(w, bytes_make(text, n));
}

static bool read_short(struct reader *r, char *ret, size_t size)
{
	struct bytes b = read_bytes(r, read_u8(r));

	if (!r->ok || b.size >= size || (b.size && memchr(b.data, 0, b.size)))
		return false;
	if (b.size)
		memcpy(ret, b.data, b.size);
	ret[b.size] = 0;
	return true;
}

static bool read_flag(struct reader *r, bool *ret)
{
	uint8_t v = read_u8(r);

	*ret = v == 1;
	return r->ok && v <= 1;
}

static void write_long(struct writer *w, struct bytes b)
{
	if (b.size > LIMIT_MESSAGE)
		w->ok = false;
	write_u32(w, (uint32_t)b.size);
	write_bytes(w, b);
}

static bool read_long(struct reader *r, struct bytes *ret)
{
	uint32_t n = read_u32(r);

	if (!r->ok || n > LIMIT_MESSAGE)
		return false;
	*ret = read_bytes(r, n);
	return r->ok;
}

static void write_lines(struct writer *w, const struct media_command *c)
{
	if (c->n_lines > LIMIT_SLOTS)
		w->ok = false;
	write_u8(w, (uint8_t)c->n_lines);
	for (uint32_t i = 0; w->ok && i < c->n_lines; i++) {
		write_short(w, c->lines[i].mid, sizeof(c->lines[i].mid));
		write_u8(w, (uint8_t)c->lines[i].role);
	}
}

static bool read_lines(struct reader *r, struct media_command *ret)
{
	ret->n_lines = read_u8(r);
	if (!r->ok || ret->n_lines > LIMIT_SLOTS)
		return false;
	for (uint32_t i = 0; i < ret->n_lines; i++) {
		uint8_t role;

		if (!read_short(r, ret->lines[i].mid, sizeof(ret->lines[i].mid)))
			return false;
		role = read_u8(r);
		if (role >= ROLE_N)
			return false;
		ret->lines[i].role = (enum media_role)role;
	}
	return r->ok;
}

static void write_addresses(struct writer *w, const struct media_command *c)
{
	if (c->n_addresses > MSG_ADDRESSES)
		w->ok = false;
	write_u8(w, (uint8_t)c->n_addresses);
	for (uint32_t i = 0; w->ok && i < c->n_addresses; i++)
		write_address(w, &c->addresses[i]);
}

static bool read_addresses(struct reader *r, struct media_command *ret)
{
	ret->n_addresses = read_u8(r);
	if (!r->ok || ret->n_addresses > MSG_ADDRESSES)
		return false;
	for (uint32_t i = 0; i < ret->n_addresses; i++)
		if (!read_address(r, &ret->addresses[i]))
			return false;
	return r->ok;
}

static void write_wishes(struct writer *w, const struct media_command *c)
{
	if (c->n_wishes > LIMIT_SLOTS)
		w->ok = false;
	write_u8(w, (uint8_t)c->n_wishes);
	for (uint32_t i = 0; w->ok && i < c->n_wishes; i++) {
		write_short(w, c->wishes[i].mid, sizeof(c->wishes[i].mid));
		write_u16(w, c->wishes[i].width);
		write_u16(w, c->wishes[i].height);
	}
}

static bool read_wishes(struct reader *r, struct media_command *ret)
{
	ret->n_wishes = read_u8(r);
	if (!r->ok || ret->n_wishes > LIMIT_SLOTS)
		return false;
	for (uint32_t i = 0; i < ret->n_wishes; i++) {
		if (!read_short(r, ret->wishes[i].mid, sizeof(ret->wishes[i].mid)))
			return false;
		ret->wishes[i].width = read_u16(r);
		ret->wishes[i].height = read_u16(r);
	}
	return r->ok;
}

bool media_command_write(struct writer *w, const struct media_command *c)
{
	write_u8(w, (uint8_t)c->kind);
	write_u32(w, c->peer.value);
	switch (c->kind) {
	case MEDIA_CONFIGURE:
		write_u32(w, c->number);
		write_u16(w, c->tcp_port);
		write_addresses(w, c);
		break;
	case MEDIA_ADD_PEER:
		write_u32(w, c->meeting.value);
		write_u32(w, c->seat);
		write_u32(w, c->sources);
		write_u32(w, c->rank);
		write_u8(w, c->echo);
		write_lines(w, c);
		write_long(w, c->sdp);
		break;
	case MEDIA_RESTART_ICE:
		write_lines(w, c);
		write_long(w, c->sdp);
		break;
	case MEDIA_SET_SOURCES:
		write_u32(w, c->sources);
		break;
	case MEDIA_SET_RANK:
		write_u32(w, c->rank);
		break;
	case MEDIA_SET_LAYOUT:
		write_wishes(w, c);
		break;
	case MEDIA_TAKE_TCP:
		write_address(w, &c->from);
		break;
	case MEDIA_REMOVE_PEER:
	case MEDIA_END:
		break;
	}
	return w->ok;
}

static bool command_read_fields(struct reader *r, struct media_command *ret)
{
	switch (ret->kind) {
	case MEDIA_CONFIGURE:
		ret->number = read_u32(r);
		ret->tcp_port = read_u16(r);
		return ret->number < MEDIA_WORKERS_MOST && read_addresses(r, ret);
	case MEDIA_ADD_PEER:
		ret->meeting.value = read_u32(r);
		ret->seat = read_u32(r);
		ret->sources = read_u32(r);
		ret->rank = read_u32(r);
		return read_flag(r, &ret->echo) && read_lines(r, ret) && read_long(r, &ret->sdp);
	case MEDIA_RESTART_ICE:
		return read_lines(r, ret) && read_long(r, &ret->sdp);
	case MEDIA_SET_SOURCES:
		ret->sources = read_u32(r);
		return true;
	case MEDIA_SET_RANK:
		ret->rank = read_u32(r);
		return true;
	case MEDIA_SET_LAYOUT:
		return read_wishes(r, ret);
	case MEDIA_TAKE_TCP:
		return read_address(r, &ret->from);
	case MEDIA_REMOVE_PEER:
	case MEDIA_END:
		return true;
	}
	return false;	/* no kind of ours */
}

bool media_command_read(struct bytes in, struct media_command *ret)
{
	struct reader r = reader(in);

	memset(ret, 0, sizeof(*ret));
	ret->kind = (enum media_command_kind)read_u8(&r);
	ret->peer.value = read_u32(&r);
	return command_read_fields(&r, ret) && r.ok && read_left(&r) == 0;
}

bool media_event_write(struct writer *w, const struct media_event *e)
{
	write_u8(w, (uint8_t)e->kind);
	write_u32(w, e->peer.value);
	switch (e->kind) {
	case MEDIA_READY:
		write_u32(w, e->version);
		write_u16(w, e->port);
		write_short(w, e->word, sizeof(e->word));
		break;
	case MEDIA_PRESENT:
		write_u32(w, e->meeting.value);
		write_u32(w, e->seat);
		write_u32(w, e->sources);
		write_u8(w, e->on);
		break;
	case MEDIA_PRESENT_END:
	case MEDIA_ENDING:
		break;
	case MEDIA_ANSWER:
		write_long(w, e->sdp);
		break;
	case MEDIA_REFUSED:
	case MEDIA_CONNECTED:
	case MEDIA_GONE:
		write_short(w, e->word, sizeof(e->word));
		break;
	case MEDIA_SLOT:
		write_u32(w, e->from.value);
		write_u8(w, (uint8_t)e->source);
		write_short(w, e->mid, sizeof(e->mid));
		break;
	case MEDIA_HEARD:
	case MEDIA_SILENT:
		write_u8(w, e->on);
		break;
	case MEDIA_WATCHED:
		write_u8(w, (uint8_t)e->source);
		write_u8(w, (uint8_t)e->layers);
		break;
	case MEDIA_NUMBERS:
		write_u64(w, e->born);
		for (int i = 0; i < COUNT_N; i++)
			write_u64(w, e->counts[i]);
		break;
	}
	return w->ok;
}

static bool read_source(struct reader *r, enum source_kind *ret)
{
	uint8_t source = read_u8(r);

	*ret = (enum source_kind)source;
	return source < SOURCE_N;
}

static bool event_read_slot(struct reader *r, struct media_event *ret)
{
	ret->from.value = read_u32(r);
	return read_source(r, &ret->source) && read_short(r, ret->mid, sizeof(ret->mid));
}

static bool event_read_watched(struct reader *r, struct media_event *ret)
{
	if (!read_source(r, &ret->source))
		return false;
	ret->layers = read_u8(r);
	return ret->layers < 1u << MSG_LAYERS;
}

static bool event_read_numbers(struct reader *r, struct media_event *ret)
{
	ret->born = read_u64(r);
	for (int i = 0; i < COUNT_N; i++)
		ret->counts[i] = read_u64(r);
	return r->ok;
}

static bool event_read_fields(struct reader *r, struct media_event *ret)
{
	switch (ret->kind) {
	case MEDIA_READY:
		ret->version = read_u32(r);
		ret->port = read_u16(r);
		return read_short(r, ret->word, sizeof(ret->word));
	case MEDIA_PRESENT:
		ret->meeting.value = read_u32(r);
		ret->seat = read_u32(r);
		ret->sources = read_u32(r);
		return read_flag(r, &ret->on);
	case MEDIA_PRESENT_END:
	case MEDIA_ENDING:
		return true;
	case MEDIA_ANSWER:
		return read_long(r, &ret->sdp);
	case MEDIA_REFUSED:
	case MEDIA_CONNECTED:
	case MEDIA_GONE:
		return read_short(r, ret->word, sizeof(ret->word));
	case MEDIA_SLOT:
		return event_read_slot(r, ret);
	case MEDIA_HEARD:
	case MEDIA_SILENT:
		return read_flag(r, &ret->on);
	case MEDIA_WATCHED:
		return event_read_watched(r, ret);
	case MEDIA_NUMBERS:
		return event_read_numbers(r, ret);
	}
	return false;
}

bool media_event_read(struct bytes in, struct media_event *ret)
{
	struct reader r = reader(in);

	memset(ret, 0, sizeof(*ret));
	ret->kind = (enum media_event_kind)read_u8(&r);
	ret->peer.value = read_u32(&r);
	return event_read_fields(&r, ret) && r.ok && read_left(&r) == 0;
}
