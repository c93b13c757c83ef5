/* SPDX-License-Identifier: EUPL-1.2 */
/* The numbers of a slot and the bytes that leave it. In tests only.
 * Invariant: across sources, layers and pauses the receiver sees one stream. */
#include "base/mem.h"
#include "sfu/room/egress.h"
#include "sfu/room/peer.h"
#include "sfu/room/slot.h"
#include "sfu/room/state.h"
#include "sfu/rtp/extension.h"
#include "sfu/rtp/ntp.h"
#include "sfu/rtp/rtp.h"
#include "sfu/rtp/vp8.h"
#include "tests/support/check.h"
#include "tests/support/room_fixture.h"

static struct pool *pool;
static struct room *room;
static struct peer *anna, *ben, *receiver;
static struct packet *packet;
static usec_t now;

static struct peer *join(uint32_t id)
{
	struct room_peer_setup setup = fixture_setup(id, 1, 1);

	check_eq(room_add_peer(room, 0, &setup), 0);
	return map_get(&room->peers, id);
}

static int set_up(void **state)
{
	(void)state;
	if (pool_new(&pool, 16) < 0 || room_new(&room, pool, 5) < 0)
		return -1;
	anna = join(1);
	ben = join(2);
	receiver = join(3);
	receiver->ready = true;
	packet = packet_new(pool);
	now = SECONDS(100);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	packet_unref(packet);
	for (unsigned i = 0; i < receiver->setup.n_slots; i++)
		slot_carry(&receiver->slots[i], NULL);
	room_free(room);
	pool_free(pool);
	return 0;
}

/* The receiver's lines: 0 sound, 1 screen sound, 2 picture, 3 screen. */
static struct slot *carry(unsigned line, struct peer *from, enum source_kind kind)
{
	struct track *t = &from->tracks[kind];

	slot_carry(&receiver->slots[line], t);
	check(slot_aim(&receiver->slots[line], 0));
	t->streams[0].generation = 1;
	return &receiver->slots[line];
}

static struct arrival arrival(enum codec codec, int64_t index, uint32_t timestamp, bool key)
{
	return (struct arrival){
		.packet = packet, .index = index, .timestamp = timestamp, .codec = codec, .key_frame = key, .size = 100,
		.picture_id = (uint16_t)(index & 0x7fff), .long_picture_id = true, .tl0_picture_index = (uint8_t)index,
	};
}

static bool give(struct slot *s, struct arrival a, struct egress_item *ret)
{
	return slot_take(s, now, s->track->streams, &a, ret);
}

TEST(sound_starts_at_once_and_goes_on)
{
	struct slot *s = carry(0, anna, SOURCE_MICROPHONE);
	struct egress_item first, next;

	check(give(s, arrival(CODEC_OPUS, 1000, 5000, false), &first));
	check_eq(first.payload_type, FIXTURE_OPUS);
	check(give(s, arrival(CODEC_OPUS, 1002, 6920, false), &next));
	check_eq((uint16_t)(next.sequence - first.sequence), 2);
	check_eq(next.timestamp - first.timestamp, 1920);
	check(give(s, arrival(CODEC_OPUS, 1001, 5960, false), &next));
	check_eq((uint16_t)(next.sequence - first.sequence), 1);
	/* What is older than the start belongs to another's numbers. */
	check(!give(s, arrival(CODEC_OPUS, 999, 4040, false), &next));
}

TEST(a_new_source_continues_numbers_and_time)
{
	struct slot *s = carry(0, anna, SOURCE_MICROPHONE);
	struct egress_item last, first;

	check(give(s, arrival(CODEC_OPUS, 1000, 5000, false), &last));
	check(give(s, arrival(CODEC_OPUS, 1001, 5960, false), &last));
	now += MSEC(500);
	s = carry(0, ben, SOURCE_MICROPHONE);
	check(give(s, arrival(CODEC_OPUS, 77, 4000000000u, false), &first));
	check_eq((uint16_t)(first.sequence - last.sequence), 1);
	check_eq(first.timestamp - last.timestamp, 24000);
	/* And at once: time may not stand still. */
	last = first;
	s = carry(0, anna, SOURCE_MICROPHONE);
	check(give(s, arrival(CODEC_OPUS, 1002, 6920, false), &first));
	check_eq((uint16_t)(first.sequence - last.sequence), 1);
	check_eq(first.timestamp - last.timestamp, 48);
}

TEST(a_late_packet_of_the_old_source_cannot_take_a_new_number)
{
	struct slot *s = carry(0, anna, SOURCE_MICROPHONE);
	struct egress_item item;
	bool used[64] = { false };
	uint16_t base;

	check(give(s, arrival(CODEC_OPUS, 1000, 0, false), &item));
	base = item.sequence;
	used[0] = true;
	for (unsigned i = 0; i < 40; i++) {
		int64_t index = 1000 + (i * 7) % 13 + i / 4;

		if (i % 5 == 0)
			slot_cut(s);
		if (!give(s, arrival(CODEC_OPUS, index, (uint32_t)index * 960, false), &item))
			continue;
		/* An index that comes twice is the stream's to refuse, but a cut must never reuse a number. */
		if (s->run.first == index)
			check(!used[(uint16_t)(item.sequence - base)]);
		used[(uint16_t)(item.sequence - base)] = true;
	}
}

TEST(a_picture_starts_with_a_key_frame)
{
	struct slot *s = carry(2, anna, SOURCE_CAMERA);
	struct egress_item first, next;

	check(!give(s, arrival(CODEC_VP8, 10, 0, false), &first));
	check(give(s, arrival(CODEC_VP8, 11, 3600, true), &first));
	check_eq(first.payload_type, FIXTURE_VP8);
	check(first.vp8);
	check(give(s, arrival(CODEC_VP8, 12, 7200, false), &next));
	check_eq((next.picture_id - first.picture_id) & 0x7fff, 1);
	check_eq((uint8_t)(next.tl0_picture_index - first.tl0_picture_index), 1);
	/* The stream began anew: so must the picture. */
	s->track->streams[0].generation++;
	check(!give(s, arrival(CODEC_VP8, 600, 7200, false), &next));
	check(give(s, arrival(CODEC_VP8, 601, 7200, true), &first));
	check_eq((first.picture_id - next.picture_id) & 0x7fff, 1);
	check_eq((uint16_t)(first.sequence - next.sequence), 1);
}

TEST(picture_ids_continue_in_seven_bits_too)
{
	struct slot *s = carry(2, anna, SOURCE_CAMERA);
	struct egress_item last, first;
	struct arrival a = arrival(CODEC_VP8, 10, 0, true);

	check(give(s, a, &last));
	s = carry(2, ben, SOURCE_CAMERA);
	a = arrival(CODEC_VP8, 127, 0, true);
	a.picture_id = 127;
	a.long_picture_id = false;
	check(give(s, a, &first));
	check_eq(first.picture_id, (last.picture_id + 1) & 0x7f);
	a.index = 128;
	a.picture_id = 0;
	a.key_frame = false;
	check(give(s, a, &last));
	check_eq(last.picture_id, (first.picture_id + 1) & 0x7f);
}

TEST(who_cannot_take_a_codec_gets_none)
{
	struct slot *s = carry(3, anna, SOURCE_SCREEN);
	struct egress_item item;

	receiver->setup.vp9 = ROOM_NO_PAYLOAD_TYPE;
	check(!give(s, arrival(CODEC_VP9, 10, 0, true), &item));
	receiver->setup.vp9 = FIXTURE_VP9;
	check(give(s, arrival(CODEC_VP9, 11, 0, true), &item));
	check_eq(item.payload_type, FIXTURE_VP9);
	check(!item.vp8);
	receiver->ready = false;
	check(!give(s, arrival(CODEC_VP9, 12, 0, true), &item));
}

TEST(what_overtook_a_key_frame_joins_its_run_only)
{
	struct slot *s = carry(2, anna, SOURCE_CAMERA);
	struct arrival early = arrival(CODEC_VP8, 12, 0, false), older = arrival(CODEC_VP8, 10, 0, false);
	struct egress_item item, first;

	check(!give(s, early, &item));
	check(give(s, arrival(CODEC_VP8, 11, 0, true), &first));
	check(slot_take_early(s, now, s->track->streams, 11, &early, &item));
	check_eq((uint16_t)(item.sequence - first.sequence), 1);
	check(!slot_take_early(s, now, s->track->streams, 11, &older, &item));
	/* A later key frame: whoever ran already had the packet. */
	early.index = 14;
	check(give(s, arrival(CODEC_VP8, 13, 0, true), &item));
	check(!slot_take_early(s, now, s->track->streams, 13, &early, &item));
}

TEST(the_clocks_of_two_layers_are_joined_exactly)
{
	struct slot *s = carry(2, anna, SOURCE_CAMERA);
	struct stream *low = s->track->streams, high = *low;
	struct egress_item last, first;
	struct arrival a;

	low->reported = high.reported = true;
	low->report.ntp = high.report.ntp = ntp_from_wall(SECONDS(1700000000));
	low->report.timestamp = 1000;
	high.report.timestamp = 4000000000u;
	high.generation++;		/* as another layer: the run has to begin anew */
	check(give(s, arrival(CODEC_VP8, 10, 1000 + 90000, true), &last));
	/* Taken 40 ms after that, but it came 130 ms later. */
	now += MSEC(130);
	a = arrival(CODEC_VP8, 500, 4000000000u + 90000 + 3600, true);
	check(slot_take(s, now, &high, &a, &first));
	check_eq(first.timestamp - last.timestamp, 3600);
}

static struct bytes write_item(const struct egress_item *item, uint8_t *buffer, size_t size)
{
	struct writer w = writer(buffer, size);

	egress_write(receiver, item, &w);
	check(w.ok);
	return written(&w);
}

TEST(the_bytes_carry_the_slot_and_nothing_of_the_sender)
{
	static const uint8_t payload[] = { 0x90, 0xe0, 0x81, 0x23, 0x45, 0x00, 0x10, 0xaa, 0xbb };
	struct extension_ids ids = { .mid = FIXTURE_MID };
	struct egress_item item = {
		.packet = packet, .timestamp = 0x01020304, .sequence = 0xfffe, .offset = 20, .size = sizeof(payload),
		.picture_id = 0x4567, .tl0_picture_index = 0x89, .slot = 2, .payload_type = FIXTURE_VP8,
		.marker = true, .vp8 = true,
	};
	struct extension_values values;
	uint8_t buffer[LIMIT_DATAGRAM];
	struct bytes sent;
	struct rtp rtp;
	struct vp8 vp8;

	memcpy(packet->data + 20, payload, sizeof(payload));
	sent = write_item(&item, buffer, sizeof(buffer));
	check(rtp_parse(sent, &rtp) && extension_read(&rtp, &ids, &values));
	check(bytes_equal_string(values.mid, "r2"));
	check_eq(rtp.ssrc, FIXTURE_SLOT_SSRC(3, 2));
	check_eq(rtp.sequence, 0xfffe);
	check_eq(rtp.timestamp, 0x01020304);
	check_eq(rtp.payload_type, FIXTURE_VP8);
	check(rtp.marker && !rtp.padding && !rtp.csrc_count);
	check(vp8_parse(rtp.payload, &vp8));
	check_eq(vp8.picture_id, 0x4567);
	check_eq(vp8.tl0_picture_index, 0x89);
	check_bytes(vp8.payload, payload + 6, 3);
	/* The packet is shared with other receivers. */
	assert_memory_equal(packet->data + 20, payload, sizeof(payload));

	/* An id that the one-byte form cannot carry is left out. */
	receiver->setup.ext_mid = 15;
	check_eq(write_item(&item, buffer, sizeof(buffer)).size, 12 + sizeof(payload));
	receiver->setup.ext_mid = FIXTURE_MID;

	receiver->slots[2].confirmed = true;
	item.rtx = true;
	item.rtx_sequence = 9;
	item.payload_type = FIXTURE_VP8_RTX;
	sent = write_item(&item, buffer, sizeof(buffer));
	check_eq(sent.size, 12 + 8 + 2 + sizeof(payload));	/* with its mid, confirmed or not */
	check(rtp_parse(sent, &rtp));
	check_eq(rtp.ssrc, FIXTURE_SLOT_RTX_SSRC(3, 2));
	check_eq(rtp.sequence, 9);
	check_eq(rtp.payload_type, FIXTURE_VP8_RTX);
	check(rtp_unwrap_rtx(&rtp, &rtp.sequence));
	check_eq(rtp.sequence, 0xfffe);
	check(vp8_parse(rtp.payload, &vp8));
	check_eq(vp8.picture_id, 0x4567);
}

TEST(the_queue_is_bounded)
{
	struct egress_item item = { .packet = packet, .size = 10, .slot = 0, .payload_type = FIXTURE_OPUS };
	uint64_t before = room->numbers.dropped;

	for (unsigned i = 0; i < LIMIT_EGRESS + 10; i++)
		peer_send(receiver, &item);
	check_eq(room->numbers.dropped, before + 10);
	check_eq(packet->references, LIMIT_EGRESS + 1);
	egress_clear(&receiver->egress);
	check_eq(packet->references, 1);
	item.size = LIMIT_DATAGRAM - EGRESS_OVERHEAD + 1;
	peer_send(receiver, &item);
	check_eq(room->numbers.dropped, before + 11);
	item.size--;
	peer_send(receiver, &item);
	check_eq(room->numbers.dropped, before + 11);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(sound_starts_at_once_and_goes_on, set_up, tear_down),
	cmocka_unit_test_setup_teardown(a_new_source_continues_numbers_and_time, set_up, tear_down),
	cmocka_unit_test_setup_teardown(a_late_packet_of_the_old_source_cannot_take_a_new_number, set_up, tear_down),
	cmocka_unit_test_setup_teardown(a_picture_starts_with_a_key_frame, set_up, tear_down),
	cmocka_unit_test_setup_teardown(picture_ids_continue_in_seven_bits_too, set_up, tear_down),
	cmocka_unit_test_setup_teardown(who_cannot_take_a_codec_gets_none, set_up, tear_down),
	cmocka_unit_test_setup_teardown(what_overtook_a_key_frame_joins_its_run_only, set_up, tear_down),
	cmocka_unit_test_setup_teardown(the_clocks_of_two_layers_are_joined_exactly, set_up, tear_down),
	cmocka_unit_test_setup_teardown(the_bytes_carry_the_slot_and_nothing_of_the_sender, set_up, tear_down),
	cmocka_unit_test_setup_teardown(the_queue_is_bounded, set_up, tear_down),
};

RUN_TESTS(tests)
