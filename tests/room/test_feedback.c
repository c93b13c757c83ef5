/* SPDX-License-Identifier: EUPL-1.2 */
/* RTCP both ways: what participants ask of us, what we ask and tell of them. In tests only.
 * Invariant: what does not fit one packet goes on in the next; nothing is said twice. */
#include "base/mem.h"
#include "sfu/room/peer.h"
#include "sfu/room/room.h"
#include "sfu/room/state.h"
#include "sfu/rtp/ntp.h"
#include "sfu/rtp/rtcp.h"
#include "sfu/rtp/rtp.h"
#include "tests/support/check.h"
#include "tests/support/room_fixture.h"

#define PACKETS 4096
#define ANNA ((struct peer_id){ 1 })
#define BEN ((struct peer_id){ 2 })

static struct pool *pool;
static struct room *room;
static struct peer *anna, *ben;
static usec_t now;

/* What left the room since it was last cleared. */
static struct {
	unsigned packets[RTCP_OTHER + 1];	/* of RTCP that held such a part */
	unsigned parts[RTCP_OTHER + 1];
	unsigned asked;				/* sequence numbers in NACKs */
	unsigned rtp, resent;
	unsigned repeated;			/* sound, under its own number */
	uint16_t sequence;			/* of the last RTP */
	uint32_t told[LIMIT_SLOTS];		/* SSRCs of sender reports */
	unsigned n_told;
	struct rtcp_sender_info info;		/* the last */
} left;

static int set_up(void **state)
{
	struct room_peer_setup setup = fixture_setup(1, 2, 2);

	(void)state;
	memset(&left, 0, sizeof(left));
	now = SECONDS(100);
	if (pool_new(&pool, PACKETS) < 0 || room_new(&room, pool, 1) < 0)
		return -1;
	setup.allowed = 15;
	setup.sources[SOURCE_CAMERA].n_rids = setup.sources[SOURCE_SCREEN].n_rids = 3;
	for (unsigned i = 0; i < 3; i++) {
		setup.sources[SOURCE_CAMERA].rids[i][0] = setup.sources[SOURCE_SCREEN].rids[i][0] = (char)('a' + i);
		setup.sources[SOURCE_CAMERA].ssrcs[i] = 500 + i;
		setup.sources[SOURCE_SCREEN].ssrcs[i] = 600 + i;
	}
	setup.sources[SOURCE_MICROPHONE].repeats = true;
	check_eq(room_add_peer(room, now, &setup), 0);
	setup = fixture_setup(2, 2, 2);
	setup.slots[0].repeats = setup.slots[1].repeats = true;
	check_eq(room_add_peer(room, now, &setup), 0);
	anna = map_get(&room->peers, 1);
	ben = map_get(&room->peers, 2);
	room_set_ready(room, now, ANNA, true);
	room_set_ready(room, now, BEN, true);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	room_free(room);
	check_eq(pool_free_count(pool), PACKETS);
	pool_free(pool);
	return 0;
}

/* What became of every packet of sound. */
static const uint8_t sealed_sound[] = { 0x80, 111, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

static void note_rtcp(struct bytes in)
{
	struct rtcp_walk walk = rtcp_walk(in);
	bool had[RTCP_OTHER + 1] = { false };
	struct rtcp part;
	uint16_t sequence;

	check_le(in.size, 1200);
	while (rtcp_next(&walk, &part)) {
		left.parts[part.kind]++;
		had[part.kind] = true;
		while (part.kind == RTCP_NACK && rtcp_take_lost(&part, &sequence))
			left.asked++;
		if (part.kind == RTCP_SENDER_REPORT) {
			left.told[left.n_told++] = part.sender;
			left.info = part.info;
		}
	}
	check(walk.r.ok);
	for (unsigned kind = 0; kind <= RTCP_OTHER; kind++)
		left.packets[kind] += had[kind];
}

static void drain(void)
{
	uint8_t buffer[LIMIT_DATAGRAM];
	struct room_out out;
	struct rtp rtp;

	for (;;) {
		struct writer w = writer(buffer, sizeof(buffer));

		if (!room_poll(room, &w, &out))
			return;
		if (out.kind == ROOM_RTCP)
			note_rtcp(bytes_make(buffer, out.size));
		if (out.kind == ROOM_SEALED) {
			check_eq(out.peer.value, BEN.value);
			check_eq(out.size, sizeof(sealed_sound));
			check_eq(memcmp(buffer, sealed_sound, sizeof(sealed_sound)), 0);
			left.repeated++;
		}
		if (out.kind != ROOM_RTP)
			continue;
		check(rtp_parse(bytes_make(buffer, out.size), &rtp));
		left.rtp++;
		left.resent += rtp.payload_type == FIXTURE_VP8_RTX;
		left.sequence = rtp.sequence;
		if (out.keep)
			room_keep(room, &out, bytes_make(sealed_sound, sizeof(sealed_sound)));
	}
}

static void picture(uint32_t ssrc, uint16_t sequence, bool key)
{
	struct packet *p = packet_new(pool);
	struct writer w = writer(p->data, sizeof(p->data));
	uint8_t payload[64] = { 0x90, 0x80, (uint8_t)(sequence & 0x7f), key ? 0 : 1 };
	struct rtp rtp = {
		.ssrc = ssrc, .payload_type = FIXTURE_VP8, .sequence = sequence, .timestamp = sequence * 3600u,
		.payload = bytes_make(payload, sizeof(payload)),
	};

	rtp_write(&w, &rtp, NULL, 0);
	p->size = (uint32_t)written(&w).size;
	room_receive_rtp(room, now, ANNA, p);
	packet_unref(p);
	drain();
}

static void hear(struct peer_id id, const struct writer *w)
{
	check(w->ok);
	room_receive_rtcp(room, now, id, written(w));
	drain();
}

static void wait(usec_t span)
{
	usec_t end = now + span;

	while (room_deadline(room) <= end) {
		now = MAX(now, room_deadline(room));
		room_timeout(room, now);
		drain();
	}
	now = end;
}

/* LIMIT_MISSING packets lost of this stream, so far apart that no two share an entry of a NACK. */
static void lose_scattered(struct stream *stream)
{
	picture(stream->ssrc, 0, true);
	for (unsigned i = 1; i <= LIMIT_MISSING * 18; i++) {
		stream->police = (struct bucket){ 0 };		/* such a burst would be cut */
		if (i % 18)
			picture(stream->ssrc, (uint16_t)i, false);
	}
	picture(stream->ssrc, LIMIT_MISSING * 18 + 1, false);
}

TEST(many_losses_are_asked_for_in_several_packets)
{
	for (unsigned i = 0; i < 3; i++) {
		lose_scattered(&anna->tracks[SOURCE_CAMERA].streams[i]);
		lose_scattered(&anna->tracks[SOURCE_SCREEN].streams[i]);
	}
	check_eq(left.asked, 0);
	wait(MSEC(15));
	check_eq(left.asked, 6 * LIMIT_MISSING);
	check_eq(left.parts[RTCP_NACK], 6);
	check_eq(left.packets[RTCP_NACK], 2);
}

TEST(too_much_loss_wants_a_key_frame)
{
	picture(500, 0, true);
	memset(&left, 0, sizeof(left));
	picture(500, LIMIT_MISSING + 2, false);
	wait(MSEC(15));
	check_eq(left.asked, 0);
	check_eq(left.parts[RTCP_PLI], 1);
}

TEST(a_full_table_of_reports_goes_on_in_the_next_packet)
{
	struct room_peer_setup setup = fixture_setup(3, 10, 10);
	struct rtcp_sender_info info = { .ntp = ntp_from_wall(SECONDS(1700000000)), .timestamp = 0 };
	uint8_t buffer[64];

	room_set_sources(room, now, ANNA, 0);
	snprintf(setup.cname, sizeof(setup.cname), "%s", "a name of the greatest length..");
	check_eq(room_add_peer(room, now, &setup), 0);
	room_set_ready(room, now, setup.id, true);
	/* Ten cameras and ten microphones, and one who watches and hears them all. */
	for (uint32_t id = 10; id < 30; id++) {
		struct writer w = writer(buffer, sizeof(buffer));
		struct packet *p = packet_new(pool);
		struct rtp rtp = { .ssrc = FIXTURE_SSRC(id, id < 20 ? SOURCE_CAMERA : SOURCE_MICROPHONE) };
		uint8_t payload[8] = { 0x10, 0 };

		setup = fixture_setup(id, 0, 0);
		setup.allowed = SOURCE_BIT(id < 20 ? SOURCE_CAMERA : SOURCE_MICROPHONE);
		check_eq(room_add_peer(room, now, &setup), 0);
		room_set_ready(room, now, setup.id, true);
		rtp.payload_type = id < 20 ? FIXTURE_VP8 : FIXTURE_OPUS;
		rtp.payload = bytes_make(payload, sizeof(payload));
		rtcp_write_sender_report(&w, rtp.ssrc, &info, NULL, 0);
		hear(setup.id, &w);
		w = writer(p->data, sizeof(p->data));
		rtp_write(&w, &rtp, NULL, 0);
		p->size = (uint32_t)written(&w).size;
		room_receive_rtp(room, now, setup.id, p);
		packet_unref(p);
		drain();
	}
	memset(&left, 0, sizeof(left));
	wait(MSEC(500));
	/* He is told of all twenty, each once; the two others, with two lines of a kind, in a packet each. */
	for (uint32_t n = 0; n < 22; n++) {
		unsigned times = 0;

		for (unsigned i = 0; i < left.n_told; i++)
			times += left.told[i] == FIXTURE_SLOT_SSRC(3, n);
		check_eq(times, n == 10 || n == 21 ? 0 : 1);
	}
	check_eq(left.packets[RTCP_SENDER_REPORT], 2 + 2);
}

TEST(the_way_there_and_back_is_measured)
{
	struct rtcp_sender_info info = { .ntp = ntp_from_wall(SECONDS(1700000000)), .timestamp = 0 };
	struct rtcp_report report = { .ssrc = FIXTURE_SLOT_SSRC(2, 3) };
	uint8_t buffer[64];
	struct writer w = writer(buffer, sizeof(buffer));

	rtcp_write_sender_report(&w, 502, &info, NULL, 0);
	hear(ANNA, &w);
	picture(502, 1, true);
	wait(MSEC(500));
	check(left.n_told == 1 && left.told[0] == report.ssrc);
	for (unsigned i = 0; i < 60; i++) {
		usec_t sent = ben->slots[3].report_at;

		report.last_report = ntp_middle(left.info.ntp);
		now = sent + MSEC(300);
		report.delay = 65536 / 10;		/* held for 100 of the 300 ms */
		w = writer(buffer, sizeof(buffer));
		rtcp_write_receiver_report(&w, 1, &report, 1);
		hear(BEN, &w);
	}
	check_ge(ben->round_trip, MSEC(195));
	check_le(ben->round_trip, MSEC(201));
	/* Held for longer than it was away: nonsense, and a report of nothing that we sent. */
	report.delay = UINT32_MAX;
	w = writer(buffer, sizeof(buffer));
	rtcp_write_receiver_report(&w, 1, &report, 1);
	report.delay = 0;
	report.last_report++;
	rtcp_write_receiver_report(&w, 1, &report, 1);
	hear(BEN, &w);
	check_ge(ben->round_trip, MSEC(195));
	check(ben->slots[3].confirmed);
}

static void nack(uint32_t ssrc, uint16_t sequence)
{
	uint8_t buffer[32];
	struct writer w = writer(buffer, sizeof(buffer));

	rtcp_write_nack(&w, 1, ssrc, &sequence, 1);
	hear(BEN, &w);
}

TEST(only_what_was_sent_is_sent_again)
{
	uint32_t line = FIXTURE_SLOT_SSRC(2, 3);
	uint16_t sequence;

	picture(502, 1, true);
	check_eq(left.rtp, 1);
	sequence = left.sequence;
	nack(line, (uint16_t)(sequence + 1));
	nack(line + 1, sequence);
	nack(77777, sequence);
	check_eq(left.resent, 0);
	nack(line, sequence);
	check_eq(left.resent, 1);
	/* Too old; and whoever has no type for it gets none. */
	wait(MSEC(600));
	nack(line, sequence);
	check_eq(left.resent, 1);
	picture(502, 2, false);
	ben->setup.vp8_rtx = ROOM_NO_PAYLOAD_TYPE;
	nack(line, left.sequence);
	check_eq(left.resent, 1);
}

static void sound(uint16_t sequence)
{
	struct packet *p = packet_new(pool);
	struct writer w = writer(p->data, sizeof(p->data));
	uint8_t payload[100] = { 0x78 };
	struct rtp rtp = {
		.ssrc = FIXTURE_SSRC(1, SOURCE_MICROPHONE), .payload_type = FIXTURE_OPUS, .sequence = sequence,
		.timestamp = sequence * 960u, .payload = bytes_make(payload, sizeof(payload)),
	};

	rtp_write(&w, &rtp, NULL, 0);
	p->size = (uint32_t)written(&w).size;
	room_receive_rtp(room, now, ANNA, p);
	packet_unref(p);
	drain();
}

TEST(sound_is_sent_again_as_it_was)
{
	uint32_t line = FIXTURE_SLOT_SSRC(2, 0);
	uint16_t sequence;

	sound(1);
	sequence = left.sequence;
	nack(line, (uint16_t)(sequence + 1));
	nack(line + 1, sequence);
	check_eq(left.repeated, 0);
	nack(line, sequence);
	check_eq(left.repeated, 1);
	/* Not faster than its way, ten times at most, and not when it is too late. */
	nack(line, sequence);
	check_eq(left.repeated, 1);
	now += PEER_ROUND_TRIP_GUESS;
	nack(line, sequence);
	check_eq(left.repeated, 2);
	for (unsigned i = 0; i < 20; i++) {
		ben->round_trip = 0;
		now += MSEC(20);
		nack(line, sequence);
	}
	check_eq(left.repeated, LIMIT_RESENDS);
	sound(2);
	now += SOUNDS_AGE;
	nack(line, (uint16_t)(sequence + 1));
	check_eq(left.repeated, LIMIT_RESENDS);
	check_eq(left.resent, 0);
}

/* It is lost on the way to us and to all behind: those ask for it before it comes, and again if it is lost again. */
TEST(sound_that_came_late_is_under_way)
{
	uint32_t line = FIXTURE_SLOT_SSRC(2, 0);

	ben->round_trip = MSEC(60);
	sound(1);
	sound(3);
	sound(2);
	now += MSEC(30) - 1;
	nack(line, left.sequence);
	check_eq(left.repeated, 0);
	nack(line, (uint16_t)(left.sequence + 1));
	check_eq(left.repeated, 1);
	now++;
	nack(line, left.sequence);
	check_eq(left.repeated, 2);
}

TEST(of_another_voice_nothing_is_sent_again)
{
	uint32_t line = FIXTURE_SLOT_SSRC(2, 0);
	uint16_t sequence;

	sound(1);
	sequence = left.sequence;
	room_set_sources(room, now, ANNA, 0);
	drain();
	nack(line, sequence);
	check_eq(left.repeated, 0);
	room_set_sources(room, now, ANNA, 15);
	sound(2);
	check_eq(left.sequence, (uint16_t)(sequence + 1));
	now += PEER_ROUND_TRIP_GUESS;
	nack(line, sequence);
	check_eq(left.repeated, 0);
	nack(line, left.sequence);
	check_eq(left.repeated, 1);
	/* Nor of what was sent before the way was lost. */
	room_set_ready(room, now, BEN, false);
	room_set_ready(room, now, BEN, true);
	sound(3);
	now += MSEC(100);
	nack(line, (uint16_t)(sequence + 1));
	check_eq(left.repeated, 1);
}

TEST(sound_that_was_asked_for_counts_as_lost)
{
	struct rtcp_report report = { .ssrc = FIXTURE_SLOT_SSRC(2, 0), .fraction_lost = 10 };
	uint8_t buffer[64];
	struct writer w = writer(buffer, sizeof(buffer));

	for (uint16_t n = 0; n < 16; n++)
		sound(n);
	now += PEER_ROUND_TRIP_GUESS;
	nack(report.ssrc, left.sequence);
	nack(report.ssrc, left.sequence);
	rtcp_write_receiver_report(&w, 1, &report, 1);
	hear(BEN, &w);
	check_eq(ben->slots[0].loss, 10 + 256 / 16);
	hear(BEN, &w);
	check_eq(ben->slots[0].loss, 10);
}

TEST(lost_sound_is_asked_for_where_its_sender_has_it)
{
	sound(1);
	sound(4);
	check_eq(left.asked, 0);
	wait(MSEC(15));
	check_eq(left.asked, 2);
	check_eq(left.parts[RTCP_NACK], 1);
	sound(2);
	sound(3);
	/* Both went on to ben, in their places. */
	check_eq(left.rtp, 4);
	wait(MSEC(300));
	check_eq(left.asked, 2);
	/* Sent again, they are no proof of a good way. */
	check_eq(anna->tracks[SOURCE_MICROPHONE].streams[0].received, 2);
	/* A gap of more than a second is nobody's wish, and no key frame's matter. */
	sound(4 + LIMIT_MISSING + 2);
	wait(MSEC(300));
	check_eq(left.asked, 2);
	check_eq(left.parts[RTCP_PLI], 0);
	anna->tracks[SOURCE_MICROPHONE].asks = false;
	sound(4 + LIMIT_MISSING + 4);
	wait(MSEC(300));
	check_eq(left.asked, 2);
}

/* RFC 5104, 4.3.1. */
static void ask_full_intra(uint32_t ssrc)
{
	uint8_t buffer[32];
	struct writer w = writer(buffer, sizeof(buffer));

	write_be(&w, 0x84ce0004, 4);
	write_u32(&w, 1);
	write_u32(&w, 0);
	write_u32(&w, ssrc);
	write_be(&w, 0x01000000, 4);
	hear(BEN, &w);
	wait(MSEC(15));
}

TEST(a_full_intra_request_wants_a_key_frame)
{
	picture(502, 1, true);
	wait(MSEC(600));
	memset(&left, 0, sizeof(left));
	ask_full_intra(77777);
	check_eq(left.parts[RTCP_PLI], 0);
	ask_full_intra(FIXTURE_SLOT_SSRC(2, 3));
	check_eq(left.parts[RTCP_PLI], 1);
}

TEST(a_report_about_nothing_of_ours)
{
	struct rtcp_report report = { .ssrc = 77777 };
	uint8_t buffer[64];
	struct writer w = writer(buffer, sizeof(buffer));

	rtcp_write_receiver_report(&w, 1, &report, 1);
	hear(BEN, &w);
	for (uint32_t i = 0; i < ben->setup.n_slots; i++)
		check(!ben->slots[i].confirmed);
	check_eq(room->numbers.dropped, 0);
}

TEST(broken_reports_are_counted)
{
	static const uint8_t broken[] = { 0x80, 201, 0, 9, 1, 2, 3, 4 };
	uint64_t before = room->numbers.dropped;

	room_receive_rtcp(room, now, BEN, bytes_make(broken, sizeof(broken)));
	check_eq(room->numbers.dropped, before + 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(many_losses_are_asked_for_in_several_packets, set_up, tear_down),
	cmocka_unit_test_setup_teardown(too_much_loss_wants_a_key_frame, set_up, tear_down),
	cmocka_unit_test_setup_teardown(a_full_table_of_reports_goes_on_in_the_next_packet, set_up, tear_down),
	cmocka_unit_test_setup_teardown(the_way_there_and_back_is_measured, set_up, tear_down),
	cmocka_unit_test_setup_teardown(only_what_was_sent_is_sent_again, set_up, tear_down),
	cmocka_unit_test_setup_teardown(sound_is_sent_again_as_it_was, set_up, tear_down),
	cmocka_unit_test_setup_teardown(sound_that_came_late_is_under_way, set_up, tear_down),
	cmocka_unit_test_setup_teardown(of_another_voice_nothing_is_sent_again, set_up, tear_down),
	cmocka_unit_test_setup_teardown(sound_that_was_asked_for_counts_as_lost, set_up, tear_down),
	cmocka_unit_test_setup_teardown(lost_sound_is_asked_for_where_its_sender_has_it, set_up, tear_down),
	cmocka_unit_test_setup_teardown(a_full_intra_request_wants_a_key_frame, set_up, tear_down),
	cmocka_unit_test_setup_teardown(a_report_about_nothing_of_ours, set_up, tear_down),
	cmocka_unit_test_setup_teardown(broken_reports_are_counted, set_up, tear_down),
};

RUN_TESTS(tests)
