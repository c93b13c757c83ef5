/* SPDX-License-Identifier: EUPL-1.2 */
/* From an SDP offer and the roles of its lines to a place in a room, and back to an answer. In conclave-media.
 * Invariant: pure over its input and the numbers it is given; what it accepts, the answer says, and nothing more. */
#include "sfu/negotiate.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sfu/sdp/answer.h"

static bool copy_name(char *ret, size_t size, struct bytes name)
{
	if (name.size == 0 || name.size >= size)
		return false;
	memcpy(ret, name.data, name.size);
	ret[name.size] = 0;
	return true;
}

static enum media_role role_of(const struct media_command *c, struct bytes mid)
{
	if (c->echo)
		return ROLE_MICROPHONE;
	for (uint32_t i = 0; i < c->n_lines; i++)
		if (bytes_equal_string(mid, c->lines[i].mid))
			return c->lines[i].role;
	return ROLE_NONE;
}

/* What a line with this role may send us; SOURCE_N = nothing. */
static enum source_kind source_of(enum media_role role)
{
	switch (role) {
	case ROLE_MICROPHONE:
		return SOURCE_MICROPHONE;
	case ROLE_CAMERA:
		return SOURCE_CAMERA;
	case ROLE_SCREEN:
		return SOURCE_SCREEN;
	case ROLE_SCREEN_SOUND:
		return SOURCE_SCREEN_SOUND;
	case ROLE_NONE:
	case ROLE_AUDIO:
	case ROLE_VIDEO:
	case ROLE_N:
		break;
	}
	return SOURCE_N;
}

/* What a line with this role may carry to its owner; SLOT_N = nothing. */
static enum slot_kind slot_of(enum media_role role)
{
	switch (role) {
	case ROLE_MICROPHONE:
	case ROLE_AUDIO:
		return SLOT_AUDIO;
	case ROLE_CAMERA:
	case ROLE_VIDEO:
		return SLOT_VIDEO;
	case ROLE_SCREEN:
		return SLOT_SCREEN;
	case ROLE_SCREEN_SOUND:
		return SLOT_SCREEN_SOUND;
	case ROLE_NONE:
	case ROLE_N:
		break;
	}
	return SLOT_N;
}

static enum sdp_kind kind_of(enum media_role role)
{
	switch (role) {
	case ROLE_MICROPHONE:
	case ROLE_AUDIO:
	case ROLE_SCREEN_SOUND:
		return SDP_AUDIO;
	case ROLE_CAMERA:
	case ROLE_VIDEO:
	case ROLE_SCREEN:
		return SDP_VIDEO;
	case ROLE_NONE:
	case ROLE_N:
		break;
	}
	return SDP_OTHER;
}

/* In one bundle a payload type means one codec, so all lines must agree. */
static bool agree(uint8_t *all, uint8_t one)
{
	if (one == SDP_NO_PAYLOAD_TYPE)
		return true;
	if (*all == ROOM_NO_PAYLOAD_TYPE)
		*all = one;
	return *all == one;
}

static bool take_codecs(struct room_peer_setup *s, const struct sdp_media *m)
{
	const struct sdp_codec *vp8 = &m->codecs[SDP_VP8], *vp9 = &m->codecs[SDP_VP9];

	return agree(&s->opus, m->codecs[SDP_OPUS].payload_type) && agree(&s->vp8, vp8->payload_type) &&
	       agree(&s->vp8_rtx, vp8->rtx) && agree(&s->vp9, vp9->payload_type) && agree(&s->vp9_rtx, vp9->rtx);
}

/* An id that is not negotiated on a line may be missing there; where it stands it must be the same (RFC 8285, 6). */
static bool take_extensions(struct room_peer_setup *s, const struct sdp_media *m, const struct sdp_answer_media *a)
{
	uint8_t *ids[SDP_EXT_N] = {
		[SDP_EXT_MID] = &s->ext_mid,
		[SDP_EXT_RID] = &s->ext_rid,
		[SDP_EXT_REPAIRED_RID] = &s->ext_repaired_rid,
		[SDP_EXT_TRANSPORT_CC] = &s->ext_twcc,
	};

	for (int kind = 0; kind < SDP_EXT_N; kind++) {
		uint8_t id = sdp_answer_extension(m, a, (enum sdp_extension_kind)kind);

		if (id == 0)
			continue;
		if (*ids[kind] != 0 && *ids[kind] != id)
			return false;
		*ids[kind] = id;
	}
	return true;
}

static const char *take_source(struct room_peer_setup *s, const struct sdp_media *m, enum media_role role)
{
	enum source_kind kind = source_of(role);
	struct room_source_setup *source;

	if (kind == SOURCE_N)
		return "role-cannot-send";
	source = &s->sources[kind];
	if (source->offered)
		return "role-twice";
	source->offered = true;
	if (!copy_name(source->mid, sizeof(source->mid), m->mid))
		return "bad-mid";
	for (uint32_t i = 0; i < m->n_rids; i++)
		if (!copy_name(source->rids[i], sizeof(source->rids[i]), m->rids[i]))
			return "bad-rid";
	source->n_rids = m->n_rids;
	for (uint32_t i = 0; i < MIN(m->n_ssrcs, (uint32_t)ROOM_RIDS); i++) {
		source->ssrcs[i] = m->ssrcs[i].ssrc;
		source->rtx_ssrcs[i] = m->ssrcs[i].rtx;
	}
	return NULL;
}

static bool ssrc_taken(const struct room_peer_setup *s, uint32_t ssrc)
{
	if (ssrc == 0 || ssrc == s->feedback_ssrc)
		return true;
	for (uint32_t i = 0; i < s->n_slots; i++)
		if (s->slots[i].ssrc == ssrc || s->slots[i].rtx_ssrc == ssrc)
			return true;
	return false;
}

static uint32_t fresh_ssrc(const struct room_peer_setup *s, struct random *random)
{
	uint32_t ssrc;

	do
		ssrc = (uint32_t)random_next(random);
	while (ssrc_taken(s, ssrc));
	return ssrc;
}

/* Whether the browser reports on what we send it on this line. */
static bool reports(const struct sdp_media *m)
{
	const struct sdp_extension *e = &m->extensions[SDP_EXT_TRANSPORT_CC];
	unsigned feedback = 0;

	for (unsigned i = 0; i < SDP_CODEC_N; i++)
		if (m->codecs[i].payload_type != SDP_NO_PAYLOAD_TYPE)
			feedback |= m->codecs[i].feedback;
	return e->id && e->direction & SDP_RECVONLY && feedback & SDP_FB_TRANSPORT_CC;
}

static const char *take_slot(struct room_peer_setup *s, const struct sdp_media *m, enum media_role role,
			     struct random *random)
{
	struct room_slot_setup slot = { .kind = slot_of(role) };

	if (slot.kind == SLOT_N)
		return "role-cannot-receive";
	if (!copy_name(slot.mid, sizeof(slot.mid), m->mid))
		return "bad-mid";
	slot.ssrc = fresh_ssrc(s, random);
	slot.twcc = reports(m);
	s->twcc_out |= slot.twcc;
	s->slots[s->n_slots++] = slot;
	if (m->kind == SDP_VIDEO)
		s->slots[s->n_slots - 1].rtx_ssrc = fresh_ssrc(s, random);
	return NULL;
}

static const struct room_slot_setup *slot_by_mid(const struct room_peer_setup *s, struct bytes mid)
{
	for (uint32_t i = 0; i < s->n_slots; i++)
		if (bytes_equal_string(mid, s->slots[i].mid))
			return &s->slots[i];
	return NULL;
}

static struct sdp_answer_media answer_media(const struct room_peer_setup *s, const struct sdp_media *m)
{
	const struct room_slot_setup *slot = slot_by_mid(s, m->mid);

	return (struct sdp_answer_media){
		.accept = true,
		.ssrc = slot ? slot->ssrc : 0,
		.rtx_ssrc = slot ? slot->rtx_ssrc : 0,
	};
}

/* Lost sound is asked for on lines whose answer says so. */
static void take_repeats(struct room_peer_setup *s, const struct sdp_media *m, const struct sdp_answer_media *a,
			 enum media_role role)
{
	if (m->kind != SDP_AUDIO || !sdp_answer_repeats_sound(m, a))
		return;
	if (m->direction & SDP_SENDONLY)
		s->sources[source_of(role)].repeats = true;
	if (m->direction & SDP_RECVONLY)
		s->slots[s->n_slots - 1].repeats = true;
}

/* A line without a role is left out of the answer; a line with one must be fit for it. */
static const char *take_line(struct negotiation *n, const struct sdp_media *m, enum media_role role,
			     struct random *random)
{
	struct sdp_answer_media a = { .accept = true, .ssrc = 1 };
	const char *refusal = NULL;

	if (kind_of(role) != m->kind)
		return "role-of-other-kind";
	if (!sdp_answer_accepts(m, &a))
		return "no-codec";
	if (!take_codecs(&n->setup, m))
		return "codecs-differ";
	if (m->direction & SDP_SENDONLY)
		refusal = take_source(&n->setup, m, role);
	if (!refusal && m->direction & SDP_RECVONLY)
		refusal = take_slot(&n->setup, m, role, random);
	if (refusal)
		return refusal;
	a = answer_media(&n->setup, m);
	take_repeats(&n->setup, m, &a, role);
	return take_extensions(&n->setup, m, &a) ? NULL : "extensions-differ";
}

/* At an ICE restart the lines stay as they are, with the SSRCs that they have. */
static const char *keep_standing(struct room_peer_setup *s, const struct room_peer_setup *standing)
{
	if (s->n_slots != standing->n_slots)
		return "lines-changed";
	for (uint32_t i = 0; i < s->n_slots; i++)
		if (s->slots[i].kind != standing->slots[i].kind ||
		    s->slots[i].repeats != standing->slots[i].repeats ||
		    strcmp(s->slots[i].mid, standing->slots[i].mid) != 0)
			return "lines-changed";
	for (int kind = 0; kind < SOURCE_N; kind++)
		if (s->sources[kind].repeats != standing->sources[kind].repeats)
			return "lines-changed";
	*s = *standing;
	return NULL;
}

const char *negotiate_offer(struct negotiation *ret, const struct media_command *c,
			    const struct room_peer_setup *standing, struct random *random)
{
	struct room_peer_setup *s = &ret->setup;
	const char *refusal = NULL;
	enum sdp_verdict verdict;

	memset(s, 0, sizeof(*s));
	s->id = c->peer;
	s->opus = s->vp8 = s->vp8_rtx = s->vp9 = s->vp9_rtx = ROOM_NO_PAYLOAD_TYPE;
	s->allowed = c->sources;
	s->rank = c->rank;
	s->feedback_ssrc = fresh_ssrc(s, random);
	(void)snprintf(s->cname, sizeof(s->cname), "%016llx", (unsigned long long)random_next(random));
	verdict = sdp_offer_parse(c->sdp, &ret->offer);
	if (verdict != SDP_FINE)
		return sdp_verdict_word(verdict);
	memcpy(ret->fingerprint, ret->offer.fingerprint, sizeof(ret->fingerprint));
	for (uint32_t i = 0; !refusal && i < ret->offer.n_media; i++) {
		const struct sdp_media *m = &ret->offer.media[i];
		enum media_role role = role_of(c, m->mid);

		if (role != ROLE_NONE && !m->rejected && m->direction != SDP_INACTIVE)
			refusal = take_line(ret, m, role, random);
	}
	if (!refusal && c->echo && (!s->sources[SOURCE_MICROPHONE].offered || s->n_slots != 1))
		refusal = "echo-lines";
	if (!refusal && standing)
		refusal = keep_standing(s, standing);
	return refusal;
}

static bool has_place(const struct room_peer_setup *s, struct bytes mid)
{
	for (int kind = 0; kind < SOURCE_N; kind++)
		if (s->sources[kind].offered && bytes_equal_string(mid, s->sources[kind].mid))
			return true;
	return slot_by_mid(s, mid) != NULL;
}

bool negotiate_answer(struct writer *w, const struct negotiation *n, const struct negotiation_answer *a)
{
	struct address candidates[MSG_ADDRESSES];
	struct sdp_answer_setup setup = {
		.ufrag = a->ufrag,
		.pwd = a->pwd,
		.cname = n->setup.cname,
		.fingerprint = a->fingerprint,
		.session_id = a->session_id,
		.version = a->version,
		.candidates = candidates,
		.tcp_port = a->tcp_port,
		.n_candidates = MIN(a->n_addresses, (uint32_t)MSG_ADDRESSES),
	};

	for (size_t i = 0; i < setup.n_candidates; i++) {
		candidates[i] = a->addresses[i];
		if (candidates[i].port == 0)
			candidates[i].port = a->port;
	}
	for (uint32_t i = 0; i < n->offer.n_media; i++)
		if (has_place(&n->setup, n->offer.media[i].mid))
			setup.media[i] = answer_media(&n->setup, &n->offer.media[i]);
	sdp_answer_write(w, &n->offer, &setup);
	return w->ok;
}
