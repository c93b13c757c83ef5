/* SPDX-License-Identifier: EUPL-1.2 */
/* A sender report tells the receiver which moment of the sender's clock a timestamp of the slot means: it is the
 * sender's own report, moved by the slot's shift and by the time that passed since. In conclave-media. Invariant:
 * see report.h. */
#include "sfu/room/report.h"

#include "base/mem.h"
#include "sfu/room/peer.h"
#include "sfu/room/state.h"
#include "sfu/rtp/ntp.h"
#include "sfu/rtp/rtcp.h"

/* SR, and SDES with the longest cname. */
#define REPORT_SLOT_SIZE (28 + 4 + 4 + 2 + 32 + 4)

bool report_arrivals(struct peer *p, struct writer *w)
{
	if (!twcc_recorder_pending(&p->arrivals))
		return false;
	twcc_recorder_write(&p->arrivals, w, p->setup.feedback_ssrc, p->n_streams ? p->streams[0].ssrc : 0);
	return twcc_recorder_pending(&p->arrivals);
}

/* From a hundredth on (of 256) its listeners' loss is told as a fifth, whatever it is: more would only make room for a
 * liar (ATTACKS B11), and of 32 kbit/s at a constant rate libopus keeps none for repeats when it is told of a twentieth
 * (decide_fec); Chromium believes what it is told over 10 s: of a tenth as much as is needed after 8, of a fifth after
 * 3. */
#define REPORT_LOSS_HEARD 3u
#define REPORT_LOSS_TOLD 51u
/* Browsers report on sound every 5 s. */
#define REPORT_LOSS_AGE SECONDS(12)

/* Of 256. What is known of the pictures on the same way is known sooner. */
static uint32_t report_listener(const struct slot *slot, usec_t now)
{
	uint32_t told = now < slot->loss_at + REPORT_LOSS_AGE ? slot->loss : 0;

	return MAX(told, bandwidth_loss(&slot->peer->bandwidth, now) * 256 / 1000);
}

/* Opus repeats a frame in the next one when it is told of loss. Its sender's own way may be clean: what its listeners
 * lose counts, the worst of them. */
static uint8_t report_loss(const struct track *t, usec_t now, uint8_t own)
{
	const struct slot *slot;
	uint32_t worst = own;

	list_for_each(slot, &t->slots, in_track)
		if (slot->peer->ready && slot->run.on)
			worst = MAX(worst, report_listener(slot, now));
	return (uint8_t)(worst < REPORT_LOSS_HEARD ? worst : MAX((uint32_t)own, REPORT_LOSS_TOLD));
}

static void report_streams(struct peer *p, usec_t now, struct writer *w)
{
	struct rtcp_report reports[LIMIT_STREAMS_PER_PEER];
	uint32_t lost;
	size_t n = 0;

	for (unsigned kind = 0; kind < SOURCE_N; kind++) {
		struct track *t = &p->tracks[kind];

		for (uint32_t i = 0; i < t->n_streams; i++) {
			if (!t->streams[i].started || t->streams[i].last_arrival + 2 * ROOM_REPORTS < now)
				continue;
			stream_report(&t->streams[i], now, &reports[n], &lost);
			if (!track_is_video(t))
				reports[n].fraction_lost = report_loss(t, now, reports[n].fraction_lost);
			n++;
			p->room->numbers.lost += lost;
		}
	}
	rtcp_write_receiver_report(w, p->setup.feedback_ssrc, reports, n);
	rtcp_write_name(w, p->setup.feedback_ssrc, bytes_of_string(p->setup.cname));
}

static void report_slot(struct slot *slot, usec_t now, struct writer *w)
{
	const struct stream *s = &slot->track->streams[slot->run.layer];
	uint32_t clock = track_is_video(slot->track) ? codec_clock(CODEC_VP8) : codec_clock(CODEC_OPUS);
	usec_t passed = now - s->report_at;
	struct rtcp_sender_info info = {
		.ntp = s->report.ntp + (passed / SECONDS(1) << 32) + (passed % SECONDS(1) << 32) / SECONDS(1),
		.timestamp = s->report.timestamp + slot->run.timestamp_shift + (uint32_t)(passed * clock / SECONDS(1)),
		.packets = slot->packets,
		.octets = slot->octets,
	};

	rtcp_write_sender_report(w, slot->setup->ssrc, &info, NULL, 0);
	rtcp_write_name(w, slot->setup->ssrc, bytes_of_string(slot->peer->setup.cname));
	slot->report_middle = ntp_middle(info.ntp);
	slot->report_at = now;
}

static bool report_wanted(const struct slot *slot)
{
	return slot->track && slot->run.on && slot->track->streams[slot->run.layer].reported &&
		slot_runs_on(slot, &slot->track->streams[slot->run.layer]);
}

bool report_write(struct peer *p, usec_t now, struct writer *w)
{
	if (!p->reported_streams) {
		report_streams(p, now, w);
		p->reported_streams = true;
	}
	for (; p->next_report_slot < p->setup.n_slots; p->next_report_slot++) {
		struct slot *slot = &p->slots[p->next_report_slot];

		if (!report_wanted(slot))
			continue;
		if (write_room(w) < REPORT_SLOT_SIZE)
			return true;
		report_slot(slot, now, w);
	}
	return false;
}
