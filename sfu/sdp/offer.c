/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading an offer: its session part, the transport that all m-lines share, and what makes us refuse it.
 * In conclave-media.
 * Invariant: one pass over at most LIMIT_MESSAGE bytes, and checks over at most LIMIT_SLOTS m-lines (ATTACKS C19). */
#include "sfu/sdp/offer.h"

#include "base/mem.h"
#include "sfu/sdp/media.h"
#include "sfu/sdp/text.h"

/* RFC 8839, 5.4 */
#define UFRAG_MIN 4
#define PWD_MIN 22
#define ICE_MAX 256

/* What the session or one m-line says of the transport. */
struct transport {
	struct bytes ufrag;
	struct bytes pwd;
	bool setup;
	bool fingerprint;
	bool rtcp_mux;
};

struct parse {
	/* borrowed */
	struct sdp_offer *offer;

	/* state */
	struct sdp_media *media;		/* in hand; NULL in the session part */
	struct sdp_media_reader reader;
	struct transport session;
	struct transport transports[LIMIT_SLOTS];
	struct transport *transport;		/* of the session or of the m-line in hand */
	enum sdp_direction direction;		/* of the session: where an m-line says nothing */
	struct bytes bundle;			/* mids */
	bool fingerprint;			/* one was seen, and stands in the offer */
	uint32_t candidates;
};

static enum sdp_verdict read_fingerprint(struct parse *p, struct bytes value)
{
	struct bytes hash = text_take(&value, ' ');
	uint8_t bytes[SDP_FINGERPRINT_SIZE];

	/* RFC 8122, 5: several may be given, of one certificate. We check by SHA-256 and need no stronger one. */
	if (text_same(hash, "sha-384") || text_same(hash, "sha-512"))
		return SDP_FINE;
	if (!text_same(hash, "sha-256") || !text_colon_hex(value, bytes, sizeof(bytes)))
		return SDP_BAD_FINGERPRINT;
	if (p->fingerprint && memcmp(bytes, p->offer->fingerprint, sizeof(bytes)) != 0)
		return SDP_BAD_FINGERPRINT;
	memcpy(p->offer->fingerprint, bytes, sizeof(bytes));
	p->fingerprint = true;
	p->transport->fingerprint = true;
	return SDP_FINE;
}

static enum sdp_verdict read_setup(struct parse *p, struct bytes value)
{
	if (!bytes_equal_string(value, "actpass") && !bytes_equal_string(value, "active"))
		return SDP_BAD_SETUP;
	p->transport->setup = true;
	return SDP_FINE;
}

static enum sdp_verdict read_ice(struct bytes *place, struct bytes value, size_t least)
{
	if (place->size || value.size < least || !text_is_name(value, ICE_MAX, "+/"))
		return SDP_BAD_ICE;
	*place = value;
	return SDP_FINE;
}

static enum sdp_verdict read_ufrag(struct parse *p, struct bytes value)
{
	return read_ice(&p->transport->ufrag, value, UFRAG_MIN);
}

static enum sdp_verdict read_pwd(struct parse *p, struct bytes value)
{
	return read_ice(&p->transport->pwd, value, PWD_MIN);
}

static enum sdp_verdict read_rtcp_mux(struct parse *p, struct bytes value __attribute__((unused)))
{
	p->transport->rtcp_mux = true;
	return SDP_FINE;
}

/* Counted and no more: a lite agent needs none of them, and nothing is ever sent to one (ATTACKS C20). */
static enum sdp_verdict read_candidate(struct parse *p, struct bytes value __attribute__((unused)))
{
	return ++p->candidates > LIMIT_OFFER_CANDIDATES ? SDP_TOO_MANY_PARTS : SDP_FINE;
}

static enum sdp_verdict read_group(struct parse *p, struct bytes value)
{
	struct bytes meaning = text_take(&value, ' ');

	if (!bytes_equal_string(meaning, "BUNDLE"))
		return SDP_FINE;
	if (p->bundle.size)
		return SDP_NOT_BUNDLED;
	p->bundle = value;
	return SDP_FINE;
}

static enum sdp_verdict session_attribute(struct parse *p, struct bytes name, struct bytes value)
{
	if (bytes_equal_string(name, "group"))
		return read_group(p, value);
	if (bytes_equal_string(name, "extmap-allow-mixed"))
		p->offer->allow_mixed = true;
	else if (bytes_equal_string(name, "sendonly"))
		p->direction = SDP_SENDONLY;
	else if (bytes_equal_string(name, "recvonly"))
		p->direction = SDP_RECVONLY;
	else if (bytes_equal_string(name, "inactive"))
		p->direction = SDP_INACTIVE;
	return SDP_FINE;
}

static enum sdp_verdict read_attribute(struct parse *p, struct bytes value)
{
	static const struct {
		const char *name;
		enum sdp_verdict (*read)(struct parse *p, struct bytes value);
	} known[] = {
		{ "ice-ufrag", read_ufrag },
		{ "ice-pwd", read_pwd },
		{ "fingerprint", read_fingerprint },
		{ "setup", read_setup },
		{ "rtcp-mux", read_rtcp_mux },
		{ "candidate", read_candidate },
	};
	struct bytes name = text_take(&value, ':');

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (bytes_equal_string(name, known[i].name))
			return known[i].read(p, value);
	}
	return p->media ? sdp_media_attribute(&p->reader, name, value) : session_attribute(p, name, value);
}

static enum sdp_verdict read_media(struct parse *p, struct bytes value)
{
	if (p->media)
		sdp_media_end(&p->reader);
	if (p->offer->n_media == LIMIT_SLOTS)
		return SDP_TOO_MANY_LINES;
	p->transport = &p->transports[p->offer->n_media];
	p->media = &p->offer->media[p->offer->n_media++];
	p->media->direction = p->direction;
	return sdp_media_begin(&p->reader, p->media, value);
}

static enum sdp_verdict read_lines(struct parse *p, struct bytes text)
{
	enum sdp_verdict verdict = SDP_FINE;
	struct bytes line;

	while (verdict == SDP_FINE && text_take_line(&text, &line)) {
		struct bytes value = line.size > 2 ? bytes_make(line.data + 2, line.size - 2) : (struct bytes){ 0 };

		if (line.size < 2 || line.data[0] < 'a' || line.data[0] > 'z' || line.data[1] != '=')
			return SDP_MALFORMED;
		if (line.data[0] == 'm')
			verdict = read_media(p, value);
		else if (line.data[0] == 'a')
			verdict = read_attribute(p, value);
	}
	if (p->media)
		sdp_media_end(&p->reader);
	return verdict == SDP_FINE && text.size ? SDP_MALFORMED : verdict;
}

static struct sdp_media *find_mid(struct sdp_offer *o, struct bytes mid)
{
	for (uint32_t i = 0; i < o->n_media; i++) {
		if (bytes_equal(o->media[i].mid, mid))
			return &o->media[i];
	}
	return NULL;
}

/* Every line that is not rejected stands in the group. `ret` is the group's first. */
static enum sdp_verdict check_bundle(const struct parse *p, struct sdp_media **ret)
{
	bool bundled[LIMIT_SLOTS] = { false };
	struct bytes rest = p->bundle, mid;
	uint32_t n = 0;

	*ret = NULL;
	while (text_take_word(&rest, &mid)) {
		struct sdp_media *m = find_mid(p->offer, mid);

		if (!m || n++ == LIMIT_SLOTS)
			return SDP_NOT_BUNDLED;
		bundled[m - p->offer->media] = true;
		if (!*ret)
			*ret = m;
	}
	if (!*ret || (*ret)->rejected)
		return SDP_NOT_BUNDLED;
	for (uint32_t i = 0; i < p->offer->n_media; i++) {
		if (!bundled[i] && !p->offer->media[i].rejected)
			return SDP_NOT_BUNDLED;
	}
	return SDP_FINE;
}

static enum sdp_verdict check_mids(const struct parse *p)
{
	struct sdp_offer *o = p->offer;

	for (uint32_t i = 0; i < o->n_media; i++) {
		if (!o->media[i].mid.size)
			return SDP_BAD_MID;
		if (find_mid(o, o->media[i].mid) != &o->media[i])
			return SDP_DUPLICATE_MID;
	}
	return SDP_FINE;
}

static bool needs_rtcp_mux(const struct sdp_media *m)
{
	return !m->rejected && (m->kind == SDP_AUDIO || m->kind == SDP_VIDEO);
}

/* RFC 8843, 7.1.3: the transport is described at BUNDLE's first m-line; the others' own is unused, and may differ. */
static enum sdp_verdict check_transport(const struct parse *p, const struct sdp_media *first)
{
	const struct transport *t = &p->transports[first - p->offer->media];

	for (uint32_t i = 0; i < p->offer->n_media; i++) {
		if (needs_rtcp_mux(&p->offer->media[i]) && !p->transports[i].rtcp_mux)
			return SDP_NO_RTCP_MUX;
	}
	if (!t->fingerprint && !p->session.fingerprint)
		return SDP_NO_FINGERPRINT;
	if (!t->setup && !p->session.setup)
		return SDP_BAD_SETUP;
	p->offer->ufrag = t->ufrag.size ? t->ufrag : p->session.ufrag;
	p->offer->pwd = t->pwd.size ? t->pwd : p->session.pwd;
	return p->offer->ufrag.size && p->offer->pwd.size ? SDP_FINE : SDP_NO_ICE;
}

static enum sdp_verdict check_offer(const struct parse *p)
{
	struct sdp_media *first;
	enum sdp_verdict verdict;

	if (p->offer->n_media == 0)
		return SDP_NO_MEDIA;
	verdict = check_mids(p);
	if (verdict == SDP_FINE)
		verdict = check_bundle(p, &first);
	return verdict == SDP_FINE ? check_transport(p, first) : verdict;
}

/* RFC 8866, 9: a byte-string is anything but NUL, CR and LF; other control characters stand in no line of ours. */
static enum sdp_verdict check_bytes(struct bytes text)
{
	if (text.size && memchr(text.data, 0, text.size))
		return SDP_NUL_BYTE;
	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];

		if (c == '\r' && (i + 1 == text.size || text.data[i + 1] != '\n'))
			return SDP_MALFORMED;
		if ((c < ' ' && c != '\r' && c != '\n') || c == 0x7f)
			return SDP_MALFORMED;
	}
	return SDP_FINE;
}

enum sdp_verdict sdp_offer_parse(struct bytes text, struct sdp_offer *ret)
{
	struct parse p = { .offer = ret, .direction = SDP_SENDRECV };
	enum sdp_verdict verdict;

	if (text.size > LIMIT_MESSAGE)
		return SDP_TOO_LONG;
	verdict = check_bytes(text);
	if (verdict != SDP_FINE)
		return verdict;
	if (text.size < 4 || memcmp(text.data, "v=0", 3) != 0 || (text.data[3] != '\r' && text.data[3] != '\n'))
		return SDP_MALFORMED;
	memset(ret, 0, sizeof(*ret));
	p.transport = &p.session;
	verdict = read_lines(&p, text);
	return verdict == SDP_FINE ? check_offer(&p) : verdict;
}

const char *sdp_verdict_word(enum sdp_verdict v)
{
	static const char *const words[] = {
		[SDP_FINE] = "fine",
		[SDP_TOO_LONG] = "too-long",
		[SDP_NUL_BYTE] = "nul-byte",
		[SDP_MALFORMED] = "malformed",
		[SDP_TOO_MANY_LINES] = "too-many-lines",
		[SDP_TOO_MANY_PARTS] = "too-many-parts",
		[SDP_NO_MEDIA] = "no-media",
		[SDP_BAD_MID] = "bad-mid",
		[SDP_DUPLICATE_MID] = "duplicate-mid",
		[SDP_NOT_BUNDLED] = "not-bundled",
		[SDP_NO_RTCP_MUX] = "no-rtcp-mux",
		[SDP_NO_FINGERPRINT] = "no-fingerprint",
		[SDP_BAD_FINGERPRINT] = "bad-fingerprint",
		[SDP_NO_ICE] = "no-ice",
		[SDP_BAD_ICE] = "bad-ice",
		[SDP_BAD_SETUP] = "bad-setup",
	};

	_Static_assert(ARRAY_SIZE(words) == SDP_VERDICT_N, "a word for each");
	return words[v];
}
