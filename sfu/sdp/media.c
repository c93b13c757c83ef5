/* SPDX-License-Identifier: EUPL-1.2 */
/* The attributes of one m-line. In conclave-media.
 * Invariant: what concerns a payload type that the m-line does not list is ignored; Firefox leaves such lines. */
#include "sfu/sdp/media.h"

#include "base/mem.h"
#include "sfu/sdp/text.h"

#define PORT_MAX 65535
#define KIND_WORD_MAX 32
#define PROTOCOL_MAX 32
#define FORMAT_MAX 64

/* RFC 5761, 4: payload types that cannot be told from RTCP. */
#define RTCP_PAYLOAD_TYPE_FIRST 64
#define RTCP_PAYLOAD_TYPE_LAST 95

/* RFC 8285, 4.2: what the one-byte form can say. */
#define EXTENSION_ID_MAX 14
#define EXTENSION_NUMBER_MAX 65535

static enum sdp_verdict list_formats(struct sdp_media_reader *r)
{
	struct bytes rest = r->media->formats, word;
	uint64_t type;

	while (text_take_word(&rest, &word)) {
		if (!text_number(word, SDP_FORMATS - 1, &type))
			return SDP_MALFORMED;
		r->formats[type].listed = type < RTCP_PAYLOAD_TYPE_FIRST || type > RTCP_PAYLOAD_TYPE_LAST;
	}
	return SDP_FINE;
}

static enum sdp_kind kind_of(struct bytes word)
{
	if (bytes_equal_string(word, "audio"))
		return SDP_AUDIO;
	if (bytes_equal_string(word, "video"))
		return SDP_VIDEO;
	return bytes_equal_string(word, "application") ? SDP_APPLICATION : SDP_OTHER;
}

enum sdp_verdict sdp_media_begin(struct sdp_media_reader *r, struct sdp_media *media, struct bytes line)
{
	struct bytes rest = line, port, word;
	uint64_t number;

	memset(r, 0, sizeof(*r));
	r->media = media;
	media->kind_word = text_take(&rest, ' ');
	port = text_take(&rest, ' ');
	media->protocol = text_take(&rest, ' ');
	media->formats = rest;
	word = text_take(&rest, ' ');
	if (!text_is_name(media->kind_word, KIND_WORD_MAX, "-") || !text_is_visible(media->protocol, PROTOCOL_MAX) ||
	    !text_number(port, PORT_MAX, &number) || !text_is_visible(word, FORMAT_MAX))
		return SDP_MALFORMED;
	media->kind = kind_of(media->kind_word);
	r->port_zero = number == 0;
	/* Other protocols, and media without encryption among them, list no format and so have no codec of ours. */
	if ((media->kind != SDP_AUDIO && media->kind != SDP_VIDEO) || !text_ends_with(media->protocol, "RTP/SAVPF"))
		return SDP_FINE;
	return list_formats(r);
}

/* The format that "NUMBER …" speaks of, or NULL when the m-line does not list it. */
static struct sdp_format *take_format(struct sdp_media_reader *r, struct bytes *value)
{
	uint64_t type;

	if (!text_number(text_take(value, ' '), SDP_FORMATS - 1, &type) || !r->formats[type].listed)
		return NULL;
	return &r->formats[type];
}

static enum sdp_verdict read_rtpmap(struct sdp_media_reader *r, struct bytes value)
{
	static const struct { const char *name; enum sdp_kind media; uint8_t kind; } known[] = {
		{ "opus/48000/2", SDP_AUDIO, SDP_FORMAT_OPUS },
		{ "VP8/90000", SDP_VIDEO, SDP_FORMAT_VP8 },
		{ "VP9/90000", SDP_VIDEO, SDP_FORMAT_VP9 },
		{ "rtx/90000", SDP_VIDEO, SDP_FORMAT_RTX },
	};
	struct sdp_format *f = take_format(r, &value);

	if (!f)
		return SDP_FINE;
	f->kind = SDP_FORMAT_OTHER;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].media == r->media->kind && text_same(value, known[i].name))
			f->kind = known[i].kind;
	}
	return SDP_FINE;
}

static enum sdp_verdict read_fmtp(struct sdp_media_reader *r, struct bytes value)
{
	struct sdp_format *f = take_format(r, &value);
	uint64_t number;

	while (f && value.size) {
		struct bytes parameter = text_take(&value, ';'), name, word;

		if (!text_take_word(&parameter, &word))
			continue;
		name = text_take(&word, '=');
		if (text_same(name, "apt") && text_number(word, SDP_FORMATS - 1, &number))
			f->repairs = (uint8_t)number;
		else if (text_same(name, "profile-id"))
			f->other_profile = !bytes_equal_string(word, "0");
	}
	return SDP_FINE;
}

static enum sdp_verdict read_feedback(struct sdp_media_reader *r, struct bytes value)
{
	static const struct { const char *text; uint8_t bit; } known[] = {
		{ "nack", SDP_FB_NACK },
		{ "nack pli", SDP_FB_PLI },
		{ "ccm fir", SDP_FB_FIR },
		{ "transport-cc", SDP_FB_TRANSPORT_CC },
	};
	bool all = value.size > 1 && value.data[0] == '*' && value.data[1] == ' ';
	struct sdp_format *f = all ? NULL : take_format(r, &value);
	uint8_t *feedback = all ? &r->feedback : f ? &f->feedback : NULL;

	if (all)
		(void)text_take(&value, ' ');
	for (size_t i = 0; feedback && i < ARRAY_SIZE(known); i++) {
		if (bytes_equal_string(value, known[i].text))
			*feedback |= known[i].bit;
	}
	return SDP_FINE;
}

static bool read_direction_word(struct bytes word, enum sdp_direction *ret)
{
	static const char *const words[] = {
		[SDP_INACTIVE] = "inactive",
		[SDP_SENDONLY] = "sendonly",
		[SDP_RECVONLY] = "recvonly",
		[SDP_SENDRECV] = "sendrecv",
	};

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++) {
		if (bytes_equal_string(word, words[i])) {
			*ret = (enum sdp_direction)i;
			return true;
		}
	}
	return false;
}

static enum sdp_verdict read_extension(struct sdp_media_reader *r, struct bytes value)
{
	static const char *const names[] = {
		[SDP_EXT_MID] = "urn:ietf:params:rtp-hdrext:sdes:mid",
		[SDP_EXT_RID] = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
		[SDP_EXT_REPAIRED_RID] = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
		[SDP_EXT_TRANSPORT_CC] = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
	};
	struct bytes head = text_take(&value, ' ');
	struct bytes name = text_take(&value, ' ');
	struct bytes number = text_take(&head, '/');
	struct sdp_extension e = { .direction = SDP_SENDRECV };
	unsigned kind = 0;
	uint64_t id;

	if (!text_number(number, EXTENSION_NUMBER_MAX, &id) || (head.size && !read_direction_word(head, &e.direction)))
		return SDP_MALFORMED;
	while (kind < SDP_EXT_N && !bytes_equal_string(name, names[kind]))
		kind++;
	if (kind == SDP_EXT_N || id == 0 || id > EXTENSION_ID_MAX || r->media->extensions[kind].id)
		return SDP_FINE;
	e.id = (uint8_t)id;
	for (unsigned i = 0; i < SDP_EXT_N; i++) {
		if (r->media->extensions[i].id == e.id)
			return SDP_MALFORMED;
	}
	r->media->extensions[kind] = e;
	return SDP_FINE;
}

static enum sdp_verdict read_rid(struct sdp_media_reader *r, struct bytes value)
{
	struct bytes rid = text_take(&value, ' ');
	struct bytes direction = text_take(&value, ' ');

	if (!text_is_name(rid, SDP_NAME_MAX, "-_"))
		return SDP_MALFORMED;
	if (!bytes_equal_string(direction, "send"))
		return SDP_FINE;
	for (uint32_t i = 0; i < r->media->n_rids; i++) {
		if (bytes_equal(r->media->rids[i], rid))
			return SDP_MALFORMED;
	}
	if (r->media->n_rids == SDP_RIDS)
		return SDP_TOO_MANY_PARTS;
	r->media->rids[r->media->n_rids++] = rid;
	return SDP_FINE;
}

static enum sdp_verdict read_simulcast(struct sdp_media_reader *r, struct bytes value)
{
	struct bytes direction, list;

	while (text_take_word(&value, &direction)) {
		if (!text_take_word(&value, &list))
			return SDP_MALFORMED;
		if (!bytes_equal_string(direction, "send"))
			continue;
		if (r->simulcast.size)
			return SDP_MALFORMED;
		r->simulcast = list;
	}
	return SDP_FINE;
}

/* NULL: there is no room for more. */
static uint32_t *find_repairs(struct sdp_media_reader *r, uint32_t ssrc)
{
	for (uint32_t i = 0; i < r->n_ssrcs; i++) {
		if (r->ssrcs[i].ssrc == ssrc)
			return &r->ssrcs[i].repairs;
	}
	if (r->n_ssrcs == SDP_SSRC_LINES)
		return NULL;
	r->ssrcs[r->n_ssrcs].ssrc = ssrc;
	return &r->ssrcs[r->n_ssrcs++].repairs;
}

static enum sdp_verdict read_ssrc(struct sdp_media_reader *r, struct bytes value)
{
	uint64_t ssrc;

	if (!text_number(text_take(&value, ' '), UINT32_MAX, &ssrc) || ssrc == 0)
		return SDP_MALFORMED;
	return find_repairs(r, (uint32_t)ssrc) ? SDP_FINE : SDP_TOO_MANY_PARTS;
}

static enum sdp_verdict read_ssrc_group(struct sdp_media_reader *r, struct bytes value)
{
	struct bytes meaning = text_take(&value, ' ');
	struct bytes first = text_take(&value, ' ');
	uint64_t ssrc, rtx;
	uint32_t *repairs;

	if (!bytes_equal_string(meaning, "FID"))
		return SDP_FINE;
	if (!text_number(first, UINT32_MAX, &ssrc) || !text_number(value, UINT32_MAX, &rtx))
		return SDP_MALFORMED;
	if (!ssrc || !rtx || ssrc == rtx)
		return SDP_MALFORMED;
	if (!find_repairs(r, (uint32_t)ssrc))
		return SDP_TOO_MANY_PARTS;
	repairs = find_repairs(r, (uint32_t)rtx);
	if (!repairs)
		return SDP_TOO_MANY_PARTS;
	if (*repairs && *repairs != ssrc)
		return SDP_MALFORMED;
	*repairs = (uint32_t)ssrc;
	return SDP_FINE;
}

static enum sdp_verdict read_mid(struct sdp_media_reader *r, struct bytes value)
{
	if (r->media->mid.size || !text_is_name(value, SDP_NAME_MAX, "!#$%&'*+-.^_`{|}~"))
		return SDP_BAD_MID;
	r->media->mid = value;
	return SDP_FINE;
}

static enum sdp_verdict read_flag(struct sdp_media_reader *r, struct bytes name)
{
	if (bytes_equal_string(name, "bundle-only"))
		r->bundle_only = true;
	else if (bytes_equal_string(name, "rtcp-rsize"))
		r->media->rtcp_reduced = true;
	else if (bytes_equal_string(name, "extmap-allow-mixed"))
		r->media->allow_mixed = true;
	else
		(void)read_direction_word(name, &r->media->direction);
	return SDP_FINE;
}

enum sdp_verdict sdp_media_attribute(struct sdp_media_reader *r, struct bytes name, struct bytes value)
{
	static const struct {
		const char *name;
		enum sdp_verdict (*read)(struct sdp_media_reader *r, struct bytes value);
	} known[] = {
		{ "rtcp-fb", read_feedback },
		{ "rtpmap", read_rtpmap },
		{ "fmtp", read_fmtp },
		{ "extmap", read_extension },
		{ "ssrc", read_ssrc },
		{ "mid", read_mid },
		{ "rid", read_rid },
		{ "ssrc-group", read_ssrc_group },
		{ "simulcast", read_simulcast },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (bytes_equal_string(name, known[i].name))
			return known[i].read(r, value);
	}
	return read_flag(r, name);
}

static uint8_t find_rtx(const struct sdp_media_reader *r, uint8_t type)
{
	for (unsigned i = 0; i < SDP_FORMATS; i++) {
		if (r->formats[i].kind == SDP_FORMAT_RTX && r->formats[i].repairs == type)
			return (uint8_t)i;
	}
	return SDP_NO_PAYLOAD_TYPE;
}

/* The first of each kind, in the order of the m-line. */
static void choose_codecs(struct sdp_media_reader *r)
{
	static const uint8_t kinds[] = {
		[SDP_OPUS] = SDP_FORMAT_OPUS,
		[SDP_VP8] = SDP_FORMAT_VP8,
		[SDP_VP9] = SDP_FORMAT_VP9,
	};
	struct bytes rest = r->media->formats, word;
	uint64_t type;

	r->media->n_preferred = 0;
	for (unsigned i = 0; i < SDP_CODEC_N; i++)
		r->media->codecs[i] = (struct sdp_codec){ SDP_NO_PAYLOAD_TYPE, SDP_NO_PAYLOAD_TYPE, 0 };
	while (text_take_word(&rest, &word) && text_number(word, SDP_FORMATS - 1, &type)) {
		const struct sdp_format *f = &r->formats[type];

		for (unsigned i = 0; i < SDP_CODEC_N; i++) {
			struct sdp_codec *c = &r->media->codecs[i];

			if (f->kind != kinds[i] || f->other_profile || c->payload_type != SDP_NO_PAYLOAD_TYPE)
				continue;
			c->payload_type = (uint8_t)type;
			c->rtx = find_rtx(r, c->payload_type);
			c->feedback = f->feedback | r->feedback;
			r->media->preferred[r->media->n_preferred++] = (uint8_t)i;
		}
	}
}

/* Puts the rids into the order of the simulcast line (RFC 8853, 5.1): "q;~h;f,g" is q, h (paused) and f (or else g).
 * Those that the line does not name are not sent. */
static void order_rids(struct sdp_media_reader *r)
{
	struct sdp_media *m = r->media;
	struct bytes ordered[SDP_RIDS];
	uint32_t n = 0;

	if (!r->simulcast.size)
		return;
	while (r->simulcast.size) {
		struct bytes layer = text_take(&r->simulcast, ';');
		struct bytes rid = text_take(&layer, ',');

		if (rid.size && rid.data[0] == '~')
			rid = bytes_make(rid.data + 1, rid.size - 1);
		for (uint32_t i = 0; i < m->n_rids; i++) {
			if (!rid.size || !bytes_equal(m->rids[i], rid))
				continue;
			ordered[n++] = rid;
			m->rids[i].size = 0;	/* each once */
		}
	}
	memcpy(m->rids, ordered, n * sizeof(ordered[0]));
	m->n_rids = n;
}

static void pair_ssrcs(struct sdp_media_reader *r)
{
	struct sdp_media *m = r->media;

	for (uint32_t i = 0; i < r->n_ssrcs && m->n_ssrcs < SDP_SSRCS; i++) {
		struct sdp_ssrc *s = &m->ssrcs[m->n_ssrcs];

		if (r->ssrcs[i].repairs)
			continue;
		s->ssrc = r->ssrcs[i].ssrc;
		for (uint32_t j = 0; j < r->n_ssrcs && !s->rtx; j++) {
			if (r->ssrcs[j].repairs == s->ssrc)
				s->rtx = r->ssrcs[j].ssrc;
		}
		m->n_ssrcs++;
	}
}

void sdp_media_end(struct sdp_media_reader *r)
{
	r->media->rejected = r->port_zero && !r->bundle_only;
	choose_codecs(r);
	order_rids(r);
	pair_ssrcs(r);
}
