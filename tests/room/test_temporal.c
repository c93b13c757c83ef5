/* SPDX-License-Identifier: EUPL-1.2 */
/* Layers in time of one slot, of VP9 and VP8: what passes, and under which numbers. In tests only.
 * Invariant: sequence numbers have no gap; of what passes nothing was made from what did not. */
#include "base/mem.h"
#include "sfu/room/egress.h"
#include "sfu/room/peer.h"
#include "sfu/room/slot.h"
#include "sfu/room/state.h"
#include "sfu/rtp/rtp.h"
#include "sfu/rtp/vp9.h"
#include "tests/support/check.h"
#include "tests/support/room_fixture.h"

#define SCREEN 3	/* the receiver's line */
#define BASE 1000	/* the first index */

static struct pool *pool;
static struct room *room;
static struct peer *anna, *ben, *receiver;
static struct packet *packet;
static struct slot *slot;
static usec_t now;

static struct peer *join(uint32_t id)
{
	struct room_peer_setup setup = fixture_setup(id, 1, 1);

	check_eq(room_add_peer(room, 0, &setup), 0);
	return map_get(&room->peers, id);
}

static void carry(struct peer *from)
{
	struct track *t = &from->tracks[SOURCE_SCREEN];

	slot = &receiver->slots[SCREEN];
	slot_carry(slot, t);
	check(slot_aim(slot, 0));
	t->streams[0].generation = 1;
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
	carry(anna);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	packet_unref(packet);
	slot_carry(slot, NULL);
	room_free(room);
	pool_free(pool);
	return 0;
}

/* The n-th picture of the structure 0 2 1 2, one packet each. */
static uint8_t temporal_of(unsigned n)
{
	static const uint8_t layers[] = { 0, 2, 1, 2 };

	return layers[n % 4];
}

static struct arrival picture(enum codec codec, unsigned n)
{
	return (struct arrival){
		.packet = packet, .index = BASE + n, .timestamp = n * 6000, .codec = codec, .key_frame = n == 0,
		.size = 100, .picture_id = (uint16_t)((0x7ff0 + n) & 0x7fff), .long_picture_id = true,
		.tl0_picture_index = (uint8_t)(0xf0 + n / 4), .temporal = temporal_of(n),
		.temporal_switch = codec == CODEC_VP9, .marker = true,
	};
}

static bool give(struct arrival a, struct egress_item *ret)
{
	return slot_take(slot, now, slot->track->streams, &a, ret);
}

/* Gives the pictures [from, to) in order: those above `most` are left out, the others follow on each other. */
static struct egress_item give_all(enum codec codec, unsigned from, unsigned to, uint8_t most, struct egress_item last)
{
	struct egress_item item;

	for (unsigned n = from; n < to; n++) {
		struct arrival a = picture(codec, n);
		bool passes = give(a, &item);

		check_eq(passes, a.temporal <= most);
		if (!passes)
			continue;
		check_eq((uint16_t)(item.sequence - last.sequence), 1);
		check_eq(item.marker, true);
		last = item;
	}
	return last;
}

static struct egress_item begin(enum codec codec)
{
	struct egress_item first;

	check(give(picture(codec, 0), &first));
	return first;
}

/* VP9's references count pictures back, so the ids keep the gaps; TL0PICIDX counts what is never left out. */
TEST(each_level_passes_its_layers_and_no_more)
{
	struct egress_item first = begin(CODEC_VP9), last;

	check(first.vp9 && !first.vp8);
	check_eq(first.payload_type, FIXTURE_VP9);
	last = give_all(CODEC_VP9, 1, 8, 2, first);
	slot->temporal = 1;
	last = give_all(CODEC_VP9, 8, 16, 1, last);
	check_eq((uint16_t)(last.sequence - first.sequence), 7 + 4);
	check_eq((last.picture_id - first.picture_id) & 0x7fff, 14);
	check_eq((uint8_t)(last.tl0_picture_index - first.tl0_picture_index), 3);
	slot->temporal = 0;
	last = give_all(CODEC_VP9, 16, 40, 0, last);
	check_eq((uint16_t)(last.sequence - first.sequence), 7 + 4 + 6);
	check_eq((last.picture_id - first.picture_id) & 0x7fff, 36);
	check_eq((uint8_t)(last.tl0_picture_index - first.tl0_picture_index), 9);
	check_eq(last.timestamp - first.timestamp, 36 * 6000);
}

TEST(all_come_back_behind_a_switching_point)
{
	struct egress_item last = begin(CODEC_VP9), item;
	struct arrival a;

	slot->temporal = 0;
	last = give_all(CODEC_VP9, 1, 9, 0, last);
	slot->temporal = 2;
	/* One of a layer that does not pass is no way up, whatever it says. */
	last = give_all(CODEC_VP9, 9, 12, 0, last);
	last = give_all(CODEC_VP9, 12, 20, 2, last);
	/* Where none is named, a key frame is waited for. */
	slot->temporal = 0;
	last = give_all(CODEC_VP9, 20, 24, 0, last);
	slot->temporal = 2;
	for (unsigned n = 24; n < 40; n++) {
		a = picture(CODEC_VP9, n);
		a.temporal_switch = false;
		check_eq(give(a, &item), a.temporal == 0);
	}
	a = picture(CODEC_VP9, 40);
	a.key_frame = true;
	a.temporal_switch = false;
	check(give(a, &last));
	give_all(CODEC_VP9, 41, 48, 2, last);
}

/* From half of the pictures a switching point of layer 1 will do. */
TEST(the_second_layer_leads_to_the_third)
{
	struct egress_item last = begin(CODEC_VP9);

	slot->temporal = 1;
	last = give_all(CODEC_VP9, 1, 6, 1, last);
	slot->temporal = 2;
	give_all(CODEC_VP9, 6, 12, 2, last);
}

/* RFC 7741: Y speaks for its own picture. VP8's decoder goes by the order of pictures, so their ids close up. */
TEST(vp8_adds_one_layer_at_a_time)
{
	struct egress_item first, last, item;
	struct arrival a;

	carry(anna);
	first = last = begin(CODEC_VP8);
	slot->temporal = 0;
	last = give_all(CODEC_VP8, 1, 8, 0, last);
	check_eq((last.picture_id - first.picture_id) & 0x7fff, 1);
	slot->temporal = 2;
	for (unsigned n = 8; n < 16; n++) {
		a = picture(CODEC_VP8, n);
		a.temporal_sync = n == 9 || n == 10 || n == 13;
		/* 9 needs layer 0 alone, but 11 needs 10: only behind that one 13 leads on. */
		check_eq(give(a, &item), a.temporal == 0 || n == 10 || n >= 13);
		if (a.temporal == 0 || n == 10 || n >= 13) {
			check_eq((uint16_t)(item.sequence - last.sequence), 1);
			check_eq((item.picture_id - last.picture_id) & 0x7fff, 1);
			last = item;
		}
	}
}

/* A picture of several packets is taken or left as a whole. */
TEST(a_picture_is_not_cut)
{
	struct egress_item item;
	struct arrival a;

	begin(CODEC_VP9);
	a = picture(CODEC_VP9, 1);
	check(give(a, &item));
	slot->temporal = 0;
	a.index++;
	check(give(a, &item));
	a = picture(CODEC_VP9, 2);
	a.index++;
	check(!give(a, &item));
	slot->temporal = 2;
	a.index++;
	check(!give(a, &item));
}

/* What was overtaken is judged by what passed in its place: its number is kept, so that nobody waits for it. */
TEST(what_comes_late_is_taken_by_the_level_of_its_place)
{
	struct egress_item first = begin(CODEC_VP9), item;

	/* 1 (layer 2) is under way when the level falls at 2. */
	slot->temporal = 0;
	check(!give(picture(CODEC_VP9, 2), &item));
	check(give(picture(CODEC_VP9, 1), &item));
	check_eq((uint16_t)(item.sequence - first.sequence), 1);
	check_eq(item.size, 100);
	/* 5 and 7 (layer 2) are under way when it rises at 8. */
	check(give(picture(CODEC_VP9, 4), &item));
	check_eq((uint16_t)(item.sequence - first.sequence), 4 - 1);
	slot->temporal = 2;
	check(give(picture(CODEC_VP9, 8), &item));
	check_eq((uint16_t)(item.sequence - first.sequence), 8 - 1);
	check(give(picture(CODEC_VP9, 5), &item));
	check_eq(item.size, 0);
	check(!item.vp9 && !item.marker);
	check_eq((uint16_t)(item.sequence - first.sequence), 5 - 1);
	check(give(picture(CODEC_VP9, 9), &item));
	check_eq(item.size, 100);
}

TEST(another_source_goes_on_in_numbers_and_pictures)
{
	struct egress_item last = begin(CODEC_VP9), item;
	struct arrival a;

	slot->temporal = 0;
	last = give_all(CODEC_VP9, 1, 8, 0, last);
	carry(ben);
	a = picture(CODEC_VP9, 0);
	a.index = 5;
	a.picture_id = 99;
	a.tl0_picture_index = 7;
	check(give(a, &item));
	check_eq((uint16_t)(item.sequence - last.sequence), 1);
	check_eq(item.picture_id, (last.picture_id + 1) & 0x7fff);
	check_eq(item.tl0_picture_index, (uint8_t)(last.tl0_picture_index + 1));
	/* In seven bits too. */
	last = item;
	carry(anna);
	a.picture_id = 127;
	a.long_picture_id = false;
	a.index = 77;
	check(give(a, &item));
	check_eq(item.picture_id, (last.picture_id + 1) & 0x7f);
}

/* What leaves is a descriptor of the slot's: picture and TL0PICIDX of its own, the rest as it came. */
TEST(the_bytes_are_rewritten)
{
	static const uint8_t payload[] = { 0xac, 0x92, 0x34, 0x30, 0x77, 0xaa, 0xbb };
	struct egress_item item = {
		.packet = packet, .offset = 20, .size = sizeof(payload), .picture_id = 0x4567,
		.tl0_picture_index = 0x89,
		.slot = SCREEN, .payload_type = FIXTURE_VP9, .vp9 = true,
	};
	uint8_t buffer[LIMIT_DATAGRAM];
	struct writer w = writer(buffer, sizeof(buffer));
	struct rtp rtp;
	struct vp9 v;

	memcpy(packet->data + 20, payload, sizeof(payload));
	egress_write(receiver, &item, &w);
	check(w.ok && rtp_parse(written(&w), &rtp) && vp9_parse(rtp.payload, &v));
	check_eq(v.picture_id, 0x4567);
	check_eq(v.tl0_picture_index, 0x89);
	check_eq(v.temporal_layer, 1);
	check(v.switching_point && v.starts_frame && v.ends_frame);
	check_bytes(v.payload, "\xaa\xbb", 2);
	/* The packet is shared with other receivers. */
	assert_memory_equal(packet->data + 20, payload, sizeof(payload));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(each_level_passes_its_layers_and_no_more, set_up, tear_down),
	cmocka_unit_test_setup_teardown(all_come_back_behind_a_switching_point, set_up, tear_down),
	cmocka_unit_test_setup_teardown(the_second_layer_leads_to_the_third, set_up, tear_down),
	cmocka_unit_test_setup_teardown(vp8_adds_one_layer_at_a_time, set_up, tear_down),
	cmocka_unit_test_setup_teardown(a_picture_is_not_cut, set_up, tear_down),
	cmocka_unit_test_setup_teardown(what_comes_late_is_taken_by_the_level_of_its_place, set_up, tear_down),
	cmocka_unit_test_setup_teardown(another_source_goes_on_in_numbers_and_pictures, set_up, tear_down),
	cmocka_unit_test_setup_teardown(the_bytes_are_rewritten, set_up, tear_down),
};

RUN_TESTS(tests)
