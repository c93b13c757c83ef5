/* SPDX-License-Identifier: EUPL-1.2 */
/* SDES and BYE are read past: names and leaving are conclaved's. In conclave-media. Invariant: see feedback.h. */
#include "sfu/room/feedback.h"

#include "base/mem.h"
#include "sfu/room/allocate.h"
#include "sfu/room/keyframe.h"
#include "sfu/room/peer.h"
#include "sfu/room/state.h"
#include "sfu/rtp/ntp.h"
#include "sfu/rtp/rtcp.h"
#include "sfu/rtp/seq.h"

/* The least time between two retransmissions of a packet, whatever round trip the receiver claims. */
#define FEEDBACK_RESEND_PACE MSEC(20)
#define FEEDBACK_ROUND_TRIP_MOST SECONDS(2)

/* Transport-wide feedbacks that are read of one compound (ATTACKS B08): browsers send one to three. */
#define FEEDBACK_ARRIVALS 8

static void feedback_sender(struct peer *p, usec_t now, const struct rtcp *part)
{
	const struct peer_stream *known = peer_find_stream(p, part->sender);

	if (!known || known->rtx)
		return;
	known->stream->reported = true;
	known->stream->report = part->info;
	known->stream->report_at = now;
}

/* No clock of the wall is needed: the receiver gives back the time that we wrote, and we know when that was. */
static void feedback_round_trip(struct slot *slot, usec_t now, const struct rtcp_report *report)
{
	usec_t held = report->delay * SECONDS(1) / 65536;
	struct peer *p = slot->peer;
	usec_t trip;

	if (!slot->report_at || report->last_report != slot->report_middle || held > now - slot->report_at)
		return;
	trip = MIN(now - slot->report_at - held, FEEDBACK_ROUND_TRIP_MOST);
	p->round_trip = (p->round_trip * 7 + trip) / 8;
}

/* What was asked for and came is no loss to the receiver; to Opus, which is to guard against the next one, it is. */
static void feedback_loss(struct slot *slot, usec_t now, uint8_t said)
{
	uint64_t sent = MAX(slot->packets - slot->packets_before, 1u);

	slot->loss = (uint8_t)MIN(said + slot->asked * UINT64_C(256) / sent, UINT64_C(255));
	slot->loss_at = now;
	slot->asked = 0;
	slot->packets_before = slot->packets;
}

static void feedback_reports(struct peer *p, usec_t now, struct rtcp *part)
{
	struct rtcp_report report;

	while (rtcp_take_report(part, &report)) {
		struct slot *slot = peer_find_slot(p, report.ssrc);

		if (!slot)
			continue;
		slot->confirmed = true;
		feedback_loss(slot, now, report.fraction_lost);
		feedback_round_trip(slot, now, &report);
	}
}

static uint8_t feedback_rtx_type(const struct peer *p, uint8_t payload_type)
{
	if (payload_type == p->setup.vp8)
		return p->setup.vp8_rtx;
	return payload_type == p->setup.vp9 ? p->setup.vp9_rtx : ROOM_NO_PAYLOAD_TYPE;
}

/* What was sent before the picture began anew is of no use to it; what it began with, of most. */
static bool feedback_may_resend(const struct slot *slot, uint16_t sequence, uint32_t size)
{
	int place = slot->run.on ? seq_distance((uint16_t)(slot->run.first + slot->run.shift), sequence) : 0;
	uint32_t kept = place < SLOT_BEGIN_PACKETS ? 0 : SLOT_RESEND_KEPT;

	return place >= 0 && size + kept <= slot->resend_bytes;
}

static void feedback_resend(struct slot *slot, usec_t now, uint16_t sequence)
{
	struct peer *p = slot->peer;
	struct cached *c = packet_cache_find(&p->cache, slot->number, sequence);
	struct egress_item item;

	if (!c || c->resends == LIMIT_RESENDS || c->sent + CACHE_AGE <= now)
		return;
	if (!feedback_may_resend(slot, sequence, c->item.size))
		return;
	if (c->resends && now < c->sent_again + MAX(p->round_trip, FEEDBACK_RESEND_PACE))
		return;
	item = c->item;
	item.payload_type = feedback_rtx_type(p, item.payload_type);
	if (!slot->setup->rtx_ssrc || item.payload_type == ROOM_NO_PAYLOAD_TYPE ||
	    !bandwidth_take_burst(&p->bandwidth, now, item.size))
		return;
	c->resends++;
	c->sent_again = now;
	slot->resend_bytes -= item.size;
	item.rtx = true;
	item.rtx_sequence = slot->rtx_sequence++;
	peer_send(p, &item);
}

/* Under its own number: see sounds.h. */
static void feedback_resend_sound(struct slot *slot, usec_t now, uint16_t sequence)
{
	struct peer *p = slot->peer;
	struct sound *sound = sounds_find(slot->sounds, now, sequence);

	if (!sound || sound->resends == LIMIT_RESENDS || !slot->run.on)
		return;
	/* Of whom the line carried before. */
	if (seq_distance((uint16_t)(slot->run.first + slot->run.shift), sequence) < 0)
		return;
	/* Asked for before it came to us; it is on its way. */
	if (sound->late && now < sound->sent + p->round_trip / 2)
		return;
	if (sound->resends && now < sound->sent_again + MAX(p->round_trip, FEEDBACK_RESEND_PACE))
		return;
	slot->asked += !sound->asked;
	sound->asked = true;
	/* Sound goes before all else: what is sent again of pictures takes nothing from it. */
	if (sound->cost > slot->resend_bytes)
		return;
	slot->resend_bytes -= sound->cost;
	if (slot->setup->twcc)
		bandwidth_repeated(&p->bandwidth, now, sound->number);
	sounds_owe(slot->sounds, now, sound);
	p->owes_sound = true;
	peer_owe(p, 0);
}

static void feedback_nack(struct peer *p, usec_t now, struct rtcp *part, unsigned *left)
{
	struct slot *slot = peer_find_slot(p, part->media);
	uint16_t sequence;

	while (slot && *left && rtcp_take_lost(part, &sequence)) {
		if (slot->sounds)
			feedback_resend_sound(slot, now, sequence);
		else
			feedback_resend(slot, now, sequence);
		(*left)--;
	}
}

static void feedback_key_frame(struct peer *p, usec_t now, uint32_t ssrc)
{
	struct slot *slot = peer_find_slot(p, ssrc);

	if (!slot)
		return;
	allocate_lost(p, now);
	keyframe_want_again(slot, now);
}

static void feedback_full_intra(struct peer *p, usec_t now, struct rtcp *part)
{
	uint32_t ssrc;
	uint8_t number;

	while (rtcp_take_fir(part, &ssrc, &number))
		feedback_key_frame(p, now, ssrc);
}

/* What it can be sent has changed: a fall is acted upon at once, a rise has time. */
static void feedback_arrivals(struct peer *p, usec_t now, const struct rtcp *part)
{
	uint32_t before = bandwidth_rate(&p->bandwidth, now);
	struct twcc_feedback feedback;

	if (!twcc_parse(part->items, &feedback))
		return;
	bandwidth_receive(&p->bandwidth, now, &feedback, p->round_trip);
	if (bandwidth_rate(&p->bandwidth, now) < before / 100 * 97)
		allocate_peer(p, now);
	else if (bandwidth_rate(&p->bandwidth, now) > before)
		p->unsettled = true;
}

void feedback_receive(struct peer *p, usec_t now, struct bytes compound)
{
	struct rtcp_walk walk = rtcp_walk(compound);
	unsigned nacks_left = LIMIT_NACKS_READ, arrivals_left = FEEDBACK_ARRIVALS;
	struct rtcp part;

	while (rtcp_next(&walk, &part)) {
		switch (part.kind) {
		case RTCP_SENDER_REPORT:
			feedback_sender(p, now, &part);
			feedback_reports(p, now, &part);
			break;
		case RTCP_RECEIVER_REPORT:
			feedback_reports(p, now, &part);
			break;
		case RTCP_NACK:
			feedback_nack(p, now, &part, &nacks_left);
			break;
		case RTCP_PLI:
			feedback_key_frame(p, now, part.media);
			break;
		case RTCP_FIR:
			feedback_full_intra(p, now, &part);
			break;
		case RTCP_TRANSPORT_FEEDBACK:
			if (arrivals_left) {
				arrivals_left--;
				feedback_arrivals(p, now, &part);
			}
			break;
		case RTCP_REMB:
			bandwidth_receive_remb(&p->bandwidth, now, part.bitrate);
			p->unsettled = true;
			break;
		case RTCP_SOURCE_DESCRIPTION:
		case RTCP_BYE:
		case RTCP_OTHER:
			break;
		}
	}
	if (!walk.r.ok)
		p->room->numbers.dropped++;
}
