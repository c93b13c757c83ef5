/* SPDX-License-Identifier: EUPL-1.2 */
/* A participant who sends what no browser sends (ATTACKS, part B). In tests only.
 * Invariant: what he does falls back on his own streams and slots; each test of an absence shows its counterpart. */
#include "base/mem.h"
#include "sfu/rtp/rtcp.h"
#include "sfu/rtp/rtp.h"
#include "tests/support/check.h"
#include "tests/support/sim.h"

/* Mallory is allowed a camera and a microphone, and sends by hand. */
struct crime {
	struct sim *s;
	struct sim_person *anna, *ben, *mallory;
};

static struct crime crime_new(uint64_t seed)
{
	struct crime c = { .s = sim_new(seed) };

	c.anna = sim_join(c.s);
	c.ben = sim_join(c.s);
	c.mallory = sim_join(c.s);
	sim_open(c.s, c.anna, SOURCE_CAMERA);
	sim_open(c.s, c.anna, SOURCE_MICROPHONE);
	c.mallory->sender.rebound = true;
	c.mallory->allowed = SOURCE_BIT(SOURCE_CAMERA) | SOURCE_BIT(SOURCE_MICROPHONE);
	room_set_sources(c.s->room, c.s->now, c.mallory->setup.id, c.mallory->allowed);
	sim_drain(c.s);
	sim_run(c.s, SECONDS(1));
	return c;
}

/* What a packet of Mallory's says; zero fields are left out. */
struct forged {
	uint32_t ssrc;
	uint8_t payload_type;
	const char *mid;
	const char *rid;
	uint16_t sequence;
	uint32_t timestamp;
	size_t size;		/* of the payload; 0 = that of sound */
	enum source_kind source;
};

static void crime_send(struct crime *c, const struct forged *f)
{
	const struct room_peer_setup *setup = &c->mallory->setup;
	struct sim_mark mark = { .person = c->mallory->id, .source = f->source, .parts = 1, .key = true };
	struct rtp_extension extensions[2];
	uint8_t payload[LIMIT_DATAGRAM];
	struct writer inner = writer(payload, sizeof(payload)), w;
	struct packet *packet = packet_new(c->s->pool);
	struct rtp rtp = {
		.ssrc = f->ssrc, .payload_type = f->payload_type, .sequence = f->sequence, .timestamp = f->timestamp,
	};
	size_t n = 0;

	check(packet);
	if (f->source == SOURCE_CAMERA)
		sim_write_picture(&inner, &mark, f->sequence, (uint8_t)f->sequence, f->size ? f->size : 100);
	else
		sim_write_sound(&inner, &mark, f->size ? f->size : 99);
	check(inner.ok);
	if (f->mid)
		extensions[n++] = (struct rtp_extension){ setup->ext_mid, bytes_of_string(f->mid) };
	if (f->rid)
		extensions[n++] = (struct rtp_extension){ setup->ext_rid, bytes_of_string(f->rid) };
	rtp.payload = written(&inner);
	w = writer(packet->data, sizeof(packet->data));
	rtp_write(&w, &rtp, extensions, n);
	check(w.ok);
	packet->size = (uint32_t)written(&w).size;
	room_receive_rtp(c->s->room, c->s->now, c->mallory->setup.id, packet);
	packet_unref(packet);
	sim_drain(c->s);
}

static void crime_rtcp(struct crime *c, struct sim_person *by, const struct writer *w)
{
	check(w->ok);
	room_receive_rtcp(c->s->room, c->s->now, by->setup.id, written(w));
	sim_drain(c->s);
}

static uint64_t out_packets(struct sim_person *to, struct sim_person *from, enum source_kind kind)
{
	return sim_sees(to, from, kind)->out_packets;
}

static uint64_t dropped(const struct crime *c)
{
	struct room_numbers numbers;

	room_count(c->s->room, &numbers);
	return numbers.dropped;
}

TEST(b01_b03_nobody_speaks_as_another)
{
	struct crime c = crime_new(51);
	const struct room_peer_setup *setup = &c.mallory->setup;
	uint32_t annas = c.anna->sender.sources[SOURCE_MICROPHONE].streams[0].ssrc;
	uint64_t before = dropped(&c), seen;

	/* Anna's SSRC, without a mid and with one that is not his; a wrong sender in a slot would be found. */
	crime_send(&c, &(struct forged){ .ssrc = annas, .payload_type = setup->opus });
	crime_send(&c, &(struct forged){ .ssrc = annas, .payload_type = setup->opus, .mid = "10" });
	check_eq(dropped(&c), before + 2);
	check_eq(out_packets(c.ben, c.mallory, SOURCE_MICROPHONE), 0);
	/* With his own mid it is his own stream, under his name, and Anna's goes on. */
	crime_send(&c, &(struct forged){ .ssrc = annas, .payload_type = setup->opus, .mid = "0" });
	check_eq(out_packets(c.ben, c.mallory, SOURCE_MICROPHONE), 1);
	seen = out_packets(c.ben, c.anna, SOURCE_MICROPHONE);
	sim_run(c.s, SECONDS(1));
	check_ge(out_packets(c.ben, c.anna, SOURCE_MICROPHONE), seen + 49);
	check_eq(sim_sees(c.ben, c.anna, SOURCE_MICROPHONE)->out_gaps, 0);
	sim_free(c.s);
}

TEST(b02_ten_thousand_streams_are_no_more_than_his)
{
	struct crime c = crime_new(52);
	const struct room_peer_setup *setup = &c.mallory->setup;
	size_t free_before = pool_free_count(c.s->pool);
	static const char *const rids[] = { "q", "h", "f" };

	mem_fail_at(0, 0);
	for (uint32_t i = 1; i <= 10000; i++) {
		crime_send(&c, &(struct forged){
			.ssrc = i * 7919, .payload_type = setup->vp8, .mid = "1", .rid = rids[i % 3],
			.source = SOURCE_CAMERA, .sequence = (uint16_t)(i * 31),
		});
		crime_send(&c, &(struct forged){ .ssrc = i * 104729, .payload_type = setup->opus });
	}
	check_eq(mem_fail_at(0, 0), 0);
	check(out_packets(c.ben, c.mallory, SOURCE_CAMERA) > 0);
	sim_run(c.s, SECONDS(5));
	check_ge(pool_free_count(c.s->pool) + 400, free_before);
	sim_free(c.s);
}

TEST(b05_the_largest_packets_fit_or_are_dropped)
{
	struct crime c = crime_new(53);
	const struct room_peer_setup *setup = &c.mallory->setup;
	uint64_t before = dropped(&c), sent = 0;

	for (size_t size = 1300; size <= LIMIT_DATAGRAM - 20; size++)
		crime_send(&c, &(struct forged){
			.ssrc = 99, .payload_type = setup->opus, .mid = "0", .size = size, .sequence = (uint16_t)size,
		});
	sent = out_packets(c.ben, c.mallory, SOURCE_MICROPHONE);
	/* sim_drain() gave the room LIMIT_DATAGRAM bytes to write to, and found nothing that did not fit. */
	check(sent >= 50);
	check(dropped(&c) > before);
	sim_free(c.s);
}

TEST(b09_a_nack_for_everything_is_answered_with_little)
{
	struct crime c = crime_new(54);
	struct sim_slot *picture = sim_sees(c.mallory, c.anna, SOURCE_CAMERA);
	uint64_t before = picture->out_octets;

	c.mallory->receiver.deaf = true;
	sim_run(c.s, SECONDS(1));
	before = picture->out_octets;
	picture->resent_octets = 0;
	for (unsigned round = 0; round < 500; round++) {	/* 100 a second for 5 s, 4,000 numbers each */
		uint8_t buffer[LIMIT_DATAGRAM];
		struct writer w = writer(buffer, sizeof(buffer));

		for (int64_t to = picture->out_newest; to > picture->out_newest - 4000; to -= 400) {
			uint16_t some[400];

			for (unsigned i = 0; i < 400; i++)
				some[i] = (uint16_t)(to - 399 + i);
			rtcp_write_nack(&w, 1, picture->setup->ssrc, some, 400);
		}
		crime_rtcp(&c, c.mallory, &w);
		sim_run(c.s, MSEC(10));
	}
	check(picture->resent_octets > 0);
	check_le(picture->resent_octets, (picture->out_octets - before) / 5 + 16384);
	sim_free(c.s);
}

TEST(b09_a_nack_for_every_word_is_answered_with_little)
{
	struct sim *s = sim_new(58);
	struct sim_person *anna, *mallory;
	struct sim_slot *voice;
	uint64_t before;

	s->repeats = true;
	anna = sim_join(s);
	mallory = sim_join(s);
	sim_open(s, anna, SOURCE_MICROPHONE);
	sim_run(s, SECONDS(2));
	voice = sim_sees(mallory, anna, SOURCE_MICROPHONE);
	mallory->receiver.deaf = true;
	before = voice->out_octets;
	for (unsigned round = 0; round < 1000; round++) {
		uint16_t some[64];
		uint8_t buffer[512];
		struct writer w = writer(buffer, sizeof(buffer));

		for (unsigned i = 0; i < 64; i++)
			some[i] = (uint16_t)(voice->out_newest - 63 + i);
		rtcp_write_nack(&w, 1, voice->setup->ssrc, some, 64);
		room_receive_rtcp(s->room, s->now, mallory->setup.id, written(&w));
		sim_drain(s);
		sim_run(s, MSEC(10));
	}
	check(voice->resent > 0);
	check_le(voice->resent_octets, (voice->out_octets - before) / 5 + 16384);
	sim_free(s);
}

TEST(b09_one_packet_ten_times_and_not_faster_than_its_way)
{
	struct crime c = crime_new(55);
	struct sim_slot *picture = sim_sees(c.mallory, c.anna, SOURCE_CAMERA);
	uint16_t one = (uint16_t)picture->out_newest;

	c.mallory->receiver.deaf = true;
	for (unsigned i = 0; i < 490; i++) {
		uint8_t buffer[32];
		struct writer w = writer(buffer, sizeof(buffer));

		rtcp_write_nack(&w, 1, picture->setup->ssrc, &one, 1);
		crime_rtcp(&c, c.mallory, &w);
		if (i == 19)	/* less than a round trip */
			check_eq(picture->resent, 1);
		sim_run(c.s, MSEC(1));
	}
	check_ge(picture->resent, 5);
	check_le(picture->resent, 10);
	sim_free(c.s);
}

TEST(b12_a_flood_is_cut_to_a_stream)
{
	struct crime c = crime_new(56);
	const struct room_peer_setup *setup = &c.mallory->setup;

	for (unsigned i = 0; i < 20000; i++) {
		crime_send(&c, &(struct forged){
			.ssrc = 99, .payload_type = setup->opus, .mid = "0", .sequence = (uint16_t)i,
		});
		c.s->now += 50;
	}
	/* Half a second's burst and one second's worth, plus one. */
	check_ge(out_packets(c.ben, c.mallory, SOURCE_MICROPHONE), LIMIT_AUDIO_PACKETS_PER_SECOND);
	check_le(out_packets(c.ben, c.mallory, SOURCE_MICROPHONE), LIMIT_AUDIO_PACKETS_PER_SECOND * 3 / 2 + 1);
	sim_free(c.s);
}

TEST(b13_a_goodbye_for_another_changes_nothing)
{
	struct crime c = crime_new(57);
	uint32_t annas = c.anna->sender.sources[SOURCE_CAMERA].streams[2].ssrc;
	uint64_t facts = c.s->facts, seen = out_packets(c.ben, c.anna, SOURCE_CAMERA);
	uint8_t buffer[128];
	struct writer w = writer(buffer, sizeof(buffer));

	rtcp_write_receiver_report(&w, annas, NULL, 0);
	rtcp_write_name(&w, annas, bytes_of_string("mallory"));
	write_u8(&w, 0x81);	/* BYE */
	write_u8(&w, 203);
	write_u16(&w, 1);
	write_u32(&w, annas);
	crime_rtcp(&c, c.mallory, &w);
	/* A sender report in Anna's name would shift her picture against her sound. */
	w = writer(buffer, sizeof(buffer));
	rtcp_write_sender_report(&w, annas, &(struct rtcp_sender_info){ .ntp = 1, .timestamp = 1 }, NULL, 0);
	crime_rtcp(&c, c.mallory, &w);
	/* Nor do those of her own for her retransmissions. */
	for (unsigned i = 0; i < 20; i++) {
		w = writer(buffer, sizeof(buffer));
		rtcp_write_sender_report(&w, c.anna->sender.sources[SOURCE_CAMERA].streams[2].rtx_ssrc,
			&(struct rtcp_sender_info){ .ntp = 1, .timestamp = 1 }, NULL, 0);
		crime_rtcp(&c, c.anna, &w);
		sim_run(c.s, MSEC(100));
	}
	check_eq(c.s->facts, facts);
	check_ge(out_packets(c.ben, c.anna, SOURCE_CAMERA), seen + 190);
	check_le(sim_sees(c.ben, c.anna, SOURCE_CAMERA)->worst_sync, MSEC(2));
	check_ge(sim_sees(c.ben, c.anna, SOURCE_CAMERA)->synced, 20);
	sim_free(c.s);
}

TEST(b14_payload_types_are_those_of_the_offer)
{
	struct crime c = crime_new(58);
	const struct room_peer_setup *setup = &c.mallory->setup;
	unsigned taken = 0;

	for (unsigned type = 0; type < 128; type++) {
		uint64_t before = dropped(&c);

		crime_send(&c, &(struct forged){
			.ssrc = 99, .payload_type = (uint8_t)type, .mid = "0", .sequence = (uint16_t)type,
		});
		if (dropped(&c) == before) {
			check_eq(type, setup->opus);
			taken++;
		}
	}
	check_eq(taken, 1);
	check_eq(out_packets(c.ben, c.mallory, SOURCE_MICROPHONE), 1);
	sim_free(c.s);
}

TEST(b16_the_removed_reach_nobody)
{
	struct crime c = crime_new(59);
	struct peer_id id = c.mallory->setup.id;
	const struct room_peer_setup *setup = &c.mallory->setup;

	crime_send(&c, &(struct forged){ .ssrc = 99, .payload_type = setup->opus, .mid = "0", .sequence = 1 });
	check_eq(out_packets(c.ben, c.mallory, SOURCE_MICROPHONE), 1);
	room_remove_peer(c.s->room, c.s->now, id);
	sim_drain(c.s);
	check(!sim_slot_of(&c.ben->receiver, id.value, SOURCE_MICROPHONE));
	crime_send(&c, &(struct forged){ .ssrc = 99, .payload_type = setup->opus, .mid = "0", .sequence = 2 });
	for (uint32_t i = 0; i < c.ben->setup.n_slots; i++)
		check(c.ben->receiver.slots[i].person != id.value);
	sim_free(c.s);
}

TEST(b18_no_number_is_too_strange)
{
	static const uint64_t ntps[] = { 0, 1, UINT32_MAX, UINT64_C(1) << 63, UINT64_MAX };
	struct crime c = crime_new(60);
	const struct room_peer_setup *setup = &c.mallory->setup;
	struct sim_slot *his = sim_sees(c.mallory, c.anna, SOURCE_CAMERA);

	for (unsigned i = 0; i < 2000; i++) {
		uint8_t buffer[256];
		struct writer w = writer(buffer, sizeof(buffer));
		struct rtcp_sender_info info = { .ntp = ntps[i % 5], .timestamp = (uint32_t)random_next(&c.s->random) };
		struct rtcp_report report = {
			.ssrc = his->setup->ssrc, .lost = (int32_t)(random_next(&c.s->random) % 0x7fffff),
			.jitter = (uint32_t)random_next(&c.s->random),
			.last_report = i % 2 ? his->report_middle : (uint32_t)random_next(&c.s->random),
			.delay = i % 3 ? (uint32_t)random_next(&c.s->random) : UINT32_MAX,
		};

		crime_send(&c, &(struct forged){
			.ssrc = 99, .payload_type = setup->opus, .mid = "0",
			.sequence = (uint16_t)random_next(&c.s->random),
			.timestamp = (uint32_t)random_next(&c.s->random),
		});
		crime_send(&c, &(struct forged){
			.ssrc = 98, .payload_type = setup->vp8, .mid = "1", .rid = i % 2 ? "q" : "f",
			.source = SOURCE_CAMERA, .sequence = (uint16_t)(i * 3 % 700),
			.timestamp = (uint32_t)random_next(&c.s->random),
		});
		rtcp_write_sender_report(&w, i % 2 ? 99 : 98, &info, &report, 1);
		crime_rtcp(&c, c.mallory, &w);
		sim_run(c.s, MSEC(3));
	}
	/* Between two others nothing was felt. */
	check_eq(sim_sees(c.ben, c.anna, SOURCE_CAMERA)->out_gaps, 0);
	check_le(sim_sees(c.ben, c.anna, SOURCE_MICROPHONE)->longest_gap, MSEC(20));
	sim_free(c.s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(b01_b03_nobody_speaks_as_another),
	cmocka_unit_test(b02_ten_thousand_streams_are_no_more_than_his),
	cmocka_unit_test(b05_the_largest_packets_fit_or_are_dropped),
	cmocka_unit_test(b09_a_nack_for_everything_is_answered_with_little),
	cmocka_unit_test(b09_a_nack_for_every_word_is_answered_with_little),
	cmocka_unit_test(b09_one_packet_ten_times_and_not_faster_than_its_way),
	cmocka_unit_test(b12_a_flood_is_cut_to_a_stream),
	cmocka_unit_test(b13_a_goodbye_for_another_changes_nothing),
	cmocka_unit_test(b14_payload_types_are_those_of_the_offer),
	cmocka_unit_test(b16_the_removed_reach_nobody),
	cmocka_unit_test(b18_no_number_is_too_strange),
};

RUN_TESTS(tests)
