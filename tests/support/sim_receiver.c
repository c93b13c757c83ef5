/* SPDX-License-Identifier: EUPL-1.2 */
/* In tests only. Invariant: see sim_receiver.h. */
#include "tests/support/sim_receiver.h"

#include "base/mem.h"
#include "sfu/rtp/extension.h"
#include "sfu/rtp/ntp.h"
#include "sfu/rtp/rtcp.h"
#include "sfu/rtp/rtp.h"
#include "sfu/rtp/seq.h"
#include "tests/support/check.h"
#include "tests/support/sum.h"

#define SIM_TIMER MSEC(10)
#define SIM_ARRIVALS MSEC(100)
#define SIM_LOST_AFTER MSEC(500)
#define SIM_SOUND_LOST_AFTER MSEC(200)
#define SIM_NACK_PACE MSEC(60)
#define SIM_PLI_PACE MSEC(500)

static void sim_add_slots(struct sim_receiver *r, struct random *random, struct room_peer_setup *setup,
	enum slot_kind kind, uint32_t n)
{
	bool video = kind == SLOT_VIDEO || kind == SLOT_SCREEN;
	bool firefox = setup->opus == 109;

	for (uint32_t i = 0; i < n; i++) {
		struct room_slot_setup *slot = &setup->slots[setup->n_slots];

		slot->kind = kind;
		snprintf(slot->mid, sizeof(slot->mid), "%u", 10 + setup->n_slots);
		slot->ssrc = (uint32_t)random_next(random) | 1;
		slot->rtx_ssrc = video ? (uint32_t)random_next(random) | 1 : 0;
		slot->twcc = setup->twcc_out && (video || !firefox);
		r->slots[setup->n_slots++].setup = slot;
	}
}

void sim_receiver_init(struct sim_receiver *r, struct random *random, struct room_peer_setup *setup, uint32_t audio,
	uint32_t video, bool reports)
{
	*r = (struct sim_receiver){
		.setup = setup, .next_timer = USEC_NEVER, .next_report = USEC_NEVER, .next_arrivals = USEC_NEVER,
	};
	twcc_recorder_init(&r->arrivals);
	setup->twcc_out = reports;
	r->slots = mem_new_array(struct sim_slot, audio + video + 2);
	check(r->slots);
	sim_add_slots(r, random, setup, SLOT_AUDIO, audio);
	sim_add_slots(r, random, setup, SLOT_SCREEN_SOUND, 1);
	sim_add_slots(r, random, setup, SLOT_VIDEO, video);
	sim_add_slots(r, random, setup, SLOT_SCREEN, 1);
}

void sim_receiver_done(struct sim_receiver *r)
{
	mem_free(r->slots);
}

struct sim_slot *sim_find_slot(struct sim_receiver *r, const char *mid)
{
	for (uint32_t i = 0; i < r->setup->n_slots; i++)
		if (strcmp(r->slots[i].setup->mid, mid) == 0)
			return &r->slots[i];
	fail_msg("there is no line %s", mid);
	return NULL;
}

struct sim_slot *sim_slot_of(struct sim_receiver *r, uint32_t person, enum source_kind source)
{
	for (uint32_t i = 0; i < r->setup->n_slots; i++)
		if (r->slots[i].person == person && r->slots[i].source == source)
			return &r->slots[i];
	return NULL;
}

void sim_receiver_told(struct sim_receiver *r, usec_t now, const char *mid, uint32_t person, enum source_kind source)
{
	struct sim_slot *s = sim_find_slot(r, mid);

	if (person)
		check(!sim_slot_of(r, person, source) || sim_slot_of(r, person, source) == s);
	s->person = person;
	s->source = source;
	s->assigned = now;
	s->first_decoded = 0;
	s->decoding = false;
	s->last_arrival = 0;
	s->last_decoded = 0;
}

static struct sim_slot *sim_slot_by_ssrc(struct sim_receiver *r, uint32_t ssrc, bool *rtx)
{
	for (uint32_t i = 0; i < r->setup->n_slots; i++) {
		struct sim_slot *s = &r->slots[i];

		*rtx = s->setup->rtx_ssrc == ssrc;
		if (*rtx || s->setup->ssrc == ssrc)
			return s;
	}
	return NULL;
}

/* Marks a number; false when it was there before. */
static bool sim_mark_number(uint64_t seen[SIM_NUMBERS / 64], int64_t *newest, uint16_t sequence, int64_t *index)
{
	if (!*newest)
		*newest = SEQ_START + sequence - 1;
	*index = seq_unwrap(*newest, sequence);
	for (; *newest < *index; (*newest)++)
		seen[(*newest + 1) % SIM_NUMBERS / 64] &= ~(UINT64_C(1) << ((*newest + 1) % 64));
	check(*index > *newest - SIM_NUMBERS);
	if (seen[*index % SIM_NUMBERS / 64] >> (*index % 64) & 1)
		return false;
	seen[*index % SIM_NUMBERS / 64] |= UINT64_C(1) << (*index % 64);
	return true;
}

/* Parses one of ours, takes RTX off, reads the mark. */
static struct sim_slot *sim_parse(struct sim_receiver *r, struct bytes in, struct rtp *rtp, struct sim_picture *picture,
	struct sim_mark *mark, bool *rtx)
{
	const struct room_peer_setup *setup = r->setup;
	struct extension_ids ids = { .mid = setup->ext_mid, .transport_sequence = setup->ext_twcc };
	struct extension_values values;
	struct sim_slot *s;
	bool video, vp9;

	check(rtp_parse(in, rtp));
	s = sim_slot_by_ssrc(r, rtp->ssrc, rtx);
	check(s);
	check(extension_read(rtp, &ids, &values));
	check(!values.mid.size || bytes_equal_string(values.mid, s->setup->mid));
	video = s->setup->kind == SLOT_VIDEO || s->setup->kind == SLOT_SCREEN;
	vp9 = s->setup->kind == SLOT_SCREEN && rtp->payload_type == (*rtx ? setup->vp9_rtx : setup->vp9);
	check(vp9 || rtp->payload_type == (!video ? setup->opus : *rtx ? setup->vp8_rtx : setup->vp8));
	if (*rtx)
		check(rtp_unwrap_rtx(rtp, &rtp->sequence));
	check(!video || sim_read_picture(rtp->payload, vp9, picture));
	check(sim_read_mark(video ? picture->payload : rtp->payload, mark));
	return s;
}

/* Every packet of a line that says so has the next number of the transport; what is sent again says whose it is, or
 * Firefox would not take it. */
static void sim_inspect_extensions(struct sim_receiver *r, struct bytes in)
{
	struct extension_ids ids = { .mid = r->setup->ext_mid, .transport_sequence = r->setup->ext_twcc };
	struct extension_values values;
	struct sim_slot *s;
	struct rtp rtp;
	bool rtx = false;

	check(rtp_parse(in, &rtp) && extension_read(&rtp, &ids, &values));
	s = sim_slot_by_ssrc(r, rtp.ssrc, &rtx);
	check_eq(values.has_transport_sequence, s->setup->twcc);
	check(!rtx || bytes_equal_string(values.mid, s->setup->mid));
	r->octets += in.size + SIM_WIRE;
	if (!values.has_transport_sequence)
		return;
	if (r->number_newest)
		check_eq(values.transport_sequence, (uint16_t)(r->number_newest + 1));
	r->number_newest = SEQ_START + values.transport_sequence;
}

/* A number without a packet: nobody is to wait for it. It may be sent again as any other. */
static struct sim_slot *sim_empty(struct sim_receiver *r, struct bytes in, struct rtp *rtp, bool *rtx)
{
	struct sim_slot *s;

	check(rtp_parse(in, rtp));
	s = sim_slot_by_ssrc(r, rtp->ssrc, rtx);
	return s && rtp->payload.size == (*rtx ? 2 : 0) ? s : NULL;
}

/* The padding of a probe: retransmissions of nothing. */
static struct sim_slot *sim_filling(struct sim_receiver *r, struct bytes in, struct rtp *rtp)
{
	struct sim_slot *s;
	bool rtx;

	check(rtp_parse(in, rtp));
	s = sim_slot_by_ssrc(r, rtp->ssrc, &rtx);
	return s && rtx && rtp->payload.size == 0 ? s : NULL;
}

static void sim_inspect_rtx(struct sim_slot *s, uint16_t sequence)
{
	int64_t index = s->rtx_newest ? seq_unwrap(s->rtx_newest, sequence) : SEQ_START + sequence;

	/* Its own numbers, without a gap. */
	check(!s->rtx_newest || index == s->rtx_newest + 1);
	s->rtx_newest = index;
}

/* Numbers that were skipped, less those that came after all. */
static void sim_count_gap(struct sim_slot *s, uint16_t sequence)
{
	int distance = s->out_newest ? seq_distance((uint16_t)s->out_newest, sequence) : 1;

	if (distance > 1)
		s->out_gaps += (uint64_t)distance - 1;
	else if (distance < 0)
		s->out_gaps--;
}

void sim_receiver_inspect_again(struct sim_receiver *r, struct bytes in)
{
	struct sim_mark mark;
	struct sim_slot *s;
	struct sim_picture picture;
	struct rtp rtp;
	int64_t index;
	bool rtx;

	s = sim_parse(r, in, &rtp, &picture, &mark, &rtx);
	check(!rtx && s->setup->repeats);
	check(!sim_mark_number(s->out_seen, &s->out_newest, rtp.sequence, &index));
	check_eq(sum_of(in), s->out_sums[rtp.sequence % SIM_SUMS]);
	r->octets += in.size + SIM_WIRE;
	s->resent++;
	s->resent_octets += rtp.payload.size;
}

void sim_receiver_inspect(struct sim_receiver *r, uint32_t group, struct bytes in)
{
	struct reader head = reader(in);
	struct sim_mark mark;
	struct sim_slot *s;
	struct sim_picture picture;
	struct rtp rtp;
	int64_t index;
	bool rtx;

	sim_inspect_extensions(r, in);
	s = sim_filling(r, in, &rtp);
	if (s) {
		sim_inspect_rtx(s, rtp.sequence);
		r->filling++;
		r->filling_octets += in.size + SIM_WIRE;
		return;
	}
	s = sim_empty(r, in, &rtp, &rtx);
	if (s && rtx) {
		sim_inspect_rtx(s, rtp.sequence);
		return;
	}
	if (s) {
		sim_count_gap(s, rtp.sequence);
		check(sim_mark_number(s->out_seen, &s->out_newest, rtp.sequence, &index));
		s->empty++;
		return;
	}
	s = sim_parse(r, in, &rtp, &picture, &mark, &rtx);
	check_eq(group, (uint32_t)(s - r->slots) / ROOM_SLOTS_PER_GROUP);
	if (rtx) {
		read_skip(&head, 2);
		sim_inspect_rtx(s, read_u16(&head));
		/* What it repeats was sent before. */
		s->resent++;
		s->resent_octets += rtp.payload.size;
		check(!sim_mark_number(s->out_seen, &s->out_newest, rtp.sequence, &index));
		return;
	}
	/* The slot carries whom the room said it does, and no number twice. */
	check_eq(mark.person, s->person);
	check_eq(mark.source, s->source);
	sim_count_gap(s, rtp.sequence);
	check(sim_mark_number(s->out_seen, &s->out_newest, rtp.sequence, &index));
	s->out_sums[rtp.sequence % SIM_SUMS] = sum_of(in);
	s->out_packets++;
	s->out_octets += rtp.payload.size;
	s->layer = mark.layer;
}

static void sim_freeze(struct sim_slot *s, usec_t now)
{
	if (s->last_decoded)
		s->longest_freeze = MAX(s->longest_freeze, now - s->last_decoded);
	s->last_decoded = now;
	if (!s->first_decoded)
		s->first_decoded = now - s->assigned;
}

/* How far the reports' clock puts this frame from the moment that it says it was taken. */
static void sim_sync(struct sim_slot *s, const struct sim_frame *f, uint32_t clock)
{
	usec_t wall = ntp_to_wall(s->report_ntp);
	int64_t at, error;

	if (!s->report_ntp || s->reported_at < s->assigned)
		return;
	at = (int64_t)wall + (int64_t)stamp_distance(s->report_timestamp, f->timestamp) * (int64_t)SECONDS(1) / clock;
	error = at - (int64_t)sim_wall_of(f->mark.person, f->mark.captured);
	s->worst_sync = MAX(s->worst_sync, (usec_t)(error < 0 ? -error : error));
	s->synced++;
}

/* What a picture of VP9 was made from, by the numbers, if it was decoded; else NULL. */
static const struct sim_frame *sim_reference(const struct sim_slot *s, const struct sim_picture *picture)
{
	for (uint32_t i = 0; i < MIN(s->n_pictures, (uint32_t)SIM_PICTURES); i++)
		if (s->pictures[i].picture.id == ((picture->id - picture->reference) & 0x7fff))
			return &s->pictures[i];
	return NULL;
}

static bool sim_decodable(const struct sim_slot *s, const struct sim_frame *f)
{
	if (!f->used || f->parts != (f->mark.parts < 64 ? (UINT64_C(1) << f->mark.parts) - 1 : UINT64_MAX))
		return false;
	if (s->decoding && !stamp_newer(f->timestamp, s->last.timestamp))
		return false;
	if (f->mark.key || !s->decoding)
		return f->mark.key;
	if (f->picture.vp9)
		return sim_reference(s, &f->picture);
	return f->picture.id == ((s->last.picture.id + 1) & 0x7fff);
}

static void sim_decode(struct sim_slot *s, usec_t now, struct sim_frame *f)
{
	/* A decoder would go by the numbers; they must not have led it astray. */
	if (!f->mark.key) {
		check_eq(f->mark.person, s->last.mark.person);
		check_eq(f->mark.layer, s->last.mark.layer);
		check_eq(f->mark.frame - f->mark.reference, f->picture.vp9 ? sim_reference(s, &f->picture)->mark.frame :
			f->mark.reference > 1 ? s->base : s->last.mark.frame);
	}
	s->base = f->mark.temporal ? s->base : f->mark.frame;
	s->n_pictures = f->mark.key ? 0 : s->n_pictures;
	s->pictures[s->n_pictures++ % SIM_PICTURES] = *f;
	s->decoded++;
	s->keys += f->mark.key;
	s->decoding = true;
	s->last = *f;
	f->used = false;
	sim_freeze(s, now);
	sim_sync(s, &s->last, SIM_CLOCK_VIDEO);
	for (unsigned i = 0; i < SIM_FRAMES; i++)
		if (s->frames[i].used && !stamp_newer(s->frames[i].timestamp, s->last.timestamp))
			s->frames[i].used = false;
}

static void sim_decode_all(struct sim_slot *s, usec_t now)
{
	for (unsigned i = 0; i < SIM_FRAMES; i++) {
		if (!sim_decodable(s, &s->frames[i]))
			continue;
		sim_decode(s, now, &s->frames[i]);
		i = UINT32_MAX;		/* begin anew: another may follow this one */
	}
}

static struct sim_frame *sim_frame_of(struct sim_slot *s, uint32_t timestamp, const struct sim_mark *mark)
{
	struct sim_frame *oldest = &s->frames[0];

	for (unsigned i = 0; i < SIM_FRAMES; i++) {
		struct sim_frame *f = &s->frames[i];

		if (f->used && f->timestamp == timestamp && f->mark.frame == mark->frame)
			return f;
	}
	for (unsigned i = 0; i < SIM_FRAMES; i++) {
		struct sim_frame *f = &s->frames[i];

		if (!f->used) {
			oldest = f;
			break;
		}
		if (stamp_newer(oldest->timestamp, f->timestamp))
			oldest = f;
	}
	*oldest = (struct sim_frame){ .used = true, .timestamp = timestamp, .mark = *mark };
	return oldest;
}

static void sim_receive_picture(struct sim_slot *s, usec_t now, const struct rtp *rtp,
	const struct sim_picture *picture, const struct sim_mark *mark)
{
	struct sim_frame *f = sim_frame_of(s, rtp->timestamp, mark);

	check(!f->parts || f->picture.id == picture->id);
	f->picture = *picture;
	/* Only the first packet of a frame shows whether it is a key frame. */
	f->mark.key = mark->part == 0 ? picture->key : f->mark.key;
	f->mark.temporal = picture->temporal;
	f->parts |= UINT64_C(1) << mark->part;
	sim_decode_all(s, now);
}

static void sim_note_lost(struct sim_slot *s, usec_t now, int64_t from, int64_t to)
{
	for (int64_t i = from; i < to && s->n_lost < SIM_LOST; i++)
		s->lost[s->n_lost++] = (struct sim_lost){ .index = i, .since = now, .due = now + MSEC(10) };
}

static bool sim_found(struct sim_slot *s, int64_t index)
{
	for (uint32_t i = 0; i < s->n_lost; i++)
		if (s->lost[i].index == index) {
			s->lost[i] = s->lost[--s->n_lost];
			return true;
		}
	return false;
}

/* A liar's clock goes by the rate that it claims. */
static void sim_note_arrival(struct sim_receiver *r, usec_t now, struct bytes in)
{
	struct extension_ids ids = { .transport_sequence = r->setup->ext_twcc };
	struct extension_values values;
	struct rtp rtp;

	check(rtp_parse(in, &rtp) && extension_read(&rtp, &ids, &values));
	if (!values.has_transport_sequence || r->mute)
		return;
	if (r->lie) {
		r->lied_until = r->lied_until ? r->lied_until + in.size * 8 * SECONDS(1) / r->lie : now;
		now = r->lied_until;
	}
	twcc_recorder_note(&r->arrivals, values.transport_sequence, now);
}

void sim_receiver_rtp(struct sim_receiver *r, usec_t now, struct bytes in)
{
	struct sim_mark mark;
	struct sim_slot *s;
	struct sim_picture picture;
	struct rtp rtp;
	int64_t before, index;
	bool rtx, again;

	sim_note_arrival(r, now, in);
	if (sim_filling(r, in, &rtp))
		return;
	s = sim_empty(r, in, &rtp, &rtx);
	if (s) {
		if (rtx)
			check(rtp_unwrap_rtx(&rtp, &rtp.sequence));
		if (sim_mark_number(s->seen, &s->newest, rtp.sequence, &index))
			sim_found(s, index);
		return;
	}
	s = sim_parse(r, in, &rtp, &picture, &mark, &rtx);
	before = s->newest;
	if (!sim_mark_number(s->seen, &s->newest, rtp.sequence, &index)) {
		s->duplicates++;
		return;
	}
	if (before && index > before + 1)
		sim_note_lost(s, now, before + 1, index);
	again = sim_found(s, index) && s->setup->repeats;
	s->packets++;
	s->recovered += rtx || again;
	if (s->last_arrival)
		s->longest_gap = MAX(s->longest_gap, now - s->last_arrival);
	s->last_arrival = now;
	if (s->setup->kind == SLOT_VIDEO || s->setup->kind == SLOT_SCREEN) {
		sim_receive_picture(s, now, &rtp, &picture, &mark);
	} else {
		sim_freeze(s, now);
		sim_sync(s, &(struct sim_frame){ .timestamp = rtp.timestamp, .mark = mark }, SIM_CLOCK_AUDIO);
	}
}

void sim_receiver_rtcp(struct sim_receiver *r, usec_t now, struct bytes in)
{
	struct rtcp_walk walk = rtcp_walk(in);
	struct rtcp part;
	bool rtx;

	while (rtcp_next(&walk, &part)) {
		struct sim_slot *s;

		if (part.kind != RTCP_SENDER_REPORT)
			continue;
		s = sim_slot_by_ssrc(r, part.sender, &rtx);
		check(s && !rtx);
		s->report_ntp = part.info.ntp;
		s->report_middle = ntp_middle(part.info.ntp);
		s->report_timestamp = part.info.timestamp;
		s->reported_at = now;
	}
	check(walk.r.ok);
}

usec_t sim_receiver_next(const struct sim_receiver *r)
{
	return MIN(MIN(r->next_timer, r->next_report), r->next_arrivals);
}

/* Of 256, since the last report. */
static uint8_t sim_loss(struct sim_slot *s, uint8_t claimed)
{
	int64_t expected = s->newest - s->counted, lost = 0;

	for (int64_t i = s->counted + 1; s->counted && expected < SIM_NUMBERS && i <= s->newest; i++)
		lost += !(s->seen[i % SIM_NUMBERS / 64] >> (i % 64) & 1);
	s->counted = s->newest;
	if (claimed || !lost)
		return claimed;
	return (uint8_t)MIN(lost * 256 / expected, INT64_C(255));
}

static void sim_report(struct sim_receiver *r, usec_t now, struct writer *w)
{
	struct rtcp_report reports[31];
	size_t n = 0;

	for (uint32_t i = 0; i < r->setup->n_slots && n < 31; i++) {
		struct sim_slot *s = &r->slots[i];

		if (!s->newest)
			continue;
		reports[n++] = (struct rtcp_report){
			.ssrc = s->setup->ssrc, .highest = (uint32_t)(s->newest - SEQ_START),
			.fraction_lost = sim_loss(s, r->claims_loss), .last_report = s->report_middle,
			.delay = s->report_middle ? (uint32_t)((now - s->reported_at) * 65536 / SECONDS(1)) : 0,
		};
	}
	rtcp_write_receiver_report(w, 1, reports, n);
}

static void sim_ask(struct sim_slot *s, usec_t now, struct writer *w)
{
	uint16_t lost[SIM_LOST];
	size_t n = 0;

	for (uint32_t i = 0; i < s->n_lost;) {
		struct sim_lost *l = &s->lost[i];

		if (l->since + (s->setup->repeats ? SIM_SOUND_LOST_AFTER : SIM_LOST_AFTER) <= now) {
			s->given_up++;
			*l = s->lost[--s->n_lost];
			continue;
		}
		if (l->due <= now && (s->setup->rtx_ssrc || s->setup->repeats) && write_room(w) > 4 * (n + 1) + 40) {
			l->due = now + SIM_NACK_PACE;
			lost[n++] = (uint16_t)l->index;
		}
		i++;
	}
	if (n)
		rtcp_write_nack(w, 1, s->setup->ssrc, lost, n);
}

/* The picture stands still although packets come. */
static void sim_ask_picture(struct sim_slot *s, usec_t now, struct writer *w)
{
	if (!s->setup->rtx_ssrc || !s->person || s->last_arrival + MSEC(200) < now || s->next_pli > now ||
	    MAX(s->last_decoded, s->assigned) + MSEC(400) > now || write_room(w) < 12)
		return;
	s->next_pli = now + SIM_PLI_PACE;
	s->plis++;
	rtcp_write_pli(w, 1, s->setup->ssrc);
}

/* draft-alvestrand-rmcat-remb-03, 2.2 */
static void sim_write_remb(struct writer *w, uint32_t bits)
{
	unsigned exponent = 0;

	while (bits >> exponent > 0x3ffff)
		exponent++;
	write_u32(w, 0x8fce0004);
	write_u32(w, 1);
	write_u32(w, 0);
	write_string(w, "REMB");
	write_u32(w, exponent << 18 | bits >> exponent);
}

/* As browsers do: every tenth of a second, in a datagram of its own. */
static void sim_report_arrivals(struct sim_receiver *r, usec_t now, struct sim_network *n, struct sim_line *line,
	void *owner)
{
	r->next_arrivals = now + SIM_ARRIVALS;
	while (twcc_recorder_pending(&r->arrivals)) {
		uint8_t buffer[1200];
		struct writer w = writer(buffer, sizeof(buffer));

		twcc_recorder_write(&r->arrivals, &w, 1, 1);
		check(w.ok);
		sim_network_send(n, now, line, owner, true, true, written(&w));
	}
}

void sim_receiver_run(struct sim_receiver *r, usec_t now, struct sim_network *n, struct sim_line *line, void *owner)
{
	uint8_t buffer[1200];
	struct writer w = writer(buffer, sizeof(buffer));

	if (r->next_report <= now) {
		r->next_report = now + SECONDS(1);
		sim_report(r, now, &w);
		if (r->remb)
			sim_write_remb(&w, r->remb);
	}
	if (r->next_arrivals <= now)
		sim_report_arrivals(r, now, n, line, owner);
	if (r->next_timer <= now) {
		r->next_timer = now + SIM_TIMER;
		for (uint32_t i = 0; i < r->setup->n_slots && !r->deaf; i++) {
			sim_ask(&r->slots[i], now, &w);
			sim_ask_picture(&r->slots[i], now, &w);
		}
	}
	check(w.ok);
	if (w.at != w.start)
		sim_network_send(n, now, line, owner, true, true, written(&w));
}
